"""What a context brings to be judged: appointments to book, orders to sign."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from parcours.cds.records import Draft, Peek, Records, opened, peek
from parcours.cds.request import Call
from parcours.errors import MalformedInput, Problem, TooLarge, UnreadableBundle
from parcours.fhir.elements import Reference

MOST: Final = 50
"""Entries of one context: a day of a doctor holds fewer."""
_BESIDE: Final = frozenset({"Practitioner", "PractitionerRole"})


def drafts(call: Call, records: Records) -> tuple[Draft, ...]:
    """The resources of the context that the service judges; the people beside them are filed.

    Raises ``MalformedInput`` for a context that is no Bundle, or holds no appointment, ``UnreadableBundle``
    for an entry that is no resource, and ``TooLarge``.
    """
    subject, name = call.service.subject, call.service.hook.context[-1]
    if subject not in ("Appointment", "ServiceRequest"):
        return ()
    where = f"context.{name}"
    head = _bundle(call.context[name], where)
    found: list[Draft] = []
    for raw, of, at, full_url in opened(call.context[name], head, where):
        if not of.resource_type:
            raise UnreadableBundle([Problem(at, "structure", "une ressource FHIR est attendue")])
        if of.resource_type == subject:
            found.append(Draft(raw, at))
        elif of.resource_type in _BESIDE:
            records.add(raw, of, at, full_url)
    if subject == "Appointment" and not found:
        raise _malformed(where, "un Bundle qui contient un Appointment est attendu")
    return tuple(found)


def _bundle(raw: bytes, where: str) -> Peek:
    head = peek(raw)
    if head is None or head.resource_type != "Bundle":
        raise _malformed(where, "un Bundle est attendu")
    if len(head.entry) > MOST:
        raise TooLarge([Problem(f"{where}.entry", "too-long", f"plus de {MOST} entrées")])
    return head


def _malformed(where: str, text: str) -> MalformedInput:
    return MalformedInput([Problem(where, "structure", text)])


# ---------------------------------------------------------------- about whom


class _Actor(Struct, frozen=True):
    actor: Reference | None = None


class _About(Struct, frozen=True):
    subject: Reference | None = None
    participant: tuple[_Actor, ...] = ()


def check_subject(raw: bytes, where: str, patient: str) -> None:
    """Raise ``UnreadableBundle`` for a resource about another patient than that of the context."""
    try:
        about = msgspec.json.decode(raw, type=_About)
    except msgspec.ValidationError:
        return  # told where it is read
    actors = [p.actor for p in about.participant]
    for element, refs in (("subject", [about.subject]), ("participant", actors)):
        named = {id for ref in refs if (id := _patient(ref))}
        if named and patient not in named:
            text = "la ressource fournie n’est pas celle du patient du contexte"
            raise UnreadableBundle([Problem(f"{where}.{element}", "business-rule", text)])


def _patient(ref: Reference | None) -> str | None:
    """The id of the patient whom a reference names, on whatever server."""
    _, named, rest = f"/{(ref.reference if ref else None) or ''}".rpartition("/Patient/")
    return rest.partition("/")[0] if named else None
