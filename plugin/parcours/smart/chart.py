"""What a launch must still read: who the user is, and which visit is open when the software did not say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from parcours.remote.ehr import Ehr, is_fhir_id
from parcours.remote.unreachable import Unreachable
from parcours.smart.identity import Identite
from parcours.smart.refusal import Refus, Refused

PARIS: Final = ZoneInfo("Europe/Paris")
"""The day of a visit that only has a date."""


def open_visit(ehr: Ehr, patient: str, now: dt.datetime) -> str:
    """The id of the one visit of a patient that is under way today.

    ``Refused`` (``CONTEXT``) when there is none, when there are several, which nobody here may choose from,
    and when the software does not say.
    """
    try:
        listed = ehr.search("Encounter", {"subject": f"Patient/{patient}", "status": "in-progress"})
    except Unreachable as gone:
        raise Refused(Refus.CONTEXT, gone.reason.value) from None
    today = {str(visit.get("id")) for visit in listed if _is_under_way(visit, now)}
    if len(today) != 1:
        raise Refused(Refus.CONTEXT, "several" if today else "none")
    return today.pop()


def _is_under_way(visit: Mapping[str, Any], now: dt.datetime) -> bool:
    """Did it begin on the day it is now, there? A server may ignore the status it was asked for."""
    if (visit.get("resourceType"), visit.get("status")) != ("Encounter", "in-progress"):
        return False
    period = visit.get("period")
    started = period.get("start") if isinstance(period, dict) else None
    try:
        begun = dt.datetime.fromisoformat(started if isinstance(started, str) else "")
    except ValueError:
        return False
    return begun.date() == now.astimezone(begun.tzinfo or PARIS).date()


def completed(ehr: Ehr, identite: Identite) -> Identite:
    """A user with the name and the number of his own resource, as far as the software gives it."""
    for resource in _own(ehr, identite):
        identite = identite.completed(resource)
    return identite


def _own(ehr: Ehr, identite: Identite) -> Iterator[Mapping[str, Any]]:
    """His resource; of an activity, the person's."""
    kind, _, id = (identite.utilisateur or "").partition("/")
    try:
        resource = ehr.read(kind, id)
        yield resource
        person = resource.get("practitioner")
        reference = person.get("reference") if isinstance(person, dict) else None
        kind, _, id = reference.rpartition("/") if isinstance(reference, str) else ("", "", "")
        if kind.rpartition("/")[2] == "Practitioner" and is_fhir_id(id):
            yield ehr.read("Practitioner", id)
    except Unreachable:
        return  # he stays known by what was proven
