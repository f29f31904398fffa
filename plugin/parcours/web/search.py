"""A search as FHIR words it: parameters checked, results cut in pages, a searchset with its links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from flask import Request

from parcours.errors import MalformedInput, Problem
from parcours.fhir.decision_extension import Element
from parcours.fhir.published import Publication
from parcours.fhir.writing import operation_outcome
from parcours.web.negotiation import wants_strict

PAGE, LARGEST_PAGE = 50, 200
RESULT_PARAMETERS = frozenset({"_count", "_offset", "_format", "_pretty"})

_REMARK = "urn:uuid:2f1b8f0a-7d0e-5c55-9a3c-6f0f6d1f4c11"
"""Every entry of a searchset has a name; an outcome lives nowhere else."""

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


@dataclass(frozen=True, slots=True)
class Query:
    """A search: criteria, page, what was not understood."""

    criteria: Sequence[tuple[str, str]]
    count: int
    offset: int
    ignored: Sequence[str]


def read_query(request: Request) -> Query:
    """The search that a request asks, in its URL or in its form.

    Raises ``MalformedInput`` for a page that is no number, and for an unknown parameter when the caller
    asked for ``handling=strict``.
    """
    given = [*request.args.items(multi=True), *request.form.items(multi=True)]
    pages = dict(given)
    ignored = [
        name
        for name, value in given
        if name not in RESULT_PARAMETERS and (name not in PARAMETERS or not value)
    ]
    if ignored and wants_strict(request):
        raise MalformedInput(
            [Problem("", "not-supported", "Paramètre de recherche inconnu, vide ou modifié.")]
        )
    return Query(
        criteria=[(name, value) for name, value in given if name in PARAMETERS and value],
        count=min(_whole(pages.get("_count"), PAGE), LARGEST_PAGE),
        offset=_whole(pages.get("_offset"), 0),
        ignored=ignored,
    )


def searchset(query: Query, candidates: Sequence[Publication], address: str) -> Element:
    """The page of results, as a Bundle. ``address`` is the absolute URL of the type searched."""
    found = [
        item for item in candidates if all(PARAMETERS[name](item, value) for name, value in query.criteria)
    ]
    page = found[query.offset : query.offset + query.count]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": _links(query, len(found), address),
        **_entries([_match(item, address) for item in page] + _remark(query)),
    }


def _entries(entries: list[Element]) -> Element:
    return {"entry": entries} if entries else {}


def _match(item: Publication, address: str) -> Element:
    return {
        "fullUrl": f"{address}/{item.id}",
        "resource": msgspec.Raw(item.body),
        "search": {"mode": "match"},
    }


def _remark(query: Query) -> list[Element]:
    """What was not understood, said in the answer rather than passed over."""
    if not query.ignored:
        return []
    text = "Un paramètre de recherche inconnu, vide ou modifié a été ignoré."
    outcome = operation_outcome([Problem("", "not-supported", text, "warning")])
    return [{"fullUrl": _REMARK, "resource": outcome, "search": {"mode": "outcome"}}]


def _links(query: Query, total: int, address: str) -> list[Element]:
    links = [_link("self", query, query.offset, address)]
    if query.count > 0 and query.offset + query.count < total:
        links.append(_link("next", query, query.offset + query.count, address))
    return links


def _link(relation: str, query: Query, offset: int, address: str) -> Element:
    parameters = [*query.criteria, ("_count", str(query.count)), ("_offset", str(offset))]
    return {"relation": relation, "url": f"{address}?{urlencode(parameters)}"}


def _whole(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise MalformedInput([Problem("", "value", "_count et _offset sont des nombres entiers.")])
    return int(text)
