"""``PUT Task/{id}``: the states of a declaration, its versions, their history."""

from __future__ import annotations

import itertools
import uuid

import pytest
from flask.testing import FlaskClient
from tests.fhir.builders import R22, concept
from tests.fhir.declarations import demande
from tests.web.kept import FHIR_JSON, KINDS, ROADS, Json, changed, content, move, prepared_id, put, read

from parcours.domain.declaration_states import SUITES, EtatDeclaration
from parcours.fhir.declaration_followup import TASK_STATUS


def state(task: Json) -> tuple[str, str]:
    return task["status"], task["businessStatus"]["coding"][0]["code"]


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS)
def test_every_state_has_its_status_and_its_version(
    road: tuple[str, ...], id: str, client: FlaskClient
) -> None:
    task = move(client, id, *road)
    reached = EtatDeclaration(road[-1] if road else "preparee")
    assert state(task) == (TASK_STATUS[reached], reached)
    assert task["meta"]["versionId"] == str(len(road) + 1)
    for kind in KINDS:
        assert read(client, id, kind)["meta"]["versionId"] == task["meta"]["versionId"]


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(EtatDeclaration, 2)), ids=str)
def test_only_the_moves_of_the_table_are_made(before: str, after: str, id: str, client: FlaskClient) -> None:
    task = move(client, id, *ROADS[before])
    reply = put(client, changed(task, after), int(task["meta"]["versionId"]))
    lawful = after in SUITES[EtatDeclaration(before)]
    assert reply.status_code == (200 if lawful else 422)
    if not lawful:
        assert content(reply)["issue"][0]["expression"] == ["Task.businessStatus"]
        assert read(client, id) == task


def test_the_reply_is_the_new_version(id: str, client: FlaskClient) -> None:
    reply = put(client, changed(read(client, id), "signee"), 1)
    assert (reply.status_code, reply.content_type, reply.headers["ETag"]) == (200, FHIR_JSON, 'W/"2"')
    assert reply.headers["Last-Modified"].endswith(" GMT")
    assert content(reply) == read(client, id)


def test_a_change_is_answered_whole_even_to_who_says_he_has_it(id: str, client: FlaskClient) -> None:
    headers = {"If-Match": 'W/"1"', "If-None-Match": 'W/"2"'}
    reply = client.put(f"/fhir/Task/{id}", json=changed(read(client, id), "signee"), headers=headers)
    assert (reply.status_code, content(reply)["meta"]["versionId"]) == (200, "2")


def test_the_state_it_is_in_already_changes_nothing(id: str, client: FlaskClient) -> None:
    task = read(client, id)
    reply = put(client, task, 1)
    assert (reply.status_code, content(reply)) == (200, task)


def test_only_the_state_is_the_callers(id: str, client: FlaskClient) -> None:
    hostile = {
        "for": {"reference": "Patient/other"},
        "note": [{"text": "x"}],
        "input": [],
        "identifier": [],
        "authoredOn": "1999-01-01",
        "meta": {"versionId": "77", "profile": ["urn:x"]},
    }
    before = read(client, id)
    after = content(put(client, {**changed(before, "signee"), **hostile}, 1))
    for name in ("for", "input", "identifier", "authoredOn", "code", "requester"):
        assert after[name] == before[name], name
    assert after["note"][:-1] == before["note"]
    assert after["meta"]["profile"] == before["meta"]["profile"]


LOCUM = demande(code=[concept((R22, "GENR02"))])


def test_who_may_not_be_declared_is_never_signed_for(client: FlaskClient) -> None:
    id = prepared_id(client, LOCUM, **{"Idempotency-Key": uuid.uuid4().hex})
    reply = put(client, changed(read(client, id), "signee"), 1)
    (issue,) = content(reply)["issue"]
    assert (reply.status_code, issue["expression"]) == (422, ["Task.businessStatus"])
    assert issue["details"]["text"].startswith("Un remplaçant ne peut pas être déclaré médecin traitant")
    assert state(move(client, id, "annulee")) == ("cancelled", "annulee")


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("", 400), ("*", 400), ('"1"', 400), ("W/1", 400), ('W/"1", W/"2"', 400), ('W/"x"', 400),
        ('w/"1"', 400), ('W/"1234567890"', 400), ('W/"2"', 412), ('W/"0"', 412),
        ('W/"01"', 400), (' W/"1" ', 200),
    ],
)  # fmt: skip
def test_a_change_names_the_version_it_rests_on(tag: str, status: int, id: str, client: FlaskClient) -> None:
    reply = put(client, changed(read(client, id), "signee"), tag)
    assert reply.status_code == status
    assert content(reply)["resourceType"] == ("Task" if status == 200 else "OperationOutcome")


def test_without_a_version_nothing_is_changed(id: str, client: FlaskClient) -> None:
    reply = client.put(f"/fhir/Task/{id}", json=changed(read(client, id), "signee"))
    assert (reply.status_code, content(reply)["issue"][0]["code"]) == (428, "required")
    assert read(client, id)["meta"]["versionId"] == "1"


def test_a_stale_version_changes_nothing(id: str, client: FlaskClient) -> None:
    first = read(client, id)
    signed = move(client, id, "signee")
    for wanted in ("signee", "annulee"):
        reply = put(client, changed(first, wanted), 1)
        assert (reply.status_code, content(reply)["issue"][0]["code"]) == (412, "conflict")
    assert read(client, id) == signed


def test_history_tells_every_version_the_newest_first(id: str, client: FlaskClient) -> None:
    seen = [read(client, id)]
    for step in ("signee", "transmise", "refusee"):
        seen.append(move(client, id, step))
    history = content(client.get(f"/fhir/Task/{id}/_history"))
    assert (history["type"], history["total"]) == ("history", 4)
    assert [entry["resource"] for entry in history["entry"]] == seen[::-1]
    assert [entry["response"]["etag"] for entry in history["entry"]] == [f'W/"{n}"' for n in (4, 3, 2, 1)]
    assert [entry["request"]["method"] for entry in history["entry"]] == ["PUT", "PUT", "PUT", "POST"]
    for version, task in enumerate(seen, start=1):
        reply = client.get(f"/fhir/Task/{id}/_history/{version}")
        assert (content(reply), reply.headers["ETag"]) == (task, f'W/"{version}"')


def test_what_the_caller_has_is_not_sent_again(id: str, client: FlaskClient) -> None:
    for path in (
        *(f"{kind}/{id}" for kind in KINDS),
        f"Binary/{id}",
        f"Binary/{id}-cabinet",
        f"Task/{id}/_history/1",
    ):
        known = client.get(f"/fhir/{path}", headers={"If-None-Match": 'W/"1"'})
        assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", 'W/"1"'), path
        head = client.head(f"/fhir/{path}")
        assert (head.status_code, head.data) == (200, b""), path
    move(client, id, "signee")
    assert client.get(f"/fhir/Task/{id}", headers={"If-None-Match": 'W/"1"'}).status_code == 200
