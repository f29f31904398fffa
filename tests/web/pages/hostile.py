"""Words that somebody might send to harm whoever reads them, and what a page must never make of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

RLO = "\N{RIGHT-TO-LEFT OVERRIDE}"
MARKUP = "\"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
HOSTILE = f"{MARKUP}{RLO}" + "X" * 200
ISOLATED = frozenset({"bdi", "code", "pre", "textarea"})
"""Elements that keep the direction of their words to themselves."""
VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


class Harm(HTMLParser):
    """Reads a page as a browser would, and notes what it should not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("img", "iframe", "object", "style") or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith("on") or name == "style":
                self.found.append(f"{name}=")
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post") and not _goes_well(value):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if RLO in data and not ISOLATED.intersection(self._open):
            self.found.append(f"turns the direction of {self._open[-1:]}: {data.strip()[:60]}")
        if "alert(1)</script><img src=x onerror=alert(1)>49" in data:
            self.found.append("a template that ran")


def _goes_well(address: str | None) -> bool:
    """Is this one of our own addresses, or one of those that we cite?"""
    return (address or "").startswith(("/", "#", "https://", "http://localhost", "http://127.0.0.1"))


def harm(page: str) -> list[str]:
    """What a page holds that somebody's words put there."""
    reader = Harm()
    reader.feed(page)
    return reader.found


def twisted(document: Any) -> Iterator[tuple[str, Any]]:
    """A document with these words in place of each of its texts: one copy for each kind of place."""
    for place in dict.fromkeys(_places(document, ())):
        copy = deepcopy(document)
        _put(copy, place)
        yield ".".join(place), copy


def _places(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, str):
        yield path
    elif isinstance(node, dict):
        kind = (str(node.get("resourceType", "")),) if "resourceType" in node else ()
        for name, value in node.items():
            yield from _places(value, (*path, *kind, name))
    elif isinstance(node, list):
        for item in node:
            yield from _places(item, path)


def _put(node: Any, place: tuple[str, ...], path: tuple[str, ...] = ()) -> None:
    if isinstance(node, dict):
        kind = (str(node.get("resourceType", "")),) if "resourceType" in node else ()
        for name, value in node.items():
            here = (*path, *kind, name)
            if isinstance(value, str) and here == place:
                node[name] = HOSTILE
            elif isinstance(value, list) and here == place:
                node[name] = [HOSTILE if isinstance(item, str) else item for item in value]
            _put(node[name], place, here)
    elif isinstance(node, list):
        for item in node:
            _put(item, place, path)


def dumped(document: Any) -> str:
    """A document as it is pasted."""
    return json.dumps(document)
