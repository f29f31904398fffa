"""Microseconds of several functions, measured in turn so that what disturbs one disturbs all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 9
ROUND_S = 0.15


def interleaved(functions: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds of one call of each, the median of the rounds."""
    repeats = {name: _repeats(function) for name, function in functions.items()}
    found: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, function in functions.items():
            found[name].append(_once(function, repeats[name]) / repeats[name] * 1e6)
    return {name: statistics.median(rounds) for name, rounds in found.items()}


def _repeats(function: Callable[[], object]) -> int:
    """How many calls fill a round."""
    function()
    return max(1, int(ROUND_S / max(_once(function, 1), 1e-7)))


def _once(function: Callable[[], object], times: int) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(times):
            function()
        return time.perf_counter() - start
    finally:
        gc.enable()
