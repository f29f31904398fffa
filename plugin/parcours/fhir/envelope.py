"""The envelope of a request: a ``Bundle``, or ``Parameters`` whose parameter ``resource`` repeats.

Entries are left as the bytes they are; each will be read on its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Raw

from parcours.errors import Problem, TooLarge, UnreadableBundle
from parcours.fhir.json_door import Limits

_TYPES: Final = frozenset({"collection", "searchset", "message", "transaction", "batch"})
_BUNDLE: Final = frozenset(
    {
        "resourceType",
        "id",
        "meta",
        "implicitRules",
        "language",
        "identifier",
        "type",
        "timestamp",
        "total",
        "link",
        "entry",
        "signature",
    }
)
_ENTRY: Final = frozenset(
    {"id", "extension", "modifierExtension", "link", "fullUrl", "resource", "search", "request", "response"}
)
_PARAMETERS: Final = frozenset({"resourceType", "id", "meta", "implicitRules", "language", "parameter"})
_MODIFIERS: Final = frozenset({"implicitRules", "modifierExtension"})
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")

_TEXT_BARE_CLAIM: Final = (
    "une facture seule ne dit rien de la visite : envoyer un Bundle, le Claim en premier, puis l'Encounter, "
    "le Patient, le professionnel consulté (Practitioner, PractitionerRole) et la Coverage"
)

Members = dict[str, Raw]
_MEMBERS: Final = msgspec.json.Decoder(Members)
_LIST: Final = msgspec.json.Decoder(list[Members])
_TEXT: Final = msgspec.json.Decoder(str)


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One resource as it came: where it stands (a FHIRPath), its ``fullUrl``, its bytes."""

    path: str
    full_url: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request opened: ``root`` is the FHIRPath under which any resource stands."""

    root: str
    entries: tuple[RawEntry, ...]
    problems: tuple[Problem, ...]


def open_envelope(body: bytes, limits: Limits) -> Envelope:
    """Open a request whose JSON is strict. Raises ``UnreadableBundle`` or ``TooLarge``."""
    try:
        members = _MEMBERS.decode(body)
    except msgspec.ValidationError:
        members = {}
    kind = _text(members.get("resourceType"))
    if kind == "Bundle":
        return _bundle(members, "Bundle", limits)
    if kind == "Parameters":
        return _parameters(members, limits)
    if kind == "Claim":
        raise _refusal("Claim", "structure", _TEXT_BARE_CLAIM)
    raise _refusal("Bundle", "structure", "une requête est un Bundle ou un Parameters FHIR")


def _bundle(members: Members, where: str, limits: Limits) -> Envelope:
    if _text(members.get("type")) not in _TYPES:
        raise _refusal(
            f"{where}.type", "code-invalid", "type de Bundle non lu : attendu " + ", ".join(sorted(_TYPES))
        )
    problems = _unknown(members, _BUNDLE, where)
    entries: list[RawEntry] = []
    for index, entry in enumerate(_objects(members.get("entry"), f"{where}.entry", limits)):
        path = f"{where}.entry[{index}]"
        problems += _unknown(entry, _ENTRY, path)
        if "resource" in entry:
            entries.append(RawEntry(f"{path}.resource", _full_url(entry, path), bytes(entry["resource"])))
        elif "request" not in entry and "response" not in entry:
            problems.append(Problem(path, "required", "entrée sans ressource, ignorée", "warning"))
    return Envelope(where, tuple(entries), tuple(problems))


def _parameters(members: Members, limits: Limits) -> Envelope:
    where = "Parameters.parameter"
    problems = _unknown(members, _PARAMETERS, "Parameters")
    entries: list[RawEntry] = []
    for index, parameter in enumerate(_objects(members.get("parameter"), where, limits)):
        path = f"{where}[{index}]"
        if _text(parameter.get("name")) == "resource" and "resource" in parameter:
            entries.append(RawEntry(f"{path}.resource", None, bytes(parameter["resource"])))
        else:
            problems.append(Problem(path, "not-supported", "paramètre inconnu, ignoré", "warning"))
    nested = _only_bundle(entries)
    if nested is None:
        return Envelope("Parameters", tuple(entries), tuple(problems))
    inner = _bundle(nested, entries[0].path, limits)
    return Envelope(inner.root, inner.entries, (*problems, *inner.problems))


def _only_bundle(entries: list[RawEntry]) -> Members | None:
    if len(entries) != 1:
        return None
    try:
        members = _MEMBERS.decode(entries[0].raw)
    except msgspec.ValidationError:
        return None
    return members if _text(members.get("resourceType")) == "Bundle" else None


def _objects(raw: Raw | None, where: str, limits: Limits) -> list[Members]:
    if raw is None or bytes(raw) == b"null":
        return []
    objects = _as_objects(raw)
    if objects is None:
        raise _refusal(where, "structure", "une liste d'objets est attendue")
    if len(objects) > limits.entrees:
        raise TooLarge([Problem(where, "too-long", f"plus de {limits.entrees} entrées")])
    return objects


def _as_objects(raw: Raw) -> list[Members] | None:
    try:
        return _LIST.decode(raw)
    except msgspec.ValidationError:
        return None


def _full_url(entry: Members, path: str) -> str | None:
    if "fullUrl" not in entry or bytes(entry["fullUrl"]) in (b"null", b'""'):
        return None
    url = _text(entry["fullUrl"])
    if url is None:
        raise _refusal(f"{path}.fullUrl", "structure", "une URL est attendue")
    folded = url.lower()
    if not folded.startswith("urn:uuid:"):
        return url
    if not _UUID.match(folded.removeprefix("urn:uuid:")):
        raise _refusal(f"{path}.fullUrl", "value", "urn:uuid: n'est pas suivi d'un UUID")
    return folded


def _unknown(members: Mapping[str, Any], known: frozenset[str], where: str) -> list[Problem]:
    if not _MODIFIERS.isdisjoint(members):
        raise _refusal(
            where, "not-supported", "règle implicite ou extension de modification non prise en charge"
        )
    if known.issuperset(members) or all(name.removeprefix("_") in known for name in members):
        return []
    return [Problem(where, "structure", "élément inconnu de FHIR R4, ignoré", "warning")]


def _text(raw: Raw | None) -> str | None:
    try:
        return _TEXT.decode(raw) if raw is not None else None
    except msgspec.ValidationError:
        return None


def _refusal(expression: str, code: str, text: str) -> UnreadableBundle:
    return UnreadableBundle([Problem(expression, code, text)])
