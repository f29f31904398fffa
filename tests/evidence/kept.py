"""What a run by hand came to, kept until the page of evidence is written: ``build/evidence``."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "evidence"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its name, the command that repeats it, the day, how busy the machine was, what it printed."""

    name: str
    command: str
    day: str
    load: float
    good: bool
    lines: Sequence[str]

    def passed(self, named: Sequence[str] = ()) -> bool:
        """Was all of it good; or are its lines of these names there, and good, as they say themselves?"""
        told = {line.split()[0]: line.endswith("  ok") for line in self.lines}
        return all(told.get(name, False) for name in named) if named else self.good


def keep(name: str, command: str, lines: Sequence[str], *, good: bool) -> None:
    """Keep what a run printed, in place of the run of this name before."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    run = Run(name, command, day, round(os.getloadavg()[2], 1), good, list(lines))
    text = json.dumps(asdict(run), ensure_ascii=False, indent=2)
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def runs(folder: Path = FOLDER) -> Iterator[Run]:
    """The runs that are kept, by name."""
    for path in sorted(folder.glob("*.json")):
        yield Run(**json.loads(path.read_text(encoding="utf-8")))
