"""The place to try, in a real browser: an example, a hypothesis, a visit of one's own, a refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Visit
from tests.browser.driven import NARROW

ROOT = Path(__file__).resolve().parents[2]
S2 = "24-autre-generaliste-sans-adressage"
PAGE = f"/visites/essai?exemple={S2}"
HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 200


BEYOND = """[...document.querySelectorAll('svg.chemin text, svg.euros text')].filter(text => {
  const box = text.getBBox();
  return box.x + box.width > text.ownerSVGElement.viewBox.baseVal.width + 1;
}).map(text => text.textContent)"""
"""The texts that go beyond the right edge of their picture."""


def bundle(slug: str = S2) -> Path:
    return ROOT / "examples" / slug / "bundle.json"


@pytest.mark.parametrize("langue", ["fr-FR", "en-GB"])
@pytest.mark.parametrize("width", [1280, NARROW])
@pytest.mark.parametrize(
    "path",
    ["/visites/essai", PAGE, f"{PAGE}&si=urgence", "/visites/essai?exemple=36-demande-minimale"],
)
def test_every_state_of_the_page_is_for_everybody(visit: Visit, path: str, langue: str, width: int) -> None:
    visitor = visit(langue=langue, width=width, dark=langue == "en-GB")
    assert visitor.open(path).status == 200
    assert visitor.title()
    assert visitor.fits()
    visitor.page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true })")
    assert visitor.fits()
    visitor.check_accessible()


def test_an_example_is_two_clicks_away_and_tells_its_answer(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/")
    visitor.page.get_by_role(
        "link", name="Un autre généraliste que le médecin traitant, sans adressage"
    ).click()
    expect(visitor.page.locator(".verdict h2")).to_have_text("Hors du parcours de soins coordonnés")
    expect(visitor.page.locator("svg.chemin")).to_be_visible()
    expect(visitor.page.locator("svg.euros")).to_be_visible()
    assert visitor.page.locator("svg.chemin a").count() == 22


def test_a_hypothesis_is_answered_at_once_and_the_focus_stays(visit: Visit) -> None:
    visitor = visit()
    visitor.open(PAGE)
    visitor.page.get_by_label("urgence U").focus()
    visitor.page.keyboard.press("Space")
    expect(visitor.page.locator(".verdict h2")).to_have_text("Dans le parcours de soins coordonnés")
    expect(visitor.page.locator("#difference")).to_contain_text("U au lieu de S2")
    expect(visitor.page.locator("#difference")).to_contain_text("19,00 € au lieu de 8,40 €")
    expect(visitor.page.locator("#annonce")).to_contain_text("indicateur U")
    assert visitor.page.evaluate("document.activeElement.value") == "urgence"
    visitor.page.keyboard.press("Space")
    expect(visitor.page.locator(".verdict h2")).to_have_text("Hors du parcours de soins coordonnés")
    expect(visitor.page.locator("#difference")).to_have_text("")
    visitor.page.get_by_label("Âge du patient").select_option("moins de 16 ans")
    expect(visitor.page.locator(".grand-code")).to_have_text("X")


def test_without_script_a_hypothesis_takes_a_button(visit: Visit) -> None:
    visitor = visit(script=False)
    visitor.open(PAGE)
    visitor.page.get_by_label("urgence U").check()
    visitor.page.get_by_role("button", name="Recalculer").click()
    expect(visitor.page.locator(".grand-code")).to_have_text("U")
    expect(visitor.page.get_by_label("urgence U")).to_be_checked()


@pytest.mark.parametrize("script", [True, False])
def test_a_visit_is_pasted_supposed_otherwise_and_taken_as_it_was(visit: Visit, script: bool) -> None:
    visitor = visit(script=script)
    visitor.open("/visites/essai")
    visitor.page.get_by_text("Coller ou déposer une visite").click()
    visitor.page.locator("#demande").fill(bundle().read_text("utf-8"))
    visitor.page.get_by_role("button", name="Évaluer la visite").click()
    expect(visitor.page.locator(".grand-code")).to_have_text("S2")
    assert visitor.page.url.endswith("/visites/essai")
    visitor.page.get_by_label("urgence U").check()
    if not script:
        visitor.page.get_by_role("button", name="Recalculer").click()
    expect(visitor.page.locator(".grand-code")).to_have_text("U")
    assert visitor.page.url.endswith("/visites/essai")
    visitor.page.get_by_role("button", name="Revenir à la visite sans hypothèse").click()
    expect(visitor.page.locator(".grand-code")).to_have_text("S2")


def test_a_file_is_sent_without_script(visit: Visit) -> None:
    visitor = visit(script=False)
    visitor.open("/visites/essai")
    visitor.page.get_by_text("Coller ou déposer une visite").click()
    visitor.page.get_by_label("Ou un fichier").set_input_files(bundle())
    visitor.page.get_by_role("button", name="Évaluer la visite").click()
    expect(visitor.page.locator(".grand-code")).to_have_text("S2")


@pytest.mark.parametrize("width", [1280, NARROW])
def test_what_cannot_be_read_is_told_and_given_back(visit: Visit, width: int) -> None:
    visitor = visit(width=width)
    visitor.open("/visites/essai")
    visitor.page.get_by_text("Coller ou déposer une visite").click()
    text = json.dumps({"resourceType": "Bundle", "type": HOSTILE})
    visitor.page.locator("#demande").fill(text)
    visitor.page.get_by_role("button", name="Évaluer la visite").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Bundle.type")
    expect(visitor.page.locator("#demande")).to_have_value(text)
    visitor.expect_refusal(422)
    assert visitor.fits()
    visitor.check_accessible()


def test_the_answer_is_downloaded_and_the_command_copied(visit: Visit) -> None:
    visitor = visit()
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.open(f"{PAGE}&si=urgence")
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("button", name="Télécharger : La décision en JSON").click()
    assert waiting.value.suggested_filename == "decision.json"
    assert json.loads(Path(waiting.value.path()).read_bytes())["situation"] == "U"
    visitor.page.locator("[data-copie=curl]").click()
    expect(visitor.page.locator("#annonce")).to_have_text("Copié")
    assert visitor.page.evaluate("navigator.clipboard.readText()").startswith("curl -s -H")


@pytest.mark.parametrize("slug", ["36-demande-minimale", S2])
@pytest.mark.parametrize("langue", ["fr-FR", "en-GB"])
def test_no_text_of_the_pictures_leaves_them(visit: Visit, slug: str, langue: str) -> None:
    visitor = visit(langue=langue)
    visitor.open(f"/visites/essai?exemple={slug}")
    beyond = visitor.page.evaluate(BEYOND)
    assert beyond == []


def test_on_paper_the_answer_stands_without_its_switches(visit: Visit) -> None:
    visitor = visit()
    visitor.open(PAGE)
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator(".verdict")).to_be_visible()
    expect(visitor.page.locator("svg.euros")).to_be_visible()
    expect(visitor.page.locator(".etapes .decide")).to_be_visible()
    for hidden in (".et-si", "#exemples", "#coller", "#curl", "svg.chemin"):
        expect(visitor.page.locator(hidden)).to_be_hidden()
