"""The strict form of JSON we accept, checked on the bytes before anything is built from them.

Refused although some parsers take them: another encoding than UTF-8 or a byte order mark, ``NaN`` and
``Infinity``, a key written twice, half of a surrogate pair, integers of more than 20 digits, deep
nesting, more than one document. Sizes are judged first, on a skeleton of brackets, so that a hostile
body costs milliseconds. Nearly every body is told to be well by a few passes over its bytes; one that is
not is read slowly, to say what is wrong with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isinf
from typing import Final, NoReturn

import msgspec

from parcours.errors import MalformedInput, Problem, TooLarge

MAX_NODES: Final = 60_000
"""Objects and arrays in one body; a full request of 500 resources holds about 30,000."""
MAX_DIGITS: Final = 20

_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"{}[]"))
_OPENING: Final = frozenset(b"{[")
_OPENING_OBJECT: Final = ord("{")
_ONE_DIGIT: Final = bytes.maketrans(b"123456789", b"000000000")
_TOO_LONG: Final = b"0" * (MAX_DIGITS + 1)
_ENTRIES_DEPTH: Final = 2  # Bundle > entry > here


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request: bytes, entries of the bundle, depth of nesting."""

    octets: int = 2 * 1024 * 1024
    entrees: int = 500
    profondeur: int = 50


def check_json(body: bytes, limits: Limits, where: str = "Bundle") -> None:
    """Raise ``TooLarge`` or ``MalformedInput`` unless ``body`` is one document in our strict form."""
    if len(body) > limits.octets:
        raise TooLarge([Problem(where, "too-long", f"le corps dépasse {limits.octets} octets")])
    text = _decoded(body, where)
    _check_shape(body, limits, where)
    if not _is_plain(body):
        _check_syntax(text, where)


def _decoded(body: bytes, where: str) -> str:
    if not body.strip():
        raise _refusal(where, "le corps est vide")
    if body.startswith(b"\xef\xbb\xbf"):
        raise _refusal(where, "le corps commence par une marque d'ordre des octets (BOM)")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise _refusal(where, "le corps n'est pas en UTF-8")


def _check_shape(body: bytes, limits: Limits, where: str) -> None:
    skeleton = _skeleton(body)
    fits = len(skeleton) <= 2 * MAX_NODES
    if fits and skeleton.count(b"{") <= limits.entrees and _is_shallow(skeleton, limits.profondeur):
        return
    entries = _entries(skeleton, limits, where)
    if entries > limits.entrees:
        raise TooLarge([Problem(f"{where}.entry", "too-long", f"plus de {limits.entrees} entrées")])
    if not fits:
        raise TooLarge([Problem(where, "too-long", f"plus de {MAX_NODES} éléments JSON")])


def is_shallow(document: bytes, levels: int) -> bool:
    """A quick yes: no more than so many objects and arrays stand one in the other."""
    return _is_shallow(_skeleton(document), levels)


def _skeleton(body: bytes) -> bytes:
    """The brackets outside of any string: quotes part them from strings, once escaped quotes are gone."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(body.split(b'"')[::2]).translate(None, _NOT_BRACKETS)


def _is_shallow(skeleton: bytes, levels: int) -> bool:
    # Each round takes away one level or two.
    for _ in range(levels // 2):
        skeleton = skeleton.replace(b"{}", b"").replace(b"[]", b"")
        if not skeleton:
            return True
    return False


def _entries(skeleton: bytes, limits: Limits, where: str) -> int:
    """Objects that stand where a bundle has its entries; stops at the first bound that is passed."""
    depth = entries = 0
    for bracket in skeleton:
        if bracket not in _OPENING:
            depth -= 1
            continue
        if depth == _ENTRIES_DEPTH and bracket == _OPENING_OBJECT:
            entries += 1
        depth += 1
        if depth > limits.profondeur:
            raise _refusal(where, f"plus de {limits.profondeur} niveaux d'imbrication")
        if entries > limits.entrees:
            break
    return entries


class _BrokenForm(ValueError):
    """A document ``json`` would take and we do not; the text is ours and holds no value."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _BrokenForm("une même clé est écrite deux fois dans un objet")
    return members


def _constant(_name: str) -> NoReturn:
    raise _BrokenForm("NaN et Infinity ne sont pas du JSON")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise _BrokenForm(f"un entier a plus de {MAX_DIGITS} chiffres")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise _BrokenForm("un nombre est trop grand")
    return number


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_constant, parse_int=_integer, parse_float=_number
)


def _is_plain(body: bytes) -> bool:
    """A quick yes: this is one document in our form.

    A key written twice is dropped by a reader, with the quotes around it: then fewer are written again than
    were read, unless some had been spelled ``\\u0022``.
    """
    if b"\\u0022" in body or _TOO_LONG in body.translate(_ONE_DIGIT):
        return False
    try:
        again = msgspec.json.encode(msgspec.json.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return again.count(b'"') == body.count(b'"')


def _check_syntax(text: str, where: str) -> None:
    reason = ""
    try:
        document = _DECODER.decode(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except _BrokenForm as error:
        reason = str(error)
    except json.JSONDecodeError as error:
        reason = f"JSON mal formé (ligne {error.lineno}, colonne {error.colno})"
    except UnicodeEncodeError:
        reason = "un caractère est la moitié d'une paire de substitution (surrogate)"
    except RecursionError:
        reason = "JSON trop imbriqué"
    if reason:  # outside the handler: the original error holds the text of the request
        raise _refusal(where, reason)


def _refusal(where: str, text: str) -> MalformedInput:
    return MalformedInput([Problem(where, "structure", text)])
