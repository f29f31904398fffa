"""Is the process alive, can it answer?"""

from __future__ import annotations

from flask import Blueprint, Response

from parcours import VERSION_LOGICIEL
from parcours.fhir.writing import to_json
from parcours.web.application import application

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return _json({"status": "ok", "version": VERSION_LOGICIEL})


@blueprint.get("/ready")
def ready() -> Response:
    """The law is loaded: the process can judge."""
    law = application().service.droit.version
    return _json({"status": "ok", "version": VERSION_LOGICIEL, "version_droit": law})


def _json(content: dict[str, str]) -> Response:
    return Response(to_json(content), mimetype="application/json")
