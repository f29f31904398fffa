"""A record of the audit for each request of a client or a user, on the disk before its answer leaves.

The order is: what was asked is done and committed, then its record is, then the answer goes. Where the record
cannot be kept there is no answer but a 503; what was done stays done, and the same request, made again, finds
it (idempotency key, version). So the audit may lack a declaration that nobody was told of, until it is asked
for again; it never lacks an answer. Requests of a batch are recorded each, together, when it is answered.
Those of nobody known are recorded up to a measure, then counted (``strangers``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, cast

import msgspec
from flask import Flask, Response, current_app, g, has_request_context, request

from parcours.clients import Client
from parcours.errors import AuditUnavailable, StoreUnavailable, StoreUnusable
from parcours.fhir.audit_event import Requested, patient_name
from parcours.fhir.declaration_search import PARAMETERS
from parcours.fhir.elements import Reference
from parcours.store import Store
from parcours.store.audit import Entry
from parcours.store.audit_keys import AuditKeys
from parcours.store.records import Dossier
from parcours.store.witness import Witness
from parcours.web.application import application
from parcours.web.limits import peer
from parcours.web.observing import METHODS, request_id
from parcours.web.replies import REFUSALS, store_refused
from parcours.web.routes import asked
from parcours.web.strangers import Strangers

SIGN_INS: Final = {
    "smart.callback": "login",
    "sign_in.back": "login",
    "tokens.grant": "login",
    "tokens.revoke": "logout",
    "smart.leave": "logout",
}
"""Routes by which somebody comes or goes."""
INTERACTIONS: Final = {
    "batch.batch": "batch",
    "declarations.binary": "read",
    "declarations.history": "history-instance",
    "declarations.past": "vread",
    "declarations.prepare": "create",
    "declarations.read": "read",
    "declarations.search": "search-type",
    "declarations.search_by_post": "search-type",
    "declarations.update": "update",
    "declaration_pages.copy": "read",
    "declaration_pages.correct": "create",
    "declaration_pages.edit": "read",
    "declaration_pages.form": "read",
    "declaration_pages.list_all": "search-type",
    "declaration_pages.online": "read",
    "declaration_pages.prepare": "create",
    "declaration_pages.search": "search-type",
    "declaration_pages.show": "read",
    "declaration_acts.answer": "update",
    "declaration_acts.cancel": "update",
    "declaration_acts.hand_over": "update",
    "declaration_acts.send": "update",
    "declaration_acts.sign": "update",
    "handover.hand_over": "update",
    **SIGN_INS,
}
"""What an endpoint does, in FHIR's words; any other is an ``operation``."""
AUDITED: Final = frozenset({"client", "user"})
REFUSED: Final = frozenset({401, 403, 429})
MOST: Final = 50
"""Declarations that one record names; of the others it says how many."""

_NOTED: Final = "parcours.audit"
"""Where a request of a batch finds what is noted of the batch; no header of a request can be called this."""
_EXTENSION: Final = "parcours.audit"


class _Noted:
    """What becomes known of a request while it is answered; a request of a batch has its own.

    ``records``: those to be kept before the outermost answer leaves.
    """

    def __init__(self, envelope: _Noted | None) -> None:
        self.outermost = envelope is None
        self.records: list[Entry] = envelope.records if envelope else []
        self.entities: dict[str, None] = {}
        self.patients: dict[tuple[str, str], None] = {}
        self.told: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Auditing:
    """The audit of one application: the keys that hide names, who writes, and whose each endpoint is.

    ``strangers``: how much those whom nobody knows may fill of it.
    """

    keys: AuditKeys
    witness: Witness
    owners: Mapping[str, str]
    strangers: Strangers


def register(app: Flask, store: Store, keys: str, owners: Mapping[str, str]) -> None:
    """Give an application its audit: before what checks a request, after what gives each answer its headers.

    ``keys``: the folder of our keys. ``owners``: whose each endpoint is. ``StoreUnusable`` when the key of an
    audit that was begun is gone.
    """
    traces = store.audit(keys)
    traces.prepare(_now())
    app.extensions[_EXTENSION] = Auditing(traces.keys, Witness(traces), owners, Strangers())
    store.declarations.tell(_saw)
    app.before_request(_begin)
    app.after_request(_end)


