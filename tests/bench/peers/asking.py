"""Engines in processes of their own: are their answers ours, and how long does each take?"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.bench.peers.engines import ROOT, Engine
from tests.bench.peers.judging import Judge, microseconds


class Different(Exception):
    """An engine that does not answer as we do: what follows would compare different things."""


class Here:
    """An engine of this process."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def answers(self) -> list[str]:
        """Its answer on each visit."""
        return self._judge.answers()

    def microseconds(self, seconds: float) -> float:
        """Microseconds a visit, over a round of so many seconds."""
        return microseconds(self._judge, seconds)


class Asked:
    """An engine of another process. Raises ``RuntimeError`` when it ends before it answers."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self._name, self._process = name, process

    def answers(self) -> list[str]:
        """Its answer on each visit."""
        found: list[str] = self._ask("answers")
        return found

    def microseconds(self, seconds: float) -> float:
        """Microseconds a visit, over a round of so many seconds."""
        return float(self._ask(f"round {seconds}"))

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._name} ended")
        return json.loads(answer)


@contextmanager
def running(engine: Engine, visits: Path) -> Iterator[Asked]:
    """An engine started on a file of visits, and ended."""
    command, pipe = engine.worker(visits), subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        try:
            yield Asked(engine.name, process)
        finally:
            process.terminate()


def compared(
    ours: Mapping[str, Judge],
    engines: Mapping[Engine, Path],
    expected: Sequence[str],
    visits: Sequence[str],
    *,
    rounds: int,
    seconds: float,
) -> dict[str, float]:
    """Microseconds a visit of each, the median of rounds taken in turn. Raises ``Different``."""
    with ExitStack() as stack:
        asked: dict[str, Here | Asked] = {name: Here(judge) for name, judge in ours.items()}
        for engine, file in engines.items():
            asked[engine.name] = stack.enter_context(running(engine, file))
        for name, one in asked.items():
            same(name, one.answers(), expected, visits)
        found: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(rounds):
            for name, one in asked.items():
                found[name].append(one.microseconds(seconds))
    return {name: statistics.median(each) for name, each in found.items()}


def same(name: str, answers: Sequence[str], expected: Sequence[str], visits: Sequence[str]) -> None:
    """Raises ``Different``, which shows the first visit on which the answer is another."""
    if len(answers) != len(expected):
        raise Different(f"{name}: {len(answers)} answers on {len(expected)} visits")
    for number, (answer, ours) in enumerate(zip(answers, expected, strict=True)):
        if answer != ours:
            raise Different(f"{name}, visit {number}: {answer!r}, ours {ours!r}\n{visits[number]}")
