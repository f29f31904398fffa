"""The list of what a release is made of (SBOM, CycloneDX): what the wheel carries is added, all is checked.

    python -m tests.duties.sbom build/sbom.json

The Python packages come from ``cyclonedx-py``, over an environment where the wheel alone was installed.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
TOOLS = frozenset({"pip", "setuptools"})
"""What installs packages is no part of them."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Somebody else's work that the wheel carries as files. ``version``: the pattern of it in ``said``."""

    name: str
    licence: str
    said: str
    version: str
    files: tuple[str, ...]


STATIC, FONTS = "plugin/parcours/web/static/vendor", "plugin/parcours/paper/fonts"
CARRIED = (
    Carried(
        "htmx", "0BSD", f"{STATIC}/htmx/htmx.min.js", r'version:"([\d.]+)"', (f"{STATIC}/htmx/htmx.min.js",)
    ),
    Carried(
        "pico",
        "MIT",
        f"{STATIC}/pico/pico.classless.min.css",
        r"v([\d.]+)",
        (f"{STATIC}/pico/pico.classless.min.css",),
    ),
    Carried(
        "dejavu-fonts",
        "Bitstream-Vera",
        f"{FONTS}/LICENSE-DejaVu.txt",
        r"Condensed ([\d.]+)",
        (f"{FONTS}/DejaVuSansCondensed.ttf", f"{FONTS}/DejaVuSansCondensed-Bold.ttf"),
    ),
)


def completed(listed: Json) -> Json:
    """The list with what the wheel carries, as components that the root depends on."""
    carried = [component(work) for work in CARRIED]
    root = listed["metadata"]["component"]["bom-ref"]
    names = [one["bom-ref"] for one in carried]
    edges = [
        edge | {"dependsOn": [*edge.get("dependsOn", ()), *names]} if edge["ref"] == root else edge
        for edge in listed["dependencies"]
    ]
    return {**listed, "components": [*listed["components"], *carried], "dependencies": edges}


def component(work: Carried) -> Json:
    """One work that is carried, with its version and the digests of its files."""
    found = re.search(work.version, (ROOT / work.said).read_text("utf-8"))
    assert found, work.name
    return {
        "type": "library",
        "bom-ref": f"carried:{work.name}@{found[1]}",
        "name": work.name,
        "version": found[1],
        "licenses": [{"license": {"id": work.licence}}],
        "components": [
            {
                "type": "file",
                "name": Path(file).name,
                "hashes": [
                    {"alg": "SHA-256", "content": hashlib.sha256((ROOT / file).read_bytes()).hexdigest()}
                ],
            }
            for file in work.files
        ],
    }


def faults(listed: Json) -> Iterator[str]:
    """What is wrong with a list: of another version, without something we ask for, or saying too little."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    root = listed["metadata"]["component"]
    if (listed["bomFormat"], root["name"], root["version"]) != (
        "CycloneDX",
        project["name"],
        project["version"],
    ):
        yield "not the list of this version"
    names = {plain(one["name"]) for one in listed["components"]}
    for asked in project["dependencies"]:
        if plain(re.split(r"[<>=!~;\[ ]", asked)[0]) not in names:
            yield f"lacks {asked}"
    yield from (f"holds {name}" for name in sorted(names & TOOLS))
    for one in listed["components"]:
        if not one.get("version") or not one.get("licenses"):
            yield f"{one['name']}: neither version nor licence may be missing"


def plain(name: str) -> str:
    """A name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(path: Path) -> int:
    """Complete and check the list in a file; 1 when something is wrong with it."""
    listed = completed(json.loads(path.read_text("utf-8")))
    found = list(faults(listed))
    path.write_text(json.dumps(listed, indent=2, ensure_ascii=False) + "\n", "utf-8")
    click.echo("\n".join(found) or f"{path}: {len(listed['components'])} components")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
