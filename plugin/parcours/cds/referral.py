"""An order about to be signed: is it a letter to a colleague, and whose?"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any, Final

import msgspec

from parcours.cds.language import Element
from parcours.cds.records import Key, Records
from parcours.cds.specialties import profession_of
from parcours.domain.facts import Profession, Specialite
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


class Referral(Enum):
    """Does an order ask another doctor to see the patient?"""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()
    """To whom it is addressed is said in words nobody knows, or could not be read."""
    UNREADABLE = auto()


def referral(raw: bytes, user: str, records: Records) -> Referral:
    """Is this order a letter to a colleague?

    It says so by its category, or it is addressed to one who is known as a doctor.
    """
    members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    members.pop("extension", None)  # whose odd shape would change nothing here
    try:
        order = msgspec.json.decode(msgspec.json.encode(members), type=ServiceRequest)
    except msgspec.ValidationError:
        return Referral.UNREADABLE
    return _referral(order, _type(raw), user, records)


def _referral(order: ServiceRequest, worded: Profession | None, user: str, records: Records) -> Referral:
    if order.do_not_perform or order.status not in _STATUSES or order.intent not in _INTENTS:
        return Referral.NO
    stated = {(c.system, c.code) for concept in order.category for c in concept.coding}
    if stated and not stated & _CATEGORIES:
        return Referral.NO
    writer = _names(order.requester or Reference(reference=user), order, records)
    if any(_names(ref, order, records) & writer for ref in order.performer):
        return Referral.NO
    professions = {_profession(list(_people(ref, order, records))) for ref in order.performer}
    if order.performer_type is not None:
        professions.add(_of([order.performer_type]) or worded)
    told = professions - {None}
    if told:
        return Referral.YES if told == {Profession.MEDECIN} else Referral.NO
    return Referral.YES if stated else _unsaid(order, records)


def _unsaid(order: ServiceRequest, records: Records) -> Referral:
    """Nobody says to whom: a known "no" only when there was nothing more to read."""
    unread = not _PEOPLE.keys().isdisjoint((*records.failed, *records.withheld))
    person = any(key for ref in order.performer for key in _keys(ref, records))
    unknown = order.performer_type is not None or (unread and person)
    return Referral.UNKNOWN if unknown else Referral.NO


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
    found = exercice([codes((concept, "") for concept in source) for source in sources])
    # To a biologist samples are sent, and nobody is.
    return Profession.AUTRE if found.specialite is Specialite.BIOLOGIE else found.profession


class _Worded(msgspec.Struct, frozen=True, rename="camel"):
    performer_type: _Words | None = None


class _Words(msgspec.Struct, frozen=True):
    text: str = ""


def _type(raw: bytes) -> Profession | None:
    """The profession that ``performerType`` says in words, when they are those of a national table."""
    try:
        asked = msgspec.json.decode(raw, type=_Worded).performer_type
    except msgspec.ValidationError:
        return None
    return profession_of(asked.text) if asked else None
