"""Processes that die take nothing with them, and answers come out in order."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.bulk import deadly

from parcours.bulk.crew import AHEAD, Crew
from parcours.bulk.cutting import Chunk, Range, cut
from parcours.bulk.refusals import InputUnreadable, WorkersLost
from parcours.bulk.worker import Answers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _workers_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def chunks(lines: Iterable[bytes], size: int = 20) -> list[Chunk]:
    return list(cut(io.BytesIO(b"".join(line + b"\n" for line in lines)), 1000, lambda: 0, size=size))


def answered(found: Iterable[Answers]) -> list[bytes]:
    return b"".join(answers.text for answers in found).split(b"\n")[:-1]


def echoed(lines: Iterable[bytes]) -> list[bytes]:
    return [b"%d:%s" % pair for pair in enumerate(lines, start=1)]


LINES = [b"line-%d" % n for n in range(200)]


def test_answers_come_out_in_order_and_no_more_chunks_are_taken_in_than_memory_holds() -> None:
    taken, most = [], 0

    def counted() -> Iterator[Chunk]:
        for chunk in chunks(LINES):
            taken.append(chunk)
            yield chunk

    given = []
    with Crew(2, deadly.echo) as workers:
        for answers in workers.answers(counted()):
            given.append(answers)
            most = max(most, len(taken) - len(given))
    assert answered(given) == echoed(LINES)
    assert most <= 2 * AHEAD


def test_a_killed_process_is_replaced_and_its_chunk_done_again() -> None:
    with Crew(2, deadly.echo) as workers:
        found = workers.answers(chunks(LINES))
        first = [next(found)]
        before = workers.pids
        os.kill(before[0], signal.SIGKILL)
        rest = list(found)
        assert set(before) - set(workers.pids) == {before[0]}
    assert answered([*first, *rest]) == echoed(LINES)
    assert workers.deaths == 1


def test_a_line_that_kills_once_is_answered_the_second_time(tmp_path: Path) -> None:
    lines = [b"a", b"kill-once %s" % str(tmp_path / "done").encode(), b"b"]
    with Crew(1, deadly.echo) as workers:
        assert answered(workers.answers(chunks(lines, size=1000))) == echoed(lines)
    assert workers.deaths == 1


def test_a_line_that_kills_twice_becomes_an_outcome_and_its_neighbours_are_answered() -> None:
    lines = [b"a", b"kill", b"b", b"c"]
    with Crew(2, deadly.echo) as workers:
        (answers,) = workers.answers(chunks(lines, size=1000))
    said = answered([answers])
    assert [said[0], *said[2:]] == [b"1:a", b"3:b", b"4:c"]
    assert json.loads(said[1])["issue"][0]["diagnostics"] == "ligne 2"
    assert (workers.deaths, answers.refused) == (2, 1)


def test_processes_that_never_start_are_not_replaced_for_ever() -> None:
    with Crew(1, deadly.stillborn) as workers, pytest.raises(WorkersLost):
        list(workers.answers(chunks(LINES)))


def test_an_input_that_goes_away_is_told(tmp_path: Path) -> None:
    gone = Chunk(0, 1, 1, Range(tmp_path / "gone", 0, 10), 0, "")
    with Crew(1, deadly.echo) as workers, pytest.raises(InputUnreadable):
        list(workers.answers([gone]))


def test_nobody_is_left_when_the_crew_is_dismissed() -> None:
    with Crew(2, deadly.echo) as workers:
        pids = workers.pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_ctrl_c_is_heard_again_once_a_process_was_started() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Crew(1, deadly.echo):
        assert signal.getsignal(signal.SIGINT) is before
