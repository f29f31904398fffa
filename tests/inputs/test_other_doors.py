"""The rows of bad inputs that come by another door: files of lines, calls of CDS Hooks, forms on paper."""

from __future__ import annotations

import copy
import gzip
import io
import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from tests.bulk.visits import lines
from tests.cds.calls import CDS, NO_MT, WITH_MT, Json, call, changed, letter, order_sign, patient_view
from tests.fhir.declarations import demande, dominique, nom
from tests.law.declarations import beneficiaire, identite, prepare
from tests.web.kept import PREPARE
from tests.web.pages.office import Office

from parcours.bulk.answers import Answerer, Kind
from parcours.paper.s3704 import s3704
from parcours.service import Service
from parcours.settings import Settings
from parcours.web import create_app

GOOD = next(lines(1)).strip()
PRETTY = json.dumps(json.loads(GOOD), indent=2).encode()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(Settings(database=str(tmp_path_factory.mktemp("doors") / "x.sqlite"))).test_client()


# ---------------------------------------------------------------- names as they were sent


NAMES = [
    ("=cmd|'/c calc'!A1", "@SUM(A1)", "+1"),
    ("%s%n", "{0.__class__}", "{{7*7}}"),
    ("${jndi:ldap://a.example}", "[x](javascript:1)", "`id`"),
]
"""What a spreadsheet, a format, a template, a logger or Markdown would make something of."""


@pytest.mark.parametrize("names", NAMES, ids=" ".join)
def test_b102_b103_b105_names_are_kept_and_shown_as_they_were_sent(
    client: FlaskClient, names: tuple[str, str, str]
) -> None:
    family, given, second = names
    key = {"Idempotency-Key": f"names-{NAMES.index(names)}"}
    who = dominique(name=[nom(family, f"{given} {second}")])
    reply = client.post(PREPARE, json=demande(who), headers=key)
    entries = {one["resourceType"]: one for one in resources(reply.get_json(force=True))}
    kept = json.dumps(entries["QuestionnaireResponse"])
    shown = unescape(Office(client).get(f"/declarations/{entries['Task']['id']}"))
    for name in names:
        assert name in kept
        assert name in shown


def resources(bundle: Json) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"]]


def test_b103_names_are_printed_as_they_were_sent() -> None:
    names = " ".join(map(" ".join, NAMES))
    declared = prepare(beneficiaire=beneficiaire(identite=identite(nom=names)))
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(s3704(declared))).pages)
    assert re.sub(r"\s", "", names) in re.sub(r"\s", "", printed)


# ---------------------------------------------------------------- files of lines


FILES = {
    "an array on one line": (b"[" + GOOD + b"," + GOOD + b"]", 0),
    "an array over lines": (b"[\n" + GOOD + b",\n" + GOOD + b"\n]", 1),
    "one document over lines": (PRETTY, 0),
    "two objects on a line": (GOOD + b" " + GOOD, 0),
    "two objects with a comma": (GOOD + b"," + GOOD, 0),
}
"""What is no file of lines, and how many of its lines are one visit and nothing else."""


@pytest.mark.parametrize("name", FILES)
def test_b106_what_is_no_file_of_lines_is_refused_line_by_line_and_nothing_is_guessed(
    name: str,
) -> None:
    content, decided = FILES[name]
    answerer = Answerer(Service(Settings()), "full")
    given = content.split(b"\n")
    said = [answerer.answer(number, line).kind for number, line in enumerate(given, 1)]
    assert said.count(Kind.DECIDED) == decided
    assert said.count(Kind.REFUSED) == len(given) - decided


def test_b107_one_bad_line_costs_its_own_answer_and_no_other() -> None:
    answerer = Answerer(Service(Settings()), "full")
    given = [GOOD, GOOD, b"{", GOOD, GOOD]
    kinds = [answerer.answer(number, line).kind for number, line in enumerate(given, 1)]
    assert kinds == [Kind.DECIDED, Kind.DECIDED, Kind.REFUSED, Kind.DECIDED, Kind.DECIDED]
    assert [answerer.answer(number, b"{").kind for number in range(1, 6)] == [Kind.REFUSED] * 5


