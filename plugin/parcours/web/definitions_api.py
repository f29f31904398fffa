"""What this server publishes, to anybody: what it does, and the definitions of ``fhir_profiles``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import msgspec
from flask import Blueprint, Response, abort, request

from parcours.fhir.capabilities import capability_statement
from parcours.fhir.operations import PUBLISHED, PUBLISHED_KINDS
from parcours.fhir.published import Publication, catalogue
from parcours.web.context import fhir_base
from parcours.web.negotiation import require_form, require_json_answer
from parcours.web.replies import FHIR_JSON, FHIR_PREFIX, fhir
from parcours.web.search import Page, read_query, searchset
from parcours.web.versions import versioned

blueprint = Blueprint("definitions", __name__, url_prefix=FHIR_PREFIX)

KIND = f"/<any({','.join(PUBLISHED_KINDS)}):kind>"
SINCE = dt.datetime.combine(dt.date.fromisoformat(PUBLISHED), dt.time(), dt.UTC)

Match = Callable[[Publication, str], bool]


def _token(element: str) -> Match:
    return lambda item, wanted: str(item.content.get(element, "")) in wanted.split(",")


def _string(element: str) -> Match:
    return lambda item, wanted: str(item.content.get(element, "")).lower().startswith(wanted.lower())


PARAMETERS: Mapping[str, Match] = {
    "_id": _token("id"),
    "name": _string("name"),
    "status": _token("status"),
    "title": _string("title"),
    "url": _token("url"),
    "version": _token("version"),
}
"""What definitions are searched by; a comma means "or", a repeated parameter "and"."""


@blueprint.get("/metadata")
def metadata() -> Response:
    """What this server does, as a CapabilityStatement."""
    require_json_answer(request)
    return fhir(capability_statement(fhir_base()))


@blueprint.get(f"{KIND}/<name>")
def read(kind: str, name: str) -> Response:
    """One definition by its id, with its ``ETag``; 304 when the caller already has it."""
    require_json_answer(request)
    publication = catalogue().get((kind, name))
    if publication is None:
        abort(404)
    return versioned(lambda: Response(publication.body, mimetype=FHIR_JSON), publication.tag, SINCE)


@blueprint.get(KIND)
def search(kind: str) -> Response:
    """The definitions that match, page by page."""
    require_json_answer(request)
    return _found(kind)


@blueprint.post(f"{KIND}/_search")
def search_by_post(kind: str) -> Response:
    """The same search, its parameters in a form."""
    require_json_answer(request)
    require_form(request)
    return _found(kind)


def _found(kind: str) -> Response:
    query = read_query(request, PARAMETERS.keys())
    found = [
        item
        for item in catalogue().values()
        if item.kind == kind and all(PARAMETERS[name](item, value) for name, value in query.criteria)
    ]
    page = found[query.offset : query.offset + query.count]
    matches = [(item.id, msgspec.Raw(item.body)) for item in page]
    return fhir(searchset(query, Page(len(found), matches), f"{fhir_base()}/{kind}"))
