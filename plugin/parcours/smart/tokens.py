"""What a token endpoint gives: the access, how long it lasts, and what is open in the software."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Authorization
from parcours.remote.endpoints import Endpoint
from parcours.remote.oauth import ask_token
from parcours.remote.unreachable import Unreachable
from parcours.smart.our_keys import OurKeys
from parcours.smart.refusal import Refus, Refused

SHORT: Final = 300
"""Seconds an access lasts when its server does not say."""
LONG: Final = 8 * 3600
MARGIN: Final = dt.timedelta(seconds=10)
"""An access is renewed a little before its end: a reading takes a while."""
REFUSALS: Final = frozenset({400, 401, 403})
"""Statuses by which a token endpoint says no (RFC 6749, 5.2); any other says that it is ill."""
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)


class _Answer(msgspec.Struct):
    """RFC 6749, 5.1, and what SMART adds to it."""

    access_token: str
    token_type: str
    expires_in: int | float | None = None
    scope: str | None = None
    refresh_token: str | None = None
    id_token: str | None = None
    patient: str | None = None
    encounter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An access that was granted. Only ever kept sealed."""

    token: str = field(repr=False)
    scope: str
    expires: dt.datetime
    refresh: str | None = field(default=None, repr=False)

    def serves(self, now: dt.datetime) -> bool:
        """Can something still be read with it?"""
        return now < self.expires - MARGIN

    @property
    def authorization(self) -> Authorization:
        """What a reading needs of it."""
        return Authorization(self.token, self.scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """An access, and what came with it."""

    access: Access
    id_token: str | None = field(repr=False)
    patient: str | None
    encounter: str | None


def read_answer(document: Any, asked: str, now: dt.datetime) -> Granted:
    """What was granted. ``asked``: the scopes, which stand when the server does not repeat them."""
    try:
        told = msgspec.convert(document, _Answer, strict=False)
    except msgspec.ValidationError:
        told = None
    if told is None or told.token_type.lower() != "bearer" or not _BEARER.fullmatch(told.access_token):
        raise Refused(Refus.ANSWER)
    # An answer may hold the text "nan", which is a number and no length of time.
    told_s = SHORT if told.expires_in is None or math.isnan(told.expires_in) else told.expires_in
    seconds = min(max(told_s, 0), LONG)
    scope = told.scope or asked
    expires = now + dt.timedelta(seconds=seconds)
    access = Access(token=told.access_token, scope=scope, expires=expires, refresh=told.refresh_token or None)
    return Granted(
        access=access,
        id_token=told.id_token or None,
        patient=_id(told.patient, "Patient"),
        encounter=_id(told.encounter, "Encounter"),
    )


def _id(told: str | None, kind: str) -> str | None:
    """The id that SMART asks for, also where the server gives a reference instead."""
    return told.removeprefix(f"{kind}/") if told else None


@dataclass(frozen=True, slots=True)
class Asking:
    """How one client asks its authorization server: with its name alone, or with our signature under it."""

    registration: Registration
    keys: OurKeys

    def ask(
        self, endpoint: Endpoint, form: Mapping[str, str], asked: str, now: dt.datetime, deadline: Deadline
    ) -> Granted:
        """What the token endpoint grants for this form.

        Raises ``Refused`` (with ``CODE`` when the server says no) and ``Unreachable``.
        """
        who = proof(self.registration, self.keys, endpoint.url, now)
        try:
            document = ask_token(endpoint, {**form, **who}, deadline)
        except Unreachable as error:
            if error.status not in REFUSALS:
                raise
            document = None
        if document is None:
            raise Refused(Refus.CODE)
        return read_answer(document, asked, now)


def proof(registration: Registration, keys: OurKeys, audience: str, now: dt.datetime) -> dict[str, str]:
    """What a form says of who sends it: a name, or a statement signed for one token endpoint."""
    client_id = registration.client_id
    if not registration.with_key:
        return {"client_id": client_id}
    assertion = keys.assertion(registration.algorithm, client_id, audience, now)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
