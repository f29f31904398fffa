"""However people look: with the keyboard, at twice the size, on paper, at much of everything."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.driven import NARROW
from tests.browser.test_declarations import example, prepared

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "/visites/essai?exemple=24-autre-generaliste-sans-adressage"
PAGES = ("/visites/essai", ANSWER, "/declarations", "/declarations/nouvelle", "/regles", "/activite")
MOVING = """[...document.querySelectorAll('*')].filter(
  element => parseFloat(getComputedStyle(element).transitionDuration) > 0.01
).length"""
FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  const inline = e.tagName === 'A' && getComputedStyle(e).display === 'inline';
  const target = e.labels?.[0] ?? e;
  const told = (e.textContent || e.getAttribute('name') || e.id || '').trim().slice(0, 40);
  return e === document.body ? null : {
    name: `${e.tagName} ${told}`,
    order: e.tabIndex,
    seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || e.matches('input[type=date]'),
    large: inline || e.ownerSVGElement !== undefined || target.getBoundingClientRect().height >= 23.5,
  };
}"""


def walked(page: Page, steps: int = 120) -> list[dict[str, Any]]:
    """Every place that the Tab key stops at, from the beginning of a page."""
    stops: list[dict[str, Any]] = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


def test_every_stop_of_the_keyboard_is_seen_large_enough_and_in_order(visit: Visit) -> None:
    visitor = visit()
    address = prepared(visitor, example("01"))
    for path in (*PAGES, address, f"{address}/corriger", f"{address}/espace-pro"):
        visitor.open(path)
        stops = walked(visitor.page)
        assert stops[0]["name"] == "A Aller au contenu"
        assert [stop["name"] for stop in stops if not stop["seen"]] == [], path
        assert [stop["name"] for stop in stops if not stop["large"]] == [], path
        assert {stop["order"] for stop in stops} == {0}


def test_text_twice_as_large_stays_within_the_page(visit: Visit) -> None:
    visitor = visit()
    address = prepared(visitor, example("01"))
    for path in (*PAGES, address, f"{address}/corriger", f"{address}/espace-pro"):
        visitor.open(path)
        visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert visitor.fits(), path


def test_nothing_moves_for_who_asked_for_stillness(visit: Visit) -> None:
    visitor = visit()
    visitor.open(ANSWER)
    assert visitor.page.evaluate(MOVING) > 0
    visitor.page.emulate_media(reduced_motion="reduce")
    assert visitor.page.evaluate(MOVING) == 0


def test_on_paper_a_declaration_keeps_what_is_read_and_leaves_what_is_pressed(visit: Visit) -> None:
    visitor = visit()
    address = prepared(visitor, example("01"))
    page = visitor.page
    page.emulate_media(media="print")
    for text in (
        "Les champs de la déclaration",
        "Qui choisit et qui signe",
        "Historique",
        "À dire au patient",
    ):
        expect(page.get_by_role("heading", name=text)).to_be_visible()
    expect(page.locator(".patient")).to_be_visible()
    expect(page.locator(".champ .valeur").first).to_be_visible()
    assert [b.inner_text() for b in page.locator("button, input, nav").all() if b.is_visible()] == []
    visitor.open(f"{address}/espace-pro")
    expect(page.locator(".fiche .valeur").first).to_be_visible()
    expect(page.locator(".copier").first).to_be_hidden()


def test_the_pictures_are_told_to_who_does_not_see_them(visit: Visit) -> None:
    visitor = visit()
    visitor.open(ANSWER)
    path = visitor.page.get_by_role("group", name="Le chemin de la visite")
    expect(path).to_have_accessible_description(
        "Hors du parcours de soins coordonnés. Le même chemin est écrit en liste sous l’image."
    )
    stop = path.get_by_role("link", name="Le patient a-t-il moins de 16 ans ? non – 49 ans")
    expect(stop).to_have_attribute("href", re.compile("^https://www.legifrance.gouv.fr/"))
    bar = visitor.page.get_by_role("img", name="Qui paie la visite")
    expect(bar).to_have_accessible_name(
        "Qui paie la visite Assurance maladie 8,40 € ; Complémentaire, au plus 9,00 € ; "
        "Majoration, au patient 10,60 € ; Participation forfaitaire, au patient 2,00 €"
    )


@pytest.mark.parametrize("width", [1280, NARROW])
def test_a_visit_of_sixty_acts_and_a_long_list_of_errors_are_pages_like_others(
    visit: Visit, width: int
) -> None:
    visitor = visit(width=width)
    document = json.loads((ROOT / "examples/41-soins-iteratifs/bundle.json").read_text("utf-8"))
    claim = next(e["resource"] for e in document["entry"] if e["resource"]["resourceType"] == "Claim")
    line = claim["item"][0]
    claim["item"] = [{**line, "sequence": number} for number in range(1, 61)]
    claim.pop("total", None)
    tried(visitor, document)
    expect(visitor.page.locator(".verdict")).to_be_visible()
    assert visitor.page.locator("table tbody tr").count() > 60
    assert visitor.fits()
    visitor.check_accessible()
    wrong = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"a": 1}}] * 200}
    tried(visitor, wrong)
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.expect_refusal(422)
    assert visitor.fits()
    visitor.check_accessible()


def tried(visitor: Any, document: Any) -> None:
    """Paste a visit."""
    visitor.open("/visites/essai")
    visitor.page.get_by_text("Coller ou déposer une visite").click()
    visitor.page.locator("#demande").fill(json.dumps(document))
    visitor.page.get_by_role("button", name="Évaluer la visite").click()
