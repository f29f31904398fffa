"""What people do with a declaration: sign, send, hand over, note the answer, cancel.

Nothing here signs, ticks or sends by itself: every move is the form of a person who is named, on the version
that he was shown.
"""

from __future__ import annotations

import logging
from typing import Final

from flask import Response, abort

from parcours.domain.declaration_states import EtatDeclaration
from parcours.errors import InputError, StaleVersion
from parcours.handover import Handover
from parcours.remote.unreachable import Unreachable
from parcours.web.context import fhir_base
from parcours.web.handover_api import told
from parcours.web.pages.declaration_forms import REASON, Sent
from parcours.web.pages.declaration_frame import shown, subject, to
from parcours.web.pages.declaration_view import (
    BY_POST,
    DISPENSE,
    DISPENSED,
    HEARD,
    ONLINE,
    SIGNATAIRES,
    Vue,
)
from parcours.web.pages.people import bridge, declarations, now, person

LOGGER = logging.getLogger("parcours")

blueprint = subject("declaration_acts", __name__)

WAYS: Final = {"espace-pro": ONLINE, "courrier": BY_POST}
ANSWERS: Final = {
    "enregistree": EtatDeclaration.ENREGISTREE,
    "refusee": EtatDeclaration.REFUSEE,
}


@blueprint.post("/<id>/signer")
def sign(id: str) -> Response:
    """Note the agreements and signatures that were heard; sent too, when it was done on the espace pro."""
    sent, vue = Sent.now(), Vue(declarations().open(id))
    dispensed = sent.ticked(DISPENSE) and vue.dispense_possible
    heard = vue.accords_exiges(dispense=dispensed)
    qui = sent.person(person())
    sent.require_ticks(qui.value for qui in heard)
    receipt = sent.receipt() if sent.ticked("transmise") else None
    if sent.erreurs:
        return _refused_form(vue, sent)
    names = ", ".join([SIGNATAIRES[qui] for qui in heard] + [DISPENSED] * dispensed)
    version = declarations().act(
        id, sent.version, EtatDeclaration.SIGNEE, qui, now(), motif=f"{HEARD} : {names}"
    )
    if sent.ticked("transmise"):
        declarations().act(id, version, EtatDeclaration.TRANSMISE, qui, now(), recu=receipt, motif=ONLINE)
    return to(id)


@blueprint.post("/<id>/transmettre")
def send(id: str) -> Response:
    """Note that a person sent it: on the espace pro, or by post."""
    sent = Sent.now()
    way, qui, receipt = sent.choice("voie", WAYS), sent.person(person()), sent.receipt()
    if sent.erreurs:
        return _refused_form(Vue(declarations().open(id)), sent)
    return _moved(id, sent, EtatDeclaration.TRANSMISE, qui, receipt, WAYS[way])


@blueprint.post("/<id>/confier")
def hand_over(id: str) -> Response:
    """Hand it over to the software's bridge, on the act of a person who is named."""
    software = bridge()
    if software is None:
        abort(404)
    sent = Sent.now()
    qui = sent.person(person())
    if sent.erreurs:
        return _refused_form(Vue(declarations().open(id)), sent)
    try:
        Handover(declarations(), software, fhir_base(), now).hand_over(id, sent.version, qui)
    except InputError as error:
        return _refused_move(id, error)
    except Unreachable as gone:
        status, _, text = told(gone)
        LOGGER.warning(
            "hand-over failed: reason=%s status=%s client=%s",
            gone.reason,
            gone.status or "-",
            person().client,
        )
        return shown(Vue(declarations().open(id)), alerte=text, status=status)
    return to(id)


@blueprint.post("/<id>/reponse")
def answer(id: str) -> Response:
    """Note what the caisse answered: recorded, or refused and why."""
    sent = Sent.now()
    said, qui, receipt = sent.choice("issue", ANSWERS), sent.person(person()), sent.receipt()
    motif = sent.line("motif", missing=REASON if said == "refusee" else None)
    if sent.erreurs:
        return _refused_form(Vue(declarations().open(id)), sent)
    return _moved(id, sent, ANSWERS[said], qui, receipt, motif)


@blueprint.post("/<id>/annuler")
def cancel(id: str) -> Response:
    """Cancel it, for good, and why."""
    sent = Sent.now()
    qui, motif = sent.person(person()), sent.line("motif", missing=REASON)
    if sent.erreurs:
        return _refused_form(Vue(declarations().open(id)), sent)
    return _moved(id, sent, EtatDeclaration.ANNULEE, qui, None, motif)


def _moved(
    id: str, sent: Sent, etat: EtatDeclaration, qui: str, recu: str | None, motif: str | None
) -> Response:
    try:
        declarations().act(id, sent.version, etat, qui, now(), recu=recu, motif=motif)
    except InputError as error:
        return _refused_move(id, error)
    return to(id)


def _refused_form(vue: Vue, sent: Sent) -> Response:
    if sent.version != vue.version:
        raise StaleVersion
    return shown(vue, sent, status=422)


def _refused_move(id: str, error: InputError) -> Response:
    return shown(Vue(declarations().open(id)), alerte=error.problems[0].text, status=error.status)
