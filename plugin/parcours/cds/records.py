"""The resources of one call, by type and id, as the bytes they came as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from parcours.remote.ehr import is_fhir_id

Key = tuple[str, str]

VISITS: Final = frozenset({"Encounter", "Appointment"})
_IN_THE_BUNDLE: Final = re.compile(r"Bundle\.entry\[(\d+)\]\.resource")
_URN: Final = "urn:uuid:"
_NAMELESS: Final = "#"
"""Begins the key of a resource without id, and no id of FHIR."""


class Peek(Struct, frozen=True, rename="camel"):
    """What must be known of a resource to file it, and of a Bundle to open it."""

    resource_type: str = ""
    id: str | None = None
    entry: tuple[Entry, ...] = ()
    link: tuple[Link, ...] = ()

    @property
    def name(self) -> str | None:
        """``Type/id``; nothing without an id of FHIR."""
        return f"{self.resource_type}/{self.id}" if is_fhir_id(self.id) else None


class Entry(Struct, frozen=True, rename="camel"):
    """One entry of a Bundle."""

    resource: Raw = Raw()
    full_url: str | None = None


class Link(Struct, frozen=True):
    """A link of a searchset."""

    relation: str = ""


def peek(raw: bytes) -> Peek | None:
    """The head of a resource; ``None`` when it is none."""
    try:
        head = msgspec.json.decode(raw, type=Peek)
    except msgspec.ValidationError:
        return None
    return head if head.resource_type else None


def opened(raw: bytes, head: Peek, where: str) -> Iterator[tuple[bytes, Peek, str, str | None]]:
    """A resource, or those of a Bundle; for each its head, where it stands and what its Bundle calls it.

    The head of an entry that is no resource is empty.
    """
    if head.resource_type != "Bundle":
        yield raw, head, where, None
        return
    for index, entry in enumerate(head.entry):
        inner = bytes(entry.resource)
        at = f"{where}.entry[{index}].resource" if "." in where else where
        yield inner, (peek(inner) if inner else None) or Peek(), at, entry.full_url


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource of the context that is to be judged, and where it stands in the request."""

    raw: bytes
    where: str


@dataclass(slots=True)
class Records:
    """What is known of the patient. The first version of a resource that came is the one kept.

    ``base``: the client's server, which makes references absolute. ``drafts``: what is not on it yet, out of
    the context. ``failed`` (keys, or types of resource): what was asked for, and could not be reached.
    ``withheld`` (types): what the client or its server would not or cannot say. The absence of either
    proves nothing.
    """

    base: str | None = None
    drafts: tuple[Draft, ...] = ()
    failed: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    _resources: dict[Key, bytes] = field(default_factory=dict)
    _places: dict[Key, str] = field(default_factory=dict)
    _urns: dict[str, Key] = field(default_factory=dict)

    def add(self, raw: bytes, head: Peek, where: str, full_url: str | None = None) -> None:
        """File a resource: one without id too, which nothing names. An outcome of a search says nothing."""
        if head.resource_type not in ("", "OperationOutcome"):
            key = (head.resource_type, head.id or f"{_NAMELESS}{len(self._resources)}")
            self._resources.setdefault(key, raw)
            self._places.setdefault(key, where)
            if full_url and full_url.startswith(_URN):
                self._urns.setdefault(full_url, key)

    def get(self, kind: str, id: str | None) -> bytes | None:
        """One resource as it came."""
        return self._resources.get((kind, id or ""))

    def urn(self, text: str) -> Key | None:
        """The resource that its Bundle calls by this ``urn:uuid``."""
        return self._urns.get(text)

    def of(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Every resource of a type, with its id."""
        return ((id, raw) for (found, id), raw in self._resources.items() if found == kind)

    def everything(self) -> Mapping[Key, bytes]:
        """All of it, in the order it came."""
        return self._resources

    def bundle(self, visit: bytes) -> bytes:
        """The body of an evaluation: this visit first, then all that is held but visits."""
        entries = [self._entry(visit, peek(visit))]
        entries += [self._entry(self._resources[key], Peek(*key)) for key in self._beside()]
        return msgspec.json.encode({"resourceType": "Bundle", "type": "collection", "entry": entries})

    def in_the_request(self, expression: str, visit: str) -> str:
        """A place in ``bundle`` as a place in the request; ``visit``: where the visit came from."""
        found = _IN_THE_BUNDLE.match(expression)
        if found is None:
            return visit
        places = [visit, *(self._places[key] for key in self._beside())]
        place = places[int(found[1])]
        return f"{place}{expression[found.end() :]}" if "." in place else place

    def _beside(self) -> list[Key]:
        return [key for key in self._resources if key[0] not in VISITS]

    def _entry(self, raw: bytes, head: Peek | None) -> dict[str, Any]:
        entry: dict[str, Any] = {"resource": Raw(raw)}
        if self.base and head and head.id:
            entry["fullUrl"] = f"{self.base.rstrip('/')}/{head.resource_type}/{head.id}"
        return entry
