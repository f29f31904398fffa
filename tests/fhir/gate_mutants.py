"""Resources that hold everything FHIR lets them hold, and every way we know to spoil one place of a document.

Listed, not drawn at random: each element of each type is spoilt in each way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from parcours.fhir.gate.shapes import RESOURCES, SHAPES
from parcours.fhir.gate.structs import Member, members
from parcours.fhir.own_checks import CODES, OPTIONAL_CODES

Json = dict[str, Any]
Path_ = tuple[str | int, ...]

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = sorted((ROOT.parent / "shared/examples").glob("*.json"))
_MEMBERS: Final = members(SHAPES)

SAMPLES: Final[dict[str, Any]] = {
    "base64Binary": "QUJD",
    "boolean": True,
    "canonical": "http://x.example/v|1",
    "code": "a-code",
    "date": "2024-02-29",
    "dateTime": "2024-02-29T10:00:00.123+01:00",
    "decimal": 12.50,
    "id": "an-id.1",
    "instant": "2024-02-29T10:00:00Z",
    "integer": -3,
    "markdown": "*un* texte",
    "oid": "urn:oid:1.2.250.1.213",
    "positiveInt": 3,
    "string": "Un texte",
    "time": "10:00:00",
    "unsignedInt": 0,
    "uri": "urn:oid:1.2",
    "url": "https://x.example/a",
    "uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
}
"""A value of each primitive type."""


def rich(kind: str, depth: int) -> Json:
    """A value of a type with all its elements, so many levels down; then only what must be there."""
    taken: set[str] = set()
    value: Json = {"resourceType": kind} if kind in RESOURCES.split() else {}
    for member in _MEMBERS[kind]:
        if member.kind == "Resource" or member.group in taken or not (depth or member.required):
            continue
        taken |= {member.group} - {""}
        one = _one(kind, member, depth - 1)
        value[member.name] = [one] if member.many else one
    return value


def _one(owner: str, member: Member, depth: int) -> Any:
    codes = CODES.get((owner, member.name)) or OPTIONAL_CODES.get((owner, member.name))
    if codes:
        return min(codes)
    return SAMPLES[member.kind] if member.kind in SAMPLES else rich(member.kind, max(depth, 0))


def spread(kind: str) -> Iterator[Json]:
    """Each element of a resource, rich, beside no more than what must be there."""
    least = rich(kind, 0)
    for name, value in rich(kind, 2).items():
        yield {**least, name: value}


def choices(kind: str, value: Json) -> Iterator[Json]:
    """The same value with each of the others of each choice."""
    for member in _MEMBERS[kind]:
        if member.group:
            others = {other.name for other in _MEMBERS[kind] if other.group == member.group}
            kept = {name: part for name, part in value.items() if name not in others}
            yield {**kept, member.name: _one(kind, member, 1)}


def seeds() -> list[Json]:
    """Well-made resources: with each element of each type, each value of each choice, and our examples."""
    found = [one for kind in RESOURCES.split() for one in spread(kind)]
    found += [other for kind in RESOURCES.split() for other in choices(kind, rich(kind, 0))]
    patient: Json = {"resourceType": "Patient", "id": "p"}
    found += [{**patient, "extension": [one]} for one in choices("Extension", {"url": "http://x.example"})]
    bundles = [json.loads(file.read_bytes()) for file in sorted((ROOT / "examples").glob("*/bundle.json"))]
    found += [entry["resource"] for bundle in bundles for entry in bundle["entry"]]
    return _distinct([*found, *(json.loads(file.read_bytes()) for file in OFFICIAL)])


def _distinct(documents: list[Json]) -> list[Json]:
    """One document of each form: the same elements with other values teach nothing."""
    forms = {frozenset(_unnumbered(place) for place in places(d)) | {d["resourceType"]}: d for d in documents}
    return list(forms.values())


def _unnumbered(path: Path_) -> Path_:
    return tuple(step for step in path if isinstance(step, str))


def places(node: Any, path: Path_ = ()) -> list[Path_]:
    """Every place of a document, itself first."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


# ---------------------------------------------------------------- how to spoil a place

