"""Searching what is kept of declarations: from the parameters of FHIR to what is looked for.

A comma means "or", a repeated parameter "and". A parameter that cannot be read refuses the search.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from zoneinfo import ZoneInfo

from parcours.domain.declaration_states import EtatDeclaration
from parcours.errors import MalformedInput, Problem
from parcours.fhir.dates import bornes
from parcours.fhir.declaration_followup import STATUSES
from parcours.fhir.declaration_systems import ETAT_DECLARATION, RFC_3986, STATUTS, URN

PARIS: Final = ZoneInfo("Europe/Paris")
Comparison = Literal["ge", "gt", "lt"]

_PREFIXED: Final = re.compile(r"(eq|gt|ge|lt|le|sa|eb)?(\d.*)\Z", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6})\d*)?(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII
)
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recherche:
    """What is looked for: every criterion must hold; ``None`` asks nothing, an empty set finds nothing.

    ``modifie``: bounds of the last change, each a comparison and an instant.
    """

    ids: frozenset[str] | None = None
    patients: frozenset[str] | None = None
    etats: frozenset[EtatDeclaration] | None = None
    recus: frozenset[str] | None = None
    modifie: tuple[tuple[Comparison, dt.datetime], ...] = ()


def recherche(kind: str, criteria: Iterable[tuple[str, str]]) -> Recherche:
    """What a search of this type asks. Raises ``MalformedInput`` for a date that is none."""
    found = Recherche()
    for name, value in criteria:
        found = _READERS[name](found, kind, value)
    return found


def _and(before: frozenset[str] | None, values: Iterable[str]) -> frozenset[str]:
    # No id, reference or number that was kept holds a control character, and databases choke on some.
    found = frozenset(value for value in values if value.isprintable())
    return found if before is None else before & found


def _by_id(asked: Recherche, _kind: str, value: str) -> Recherche:
    return replace(asked, ids=_and(asked.ids, value.split(",")))


def _by_patient(asked: Recherche, _kind: str, value: str) -> Recherche:
    """``Patient/123``, ``123``, a URL or a URN."""
    names = (name if "/" in name or ":" in name else f"Patient/{name}" for name in value.split(","))
    return replace(asked, patients=_and(asked.patients, names))


def _by_identifier(asked: Recherche, _kind: str, value: str) -> Recherche:
    """The number of a declaration (``urn:uuid:…``), or a receipt number, which has no system."""
    tokens = [token.rpartition("|") for token in value.split(",")]
    ours = [text.removeprefix(URN) for system, _, text in tokens if _is_ours(system, text)]
    receipts = [text for system, _, text in tokens if not (system or text.startswith(URN))]
    if ours and receipts:
        text = "identifier : urn:uuid: ou numéro d'accusé de réception, pas les deux à la fois"
        raise MalformedInput([Problem("", "not-supported", text)])
    if receipts:
        return replace(asked, recus=_and(asked.recus, receipts))
    return replace(asked, ids=_and(asked.ids, ours))


def _is_ours(system: str, text: str) -> bool:
    return text.startswith(URN) and system in ("", RFC_3986)


def _by_status(asked: Recherche, kind: str, value: str) -> Recherche:
    codes = _codes(value, STATUTS[kind])
    return _in_states(asked, (etat for etat, status in STATUSES[kind].items() if status in codes))


def _by_business_status(asked: Recherche, _kind: str, value: str) -> Recherche:
    codes = _codes(value, ETAT_DECLARATION)
    return _in_states(asked, (etat for etat in EtatDeclaration if etat.value in codes))


def _in_states(asked: Recherche, states: Iterable[EtatDeclaration]) -> Recherche:
    found = frozenset(states)
    return replace(asked, etats=found if asked.etats is None else asked.etats & found)


def _codes(value: str, system: str) -> frozenset[str]:
    """Codes given alone or with this system."""
    tokens = (token.rpartition("|") for token in value.split(","))
    return frozenset(code for named, bar, code in tokens if named == system or not bar)


def _by_date(asked: Recherche, _kind: str, value: str) -> Recherche:
    """One bound: a date is the interval that its precision leaves open (FHIR R4, search, prefixes)."""
    # A "+" that nobody escaped arrives as a space.
    match = _PREFIXED.match(value.replace(" ", "+"))
    interval = _interval(match.group(2)) if match else None
    if match is None or interval is None:
        text = "_lastUpdated : une date FHIR, seule ou après un préfixe (eq, ge, gt, lt…)"
        raise MalformedInput([Problem("", "value", text)])
    first, after = interval
    bounds: Mapping[str, Sequence[tuple[Comparison, dt.datetime]]] = {
        "eq": (("ge", first), ("lt", after)),
        "ge": (("ge", first),),
        "gt": (("ge", after),),
        "sa": (("ge", after),),
        "lt": (("lt", first),),
        "eb": (("lt", first),),
        "le": (("lt", after),),
    }
    return replace(asked, modifie=(*asked.modifie, *bounds[match.group(1) or "eq"]))


def _interval(text: str) -> tuple[dt.datetime, dt.datetime] | None:
    """The first instant that a date may be, and the first that it is not, in UTC; a day is a day in Paris.

    ``None`` too at the very ends of the calendar, where UTC has no such instant.
    """
    try:
        instant = _INSTANT.match(text)
        if instant:
            first = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
            return first, first + dt.timedelta(microseconds=10 ** (6 - len(instant.group(1) or "")))
        days = bornes(text, PARIS)
        return (_midnight(days[0]), _midnight(days[1] + _DAY)) if days else None
    except (ValueError, OverflowError):
        return None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS).astimezone(dt.UTC)


Reader = Callable[[Recherche, str, str], Recherche]

_READERS: Final[Mapping[str, Reader]] = {
    "_id": _by_id,
    "_lastUpdated": _by_date,
    "business-status": _by_business_status,
    "identifier": _by_identifier,
    "patient": _by_patient,
    "status": _by_status,
}

PARAMETERS: Final[Mapping[str, str]] = {
    "_id": "token",
    "_lastUpdated": "date",
    "business-status": "token",
    "identifier": "token",
    "patient": "reference",
    "status": "token",
}
"""What kept declarations are searched by, and of which type each is for FHIR."""