def note(**told: str | None) -> None:
    """Say more of the current request: ``client``, ``tenant``, ``personne`` (RPPS), ``jeton`` (a URI)."""
    _noted().told.update({name: value for name, value in told.items() if value})


def note_patient(named: Reference | str | None, tenant: str) -> None:
    """The current request is about a patient, as his software names him; kept as a digest only."""
    reference = named.reference if isinstance(named, Reference) else named
    if reference:
        _noted().patients[tenant, patient_name(reference)] = None


def _saw(tenant: str, dossier: Dossier) -> None:
    """A declaration left the store: the answer may tell of it."""
    if has_request_context() and _NOTED in request.environ:
        _noted().entities[f"Task/{dossier.id}"] = None
        note_patient(dossier.patient, tenant)


def _noted() -> _Noted:
    return cast(_Noted, request.environ[_NOTED])


def _begin() -> None:
    request.environ[_NOTED] = _Noted(request.environ.get(_NOTED))


def _end(response: Response) -> Response:
    """Keep the record, or withhold the answer."""
    noted = _noted()
    try:
        if _is_audited(response) and (kept := _measured(_requested(response))):
            noted.records.append(Entry(_tenant() or None, _now(), kept.encode()))
        if noted.records and noted.outermost:
            _auditing().witness.keep(noted.records)
    except (StoreUnavailable, StoreUnusable):
        return _withheld(response)
    return response


def _is_audited(response: Response) -> bool:
    if request.url_rule is None or request.method == "OPTIONS":
        return False
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE and not _noted().entities:
        return False  # nothing was answered, most often for want of the very database that would record it
    endpoint = request.url_rule.endpoint
    return _owner() in AUDITED or endpoint in SIGN_INS or response.status_code in REFUSED


def _owner() -> str:
    return _auditing().owners[request.endpoint or ""]


def _measured(kept: Requested) -> Requested | None:
    """A record, with how many went before it without one; ``None`` when it is to be counted only."""
    known = kept.client or kept.personne or kept.entites
    if known and kept.statut != HTTPStatus.TOO_MANY_REQUESTS:
        return kept
    uncounted = _auditing().strangers.admitted()
    return None if uncounted is None else msgspec.structs.replace(kept, omises=uncounted)


def _tenant() -> str:
    who = request.environ.get("parcours.client") or g.get("person")
    return _noted().told.get("tenant") or (who.tenant if who else "")


def _requested(response: Response) -> Requested:
    noted, told = _noted(), _noted().told
    client: Client | None = request.environ.get("parcours.client")
    person = g.get("person")
    entities, interaction = list(noted.entities), INTERACTIONS.get(request.endpoint or "", "operation")
    return Requested(
        interaction=interaction,
        methode=request.method if request.method in METHODS else "other",
        route=asked(request),
        statut=response.status_code,
        raison=REFUSALS.get(response.status_code, ("processing",))[0] if response.status_code >= 400 else "",
        proprietaire=_owner(),
        client=told.get("client") or (client.id if client else person.client if person else ""),
        personne=told.get("personne") or (person.rpps if person else "") or "",
        jeton=told.get("jeton", ""),
        adresse=peer(request, application().settings.proxies),
        demande=request_id(),
        entites=tuple(entities[:MOST]),
        autres=max(0, len(entities) - MOST),
        patients=tuple(_hidden(list(noted.patients)[:MOST])),
        parametres=_searched(response) if interaction == "search-type" else (),
    )


def _hidden(patients: Iterable[tuple[str, str]]) -> Iterable[str]:
    key = _auditing().keys.current()
    return (key.hidden(tenant, name) for tenant, name in patients)


def _searched(response: Response) -> tuple[str, ...]:
    """By which parameters a search went that was answered, those that exist: never a word of the request."""
    if response.status_code >= 400:  # its form may not even have been read
        return ()
    given = {name.partition(":")[0] for name in (*request.args, *request.form)}
    return tuple(sorted(given & {*PARAMETERS}))


def _withheld(response: Response) -> Response:
    """A refusal with nothing of the answer but what lets a page of the software read it."""
    refusal = store_refused(AuditUnavailable())
    for name, value in response.headers:
        if name.startswith("Access-Control-"):
            refusal.headers[name] = value
    return refusal


def _auditing() -> Auditing:
    return cast(Auditing, current_app.extensions[_EXTENSION])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
