"""Who is signed in at a browser, and which visits he opened there: known by its cookie, without any call.

A session is one person's, from one software. When the same person launches again from the same browser he
goes on with it: the pages and forms that he has open stay good. Anybody else begins another one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from parcours.clients import Client, Clients
from parcours.smart.identity import SOURCE, Identite
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.store.sessions import LIMITS, Limits, Sessions

FORM: Final = "form"
MOST_VISITS: Final = 8
"""Visits open in one session; one more ends that opened first."""
_TRIES: Final = 3
"""Two launches of one browser may end at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who acts, for whose practice (``tenant``, never empty), through which software.

    ``form`` is the proof that each form of this session carries.
    """

    identite: Identite
    tenant: str
    client: str
    form: str

    @property
    def qui(self) -> str:
        """Who acts, in words: the name, else the RPPS number; empty when nobody told either."""
        who = self.identite
        return who.nom or (f"RPPS {who.rpps}" if who.rpps else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is kept of a session, sealed: whose it is, and the pages of its visits, the oldest first.

    ``sortie``: where it is also ended, when he signed in at Pro Santé Connect itself.
    """

    client: str
    identite: Identite | None
    pages: tuple[str, ...] = ()
    sortie: str | None = None


_READER: Final = msgspec.json.Decoder(Session)  # made here: two threads must not make one at once


class Register:
    """The sessions of one application. Every method raises ``StoreUnavailable``."""

    def __init__(self, clients: Clients, store: Sessions, limits: Limits = LIMITS) -> None:
        self._clients = clients
        self._store = store
        self._limits = limits

    def begin(
        self, client: str, identite: Identite | None, now: dt.datetime, sortie: str | None = None
    ) -> Secret:
        """A new session of a person, under a new secret."""
        secret = Secret.new()
        session = Session(client=client, identite=identite, sortie=sortie)
        self._store.begin(secret.name, client, secret.seal(session), now, self._limits)
        return secret

    def known(self, secret: Secret | None, now: dt.datetime) -> Session:
        """The session of a browser, which is thereby used. Raises ``Refused`` when it has none."""
        session, _ = self._read(secret, now)
        return session

    def signed_in(self, secret: Secret | None, now: dt.datetime) -> SignedIn:
        """Who is signed in at a browser.

        Raises ``Refused``: ``SESSION`` when its session is over, ``IDENTITY`` when the software named
        nobody, ``SERVER`` when the clients file does not say whose practice this is.
        """
        session = self.known(secret, now)
        if secret is None or session.identite is None:
            raise Refused(Refus.IDENTITY, "absent")
        client = self._clients.by_id(session.client)
        if client is None or not _admits(client, session.identite):
            raise Refused(Refus.SERVER, "changed")
        if not client.tenant:  # one of several: a launch does not say which
            raise Refused(Refus.SERVER, "tenant")
        return SignedIn(
            identite=session.identite, tenant=client.tenant, client=client.id, form=secret.public(FORM)
        )

    def acting(self, secret: Secret | None, proof: str, now: dt.datetime) -> SignedIn:
        """The same for a form that was sent. ``Refused`` (``FORM``) unless a page of this session made it."""
        check_form(secret, proof)
        return self.signed_in(secret, now)

    def add(self, secret: Secret, page: str, now: dt.datetime) -> tuple[str, ...]:
        """Put a page in a session; those that have to go for it. Raises ``Refused`` when it is over."""
        for _ in range(_TRIES):
            session, version = self._read(secret, now)
            if page in session.pages:  # kept, though its writing was not answered
                return ()
            pages = (*session.pages, page)
            changed = replace(session, pages=pages[-MOST_VISITS:])
            if self._store.change(secret.name, version, secret.seal(changed)):
                return pages[:-MOST_VISITS]
        raise Refused(Refus.BUSY)

    def _read(self, secret: Secret | None, now: dt.datetime) -> tuple[Session, int]:
        kept = self._store.use(secret.name, now, self._limits) if secret else None
        session = secret.open(kept.contenu, _READER) if secret and kept else None
        if kept is None or session is None:
            raise Refused(Refus.SESSION, "over")
        return session, kept.version


def _admits(client: Client, who: Identite) -> bool:
    """Does the clients file, as it is now, still let this person in?"""
    return who.rpps in client.users if who.source == SOURCE else client.smart is not None


def check_form(secret: Secret | None, proof: str) -> None:
    """``Refused`` unless a form comes from a page of this browser's session."""
    if secret is None or not secret.proves(FORM, proof):
        raise Refused(Refus.FORM)
