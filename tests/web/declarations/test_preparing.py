"""``POST /fhir/$prepare-declaration``: what it answers, and what is never kept nor told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.fhir.builders import R22, concept
from tests.fhir.declarations import (
    TEST_NUMBER,
    demande,
    dominique,
    droits,
    identifier,
    qualified,
)
from tests.store.samples import of
from tests.web.kept import KINDS, PREPARE, Json, content, move, prepare, prepared_id, resource

from parcours.errors import StoreUnavailable
from parcours.web.application import Application

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE: Json = json.loads(
    (ROOT / "examples/declarations/01-adulte-sans-medecin-traitant/bundle.json").read_text(encoding="utf-8")
)


def test_the_answer_holds_the_form_the_task_and_the_document(client: FlaskClient) -> None:
    answer = prepare(client, demande())
    assert (answer["resourceType"], answer["type"]) == ("Bundle", "collection")
    kinds = [entry["resource"]["resourceType"] for entry in answer["entry"]]
    assert kinds == list(KINDS)
    ids = {entry["resource"]["id"] for entry in answer["entry"]}
    assert len(ids) == 1
    assert [e["fullUrl"] for e in answer["entry"]] == [
        f"http://127.0.0.1:8080/fhir/{kind}/{ids.copy().pop()}" for kind in KINDS
    ]


def test_the_task_is_for_the_doctor_and_about_the_patient(client: FlaskClient) -> None:
    task = resource(prepare(client, demande()), "Task")
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("ready", "preparee")
    assert task["for"] == {"reference": "Patient/pat"}
    assert task["owner"]["identifier"] == {"system": "https://rpps.esante.gouv.fr", "value": "01234567897"}
    assert task["identifier"] == [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{task['id']}"}]
    assert task["meta"]["versionId"] == "1"
    assert task["lastModified"] == task["authoredOn"] == task["meta"]["lastUpdated"]


def test_the_document_names_three_papers_and_holds_none(client: FlaskClient) -> None:
    document = resource(prepare(client, demande()), "DocumentReference")
    attached = [item["attachment"] for item in document["content"]]
    assert [a["url"] for a in attached] == [
        f"Binary/{document['id']}{end}" for end in ("", "-patient", "-cabinet")
    ]
    assert [a["title"] for a in attached][1:] == ["Exemplaire du patient", "Exemplaire du cabinet"]
    assert not any("data" in a for a in attached)
    assert {"hash", "size"} <= attached[0].keys()
    assert "PAT-TROIS" not in json.dumps(document)


def test_what_was_ignored_is_told_last(client: FlaskClient) -> None:
    document = demande()
    document["entry"].append({"fullUrl": "urn:x"})
    answer = prepare(client, document)
    outcome = answer["entry"][-1]["resource"]
    assert outcome["resourceType"] == "OperationOutcome"
    assert {issue["severity"] for issue in outcome["issue"]} == {"warning"}


def test_parameters_are_read_as_a_bundle_is(client: FlaskClient) -> None:
    resources = [{"name": "resource", "resource": e["resource"]} for e in demande()["entry"]]
    assert prepare(client, {"resourceType": "Parameters", "parameter": resources})


def test_the_answer_in_english_says_the_same(client: FlaskClient) -> None:
    french = prepare(client, demande())
    english = prepare(client, demande(), **{"Accept-Language": "en"})
    assert resource(english, "Task")["id"] == resource(french, "Task")["id"]
    notes = [note["text"] for note in resource(english, "Task")["note"]]
    assert "The beneficiary of the care chooses and signs." in notes
    assert not [text for text in notes if "bénéficiaire" in text]
    paper = resource(english, "DocumentReference")["content"][0]["attachment"]
    assert (paper["language"], paper["title"][:11]) == ("fr-FR", "Declaration")


def test_a_professional_who_cannot_be_declared_owns_no_task(client: FlaskClient) -> None:
    locum = demande(code=[concept((R22, "GENR02"))])
    assert "owner" not in resource(prepare(client, locum), "Task")


def test_a_patient_whom_nothing_designates_is_not_given_a_reference(client: FlaskClient) -> None:
    document = demande()
    for entry in document["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry.pop("fullUrl", None)
            entry["resource"].pop("id")
    document["entry"] = [e for e in document["entry"] if e["resource"]["resourceType"] != "Coverage"]
    task = resource(prepare(client, document), "Task")
    assert task["for"] == {"type": "Patient", "display": "Patient sans identifiant"}


# ---------------------------------------------------------------- what is never kept, nor told


def kept(app: Application) -> bytes:
    """Every byte that is kept."""
    found = app.store.conservation.export(of("Patient/pat"))
    return b"".join(repr((copy.dossier, copy.tenant)).encode() for copy in found)


@pytest.mark.parametrize("status", ["PROV", "VALI", "RECUP"])
def test_of_an_identity_that_is_not_qualified_neither_number_nor_oid_is_kept_or_told(
    status: str, app: Application
) -> None:
    who = dominique(identifier=[identifier("8"), identifier("9")], extension=[qualified(code=status)])
    document = demande(who, droits(number=None))
    client = app.test_client()
    id = prepared_id(client, document)
    told = [client.post(PREPARE, json=document).data, kept(app)]
    told += [client.get(f"/fhir/{kind}/{id}").data for kind in KINDS]
    assert all(told)
    for said in told:
        assert TEST_NUMBER.encode() not in said
        assert b"1.2.250.1.213.1.4" not in said


def test_the_number_of_the_insured_is_in_its_field_and_nowhere_else(app: Application) -> None:
    client = app.test_client()
    answer = prepare(client, demande())
    for kind, times in (("QuestionnaireResponse", 1), ("Task", 0), ("DocumentReference", 0)):
        assert json.dumps(resource(answer, kind)).count(TEST_NUMBER) == times
    assert kept(app).count(TEST_NUMBER.encode()) == 1


# ---------------------------------------------------------------- beside the decision on a visit


def evaluated(client: FlaskClient, document: Json) -> Json:
    answer = content(client.post("/fhir/$evaluate-parcours", json=document))
    found = answer["entry"][0]["resource"]
    assert isinstance(found, dict)
    return found


def test_the_answer_on_a_visit_names_the_form_already_prepared(client: FlaskClient) -> None:
    before = evaluated(client, EXAMPLE)
    assert "formCode" in before
    assert "form" not in before
    id = prepared_id(client, EXAMPLE)
    form = evaluated(client, EXAMPLE)["form"]
    assert form["url"] == f"Binary/{id}"
    assert form.keys() == {"contentType", "url", "title", "creation"}
    move(client, id, "annulee")
    assert "form" not in evaluated(client, EXAMPLE)


def test_an_answer_on_a_visit_needs_no_database(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(app.store.declarations, "find", gone)
    answer = evaluated(app.test_client(), EXAMPLE)
    assert answer["formCode"]
    assert "form" not in answer
