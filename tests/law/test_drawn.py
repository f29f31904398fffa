"""Whatever the visit and the readings, what is reused of a judgement is what judging from scratch finds."""

from __future__ import annotations

import dataclasses

import pytest
from tests.law.drawn import Drawing

from parcours import engine
from parcours.domain.decision import Decision, Position
from parcours.domain.facts import Visite
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.policies import Politiques

pytestmark = pytest.mark.no_cover  # so many cases take thrice as long when each line is counted

VISITS = 150


class FromScratch:
    """``Essais`` that remembers nothing."""

    def __init__(self, cas: Cas) -> None:
        self._cas = cas

    def cas(self, visite: Visite) -> Cas:
        return Cas.de(visite, self._cas.parametres, self._cas.politiques)

    def sous(self, politiques: Politiques, _: str) -> Cas:
        return Cas.de(self._cas.visite, self._cas.parametres, politiques)


def decided(seed: int) -> list[Decision]:
    drawing = Drawing(seed)
    return [engine.decide(drawing.visite(), droit(), drawing.politiques()) for _ in range(VISITS)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_decision_is_what_judging_every_hypothesis_from_scratch_gives(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = decided(seed)
    monkeypatch.setattr(engine, "Essais", FromScratch)
    for one, other in zip(found, decided(seed), strict=True):
        assert dataclasses.asdict(one) == dataclasses.asdict(other)


def test_the_visits_drawn_reach_every_position_and_most_codes() -> None:
    found = decided(1)
    assert {one.position for one in found} == set(Position)
    assert {"D", "O", "S1", "S2", "T", "X", None} <= {one.situation for one in found}
    assert sum(bool(one.manquants) for one in found) > VISITS / 4
    assert sum(bool(one.politiques) for one in found) > VISITS / 10
