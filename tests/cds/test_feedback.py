"""C18: what became of cards, read to be counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.cds.calls import Json
from tests.cds.conformance import feedback_defects
from tests.fhir.builders import encode

from parcours.cds.feedback import OTHER, read_feedback
from parcours.cds.reasons import SYSTEM
from parcours.errors import MalformedInput, TooLarge
from parcours.fhir.json_door import Limits

WHEN = "2026-02-17T10:05:31+01:00"
CARD, SUGGESTION = "4e0a3a1e-9187-45b0-8076-640c36da2a02", "e56e1945-20b3-4393-8503-a1a20fd73152"


def accepted(**changes: Any) -> Json:
    item = {
        "card": CARD,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": SUGGESTION}],
        "outcomeTimestamp": WHEN,
    }
    return without_nothing(item | changes)


def overridden(reason: Json | None = None, **changes: Any) -> Json:
    item = {"card": CARD, "outcome": "overridden", "overrideReason": reason, "outcomeTimestamp": WHEN}
    return without_nothing(item | changes)


def without_nothing(item: Json) -> Json:
    return {name: value for name, value in item.items() if value is not None}


def read(*items: Json) -> Any:
    return read_feedback(encode({"feedback": list(items)}), Limits())


def test_c18_an_accepted_suggestion_is_kept_by_its_name() -> None:
    (retour,) = read(accepted())
    assert (retour.card, retour.outcome, retour.suggestions) == (CARD, "accepted", (SUGGESTION,))
    assert retour.quand == dt.datetime(2026, 2, 17, 9, 5, 31, tzinfo=dt.UTC)


REASONS = [
    ({"reason": {"system": SYSTEM, "code": "refus-patient"}}, "refus-patient", False),
    ({"reason": {"code": "plus-tard"}, "userComment": "DUPONT"}, "plus-tard", True),
    ({"reason": {"system": "https://autre.example", "code": "refus-patient"}}, OTHER, False),
    ({"reason": {"system": SYSTEM, "code": "inconnu"}}, OTHER, False),
    ({"userComment": "M. DUPONT ne veut pas"}, OTHER, True),
    (None, None, False),
]


@pytest.mark.parametrize(("given", "reason", "commented"), REASONS)
def test_c18_the_reason_is_kept_and_the_comment_is_not(
    given: Json | None, reason: str, commented: bool
) -> None:
    (retour,) = read(overridden(given))
    assert (retour.reason, retour.commente) == (reason, commented)
    assert "DUPONT" not in repr(retour)


def test_c18_lists_repeats_and_several_cards_are_taken() -> None:
    other = accepted(card="00000000-0000-4000-8000-000000000000")
    assert len(read(accepted(), accepted(), other, overridden())) == 4


BROKEN: list[tuple[Any, str]] = [
    ({}, "feedback"),
    ({"feedback": []}, "feedback"),
    ({"feedback": accepted()}, "feedback"),
    ({"feedback": [accepted(card="")]}, "feedback[0].card"),
    ({"feedback": [accepted(card="DUPONT 1950")]}, "feedback[0].card"),
    ({"feedback": [accepted(outcomeTimestamp="0001-01-01T00:00:00+14:00")]}, "feedback[0].outcomeTimestamp"),
    ({"feedback": [accepted(outcomeTimestamp="9999-12-31T23:59:59-14:00")]}, "feedback[0].outcomeTimestamp"),
    ({"feedback": [accepted(), accepted(outcome="ignored")]}, "feedback[1].outcome"),
    ({"feedback": [accepted(acceptedSuggestions=None)]}, "feedback[0].acceptedSuggestions"),
    ({"feedback": [accepted(acceptedSuggestions=[])]}, "feedback[0].acceptedSuggestions"),
    ({"feedback": [accepted(acceptedSuggestions=[{"id": "x" * 65}])]}, "feedback[0].acceptedSuggestions"),
    ({"feedback": [overridden({})]}, "feedback[0].overrideReason"),
    ({"feedback": [accepted(outcomeTimestamp="2026-02-17T10:05:31")]}, "feedback[0].outcomeTimestamp"),
    ({"feedback": [accepted(outcomeTimestamp="hier")]}, "feedback"),
    ({"feedback": [accepted(outcomeTimestamp=None)]}, "feedback"),
]


@pytest.mark.parametrize(("body", "where"), BROKEN)
def test_c18_a_broken_feedback_is_refused_where_it_breaks(body: Any, where: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        read_feedback(encode(body), Limits())
    assert refusal.value.problems[0].expression == where


def test_c18_too_many_cards_are_refused_by_their_name() -> None:
    with pytest.raises(TooLarge) as refusal:
        read(*(overridden() for _ in range(501)))
    assert refusal.value.problems[0].expression == "feedback"


def test_c18_the_assertions_of_the_standard_find_what_is_broken() -> None:
    assert feedback_defects({"feedback": [accepted(), overridden({"userComment": "x"})]}) == []
    assert feedback_defects({"feedback": [accepted(acceptedSuggestions=None)]}) == ["cds-fb-1"]
    assert feedback_defects({"feedback": [overridden({})]}) == ["cds-fb-2"]
    assert feedback_defects({"feedback": [accepted(outcome="ignored")]}) == ["cds-fb-3"]
