"""A search of FHIR, page after page: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from parcours.remote.endpoints import Endpoint
from parcours.remote.unreachable import Reason, Unreachable

Resource = dict[str, Any]

MAX_PAGES = 20
"""Pages of one search. A visit has a handful of referrals; a list without end is a fault."""
MAX_RESOURCES = 4000
"""Resources of one search: 20 pages of 200."""


def found(
    get: Callable[[str], Any], base: Endpoint, kind: str, target: str, *, strict: bool = False
) -> list[Resource]:
    """Every resource of a search for one kind, and those it includes. Raises ``Unreachable``.

    ``get`` brings the JSON at a path and query; ``total`` may be absent, and is believed when it is there.
    ``strict``: an entry of another kind has to say that it is included.
    """
    listed: list[Resource] = []
    matches, total = 0, 0
    for page in _pages(get, base, target):
        for mode, resource in _entries(page, kind, strict):
            matches += mode == "match"
            listed.append(resource)
        told = page.get("total")
        total = max(total, told) if isinstance(told, int) else total
        if len(listed) > MAX_RESOURCES:
            raise Unreachable(Reason.TOO_LARGE)
    if matches < total:
        raise Unreachable(Reason.UNREADABLE)
    return listed


def _pages(get: Callable[[str], Any], base: Endpoint, target: str) -> Iterator[Resource]:
    seen: set[str] = set()
    following: str | None = target
    while following is not None:
        if following in seen or len(seen) == MAX_PAGES:
            raise Unreachable(Reason.PAGING)
        seen.add(following)
        page = as_resource(get(following))
        if page["resourceType"] != "Bundle" or page.get("type") != "searchset":
            raise Unreachable(Reason.FOREIGN)
        yield page
        following = _next(base, page)


def _next(base: Endpoint, page: Resource) -> str | None:
    """Where the next page is, whatever its address looks like; it must lie under the base."""
    urls = [link.get("url") for link in objects(page, "link") if link.get("relation") == "next"]
    try:
        return base.within(urls[0]) if urls else None
    except ValueError:
        pass
    raise Unreachable(Reason.PAGING)


def _entries(page: Resource, kind: str, strict: bool) -> Iterator[tuple[str, Resource]]:
    """Mode and resource of each entry; what the server has to say about the search is left out."""
    for entry in objects(page, "entry"):
        resource = as_resource(entry.get("resource"))
        asked = resource["resourceType"] == kind
        search = entry.get("search")
        unsaid = "match" if asked or strict else "include"
        mode = search.get("mode", unsaid) if isinstance(search, dict) else unsaid
        if mode == "outcome" or resource["resourceType"] == "OperationOutcome":
            continue
        if mode == "match" and not asked:
            raise Unreachable(Reason.FOREIGN)
        yield mode, resource


def as_resource(content: object) -> Resource:
    """This, when it is a resource. Raises ``Unreachable``."""
    if isinstance(content, dict) and isinstance(content.get("resourceType"), str):
        return content
    raise Unreachable(Reason.UNREADABLE)


def objects(holder: Resource, name: str) -> list[Resource]:
    """The objects in this list of a resource. Raises ``Unreachable`` when it holds anything else."""
    listed = holder.get(name, [])
    if isinstance(listed, list) and all(isinstance(item, dict) for item in listed):
        return listed
    raise Unreachable(Reason.UNREADABLE)
