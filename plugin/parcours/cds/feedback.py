"""What became of the cards: read to be counted. The free comment may hold a patient, and is not kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from msgspec import Struct

from parcours.cds.reasons import REASONS, SYSTEM
from parcours.errors import MalformedInput, Problem, TooLarge
from parcours.fhir.json_door import Limits, check_json

ACCEPTED, OVERRIDDEN = "accepted", "overridden"
OTHER: Final = "autre"
"""A reason of another system, or only a comment: what it says is not kept."""
_LONGEST: Final = 64
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_DAYS: Final = (dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC))
"""Far from both ends of the calendar, where a moment of another zone has no equal in ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retour:
    """What one doctor did of one card, and when. ``commente``: he left a comment, which is not read."""

    card: str
    outcome: str
    reason: str | None
    suggestions: tuple[str, ...]
    quand: dt.datetime
    commente: bool


class _Coding(Struct, frozen=True):
    code: str = ""
    system: str = ""


class _Override(Struct, frozen=True, rename="camel"):
    reason: _Coding | None = None
    user_comment: str | None = None


class _Suggestion(Struct, frozen=True):
    id: str


class _Feedback(Struct, frozen=True, rename="camel"):
    card: str
    outcome: str
    outcome_timestamp: dt.datetime
    accepted_suggestions: tuple[_Suggestion, ...] | None = None
    override_reason: _Override | None = None


class _Body(Struct, frozen=True):
    feedback: tuple[_Feedback, ...]


def read_feedback(body: bytes, limits: Limits) -> tuple[Retour, ...]:
    """Read a feedback. Raises ``MalformedInput`` or ``TooLarge``. Cards nobody knows are no error."""
    _check(body, limits)
    try:
        items: Sequence[_Feedback] = msgspec.json.decode(body, type=_Body).feedback
    except msgspec.ValidationError:
        items = ()
    problems = [
        problem for index, item in enumerate(items) for problem in _problems(item, f"feedback[{index}]")
    ]
    if not items:
        text = "une liste feedback est attendue, dont chaque élément dit card, outcome et outcomeTimestamp"
        problems = [Problem("feedback", "structure", text)]
    if problems:
        raise MalformedInput(problems)
    return tuple(_retour(item) for item in items)


def _check(body: bytes, limits: Limits) -> None:
    try:
        return check_json(body, limits, "")
    except TooLarge as error:
        problems = [replace(problem, expression="feedback") for problem in error.problems]
    raise TooLarge(problems)


def _problems(item: _Feedback, where: str) -> Iterator[Problem]:
    if not _UUID.fullmatch(item.card):
        yield Problem(f"{where}.card", "value", "le uuid d’une carte est attendu")
    if item.outcome not in (ACCEPTED, OVERRIDDEN):
        yield Problem(f"{where}.outcome", "code-invalid", "accepted ou overridden est attendu")
    if item.outcome == ACCEPTED and not item.accepted_suggestions:
        yield Problem(f"{where}.acceptedSuggestions", "required", "exigé quand outcome est accepted")
    if any(len(s.id) > _LONGEST for s in item.accepted_suggestions or ()):
        yield Problem(f"{where}.acceptedSuggestions", "value", "le uuid d’une suggestion est attendu")
    override = item.override_reason
    if override is not None and override.reason is None and override.user_comment is None:
        yield Problem(f"{where}.overrideReason", "required", "reason ou userComment est exigé")
    if item.outcome_timestamp.tzinfo is None:
        yield Problem(f"{where}.outcomeTimestamp", "value", "un fuseau est exigé")
    elif not _DAYS[0] < item.outcome_timestamp < _DAYS[1]:
        yield Problem(f"{where}.outcomeTimestamp", "value", "ce moment est hors du calendrier")


def _retour(item: _Feedback) -> Retour:
    accepted = item.outcome == ACCEPTED
    return Retour(
        card=item.card,
        outcome=item.outcome,
        reason=None if accepted else _reason(item.override_reason),
        suggestions=tuple(s.id for s in item.accepted_suggestions or ()) if accepted else (),
        quand=item.outcome_timestamp.astimezone(dt.UTC),
        commente=bool(item.override_reason and item.override_reason.user_comment),
    )


def _reason(override: _Override | None) -> str | None:
    if override is None:
        return None
    coding = override.reason
    known = coding is not None and coding.system in ("", SYSTEM) and coding.code in REASONS
    return coding.code if coding is not None and known else OTHER
