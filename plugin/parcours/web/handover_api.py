"""``Task/{id}/$transmettre``: a signed declaration is handed over, on the act of a person who is named."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from flask import Blueprint, Response, request

from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.declaration_handover import read_person
from parcours.fhir.operations import HAND_OVER
from parcours.fhir.writing import operation_outcome
from parcours.handover import Handover, Overtaken
from parcours.remote.bridge import Bridge
from parcours.remote.unreachable import Reason, Unreachable
from parcours.web.application import application
from parcours.web.context import current_client, fhir_base, following
from parcours.web.negotiation import expected_version, read_body, require_json_answer
from parcours.web.replies import FHIR_PREFIX, REFUSALS, RETRY_AFTER_S, fhir
from parcours.web.versions import versioned

LOGGER = logging.getLogger("parcours")

blueprint = Blueprint("handover", __name__, url_prefix=FHIR_PREFIX)

_AGAIN = "Refaire la même demande est sans risque : elle porte la même clé."
REFUSED: Final = (
    502,
    "processing",
    "Le pont DMTi du logiciel refuse la déclaration : elle reste signée.",
)
LATE: Final = (
    504,
    "timeout",
    f"Le pont DMTi du logiciel n’a pas répondu à temps : la déclaration reste signée. {_AGAIN}",
)
UNREACHABLE: Final = (
    502,
    "transient",
    f"Le pont DMTi du logiciel ne peut pas être joint : la déclaration reste signée. {_AGAIN}",
)
NO_RECEIPT: Final = (
    502,
    "processing",
    "Le pont DMTi du logiciel n’a pas donné d’accusé de réception utilisable : la déclaration reste "
    f"signée. {_AGAIN}",
)
OVERTAKEN: Final = (
    "Le pont DMTi du logiciel a pris la déclaration, accusé de réception {} alors que son état venait de "
    "changer ici : prévenir la caisse si elle ne devait pas partir."
)
BUSY: Final = (503, *REFUSALS[503])
_UNUSABLE: Final = frozenset({Reason.CONTENT, Reason.TOO_LARGE, Reason.UNREADABLE})


@blueprint.post(f"/Task/<id>/${HAND_OVER.code}")
def hand_over(id: str) -> Response:
    """Hand over the declaration of a Task, once its receipt came: the Task in its new state."""
    require_json_answer(request)
    version = expected_version(request)
    who = read_person(read_body(request), application().service.limits)
    handover = Handover(following(), _bridge(), fhir_base(), _now)
    found = handover.hand_over(id, version, who)
    return versioned(lambda: fhir(found.content), str(found.version), found.since)


@blueprint.errorhandler(Unreachable)
def failed(gone: Unreachable) -> Response:
    """Why it did not leave, without a word of the bridge; which one, and the code, are for the log."""
    status = "-" if gone.status is None else gone.status
    LOGGER.warning(
        "hand-over failed: reason=%s status=%s client=%s", gone.reason, status, current_client().id
    )
    code, kind, text = told(gone)
    response = fhir(operation_outcome([Problem("", kind, text)]), code)
    if code == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


@blueprint.errorhandler(Overtaken)
def overtaken(late: Overtaken) -> Response:
    """It left, and stands elsewhere here: who reads this must know, for nobody else will."""
    LOGGER.warning("hand-over overtaken: client=%s", current_client().id)
    return fhir(operation_outcome([Problem("", "conflict", OVERTAKEN.format(late.receipt))]), 412)


def told(gone: Unreachable) -> tuple[int, str, str]:
    """Status, code of FHIR's ``issue-type`` and sentence, none of them a word of the bridge."""
    if gone.reason is Reason.BUSY:
        return BUSY
    if gone.status is not None and 400 <= gone.status < 500:
        return REFUSED
    if gone.reason is Reason.TIMEOUT:
        return LATE
    return NO_RECEIPT if gone.reason in _UNUSABLE else UNREACHABLE


def _bridge() -> Bridge:
    bridge = current_client().bridge
    if bridge is None:
        text = "aucun pont DMTi n’est configuré pour ce logiciel : déclarer sur l’espace pro, ou sur papier"
        raise UnreadableBundle([Problem("", "not-supported", text)])
    return bridge


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
