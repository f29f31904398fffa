"""Is the process alive, can it answer?"""

from __future__ import annotations

from flask import Blueprint, Response

from parcours import VERSION_LOGICIEL
from parcours.errors import StoreUnavailable, StoreUnusable
from parcours.fhir.validity import GATE
from parcours.fhir.writing import to_json
from parcours.web.application import application

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return _json({"status": "ok", "version": VERSION_LOGICIEL})


@blueprint.get("/ready")
def ready() -> Response:
    """The law is loaded, the database can be written, its audit signed: anything can be answered. Else 503.

    A write that was confirmed within the last second is proof enough.

    ``gate``: ``closed`` when the library alone judges what FHIR is; answers are right, and slower.
    ``clock``: ``jumped`` when it was set while the service runs, ``steady`` otherwise.
    """
    law = application().service.droit.version
    told = {
        "version": VERSION_LOGICIEL,
        "version_droit": law,
        "gate": "closed" if GATE.closed else "open",
        "clock": "jumped" if application().clock.jumped() else "steady",
    }
    try:
        application().store.check()
        application().store.audit(application().settings.keys).keys.current()
    except (StoreUnavailable, StoreUnusable):
        return _json({"status": "unavailable", **told}, 503)
    return _json({"status": "ok", **told})


def _json(content: dict[str, str], status: int = 200) -> Response:
    return Response(to_json(content), status, mimetype="application/json")
