"""How the rate holds: with more visits, with more processes, with larger Bundles. Pictures and a section.

``python -m tests.bench.scaling``: ``docs/images/scaling-*.svg`` and a section of ``docs/peers.md``.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.bench.parts import MOMENT
from tests.bench.peers.curves import Curve, Point, drawn
from tests.bench.timing import interleaved
from tests.bulk.visits import lines, templates

from parcours.engine import decide
from parcours.fhir.reading import read_request
from parcours.fhir.writing import answer_bundle, to_json
from parcours.law import droit

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "peers.md"
SEED = 9
ENTRIES = (5, 50, 500)
FRESH = 5_000
"""Resources of a chart before the same comes again: more than the service remembers having examined."""
MOST = 12
"""Ten times the entries may take so many times as long (L-007)."""
_SECTION = re.compile(r"<!-- scaling -->\n.*?<!-- /scaling -->\n", re.DOTALL)
_EMPTY = "<!-- scaling -->\n<!-- /scaling -->\n"
_PATIENT = {"reference": "Patient/patient"}
CHART = (
    {"resourceType": "Observation", "status": "final", "code": {"text": "pouls"}, "subject": _PATIENT},
    {"resourceType": "Condition", "subject": _PATIENT, "code": {"text": "hypertension"}},
    {"resourceType": "ServiceRequest", "status": "completed", "intent": "order", "subject": _PATIENT},
    {"resourceType": "Procedure", "status": "completed", "subject": _PATIENT},
)
"""What a chart holds beside a visit: read, held to FHIR, and without effect on the answer."""


@dataclass(frozen=True)
class Scales:
    """Visits a second by visits and by processes; milliseconds an answer by entries of its Bundle."""

    records: Mapping[int, float]
    workers: Mapping[int, float]
    entries: Mapping[int, float]


def main() -> None:
    """Measure, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few visits: does it all run?")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where the pages and the pictures are")
    asked = parser.parse_args()
    counts = (50, 100, 200) if asked.quick else (1_000, 10_000, 100_000)
    found = Scales(*batches(counts), bundles())
    for name, curve in curves(found).items():
        (asked.docs / f"images/scaling-{name}.svg").write_text(drawn(curve), encoding="utf-8")
    page = asked.docs / "peers.md"
    page.write_text(_SECTION.sub(lambda _: told(found), page.read_text(encoding="utf-8")), encoding="utf-8")


def section(page: Path) -> str:
    """The section as it was last written on a page; empty for a page that has none."""
    found = _SECTION.search(page.read_text(encoding="utf-8")) if page.exists() else None
    return found[0] if found else _EMPTY


def batches(counts: Sequence[int]) -> tuple[dict[int, float], dict[int, float]]:
    """Visits a second of ``parcours batch``: by visits, on two processes, and by processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = {count: _rate(folder, count, workers=2) for count in counts}
        return records, {1: _rate(folder, counts[1], workers=1), 2: records[counts[1]]}


def _rate(folder: Path, count: int, *, workers: int) -> float:
    source, out = folder / "in.ndjson", folder / f"out-{count}-{workers}.ndjson"
    with source.open("wb") as file:
        file.writelines(lines(count, SEED))
    command = [sys.executable, "-m", "parcours", "batch", str(source), "-o", str(out)]
    command += ["--workers", str(workers)]
    start = time.perf_counter()
    done = subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    spent = time.perf_counter() - start
    if done.returncode not in (0, 3):  # 3: some lines were refused, and said to be
        raise RuntimeError(f"parcours batch ended with {done.returncode}")
    return count / spent


def bundles() -> dict[int, float]:
    """Milliseconds an answer, validity included, by entries."""
    visit = json.loads(templates()[0][0])
    costs = interleaved({str(count): partial(_answered, cycle(_padded(visit, count))) for count in ENTRIES})
    return {int(name): cost / 1000 for name, cost in costs.items()}


def _answered(bodies: Iterator[bytes]) -> bytes:
    """From the bytes of the next request to those of its answer."""
    lecture = read_request(next(bodies))
    return to_json(answer_bundle(decide(lecture.visite, droit()), lecture, MOMENT))


def _padded(visit: dict[str, Any], count: int) -> list[bytes]:
    """The same visit in Bundles of so many entries, each with another chart in the room that is left."""
    entries = visit["entry"][:count]
    numbered = zip(range(FRESH), cycle(CHART), strict=False)
    chart = [{"resource": {**resource, "id": f"c{number}"}} for number, resource in numbered]
    room = count - len(entries)
    cuts = range(0, FRESH - room + 1, room) if room else range(1)
    return [json.dumps({**visit, "entry": entries + chart[cut : cut + room]}).encode() for cut in cuts]


def curves(found: Scales) -> dict[str, Curve]:
    """The three pictures, by name."""
    return {
        "records": Curve(
            "Visits a second, by number of visits", "visits, 2 processes", _rates(found.records)
        ),
        "workers": Curve("Visits a second, by number of processes", "processes", _rates(found.workers)),
        "entries": Curve(
            "Milliseconds an answer, by size of the Bundle",
            "entries",
            [Point(count, cost, str(count), f"{cost:.1f}") for count, cost in found.entries.items()],
            powers=True,
        ),
    }


def _rates(rates: Mapping[int, float]) -> list[Point]:
    return [Point(count, rate, f"{count:,}", f"{rate:,.0f}") for count, rate in rates.items()]


def told(found: Scales) -> str:
    """The section, between its marks."""
    return "\n".join(["<!-- scaling -->", *_told(found), "<!-- /scaling -->", ""])


def _told(found: Scales) -> Iterator[str]:
    small, large = found.entries[ENTRIES[1]], found.entries[ENTRIES[2]]
    ratio, doubled = large / small, found.workers[2] / found.workers[1]
    yield "## More visits, more processes, larger Bundles"
    yield ""
    yield "Visits a second are those of `parcours batch --validate full`, its start included. An answer is"
    yield "one visit from bytes to bytes, validity included, in a Bundle filled with the rest of a chart,"
    yield "another one each time."
    yield ""
    for name, curve in curves(found).items():
        values = ", ".join(f"{point.label}: {point.told}" for point in curve.points)
        yield f"![{curve.title} ({curve.axis}): {values}](images/scaling-{name}.svg)"
        yield ""
    verdict = "met" if ratio <= MOST else "**not met**"
    yield f"Two processes do {doubled:.2f} times the work of one. {ENTRIES[2]} entries take {ratio:.1f} times"
    yield f"as long as {ENTRIES[1]}, at most {MOST} wanted: {verdict}; {large / ENTRIES[2]:.2f} ms an entry."


if __name__ == "__main__":
    main()