# ---------------------------------------------------------------- calls of CDS Hooks


def wrapped(body: Json) -> Json:
    """A prefetch that holds entries of a batch response where resources are asked for."""
    entry = {"response": {"status": "200 OK"}, "resource": body["prefetch"]["patient"]}
    return changed(body, "prefetch.patient", entry)


def with_order(body: Json, **elements: Any) -> Json:
    other = copy.deepcopy(body)
    other["context"]["draftOrders"]["entry"][0]["resource"].update(elements)
    return other


VIEW, SIGN = patient_view(NO_MT), order_sign(WITH_MT, letter())
CALLS: dict[str, tuple[Json, int]] = {
    "a visit": (call(NO_MT), 200),
    "patient-view": (VIEW, 200),
    "order-sign": (SIGN, 200),
    "patient-view, keys of another service": (changed(VIEW, "prefetch.item3", None), 200),
    "patient-view, extensions": (VIEW | {"extension": {"fr.example.x": {"a": 1}}}, 200),
    "patient-view, the id with its type": (changed(VIEW, "context.patientId", "Patient/patient"), 422),
    "patient-view, a batch response as prefetch": (wrapped(VIEW), 400),
    "patient-view, another patient": (changed(VIEW, "prefetch.patient.id", "autre"), 422),
    "patient-view, no instance": (changed(VIEW, "hookInstance", ...), 400),
    "patient-view, an instance that is no UUID": (changed(VIEW, "hookInstance", "1"), 400),
    "patient-view, a token without a server": (VIEW | {"fhirAuthorization": {"access_token": "x"}}, 400),
    "patient-view, prefetch is a list": (changed(VIEW, "prefetch", []), 400),
    "order-sign, the id with its type": (changed(SIGN, "context.patientId", "Patient/patient"), 422),
    "order-sign, no orders": (changed(SIGN, "context.draftOrders", ...), 400),
    "order-sign, a birth date that is none": (changed(SIGN, "prefetch.patient.birthDate", "X2002"), 422),
    "order-sign, an order of no known status": (with_order(SIGN, status="Xactive"), 200),
    "order-sign, of another patient": (with_order(SIGN, subject={"reference": "Patient/autre"}), 422),
}
"""As the requests of the public suite are good or bad, of people of ours."""


@pytest.mark.parametrize("name", CALLS)
def test_b109_b110_good_calls_are_answered_and_bad_ones_refused_without_a_card(
    client: FlaskClient, name: str
) -> None:
    body, status = CALLS[name]
    reply = client.post(f"{CDS}/parcours-{body['hook']}", json=body)
    assert reply.status_code == status, reply.get_json()
    assert ("cards" in reply.get_json()) == (status == 200)


def test_b110_an_order_that_cannot_be_believed_has_neither_card_nor_action(client: FlaskClient) -> None:
    doubtful = CALLS["order-sign, an order of no known status"][0]
    said, doubted = (
        client.post(f"{CDS}/parcours-order-sign", json=body).get_json() for body in (SIGN, doubtful)
    )
    assert said["cards"] or said["systemActions"]
    assert (doubted["cards"], doubted.get("systemActions", [])) == ([], [])


def test_a_call_is_for_the_service_of_its_hook(client: FlaskClient) -> None:
    assert client.post(f"{CDS}/parcours-order-sign", json=VIEW).status_code == 400
    assert client.post(f"{CDS}/parcours-unknown", json=VIEW).status_code == 404


# ---------------------------------------------------------------- bodies whose type is none of ours


def test_b009_b010_what_is_compressed_or_in_parts_is_refused_unread(client: FlaskClient) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    parts = {"Content-Type": "multipart/form-data; boundary=x"}
    for path in ("/fhir/$evaluate-parcours", "/fhir", PREPARE, f"{CDS}/parcours-patient-view"):
        packed = {"Content-Type": "application/fhir+json", "Content-Encoding": "gzip"}
        assert client.post(path, data=bomb, headers=packed).status_code == 415, path
        assert client.post(path, data=b"--x\r\n\r\n\r\n" * 100_000, headers=parts).status_code == 415, path
