"""What a harness of faults found, counted the same way for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.faults.writers import Said
from tests.store.samples import digest


@dataclass(slots=True)
class Evidence:
    """Counts of one fault, tried many times."""

    tries: int = 0
    acknowledged: int = 0
    """Writes that were confirmed, each counted once in every try that looks for it."""
    lost: int = 0
    """Those of them that were not there afterwards."""
    losing: int = 0
    """Tries in which something was lost."""
    failures: list[str] = field(default_factory=list)
    """Whatever else was not as it should be."""

    def add(self, said: Iterable[str], kept: Mapping[str, int]) -> None:
        """Look for what was confirmed (``name version``, a line each) among the versions kept, by key."""
        confirmed = [line.split(" ") for line in said]
        lost = sum(kept.get(key_of(name), 0) < int(version) for name, version in confirmed)
        self.tries += 1
        self.acknowledged += len(confirmed)
        self.lost += lost
        self.losing += lost > 0

    @property
    def wrong(self) -> bool:
        """Something was lost, or was not as it should be."""
        return bool(self.lost or self.failures)

    @property
    def good(self) -> bool:
        """Something was confirmed, and all of it and everything else is as it should be."""
        return self.acknowledged > 0 and not self.wrong


def key_of(name: str) -> str:
    """The key under which ``tests.store.samples.nouvelle`` keeps a declaration of that name."""
    return digest(f"cle {name}")


def confirmations(said: Said) -> Said:
    """Of the lines of a writer, those that confirm."""
    return [line for line in said if line not in ("ready", "refused", "unusable")]
