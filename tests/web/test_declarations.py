"""``POST /fhir/$prepare-declaration``: prepared once for a key, the same answer ever after."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from tests.fhir.builders import R22, bundle, concept, encounter, participant, ref
from tests.fhir.declarations import (
    TEST_NUMBER,
    adresse,
    demande,
    dominique,
    droits,
    identifier,
    nom,
    proche,
    qualified,
)
from tests.store.samples import of
from tests.web.kept import KINDS, PREPARE, Json, content, move, prepare, prepared_id, read, resource

from parcours.errors import StoreUnavailable
from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.application import Application

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE: Json = json.loads(
    (ROOT / "examples/declarations/01-adulte-sans-medecin-traitant/bundle.json").read_text(encoding="utf-8")
)


@pytest.fixture
def app() -> Application:
    return create_app(Settings())


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


def total(client: FlaskClient) -> int:
    """How many declarations are kept."""
    found = content(client.get("/fhir/Task?_count=0"))["total"]
    assert isinstance(found, int)
    return found


# ---------------------------------------------------------------- the answer


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


def test_strict_handling_refuses_what_is_ignored_otherwise(client: FlaskClient) -> None:
    document = demande()
    document["entry"].append({"fullUrl": "urn:x"})
    reply = client.post(PREPARE, json=document, headers={"Prefer": "handling=strict"})
    assert (reply.status_code, total(client)) == (422, 0)


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


# ---------------------------------------------------------------- keys


def same(document: Json) -> bytes:
    """The same request, its members in another order and with other spaces."""
    return json.dumps(document, sort_keys=True, indent=3, ensure_ascii=False).encode()


def test_the_same_request_gets_the_same_bytes_whatever_became_of_the_declaration(client: FlaskClient) -> None:
    first = client.post(PREPARE, json=demande())
    move(client, json.loads(first.data)["entry"][0]["resource"]["id"], "signee", "transmise")
    again = client.post(PREPARE, json=demande())
    other = client.post(PREPARE, data=same(demande()), content_type="application/json")
    assert first.data == again.data == other.data
    assert total(client) == 1


def test_the_same_key_with_another_request_is_refused(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "key-1"}
    first = prepare(client, demande(), **key)
    reply = client.post(PREPARE, json=demande(dominique(address=[adresse("LYON", "69001")])), headers=key)
    assert (reply.status_code, content(reply)["issue"][0]["code"]) == (422, "business-rule")
    assert prepare(client, demande(), **key) == first
    assert total(client) == 1


def test_without_a_key_the_patient_the_doctor_and_the_day_make_it(client: FlaskClient) -> None:
    prepare(client, demande())
    other = demande(dominique(address=[adresse("LYON", "69001")]))
    assert client.post(PREPARE, json=other).status_code == 422
    assert prepare(client, other, **{"Idempotency-Key": "again"})
    assert total(client) == 2


def moved_on(client: FlaskClient, *road: str) -> str:
    """The id of the usual declaration, prepared without a key and moved through these states."""
    id = prepared_id(client, demande())
    move(client, id, *road)
    return id


@pytest.mark.parametrize(
    "road", [("annulee",), ("signee", "transmise", "refusee")], ids=lambda road: road[-1]
)
def test_without_a_key_what_was_abandoned_is_prepared_anew(
    road: tuple[str, ...], client: FlaskClient
) -> None:
    ids = [moved_on(client, *road) for _ in range(3)]
    last = prepared_id(client, demande())
    assert len({*ids, last}) == 4 == total(client)
    assert prepared_id(client, demande()) == last
    other = client.post(PREPARE, json=demande(dominique(address=[adresse("LYON", "69001")])))
    assert (other.status_code, total(client)) == (422, 4)


@pytest.mark.parametrize("end", ["annulee", "enregistree"])
def test_what_was_recorded_or_has_a_key_is_never_prepared_anew(end: str, client: FlaskClient) -> None:
    key = {"Idempotency-Key": "k"} if end == "annulee" else {}
    first = prepare(client, demande(), **key)
    road = ("annulee",) if end == "annulee" else ("signee", "transmise", "enregistree")
    move(client, resource(first, "Task")["id"], *road)
    assert (prepare(client, demande(), **key), total(client)) == (first, 1)


def test_two_who_prepare_anew_at_once_get_one_declaration(app: Application) -> None:
    gone = moved_on(app.test_client(), "annulee")
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: prepared_id(app.test_client(), demande()), range(8)))
    assert (len(ids), gone in ids, total(app.test_client())) == (1, False, 2)


def rewritten(*changes: tuple[str, str]) -> Json:
    """The usual request, with other words."""
    text = json.dumps(demande())
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    document: Json = json.loads(text)
    return document


DAY = encounter(subject=ref("Patient/pat"), participant=[participant("PractitionerRole/role-doc")])
OTHER_DAY = {**DAY, "period": {"start": "2026-03-11T09:00:00+01:00"}}


@pytest.mark.parametrize(
    "others",
    [
        [demande(DAY), demande(OTHER_DAY)],
        [demande(), demande(dominique(birthDate="1979-03-29"))],
        [demande(), demande(dominique(name=[nom(given="CAMILLE")]))],
        [demande(dominique(multipleBirthInteger=rank)) for rank in (1, 2)],
        [demande(), rewritten(("01234567897", "10100000001"))],
        [demande(), rewritten(("Patient/pat", "Patient/x"), ('"id": "pat"', '"id": "x"'))],
    ],
    ids=["another day", "another birth", "another first name", "twins", "another doctor", "another patient"],
)
def test_another_day_doctor_or_patient_is_another_declaration(
    others: list[Json], client: FlaskClient
) -> None:
    ids = {prepared_id(client, document) for document in others}
    assert len(ids) == len(others) == total(client)


def test_two_children_with_one_social_security_number_are_never_mixed(client: FlaskClient) -> None:
    def child(name: str, rank: int) -> Json:
        return demande(
            dominique(name=[nom(given=name)], birthDate="2015-09-01", multipleBirthInteger=rank),
            droits("child"),
            proche(),
        )

    answers = {
        name: prepare(client, child(name, rank)) for rank, name in enumerate(("ALIX", "CHARLIE"), start=1)
    }
    for name, other in (("ALIX", "CHARLIE"), ("CHARLIE", "ALIX")):
        said = json.dumps(resource(answers[name], "QuestionnaireResponse"))
        assert name in said
        assert other not in said
        assert TEST_NUMBER in said
        assert (
            read(client, resource(answers[name], "Task")["id"])["businessStatus"]["coding"][0]["code"]
            == "preparee"
        )


@pytest.mark.parametrize("missing", ["birthDate", "doctor", "id"])
def test_when_somebody_cannot_be_told_apart_only_the_same_request_is_the_same(
    missing: str, client: FlaskClient
) -> None:
    def without(town: str) -> Json:
        document = demande(dominique(address=[adresse(town)]))
        for entry in document["entry"]:
            found = entry["resource"]
            if found["resourceType"] == "Patient" and missing in ("birthDate", "id"):
                found.pop(missing)
                entry.pop("fullUrl", None) if missing == "id" else None
        gone = {"doctor": ("Practitioner", "PractitionerRole"), "id": ("Coverage",)}.get(missing, ())
        return {
            **document,
            "entry": [e for e in document["entry"] if e["resource"]["resourceType"] not in gone],
        }

    first, again, other = (prepared_id(client, without(town)) for town in ("PARIS", "PARIS", "LYON"))
    assert first == again != other


def test_a_new_preparation_cancels_the_one_that_nobody_signed(client: FlaskClient) -> None:
    first = prepared_id(client, demande(), **{"Idempotency-Key": "1"})
    signed = prepared_id(client, demande(), **{"Idempotency-Key": "2"})
    task = read(client, first)
    assert (task["status"], task["statusReason"]["text"]) == (
        "cancelled",
        "remplacée par une préparation plus récente",
    )
    assert read(client, first, "QuestionnaireResponse")["status"] == "stopped"
    assert read(client, first, "DocumentReference")["status"] == "superseded"
    move(client, signed, "signee")
    prepare(client, demande(), **{"Idempotency-Key": "3"})
    assert read(client, signed)["businessStatus"]["coding"][0]["code"] == "signee"


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb", "\x7f", "a, b"])
def test_a_key_that_is_none_is_refused_before_anything_is_read(key: str, client: FlaskClient) -> None:
    reply = client.post(PREPARE, data=b"{", content_type="application/json", headers={"Idempotency-Key": key})
    assert (reply.status_code, content(reply)["issue"][0]["code"]) == (400, "value")


def test_two_keys_are_none(client: FlaskClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert client.post(PREPARE, json=demande(), headers=headers).status_code == 400
    assert total(client) == 0


@pytest.mark.parametrize("key", ["x", "!~", "a,b", "x" * 255])
def test_any_visible_key_will_do(key: str, client: FlaskClient) -> None:
    assert prepare(client, demande(), **{"Idempotency-Key": key})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"resourceType": "Patient"}', 422),
        (json.dumps(bundle()).encode(), 422),
        (b" " * (3 * 1024 * 1024), 413),
    ],
    ids=["no json", "no bundle", "nobody", "too large"],
)
def test_a_request_that_is_refused_leaves_nothing_and_its_key_may_serve(
    body: bytes, status: int, client: FlaskClient
) -> None:
    key = {"Idempotency-Key": "k"}
    reply = client.post(PREPARE, data=body, content_type="application/json", headers=key)
    assert (reply.status_code, total(client)) == (status, 0)
    assert prepare(client, demande(), **key)


def test_a_replay_of_another_day_is_the_first_answer(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "k"}
    with time_machine.travel("2026-03-10T10:00:00Z", tick=False):
        first = prepare(client, demande(), **key)
    with time_machine.travel("2027-04-14T10:00:00Z", tick=False):
        assert prepare(client, demande(), **key) == first
        other = prepare(client, demande())
    assert resource(other, "Task")["id"] != resource(first, "Task")["id"]


def test_the_day_of_a_request_without_a_visit_is_the_day_in_paris(client: FlaskClient) -> None:
    with time_machine.travel("2026-03-10T23:30:00Z", tick=False):
        answer = prepare(client, demande())
    paper = resource(answer, "DocumentReference")["content"][0]["attachment"]
    assert paper["creation"] == "2026-03-11"


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
