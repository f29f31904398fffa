"""The country asked about a million visits at once: what OpenFisca is made for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

# OpenFisca lives in an environment of its own, so its types are unknown where this file is checked.
from openfisca_core.simulation_builder import SimulationBuilder
from tests.bench.peers.judging import MANY, Judge
from tests.bench.peers.openfisca.judge import COUNTRY
from tests.bench.peers.openfisca.situation import DAY, situation


def judge(rows: Sequence[dict[str, Any]]) -> Judge:
    """The rows as columns, repeated."""
    return _Columns([situation(row)["visites"]["v"] for row in rows])


class _Columns:
    def __init__(self, told: Sequence[dict[str, Any]]) -> None:
        self._columns = {name: numpy.array([one[name]["ETERNITY"] for one in told]) for name in told[0]}
        self._few = len(told)
        for name, column in self._columns.items():
            enum = getattr(COUNTRY.get_variable(name), "possible_values", None)
            self._columns[name] = enum.encode(column).view(numpy.ndarray) if enum else column

    def answers(self) -> list[str]:
        return [str(answer.value) for answer in self._judged(self._few).decode()]

    def once(self) -> int:
        self._judged(MANY)
        return MANY

    def _judged(self, count: int) -> Any:
        simulation = SimulationBuilder().build_default_simulation(COUNTRY, count)
        for name, column in self._columns.items():
            simulation.set_input(name, "ETERNITY", numpy.resize(column, count))
        return simulation.calculate("reponse", DAY)
