"""What the parts of one answer cost, in this process, one thread, on the visits of a practice."""

from __future__ import annotations

import cProfile
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count, cycle, repeat

import msgspec
from tests.bench.timing import interleaved

from parcours.engine import decide
from parcours.fhir.gate import Gate
from parcours.fhir.reading import Lecture, read_request
from parcours.fhir.validity import Memo, examine
from parcours.fhir.writing import answer_bundle, to_json
from parcours.law import droit

MOMENT = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)
SHOWN = 14
"""Lines of the profile."""
NOTHING = Memo(entries=0)
OPEN = Gate(share=0)
CLOSED = Gate(generated_from={"fhir.resources": "none"})
"""A gate that admits nothing: all goes to the library."""


def costs(bodies: Sequence[bytes]) -> dict[str, float]:
    """Microseconds a visit for each part."""
    resources = [raws(body) for body in bodies]
    read = [read_request(body) for body in bodies]
    answers = [(lecture, decide(lecture.visite, droit())) for lecture in read]
    return interleaved(
        {
            "json.loads": _each(bodies, json.loads),
            "gate": _each(resources, lambda raw: judged(raw, NOTHING, OPEN)),
            "library": _each(resources, lambda raw: judged(raw, NOTHING, CLOSED)),
            "library, verdicts remembered": _each(resources, _remembering(CLOSED, len(bodies))),
            "reading, trusted": _each(bodies, lambda body: read_request(body, validate="read")),
            "decision": _each(read, lambda lecture: decide(lecture.visite, droit())),
            "writing FHIR": _each(answers, lambda pair: to_json(answer_bundle(pair[1], pair[0], MOMENT))),
        }
    )


def decisions(bodies: Sequence[bytes]) -> dict[str, float]:
    """Microseconds a decision, by the number of facts that are missing."""
    by_missing: dict[str, list[Lecture]] = {}
    for body in bodies:
        lecture = read_request(body)
        count = len(decide(lecture.visite, droit()).manquants)
        name = f"{count} missing" if count < 3 else "3 missing or more"
        by_missing.setdefault(name, []).append(lecture)
    return interleaved(
        {
            name: _each(lectures, lambda lecture: decide(lecture.visite, droit()))
            for name, lectures in sorted(by_missing.items())
        }
    )


def raws(body: bytes) -> list[bytes]:
    """The resources of a Bundle, as the bytes they are."""
    entries = msgspec.json.decode(body, type=dict[str, msgspec.Raw])["entry"]
    return [bytes(e["resource"]) for e in msgspec.json.decode(entries, type=list[dict[str, msgspec.Raw]])]


def judged(resources: Sequence[bytes], memo: Memo, gate: Gate) -> None:
    """Each resource of a visit held to FHIR."""
    for raw in resources:
        examine(raw, memo=memo, gate=gate)


def _remembering(gate: Gate, visits: int) -> Callable[[Sequence[bytes]], None]:
    """One memo for so many visits, then another: a patient is met once, the doctors again and again."""
    memos = (memo for _ in count() for memo in repeat(Memo(), visits))
    return lambda resources: judged(resources, next(memos), gate)


def _each(items: Sequence[object], function: Callable[..., object]) -> Callable[[], object]:
    """A call takes the next visit, again and again: caches see a practice, not one visit."""
    following = cycle(items)
    return lambda: function(next(following))


def shares(bodies: Sequence[bytes]) -> dict[str, float]:
    """Where the time of an answer goes: percent of it spent in each module, callees apart (cProfile)."""
    profile = cProfile.Profile()
    for body in bodies:
        lecture = read_request(body)
        profile.enable()
        lecture = read_request(body, validate="read")
        to_json(answer_bundle(decide(lecture.visite, droit()), lecture, MOMENT))
        profile.disable()
    spent: defaultdict[str, float] = defaultdict(float)
    for entry in profile.getstats():
        spent[_module("~" if isinstance(entry.code, str) else entry.code.co_filename)] += entry.inlinetime
    total = sum(spent.values())
    most = sorted(spent.items(), key=lambda item: -item[1])[:SHOWN]
    return {name: own / total * 100 for name, own in most}


def _module(file: str) -> str:
    inside = file.rpartition("/parcours/")[2] if "/parcours/" in file else ""
    return inside or ("built into Python" if file.startswith(("~", "<")) else "the standard library")
