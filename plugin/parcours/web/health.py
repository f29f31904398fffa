"""Is the process alive, can it answer?"""

from __future__ import annotations

from flask import Blueprint, Response

from parcours import VERSION_LOGICIEL
from parcours.errors import StoreUnavailable
from parcours.fhir.writing import to_json
from parcours.web.application import application

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return _json({"status": "ok", "version": VERSION_LOGICIEL})


@blueprint.get("/ready")
def ready() -> Response:
    """The law is loaded and the database can be written: the process can answer anything. Else 503."""
    law = application().service.droit.version
    told = {"version": VERSION_LOGICIEL, "version_droit": law}
    try:
        application().store.check()
    except StoreUnavailable:
        return _json({"status": "unavailable", **told}, 503)
    return _json({"status": "ok", **told})


def _json(content: dict[str, str], status: int = 200) -> Response:
    return Response(to_json(content), status, mimetype="application/json")
