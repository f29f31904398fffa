"""What ``fhir.resources`` lets through and the decision depends on.

It knows neither required bindings nor the order of a period, takes a number for a date, text for a
number, an ``id`` of any length and a resource contained in a contained one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from parcours.fhir.dates import est_renversee, est_une_date
from parcours.fhir.defects import Defect, Path, expression, is_read
from parcours.fhir.elements import Period, Resource

MAX_ID: Final = 64
_REQUEST_STATUS: Final = "draft active on-hold revoked completed entered-in-error unknown"
_FINANCIAL_STATUS: Final = "active cancelled draft entered-in-error"

CODES: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    key: frozenset(codes.split())
    for key, codes in {
        (
            "Encounter",
            "status",
        ): "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown",
        (
            "Appointment",
            "status",
        ): "proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist",
        ("ServiceRequest", "status"): _REQUEST_STATUS,
        (
            "ServiceRequest",
            "intent",
        ): "proposal plan directive order original-order reflex-order filler-order instance-order option",
        ("CarePlan", "status"): _REQUEST_STATUS,
        ("Coverage", "status"): _FINANCIAL_STATUS,
        ("Claim", "status"): _FINANCIAL_STATUS,
        (
            "ChargeItem",
            "status",
        ): "planned billable not-billable aborted billed entered-in-error unknown",
        (
            "Procedure",
            "status",
        ): "preparation in-progress not-done on-hold stopped completed entered-in-error unknown",
    }.items()
}
"""Codes whose binding is required and which must be there."""

_CARE_TEAM_STATUS: Final = frozenset({"proposed", "active", "suspended", "inactive", "entered-in-error"})
OPTIONAL_CODES: Final = {("CareTeam", "status"): _CARE_TEAM_STATUS}
"""Codes whose binding is required and which may be absent."""

_NAMES_OF_THE_LIBRARY: Final = frozenset({"fhir_comments", "resource_type"})
"""Members that ``fhir.resources`` takes for its own, and FHIR R4 does not have."""

_DATES: Final = frozenset(
    {
        "start",
        "end",
        "birthDate",
        "deceasedDateTime",
        "authoredOn",
        "valueDate",
        "onsetDateTime",
        "abatementDateTime",
    }
)


def own_defects(
    kind: str, resource: Resource, document: Mapping[str, Any], *, contained: bool
) -> list[Defect]:
    """Everything our own checks find in one resource."""
    return [
        *_modifiers(document),
        *_identity(resource, document, contained=contained),
        *_codes(kind, document),
        *(
            Defect(expression(path), code, text, is_read(kind, path, document))
            for path, code, text in _dates(resource, ())
        ),
        *(
            Defect(expression(path), "value", "nombre JSON attendu", is_read(kind, path, document))
            for path in _numbers(resource, document, ())
        ),
    ]


def _modifiers(document: Mapping[str, Any]) -> Iterator[Defect]:
    if document.get("implicitRules"):
        yield Defect(
            "implicitRules", "not-supported", "règles implicites non prises en charge", modifier=True
        )
    for path, value in _members({k: v for k, v in document.items() if k != "contained"}, ()):
        if path[-1] == "modifierExtension" and value:
            yield Defect(
                expression(path),
                "not-supported",
                "extension de modification non prise en charge",
                modifier=True,
            )
        if path[-1] in _NAMES_OF_THE_LIBRARY:
            yield Defect(expression(path), "structure", "élément inconnu de FHIR R4", read=False)


def _members(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[Path, Any]]:
    """Every member of every object, with its path; nothing below a modifier."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*path, key), value
            if key != "modifierExtension":
                yield from _members(value, (*path, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _members(item, (*path, index))


def _identity(resource: Resource, document: Mapping[str, Any], *, contained: bool) -> Iterator[Defect]:
    if resource.id is not None and len(resource.id) > MAX_ID:
        yield Defect("id", "value", f"identifiant de plus de {MAX_ID} caractères")
    if contained and "contained" in document:
        yield Defect("contained", "structure", "une ressource contenue ne peut pas en contenir une autre")
    if contained and not resource.id:
        yield Defect("id", "required", "une ressource contenue a besoin d'un identifiant")


def _codes(kind: str, document: Mapping[str, Any]) -> Iterator[Defect]:
    for owner, element in CODES:
        if owner == kind and element not in document and f"_{element}" not in document:
            yield Defect(element, "required", "élément obligatoire absent")
    for (owner, element), codes in (*CODES.items(), *OPTIONAL_CODES.items()):
        code = document.get(element) if owner == kind else None
        if isinstance(code, str) and code not in codes:
            yield Defect(element, "code-invalid", "code hors de la liste FHIR")


_ELEMENTS: Final[dict[type, tuple[FieldInfo, ...]]] = {}


def _elements(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    """The elements of a struct, kept: msgspec evaluates their annotations anew at each call."""
    if kind not in _ELEMENTS:
        _ELEMENTS[kind] = fields(kind)
    return _ELEMENTS[kind]


def _dates(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[Path, str, str]]:
    """Dates that are none, periods that end before they start, in whatever is read."""
    if isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from _dates(item, (*path, index))
    if not isinstance(node, Struct):
        return
    if isinstance(node, Period) and est_renversee(node):
        yield path, "invariant", "la période finit avant de commencer"
    for element in _elements(type(node)):
        value = getattr(node, element.name)
        if element.encode_name in _DATES and isinstance(value, str):
            if not est_une_date(value):
                yield (
                    (*path, element.encode_name),
                    "value",
                    "date hors du format FHIR (jour, ou heure avec fuseau)",
                )
        elif value and element.name != "contained":
            yield from _dates(value, (*path, element.encode_name))


def _numbers(node: Any, written: Any, path: tuple[str | int, ...]) -> Iterator[Path]:
    """Numbers that were written as text, in whatever is read."""
    if isinstance(node, tuple) and isinstance(written, list):
        for index, (item, text) in enumerate(zip(node, written, strict=False)):
            yield from _numbers(item, text, (*path, index))
    if not isinstance(node, Struct) or not isinstance(written, Mapping):
        return
    for element in _elements(type(node)):
        value, text = getattr(node, element.name), written.get(element.encode_name)
        if isinstance(value, Decimal | int) and isinstance(text, str):
            yield (*path, element.encode_name)
        elif element.name != "contained":
            yield from _numbers(value, text, (*path, element.encode_name))
