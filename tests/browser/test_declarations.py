"""Declarations in a real browser: prepared, completed, ticked, printed, moved on, refused, cancelled."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Visit
from tests.browser.driven import NARROW, Visitor
from tests.fhir.declarations import demande, dominique, nom

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/declarations"
WHO = "Mme Dominique Exemple"
HOSTILE = "<b onload=alert(1)>\u202e\u0645\u062b\u0644 " + "X" * 200


def example(number: str) -> str:
    """The request of an example."""
    (folder,) = EXAMPLES.glob(f"{number}-*")
    return (folder / "bundle.json").read_text(encoding="utf-8")


def prepared(visitor: Visitor, text: str) -> str:
    """Prepare from a pasted request; the address of the declaration."""
    visitor.open("/declarations")
    visitor.page.locator("main a.bouton").click()
    visitor.page.locator("#demande").fill(text)
    visitor.page.locator("main form button").click()
    visitor.page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
    return visitor.page.url.removeprefix(visitor.url)


def signed(visitor: Visitor) -> None:
    """Tick for everybody who has to agree, by hand."""
    page = visitor.page
    boxes = page.locator("input[id^=accord-]")
    assert boxes.count() >= 2
    for box in boxes.all():
        expect(box).not_to_be_checked()
        box.check()
    page.locator("#qui-signature").fill(WHO)
    page.get_by_role("button", name="Noter les accords et les signatures").click()
    expect(page.locator(".pas h2")).to_have_text("Transmettre à la caisse")


def sent(visitor: Visitor, receipt: str = "") -> None:
    """Say that it was posted."""
    page = visitor.page
    page.locator("#voie-courrier").check()
    page.locator("#recu-envoi").fill(receipt)
    page.locator("#qui-envoi").fill(WHO)
    page.get_by_role("button", name="Noter la transmission").click()
    expect(page.locator(".pas h2")).to_have_text("Noter la réponse de la caisse")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_declaration_goes_from_the_request_to_the_caisse(visit: Visit, script: bool) -> None:
    visitor = visit(script=script)
    page = visitor.page
    first = prepared(visitor, example("01"))

    page.get_by_role("link", name="Compléter ou corriger").click()
    page.get_by_label("Numéro de sécurité sociale").fill("2 79 03 51 215 189 89")
    page.locator("#qui-correction").fill(WHO)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("dd", has_text="279035121518989")).to_contain_text(f"saisi ou vérifié par {WHO}")
    assert not page.url.endswith(first)

    form = page.get_by_role("link", name="Imprimer le formulaire").get_attribute("href")
    reply = page.request.get(f"{visitor.url}{form}")
    assert (reply.status, reply.body()[:5]) == (200, b"%PDF-")

    signed(visitor)
    sent(visitor, "AR-2026-1")
    page.locator("#issue-enregistree").check()
    page.locator("#qui-reponse").fill("Dr Alex Choisi")
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.locator(".pas h2")).to_have_text("Remettre au patient son exemplaire")
    expect(page.locator("tbody tr")).to_have_count(4)
    copy = page.get_by_role("link", name="Imprimer l’exemplaire du patient").get_attribute("href")
    assert page.request.get(f"{visitor.url}{copy}").body()[:5] == b"%PDF-"


def test_a_refusal_is_noted_with_its_reason(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    prepared(visitor, example("02"))
    signed(visitor)
    sent(visitor)
    page.locator("#issue-refusee").check()
    page.locator("#motif-reponse").fill("droits fermés")
    page.locator("#qui-reponse").fill(WHO)
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.locator(".pas h2")).to_have_text("La caisse l’a refusée")
    expect(page.locator("tbody tr").first).to_contain_text("droits fermés")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_declaration_is_cancelled_behind_a_door(visit: Visit, script: bool) -> None:
    visitor = visit(script=script)
    page = visitor.page
    prepared(visitor, example("03"))
    expect(page.locator("#motif-annulation")).to_be_hidden()
    page.get_by_text("Annuler cette déclaration").click()
    page.locator("#motif-annulation").fill("préparée par erreur")
    page.locator("#qui-annulation").fill(WHO)
    page.get_by_role("button", name="Annuler la déclaration").click()
    expect(page.locator(".pas h2")).to_have_text("Elle est annulée")


def test_what_was_forgotten_is_said_beside_it_and_what_was_typed_stays(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    prepared(visitor, example("01"))
    page.locator("#qui-signature").fill(WHO)
    page.locator("#accord-medecin").check()
    page.get_by_role("button", name="Noter les accords et les signatures").click()
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.expect_refusal(422)
    expect(page.locator("#accord-beneficiaire")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#accord-medecin")).to_be_checked()
    expect(page.locator("#qui-signature")).to_have_value(WHO)
    visitor.check_accessible()


def test_two_people_at_once_do_not_undo_each_other(visit: Visit) -> None:
    one, other = visit(), visit()
    address = prepared(one, example("01"))
    other.open(address)
    signed(one)
    other.page.locator("#accord-beneficiaire").check()
    other.page.locator("#accord-medecin").check()
    other.page.locator("#qui-signature").fill("Dr B")
    other.page.get_by_role("button", name="Noter les accords et les signatures").click()
    expect(other.page.locator("h1")).to_have_text("La déclaration a changé entre-temps")
    other.expect_refusal(412)
    other.page.get_by_role("link", name="Rouvrir la déclaration").click()
    expect(other.page.locator(".pas h2")).to_have_text("Transmettre à la caisse")


def test_a_form_that_is_open_stays_good_when_another_tab_comes_from_another_site(visit: Visit) -> None:
    visitor = visit()
    address = prepared(visitor, example("01"))
    other = visitor.page.context.new_page()
    other.goto(f"{visitor.url.replace('127.0.0.1', 'localhost')}/nulle-part")
    other.evaluate("where => { location.href = where }", f"{visitor.url}{address}")
    other.wait_for_url(f"{visitor.url}{address}")
    other.wait_for_load_state("networkidle")  # closed while it loads, it breaks a pipe
    signed(visitor)


def test_who_goes_back_after_a_form_is_shown_what_became_of_it(visit: Visit) -> None:
    visitor = visit()
    address = prepared(visitor, example("01"))
    signed(visitor)
    visitor.page.go_back()
    visitor.page.reload()
    expect(visitor.page.locator(".pas h2")).to_have_text("Transmettre à la caisse")
    assert visitor.page.url == f"{visitor.url}{address}"


def test_a_field_of_the_sheet_is_copied(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = prepared(visitor, json.dumps(demande()))
    visitor.open(f"{address}/espace-pro")
    page.get_by_role("button", name="Copier : Assuré(e), Numéro de sécurité sociale").click()
    expect(page.locator("#annonce")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == "279035121518989"


def test_without_script_no_button_that_needs_it_is_shown(visit: Visit) -> None:
    visitor = visit(script=False)
    address = prepared(visitor, example("01"))
    visitor.open(f"{address}/espace-pro")
    expect(visitor.page.locator(".copier").first).to_be_hidden()


def test_a_declaration_is_found_by_the_name_of_the_patient(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    address = prepared(visitor, example("01"))
    prepared(visitor, example("02"))
    visitor.open("/declarations")
    page.get_by_label("Nom, date de naissance, numéro ou récépissé").fill("exemple dominique")
    page.get_by_role("button", name="Chercher").click()
    links = page.locator("tbody th a")
    expect(links).to_have_count(1)
    assert links.get_attribute("href") == address
    assert page.url == f"{visitor.url}/declarations"


@pytest.mark.parametrize("langue", ["fr-FR", "en-GB"])
@pytest.mark.parametrize("width", [1280, NARROW])
@pytest.mark.parametrize("dark", [False, True])
def test_every_page_is_for_everybody(visit: Visit, langue: str, width: int, dark: bool) -> None:
    visitor = visit(langue=langue, width=width, dark=dark)
    visitor.open("/declarations")
    checked(visitor)
    visitor.open("/declarations/nouvelle")
    checked(visitor)
    hostile = prepared(visitor, json.dumps(demande(dominique(name=[nom(HOSTILE, "</script>")]))))
    for address in (
        hostile,
        prepared(visitor, example("03")),
        f"{hostile}/corriger",
        f"{hostile}/espace-pro",
    ):
        visitor.open(address)
        checked(visitor)
    visitor.open("/declarations")
    checked(visitor)


@pytest.mark.parametrize("langue", ["fr-FR", "en-GB"])
def test_every_state_is_for_everybody(visit: Visit, langue: str) -> None:
    french = visit()
    address = prepared(french, example("01"))
    visitor = visit(langue=langue, width=NARROW)
    for step in (signed, sent, recorded):
        step(french)
        visitor.open(address)
        checked(visitor)


def recorded(visitor: Visitor) -> None:
    visitor.page.locator("#issue-enregistree").check()
    visitor.page.locator("#qui-reponse").fill(WHO)
    visitor.page.get_by_role("button", name="Noter la réponse").click()
    expect(visitor.page.locator(".pas h2")).to_have_text("Remettre au patient son exemplaire")


def checked(visitor: Visitor) -> None:
    assert visitor.fits()
    visitor.check_accessible()
