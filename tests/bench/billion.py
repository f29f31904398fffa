"""From the rates of ``docs/performance.md`` to a billion visits: the table of ``docs/spark.md``.

``python -m tests.bench.billion`` writes it anew; ``make bench`` gives new rates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
VISITS = 1_000_000_000
KEPT = 0.8
"""Share of the rate of a process of ``parcours batch`` that Spark leaves; the page says how it was got."""
CORES = (2, 16, 128, 1024)
MODES = ("full", "read")
_TABLE = re.compile(r"(?<=<!-- billion -->\n).*?(?=<!-- /billion -->)", re.DOTALL)


def rates(performance: str) -> dict[str, float]:
    """Visits a second of one process, by ``--validate``, from the text of ``docs/performance.md``."""
    found = re.findall(r"^\| `--validate (\w+)` \| ([\d,.]+) \|", performance, re.MULTILINE)
    return {mode: float(rate.replace(",", "")) for mode, rate in found}


def seconds(visits: int, cores: int, rate: float) -> float:
    """How long so many visits take."""
    return visits / (cores * rate * KEPT)


def table(rate: Mapping[str, float]) -> str:
    """The table, in Markdown."""
    return "\n".join(_lines(rate)) + "\n"


def _lines(rate: Mapping[str, float]) -> Iterator[str]:
    yield "| cores | " + " | ".join(f"`--validate {m}`, {rate[m]:,.0f} a second" for m in MODES) + " |"
    yield "| --- |" + " --- |" * len(MODES)
    for cores in CORES:
        yield f"| {cores:,} | " + " | ".join(_told(seconds(VISITS, cores, rate[m])) for m in MODES) + " |"


def _told(duration: float) -> str:
    hours = duration / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"


def filled(page: str, performance: str) -> str:
    """The page, with the table of these rates."""
    return _TABLE.sub(lambda _: table(rates(performance)), page)


def main() -> None:
    """Write the table."""
    page = DOCS / "spark.md"
    performance = (DOCS / "performance.md").read_text(encoding="utf-8")
    page.write_text(filled(page.read_text(encoding="utf-8"), performance), encoding="utf-8")


if __name__ == "__main__":
    main()
