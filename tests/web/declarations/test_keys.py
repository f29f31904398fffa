"""``POST /fhir/$prepare-declaration``: prepared once for a key, the same answer ever after."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask.testing import FlaskClient
from tests.fhir.builders import bundle, encounter, participant, ref
from tests.fhir.declarations import (
    TEST_NUMBER,
    adresse,
    demande,
    dominique,
    droits,
    nom,
    proche,
)
from tests.web.kept import PREPARE, Json, content, move, prepare, prepared_id, read, resource

from parcours.web.application import Application


def total(client: FlaskClient) -> int:
    """How many declarations are kept."""
    found = content(client.get("/fhir/Task?_count=0"))["total"]
    assert isinstance(found, int)
    return found


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


def test_strict_handling_refuses_what_is_ignored_otherwise(client: FlaskClient) -> None:
    document = demande()
    document["entry"].append({"fullUrl": "urn:x"})
    reply = client.post(PREPARE, json=document, headers={"Prefer": "handling=strict"})
    assert (reply.status_code, total(client)) == (422, 0)
