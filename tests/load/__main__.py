"""``make load``: the service under load, on this machine only, for a bounded time.

One line for each scenario: what was asked, what failed, what was lost, how long answers took. The exit code
is 1 when a target is missed. ``--seconds 600`` for the ten minutes of L-001.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from typing import Any

from tests.evidence.kept import keep
from tests.load.cds_load import cds
from tests.load.driving import many_files, say
from tests.load.scenarios import SCENARIOS, Options

ALL = {**SCENARIOS, "CDS": cds}
MOST = 1800
"""Seconds that a scenario may last."""


def main() -> int:
    """Read the command line, run, say whether the targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenario", nargs="*", choices=[*ALL, []], help="all by default")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rows", type=int, default=1_000_000, help="declarations of L-014")
    parser.add_argument("--knee", type=float, default=0, help="for L-003 without L-002")
    asked: Any = parser.parse_args()
    options = Options(min(asked.seconds, MOST), asked.workers, asked.seed, asked.rows, asked.knee)
    many_files()
    say(f"{options.seconds:g} s, {options.workers} worker(s), {os.cpu_count()} cores")
    met, lines = True, []
    for name in asked.scenario or ALL:
        outcome = ALL[name](options)
        options = replace(options, knee=outcome.knee or options.knee)
        met = met and outcome.sound and outcome.ok
        lines.append(outcome.line(options.seed))
        say(lines[-1])
    if not asked.scenario:
        keep("load", f"make load SECONDS={asked.seconds:g} SEED={asked.seed}", lines, good=met)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
