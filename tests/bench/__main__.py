"""``make bench``: what an answer costs beside what Flask and the library cost, into ``docs/performance.md``.

Ratios are the result; absolute figures hold for the machine of the day. Nothing but loopback is asked, and
every part ends by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import statistics
import sys
from pathlib import Path

import click
from tests.bench import machine, many, page, parts
from tests.bench.served import Target, compared
from tests.bench.start import to_first_answer
from tests.bench.stream import visits

PAGE = Path(__file__).resolve().parents[2] / "docs/performance.md"
VISITS = 400
SEED = 9
ECHO = ("tests.bench.echo", "{port}", "{workers}")
OURS = ("parcours", "serve", "--port", "{port}", "--workers", "{workers}")
EVALUATE = "/fhir/$evaluate-parcours"
TARGETS = (
    Target("octets", ECHO, "/octets"),
    Target("json", ECHO, "/json"),
    Target("orjson", ECHO, "/orjson"),
    Target("service", OURS, EVALUATE),
    Target("service, library judges all", OURS, EVALUATE, {"PARCOURS_GATE_SAMPLE": "1"}),
)
"""The last is the strict mode: each resource is judged by ``fhir.resources`` as well."""


def main() -> int:
    """Measure, write the page, and say on stderr what is going on."""
    parser = argparse.ArgumentParser(description="What things cost.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--lines", type=int, default=20_000, help="visits of the batch")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        click.echo("wrk is not installed (on Debian: apt install wrk)", err=True)
        return 1
    PAGE.write_text(measured(asked.rounds, asked.seconds, asked.lines), encoding="utf-8")
    return 0


def measured(rounds: int, seconds: int, lines: int) -> str:
    """The page, with every figure of this run."""
    bodies = list(visits(VISITS, SEED))
    load = machine.load()
    say("the parts of an answer")
    costs, decisions = parts.costs(bodies), parts.decisions(bodies)
    say("start")
    start = statistics.median(to_first_answer(bodies[0]) for _ in range(3))
    say("requests, 16 connections")
    served = compared(TARGETS, bodies, rounds=rounds, seconds=seconds, connections=16)
    say("requests, 2 connections")
    quiet = compared(TARGETS, bodies, rounds=2, seconds=seconds, connections=2)
    say(f"batch of {lines} visits")
    batch = many.measured(lines, SEED)
    return page.written(
        page.Figures(
            day=dt.datetime.now(dt.UTC).date(),
            machine=machine.described(),
            load=load,
            octets=sum(map(len, bodies)) // len(bodies),
            costs=costs,
            decisions=decisions,
            shares=parts.shares(bodies),
            start_s=start,
            served=served,
            quiet=quiet,
            batch=batch,
        )
    )


def say(text: str) -> None:
    """What is being measured."""
    click.echo(f"bench: {text}", err=True)


if __name__ == "__main__":
    sys.exit(main())
