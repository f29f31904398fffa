"""What is wrong in a call is refused where it stands, and what is unknown is passed over."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import (
    BOOKED,
    CDS,
    EXAMPLES,
    NO_MT,
    WITH_MT,
    Json,
    call,
    changed,
    failed,
    first,
    letter,
    order_sign,
    searchset,
)
from tests.cds.conftest import Ask
from tests.cds.server import BASE, Server, read, refused

from parcours.cds.prefetch import gather

COMPLETE = [f.name[:2] for f in sorted(EXAMPLES.glob("[0-9][0-9]-*"))]


@pytest.mark.parametrize("number", COMPLETE)
def test_a_complete_prefetch_asks_the_server_nothing(number: str) -> None:
    body = call(number)
    body |= {"fhirServer": BASE, "fhirAuthorization": {"access_token": "secret"}}
    server = Server(number)
    gather(read(body), server)
    assert server.asked == []


WRONG = [
    ("encounter.period", {"start": 12}),
    ("encounter.period", {"start": "hier"}),
    ("encounter.class", "x"),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_visit_that_is_no_fhir_is_a_422_where_it_is_none(
    client: FlaskClient, path: str, value: Any
) -> None:
    status, where = refused(client, changed(call(NO_MT), f"prefetch.{path}", value))
    assert status == 422
    assert where.startswith(f"prefetch.{path}")


def test_a_resource_of_a_searchset_is_named_by_its_place_in_it(client: FlaskClient) -> None:
    body = changed(call(NO_MT), "prefetch.coverage", first(NO_MT, "Coverage"))
    body["prefetch"]["coverage"] = searchset(body["prefetch"]["coverage"] | {"period": "x"})
    status, where = refused(client, body)
    assert (status, where) == (422, "prefetch.coverage.entry[0].resource.period")


@pytest.mark.parametrize("change", [{"start": 12}, {"status": 1}, {"start": "hier"}])
def test_an_appointment_that_is_no_fhir_is_a_422_where_it_is_none(client: FlaskClient, change: Json) -> None:
    body = call(BOOKED)
    body["context"]["appointments"]["entry"][0]["resource"] |= change
    status, where = refused(client, body, "appointment-book")
    assert status == 422
    assert where.startswith("context.appointments.entry[0].resource")


@pytest.mark.parametrize("given", [[], "x", {"resourceType": "Appointment"}, searchset()])
def test_a_context_without_an_appointment_is_a_400(client: FlaskClient, given: Any) -> None:
    body = changed(call(BOOKED), "context.appointments", given)
    assert refused(client, body, "appointment-book") == (400, "context.appointments")


@pytest.mark.parametrize("entry", [None, "x", {}, {"resourceType": "ServiceRequest", "id": 7}], ids=str)
def test_a_draft_that_is_no_resource_is_a_422_where_it_stands(client: FlaskClient, entry: Any) -> None:
    for body, name in (
        (order_sign(WITH_MT, letter(), entry), "draftOrders"),
        (call(BOOKED), "appointments"),
    ):
        body["context"][name]["entry"][1:] = [{"resource": entry}]
        assert refused(client, body, body["hook"]) == (422, f"context.{name}.entry[1].resource")


def test_more_than_fifty_drafts_are_too_many(client: FlaskClient) -> None:
    body = order_sign(WITH_MT, *(letter(id=str(number)) for number in range(51)))
    assert refused(client, body, "order-sign") == (413, "context.draftOrders.entry")


SOMEBODY = {"reference": "Patient/somebody-else"}


def test_a_visit_an_appointment_and_an_order_of_somebody_else_are_refused(client: FlaskClient) -> None:
    visit = changed(call(NO_MT), "prefetch.encounter.subject", SOMEBODY)
    assert refused(client, visit) == (422, "prefetch.encounter.subject")
    booked = call(BOOKED)
    booked["context"]["appointments"]["entry"][0]["resource"]["participant"] = [{"actor": SOMEBODY}]
    where = "context.appointments.entry[0].resource.participant"
    assert refused(client, booked, "appointment-book") == (422, where)
    order = order_sign(WITH_MT, letter(subject=SOMEBODY))
    assert refused(client, order, "order-sign") == (422, "context.draftOrders.entry[0].resource.subject")


def test_a_key_of_the_caller_is_never_repeated(client: FlaskClient) -> None:
    secret = "DUPONT-JEANNE"
    for value in ("x", {}, failed(), {**(first(NO_MT, "Coverage") or {}), "id": "b", "period": "x"}):
        body = changed(call(NO_MT), f"prefetch.{secret}", value)
        reply = client.post(f"{CDS}/parcours-encounter-start", json=body)
        assert secret not in reply.get_data(as_text=True)


def test_a_resource_under_a_key_of_the_caller_is_told_without_the_key(client: FlaskClient) -> None:
    coverage = {**(first(NO_MT, "Coverage") or {}), "id": "b", "period": "x"}
    assert refused(client, changed(call(NO_MT), "prefetch.vendor", coverage)) == (422, "prefetch")


@pytest.mark.parametrize("kind", ["Patient", "Encounter"])
def test_another_patient_or_visit_under_a_key_of_the_caller_is_passed_over(ask: Ask, kind: str) -> None:
    other = (first(NO_MT, kind) or {}) | {"id": "other"}
    assert ask(changed(call(NO_MT), "prefetch.history", searchset(other))) == ask(call(NO_MT))


@pytest.mark.parametrize("key", ["patient", "encounter"])
def test_who_or_what_has_no_id_is_not_the_one_of_the_context(client: FlaskClient, key: str) -> None:
    assert refused(client, changed(call(NO_MT), f"prefetch.{key}.id")) == (422, f"prefetch.{key}.id")


@pytest.mark.parametrize("value", ["x", {}, [1]])
def test_an_unknown_key_that_is_no_resource_is_passed_over(ask: Ask, value: Any) -> None:
    assert ask(changed(call(NO_MT), "prefetch.vendor", value)) == ask(call(NO_MT))
    assert ask(call(NO_MT) | {"extension": []}) == ask(call(NO_MT))
