"""The page of the comparison: tables of the figures, in the words of ``page.md``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.bench.peers.engines import CQL, ENGINES, FHIRPATH, JSON_RULES, OPENFISCA, ZEN, Engine
from tests.bench.peers.installing import versions
from tests.bench.peers.judging import MANY
from tests.bench.peers.serving import CONNECTIONS
from tests.bench.peers.serving import OURS as OUR_SERVER
from tests.bench.served import WORKERS, Measured

TEXT = Template(Path(__file__).with_suffix(".md").read_text(encoding="utf-8"))
TEN, LAW, DECISION = "ten rules, from facts", "whole law, from facts", "whole decision, from facts"
TEN_READ, DECISION_READ = "ten rules, from a Bundle", "whole decision, from a Bundle"
OURS = {
    TEN: "position and code by the ten rules",
    LAW: "position and code by every rule of the law",
    DECISION: "the same with grounds, effects, missing facts, alternatives, warnings and euros",
    TEN_READ: "reading, then position and code by the ten rules",
    DECISION_READ: "reading, then the whole decision",
}
"""Our figures, in words."""
DECIDED = ((CQL, TEN_READ, 300), (FHIRPATH, TEN_READ, 15), (ZEN, TEN, 15), (JSON_RULES, TEN, 3))
"""Beside whom, which figure of ours, how many times faster it should be."""
SERVICE = OUR_SERVER.name
SERVED = ((OPENFISCA, 3), (CQL, 10))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All that one run measured. ``costs``: microseconds a visit; ``octets``: bytes of the average Bundle."""

    day: dt.date
    machine: Sequence[str]
    load: float
    visits: int
    octets: int
    answers: Mapping[str, int]
    costs: Mapping[str, float]
    served: Mapping[str, Measured]
    absent: Sequence[Engine]


def written(figures: Figures, scaling: str) -> str:
    """The page, in Markdown, with the section that ``tests.bench.scaling`` wrote."""
    return TEXT.substitute(
        day=f"{figures.day:%d/%m/%Y}",
        load=f"{figures.load:.1f}",
        machine="\n".join(f"- {line}" for line in (*figures.machine, *_packages())),
        visits=f"{figures.visits:,}",
        octets=f"{figures.octets:,}",
        answers=", ".join(f"{answer} {count}" for answer, count in sorted(figures.answers.items())),
        absent="".join(
            f"\n**{engine.name} could not be installed here: not measured.**\n" for engine in figures.absent
        ),
        targets=_table(("what", "reached", "target", ""), goals(figures)),
        from_bundle=_costs(figures, (TEN_READ, DECISION_READ), [e for e in ENGINES if e.reads_fhir]),
        from_facts=_costs(
            figures, (TEN, LAW, DECISION), [e for e in ENGINES if not (e.reads_fhir or e.columns)]
        ),
        many=f"{MANY:,}",
        in_columns=_costs(figures, (TEN,), [e for e in ENGINES if e.columns]),
        connections=str(CONNECTIONS),
        workers=str(WORKERS),
        over_http=_http(figures),
        scaling=scaling,
    )


def _packages() -> Iterator[str]:
    for folder in dict.fromkeys(engine.folder for engine in ENGINES):
        yield ", ".join(f"{name} {version}" for name, version in versions(folder).items())


def goals(figures: Figures) -> Iterator[tuple[str, ...]]:
    """The targets that concern other engines, one that could not be measured included."""
    for engine, ours, wanted in DECIDED:
        cost = figures.costs.get(engine.name)
        ratio = None if cost is None else cost / figures.costs[ours]
        yield _goal(f"decision, {ours}, beside {engine.name}", ratio, wanted)
    for engine, wanted in SERVED:
        measured = figures.served.get(engine.name)
        ratio = None if measured is None else figures.served[SERVICE].rate / measured.rate
        yield _goal(f"HTTP, the whole answer, beside a server of {engine.name}", ratio, wanted)


def _goal(what: str, ratio: float | None, wanted: float) -> tuple[str, ...]:
    target = f"≥ {wanted:g} times"
    if ratio is None:
        return what, "", target, "**not measured**"
    short = f"**not met**: {_times(wanted / ratio)} times short"
    return what, f"{_times(ratio)} times", target, "met" if ratio >= wanted else short


def _costs(figures: Figures, ours: Sequence[str], engines: Sequence[Engine]) -> str:
    """Ours first, then the others beside the first of ours; then who is faster, in so many words."""
    base = figures.costs[ours[0]]
    lines = [(f"**ours**, {name}", OURS[name], *_cost(figures, name, base)) for name in ours]
    lines += [(engine.name, engine.told, *_cost(figures, engine.name, base)) for engine in engines]
    faster = [engine.name for engine in engines if figures.costs.get(engine.name, base) < base]
    return _table(("engine", "what it does", "µs a visit", "it / ours"), lines) + _said(faster)


def _cost(figures: Figures, name: str, base: float) -> tuple[str, str]:
    cost = figures.costs.get(name)
    return ("not measured", "") if cost is None else (f"{cost:,.2f}", _times(cost / base))


def _http(figures: Figures) -> str:
    ours = figures.served[SERVICE].rate
    faster = [name for name, measured in figures.served.items() if measured.rate > ours]
    head = ("server", "requests/s", "p50 ms", "p99 ms", "ours / it")
    return _table(head, _servers(figures, ours)) + _said(faster)


def _servers(figures: Figures, ours: float) -> Iterator[tuple[str, ...]]:
    for name, measured in figures.served.items():
        times = "1" if name == SERVICE else _times(ours / measured.rate)
        yield name, f"{measured.rate:,.0f}", f"{measured.p50:.1f}", f"{measured.p99:.1f}", times


def _said(faster: Sequence[str]) -> str:
    """Who is faster, in so many words, after a table."""
    verdict = f"Faster than ours: {'; '.join(faster)}." if faster else "None is faster than ours."
    return f"\n\n{verdict}"


def _times(ratio: float) -> str:
    """Three figures: ratios go from thousandths to thousands."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
