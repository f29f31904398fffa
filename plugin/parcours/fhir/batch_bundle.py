"""A ``batch`` Bundle as the list of requests it holds. Nothing is run here."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from msgspec import Raw, Struct, field

from parcours.errors import Problem, TooLarge, UnreadableBundle
from parcours.fhir.json_door import Limits, check_json
from parcours.fhir.operations import HAND_OVER


class _Request(Struct, frozen=True):
    method: str = ""
    url: str = ""
    if_none_match: str | None = field(default=None, name="ifNoneMatch")
    if_match: str | None = field(default=None, name="ifMatch")


class _Entry(Struct, frozen=True):
    request: _Request | None = None
    resource: Raw = Raw()


class _Bundle(Struct, frozen=True, rename="camel"):
    resource_type: str = ""
    type: str = ""
    entry: tuple[Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a batch: ``path`` is relative to the FHIR base, ``query`` what follows the ``?``."""

    method: str
    path: str
    query: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


def read_batch(body: bytes, limits: Limits) -> tuple[Call | Problem, ...]:
    """The requests of a batch in order; a ``Problem`` stands for one that cannot be asked.

    Raises ``MalformedInput``, ``TooLarge``, or ``UnreadableBundle`` when the body is no batch at all, or
    when what stands for an entry is none.
    """
    # Each entry holds a whole request: one level of Bundle more than a request alone.
    deeper = Limits(limits.octets, limits.entrees, limits.profondeur + 4)
    check_json(body, deeper)
    try:
        bundle = msgspec.json.decode(body, type=_Bundle)
    except msgspec.ValidationError:
        bundle = _Bundle()
    if (bundle.resource_type, bundle.type) != ("Bundle", "batch"):
        raise UnreadableBundle([Problem("Bundle.type", "value", "Un Bundle de type batch est attendu ici.")])
    if len(bundle.entry) > limits.entrees:
        raise TooLarge([Problem("Bundle.entry", "too-long", f"plus de {limits.entrees} entrées")])
    entries = [_entry(raw, f"Bundle.entry[{index}]") for index, raw in enumerate(bundle.entry)]
    return tuple(_call(entry, f"Bundle.entry[{index}].request") for index, entry in enumerate(entries))


def _entry(raw: Raw, where: str) -> _Entry:
    try:
        return msgspec.json.decode(raw, type=_Entry)
    except msgspec.ValidationError:
        pass
    raise UnreadableBundle(
        [Problem(where, "structure", "Une entrée de batch est un objet, sa requête aussi.")]
    )


def _call(entry: _Entry, where: str) -> Call | Problem:
    request = entry.request
    if request is None or not request.method or not request.url:
        return Problem(where, "required", "Une entrée de batch porte request.method et request.url.")
    path, _, query = request.url.partition("?")
    if not path.strip("/") or "://" in path or path.startswith("/") or ".." in path.split("/"):
        return Problem(
            f"{where}.url", "value", "Une URL relative à la base est attendue ; un batch n’en contient pas."
        )
    if path.endswith(f"${HAND_OVER.code}"):
        return Problem(
            f"{where}.url", "not-supported", "Une transmission se demande seule, par une personne."
        )
    return Call(
        method=request.method,
        path=path,
        query=query,
        body=bytes(entry.resource),
        headers=tuple(
            (name, value)
            for name, value in (("If-None-Match", request.if_none_match), ("If-Match", request.if_match))
            if value
        ),
    )
