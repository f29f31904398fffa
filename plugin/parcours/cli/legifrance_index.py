"""An index of Légifrance: a JSON object, from a version or the number of an article to today's version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parcours.errors import MalformedInput, Problem
from parcours.law.citations import ARTICLE_ID

MOST = 20
"""Problems that are told of one index: whoever has more has another kind of file."""


def read_index(content: bytes) -> Mapping[str, str]:
    """What an index says. Raises ``MalformedInput``, with every problem up to ``MOST``."""
    pairs = _pairs(content)
    problems = [problem for name, value in pairs for problem in _problems(name, value)]
    index = dict(pairs)
    if len(index) < len(pairs):
        problems.append(Problem("", "structure", "une clé est écrite deux fois"))
    if problems:
        raise MalformedInput(problems[:MOST])
    return index


def _pairs(content: bytes) -> Sequence[tuple[str, Any]]:
    """The members of the object, in order, repeated ones included."""
    try:
        found = json.loads(content.decode(), object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, tuple):
        text = (
            "un objet JSON est attendu : identifiant ou numéro d’article → identifiant de la version actuelle"
        )
        raise MalformedInput([Problem("", "structure", text)])
    return found


def _problems(name: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, str) or not ARTICLE_ID.fullmatch(value):
        yield Problem(name, "value", "un identifiant LEGIARTI suivi de douze chiffres est attendu")
