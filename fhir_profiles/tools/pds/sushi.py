"""SUSHI without a package server: definitions from npm, every other address closed.

python -m pds.sushi            rebuilds fhir_profiles/fsh-generated
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pds.generate import GUIDE
from pds.package_cache import DEFINITIONS, NAME, VERSION, definitions, write_package

MODULES = GUIDE / "node_modules"
HOME = GUIDE / ".build" / "home"
NOWHERE = "http://127.0.0.1:9"
"""A closed port: SUSHI gives up at once on the packages it would like to have."""

GENERATED = Path("fsh-generated") / "resources"

_REMARK = re.compile(r"^(error|warn) +(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Build:
    """What SUSHI said: its errors and its warnings."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def missing_tool() -> str | None:
    """The name of the tool that is not there, if one is not."""
    if shutil.which("node") is None:
        return "node"
    return None if (MODULES / ".bin" / "sushi").exists() else "SUSHI"


def build(output: Path) -> Build:
    """Compile the guide into ``output/fsh-generated``. Makes the package cache when it is not there."""
    packages = HOME / ".fhir" / "packages"
    if not (packages / f"{NAME}#{VERSION}" / "package").is_dir():
        write_package(definitions(MODULES / DEFINITIONS), packages)
    environment = {
        **os.environ,
        "HOME": str(HOME),
        "FPL_REGISTRY": NOWHERE,
        "npm_config_offline": "true",  # it would ask which version is the newest
    }
    command = [str(MODULES / ".bin" / "sushi"), "build", str(GUIDE), "-o", str(output)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 # our own command
    said = _REMARK.findall(done.stdout + done.stderr)
    return Build(
        tuple(text for kind, text in said if kind == "error"),
        tuple(text for kind, text in said if kind == "warn"),
    )


def main() -> int:
    """Rebuild what is committed; the number of errors."""
    shutil.rmtree(GUIDE / GENERATED, ignore_errors=True)
    result = build(GUIDE)
    for text in (*result.errors, *result.warnings):
        sys.stderr.write(f"{text}\n")
    sys.stderr.write(f"SUSHI: {len(result.errors)} errors, {len(result.warnings)} warnings\n")
    return min(len(result.errors), 1)


if __name__ == "__main__":
    sys.exit(main())
