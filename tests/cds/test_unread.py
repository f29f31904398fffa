"""C7: a letter and a record of which something could not be read are judged as a visit is: no unsure word."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.cds.calls import (
    NO_MT,
    WITH_MT,
    Json,
    call,
    changed,
    failed,
    letter,
    order_sign,
    patient_view,
    searchset,
)
from tests.cds.conftest import Ask
from tests.cds.server import BASE, Server, lent, read
from tests.cds.test_letters import mt
from tests.fhir.builders import encode

from parcours.cds.language import FRANCAIS
from parcours.cds.options import Options
from parcours.cds.prefetch import DataUnreachable, gather
from parcours.cds.records import Records
from parcours.cds.referral import Referral, referral
from parcours.remote.deadline import Deadline
from parcours.service import Service

LETTER = "03"
"""The example of a visit that a letter puts in the path."""
NO_RESOURCES = [
    {},
    {"resource": None},
    {"resource": "x"},
    {"resource": {"id": "a"}},
    {"resource": {"resourceType": "ServiceRequest", "id": 7}},
    {"resource": {"resourceType": "ServiceRequest", "link": "x"}},
]
LENT = {"fhirServer": BASE, "fhirAuthorization": {"access_token": "secret"}}


@pytest.mark.parametrize(
    ("key", "told"),
    [("careTeam", "les soignants du patient"), ("user", "l’activité du professionnel"), ("coverage", None)],
)
def test_c7_a_letter_is_no_strangers_when_what_tells_it_was_withheld(
    ask: Ask, key: str, told: str | None
) -> None:
    body = order_sign(WITH_MT, letter(), user="Practitioner/inconnu")
    body["prefetch"]["patient"].pop("extension")  # nobody says who the médecin traitant is
    cards = ask(changed(body, f"prefetch.{key}", failed()))["cards"]
    said = [f"Parcours indéterminé, il manque : {told}."] if told else []
    assert [card["summary"] for card in cards] == said


def test_c7_an_addressee_who_was_withheld_is_no_known_stranger() -> None:
    order = letter(performer=[{"reference": "Practitioner/confrere"}])
    del order["performerType"]
    records = Records(withheld=["Practitioner"])
    raw = encode(order)
    assert referral(raw, mt(), records) is Referral.UNKNOWN
    assert referral(raw, mt(), Records(failed=["PractitionerRole"])) is Referral.UNKNOWN
    assert referral(raw, mt(), Records(withheld=["Coverage"])) is Referral.NO
    laboratory = encode(order | {"performer": [{"reference": "Organization/laboratoire"}]})
    assert referral(laboratory, mt(), records) is Referral.NO


@pytest.mark.parametrize(
    ("dead", "status"), [("CareTeam", 412), ("PractitionerRole", 412), ("Coverage", 200)]
)
def test_c7_a_letter_that_nobody_could_judge_is_a_412(service: Service, dead: str, status: int) -> None:
    body = order_sign(WITH_MT, letter(), user="Practitioner/inconnu") | LENT | {"prefetch": {}}
    server = Server(WITH_MT, dead=(dead,))
    for patient in (r for r in server.held if r["resourceType"] == "Patient"):
        patient.pop("extension")
    assert judged(service, body, server) == status


def unnamed() -> Json:
    """A visit that does not say which letter it is for: the letters of the patient are looked through."""
    body = changed(call(LETTER), "prefetch.encounter.basedOn")
    assert body["prefetch"]["serviceRequest"]["entry"]
    return body


@pytest.mark.parametrize("entry", NO_RESOURCES, ids=str)
def test_c7_out_of_the_path_is_never_said_when_an_entry_could_not_be_read(ask: Ask, entry: Json) -> None:
    (card,) = ask(changed(unnamed(), "prefetch.serviceRequest.entry", [entry]))["cards"]
    assert card["summary"] == "Parcours indéterminé, il manque : les adressages."


def test_c7_an_entry_that_could_not_be_read_is_asked_of_the_server() -> None:
    server = Server(LETTER)
    records = gather(lent(LETTER, serviceRequest={**searchset(), "entry": NO_RESOURCES}), server)
    assert [asked for asked in server.asked if asked.startswith("ServiceRequest")]
    assert (list(records.of("ServiceRequest")) != [], records.withheld) == (True, [])


def test_c7_a_letter_without_id_is_a_letter(ask: Ask) -> None:
    body = unnamed()
    assert ask(body) == {"cards": []}
    del body["prefetch"]["serviceRequest"]["entry"][0]["resource"]["id"]
    assert ask(body | {"fhirServer": BASE}) == {"cards": []}


@pytest.mark.parametrize(("id", "held", "withheld"), [(None, 1, []), (7, 0, ["ServiceRequest"])])
def test_c7_what_a_server_gives_without_a_usable_id_is_not_forgotten(
    id: int | None, held: int, withheld: list[str]
) -> None:
    server = Server(LETTER)
    for order in (r for r in server.held if r["resourceType"] == "ServiceRequest"):
        order["id"] = id
    encounter = unnamed()["prefetch"]["encounter"]
    records = gather(lent(LETTER, encounter=encounter), server)
    assert (len(list(records.of("ServiceRequest"))), records.withheld) == (held, withheld)


@pytest.mark.parametrize(("key", "cards"), [("coverage", 0), ("careTeam", 0), ("patient", 1)])
def test_c7_a_record_gets_no_hint_that_is_not_sure(ask: Ask, key: str, cards: int) -> None:
    body = patient_view(NO_MT)
    value = body["prefetch"]["patient"] if key == "patient" else failed()
    assert len(ask(changed(body, f"prefetch.{key}", value))["cards"]) == cards


@pytest.mark.parametrize(("dead", "number", "status"), [
    ("Coverage", NO_MT, 412), ("CareTeam", NO_MT, 412), ("Coverage", WITH_MT, 200),
])  # fmt: skip
def test_c7_a_hint_is_a_412_when_its_grounds_could_not_be_reached(
    service: Service, dead: str, number: str, status: int
) -> None:
    body = patient_view(number) | LENT | {"prefetch": {}}
    assert judged(service, body, Server(number, dead=(dead,))) == status


def judged(service: Service, body: Json, server: Server) -> int:
    """The status that a call gets whose data comes from this server."""
    asked = read(body)
    try:
        service.advise(
            asked,
            gather(asked, server),
            options=Options.of(),
            langue=FRANCAIS,
            now=dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC),
            deadline=Deadline.after(5),
        )
    except DataUnreachable as refusal:
        return refusal.status
    return 200
