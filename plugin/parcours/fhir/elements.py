"""Exactly the elements the decision reads, as typed structs over the bytes.

Dates stay the strings they were: their precision matters. Codes stay strings too, so that an unknown
one is a fact about the request and not a failure. What is not here is not read; whether the whole is
FHIR is for :mod:`parcours.fhir.validity` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from msgspec import Raw, Struct, field


class Element(Struct, frozen=True, kw_only=True, rename="camel"):
    """Anything FHIR calls an element; names follow FHIR's, in Python's spelling."""


class Period(Element, frozen=True, kw_only=True):
    """A time range; either end may be open or partial."""

    start: str | None = None
    end: str | None = None


class Coding(Element, frozen=True, kw_only=True):
    """A code in a system. ``display`` is never read."""

    system: str | None = None
    code: str | None = None


class CodeableConcept(Element, frozen=True, kw_only=True):
    """One idea, in one or several systems."""

    coding: tuple[Coding, ...] = ()


class Identifier(Element, frozen=True, kw_only=True):
    """A number somebody gave."""

    use: str | None = None
    system: str | None = None
    value: str | None = None
    period: Period | None = None


class Reference(Element, frozen=True, kw_only=True):
    """A link, by URL or by identifier."""

    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class Money(Element, frozen=True, kw_only=True):
    """An amount, exactly as its digits were written."""

    value: Decimal | None = None
    currency: str | None = None


class Quantity(Element, frozen=True, kw_only=True):
    """How many times."""

    value: Decimal | None = None


class Extension(Element, frozen=True, kw_only=True):
    """An extension with the values this package knows how to use."""

    url: str | None = None
    extension: tuple[Extension, ...] = ()
    value_code: str | None = None
    value_date: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_money: Money | None = None
    value_coding: Coding | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_reference: Reference | None = None


class HumanName(Element, frozen=True, kw_only=True):
    """A name of a professional."""

    use: str | None = None
    family: str | None = None
    given: tuple[str | None, ...] = ()
    period: Period | None = None


class Address(Element, frozen=True, kw_only=True):
    """A postal address, with its INSEE code when the extension is there."""

    use: str | None = None
    type: str | None = None
    postal_code: str | None = None
    country: str | None = None
    period: Period | None = None
    extension: tuple[Extension, ...] = ()


class Resource(Element, frozen=True, kw_only=True):
    """What every resource has."""

    resource_type: str | None = None
    id: str | None = None
    implicit_rules: str | None = None
    extension: tuple[Extension, ...] = ()
    contained: tuple[Raw, ...] = ()


class EncounterParticipant(Element, frozen=True, kw_only=True):
    """Who took part, and as what."""

    type: tuple[CodeableConcept, ...] = ()
    individual: Reference | None = None
    extension: tuple[Extension, ...] = ()


class EncounterLocation(Element, frozen=True, kw_only=True):
    """Where it took place."""

    location: Reference | None = None


class Encounter(Resource, frozen=True, kw_only=True):
    """The visit."""

    status: str | None = None
    class_: Coding | None = field(default=None, name="class")
    type: tuple[CodeableConcept, ...] = ()
    priority: CodeableConcept | None = None
    subject: Reference | None = None
    based_on: tuple[Reference, ...] = ()
    participant: tuple[EncounterParticipant, ...] = ()
    period: Period | None = None
    location: tuple[EncounterLocation, ...] = ()
    service_provider: Reference | None = None


class AppointmentParticipant(Element, frozen=True, kw_only=True):
    """Who or what is booked."""

    type: tuple[CodeableConcept, ...] = ()
    actor: Reference | None = None
    status: str | None = None
    extension: tuple[Extension, ...] = ()


class Appointment(Resource, frozen=True, kw_only=True):
    """A visit to come, when no Encounter exists yet."""

    status: str | None = None
    service_type: tuple[CodeableConcept, ...] = ()
    start: str | None = None
    based_on: tuple[Reference, ...] = ()
    participant: tuple[AppointmentParticipant, ...] = ()


class PatientLink(Element, frozen=True, kw_only=True):
    """Another record of the same patient; only what it is to this one."""

    type: str | None = None


class Patient(Resource, frozen=True, kw_only=True):
    """The patient: birth, home, médecin traitant, is the record still his. Neither name nor NIR."""

    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None
    link: tuple[PatientLink, ...] = ()
    address: tuple[Address, ...] = ()
    general_practitioner: tuple[Reference, ...] = ()


class Qualification(Element, frozen=True, kw_only=True):
    """What a professional is qualified for."""

    code: CodeableConcept | None = None
    period: Period | None = None


class Practitioner(Resource, frozen=True, kw_only=True):
    """A professional."""

    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    qualification: tuple[Qualification, ...] = ()


class PractitionerRole(Resource, frozen=True, kw_only=True):
    """A professional in one activity."""

    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    period: Period | None = None
    practitioner: Reference | None = None
    organization: Reference | None = None
    location: tuple[Reference, ...] = ()
    code: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()


class Organization(Resource, frozen=True, kw_only=True):
    """A structure: its kind, its address, its name when it pays."""

    identifier: tuple[Identifier, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    name: str | None = None
    address: tuple[Address, ...] = ()
    part_of: Reference | None = None


class Location(Resource, frozen=True, kw_only=True):
    """A place."""

    address: Address | None = None
    managing_organization: Reference | None = None


class ServiceRequest(Resource, frozen=True, kw_only=True):
    """A referral."""

    status: str | None = None
    intent: str | None = None
    do_not_perform: bool | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    based_on: tuple[Reference, ...] = ()
    authored_on: str | None = None
    requester: Reference | None = None
    performer_type: CodeableConcept | None = None
    performer: tuple[Reference, ...] = ()


class CarePlanDetail(Element, frozen=True, kw_only=True):
    """One planned activity."""

    performer: tuple[Reference, ...] = ()


class CarePlanActivity(Element, frozen=True, kw_only=True):
    """One line of the plan."""

    detail: CarePlanDetail | None = None


class CarePlan(Resource, frozen=True, kw_only=True):
    """An agreed plan of care."""

    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    period: Period | None = None
    author: Reference | None = None
    contributor: tuple[Reference, ...] = ()
    care_team: tuple[Reference, ...] = ()
    activity: tuple[CarePlanActivity, ...] = ()


class CareTeamParticipant(Element, frozen=True, kw_only=True):
    """A member of the circle of care."""

    role: tuple[CodeableConcept, ...] = ()
    member: Reference | None = None
    period: Period | None = None


class CareTeam(Resource, frozen=True, kw_only=True):
    """A circle of care."""

    status: str | None = None
    subject: Reference | None = None
    period: Period | None = None
    participant: tuple[CareTeamParticipant, ...] = ()


class CoverageClass(Element, frozen=True, kw_only=True):
    """Régime or caisse."""

    type: CodeableConcept | None = None
    value: str | None = None


class Coverage(Resource, frozen=True, kw_only=True):
    """What the patient is covered by."""

    status: str | None = None
    beneficiary: Reference | None = None
    period: Period | None = None
    payor: tuple[Reference, ...] = ()
    class_: tuple[CoverageClass, ...] = field(default=(), name="class")


class Condition(Resource, frozen=True, kw_only=True):
    """A long-term illness, when its category says so."""

    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    onset_date_time: str | None = None
    abatement_date_time: str | None = None


class ClaimItem(Element, frozen=True, kw_only=True):
    """One line of an invoice. ``net`` is its total; else price × quantity × factor. Details are only seen."""

    sequence: int | None = None
    product_or_service: CodeableConcept | None = None
    encounter: tuple[Reference, ...] = ()
    quantity: Quantity | None = None
    unit_price: Money | None = None
    factor: Decimal | None = None
    net: Money | None = None
    detail: tuple[Element, ...] = ()
    extension: tuple[Extension, ...] = ()


class Claim(Resource, frozen=True, kw_only=True):
    """An invoice: who asks, under which number, for what."""

    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    patient: Reference | None = None
    provider: Reference | None = None
    item: tuple[ClaimItem, ...] = ()


class ChargeItem(Resource, frozen=True, kw_only=True):
    """An act to be billed, when no invoice exists yet. ``price_override`` is the price of the whole."""

    status: str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    context: Reference | None = None
    quantity: Quantity | None = None
    price_override: Money | None = None


class Procedure(Resource, frozen=True, kw_only=True):
    """An act that was done: its code, no price."""

    status: str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None


READ: Final[Mapping[str, type[Resource]]] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            Encounter,
            Appointment,
            Patient,
            Practitioner,
            PractitionerRole,
            Organization,
            Location,
            ServiceRequest,
            CarePlan,
            CareTeam,
            Coverage,
            Condition,
            Claim,
            ChargeItem,
            Procedure,
        )
    }
)
"""Resource types the decision reads, by name."""
