"""What people do with a declaration: sign, send, hand over, note the answer, cancel; and what is refused."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from tests.fhir.builders import R22, concept
from tests.fhir.declarations import TEST_NUMBER, demande, dominique, proche
from tests.web.pages.office import LIST, NEW, TICKS, WHO, Office, errors, history, text

from parcours.errors import StoreUnavailable
from parcours.store.declarations import Declarations

CHILD = dominique(birthDate="2015-09-01")
YOUNG = dominique(birthDate="2009-03-09")
LOCUM = {"code": [concept((R22, "GENR02"))]}


def test_nothing_is_ticked_beforehand(office: Office, address: str) -> None:
    assert " checked" not in office.get(address)


@pytest.mark.parametrize("ticks", [{}, {"beneficiaire": "on"}, {"medecin": "on"}])
def test_nothing_is_signed_unless_everybody_s_agreement_was_ticked(
    office: Office, address: str, ticks: dict[str, str]
) -> None:
    missing = {f"accord-{name}" for name in TICKS.keys() - ticks.keys()}
    assert set(office.refused(f"{address}/signer", version=1, qui=WHO, **ticks)) == missing
    assert len(history(office.get(address))) == 1


def test_nothing_is_signed_by_nobody(office: Office, address: str) -> None:
    assert set(office.refused(f"{address}/signer", version=1, **TICKS)) == {"qui-signature"}


PARENT = "parent-ou-titulaire-de-l-autorite-parentale"


@pytest.mark.parametrize(
    ("who", "ticks", "missing"),
    [
        (CHILD, {"medecin": "on"}, {PARENT}),
        (CHILD, {PARENT: "on", "medecin": "on"}, set()),
        (CHILD, {"dispense": "on", "medecin": "on"}, {PARENT}),
        (YOUNG, TICKS, {PARENT}),
        (YOUNG, {**TICKS, PARENT: "on"}, set()),
        (YOUNG, {**TICKS, "dispense": "on"}, set()),
        (YOUNG, {PARENT: "on", "medecin": "on"}, {"beneficiaire"}),
    ],
)
def test_a_parent_agrees_for_a_child_and_beside_a_young_person_unless_he_is_on_his_own(
    office: Office, who: dict[str, Any], ticks: dict[str, str], missing: set[str]
) -> None:
    address = office.prepared(demande(who, proche()))
    reply = office.post(f"{address}/signer", version=1, qui=WHO, **ticks)
    assert reply.status_code == (422 if missing else 303)
    assert set(errors(reply.text)) == {f"accord-{name}" for name in missing}


def test_signed_then_sent_then_recorded_with_who_when_and_the_receipt(office: Office, address: str) -> None:
    office.signed(address)
    office.done(f"{address}/transmettre", version=2, qui=WHO, voie="espace-pro", recu="AR-1")
    office.done(f"{address}/reponse", version=3, qui="Dr A", issue="enregistree", recu="AR-2")
    assert history(office.get(address)) == [
        ["Enregistrée par la caisse", "Dr A", "Récépissé : AR-2"],
        ["Transmise", WHO, "par l’espace pro Récépissé : AR-1"],
        ["Signée", WHO, "accords et signatures notés : bénéficiaire, médecin"],
        ["Préparée", "parcours-soins 0.1.0", "–"],
    ]
    assert "Remettre au patient son exemplaire" in office.get(address)


def test_on_the_espace_pro_signing_and_sending_are_one_form(office: Office, address: str) -> None:
    office.done(f"{address}/signer", version=1, qui=WHO, transmise="on", recu="AR-9", **TICKS)
    assert [row[0] for row in history(office.get(address))] == ["Transmise", "Signée", "Préparée"]
    assert "AR-9" in office.get(LIST)


def test_a_refusal_says_why(office: Office, address: str) -> None:
    office.sent(address)
    form = {"version": 3, "qui": WHO, "issue": "refusee"}
    assert set(office.refused(f"{address}/reponse", **form)) == {"motif-reponse"}
    office.done(f"{address}/reponse", **form, motif="droits fermés")
    assert history(office.get(address))[0] == ["Refusée par la caisse", WHO, "droits fermés"]
    assert f'href="{NEW}"' in office.get(address)


def test_a_cancellation_says_why_and_is_the_end(office: Office, address: str) -> None:
    assert set(office.refused(f"{address}/annuler", version=1, qui=WHO)) == {"motif-annulation"}
    office.done(f"{address}/annuler", version=1, qui=WHO, motif="le patient a changé d’avis")
    page = office.get(address)
    assert history(page)[0] == ["Annulée", WHO, "le patient a changé d’avis"]
    assert "<form" not in page.partition("<main")[2]


def test_nothing_is_chosen_for_anybody(office: Office, address: str) -> None:
    office.signed(address)
    assert set(office.refused(f"{address}/transmettre", version=2, qui=WHO)) == {"voie"}
    office.done(f"{address}/transmettre", version=2, qui=WHO, voie="courrier")
    assert set(office.refused(f"{address}/reponse", version=3, qui=WHO)) == {"issue"}


MOVES = {
    "signer": TICKS,
    "transmettre": {"voie": "courrier"},
    "reponse": {"issue": "enregistree"},
    "annuler": {"motif": "x"},
    "corriger": {"assure.nom-usage": "USAGE"},
}


@pytest.mark.parametrize(("form", "form_fields"), MOVES.items(), ids=MOVES)
def test_what_changed_meanwhile_is_said_with_the_way_on(
    office: Office, address: str, form: str, form_fields: dict[str, str]
) -> None:
    office.sent(address)
    for filled in ({}, form_fields):
        reply = office.post(f"{address}/{form}", version=1, qui=WHO, **filled)
        assert (reply.status_code, f'href="{address}"' in reply.text) == (412, True)


@pytest.mark.parametrize(("form", "form_fields"), MOVES.items(), ids=MOVES)
def test_a_form_that_is_not_ours_changes_nothing(
    office: Office, address: str, form: str, form_fields: dict[str, str]
) -> None:
    for forged in (None, "", "x" * 43, "é"):
        reply = office.post(f"{address}/{form}", jeton=forged, version=1, qui=WHO, **form_fields)
        assert reply.status_code == 403
    assert len(history(office.get(address))) == 1


@pytest.mark.parametrize("version", [None, "", "x", "-1", "1e3", "٣", "9" * 12])
def test_a_form_without_its_version_is_refused(office: Office, address: str, version: str | None) -> None:
    assert office.post(f"{address}/signer", version=version, qui=WHO, **TICKS).status_code == 400


def test_a_move_that_does_not_follow_is_refused_in_words(office: Office, address: str) -> None:
    reply = office.post(f"{address}/reponse", version=1, qui=WHO, issue="enregistree")
    assert reply.status_code == 422
    assert "la déclaration ne peut pas passer de son état à celui-ci" in text(reply.text)


def test_who_may_not_be_declared_is_never_signed_for_nor_retyped(office: Office) -> None:
    address = office.prepared(demande(**LOCUM))
    page = office.get(address)
    assert "Choisir un autre médecin" in page
    assert "/signer" not in page
    assert "medecin.rpps" not in office.get(f"{address}/corriger")
    assert office.post(f"{address}/signer", version=1, qui=WHO, **TICKS).status_code == 422


def test_a_hand_over_without_a_bridge_is_nowhere(office: Office, address: str) -> None:
    office.signed(address)
    assert "/confier" not in office.get(address)
    assert office.post(f"{address}/confier", version=2, qui=WHO).status_code == 404


def test_a_store_that_does_not_answer_is_said(
    office: Office, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise StoreUnavailable("x")

    monkeypatch.setattr(Declarations, "read", gone)
    assert "recommencer dans un instant" in office.get(address, 503)


def test_no_address_of_a_page_tells_of_anybody(office: Office, address: str) -> None:
    office.sent(address)
    pages = [office.get(path) for path in (LIST, address, f"{address}/espace-pro")]
    links = list(itertools.chain(*(re.findall(r'(?:href|action)="([^"]*)"', page) for page in pages)))
    assert links
    for told in ("TROIS", "DOMINIQUE", TEST_NUMBER, "1979", "Patient/pat", WHO.split()[1]):
        assert not [link for link in links if told.casefold() in link.casefold()]
