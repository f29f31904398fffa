"""Open visits: kept sealed between two requests, renewed when their access ends, read afresh each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from parcours.cds.prefetch import gather
from parcours.cds.records import Records
from parcours.cds.request import Call
from parcours.cds.services import SERVICES
from parcours.clients import Clients
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Ehr
from parcours.remote.endpoints import Endpoint
from parcours.smart.direct import Arrived
from parcours.smart.launching import READER, SECONDS, Visit, reached
from parcours.smart.our_keys import OurKeys
from parcours.smart.refusal import Refus, Refused
from parcours.smart.revoking import Revoking
from parcours.smart.secret import Secret
from parcours.smart.signed_in import Register, Session, SignedIn, check_form
from parcours.smart.tokens import Access, Asking, Granted
from parcours.store.sessions import LIMITS, Kept, Limits, Sessions

SERVICE: Final = SERVICES["parcours-encounter-start"]
"""What is read of a visit, and how, is declared once: a launch reads what the hook reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a visit: the resources, and the visit itself."""

    visit: Visit
    records: Records

    @property
    def body(self) -> bytes:
        """The body of an evaluation."""
        return self.records.bundle(*(raw for _, raw in self.records.of(SERVICE.subject)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A visit that was opened: the secret that its browser is to hold, and the name of its page."""

    secret: Secret
    page: str


class Visits:
    """The sessions of one application, and the visits that were opened in them."""

    def __init__(self, clients: Clients, keys: OurKeys, store: Sessions, limits: Limits = LIMITS) -> None:
        self._clients = clients
        self._keys = keys
        self._store = store
        self._limits = limits
        self._register = Register(clients, store, limits)
        self._revoking = Revoking(clients, keys)

    def open(self, visit: Visit, before: Secret | None, now: dt.datetime) -> Opened:
        """A page for a visit: in the session ``before`` of its browser when it is the same person's.

        Anybody else's ends. A session that this person did not begin is never gone on with.
        """
        page = Secret.new().text
        session = self._session(before, now) if before else None
        secret = before if session and _goes_on(session, visit) else None
        if secret is None:
            if before:
                self._end(before, session, now)
            secret = self._register.begin(visit.client, visit.identite, now)
        inner = secret.child(page)
        self._store.begin(inner.name, visit.client, inner.seal(visit), now, self._limits)
        for gone in self._register.add(secret, page, now):
            self._store.end(secret.child(gone).name)
        return Opened(secret, page)

    def arrive(self, who: Arrived, before: Secret | None, now: dt.datetime) -> Secret:
        """A new session of somebody who signed in by himself; the one ``before`` of his browser ends."""
        if before:
            self._end(before, self._session(before, now), now)
        return self._register.begin(who.client.id, who.identite, now, who.sortie)

    def signed_in(self, secret: Secret | None, now: dt.datetime) -> SignedIn:
        """Who is signed in at a browser; see ``Register``."""
        return self._register.signed_in(secret, now)

    def known(self, secret: Secret | None, now: dt.datetime) -> Session:
        """The session of a browser, of whoever it is; see ``Register``."""
        return self._register.known(secret, now)

    def acting(self, secret: Secret | None, proof: str, now: dt.datetime) -> SignedIn:
        """Who sends a form; see ``Register``."""
        return self._register.acting(secret, proof, now)

    def read(self, secret: Secret | None, page: str, now: dt.datetime) -> Found:
        """The visit of a page, as it is in the software now.

        A page belongs to one session: in another one it shows nobody's data rather than another's.
        Raises ``Refused``, ``Unreachable``, ``InputError``.
        """
        self._register.known(secret, now)
        inner = secret.child(page) if secret else None
        kept = self._store.use(inner.name, now, self._limits) if inner else None
        visit = inner.open(kept.contenu, READER) if inner and kept else None
        if inner is None or kept is None or visit is None:
            raise Refused(Refus.SESSION, "page")
        deadline = Deadline.after(SECONDS)
        if not visit.access.serves(now):
            visit = self._renewed(visit, kept, inner, now, deadline)
        return Found(visit, self._records(visit, deadline))

    def close(self, secret: Secret | None, proof: str, now: dt.datetime) -> Session | None:
        """End a session, at the wish of its own page; ``Refused`` for anybody else's.

        What it was, ``None`` when it was over already. What the software granted is given back, in the
        background: a goodbye waits for nobody.
        """
        check_form(secret, proof)
        if secret is None:
            return None
        session = self._session(secret, now)
        self._revoking.begin(self._end(secret, session, now), now)
        return session

    def _session(self, secret: Secret, now: dt.datetime) -> Session | None:
        """A session, if it is not over."""
        try:
            return self._register.known(secret, now)
        except Refused:
            return None

    def _end(self, secret: Secret, session: Session | None, now: dt.datetime) -> list[Visit]:
        """End a session and its visits; what they were."""
        visits = list(self._visits(secret, session, now)) if session else []
        self._store.end(secret.name)
        return visits

    def _visits(self, secret: Secret, session: Session, now: dt.datetime) -> Iterator[Visit]:
        for page in session.pages:
            inner = secret.child(page)
            kept = self._store.use(inner.name, now, self._limits)
            self._store.end(inner.name)
            visit = inner.open(kept.contenu, READER) if kept else None
            if visit is not None:
                yield visit

    def _client(self, visit: Visit) -> tuple[Registration, Endpoint]:
        """Who granted the access, while the clients file still names him and the same server."""
        client = self._clients.by_id(visit.client)
        if client and client.smart and client.fhir_base and client.fhir_base.url == visit.base:
            return client.smart, client.fhir_base
        raise Refused(Refus.SERVER, "changed")

    def _records(self, visit: Visit, deadline: Deadline) -> Records:
        _, base = self._client(visit)
        with Ehr(base, visit.access.authorization, visit.patient, deadline, visit.client) as ehr:
            return gather(_call(visit), ehr)

    def _renewed(
        self, visit: Visit, kept: Kept, inner: Secret, now: dt.datetime, deadline: Deadline
    ) -> Visit:
        """The visit with a new access. One request at a time: a refresh token serves once."""
        if visit.access.refresh is None:
            raise Refused(Refus.EXPIRED, "refresh")
        if not self._store.claim(inner.name, kept.version, now):
            raise Refused(Refus.BUSY)
        try:
            granted = self._refreshed(visit, visit.access.refresh, now, deadline)
        except Refused:
            self._store.end(inner.name)
            raise
        renewed = replace(visit, access=_continued(granted.access, visit.access))
        self._store.change(inner.name, kept.version, inner.seal(renewed))
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


def _goes_on(session: Session, visit: Visit) -> bool:
    """Is this the session of the person who now launches, from the same software?"""
    who, launching = session.identite, visit.identite
    if who is None or launching is None or session.client != visit.client:
        return False
    return (who.source, who.sujet) == (launching.source, launching.sujet)


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
