"""HL7's validation engine over folders of resources: what it needs to know, what it says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parcours.fhir.published import catalogue
from pds.national_tables import national_tables

TOOLS = Path(__file__).resolve().parents[1]
CLASSES = TOOLS / "validator" / "target" / "classes"
LIBRARIES = TOOLS / "validator" / "target" / "lib"
FOREIGN = TOOLS / "foreign"
"""As much of three national extensions as it takes to check them."""

ALLOWED_UNKNOWN = ("http://hl7.org/fhir/us/davinci-", "http://hl7.org/fhir/uv/sdc/")
"""Extensions of these guides may be unknown to the validator: their packages are not here."""


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """One thing the validator said: ``error``, ``warning`` or ``information``, of which file, where, what."""

    severity: str
    file: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and everything said of it."""

    checked: frozenset[str]
    remarks: tuple[Remark, ...]

    def of(self, severity: str) -> tuple[Remark, ...]:
        """The remarks of one severity; ``error`` includes ``fatal``."""
        wanted = {"error", "fatal"} if severity == "error" else {severity}
        return tuple(remark for remark in self.remarks if remark.severity in wanted)


def missing_tool() -> str | None:
    """The name of the tool that is not there, if one is not."""
    if shutil.which("java") is None:
        return "java"
    return None if CLASSES.is_dir() and LIBRARIES.is_dir() else "validateur HL7"


def write_resources(resources: Iterable[dict[str, Any]], folder: Path) -> Path:
    """Write resources one by one into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for resource in resources:
        name = f"{resource['resourceType']}-{resource['id']}.json"
        (folder / name).write_text(json.dumps(resource, ensure_ascii=False), encoding="utf-8")
    return folder


def validate(folders: Iterable[Path], work: Path, also_known: Path | None = None) -> Report:
    """Check every resource of these folders against what we publish, and what ``also_known`` defines.

    Raises ``CalledProcessError`` when the engine breaks down.
    """
    published = write_resources((dict(item.content) for item in catalogue().values()), work / "published")
    national = write_resources(national_tables(), work / "national")
    command = [
        "java",
        "-cp",
        f"{CLASSES}:{LIBRARIES}/*",
        "example.parcours.Validate",
        ",".join(str(folder) for folder in (published, national, FOREIGN, also_known) if folder),
        ",".join(ALLOWED_UNKNOWN),
        *map(str, folders),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")  # noqa: S603 # our own command
    return _report(done.stdout)


def _report(output: str) -> Report:
    lines = [line.split("\t") for line in output.splitlines()]
    return Report(
        frozenset(file for kind, file, *_ in lines if kind == "checked"),
        tuple(sorted(Remark(*line) for line in lines if line[0] != "checked")),
    )
