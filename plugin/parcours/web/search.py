"""A search as FHIR words it: parameters checked, results cut in pages, a searchset with its links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from flask import Request

from parcours.errors import MalformedInput, Problem
from parcours.fhir.decision_extension import Element
from parcours.fhir.writing import operation_outcome
from parcours.web.negotiation import wants_strict

PAGE, LARGEST_PAGE = 50, 200
MOST_PARAMETERS, MOST_VALUES = 50, 200
"""What one search may hold: more would cost a database more than a person can have meant."""
RESULT_PARAMETERS = frozenset({"_count", "_offset", "_format", "_pretty"})

_REMARK = "urn:uuid:2f1b8f0a-7d0e-5c55-9a3c-6f0f6d1f4c11"
"""Every entry of a searchset has a name; an outcome lives nowhere else."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search: criteria, page, what was not understood."""

    criteria: Sequence[tuple[str, str]]
    count: int
    offset: int
    ignored: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """What was found: how many there are in all, and the resources of this page by id."""

    total: int
    matches: Sequence[tuple[str, Element | msgspec.Raw]]


def read_query(request: Request, parameters: Collection[str]) -> Query:
    """The search that a request asks, in its URL or in its form, by these parameters.

    Raises ``MalformedInput`` for a page that is no number, for too many parameters or values, and for an
    unknown parameter when the caller asked for ``handling=strict``.
    """
    given = [*request.args.items(multi=True), *request.form.items(multi=True)]
    _check_cost(given)
    pages = dict(given)
    ignored = [
        name
        for name, value in given
        if name not in RESULT_PARAMETERS and (name not in parameters or not value)
    ]
    if ignored and wants_strict(request):
        raise MalformedInput(
            [Problem("", "not-supported", "Paramètre de recherche inconnu, vide ou modifié.")]
        )
    return Query(
        criteria=[(name, value) for name, value in given if name in parameters and value],
        count=min(_whole(pages.get("_count"), PAGE), LARGEST_PAGE),
        offset=_whole(pages.get("_offset"), 0),
        ignored=ignored,
    )


def _check_cost(given: Sequence[tuple[str, str]]) -> None:
    values: Counter[str] = Counter()
    for name, value in given:
        values[name] += 1 + value.count(",")
    if len(given) > MOST_PARAMETERS or any(count > MOST_VALUES for count in values.values()):
        text = f"plus de {MOST_PARAMETERS} paramètres, ou plus de {MOST_VALUES} valeurs pour l’un d’eux"
        raise MalformedInput([Problem("", "too-costly", text)])


def searchset(query: Query, page: Page, address: str) -> Element:
    """The page of results, as a Bundle. ``address`` is the absolute URL of the type searched."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": page.total,
        "link": _links(query, page.total, address),
        **_entries([_match(*match, address) for match in page.matches] + _remark(query)),
    }


def _entries(entries: list[Element]) -> Element:
    return {"entry": entries} if entries else {}


def _match(id: str, resource: Element | msgspec.Raw, address: str) -> Element:
    return {"fullUrl": f"{address}/{id}", "resource": resource, "search": {"mode": "match"}}


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
