"""The page of activity, in a real browser: empty, filled, taken away as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser.conftest import Visit, visiting
from tests.browser.driven import NARROW, serving

from parcours.clients import DEVELOPMENT
from parcours.settings import Settings
from parcours.store.activity import Cell
from parcours.web import create_app

MINE, NOW = DEVELOPMENT.tenant, dt.datetime.now(dt.UTC)
MONTH = NOW.strftime("%Y-%m")


@pytest.fixture
def busy(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A practice that has been given answers, in front of its page."""
    app = create_app(Settings(database=str(tmp_path / "kept.sqlite")))
    app.store.activite.add(
        {
            Cell(MINE, MONTH, "dans-parcours", "T", "cds-hooks"): 41,
            Cell(MINE, MONTH, "hors-parcours", "S2", "smart"): 9,
            Cell(MINE, MONTH, "indetermine", "", "fhir"): 3,
        }
    )
    app.store.retours.keep(MINE, "parcours-encounter-start", "1", "overridden", "plus-tard", [], NOW)
    with serving(app) as url, visiting(browser, url) as come:
        yield come


@pytest.mark.parametrize(
    ("langue", "title"), [("fr-FR", "Activité du cabinet"), ("en-GB", "Activity of the practice")]
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (NARROW, True)], ids=["wide", "narrow and dark"])
def test_the_activity_is_for_everybody(busy: Visit, langue: str, title: str, width: int, dark: bool) -> None:
    visitor = busy(langue=langue, width=width, dark=dark)
    assert visitor.open("/activite").status == 200
    assert visitor.title() == title
    assert visitor.page.get_by_role("img").count() == 3
    assert visitor.fits()
    visitor.check_accessible()


@pytest.mark.parametrize("width", [1280, NARROW])
def test_before_the_first_answer_there_is_a_next_step(visit: Visit, width: int) -> None:
    visitor = visit(width=width)
    visitor.open("/activite")
    assert visitor.fits()
    visitor.check_accessible()
    visitor.page.locator("main").get_by_role("link", name="Essayer une visite").click()
    visitor.page.wait_for_url("**/visites/essai")


def test_the_counts_are_taken_away_as_a_file(busy: Visit) -> None:
    visitor = busy(script=False)
    visitor.open("/activite")
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("link", name="Télécharger les comptes").click()
    assert taken.value.suggested_filename == "activite.csv"
    assert f"{MONTH};cds-hooks;dans-parcours;T;41" in Path(taken.value.path()).read_text(encoding="utf-8")