_TEXTS: Final = """\
|\u00a0|\x0b|\x1c|\u3000|a b|a  b| a|a |a\n|a\u00a0b|é|a_b|a/b|😀|\ufeff|true|5|1.5|\
1e400|NaN|-0|Patient|<div>|http://[|\
2024|2024-02|2024-13|2024-00|2024-02-30|2023-02-29|1900-02-29|2000-02-29|0000|0001-01-01|9999-12-31|\
2024-04-31|24-01-01|2024-1-1|2024-01-01\n|٢٠٢٤|٢٠٢٤-01-01|\
2024-01-01T10:00:00|2024-01-01T10:00Z|2024-01-01T10:00:00Z|\
2024-01-01t10:00:00z|2024-01-01 10:00:00Z|2024-01-01T24:00:00Z|2024-01-01T23:60:00Z|2016-12-31T23:59:60Z|\
2024-01-01T10:00:00.1234567891234Z|2024-01-01T10:00:00.Z|2024-01-01T10:00:00+14:00|2024-01-01T10:00:00+14:01|\
2024-01-01T10:00:00-13:59|2024-01-01T10:00:00+15:00|9999-12-31T23:59:59-14:00|0001-01-01T00:00:00+14:00|\
10:00|10:00:00.5|23:59:60|24:00:00|QQ==|QQ=|Q|QUJD QUJD|QUJD\n|Q$==|_-==|urn:oid:3.1|urn:oid:1.02|\
urn:oid:1.2\n|\
urn:uuid:c757873d-ec9a-1326-a141-556f43239520|C757873D-EC9A-4326-A141-556F43239520|\
{c757873d-ec9a-4326-a141-556f43239520}|c757873dec9a4326a141556f43239520"""
VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    3,
    2**31,
    -(2**31) - 1,
    10**19,
    5.0,
    1.5,
    -0.0,
    1e308,
    [],
    {},
    [None],
    [""],
    [[]],
    {"id": "a"},
    {"url": "a"},
    {"extension": []},
    *_TEXTS.split("|"),
    "x" * 64,
    "x" * 65,
    "x" * 256,
)
"""What may stand where something else should."""

_KEYS: Final[dict[str, Any]] = {
    "zz": 1,
    "id": "un id",
    "_id": {"id": "a"},
    "resourceType": "Patient",
    "fhir_comments": "x",
    "modifierExtension": [{"url": "http://x.example", "valueBoolean": True}],
    "implicitRules": "http://x.example",
    "contained": [{"resourceType": "Patient"}],
    "extension": [{"url": "a", "valueCode": "b", "valueString": "c"}],
    "valueString": "x",
    "valueBoolean": True,
    "period": {"start": "2024-01-02", "end": "2024-01-01"},
    "start": "2030-01-01",
    "end": "1990-01-01",
    "status": "zzz",
    "class_fhir": {"code": "x"},
}
_BESIDE: Final[tuple[Any, ...]] = (
    None,
    {},
    {"id": "a"},
    {"id": ""},
    {"extension": []},
    {"extension": [{"url": "a", "valueCode": "b"}]},
    {"extension": [{"valueCode": "b"}]},
    {"zz": 1},
    [None],
    [None, {"id": "a"}],
    [{}],
    "x",
)

Change = Callable[[Any, str | int], Any]
"""Spoils, in a parent that is its own to change, what is at one place."""


def _put(value: Any) -> Change:
    def change(parent: Any, step: str | int) -> None:
        parent[step] = value

    return change


def _beside(value: Any) -> Change:
    def change(parent: Any, step: str | int) -> None:
        if isinstance(step, str):
            parent[f"_{step}"] = value

    return change


def _instead(value: Any) -> Change:
    def change(parent: Any, step: str | int) -> None:
        if isinstance(step, str):
            parent[f"_{step}"] = value
            del parent[step]

    return change


def _within(key: str, value: Any) -> Change:
    def change(parent: Any, step: str | int) -> None:
        if isinstance(parent[step], dict):
            parent[step] = {**parent[step], key: value}

    return change


def _drop(parent: Any, step: str | int) -> None:
    del parent[step]


def _rename(parent: Any, step: str | int) -> None:
    if isinstance(step, str):
        parent[f"{step}x"] = parent.pop(step)


def _wrap(parent: Any, step: str | int) -> None:
    parent[step] = [parent[step]]


def _unwrap(parent: Any, step: str | int) -> None:
    if isinstance(parent[step], list) and parent[step]:
        parent[step] = parent[step][0]


def _repeat(parent: Any, step: str | int) -> None:
    if isinstance(parent[step], list):
        parent[step] = [*parent[step], *parent[step], None]


def _as_text(parent: Any, step: str | int) -> None:
    parent[step] = str(parent[step])


CHANGES: Final[tuple[Change, ...]] = (
    *(_drop, _rename, _wrap, _unwrap, _repeat, _as_text),
    *map(_put, VALUES),
    *map(_beside, _BESIDE),
    *map(_instead, _BESIDE),
    *(_within(key, value) for key, value in _KEYS.items()),
)


def changed(document: Any, path: Path_, change: Change) -> Any:
    """The document spoilt at one place; what is elsewhere is shared with it, not copied."""
    copy = document.copy()
    if len(path) == 1:
        change(copy, path[0])
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], change)
    return copy


def mutants(documents: list[Json], first: int, step: int) -> Iterator[Json]:
    """One in ``step`` of all the documents spoilt in one way at one place, from the ``first`` on."""
    rank = 0
    for document in documents:
        for path in places(document)[1:]:
            for change in CHANGES:
                if rank % step == first:
                    yield changed(document, path, change)
                rank += 1
