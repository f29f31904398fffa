"""The pages of the law, in a real browser: read, dated, walked through."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Visit
from tests.browser.driven import NARROW

PAGES = {
    "/regles": ("Les règles du parcours de soins", "The rules of the care pathway"),
    "/regles/urgence": ("Urgence médicalement constatée", "Medically established emergency"),
    "/regles/mayotte?le=2010-01-01": (
        "Affilié au régime de Mayotte : le parcours s'y applique sans majoration",
        "Member of the scheme of Mayotte: the care pathway applies there without surcharge",
    ),
    "/regles/valeurs": ("Montants et seuils", "Amounts and thresholds"),
    "/regles/lectures": ("Lectures retenues", "Readings applied"),
    "/regles/non-encode": ("Ce qui n’est pas jugé, et pourquoi", "What is not judged, and why"),
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("langue", "which"), [("fr-FR", 0), ("en-GB", 1)], ids=["fr", "en"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (NARROW, True)], ids=["wide", "narrow and dark"])
def test_a_page_of_the_law_is_for_everybody(
    visit: Visit, path: str, langue: str, which: int, width: int, dark: bool
) -> None:
    visitor = visit(langue=langue, width=width, dark=dark)
    assert visitor.open(path).status == 200
    assert visitor.title() == PAGES[path][which]
    assert visitor.fits()
    visitor.check_accessible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_law_of_another_day_is_a_date_away(visit: Visit, script: bool) -> None:
    visitor = visit(script=script)
    page = visitor.page
    visitor.open("/regles")
    page.get_by_label("En vigueur le").fill("2010-01-01")
    page.get_by_role("button", name="Afficher").click()
    page.wait_for_url("**/regles?le=2010-01-01")
    absent = page.locator("section", has=page.get_by_role("heading", name="Pas en vigueur ce jour-là"))
    absent.get_by_role("link", name="Affilié au régime de Mayotte").click()
    page.wait_for_url("**/regles/mayotte?le=2010-01-01")
    assert "en vigueur depuis le 26/07/2019" in page.locator("main").inner_text()


def test_a_rule_leads_to_an_example_that_it_decides(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.open("/regles/urgence")
    page.get_by_role("link", name="Urgence", exact=True).click()
    page.wait_for_url("**/visites/essai?exemple=04-urgence")
    assert "CSS L162-5-3, 1°" in page.locator("main").inner_text()


def test_rules_are_walked_through_from_one_to_the_next(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/regles/moins-de-seize-ans")
    visitor.page.locator("a[rel=next]").click()
    visitor.page.wait_for_url("**/regles/mayotte")
    visitor.page.locator("a[rel=prev]").click()
    visitor.page.wait_for_url("**/regles/moins-de-seize-ans")


def test_a_value_opens_on_its_dates_and_citations(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.open("/regles/valeurs?le=2026-03-10")
    page.get_by_text("Consultation du médecin généraliste : 30,00 €").click()
    row = page.get_by_role("row", name="22/12/2024 30,00 €")
    assert "ce jour-là" in row.first.inner_text()
    assert "Convention médicale de 2024" in row.first.inner_text()
    visitor.check_accessible()


def test_a_day_before_the_law_is_refused_beside_its_field(visit: Visit) -> None:
    visitor = visit()
    assert visitor.open("/regles?le=1999-01-01").status == 400
    visitor.expect_refusal(400)
    assert "commence le 01/01/2006" in visitor.page.get_by_role("alert").inner_text()
    assert visitor.page.get_by_label("En vigueur le").get_attribute("aria-invalid") == "true"
    visitor.check_accessible()
