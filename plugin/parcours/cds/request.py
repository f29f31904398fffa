"""A call as it came: the shape of CDS Hooks checked, what is unknown passed over, nothing judged yet."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from parcours.cds.hook import OF_THE_CONTEXT, Service
from parcours.cds.options import EXTENSION_CONFIGURATION
from parcours.errors import MalformedInput, Problem, UnreadableBundle
from parcours.fhir.json_door import Limits, check_json
from parcours.remote.ehr import is_fhir_id

_DEEPER: Final = 4
"""Levels of a call around what a Bundle alone would hold."""
_USERS: Final = {
    "Practitioner": "userPractitionerId",
    "PractitionerRole": "userPractitionerRoleId",
    "Patient": "userPatientId",
    "RelatedPerson": "userRelatedPersonId",
}


class Authorization(Struct, frozen=True, kw_only=True):
    """The transient token of the user: it serves this call, and is neither kept, shown nor logged."""

    access_token: str
    scope: str | None = None

    def __repr__(self) -> str:
        return "Authorization(…)"


class _Body(Struct, frozen=True, rename="camel"):
    hook: str
    hook_instance: str
    context: dict[str, Raw]
    fhir_server: str | None = None
    fhir_authorization: Authorization | None = None
    prefetch: dict[str, Raw] | None = None
    extension: Raw = Raw(b"{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one service. Raw values are the bytes as they came.

    ``user`` is ``Type/id``. ``server`` and ``authorization`` come together or not at all.
    """

    service: Service
    instance: str
    user: str
    patient: str
    encounter: str | None
    context: Mapping[str, bytes]
    prefetch: Mapping[str, bytes]
    server: str | None
    authorization: Authorization | None
    configuration: Mapping[str, Any]

    @property
    def tokens(self) -> dict[str, str]:
        """What the tokens of a prefetch template stand for in this call."""
        kind, _, id = self.user.partition("/")
        tokens = {f"{OF_THE_CONTEXT}patientId": self.patient, _USERS[kind]: id}
        if self.encounter is not None:
            tokens[f"{OF_THE_CONTEXT}encounterId"] = self.encounter
        return tokens


def read_call(body: bytes, service: Service, limits: Limits) -> Call:
    """Read a call of a service.

    Raises ``MalformedInput`` when it is not the JSON or the request of CDS Hooks, ``TooLarge``, and
    ``UnreadableBundle`` for an id that FHIR does not allow.
    """
    check_json(body, Limits(limits.octets, limits.entrees, limits.profondeur + _DEEPER), "")
    asked = _decoded(body)
    if asked.hook != service.hook.name:
        raise _malformed("hook", "value", "ce service répond à un autre hook")
    context = {name: bytes(value) for name, value in asked.context.items() if bytes(value) != b"null"}
    for name in service.hook.context:
        if name not in context:
            raise _malformed(f"context.{name}", "required", "élément exigé par le hook")
    return Call(
        service=service,
        instance=_instance(asked.hook_instance),
        user=_user(context),
        patient=_id(context, "patientId"),
        encounter=_id(context, "encounterId") if "encounterId" in service.hook.context else None,
        context=context,
        prefetch={name: bytes(value) for name, value in (asked.prefetch or {}).items()},
        server=_server(asked),
        authorization=asked.fhir_authorization,
        configuration=_configuration(asked.extension),
    )


def _decoded(body: bytes) -> _Body:
    where = ""
    try:
        return msgspec.json.decode(body, type=_Body)
    except msgspec.ValidationError as error:
        # « … - at `$.context` »: the path is ours, the rest may hold a value.
        where = str(error).rpartition("`$")[2].rstrip("`").lstrip(".") if "`$" in str(error) else ""
    text = "hook, hookInstance et context sont exigés, chacun dans le type que fixe CDS Hooks"
    raise _malformed(where if where.isascii() and where.isalpha() else "", "structure", text)


def _instance(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        pass
    raise _malformed("hookInstance", "value", "un UUID est attendu")


def _server(asked: _Body) -> str | None:
    """Where the client's data lives (cds-r-1: exigé avec un jeton)."""
    if asked.fhir_authorization is not None and not asked.fhir_server:
        raise _malformed("fhirServer", "required", "exigé avec fhirAuthorization")
    return asked.fhir_server or None


def _user(context: Mapping[str, bytes]) -> str:
    user = _text(context, "userId")
    kind, _, id = user.partition("/")
    if kind not in _USERS or not is_fhir_id(id):
        text = "Type/id est attendu : Practitioner, PractitionerRole, Patient ou RelatedPerson"
        raise _unreadable("context.userId", text)
    return user


def _id(context: Mapping[str, bytes], name: str) -> str:
    id = _text(context, name)
    if not is_fhir_id(id):
        raise _unreadable(f"context.{name}", "un id FHIR est attendu")
    return id


def _text(context: Mapping[str, bytes], name: str) -> str:
    try:
        return msgspec.json.decode(context[name], type=str)
    except msgspec.ValidationError:
        pass
    raise _malformed(f"context.{name}", "structure", "une chaîne est attendue")


def _configuration(extension: bytes) -> Mapping[str, Any]:
    """The client's switches for this call; anything else than an object says nothing."""
    try:
        members = msgspec.json.decode(extension, type=dict[str, Raw])
        return msgspec.json.decode(members.get(EXTENSION_CONFIGURATION, b"{}"), type=dict[str, Any])
    except msgspec.ValidationError:
        return {}


def _malformed(where: str, code: str, text: str) -> MalformedInput:
    return MalformedInput([Problem(where, code, text)])


def _unreadable(where: str, text: str) -> UnreadableBundle:
    return UnreadableBundle([Problem(where, "value", text)])
