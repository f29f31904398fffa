"""The arithmetic to a billion visits is that of the rates measured."""

from __future__ import annotations

import pytest
from tests.bench.billion import DOCS, KEPT, filled, rates, seconds, table

PERFORMANCE = """
|  | 1 process | 2 processes |
| --- | --- | --- |
| `--validate full` | 2,000 | 3,900 |
| `--validate read` | 8,000 | 15,000 |
"""


def test_rates_are_those_of_one_process() -> None:
    assert rates(PERFORMANCE) == {"full": 2000, "read": 8000}


def test_twice_the_cores_take_half_the_time() -> None:
    assert seconds(1000, 2, 100) == pytest.approx(5 / KEPT)
    assert seconds(1000, 4, 100) == pytest.approx(2.5 / KEPT)


def test_the_page_has_the_table_of_the_rates_measured() -> None:
    page, performance = ((DOCS / name).read_text(encoding="utf-8") for name in ("spark.md", "performance.md"))
    assert table(rates(performance)) in page
    assert filled(page, performance) == page
