"""An order about to be signed: is it a letter to a colleague, and whose?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from parcours.cds.language import Element
from parcours.cds.records import Key, Records
from parcours.domain.facts import Profession
from parcours.fhir.elements import (
    CodeableConcept,
    Practitioner,
    PractitionerRole,
    Reference,
    Resource,
    ServiceRequest,
)
from parcours.fhir.identifiers import rpps
from parcours.fhir.qualifications import codes, exercice
from parcours.fhir.systems import code_system

_CATEGORIES: Final = frozenset(
    {
        *((code_system("pds-cs-adressage"), code) for code in ("adressage", "avis-ponctuel", "suivi")),
        ("http://snomed.info/sct", "3457005"),  # patient referral
    }
)
_STATUSES: Final = frozenset({"draft", "active", "on-hold"})
_INTENTS: Final = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_PEOPLE: Final[dict[str, type[Practitioner | PractitionerRole]]] = {
    "Practitioner": Practitioner,
    "PractitionerRole": PractitionerRole,
}


def is_referral(raw: bytes, user: str, records: Records) -> bool | None:
    """Does this order ask another doctor to see the patient? ``None`` when it cannot be read.

    It says so by its category, or it is addressed to one who is known as a doctor.
    """
    try:
        order = msgspec.json.decode(raw, type=ServiceRequest)
    except msgspec.ValidationError:
        return _lenient(raw, user, records)
    return _is_referral(order, user, records)


def _lenient(raw: bytes, user: str, records: Records) -> bool | None:
    """The same without its extensions, whose odd shape changes nothing here."""
    members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    members.pop("extension", None)
    try:
        order = msgspec.json.decode(msgspec.json.encode(members), type=ServiceRequest)
    except msgspec.ValidationError:
        return None
    return _is_referral(order, user, records)


def _is_referral(order: ServiceRequest, user: str, records: Records) -> bool:
    if order.do_not_perform or order.status not in _STATUSES or order.intent not in _INTENTS:
        return False
    stated = {(c.system, c.code) for concept in order.category for c in concept.coding}
    if stated and not stated & _CATEGORIES:
        return False
    people = [list(_people(ref, order, records)) for ref in order.performer]
    writer = _names(order.requester or Reference(reference=user), order, records)
    if any(_names(ref, order, records) & writer for ref in order.performer):
        return False
    professions = {_profession(found) for found in people}
    if order.performer_type is not None:
        professions.add(_of([order.performer_type]))
    told = professions - {None}
    return told == {Profession.MEDECIN} or (not told and bool(stated))


def author(raw: bytes, user: str) -> tuple[Element, list[Element]]:
    """Who writes it, and what the order contains of him: the requester it names, else whoever signs it."""
    order: dict[str, Any] = msgspec.json.decode(raw)
    requester: Element | None = order.get("requester")
    name = str((requester or {}).get("reference", ""))
    contained = [held for held in order.get("contained") or () if isinstance(held, dict)]
    return requester or {"reference": user}, [held for held in contained if name == f"#{held.get('id')}"]


# ---------------------------------------------------------------- to whom


def _names(ref: Reference, order: ServiceRequest, records: Records) -> set[str]:
    """Everything by which somebody is known here: resources, and the RPPS number."""
    names = {ref.reference} if ref.reference else set()
    names |= {f"{key[0]}/{key[1]}" for key in _keys(ref, records)}
    numbers = [ref.identifier]
    for person in _people(ref, order, records):
        names.add(f"{person.resource_type}/{person.id}")
        if isinstance(person, Practitioner):
            numbers += person.identifier
    return names | {number for held in numbers if (number := rpps(held))}


def _people(
    ref: Reference, order: ServiceRequest, records: Records
) -> Iterator[Practitioner | PractitionerRole]:
    """The person whom a reference designates, and his activities, or the activity and the person."""
    named = set(_keys(ref, records)) | _numbered(ref, records)
    persons = {key for key in named if key[0] == "Practitioner"}
    for inside in order.contained:
        inner = _read(inside)
        if inner is not None and ref.reference == f"#{inner.id}":
            yield inner
    for key, raw in records.everything().items():
        held = _read(raw) if key[0] in _PEOPLE else None
        if isinstance(held, PractitionerRole):
            theirs = set(_keys(held.practitioner, records)) if held.practitioner else set()
            if key in named or theirs & persons:
                yield held
                persons |= theirs
    for kind, id in persons:
        raw_person = records.get(kind, id)
        person = _read(raw_person) if raw_person else None
        if person is not None:
            yield person


def _keys(ref: Reference, records: Records) -> Iterator[Key]:
    text = ref.reference or ""
    urn = records.urn(text)
    parts = text.partition("/_history/")[0].split("/")
    if urn is not None:
        yield urn
    elif len(parts) >= 2 and parts[-2] in _PEOPLE:
        yield parts[-2], parts[-1]


def _numbered(ref: Reference, records: Records) -> set[Key]:
    """The person who is designated by his RPPS number only."""
    number = rpps(ref.identifier)
    if number is None:
        return set()
    held = ((id, _read(raw)) for id, raw in records.of("Practitioner"))
    return {
        ("Practitioner", id)
        for id, person in held
        if isinstance(person, Practitioner) and number in map(rpps, person.identifier)
    }


def _read(raw: bytes | msgspec.Raw) -> Practitioner | PractitionerRole | None:
    try:
        kind = msgspec.json.decode(raw, type=Resource).resource_type
        return msgspec.json.decode(raw, type=_PEOPLE[kind]) if kind in _PEOPLE else None
    except msgspec.ValidationError:
        return None


def _profession(people: list[Practitioner | PractitionerRole]) -> Profession | None:
    """What they practise, activities first; ``None`` when nothing says it."""
    roles = [p for p in people if isinstance(p, PractitionerRole)]
    own = [p for p in people if isinstance(p, Practitioner)]
    return _of(
        [concept for role in roles for concept in (*role.specialty, *role.code)],
        [q.code for person in own for q in person.qualification],
    )


def _of(*sources: list[CodeableConcept] | list[CodeableConcept | None]) -> Profession | None:
    return exercice([codes((concept, "") for concept in source) for source in sources]).profession
