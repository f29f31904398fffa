"""What somebody tries: a FHIR Bundle or Parameters, or a call of CDS Hooks, of which a visit is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from parcours.cds.hook import Service
from parcours.cds.prefetch import gather
from parcours.cds.records import VISITS, Draft, Records
from parcours.cds.request import Call, read_call
from parcours.cds.services import SERVICES
from parcours.errors import InputError, MalformedInput, Problem, UnreadableBundle
from parcours.fhir.reading import Lecture, Limits, read_request

NO_VISIT: Final = "ce hook ne porte sur aucune visite : essayer encounter-start ou appointment-book"
UNKNOWN_HOOK: Final = "ce service répond à un autre hook"


class _Head(msgspec.Struct, frozen=True):
    hook: str | None = None


_HEADS: Final = msgspec.json.Decoder(_Head)


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit that was read, and the body that says it to the FHIR operation."""

    body: bytes
    lecture: Lecture


def read_asked(body: bytes, limits: Limits) -> Asked:
    """Read what was pasted. Raises ``InputError``, whose places point into it."""
    hook = _hook(body)
    if hook is None:
        return Asked(body, read_request(body, limits=limits))
    call = read_call(body, _service(hook), limits)
    records = gather(call, None)
    visit = _visit(call, records)
    bundle = records.bundle(visit.raw)
    try:
        return Asked(bundle, read_request(bundle, limits=limits))
    except InputError as error:
        problems = [
            replace(problem, expression=records.in_the_request(problem.expression, visit.where))
            for problem in error.problems
        ]
        refusal = type(error)(problems)
    raise refusal


def _hook(body: bytes) -> str | None:
    """The hook of a call; ``None`` for anything else, and for what is no JSON: reading says it better."""
    try:
        return _HEADS.decode(body).hook
    except msgspec.DecodeError:
        return None


def _service(hook: str) -> Service:
    found = next((service for service in SERVICES.values() if service.hook.name == hook), None)
    if found is None:
        raise MalformedInput([Problem("hook", "value", UNKNOWN_HOOK)])
    return found


def _visit(call: Call, records: Records) -> Draft:
    """The visit of a call: its encounter, or the first of its appointments."""
    if call.service.subject not in VISITS:
        raise UnreadableBundle([Problem("hook", "not-supported", NO_VISIT)])
    if call.service.subject == "Encounter":
        raw = records.get("Encounter", call.encounter)
        found = None if raw is None else Draft(raw, "prefetch.encounter")
    else:
        found = next(iter(records.drafts), None)
    if found is None:
        raise UnreadableBundle([Problem("prefetch.encounter", "required", "la visite n’y est pas")])
    return found
