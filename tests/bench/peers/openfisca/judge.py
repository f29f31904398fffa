"""The country asked about one visit at a time, as its web API is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# OpenFisca lives in an environment of its own, so its types are unknown where this file is checked.
from openfisca_core.simulation_builder import SimulationBuilder
from tests.bench.peers.judging import Each, Judge
from tests.bench.peers.openfisca.parcours_country import CountryTaxBenefitSystem
from tests.bench.peers.openfisca.situation import DAY, situation

COUNTRY = CountryTaxBenefitSystem()


def judge(rows: Sequence[dict[str, Any]]) -> Judge:
    """What is given to the country: situations, as its web API takes them."""
    return Each([situation(row) for row in rows], _one)


def _one(told: dict[str, Any]) -> str:
    simulation = SimulationBuilder().build_from_entities(COUNTRY, told)
    found = simulation.calculate("reponse", DAY).decode()[0].value
    return str(found)
