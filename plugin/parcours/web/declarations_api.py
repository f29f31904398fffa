"""Declarations over HTTP: prepared and kept, followed by their Task, read, searched, printed."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable

from flask import Blueprint, Response, request

from parcours.fhir.declaration_followup import COPIES, PDF, RENDERINGS, copy_id, instant
from parcours.fhir.declaration_resources import Element
from parcours.fhir.declaration_search import PARAMETERS
from parcours.following import Version
from parcours.web.context import fhir_base, following
from parcours.web.negotiation import (
    expected_version,
    idempotency_key,
    read_body,
    require_form,
    require_json_answer,
    wants_pdf,
    wants_strict,
)
from parcours.web.replies import FHIR_PREFIX, fhir
from parcours.web.search import Page, read_query, searchset
from parcours.web.versions import versioned

blueprint = Blueprint("declarations", __name__, url_prefix=FHIR_PREFIX)

KIND = f"/<any({','.join(RENDERINGS)}):kind>"
FILE_NAME = "declaration-medecin-traitant"
"""Of nobody."""


@blueprint.post("/$prepare-declaration")
def prepare() -> Response:
    """Prepare a declaration and keep it; the same request under the same key gets the same answer."""
    require_json_answer(request)
    key = idempotency_key(request)
    answer = following().prepare(read_body(request), _now(), key=key, strict=wants_strict(request))
    return fhir(answer)


@blueprint.get(f"{KIND}/<id>")
def read(kind: str, id: str) -> Response:
    """One resource of a declaration as it stands, with its ``ETag``; 304 when the caller has it."""
    require_json_answer(request)
    return _shown(following().read(kind, id))


@blueprint.put("/Task/<id>")
def update(id: str) -> Response:
    """Move a declaration on: ``If-Match`` says from which version, the Task to which state and who acted."""
    require_json_answer(request)
    version = expected_version(request)
    return _shown(following().advance(id, version, read_body(request), _now()))


@blueprint.get("/Task/<id>/_history")
def history(id: str) -> Response:
    """Every version of a Task, the newest first."""
    require_json_answer(request)
    return fhir(following().history(id))


@blueprint.get("/Task/<id>/_history/<int:version>")
def past(id: str, version: int) -> Response:
    """A Task as it stood at a version."""
    require_json_answer(request)
    return _shown(following().past(id, version))


@blueprint.get("/Binary/<id>")
def binary(id: str) -> Response:
    """A PDF: the form as prepared, or a copy of its proof; as a FHIR Binary for who wants JSON."""
    as_pdf = wants_pdf(request)
    found = following().pdf(id)
    response = versioned(_pdf(id, found) if as_pdf else _binary(id, found), str(found.version), found.since)
    response.vary.add("Accept")
    return response


@blueprint.get(KIND)
def search(kind: str) -> Response:
    """The declarations that match, page by page, the last moved first."""
    require_json_answer(request)
    return _found(kind)


@blueprint.post(f"{KIND}/_search")
def search_by_post(kind: str) -> Response:
    """The same search, its parameters in a form."""
    require_json_answer(request)
    require_form(request)
    return _found(kind)


def _found(kind: str) -> Response:
    query = read_query(request, PARAMETERS)
    found = following().search(kind, query.criteria, query.count, query.offset)
    return fhir(searchset(query, Page(found.total, found.resources), f"{fhir_base()}/{kind}"))


def _shown(found: Version[Element]) -> Response:
    return versioned(lambda: fhir(found.content), str(found.version), found.since)


def _pdf(id: str, found: Version[bytes]) -> Callable[[], Response]:
    end = next((copy_id("", copy) for copy in COPIES if id.endswith(copy_id("", copy))), "")
    disposition = {"Content-Disposition": f'inline; filename="{FILE_NAME}{end}.pdf"'}
    return lambda: Response(found.content, mimetype=PDF, headers=disposition)


def _binary(id: str, found: Version[bytes]) -> Callable[[], Response]:
    data = base64.b64encode(found.content).decode("ascii")
    meta = {"versionId": str(found.version), "lastUpdated": instant(found.since)}
    content = {"resourceType": "Binary", "id": id, "meta": meta, "contentType": PDF, "data": data}
    return lambda: fhir(content)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
