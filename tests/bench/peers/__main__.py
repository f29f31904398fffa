"""``make bench-peers``: our rules in other engines, their answers, then their speed, into ``docs/peers.md``.

Installs each engine from its manifest, asks nothing but loopback after that, and ends by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from tests.bench import machine, scaling
from tests.bench.peers import ours, page
from tests.bench.peers.asking import Different, compared
from tests.bench.peers.engines import ENGINES, ROOT, Engine, node_version
from tests.bench.peers.installing import install
from tests.bench.peers.judging import Each, Judge
from tests.bench.peers.serving import served
from tests.bench.peers.visits import Visit, visits

from parcours.law import droit

PAGE = ROOT / "docs/peers.md"


@dataclass(frozen=True)
class Effort:
    """How much is measured: visits, rounds in process and their seconds, the same over HTTP."""

    visits: int
    rounds: int
    seconds: float
    http_rounds: int
    http_seconds: int


FULL = Effort(visits=2000, rounds=9, seconds=0.5, http_rounds=3, http_seconds=2)
QUICK = Effort(visits=200, rounds=2, seconds=0.1, http_rounds=1, http_seconds=1)


def main() -> int:
    """Measure, write the page, and say on stderr what is going on."""
    parser = argparse.ArgumentParser(description="Our rules in other engines.")
    parser.add_argument("--quick", action="store_true", help="few visits and short rounds: does it all run?")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        click.echo("wrk is not installed (on Debian: apt install wrk)", err=True)
        return 1
    try:
        figures = measured(QUICK if asked.quick else FULL)
    except Different as difference:
        click.echo(f"peers: {difference}", err=True)
        return 1
    asked.page.write_text(page.written(figures, scaling.section(asked.page)), encoding="utf-8")
    return 0


def measured(effort: Effort) -> page.Figures:
    """Every figure of this run. Raises ``Different`` when an engine does not answer as we do."""
    load, drawn, engines = machine.load(), list(visits(effort.visits)), _installed()
    judges, expected = _ours(drawn)
    say("answers, then rounds")
    costs = _costs(judges, engines, expected, drawn, effort)
    say("requests")
    servers = [engine for engine in engines if engine.served]
    over_http = served(servers, drawn, expected, rounds=effort.http_rounds, seconds=effort.http_seconds)
    return page.Figures(
        day=dt.datetime.now(dt.UTC).date(),
        machine=[*machine.described(), node_version()],
        load=load,
        visits=len(drawn),
        octets=sum(len(visit.bundle) for visit in drawn) // len(drawn),
        answers=Counter(expected),
        costs=costs,
        served=over_http,
        absent=[engine for engine in ENGINES if engine not in engines],
    )


def _installed() -> list[Engine]:
    found = []
    for engine in ENGINES:
        say(f"installing {engine.name}")
        if install(engine):
            found.append(engine)
        else:
            say(f"{engine.name} could not be installed: the page will say so")
    return found


def _ours(drawn: Sequence[Visit]) -> tuple[dict[str, Judge], list[str]]:
    """Our ways of answering, and what all engines are to answer."""
    ten, law = ours.ten_rules(), droit()
    facts = [ours.facts(visit.bundle) for visit in drawn]
    bodies = [visit.bundle for visit in drawn]
    judges: dict[str, Judge] = {
        page.TEN: Each(facts, lambda visite: ours.verdict(visite, ten)),
        page.LAW: Each(facts, lambda visite: ours.verdict(visite, law)),
        page.DECISION: Each(facts, ours.decision),
        page.TEN_READ: Each(bodies, lambda body: ours.verdict(ours.facts(body), ten)),
        page.DECISION_READ: Each(bodies, lambda body: ours.decision(ours.facts(body))),
    }
    return judges, judges[page.TEN].answers()


def _costs(
    judges: dict[str, Judge],
    engines: Sequence[Engine],
    expected: list[str],
    drawn: Sequence[Visit],
    effort: Effort,
) -> dict[str, float]:
    told = [json.dumps(visit.row) for visit in drawn]
    with tempfile.TemporaryDirectory() as folder:
        bundles, rows = Path(folder, "bundles.ndjson"), Path(folder, "rows.ndjson")
        bundles.write_bytes(b"\n".join(visit.bundle for visit in drawn))
        rows.write_text("\n".join(told), encoding="utf-8")
        files = {engine: bundles if engine.reads_fhir else rows for engine in engines}
        return compared(judges, files, expected, told, rounds=effort.rounds, seconds=effort.seconds)


def say(text: str) -> None:
    """What is being done."""
    click.echo(f"peers: {text}", err=True)


if __name__ == "__main__":
    sys.exit(main())
