"""What a client may do here: SMART system scopes, taken apart into single rights.

A right is a scope with one letter, ``system/Task.u``; only those that mean something here exist. FHIR
operations need the right to create, or to move on, what they answer with (docs/access.md has the table).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from parcours.fhir.systems import BASE

Rights = frozenset[str]

OPERATIONS: Final = f"{BASE}/scope/exploitation"
"""Reading how the service does. An address, as SMART asks of a scope that it does not define."""

_LETTERS: Final = {
    "Binary": "r",
    "ClaimResponse": "c",
    "DocumentReference": "rs",
    "QuestionnaireResponse": "rs",
    "Task": "crus",
}
EVERYTHING: Final[Rights] = frozenset(
    f"system/{kind}.{letter}" for kind, letters in _LETTERS.items() for letter in letters
)
"""Every right on the data of a practice."""
_ALL: Final = EVERYTHING | {OPERATIONS}

WHOLE: Final = "system/*.cruds"
"""What a client may do when its row of the clients file says nothing."""
SUPPORTED: Final = (
    WHOLE,
    *(f"system/{kind}.{letters}" for kind, letters in _LETTERS.items()),
    OPERATIONS,
)
"""What is published in ``scopes_supported``."""

_SYSTEM: Final = re.compile(r"system/(\*|[A-Z][A-Za-z]+)\.(c?r?u?d?s?)", re.ASCII)


def rights(scope: str) -> Rights:
    """The rights that one scope names; none for a scope that means nothing here."""
    if scope == OPERATIONS:
        return frozenset((OPERATIONS,))
    named = _SYSTEM.fullmatch(scope)
    kind, letters = named.groups() if named else ("", "")
    wanted = {f"system/{one}.{letter}" for one in _kinds(kind) for letter in letters}
    return _ALL & wanted


def rights_of(scopes: str) -> Rights:
    """The rights that a list of scopes names together."""
    return frozenset().union(*map(rights, scopes.split()))


def granted(asked: str, allowed: Rights) -> str:
    """The scopes that are granted of those that are asked for: each as it was written when all of it may be
    had, else what may be had of it. Nothing at all is an empty text."""
    words = dict.fromkeys(word for scope in asked.split() for word in _granted(scope, allowed))
    return " ".join(words)


def _granted(scope: str, allowed: Rights) -> Iterable[str]:
    wanted = rights(scope)
    if wanted and wanted <= allowed:
        return (scope,)
    return sorted(wanted & allowed)


def _kinds(kind: str) -> Iterable[str]:
    return _LETTERS if kind == "*" else (kind,)
