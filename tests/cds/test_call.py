"""C5 to C9: what a call must bring, what may be missing, and what is asked for instead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import (
    BOOKED,
    CDS,
    INSTANCE,
    NO_MT,
    WITH_MT,
    Json,
    call,
    changed,
    failed,
    first,
    letter,
    order_sign,
    patient_view,
    resources,
    searchset,
)
from tests.cds.conftest import Ask
from tests.cds.server import BASE, Server, lent, read, refused

from parcours.cds.prefetch import DataUnreachable, gather
from parcours.cds.services import SERVICES
from parcours.domain.decision import Decision
from parcours.domain.facts import Visite
from parcours.engine import decide
from parcours.errors import InputError, UnreadableBundle
from parcours.remote.unreachable import Reason

# ---------------------------------------------------------------- C5, C6

SAME = [
    ("hookInstance", INSTANCE.upper()),
    ("context.episodeId", "9"),
    ("context.nested", {"any": ["thing", None]}),
    ("extension", {"davinci-crd.requestedVersion": "2.2", "fr.example.x": [1]}),
    ("extension", {"davinci-crd.configuration": {"unknown": True}}),
    ("prefetch.vendor", {"resourceType": "Basic", "id": "x", "code": {"text": "x"}}),
    ("prefetch.nothing", None),
    ("isReplay", {"a": None}),
]
"""What may be said otherwise, or besides."""


@pytest.mark.parametrize(("path", "value"), SAME, ids=str)
def test_c5_a_call_may_say_more_and_the_same_otherwise(ask: Ask, path: str, value: Any) -> None:
    assert ask(changed(call(NO_MT), path, value)) == ask(call(NO_MT))


def test_c5_the_server_may_end_with_a_slash(ask: Ask) -> None:
    here, there = (ask(call(NO_MT) | {"fhirServer": server}) for server in (BASE, f"{BASE}/"))
    assert here == there


def test_c5_a_token_may_come_without_its_scope() -> None:
    authorization = lent(NO_MT).authorization
    assert authorization is not None
    assert authorization.scope is None


BROKEN: list[tuple[str, Any, int, str]] = [
    ("hook", ..., 400, ""),
    ("hook", "", 400, "hook"),
    ("hook", "patient-view", 400, "hook"),
    ("hook", 3, 400, "hook"),
    ("hookInstance", ..., 400, ""),
    ("hookInstance", "", 400, "hookInstance"),
    ("hookInstance", "abc", 400, "hookInstance"),
    ("context", ..., 400, ""),
    ("context", [], 400, "context"),
    ("context.patientId", ..., 400, "context.patientId"),
    ("context.patientId", None, 400, "context.patientId"),
    ("context.patientId", 12, 400, "context.patientId"),
    ("context.encounterId", ..., 400, "context.encounterId"),
    ("context.userId", ..., 400, "context.userId"),
    ("context.patientId", "../Practitioner/1", 422, "context.patientId"),
    ("context.patientId", "1?_format=xml", 422, "context.patientId"),
    ("context.patientId", "1/$everything", 422, "context.patientId"),
    ("context.patientId", "%2e%2e", 422, "context.patientId"),
    ("context.userId", "medecin", 422, "context.userId"),
    ("context.userId", "Device/1", 422, "context.userId"),
    ("prefetch", [], 400, "prefetch"),
    ("prefetch.patient", "Patient", 400, "prefetch.patient"),
    ("prefetch.patient", {}, 400, "prefetch.patient"),
    ("fhirAuthorization", {"access_token": "x"}, 400, "fhirServer"),
    ("fhirAuthorization", {"scope": "x"}, 400, "fhirAuthorization"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "status", "where"), BROKEN)
def test_c5_a_call_that_breaks_the_rules_is_refused_where_it_breaks_them(
    client: FlaskClient, path: str, value: Any, status: int, where: str
) -> None:
    assert refused(client, changed(call(NO_MT), path, value)) == (status, where)


def test_c5_what_is_unknown_is_passed_over(ask: Ask) -> None:
    body = call(NO_MT) | {"extension": {"fr.example.x": [1]}, "vendor": {"a": None}}
    body["context"] |= {"episodeId": "9", "nested": {"any": "thing"}}
    assert ask(body) == ask(call(NO_MT))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"hook":"a","hook":"b"}'])
def test_c5_what_is_no_json_object_is_refused(client: FlaskClient, body: bytes) -> None:
    reply = client.post(f"{CDS}/parcours-patient-view", data=body, content_type="application/json")
    assert (reply.status_code, reply.get_json()["resourceType"]) == (400, "OperationOutcome")


def test_c6_null_was_asked_and_there_is_nothing_so_it_is_not_asked_again() -> None:
    server = Server(NO_MT)
    given = {key: None for key in SERVICES["parcours-encounter-start"].prefetch}
    records = gather(lent(NO_MT, **given | {"encounter": first(NO_MT, "Encounter")}), server)
    assert not [asked for asked in server.asked if asked.startswith(("Patient", "Coverage", "CareTeam"))]
    assert records.failed == []


def test_c6_an_absent_key_was_not_asked_so_it_is_asked() -> None:
    server = Server(NO_MT)
    records = gather(lent(NO_MT, patient=first(NO_MT, "Patient")), server)
    assert "Encounter/visite" in server.asked
    assert "Coverage?patient&status" in server.asked
    assert "Patient/patient" not in server.asked
    assert records.get("Coverage", "droits") is not None


def test_c6_an_outcome_is_a_search_that_failed_so_it_is_tried_again() -> None:
    server = Server(NO_MT)
    gather(lent(NO_MT, patient=failed(), coverage=failed()), server)
    assert {"Patient/patient", "Coverage?patient&status"} <= set(server.asked)


def test_c6_a_record_without_the_fact_is_answered_and_names_what_is_missing(ask: Ask) -> None:
    body = call("01")
    for key in (
        "patient",
        "user",
        "userRole",
        "coverage",
        "careTeam",
        "serviceRequest",
        "carePlan",
        "others",
    ):
        body["prefetch"][key] = None
    (card,) = ask(body)["cards"]
    assert card["summary"].startswith("Parcours indéterminé")


# ---------------------------------------------------------------- C7: 412 only when data is unreachable


@pytest.mark.parametrize("key", ["patient", "encounter"])
@pytest.mark.parametrize("value", [..., failed()], ids=["absent", "failed"])
def test_c7_what_is_required_and_cannot_be_had_is_a_412(client: FlaskClient, key: str, value: Any) -> None:
    body = changed(call(NO_MT), f"prefetch.{key}", value)
    assert refused(client, body) == (412, f"prefetch.{key}")


@pytest.mark.parametrize("key", ["coverage", "careTeam", "serviceRequest", "carePlan", "user", "userRole"])
def test_c7_what_a_client_never_sends_is_no_412(client: FlaskClient, key: str) -> None:
    reply = client.post(f"{CDS}/parcours-encounter-start", json=changed(call(WITH_MT), f"prefetch.{key}"))
    assert reply.status_code == 200


def test_c7_out_of_the_path_is_never_said_when_a_search_failed(client: FlaskClient) -> None:
    body = changed(call(NO_MT), "prefetch.serviceRequest", failed())
    assert undetermined(client, body) == "Parcours indéterminé, il manque : les adressages."


def undetermined(client: FlaskClient, body: Json) -> str:
    """The only card of an answer that writes nothing."""
    reply = client.post(f"{CDS}/parcours-{body['hook']}", json=body)
    assert reply.status_code == 200
    answer = reply.get_json()
    (card,) = answer["cards"]
    assert "systemActions" not in answer
    return str(card["summary"])


UNSAID = [
    (Reason.STATUS, 400),
    (Reason.STATUS, 422),
    (Reason.STATUS, 501),
    (Reason.ABSENT, 404),
    (Reason.REFUSED, 403),
    (Reason.SCOPE, None),
]


@pytest.mark.parametrize(("reason", "status"), UNSAID)
def test_c7_a_search_that_a_server_does_not_make_is_not_an_unreachable_server(
    reason: Reason, status: int | None
) -> None:
    records = gather(lent(NO_MT), Server(NO_MT, dead=("CarePlan",), reason=reason, status=status))
    assert (records.failed, records.withheld) == ([], ["CarePlan"])


@pytest.mark.parametrize("status", [500, 503])
def test_c7_a_server_that_breaks_is_one_that_does_not_answer(status: int) -> None:
    records = gather(lent(NO_MT), Server(NO_MT, dead=("CarePlan",), reason=Reason.STATUS, status=status))
    assert (records.failed, records.withheld) == (["carePlan"], [])


def test_c7_a_search_that_failed_does_not_matter_when_one_ground_holds(ask: Ask) -> None:
    assert ask(changed(call(WITH_MT), "prefetch.serviceRequest", failed()))["cards"] == []


@pytest.mark.parametrize("dead", ["Patient", "Encounter"])
@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.ABSENT])
def test_c7_a_server_that_does_not_answer_is_a_412(dead: str, reason: Reason) -> None:
    with pytest.raises(DataUnreachable) as refusal:
        gather(lent(NO_MT), Server(NO_MT, dead=(dead,), reason=reason))
    assert (refusal.value.status, refusal.value.problems[0].expression) == (412, f"prefetch.{dead.lower()}")


def test_c7_a_server_that_has_not_got_it_is_no_412() -> None:
    records = gather(lent(NO_MT), Server(NO_MT, dead=("Patient",), reason=Reason.ABSENT))
    assert records.get("Patient", "patient") is None
    assert records.failed == []


def test_c7_an_optional_search_that_fails_is_remembered() -> None:
    assert gather(lent(NO_MT), Server(NO_MT, dead=("CarePlan",))).failed == ["carePlan"]


@pytest.mark.parametrize(("reason", "failed"), [(Reason.SCOPE, []), (Reason.TIMEOUT, ["Practitioner"])])
def test_c7_what_a_token_was_not_made_for_is_not_missed_further_away(
    reason: Reason, failed: list[str]
) -> None:
    nothing = dict.fromkeys(("user", "userRole", "coverage", "careTeam", "serviceRequest", "carePlan"))
    visit = {"patient": first(WITH_MT, "Patient"), "encounter": first(WITH_MT, "Encounter")}
    records = gather(
        lent(WITH_MT, **nothing, **visit), Server(WITH_MT, dead=("Practitioner",), reason=reason)
    )
    assert list(dict.fromkeys(records.failed)) == failed


def test_c14_a_number_that_was_fetched_keeps_its_digits() -> None:
    server = Server(NO_MT)
    visit = next(r for r in server.held if r["resourceType"] == "Encounter")
    visit["length"] = {"value": Decimal("45.10"), "unit": "min"}
    raw = gather(lent(NO_MT), server).get("Encounter", visit["id"])
    assert b'"value":45.10' in (raw or b"")


# ---------------------------------------------------------------- C8, C9


def test_c8_a_first_page_is_completed_from_the_server() -> None:
    page = searchset() | {"link": [{"relation": "next", "url": f"{BASE}/Coverage?page=2"}]}
    server = Server(NO_MT)
    records = gather(lent(NO_MT, coverage=page), server)
    assert "Coverage?patient&status" in server.asked
    assert records.get("Coverage", "droits") is not None


def test_c8_a_first_page_nobody_can_complete_proves_nothing(client: FlaskClient) -> None:
    page = searchset() | {"link": [{"relation": "next", "url": f"{BASE}/ServiceRequest?page=2"}]}
    body = changed(call(NO_MT), "prefetch.serviceRequest", page)
    assert undetermined(client, body) == "Parcours indéterminé, il manque : les adressages."


def test_c9_the_token_shows_nowhere() -> None:
    asked = lent(NO_MT)
    assert asked.authorization is not None
    assert asked.authorization.access_token == "secret"
    assert "secret" not in repr(asked)


def test_a_prefetch_that_lacks_everything_is_read_from_the_server() -> None:
    held = set(gather(lent(WITH_MT), Server(WITH_MT)).everything())
    assert held == {(r["resourceType"], r["id"]) for r in resources(WITH_MT) if r["resourceType"] != "Claim"}


def test_what_a_resource_names_and_nobody_sent_is_read_too() -> None:
    nothing = dict.fromkeys(("user", "userRole", "coverage", "careTeam", "serviceRequest", "carePlan"))
    visit = {"patient": first(WITH_MT, "Patient"), "encounter": first(WITH_MT, "Encounter")}
    server = Server(WITH_MT)
    gather(lent(WITH_MT, **nothing, **visit), server)
    role, person = first(WITH_MT, "PractitionerRole"), first(WITH_MT, "Practitioner")
    assert role is not None
    assert person is not None
    assert {f"PractitionerRole/{role['id']}", f"Practitioner/{person['id']}"} <= set(server.asked)


def test_whoever_wrote_the_letter_that_a_visit_names_is_read_too() -> None:
    server = Server("03")
    (order,) = (r for r in server.held if r["resourceType"] == "ServiceRequest")
    person = order["requester"]
    server.held.append({"resourceType": "PractitionerRole", "id": "auteur", "practitioner": person})
    order["requester"] = {"reference": "PractitionerRole/auteur"}
    nothing = dict.fromkeys(("user", "userRole", "coverage", "careTeam", "serviceRequest", "carePlan"))
    patient = {name: v for name, v in (first("03", "Patient") or {}).items() if name != "extension"}
    gather(lent("03", **nothing, patient=patient, encounter=first("03", "Encounter")), server)
    assert person["reference"] in server.asked


def test_what_does_not_depend_on_anything_else_is_asked_together() -> None:
    server = Server(WITH_MT)
    gather(lent(WITH_MT), server)
    needed, wanted, *following = server.together
    assert needed == ["Patient/patient", "Encounter/visite"]
    assert wanted == [
        "Practitioner", "PractitionerRole", "Coverage", "CareTeam", "ServiceRequest", "CarePlan"
    ]  # fmt: skip
    assert len(following) <= 2


def test_without_what_is_required_nothing_else_is_asked() -> None:
    server = Server(NO_MT, dead=("Encounter",))
    with pytest.raises(DataUnreachable):
        gather(lent(NO_MT), server)
    assert len(server.together) == 1


def test_what_one_call_has_no_more_room_to_read_was_not_read() -> None:
    crowded = Server(NO_MT)
    visit = first(NO_MT, "Encounter") or {}
    places = [{"location": {"reference": f"Location/{number}"}} for number in range(30)]
    records = gather(lent(NO_MT, encounter=visit | {"location": places}), crowded)
    assert sum(asked.startswith("Location/") for asked in crowded.asked) <= 20
    assert "Location" in records.withheld


@pytest.mark.parametrize(("key", "kind"), [("patient", "Patient"), ("encounter", "Encounter")])
def test_the_data_of_somebody_else_is_refused(key: str, kind: str) -> None:
    body = call(NO_MT)
    body["prefetch"][key] = {**(first(NO_MT, kind) or {}), "id": "another"}
    with pytest.raises(UnreadableBundle) as refusal:
        gather(read(body), None)
    assert refusal.value.problems[0].expression == f"prefetch.{key}.id"


def test_a_patient_who_is_no_fhir_is_a_422(client: FlaskClient) -> None:
    body = changed(call(NO_MT), "prefetch.patient.birthDate", "hier")
    assert refused(client, body)[0] == 422


@pytest.mark.parametrize(
    "body",
    [call(NO_MT), call(BOOKED), order_sign(WITH_MT, letter()), patient_view(NO_MT)],
    ids=lambda body: str(body["hook"]),
)
def test_a_refusal_repeats_no_value_of_the_call(client: FlaskClient, body: Json) -> None:
    secret = "SECRET-DUPONT"
    for path in ("hookInstance", "context.userId", "context.patientId", "prefetch.patient"):
        reply = client.post(f"{CDS}/parcours-{body['hook']}", json=changed(body, path, secret))
        assert reply.status_code in (400, 422)
        assert secret not in reply.get_data(as_text=True)


def test_the_same_call_is_answered_with_the_same_bytes(client: FlaskClient) -> None:
    replies = {client.post(f"{CDS}/parcours-encounter-start", json=call(NO_MT)).get_data() for _ in range(2)}
    assert len(replies) == 1
    assert INSTANCE not in replies.pop().decode()


def test_one_visit_is_judged_once(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[dt.date] = []

    def counted(visite: Visite, *law: Any) -> Decision:
        judged.append(visite.date)
        return decide(visite, *law)

    monkeypatch.setattr("parcours.service.decide", counted)
    ask(call(NO_MT))
    assert judged == [dt.date(2026, 2, 17)]


def test_every_refusal_is_an_input_error() -> None:
    assert issubclass(DataUnreachable, InputError)
