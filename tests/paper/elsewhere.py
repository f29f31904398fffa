"""What another process prints: another order of sets, another time zone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def printed(program: str) -> set[str]:
    """What two processes that hash differently write to their output."""
    return {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            timeout=60,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'plugin'}", "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"},
        ).stdout
        for seed in ("1", "2")
    }
