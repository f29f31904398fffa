"""The definitions of ``fhir_profiles`` over HTTP: read by id, search by ``url`` and the like."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import ETags

from parcours.fhir.operations import PUBLISHED, PUBLISHED_KINDS
from parcours.fhir.published import Publication, catalogue
from parcours.web.application import application
from parcours.web.negotiation import require_json_answer
from parcours.web.replies import FHIR_JSON, FHIR_PREFIX, fhir
from parcours.web.search import read_query, searchset

blueprint = Blueprint("definitions", __name__, url_prefix=FHIR_PREFIX)

KIND = f"/<any({','.join(PUBLISHED_KINDS)}):kind>"
FORM = "application/x-www-form-urlencoded"


@blueprint.get(f"{KIND}/<name>")
def read(kind: str, name: str) -> Response:
    """One definition by its id, with its ``ETag``; 304 when the caller already has it."""
    require_json_answer(request)
    publication = catalogue().get((kind, name))
    if publication is None:
        abort(404)
    return _conditional(publication, request.if_none_match)


@blueprint.get(KIND)
def search(kind: str) -> Response:
    """The definitions that match, page by page."""
    require_json_answer(request)
    return _found(kind)


@blueprint.post(f"{KIND}/_search")
def search_by_post(kind: str) -> Response:
    """The same search, its parameters in a form."""
    require_json_answer(request)
    if request.mimetype != FORM:
        abort(415)
    return _found(kind)


def _found(kind: str) -> Response:
    candidates = [item for item in catalogue().values() if item.kind == kind]
    address = f"{application().settings.url}{FHIR_PREFIX}/{kind}"
    return fhir(searchset(read_query(request), candidates, address))


def _conditional(publication: Publication, known: ETags) -> Response:
    tag = publication.etag.removeprefix('W/"').removesuffix('"')
    response = Response(status=304) if known.contains_weak(tag) else _body(publication)
    response.headers["ETag"] = publication.etag
    response.headers["Last-Modified"] = _LAST_MODIFIED
    return response


def _body(publication: Publication) -> Response:
    return Response(publication.body, mimetype=FHIR_JSON)


def _day(text: str) -> str:
    """``2026-11-21`` as the header wants it."""
    moment = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    return format_datetime(moment, usegmt=True)


_LAST_MODIFIED = _day(PUBLISHED)
