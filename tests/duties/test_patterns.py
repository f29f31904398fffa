"""Attack class C6: no pattern of the program reads a long hostile text for ever."""

from __future__ import annotations

import importlib
import pkgutil
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import parcours

LONG = 60_000
"""Characters: a pattern that starts again at each of them takes minutes, any other a few milliseconds."""
SEEDS = ("a", "1", " ", "\t ", "-", "a.", "a/", "0 ", "(", "%41", "é", "<", "\\", "http://a/", "2026-01-01T")
WHOLE_TEXTS = {"parcours.fhir.declaration_followup._ADDRESS"}
"""Used on whole texts alone (``fullmatch``), and slow only when looked for inside one."""
ENOUGH_S = 15
"""Seconds of the processor, whatever else it has to do: five times what all of them take together."""
ASIDE = re.compile(r"__main__|\.migrations|\.spark|\.cli\.config")
"""The last reads settings, which an administrator writes."""


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every pattern that a module of the program keeps, by its name."""
    for module in pkgutil.walk_packages(parcours.__path__, "parcours."):
        if not ASIDE.search(module.name):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    yield f"{module.name}.{name}", value


def try_all() -> None:
    """Look for every pattern in every hostile text; killed when that takes too long."""
    found = list(patterns())
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + ENOUGH_S, used + ENOUGH_S))
    for name, pattern in found:
        look = pattern.fullmatch if name in WHOLE_TEXTS else pattern.search
        for seed in SEEDS:
            text = (seed * LONG)[:LONG] + "\0"
            look(text.encode() if isinstance(pattern.pattern, bytes) else text)


def test_c6_every_pattern_gets_to_the_end_of_a_hostile_text() -> None:
    found = dict(patterns())
    assert len(found) > 40
    assert found.keys() >= WHOLE_TEXTS
    command = [sys.executable, "-c", "from tests.duties.test_patterns import try_all; try_all()"]
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run(command, cwd=root, check=False).returncode == 0
