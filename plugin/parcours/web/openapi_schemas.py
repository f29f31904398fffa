"""The shapes of what comes in and goes out, loosely: of FHIR, the profiles say the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from parcours import installed

Json = dict[str, Any]

VISIT: Final = "01-medecin-traitant"
"""The example that stands for a visit."""


def _resource(*kinds: str, **properties: Json) -> Json:
    kind: Json = {"type": "string", **({"enum": list(kinds)} if kinds else {})}
    return {
        "type": "object",
        "required": ["resourceType", *properties],
        "properties": {"resourceType": kind, **properties},
    }


_ENTRIES: Final[Json] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"fullUrl": {"type": "string"}, "resource": {"type": "object"}},
    },
}

SCHEMAS: Final[Json] = {
    "Resource": _resource(),
    "OperationOutcome": _resource("OperationOutcome", issue={"type": "array", "minItems": 1}),
    "Visit": {
        "description": "A Bundle, or Parameters that repeat `resource`.",
        "anyOf": [_resource("Bundle", entry=_ENTRIES), _resource("Parameters")],
    },
    "Invoice": {
        "description": "A Bundle whose first resource is the Claim.",
        **_resource("Bundle", entry=_ENTRIES),
    },
    "Batch": _resource("Bundle", type={"const": "batch"}, entry=_ENTRIES),
    "Task": _resource("Task", id={"type": "string"}),
    "Parameters": _resource("Parameters", parameter={"type": "array"}),
    "Hook": {
        "type": "object",
        "required": ["hook", "hookInstance", "context"],
        "properties": {
            "hook": {"type": "string"},
            "hookInstance": {"type": "string", "format": "uuid"},
            "context": {"type": "object"},
            "prefetch": {"type": "object"},
        },
    },
    "Feedback": {
        "type": "object",
        "required": ["feedback"],
        "properties": {"feedback": {"type": "array", "minItems": 1, "items": {"type": "object"}}},
    },
}

SCHEMES: Final[Json] = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT, or an access of POST /token"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-parcours"},
}


def ref(name: str) -> Json:
    """A mention of one of these schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def example(name: str) -> Json:
    """A body of this shape that is answered, when there is one."""
    make = EXAMPLES.get(name)
    return {"examples": {"example": {"value": make()}}} if make else {}


@cache
def _visit() -> Json:
    found: Json = json.loads((installed.examples() / VISIT / "bundle.json").read_bytes())
    return found


def _invoice() -> Json:
    first = [entry for entry in _visit()["entry"] if entry["resource"]["resourceType"] == "Claim"]
    return {**_visit(), "entry": first + [entry for entry in _visit()["entry"] if entry not in first]}


def _batch() -> Json:
    asked = {"request": {"method": "POST", "url": "Encounter/$evaluate-parcours"}, "resource": _visit()}
    return {"resourceType": "Bundle", "type": "batch", "entry": [asked]}


def _person() -> Json:
    return {"resourceType": "Parameters", "parameter": [{"name": "qui", "valueString": "Dr Exemple"}]}


EXAMPLES: Final[Mapping[str, Callable[[], Json]]] = {
    "Visit": _visit,
    "Invoice": _invoice,
    "Batch": _batch,
    "Parameters": _person,
}
