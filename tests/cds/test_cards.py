"""C11 to C14, C16, C24: what a card says, and when there is none."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import (
    BOOKED,
    CDS,
    MINIMAL,
    NO_MT,
    OTHER_INSTANCE,
    UNKNOWN_ACT,
    WITH_MT,
    Json,
    call,
    changed,
    first,
    letter,
    order_sign,
    patient_view,
    searchset,
)
from tests.cds.conformance import is_uuid
from tests.cds.conftest import Ask

from parcours.cds.cards import summary
from parcours.cds.language import FRANCAIS
from parcours.cds.markdown import escaped
from parcours.cds.options import EXTENSION_CONFIGURATION
from parcours.cds.reasons import REASONS, SYSTEM
from parcours.domain.decision import Decision
from parcours.domain.facts import Visite
from parcours.engine import decide
from parcours.fhir.declaration_systems import QUESTIONNAIRE

REVIEWED = [NO_MT, MINIMAL, UNKNOWN_ACT, "10", "20", "30", "33", "39", "43"]
"""Examples that bring a card, of every kind."""


@pytest.mark.parametrize("number", REVIEWED)
def test_c11_a_card_is_short_sourced_and_named(ask: Ask, number: str) -> None:
    (card,) = ask(call(number))["cards"]
    assert len(card["summary"]) < 140
    assert card["indicator"] == "info"
    assert card["source"]["label"]
    assert is_uuid(card["uuid"])


def test_c11_there_is_no_card_when_nothing_is_left_to_do(ask: Ask) -> None:
    assert ask(call(WITH_MT)) == {"cards": []}


def test_c11_the_same_call_again_makes_the_same_card_another_call_another(ask: Ask) -> None:
    def name(body: Json) -> str:
        return str(ask(body)["cards"][0]["uuid"])

    assert name(call(NO_MT)) == name(call(NO_MT))
    assert name(call(NO_MT)) != name(changed(call(NO_MT), "hookInstance", OTHER_INSTANCE))


def test_a_visit_out_of_the_path_says_what_it_costs_why_and_what_would_change_it(ask: Ask) -> None:
    (card,) = ask(call(NO_MT))["cards"]
    assert card["summary"] == (
        "Hors parcours, indicateur de parcours S2 : remboursement à 30 %. "
        "Aucun médecin traitant déclaré : déclaration prête à signer."
    )
    titles = re.findall(r"^\*\*(.+)\*\*$", card["detail"], re.MULTILINE)
    assert titles == [
        "Pourquoi",
        "Conséquences",
        "Sur la facture",
        "Ce qui changerait la réponse",
        "Sans ce bouton",
    ]
    assert "Aucun médecin traitant déclaré, et aucune situation qui en dispense" in card["detail"]
    assert "Indicateur U : urgence" in card["detail"]


def test_an_undetermined_visit_names_what_is_missing_first(ask: Ask) -> None:
    (card,) = ask(call(UNKNOWN_ACT))["cards"]
    assert card["summary"].startswith("Parcours indéterminé, il manque : groupe de l’acte")
    assert card["detail"].startswith("**Il manque**")
    assert "suggestions" not in card


def test_names_that_do_not_fit_are_counted(ask: Ask) -> None:
    (card,) = ask(call(MINIMAL))["cards"]
    assert card["summary"] == "Parcours indéterminé : 5 informations manquent."


@pytest.mark.parametrize("length", [138, 139, 140, 400])
def test_a_summary_never_reaches_140_characters(length: int) -> None:
    told = summary("", ["mot " * (length // 4) + "x" * (length % 4), "Encore."], FRANCAIS)
    assert 0 < len(told) < 140


def test_c12_the_declaration_is_a_suggestion_of_three_creations(ask: Ask) -> None:
    (card,) = ask(call(NO_MT))["cards"]
    (suggestion,) = card["suggestions"]
    assert card["selectionBehavior"] == "at-most-one"
    assert suggestion["label"] == "Préparer la déclaration"
    assert suggestion["isRecommended"] is True
    assert [action["type"] for action in suggestion["actions"]] == ["create"] * 3
    kinds = [action["resource"]["resourceType"] for action in suggestion["actions"]]
    assert kinds == ["Questionnaire", "QuestionnaireResponse", "Task"]


def test_c12_the_actions_are_linked_like_a_transaction(ask: Ask) -> None:
    (suggestion,) = ask(call(NO_MT))["cards"][0]["suggestions"]
    form, answers, task = (action["resource"] for action in suggestion["actions"])
    assert answers["questionnaire"] == f"{form['url']}|{form['version']}"
    assert task["output"][0]["valueReference"]["reference"] == f"QuestionnaireResponse/{answers['id']}"
    assert (answers["status"], task["status"]) == ("in-progress", "ready")
    assert suggestion["actions"][0]["extension"] == {
        "davinci-crd.if-none-exist": f"url={QUESTIONNAIRE}&version={form['version']}"
    }


def test_c12_nothing_is_prepared_by_a_system_action(ask: Ask) -> None:
    actions = ask(call(NO_MT))["systemActions"]
    assert [(a["type"], a["resource"]["resourceType"]) for a in actions] == [("update", "Encounter")]


@pytest.mark.parametrize("number", REVIEWED)
def test_c13_reasons_to_set_a_card_aside_are_ours_and_named(ask: Ask, number: str) -> None:
    (card,) = ask(call(number))["cards"]
    for reason in card["overrideReasons"]:
        assert (reason["system"], reason["display"]) == (SYSTEM, REASONS[reason["code"]])


def test_c13_who_declines_a_declaration_can_say_why(ask: Ask) -> None:
    (card,) = ask(call(NO_MT))["cards"]
    codes = [reason["code"] for reason in card["overrideReasons"]]
    assert codes[:4] == ["refus-patient", "refus-medecin", "deja-declare", "plus-tard"]


def test_c13_no_link_opens_an_application_that_was_not_agreed(ask: Ask) -> None:
    for card in ask(call(NO_MT))["cards"]:
        assert {link["type"] for link in card["links"]} == {"absolute"}


def test_c14_a_card_does_not_repeat_the_annotation_and_the_annotation_needs_no_card(ask: Ask) -> None:
    covered = call("17")
    answer = ask(covered)
    assert answer["cards"] == []
    assert len(answer["systemActions"]) == 1


@pytest.mark.parametrize("number", [NO_MT, "24", "25", "33"])
def test_c16_the_law_is_in_the_links_as_well_as_in_the_text(ask: Ask, number: str) -> None:
    (card,) = ask(call(number))["cards"]
    urls = [link["url"] for link in card["links"]]
    assert urls
    for url in urls:
        assert url.startswith("https://")
        assert url in card["detail"]
    assert card["source"]["url"] == urls[0]


def test_c16_the_code_of_social_security_is_read_on_legifrance(ask: Ask) -> None:
    assert ask(call(NO_MT))["cards"][0]["source"]["url"].startswith("https://www.legifrance.gouv.fr/")


def test_c16_the_insurer_is_named_as_on_the_card_of_the_patient(ask: Ask) -> None:
    assert ask(call(NO_MT))["cards"][0]["source"]["label"] == "Camieg"
    assert ask(call("25"))["cards"][0]["source"]["label"] == "Assurance Maladie"


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        (call(NO_MT), "cost"),
        (call(UNKNOWN_ACT), "claim"),
        (call("10"), "insurance"),
        (order_sign(WITH_MT, letter()), "network"),
        (patient_view(NO_MT), "insurance"),
    ],
    ids=["out", "undetermined", "declare", "letter", "record"],
)
def test_c16_the_topic_is_a_card_type_of_crd(ask: Ask, body: Json, topic: str) -> None:
    (card,) = ask(body)["cards"]
    assert card["source"]["topic"]["system"] == "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"
    assert card["source"]["topic"]["code"] == topic


def test_c16_every_suggestion_is_named(ask: Ask) -> None:
    (suggestion,) = ask(call(NO_MT))["cards"][0]["suggestions"]
    assert is_uuid(suggestion["uuid"])


def test_c24_extensions_have_names_of_their_own(ask: Ask) -> None:
    for body in (call(NO_MT), order_sign(WITH_MT, letter())):
        for card in ask(body)["cards"]:
            for holder in (card, *(a for s in card.get("suggestions", ()) for a in s["actions"])):
                assert all(re.fullmatch(r"[a-z-]+\.[a-z.-]+", name) for name in holder.get("extension", {}))


# ---------------------------------------------------------------- what others wrote


HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **gras** `code`\n# titre | ~~x~~"


def test_a075_the_words_of_the_caller_never_reach_the_markdown(ask: Ask) -> None:
    body = call(NO_MT)
    for name in ("patient", "encounter"):
        body["prefetch"][name] |= {"language": "fr"}
    body["prefetch"]["patient"]["name"][0]["family"] = HOSTILE
    for card in ask(body)["cards"]:
        assert "onerror" not in card["detail"]
        assert "onerror" not in card["summary"]


def test_a075_no_mark_of_html_is_left_in_the_name_of_an_insurer(ask: Ask) -> None:
    body = call(NO_MT)
    for entry in body["prefetch"]["coverage"]["entry"]:
        entry["resource"]["payor"] = [{"display": HOSTILE}]
    label = ask(body)["cards"][0]["source"]["label"]
    assert label.startswith("img src=x")
    assert not set(label) & set("<>\n")


def test_c16_what_could_not_be_judged_is_named(ask: Ask) -> None:
    orders = [letter(id=id, performerType=[]) for id in ("a", "b")]
    cards = ask(order_sign(WITH_MT, *orders))["cards"]
    named = [card["extension"]["davinci-crd.associated-resource"] for card in cards]
    assert named == [["ServiceRequest/a"], ["ServiceRequest/b"]]


def test_a075_an_id_that_is_none_names_no_resource(ask: Ask) -> None:
    (card,) = ask(order_sign(WITH_MT, letter(id=HOSTILE)))["cards"]
    assert "extension" not in card


def test_a075_markdown_is_escaped() -> None:
    said = escaped(HOSTILE)
    assert not re.search(r"(?<!\\)[<>\[\]*`#|~]", said)
    assert "\n" not in said


# ---------------------------------------------------------------- appointments, letters, records


def test_each_appointment_is_judged_and_says_which_it_is(ask: Ask) -> None:
    body = call(BOOKED)
    booked = first(BOOKED, "Appointment")
    assert booked is not None
    later = {k: v for k, v in booked.items() if k != "basedOn"} | {
        "id": "autre",
        "start": "2020-05-04T09:00:00+02:00",
    }
    body["context"]["appointments"]["entry"].append({"resource": later})
    (card,) = ask(body)["cards"]
    assert card["summary"].startswith("Rendez-vous du 04/05/2020 : ")
    assert card["extension"] == {"davinci-crd.associated-resource": ["Appointment/autre"]}


@pytest.mark.parametrize(
    ("options", "judged"),
    [
        ({}, 5),
        ({"max-cards": 2}, 5),
        ({"max-cards": 2, "coverage-info": False}, 2),
        ({"cost": False, "coverage-info": False}, 5),
    ],
)
def test_no_appointment_is_judged_for_what_nobody_will_be_told(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, options: Json, judged: int
) -> None:
    days: list[dt.date] = []

    def counted(visite: Visite, *law: Any) -> Decision:
        days.append(visite.date)
        return decide(visite, *law)

    monkeypatch.setattr("parcours.service.decide", counted)
    answer = ask(booked_out(5) | {"extension": {EXTENSION_CONFIGURATION: options}})
    assert len(set(days)) == judged
    assert len(answer["cards"]) == (0 if "cost" in options else options.get("max-cards", 5))
    assert len(answer.get("systemActions", ())) == (5 if "coverage-info" not in options else 0)


def booked_out(number: int) -> Json:
    """So many appointments on days of their own, out of the path, for who has a Coverage."""
    body = call(BOOKED)
    body["prefetch"] |= {"serviceRequest": None, "coverage": call(NO_MT)["prefetch"]["coverage"]}
    kept = {k: v for k, v in (first(BOOKED, "Appointment") or {}).items() if k not in ("basedOn", "end")}
    days = [{"id": str(n), "start": f"2026-03-{n + 1:02}T09:00:00+01:00"} for n in range(number)]
    return changed(body, "context.appointments", searchset(*(kept | day for day in days)))


def test_an_appointment_that_will_not_be_kept_says_nothing(ask: Ask) -> None:
    body = call(BOOKED)
    body["context"]["appointments"]["entry"][0]["resource"]["status"] = "cancelled"
    assert ask(body) == {"cards": []}


def test_an_appointment_that_has_no_day_says_that_it_is_missing(ask: Ask) -> None:
    body = call(BOOKED)
    booked = first(BOOKED, "Appointment") or {}
    asked = {name: value for name, value in booked.items() if name not in ("start", "end")}
    body["context"]["appointments"]["entry"] = [{"resource": asked | {"status": "proposed"}}]
    (card,) = ask(body)["cards"]
    assert card["summary"] == "Parcours indéterminé, il manque : le jour du rendez-vous."


def test_an_appointment_without_id_is_judged_and_not_annotated(ask: Ask) -> None:
    body = call(BOOKED)
    booked = {k: v for k, v in (first(BOOKED, "Appointment") or {}).items() if k not in ("id", "basedOn")}
    body["context"]["appointments"]["entry"] = [{"resource": booked}]
    body["prefetch"]["serviceRequest"] = None
    answer = ask(body)
    (card,) = answer["cards"]
    assert "extension" not in card
    assert "systemActions" not in answer


def test_a_record_without_medecin_traitant_gets_a_hint_and_nothing_else(ask: Ask) -> None:
    answer = ask(patient_view(NO_MT))
    (card,) = answer["cards"]
    assert card["summary"].startswith("Aucun médecin traitant déclaré")
    assert "suggestions" not in card
    assert "systemActions" not in answer


@pytest.mark.parametrize(
    "number", [WITH_MT, MINIMAL, "39", "22", "45"], ids=["hers", "?", "unknown", "child", "AME"]
)
def test_a_record_is_left_in_peace_otherwise(ask: Ask, number: str) -> None:
    assert ask(patient_view(number)) == {"cards": []}


@pytest.mark.parametrize("given", [None, searchset()], ids=["null", "empty"])
def test_an_encounter_that_is_not_there_is_what_is_missing(ask: Ask, given: Json | None) -> None:
    (card,) = ask(changed(call(NO_MT), "prefetch.encounter", given))["cards"]
    assert card["summary"] == "Parcours indéterminé, il manque : la visite."


@pytest.mark.parametrize(
    ("payor", "label"),
    [("A" * 3000, "A" * 80), ("a\u202eb\x07  c", "ab c"), ("\u202e", "Assurance Maladie")],
)
def test_the_name_of_an_insurer_is_short_and_visible(ask: Ask, payor: str, label: str) -> None:
    body = changed(call(NO_MT), "prefetch.coverage", first(NO_MT, "Coverage"))
    body["prefetch"]["coverage"]["payor"] = [{"display": payor}]
    assert ask(body)["cards"][0]["source"]["label"] == label


def test_an_unknown_service_is_a_404(client: FlaskClient) -> None:
    reply = client.post(f"{CDS}/parcours-inconnu", json=call(NO_MT))
    body: dict[str, Any] = reply.get_json()
    assert (reply.status_code, body["resourceType"]) == (404, "OperationOutcome")
