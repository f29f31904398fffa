"""CDS Hooks 2.0: ``GET /cds-services``, the calls of the services, and what became of their cards."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from contextlib import ExitStack

from flask import Blueprint, Response, abort, request

from parcours.cds.answers import Answer
from parcours.cds.feedback import read_feedback
from parcours.cds.hook import Service
from parcours.cds.language import ANGLAIS, FRANCAIS, Element, Langue
from parcours.cds.options import Options
from parcours.cds.prefetch import Answered, gather
from parcours.cds.records import Records
from parcours.cds.request import Call, read_call
from parcours.cds.services import SERVICES, discovery
from parcours.clients import Client
from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.writing import to_json
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Authorization, Ehr
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import CDS_SECONDS
from parcours.remote.unreachable import Reason, Unreachable
from parcours.smart.refusal import Refused
from parcours.web.application import application
from parcours.web.auditing import note_patient
from parcours.web.context import current_client, seconds_to_know
from parcours.web.cors import CDS_PREFIX
from parcours.web.counting import Origine, count
from parcours.web.language import ENGLISH, wanted_language
from parcours.web.negotiation import read_body
from parcours.web.smart import smart

LOGGER = logging.getLogger("parcours")

FETCHING = CDS_SECONDS - 0.2
"""Seconds for everything that is fetched: what is left is for judging, and for answering in time."""

blueprint = Blueprint("cds", __name__, url_prefix=CDS_PREFIX)


@blueprint.get("", strict_slashes=False)
def discover() -> Response:
    """The services: the same for everybody, so nobody is asked who he is."""
    return _json(discovery(_langue()))


@blueprint.post("/<service_id>")
def invoke(service_id: str) -> Response:
    """One call of one service: cards, and what is to be written on the visit."""
    service = _service(service_id)
    client = current_client()
    left = FETCHING - seconds_to_know()  # the time that his body takes is his
    body = read_body(request)
    app = application()
    call = read_call(body, service, app.service.limits)
    note_patient(call.patient, client.tenant)
    deadline = Deadline.after(left)
    said, answer = app.service.advise(
        call,
        _records(call, client, deadline),
        options=Options.of(client.options, call.configuration, launch=_launch(client)),
        langue=_langue(),
        now=dt.datetime.now(dt.UTC),
        deadline=deadline,
    )
    _log(call, client, answer, said)
    for decision in answer.visites:
        count(decision, Origine.CDS, client.tenant)
    return _json(said)


@blueprint.post("/<service_id>/feedback")
def feedback(service_id: str) -> Response:
    """What became of cards, to be counted."""
    service = _service(service_id)
    client = current_client()
    body = read_body(request)
    app = application()
    for retour in read_feedback(body, app.service.limits):
        app.store.retours.keep(
            client.tenant,
            service.id,
            retour.card,
            retour.outcome,
            retour.reason,
            retour.suggestions,
            retour.quand,
            commente=retour.commente,
        )
    return _json({})


def _service(service_id: str) -> Service:
    return SERVICES.get(service_id) or abort(404)


def _launch(client: Client) -> str | None:
    """Where the software of this client opens us, when that was agreed."""
    agreed = client.smart is not None and "launch" in client.smart.scopes.split()
    return f"{smart().url}/launch" if agreed else None


def _records(call: Call, client: Client, deadline: Deadline) -> Records:
    """What the call brings, completed from the client's own server when it has one that lets us in."""
    if client.fhir_base is None:
        return gather(call, None)
    if call.server is not None and not client.fhir_base.same_as(call.server):
        text = "ce n’est pas le serveur FHIR configuré pour ce logiciel"
        raise UnreadableBundle([Problem("fhirServer", "business-rule", text)])
    agreed = client.smart is not None and client.smart.backend_scopes is not None
    if call.server is None and not agreed:
        return gather(call, None)
    with _Conversation(client.fhir_base, call, client, deadline) as server:
        return gather(call, server)


def _access(call: Call, client: Client, deadline: Deadline) -> Authorization | None:
    """The token that the call lends; else one of our own, where that was agreed with the software."""
    lent = call.authorization
    if lent:
        return Authorization(lent.access_token, lent.scope)
    return smart().backend.authorization(client, dt.datetime.now(dt.UTC), deadline)


class _Conversation:
    """The server of a client, spoken to at the first need: a complete prefetch has none."""

    def __init__(self, base: Endpoint, call: Call, client: Client, deadline: Deadline) -> None:
        self._base, self._call, self._client, self._deadline = base, call, client, deadline
        self._begun = ExitStack()
        self._ehr: Ehr | Unreachable | None = None

    def __enter__(self) -> _Conversation:
        return self

    def __exit__(self, *_error: object) -> None:
        self._begun.close()

    def ask(self, queries: Sequence[str], /) -> Sequence[Answered]:
        """What each read or search brings; when the conversation cannot begin, why, for each."""
        ehr = self._begin()
        return [ehr] * len(queries) if isinstance(ehr, Unreachable) else ehr.ask(queries)

    def _begin(self) -> Ehr | Unreachable:
        """The conversation, begun once; one that could not begin is not begun again."""
        if self._ehr is None:
            self._ehr = self._opened()
        return self._ehr

    def _opened(self) -> Ehr | Unreachable:
        try:
            access = _access(self._call, self._client, self._deadline)
            patient, client = self._call.patient, self._client.id
            return self._begun.enter_context(Ehr(self._base, access, patient, self._deadline, client))
        except Unreachable as gone:
            return gone
        except Refused:
            return Unreachable(Reason.REFUSED)


def _langue() -> Langue:
    return ANGLAIS if wanted_language(request) == ENGLISH else FRANCAIS


def _json(content: Element) -> Response:
    """An answer of CDS Hooks; its sentences are already in the language that is wanted."""
    response = Response(to_json(content), mimetype="application/json")
    response.content_language.add(wanted_language(request))
    response.vary.add("Accept-Language")
    return response


def _log(call: Call, client: Client, answer: Answer, said: Element) -> None:
    """One line for disputes: who asked what, which decisions were told. No patient, no token."""
    LOGGER.info(
        "cds answered: service=%s instance=%s client=%s tenant=%s decisions=%s cards=%s actions=%d",
        call.service.id,
        call.instance,
        client.id,
        client.tenant,
        ",".join(answer.decisions) or "-",
        ",".join(card["uuid"] for card in said["cards"]) or "-",
        len(said.get("systemActions", ())),
    )
