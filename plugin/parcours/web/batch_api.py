"""``POST /fhir``: several requests in one Bundle, each answered as if it had come alone."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import msgspec
from flask import Blueprint, Response, request

from parcours.errors import Problem
from parcours.fhir.batch_bundle import Call, read_batch
from parcours.fhir.decision_extension import Element
from parcours.fhir.writing import operation_outcome
from parcours.web.application import application
from parcours.web.negotiation import read_body, require_json_answer
from parcours.web.replies import FHIR_JSON, FHIR_PREFIX, fhir

blueprint = Blueprint("batch", __name__, url_prefix=FHIR_PREFIX)

OF_THE_BATCH = (
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "HTTP_IF_MATCH",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IDEMPOTENCY_KEY",
    "HTTP_CONTENT_ENCODING",
)
"""What the envelope said of itself, and says nothing of what it holds: one key is not that of each."""


@blueprint.post("")
@blueprint.post("/")  # clients in use write the base with a final slash
def batch() -> Response:
    """A ``batch`` Bundle in, a ``batch-response`` out: one entry per request, in the same order.

    An entry has no place for the ``Retry-After`` of its answer: the longest is that of all.
    """
    require_json_answer(request)
    calls = read_batch(read_body(request), application().service.limits)
    waits: list[int] = []
    entries = [_refused(call) if isinstance(call, Problem) else _answered(call, waits) for call in calls]
    response = fhir({"resourceType": "Bundle", "type": "batch-response", "entry": entries})
    if waits:
        response.headers["Retry-After"] = str(max(waits))
    return response


def _refused(problem: Problem) -> Element:
    return {"response": {"status": _status(400), "outcome": operation_outcome([problem])}}


def _answered(call: Call, waits: list[int]) -> Element:
    """The answer to one request, asked of the same application with the headers of the batch.

    ``waits`` gets the seconds after which it may be asked again, where it must be.
    """
    reply = Response.from_app(application().wsgi_app, _environment(call), buffered=True)
    answer: Element = {"status": _status(reply.status_code)}
    if "ETag" in reply.headers:
        answer["etag"] = reply.headers["ETag"]
    if "Retry-After" in reply.headers:
        waits.append(int(reply.headers["Retry-After"]))
    body = reply.get_data()
    if not body:
        return {"response": answer}
    if reply.status_code >= HTTPStatus.BAD_REQUEST:
        return {"response": {**answer, "outcome": msgspec.Raw(body)}}
    return {"resource": msgspec.Raw(body), "response": answer}


def _environment(call: Call) -> dict[str, Any]:
    inherited = {name: value for name, value in request.environ.items() if _is_shared(name)}
    return {
        **inherited,
        "REQUEST_METHOD": call.method,
        "PATH_INFO": f"{FHIR_PREFIX}/{unquote(call.path)}".encode().decode("latin-1"),
        "QUERY_STRING": call.query,
        "CONTENT_LENGTH": str(len(call.body)),
        **({"CONTENT_TYPE": FHIR_JSON} if call.body else {}),
        "HTTP_ACCEPT": FHIR_JSON,  # `_format` may have asked for the answer to the batch itself
        "wsgi.input": io.BytesIO(call.body),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers},
    }


def _is_shared(name: str) -> bool:
    return name not in OF_THE_BATCH and not name.startswith(("werkzeug.", "flask."))


def _status(code: int) -> str:
    return f"{code} {HTTPStatus(code).phrase}"
