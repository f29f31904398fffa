"""Is this FHIR? One resource at a time, so that a broken one stays alone.

``fhir.resources`` (R4B) is the authority; our own checks stand beside it for what it lets through. Nearly
every resource is well, and the gate says so at once; of the others the library and our checks list what is
wrong. A verdict depends on the bytes alone, so verdicts are remembered by a hash of them: practitioners,
places and coverages come back all day. A verdict holds no value of the request.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import ModuleType
from typing import Any, Final, Literal

import msgspec

from parcours.fhir.cleaning import clean, needs_cleaning
from parcours.fhir.defects import Defect, Path, expression, is_read
from parcours.fhir.elements import READ, Resource
from parcours.fhir.gate import Gate
from parcours.fhir.own_checks import own_defects

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
GATE: Final = Gate()
"""The gate of this process."""

Validate = Literal["full", "read"]
"""``full``: all is held to FHIR R4. ``read``: what is read is read, for input that was validated before."""


def examine(
    raw: bytes, *, contained: bool = False, validate: Validate = "full", memo: Memo = _MEMO, gate: Gate = GATE
) -> Examined:
    """Judge one resource, whose bytes are strict JSON, and read it as far as it can be read.

    ``validate="read"`` takes on trust what can be read as it is.
    """
    trusted = _trusted(raw) if validate == "read" else None
    if trusted is not None:
        return trusted
    key = hashlib.blake2b(raw, digest_size=32, person=b"contained" if contained else b"entry").digest()
    verdict = memo.get(key)
    if verdict is None:
        verdict = _judge(raw, key, contained, gate)
        memo.put(key, verdict)
    return Examined(_read(raw, verdict), verdict)


class _Named(msgspec.Struct, rename="camel"):
    resource_type: str


_NAMED: Final = msgspec.json.Decoder(_Named)
_NEVER_ON_TRUST: Final = (
    *(b"null", b'""', b"modifierExtension", b"implicitRules"),
    *(b"\\u004", b"\\u005", b"\\u006", b"\\u007"),  # a letter that nobody has to escape may hide their names
)


def _trusted(raw: bytes) -> Examined | None:
    """A resource the decision reads, as it is, when it can be and nothing in it asks for more."""
    if any(part in raw for part in _NEVER_ON_TRUST):
        return None
    try:
        name = _NAMED.decode(raw).resource_type
        return Examined(msgspec.json.decode(raw, type=READ[name]), Verdict(name, ()))
    except (msgspec.MsgspecError, KeyError):
        return None


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


def _judge(raw: bytes, key: bytes, contained: bool, gate: Gate) -> Verdict:
    name = gate.admits(raw, contained=contained)
    if name is None:
        return judge_in_full(raw, contained=contained)
    verdict = Verdict(name, ())
    if gate.is_watched(key):
        authority = judge_in_full(raw, contained=contained)
        if authority != verdict:
            gate.disagrees(name)
        return authority
    return verdict


def judge_in_full(raw: bytes, *, contained: bool) -> Verdict:
    """The verdict of the library and of our own checks; the gate is not asked."""
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
    if not _library().is_a_resource(name):
        unknown = Defect("resourceType", "not-supported", "type de ressource inconnu de FHIR R4", read=False)
        return Verdict(None, (unknown,))
    return _verdict(name, document, cleaned, plain=plain, contained=contained)


_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z]{1,60}\Z", re.ASCII)


def _library() -> ModuleType:
    from parcours.fhir import library  # 0.2 s, which a request that is well never needs

    return library


def prepare() -> None:
    """Pay before the first request what costs time once, and what threads must not do at the same time."""
    GATE.prepare()
    judge_in_full(b'{"resourceType":"Patient"}', contained=False)


def _verdict(
    name: str, document: dict[str, Any], cleaned: Sequence[Path], *, plain: bool, contained: bool
) -> Verdict:
    # What was put right is worth a word, never a refusal: it is as if it had not been written.
    defects = [
        Defect(expression(path), "value", "valeur vide ou mal typée, ignorée", False) for path in cleaned
    ]
    defects += _library().library_defects(name, document)
    resource, unreadable = _as_far_as_possible(READ.get(name, Resource), document)
    defects += unreadable
    defects += own_defects(name, resource, document, contained=contained)
    return Verdict(name, tuple(_distinct(defects))[:MAX_DEFECTS], plain and not unreadable)


def _distinct(defects: list[Defect]) -> list[Defect]:
    """One defect per element; the gravest first, so that a bound never hides it."""
    ordered = sorted(defects, key=lambda d: not (d.read or d.modifier))
    return list({defect.expression: defect for defect in reversed(ordered)}.values())[::-1]


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
