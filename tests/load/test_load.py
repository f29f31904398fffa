"""The scenarios of ``make load``, short and few: nothing lost and nothing wrong, however slow the machine."""

from __future__ import annotations

import pytest
from tests.load.driving import Answer, Results, many_files
from tests.load.scenarios import Options, idle, neighbours, overload, right

SHORT = Options(seconds=2, knee=60)


@pytest.fixture(autouse=True)
def _files() -> None:
    many_files()


def test_l003_past_the_knee_there_are_answers_and_refusals_that_say_when_to_come_back() -> None:
    outcome = overload(SHORT)
    assert outcome.sound, outcome.told


def test_l004_a_thousand_idle_connections_are_in_nobody_s_way() -> None:
    outcome = idle(SHORT)
    assert outcome.sound, outcome.told


def test_l013_a_practice_that_asks_too_much_is_refused_and_the_other_is_not() -> None:
    outcome = neighbours(SHORT)
    assert outcome.sound, outcome.told


def test_what_was_not_answered_is_lost_and_what_should_not_be_said_is_wrong() -> None:
    results = Results()
    for answer in (
        Answer(200, b"", b'{"resourceType":"ClaimResponse"}'),
        Answer(200, b"", b"{"),
        Answer(503, b"HTTP/1.1 503 x\r\nRetry-After: 1\r\n", b""),
        Answer(503, b"HTTP/1.1 503 x\r\n", b""),
        Answer(0, b"", b"ConnectionResetError"),
    ):
        results.note(0.0, answer, right(answer))
    assert (results.tries, results.failures, results.lost, results.wrong) == (5, 3, 1, 3)
