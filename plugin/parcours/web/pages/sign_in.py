"""Signing in without a software: at Pro Santé Connect, where the clients file has it."""

from __future__ import annotations

import logging
from typing import Final

from flask import Blueprint, Response, abort, request

from parcours.remote.unreachable import Unreachable
from parcours.smart.direct import SigningIn
from parcours.smart.launching import WAIT
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.web import smart
from parcours.web.auditing import note
from parcours.web.language import wanted_language
from parcours.web.pages.people import now
from parcours.web.pages.plain import Page
from parcours.web.pages.shell import rendered, speaker
from parcours.web.smart import SESSION_COOKIE, SIGN_IN, parameters, sent_to, with_cookie, without_cookie

LOGGER = logging.getLogger("parcours")

COOKIE: Final = "parcours-connexion"
BEGIN: Final = "/pro-sante-connect"
HOME: Final = "/declarations"
TITLE: Final = "Se connecter"
WHAT: Final = (
    "Les pages du cabinet s’ouvrent aux professionnels que son fichier nomme, une fois reconnus par "
    "Pro Santé Connect (carte CPS ou e-CPS)."
)

blueprint = Blueprint("sign_in", __name__, url_prefix=SIGN_IN)


@blueprint.get("")
def page() -> Response:
    """Where one signs in, or leaves."""
    _signing_in()
    say = speaker(wanted_language(request))
    return rendered("sign_in.html", page=Page(titre=say(TITLE), phrases=[say(WHAT)]), debut=SIGN_IN + BEGIN)


@blueprint.get(BEGIN)
def begin() -> Response:
    """To Pro Santé Connect, which sends the browser back."""
    secret = Secret.new()
    target = _signing_in().begin(secret, now())
    return with_cookie(sent_to(target), COOKIE, secret, int(WAIT.total_seconds()))


@blueprint.get("/retour")
def back() -> Response:
    """The answer of Pro Santé Connect: a session of our own, under a new name."""
    signing_in = _signing_in()
    answer = parameters(request.args, "state", "code", "iss", "error")
    held = smart.held_secret(COOKIE)
    if held is None:
        raise Refused(Refus.STATE, "cookie")
    who = signing_in.finish(held, answer, now())
    secret = smart.smart().visits.arrive(who, smart.session_secret(), now())
    note(client=who.client.id, tenant=who.client.tenant, personne=who.identite.rpps)
    LOGGER.info("signed in: client=%s", who.client.id)
    response = with_cookie(sent_to(smart.smart().url + HOME), SESSION_COOKIE, secret)
    return without_cookie(response, COOKIE)


@blueprint.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    return smart.refused(error)


@blueprint.errorhandler(Unreachable)
def _unreachable(error: Unreachable) -> Response:
    return smart.refused(Refused(Refus.SILENT, error.reason))


def _signing_in() -> SigningIn:
    """404 where nothing was agreed with Pro Santé Connect."""
    return smart.smart().signing_in or abort(404)
