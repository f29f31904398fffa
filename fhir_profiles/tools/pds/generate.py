"""Write what the guide takes from the program: lists of codes, maps, operations, statement, examples.

python -m pds.generate            (with fhir_profiles/tools on the path)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from parcours.fhir.capabilities import requirements_statement
from parcours.fhir.operations import OPERATIONS, operation_definition
from pds.code_systems import code_systems
from pds.concept_maps import concept_maps
from pds.examples import examples

Resource = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "fhir_profiles"


def generated() -> dict[str, str]:
    """Every file that comes from the program: its path in the guide, its text."""
    folders = {
        "input/vocabulary": [*code_systems(), *concept_maps()],
        "input/operations": [operation_definition(operation) for operation in OPERATIONS],
        "input/capabilities": [requirements_statement()],
        "input/examples": examples(ROOT / "examples"),
    }
    return {
        f"{folder}/{resource['resourceType']}-{resource['id']}.json": text(resource)
        for folder, resources in folders.items()
        for resource in resources
    }


def text(resource: Resource) -> str:
    """A resource as SUSHI writes them."""
    return json.dumps(resource, indent=2, ensure_ascii=False) + "\n"


def write(guide: Path) -> int:
    """Write the files, remove those that no longer come from the program; how many there are."""
    files = generated()
    for folder in {Path(name).parent for name in files}:
        for old in (guide / folder).glob("*.json"):
            old.unlink()
    for name, content in files.items():
        file = guide / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return len(files)


if __name__ == "__main__":
    sys.stderr.write(f"{write(GUIDE)} files from the program\n")
