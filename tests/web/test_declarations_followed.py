"""``PUT Task/{id}`` and what it leaves: states, people, receipts, versions, their history."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.fhir.builders import R22, concept
from tests.fhir.declarations import demande
from tests.web.kept import FHIR_JSON, KINDS, Json, changed, content, move, prepare, prepared_id, put, read

from parcours.clients import DEVELOPMENT
from parcours.domain.declaration_states import SUITES, EtatDeclaration
from parcours.fhir.declaration_followup import TASK_STATUS
from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.application import Application

STRANGER = replace(DEVELOPMENT, tenant="other")
"""Who speaks for another practice."""

ROADS = {
    "preparee": (),
    "signee": ("signee",),
    "transmise": ("signee", "transmise"),
    "enregistree": ("signee", "transmise", "enregistree"),
    "refusee": ("signee", "transmise", "refusee"),
    "annulee": ("annulee",),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """One service for all: each test prepares a declaration of its own."""
    return create_app(Settings(database=str(tmp_path_factory.mktemp("kept") / "parcours.sqlite")))


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def id(client: FlaskClient) -> str:
    """A declaration just prepared."""
    return prepared_id(client, demande(), **{"Idempotency-Key": uuid.uuid4().hex})


def state(task: Json) -> tuple[str, str]:
    return task["status"], task["businessStatus"]["coding"][0]["code"]


# ---------------------------------------------------------------- states


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


# ---------------------------------------------------------------- who acted

RPPS = {"system": "https://rpps.esante.gouv.fr", "value": "10100000002"}


@pytest.mark.parametrize(
    ("elements", "who"),
    [
        ({"owner": {"display": "Dr A"}}, "Dr A"),
        ({"owner": {"identifier": RPPS}}, "RPPS 10100000002"),
        ({"owner": {"display": "Dr A", "identifier": RPPS}}, "Dr A, RPPS 10100000002"),
        ({"owner": {"reference": "Practitioner/7"}}, "Practitioner/7"),
        ({"owner": {"reference": "https://x.example/fhir/PractitionerRole/7", "display": "Mme B"}}, "Mme B"),
        ({"owner": None, "requester": {"display": "Mme B", "type": "Practitioner"}}, "Mme B"),
    ],
)
def test_who_acted_is_kept_with_the_state(elements: Json, who: str, id: str, client: FlaskClient) -> None:
    task = changed(read(client, id), "signee", **elements)
    note = content(put(client, {k: v for k, v in task.items() if v is not None}, 1))["note"][-1]
    assert (note["authorString"], note["text"]) == (who, "Signée")
    assert note["time"] == read(client, id)["meta"]["lastUpdated"]


@pytest.mark.parametrize(
    "owner",
    [
        None,
        {"display": "  "},
        {"type": "Device", "display": "logiciel"},
        {"reference": "Organization/7", "display": "Cabinet"},
        {"identifier": {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "279035121518989"}},
    ],
)
@pytest.mark.parametrize("after", ["signee", "transmise"])
def test_nothing_is_signed_nor_sent_by_nobody(
    after: str, owner: Json | None, id: str, client: FlaskClient
) -> None:
    task = move(client, id, *(("signee",) if after == "transmise" else ()))
    asked = {k: v for k, v in changed(task, after, owner=owner).items() if v is not None}
    reply = put(client, asked, int(task["meta"]["versionId"]))
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.owner"])


BY_THE_SOFTWARE = f"le logiciel {DEVELOPMENT.id}, sous la responsabilité de "


def test_an_owner_whom_nobody_changed_is_responsible_and_has_not_acted(id: str, client: FlaskClient) -> None:
    task = read(client, id)
    doctor = task["owner"]
    task["businessStatus"]["coding"][0]["code"] = "signee"
    after = content(put(client, task, 1))
    said = f"{doctor['display']}, RPPS 01234567897"
    assert (after["note"][-1]["authorString"], after["owner"]) == (BY_THE_SOFTWARE + said, doctor)


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ({"display": "Dr A"}, {"display": "Dr A"}),
        ({"reference": "Practitioner/7"}, {"reference": "Practitioner/7"}),
        ({"reference": "Practitioner/7/_history/2"}, {"reference": "Practitioner/7/_history/2"}),
        (
            {"identifier": RPPS, "display": "Dr A", "reference": "Practitioner/7"},
            {"type": "Practitioner", "identifier": RPPS, "display": "Dr A"},
        ),
        ({"identifier": RPPS}, {"type": "Practitioner", "identifier": RPPS}),
        ({"type": "Person", "display": "Mme B"}, {"display": "Mme B"}),
    ],
)
def test_the_last_owner_put_is_responsible_until_another_is(
    owner: Json, shown: Json, id: str, client: FlaskClient
) -> None:
    signed = content(put(client, changed(read(client, id), "signee", owner=owner), 1))
    assert signed["owner"] == shown == read(client, id)["owner"]
    sent = content(put(client, changed(signed, "transmise", owner=signed["owner"]), 2))
    who = signed["note"][-1]["authorString"]
    assert (sent["note"][-1]["authorString"], sent["owner"]) == (BY_THE_SOFTWARE + who, shown)
    other = content(put(client, changed(sent, "enregistree", owner={"display": "Mme C"}), 3))
    assert (other["note"][-1]["authorString"], other["owner"]) == ("Mme C", {"display": "Mme C"})
    assert content(client.get(f"/fhir/Task/{id}/_history/3"))["owner"] == shown


def test_who_asks_has_acted_even_when_he_is_responsible(id: str, client: FlaskClient) -> None:
    task = changed(content(put(client, changed(read(client, id), "signee"), 1)), "transmise")
    task["requester"] = task.pop("owner")
    assert content(put(client, task, 2))["note"][-1]["authorString"] == "Dr Camille Exemple"


@pytest.mark.parametrize("after", ["signee", "annulee"])
@pytest.mark.parametrize(
    "owner",
    [
        {"type": "Practitioner", "reference": "Device/7", "display": "Dr A"},
        {"type": "Device", "reference": "Practitioner/7", "display": "Dr A"},
        {"type": "Patient", "reference": "Practitioner/7", "display": "Dr A"},
        {"reference": "https://x.example/fhir/Organization/7", "display": "Dr A"},
        {"reference": "Device/7/_history/1", "display": "Dr A"},
        {"display": "parcours-soins"},
        {"display": "Parcours-Soins 1.0"},
        {"display": "le logiciel X, sous la responsabilité de Dr A"},
        {"display": "non précisé"},
        {"display": "..."},
        {"display": "2026", "identifier": RPPS},
    ],
)
def test_an_owner_who_is_no_person_is_refused(owner: Json, after: str, id: str, client: FlaskClient) -> None:
    reply = put(client, changed(read(client, id), after, owner=owner), 1)
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.owner"])
    assert read(client, id)["meta"]["versionId"] == "1"


LOCUM = demande(code=[concept((R22, "GENR02"))])


def test_who_may_not_be_declared_is_never_signed_for(client: FlaskClient) -> None:
    id = prepared_id(client, LOCUM, **{"Idempotency-Key": uuid.uuid4().hex})
    reply = put(client, changed(read(client, id), "signee"), 1)
    (issue,) = content(reply)["issue"]
    assert (reply.status_code, issue["expression"]) == (422, ["Task.businessStatus"])
    assert issue["details"]["text"].startswith("Un remplaçant ne peut pas être déclaré médecin traitant")
    assert state(move(client, id, "annulee")) == ("cancelled", "annulee")


def test_a_declaration_may_be_cancelled_by_who_does_not_say(id: str, client: FlaskClient) -> None:
    task = changed(read(client, id), "annulee", statusReason={"text": "erreur de saisie"})
    del task["owner"]
    after = content(put(client, task, 1))
    assert after["statusReason"] == {"text": "erreur de saisie"}
    assert after["note"][-1]["text"] == "Annulée : erreur de saisie"
    assert after["note"][-1]["authorString"] == "non précisé"


# ---------------------------------------------------------------- the receipt


def receipts(task: Json) -> list[str]:
    return [output["valueString"] for output in task["output"] if "valueString" in output]


def test_the_receipt_number_is_an_output_and_an_identifier(id: str, client: FlaskClient) -> None:
    task = move(client, id, "signee", "transmise", receipt="AR 2026/1")
    assert receipts(task) == ["AR 2026/1"]
    assert task["identifier"][1]["value"] == "AR 2026/1"
    again = move(client, id, "enregistree", receipt="AR-2")
    assert receipts(again) == ["AR-2"]
    assert receipts(content(client.get(f"/fhir/Task/{id}/_history/3"))) == ["AR 2026/1"]


def test_a_receipt_put_back_is_no_new_one(id: str, client: FlaskClient) -> None:
    move(client, id, "signee", "transmise", receipt="AR-1")
    assert receipts(move(client, id, "enregistree")) == ["AR-1"]


@pytest.mark.parametrize("receipt", ["", " ", "x" * 65, "a\nb", "\u200b"])
def test_a_receipt_number_is_short_and_visible(receipt: str, id: str, client: FlaskClient) -> None:
    task = changed(read(client, id), "signee")
    task["output"].append({"type": {"text": "accusé"}, "valueString": receipt})
    reply = put(client, task, 1)
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.output.value"])


@pytest.mark.parametrize("after", ["signee", "annulee"])
def test_a_receipt_comes_only_of_what_was_sent(after: str, id: str, client: FlaskClient) -> None:
    reply = put(client, changed(read(client, id), after, "AR-1"), 1)
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.output"])
    assert receipts(move(client, id, "signee", "transmise", "refusee", receipt="AR-1")) == ["AR-1"]


def test_two_receipts_at_once_or_one_without_a_change_are_refused(id: str, client: FlaskClient) -> None:
    task = read(client, id)
    two = changed(changed(task, "signee", "AR-1"), "signee", "AR-2")
    assert put(client, two, 1).status_code == 422
    assert put(client, changed(task, "preparee", "AR-1"), 1).status_code == 422
    assert read(client, id) == task


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


# ---------------------------------------------------------------- what is no Task


@pytest.mark.parametrize(
    ("elements", "status", "where"),
    [
        ({"id": "other"}, 400, ["Task.id"]),
        ({"id": None}, 400, ["Task.id"]),
        ({"resourceType": "Patient"}, 400, None),
        ({"businessStatus": None}, 422, ["Task.businessStatus"]),
        ({"businessStatus": {"text": "signée"}}, 422, ["Task.businessStatus"]),
        (
            {"businessStatus": {"coding": [{"system": "urn:x", "code": "signee"}]}},
            422,
            ["Task.businessStatus"],
        ),
        ({"status": "completed"}, 422, ["Task.status"]),
        ({"status": None}, 422, ["Task.status"]),
        ({"output": "x"}, 422, ["Task"]),
        ({"owner": {"display": "a\nb"}}, 422, ["Task.owner"]),
        ({"owner": {"display": "x" * 201}}, 422, ["Task.owner"]),
        ({"statusReason": {"text": "x" * 201}}, 422, ["Task.statusReason.text"]),
    ],
)
def test_a_task_that_says_something_else_is_refused(
    elements: dict[str, Any], status: int, where: list[str] | None, id: str, client: FlaskClient
) -> None:
    task = changed(read(client, id), "signee")
    asked = {name: value for name, value in (task | elements).items() if value is not None}
    reply = put(client, asked, 1, id)
    assert (reply.status_code, content(reply)["issue"][0].get("expression")) == (status, where)
    assert read(client, id)["meta"]["versionId"] == "1"


@pytest.mark.parametrize("status", ["ready", "in-progress"])
def test_the_status_may_be_the_old_one_or_the_new_one(status: str, id: str, client: FlaskClient) -> None:
    assert put(client, changed(read(client, id), "signee", status=status), 1).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", FHIR_JSON, 400),
        (b"[]", FHIR_JSON, 422),
        (b'{"resourceType": "Task", "resourceType": "Task"}', FHIR_JSON, 400),
        (b"<Task/>", "application/fhir+xml", 415),
    ],
)
def test_what_is_no_json_is_no_task(
    body: bytes, kind: str, status: int, id: str, client: FlaskClient
) -> None:
    reply = client.put(f"/fhir/Task/{id}", data=body, content_type=kind, headers={"If-Match": 'W/"1"'})
    assert (reply.status_code, content(reply)["resourceType"]) == (status, "OperationOutcome")


# ---------------------------------------------------------------- others

EVERYWHERE = [
    *(("GET", f"{kind}/{{}}") for kind in KINDS),
    ("PUT", "Task/{}"), ("GET", "Task/{}/_history"), ("GET", "Task/{}/_history/1"),
    ("GET", "Binary/{}"), ("GET", "Binary/{}-patient"), ("GET", "Binary/{}-cabinet"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_what_belongs_to_another_practice_does_not_exist(
    method: str, path: str, id: str, app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    task = changed(read(client, id), "signee")

    def asked(id: str) -> tuple[int, bytes]:
        headers = {"If-Match": 'W/"1"'}
        reply = client.open(
            f"/fhir/{path.format(id)}", method=method, json={**task, "id": id}, headers=headers
        )
        return reply.status_code, reply.data

    assert asked(id)[0] in (200, 304)
    monkeypatch.setattr("parcours.web.context.current_client", lambda: STRANGER)
    assert asked(id) == asked("0b2f9b0e-0000-4000-8000-000000000000")
    assert asked(id)[0] == 404


@pytest.mark.parametrize("kind", KINDS)
def test_another_practice_finds_nothing(
    kind: str, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = prepare(client, demande())
    monkeypatch.setattr(
        "parcours.web.context.current_client", lambda: replace(STRANGER, tenant=f"other-{kind}")
    )
    assert content(client.get(f"/fhir/{kind}?patient=pat"))["total"] == 0
    theirs = prepare(client, demande())
    assert theirs["entry"][0]["resource"]["id"] != mine["entry"][0]["resource"]["id"]


@pytest.mark.parametrize("id", ["nothing", "%00", "a" * 65, "é", "..", "-patient"])
@pytest.mark.parametrize("kind", [*KINDS, "Binary"])
def test_an_id_that_is_none_is_unknown(kind: str, id: str, client: FlaskClient) -> None:
    assert client.get(f"/fhir/{kind}/{id}").status_code == 404


def test_a_version_that_never_was_is_unknown(id: str, client: FlaskClient) -> None:
    for version in ("0", "2", "9" * 30, "x"):
        assert client.get(f"/fhir/Task/{id}/_history/{version}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "Task/{}"), ("PUT", "QuestionnaireResponse/{}"), ("POST", "Task")]
)
def test_nothing_is_made_or_erased_by_hand(method: str, path: str, id: str, client: FlaskClient) -> None:
    assert client.open(f"/fhir/{path.format(id)}", method=method, json={}).status_code == 405
