"""Is this FHIR? One resource at a time, so that a broken one stays alone.

``fhir.resources`` (R4B) is the authority; our own checks stand beside it for what it lets through. A
verdict depends on the bytes alone, so verdicts are remembered by a hash of them: practitioners, places
and coverages come back all day. A verdict holds no value of the request.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from parcours.fhir.cleaning import clean, needs_cleaning
from parcours.fhir.defects import Defect, Path, expression, is_read
from parcours.fhir.elements import READ, Resource
from parcours.fhir.own_checks import own_defects
from parcours.fhir.r4b import resource_model

MAX_DEFECTS: Final = 50
"""Defects listed for one resource; a resource with more is broken enough."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the bytes of one resource.

    ``type`` is ``None`` when it is no resource of R4B; ``plain``: the bytes decode as they are.
    """

    type: str | None
    defects: tuple[Defect, ...]
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Examined:
    """A resource as far as it can be read (``None``: it is no resource of R4B), and its verdict."""

    resource: Resource | None
    verdict: Verdict


class Memo:
    """Verdicts by hash of the bytes, the oldest forgotten first; bounded in entries and in bytes."""

    def __init__(self, entries: int = 4096, octets: int = 8 * 1024 * 1024) -> None:
        self._entries, self._octets, self._held = entries, octets, 0
        self._verdicts: OrderedDict[bytes, Verdict] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._verdicts)

    def get(self, key: bytes) -> Verdict | None:
        """The verdict remembered for this hash."""
        with self._lock:
            verdict = self._verdicts.get(key)
            if verdict is not None:
                self._verdicts.move_to_end(key)
            return verdict

    def put(self, key: bytes, verdict: Verdict) -> None:
        """Remember a verdict, and forget what no longer fits."""
        with self._lock:
            if key in self._verdicts:
                return
            self._verdicts[key] = verdict
            self._held += _weight(verdict)
            while len(self._verdicts) > self._entries or self._held > self._octets:
                _, forgotten = self._verdicts.popitem(last=False)
                self._held -= _weight(forgotten)


def _weight(verdict: Verdict) -> int:
    return 256 + sum(256 + len(d.expression) + len(d.text) for d in verdict.defects)


_MEMO: Final = Memo()


def examine(raw: bytes, *, contained: bool = False, memo: Memo = _MEMO) -> Examined:
    """Judge one resource, whose bytes are strict JSON, and read it as far as it can be read."""
    key = hashlib.blake2b(raw, digest_size=32, person=b"contained" if contained else b"entry").digest()
    verdict = memo.get(key)
    if verdict is None:
        verdict = _judge(raw, contained=contained)
        memo.put(key, verdict)
    return Examined(_read(raw, verdict), verdict)


_EXACT: Final = msgspec.json.Decoder(float_hook=Decimal)
_AS_WRITTEN: Final = msgspec.json.Encoder(decimal_format="number")
"""To and fro without a float: an amount keeps its digits."""


def _read(raw: bytes, verdict: Verdict) -> Resource | None:
    if verdict.type is None:
        return None
    kind = READ.get(verdict.type, Resource)
    if verdict.plain:
        return msgspec.json.decode(raw, type=kind)
    return _as_far_as_possible(kind, clean(_EXACT.decode(raw))[0])[0]


def _judge(raw: bytes, *, contained: bool) -> Verdict:
    cleaned: Sequence[Path] = ()
    plain = True
    document = msgspec.json.decode(raw)
    if not isinstance(document, dict):
        return Verdict(None, (Defect("", "structure", "une ressource est un objet JSON"),))
    if needs_cleaning(raw):
        written = document
        document, cleaned = clean(written)
        plain = document == written
    name = document.get("resourceType")
    if not isinstance(name, str) or not _TYPE_NAME.match(name):
        return Verdict(None, (Defect("resourceType", "structure", "type de ressource absent ou mal formé"),))
    if resource_model(name) is None:
        unknown = Defect("resourceType", "not-supported", "type de ressource inconnu de FHIR R4", read=False)
        return Verdict(None, (unknown,))
    return _verdict(name, document, cleaned, plain=plain, contained=contained)


_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z]{1,60}\Z", re.ASCII)


def _verdict(
    name: str, document: dict[str, Any], cleaned: Sequence[Path], *, plain: bool, contained: bool
) -> Verdict:
    # What was put right is worth a word, never a refusal: it is as if it had not been written.
    defects = [
        Defect(expression(path), "value", "valeur vide ou mal typée, ignorée", False) for path in cleaned
    ]
    defects += _library_defects(name, document)
    resource, unreadable = _as_far_as_possible(READ.get(name, Resource), document)
    defects += unreadable
    defects += own_defects(name, resource, document, contained=contained)
    return Verdict(name, tuple(_distinct(defects))[:MAX_DEFECTS], plain and not unreadable)


def _distinct(defects: list[Defect]) -> list[Defect]:
    """One defect per element; the gravest first, so that a bound never hides it."""
    ordered = sorted(defects, key=lambda d: not (d.read or d.modifier))
    return list({defect.expression: defect for defect in reversed(ordered)}.values())[::-1]


# ---------------------------------------------------------------- the authority

_TEXTS: Final = {
    "missing": ("required", "élément obligatoire absent"),
    "extra_forbidden": ("structure", "élément inconnu de FHIR R4"),
    "string_pattern_mismatch": ("value", "valeur hors du format FHIR"),
    "value_error": ("value", "valeur hors du format FHIR"),
}


_MAX_ERRORS: Final = 200
"""Beyond, telling each would take seconds, and nobody would read them."""


def _library_defects(name: str, document: dict[str, Any]) -> list[Defect]:
    model = resource_model(name)
    alone = {key: value for key, value in document.items() if key != "contained"}
    if model is None:
        return []
    try:
        model.model_validate(alone)
    except ValidationError as error:
        if error.error_count() > _MAX_ERRORS:
            return [Defect("", "structure", f"plus de {_MAX_ERRORS} défauts : ils ne sont pas énumérés")]
        errors = error.errors(include_input=False, include_url=False, include_context=False)
        return [_library_defect(name, alone, e["loc"], e["type"]) for e in errors]
    except Exception:  # the library lets KeyError, TypeError, AttributeError, RecursionError… escape
        return [Defect("", "structure", "contenu que FHIR R4 ne permet pas")]
    return []


def _library_defect(name: str, document: dict[str, Any], loc: Path, kind: str) -> Defect:
    path = tuple(part for part in loc if part != "root")
    kind = "value_error" if kind.startswith("date") else kind.removeprefix("model_field_validation.")
    code, text = _TEXTS.get(kind, ("structure", ""))
    text = text or ("type JSON inattendu" if kind.endswith("_type") else "contenu non conforme à FHIR R4")
    return Defect(expression(path), code, text, is_read(name, path, document))


# ---------------------------------------------------------------- as far as it can be read

_AT: Final = re.compile(r" - at `\$(.*)`\Z")
_STEP: Final = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")


def _as_far_as_possible(kind: type[Resource], document: dict[str, Any]) -> tuple[Resource, list[Defect]]:
    """Read a resource, leaving out one by one the elements whose JSON type is not FHIR's."""
    defects: list[Defect] = []
    while True:
        try:
            return msgspec.json.decode(_AS_WRITTEN.encode(document), type=kind), defects
        except msgspec.ValidationError as error:
            path = _path_of(error)
        text = "type JSON inattendu"
        defects.append(Defect(expression(path), "structure", text, is_read(kind.__name__, path, document)))
        document = _without(document, path) if path and len(defects) < MAX_DEFECTS else {}


def _path_of(error: msgspec.ValidationError) -> tuple[str | int, ...]:
    match = _AT.search(str(error))
    steps = _STEP.findall(match.group(1)) if match else []
    return tuple(name or int(index) for name, index in steps)


def _without(node: Any, path: Path) -> Any:
    """A copy of the document without the element at ``path``; items of a list keep their places."""
    step, rest = path[0], path[1:]
    if isinstance(node, dict):
        changed = {k: v for k, v in node.items() if k != step}
        return {**changed, step: _without(node[step], rest)} if rest else changed
    items = list(node)
    items[int(step)] = _without(items[int(step)], rest) if rest else {}
    return items
