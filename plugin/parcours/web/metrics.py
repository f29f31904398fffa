"""``GET /metrics``: what happens here, in numbers, for whoever runs the service (extra ``metrics``)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final, cast

from flask import Blueprint, Flask, Request, Response, abort, current_app
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from parcours.domain.decision import Decision
from parcours.remote.annuaire import Annuaire
from parcours.settings import Settings, is_loopback
from parcours.settings.token_file import metrics_token
from parcours.web.limits import neighbour
from parcours.web.numbers import Numbers

ABSENT: Final = "Metrics need prometheus-client: pip install 'parcours-soins[metrics]'\n"
FORWARDED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-Ip")
"""A proxy was here: whoever asks is not on this machine, whatever the address of the peer."""

_EXTENSION: Final = "parcours.metrics"

blueprint = Blueprint("metrics", __name__)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The numbers of one application, and what opens them."""

    numbers: Numbers
    token: bytes = field(repr=False)
    proxies: frozenset[str]


@blueprint.get("/metrics")
def metrics() -> Response:
    """The numbers of all workers, in the text format of Prometheus."""
    found = _metrics().numbers
    if not found.is_there:
        return Response(ABSENT, 404, mimetype="text/plain")
    found.follow()
    return Response(found.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def operator_allowed(request: Request) -> bool:
    """Does this request come from whoever runs the service?

    With a token file: it bears that token. Without one: it was sent from this machine, by no proxy.
    """
    found, peer = _metrics(), neighbour(request)
    if found.token:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), found.token)
    forwarded = peer in found.proxies or any(name in request.headers for name in FORWARDED)
    return is_loopback(peer) and not forwarded


def refuse() -> None:
    """End a request that no operator sent: 401 when a token would do, else 403."""
    if _metrics().token:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    abort(403)


def register(app: Flask, settings: Settings, annuaire: Annuaire | None) -> Numbers:
    """Give an application its metrics. ``SettingsError`` for a token file that cannot be trusted."""
    numbers = Numbers(annuaire)
    app.extensions[_EXTENSION] = Metrics(
        numbers, metrics_token(settings.metrics_token_file), settings.proxies
    )
    app.register_blueprint(blueprint)
    return numbers


def decided(decision: Decision) -> None:
    """Count a decision that the current application told."""
    _metrics().numbers.decided(decision)


def _metrics() -> Metrics:
    return cast(Metrics, current_app.extensions[_EXTENSION])
