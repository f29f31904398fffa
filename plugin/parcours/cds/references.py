"""Which resources the records of a call name, and do not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from parcours.cds.records import Key, Records
from parcours.domain.facts import Profession
from parcours.fhir.elements import Practitioner
from parcours.fhir.qualifications import codes, exercice
from parcours.remote.ehr import is_fhir_id

_FOLLOWED: Final = frozenset(
    {"Practitioner", "PractitionerRole", "Organization", "Location", "ServiceRequest"}
)
"""Types of resource that tell who was consulted, where, and who sent the patient."""
_FROM: Final = frozenset(
    {"Encounter", "Patient", "PractitionerRole", "CareTeam", "CarePlan", "ServiceRequest"}
)


def missing(records: Records, base: str | None) -> list[Key]:
    """What is named and not held, in the order it is named. A reference to another server is none of ours."""
    held = (raw for (kind, _), raw in records.everything().items() if kind in _FROM)
    drafts = (draft.raw for draft in records.drafts)
    named = (key for raw in (*drafts, *held) for key in _named(msgspec.json.decode(raw), base))
    return [key for key in dict.fromkeys(named) if records.get(*key) is None]


def without_activity(records: Records, base: str | None) -> list[str]:
    """Who is consulted or sends the patient, and of whom no activity is held: it may say his specialty.

    Of the médecin traitant who sends him nothing more is asked: a letter of hers is one, whatever she is.
    """
    exercised = _all(records, base, "PractitionerRole")
    seen = {key for raw in _visits(records) for key in _named(msgspec.json.decode(raw), base)}
    seen |= _all(records, base, "ServiceRequest") - _all(records, base, "Patient")
    people = (id for id, raw in records.of("Practitioner") if is_fhir_id(id) and not _says_all(raw))
    return [id for id in people if ("Practitioner", id) in seen - exercised]


def _says_all(raw: bytes) -> bool:
    """Does this person say himself what he is, and no activity can add to it (a midwife, a dentist…)?"""
    try:
        person = msgspec.json.decode(raw, type=Practitioner)
    except msgspec.ValidationError:
        return False
    profession = exercice([codes((q.code, "") for q in person.qualification)]).profession
    return profession not in (None, Profession.MEDECIN, Profession.INFIRMIER)


def _visits(records: Records) -> Iterator[bytes]:
    yield from (draft.raw for draft in records.drafts)
    yield from (raw for _, raw in records.of("Encounter"))


def _all(records: Records, base: str | None, kind: str) -> set[Key]:
    """Everything that the resources of a type name."""
    return {key for _, raw in records.of(kind) for key in _named(msgspec.json.decode(raw), base)}


def _named(node: Any, base: str | None) -> Iterator[Key]:
    if isinstance(node, dict):
        text = node.get("reference")
        if isinstance(text, str) and (key := _key(text, base)):
            yield key
        for value in node.values():
            yield from _named(value, base)
    elif isinstance(node, list):
        for value in node:
            yield from _named(value, base)


def _key(text: str, base: str | None) -> Key | None:
    """``Type/id`` on the client's own server."""
    local = text.removeprefix(f"{base.rstrip('/')}/") if base else text
    kind, _, rest = local.partition("/")
    id = rest.partition("/")[0]
    return (kind, id) if kind in _FOLLOWED and is_fhir_id(id) else None
