"""The elements a declaration needs beside those of the decision: names, addresses, who is insured by whom.

They are read from the same bytes in a second look, so that a decision on a visit never holds a name.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw

from parcours.fhir.dossier import Node
from parcours.fhir.elements import (
    Address,
    CodeableConcept,
    Element,
    Extension,
    HumanName,
    Identifier,
    Period,
    Reference,
)


class TypedIdentifier(Identifier, frozen=True, kw_only=True):
    """A number and what kind it is said to be."""

    type: CodeableConcept | None = None


class PostalAddress(Address, frozen=True, kw_only=True):
    """An address as it is written on an envelope."""

    text: str | None = None
    line: tuple[str | None, ...] = ()
    city: str | None = None


class PatientDetail(Element, frozen=True, kw_only=True):
    """Who the patient is. Twins are told apart by their order of birth."""

    identifier: tuple[TypedIdentifier, ...] = ()
    extension: tuple[Extension, ...] = ()
    name: tuple[HumanName, ...] = ()
    address: tuple[PostalAddress, ...] = ()
    birth_date: str | None = None
    multiple_birth_boolean: bool | None = None
    multiple_birth_integer: int | None = None


class CoverageDetail(Element, frozen=True, kw_only=True):
    """Who is insured."""

    subscriber: Reference | None = None
    subscriber_id: str | None = None
    relationship: CodeableConcept | None = None
    payor: tuple[Reference, ...] = ()


class RelatedPersonDetail(Element, frozen=True, kw_only=True):
    """A parent, a guardian, the person insured."""

    active: bool | None = None
    identifier: tuple[TypedIdentifier, ...] = ()
    patient: Reference | None = None
    relationship: tuple[CodeableConcept, ...] = ()
    name: tuple[HumanName, ...] = ()
    address: tuple[PostalAddress, ...] = ()
    period: Period | None = None


class PractitionerDetail(Element, frozen=True, kw_only=True):
    """A doctor's name and numbers."""

    identifier: tuple[TypedIdentifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    address: tuple[PostalAddress, ...] = ()


class RoleDetail(Element, frozen=True, kw_only=True):
    """The numbers and the codes of an activity."""

    identifier: tuple[TypedIdentifier, ...] = ()
    code: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()


class OrganizationDetail(Element, frozen=True, kw_only=True):
    """A structure's name, numbers, address."""

    identifier: tuple[TypedIdentifier, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    name: str | None = None
    alias: tuple[str | None, ...] = ()
    address: tuple[PostalAddress, ...] = ()


class LocationDetail(Element, frozen=True, kw_only=True):
    """A place's name and address."""

    name: str | None = None
    address: PostalAddress | None = None


D = TypeVar("D", bound=Element)
_MEMBERS: Final = msgspec.json.Decoder(dict[str, Raw])


def detail(kind: type[D], node: Node[Any]) -> D:
    """A second look at a resource; an element whose JSON is not FHIR's is left out, as if not sent."""
    try:
        return msgspec.json.decode(node.raw, type=kind)
    except msgspec.ValidationError:
        pass
    members = _MEMBERS.decode(node.raw)
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    sound = {name: members[name] for name in names & members.keys() if _is_sound(kind, name, members[name])}
    return msgspec.json.decode(msgspec.json.encode(sound), type=kind)


def _is_sound(kind: type[Element], name: str, raw: Raw) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode({name: raw}), type=kind)
    except msgspec.ValidationError:
        return False
    return True
