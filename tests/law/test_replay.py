"""Same facts, same law, same answer: whatever the day it is asked, the order it was read, the machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from tests.law.tables import ICI, cas, visite_de

from parcours.domain.decision import Decision
from parcours.domain.facts import Circonstance, Medecin, Origine, Visite
from parcours.engine import decide
from parcours.law import droit
from parcours.law.policies import POLITIQUES, Politiques
from parcours.law.registry import Droit

HORLOGES = ["2006-01-01T00:00:00+00:00", "2026-12-31T23:59:59+00:00", "2041-02-28T12:00:00+00:00"]
UN_CAS_SUR = 9
VISITES = [visite_de(c) for c in cas()[::UN_CAS_SUR]]
BASE = visite_de(next(c for c in cas() if c["nom"] == "adressé par le médecin traitant"))


def _octets(decision: Decision) -> bytes:
    return json.dumps(_plain(decision), ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for v in value.values() for leaf in _leaves(v)]
    return [leaf for v in value for leaf in _leaves(v)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("horloge", HORLOGES)
def test_the_answer_does_not_depend_on_the_day_it_is_asked(horloge: str) -> None:
    before = [_octets(decide(v, droit())) for v in VISITES]
    with time_machine.travel(dt.datetime.fromisoformat(horloge), tick=False):
        assert [_octets(decide(v, droit())) for v in VISITES] == before


def test_the_answer_does_not_depend_on_the_process_nor_on_its_hash_seed() -> None:
    """Sets of facts are met in another order in each process; the bytes may not show it."""
    here = [decide(v, droit()).id for v in VISITES]
    script = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import hashlib\n"
        "from tests.law.test_replay import VISITES, _octets, decide, droit\n"
        "print(*[d.id for d in (decide(v, droit()) for v in VISITES)])\n"
        "print(hashlib.sha256(b''.join(_octets(decide(v, droit())) for v in VISITES)).hexdigest())\n"
    )
    outputs = set()
    for seed in ("0", "1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ICI.parents[1],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert outputs.pop().split()[:-1] == here


def test_the_order_in_which_facts_were_read_does_not_show() -> None:
    origines = {"visite.date": Origine("a"), "patient.age": Origine("b"), "visite.mode": Origine("c")}
    there = dataclasses.replace(BASE, origines=origines, chemins={"x": "1", "y": "2"})
    back = dataclasses.replace(BASE, origines=dict(reversed(origines.items())), chemins={"y": "2", "x": "1"})
    assert _octets(decide(there, droit())) == _octets(decide(back, droit()))


def test_no_number_with_a_point_anywhere() -> None:
    leaves = [leaf for v in VISITES for leaf in _leaves(_plain(decide(v, droit())))]
    assert {type(leaf) for leaf in leaves if not isinstance(leaf, str)} <= {type(None), bool, int}
    assert not any(isinstance(leaf, float | Decimal) for leaf in leaves)


CHANGED_FACTS: dict[str, Visite] = {
    "the day": dataclasses.replace(BASE, date=BASE.date + dt.timedelta(days=1)),
    "a birth date": dataclasses.replace(BASE, naissance=None),
    "a circumstance": dataclasses.replace(BASE, circonstances=frozenset({Circonstance.EHPAD})),
    "a coverage": dataclasses.replace(BASE, caisse="351"),
    "the histories": dataclasses.replace(BASE, declarations=()),
    "a neighbour": dataclasses.replace(BASE, memes_locaux=(Medecin(rpps="10100000007"),)),
    "where a fact was read": dataclasses.replace(
        BASE, origines={"visite.date": Origine("Appointment.start")}
    ),
}


@pytest.mark.parametrize("changed", CHANGED_FACTS)
def test_the_id_changes_with(changed: str) -> None:
    assert decide(CHANGED_FACTS[changed], droit()).id != decide(BASE, droit()).id


def test_the_id_changes_with_the_version_of_the_law() -> None:
    older = Droit(droit().regles, "2019-01-01")
    assert decide(BASE, older).id != decide(BASE, droit()).id
    assert decide(BASE, older).version_droit == "2019-01-01"


@pytest.mark.parametrize("politique", POLITIQUES, ids=lambda p: p.nom)
def test_the_id_changes_with_a_policy_even_one_that_did_not_matter(politique: Any) -> None:
    autre = next((c for c in politique.choix if c != politique.defaut), "50")  # a rate, where any number goes
    chosen = Politiques.from_mapping({politique.nom: autre})
    assert decide(BASE, droit(), chosen).id != decide(BASE, droit()).id


def test_ids_are_uuids_of_version_5_and_differ_from_case_to_case() -> None:
    ids = {visite: decide(visite_de(c), droit()).id for visite, c in enumerate(cas())}
    assert all(i[14] == "5" for i in ids.values())
    same = {tuple(sorted(map(str, _plain(visite_de(c)).items()))) for c in cas()}
    assert len(set(ids.values())) == len(same)
