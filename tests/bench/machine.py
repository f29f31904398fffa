"""On what a figure was measured: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("flask", "granian", "msgspec", "fhir.resources", "pydantic", "orjson")


def described() -> list[str]:
    """The machine and the versions, a line each; nothing that names it."""
    memory = _first(Path("/proc/meminfo"), "MemTotal").split()
    return [
        f"{os.cpu_count()} cores ({_first(Path('/proc/cpuinfo'), 'model name')}), "
        f"{int(memory[0]) // 2**20 if memory else '?'} GiB, {platform.system()}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        _tool("wrk", "-v").splitlines()[0].split(" [")[0],
    ]


def load() -> float:
    """How many processes wanted the machine in the last minute: above its cores, others were at work."""
    return os.getloadavg()[0]


def _first(path: Path, key: str) -> str:
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "unknown")


def _tool(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
