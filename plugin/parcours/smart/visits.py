"""Open visits: kept sealed between two requests, renewed when their access ends, read afresh each time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from parcours.cds.prefetch import gather
from parcours.cds.records import Records
from parcours.cds.request import Call
from parcours.cds.services import SERVICES
from parcours.clients import Clients
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Ehr
from parcours.remote.endpoints import Endpoint
from parcours.smart.launching import SECONDS, Visit, reached
from parcours.smart.our_keys import OurKeys
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.smart.tokens import Access, Asking, Granted
from parcours.store.sessions import Kept, Limits, Sessions

LIMITS: Final = Limits(idle=dt.timedelta(minutes=30), absolute=dt.timedelta(hours=8))
SERVICE: Final = SERVICES["parcours-encounter-start"]
"""What is read of a visit, and how, is declared once: a launch reads what the hook reads."""
PAGE: Final = "page"
FORM: Final = "form"


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a visit: the resources, and the visit itself."""

    visit: Visit
    records: Records

    @property
    def body(self) -> bytes:
        """The body of an evaluation."""
        return self.records.bundle(*(raw for _, raw in self.records.of(SERVICE.subject)))


class Visits:
    """The sessions of one application."""

    def __init__(self, clients: Clients, keys: OurKeys, store: Sessions) -> None:
        self._clients = clients
        self._keys = keys
        self._store = store

    def open(self, visit: Visit, before: Secret | None, now: dt.datetime) -> Secret:
        """A new session under a new secret; the one this browser had ends."""
        if before is not None:
            self._store.end(before.name)
        secret = Secret.new()
        self._store.begin(secret.name, visit.client, _sealed(visit, secret), now, LIMITS)
        return secret

    def read(self, secret: Secret | None, page: str, now: dt.datetime) -> Found:
        """The visit of a page, as it is in the software now.

        A page belongs to one session: after another launch it shows nobody's data rather than another's.
        Raises ``Refused``, ``Unreachable``, ``InputError``.
        """
        if secret is None or not secret.proves(PAGE, page):
            raise Refused(Refus.SESSION, "page")
        kept = self._store.use(secret.name, now, LIMITS)
        if kept is None:
            raise Refused(Refus.SESSION, "over")
        visit = msgspec.json.decode(secret.open(kept.contenu), type=Visit)
        deadline = Deadline.after(SECONDS)
        if not visit.access.serves(now):
            visit = self._renewed(visit, kept, secret, now, deadline)
        return Found(visit, self._records(visit, deadline))

    def close(self, secret: Secret | None, proof: str) -> None:
        """End a session, at the wish of its own page. ``Refused`` for anybody else's."""
        if secret is None or not secret.proves(FORM, proof):
            raise Refused(Refus.FORM)
        self._store.end(secret.name)

    def _client(self, visit: Visit) -> tuple[Registration, Endpoint]:
        """Who granted the access, while the clients file still names him and the same server."""
        client = self._clients.by_id(visit.client)
        if client and client.smart and client.fhir_base and client.fhir_base.url == visit.base:
            return client.smart, client.fhir_base
        raise Refused(Refus.SERVER, "changed")

    def _records(self, visit: Visit, deadline: Deadline) -> Records:
        _, base = self._client(visit)
        with Ehr(base, visit.access.authorization, visit.patient, deadline) as ehr:
            return gather(_call(visit), ehr)

    def _renewed(
        self, visit: Visit, kept: Kept, secret: Secret, now: dt.datetime, deadline: Deadline
    ) -> Visit:
        """The visit with a new access. One request at a time: a refresh token serves once."""
        if visit.access.refresh is None:
            raise Refused(Refus.EXPIRED, "refresh")
        if not self._store.claim(secret.name, kept.version, now):
            raise Refused(Refus.BUSY)
        try:
            granted = self._refreshed(visit, visit.access.refresh, now, deadline)
        except Refused:
            self._store.end(secret.name)
            raise
        renewed = replace(visit, access=_continued(granted.access, visit.access))
        self._store.change(secret.name, kept.version, _sealed(renewed, secret))
        return renewed

    def _refreshed(self, visit: Visit, refresh: str, now: dt.datetime, deadline: Deadline) -> Granted:
        """What a refresh token is worth. ``Refused`` when it is nothing, or an access to something else."""
        registration, base = self._client(visit)
        endpoint = reached(visit.token, registration, base)
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        try:
            granted = Asking(registration, self._keys).ask(endpoint, form, visit.access.scope, now, deadline)
        except Refused as error:
            raise Refused(Refus.EXPIRED, error.refus.value) from None
        if granted.patient not in (None, visit.patient) or granted.encounter not in (None, visit.encounter):
            raise Refused(Refus.CONTEXT, "changed")
        return granted


def _continued(access: Access, before: Access) -> Access:
    """A server that gives no new refresh token lets the old one serve again (RFC 6749, 6)."""
    return replace(access, refresh=access.refresh or before.refresh)


def _sealed(visit: Visit, secret: Secret) -> bytes:
    return secret.seal(msgspec.json.encode(visit))


def _call(visit: Visit) -> Call:
    """The call that the software would have sent, had it called the hook instead."""
    # Without a known user no template of the user is filled.
    user = visit.identite.utilisateur if visit.identite else None
    return Call(
        service=SERVICE,
        instance="",
        user=user or f"Patient/{visit.patient}",
        patient=visit.patient,
        encounter=visit.encounter,
        context={name: b"null" for name in SERVICE.hook.context},
        prefetch={},
        server=visit.base,
        authorization=None,
        configuration={},
    )
