"""Our ``examples/`` as instances of the guide: the same bundles, with a name and the profiles they meet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parcours.fhir.operations import PROFILES
from parcours.fhir.systems import code_system, extension_url

Resource = dict[str, Any]

ADRESSAGE = "ServiceRequest"


def examples(folder: Path) -> list[Resource]:
    """Every request of the folder ``examples/``."""
    return [_example(file.parent.name, json.loads(file.read_text("utf-8"))) for file in _files(folder)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/bundle.json"))


def _example(slug: str, bundle: Resource) -> Resource:
    entries = [{**entry, "resource": _profiled(entry["resource"])} for entry in bundle["entry"]]
    # An id has 64 characters at most; the number alone says which example it is.
    name = f"pds-exemple-{slug}"[:64].rstrip("-")
    return {
        "resourceType": "Bundle",
        "id": name,
        "meta": {"profile": [extension_url(PROFILES["Bundle"])]},
        **{key: value for key, value in bundle.items() if key not in ("resourceType", "id", "meta", "entry")},
        "entry": entries,
    }


def _profiled(resource: Resource) -> Resource:
    kind = resource["resourceType"]
    if kind not in PROFILES or (kind == ADRESSAGE and not _is_referral(resource)):
        return resource
    profiles = {"meta": {"profile": [extension_url(PROFILES[kind])]}}
    return {
        "resourceType": kind,
        "id": resource["id"],
        **profiles,
        **{key: value for key, value in resource.items() if key not in ("resourceType", "id", "meta")},
    }


def _is_referral(resource: Resource) -> bool:
    """Other requests may be there; only a referral has a profile."""
    codings = [coding for concept in resource.get("category", ()) for coding in concept.get("coding", ())]
    return any(coding.get("system") == code_system("pds-cs-adressage") for coding in codings)
