"""The same answer in two languages: which one, said in the headers, and the codes the same in both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.test_translation import is_french
from tests.web.test_http import CASES, Case, send
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.replies import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
EVALUATE = "/fhir/Encounter/$evaluate-parcours"
FHIR = {"Content-Type": "application/fhir+json"}

PREFERENCES = {
    None: "fr",
    "": "fr",
    "en": "en",
    "EN": "en",
    "en-US": "en",
    "en_GB": "en",
    "fr": "fr",
    "fr-CA": "fr",
    "de": "fr",
    "*": "fr",
    "en, fr": "en",
    "fr, en": "fr",
    "en;q=0.8, fr;q=0.9": "fr",
    "fr;q=0.8, en;q=0.9": "en",
    "fr-FR;q=0.8, en-US;q=0.9, de": "en",
    "en-US, fr;q=0.5": "en",
    "en-US;q=0.2, en;q=0.7, fr;q=0.5": "en",
    "de, en;q=0.3": "en",
    "en;q=0": "fr",
    "en;q=0, *": "fr",
    "fr;q=0, *": "en",
    "fr;q=0, en;q=0": "fr",
    "en, *;q=0.1": "en",
    "en;q=0.4, *;q=0.5": "fr",
    "en;q=x": "fr",
    ";;,=,q": "fr",
}


@pytest.fixture(scope="module")
def real() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.mark.parametrize("accepted", PREFERENCES)
def test_english_is_for_who_prefers_it_to_french(accepted: str | None, real: FlaskClient) -> None:
    headers = {} if accepted is None else {"Accept-Language": accepted}
    reply = real.get("/fhir/metadata", headers=headers)
    assert reply.headers["Content-Language"] == PREFERENCES[accepted]
    assert "Accept-Language" in reply.headers["Vary"]
    said = json.loads(reply.data)
    assert said["language"] == {"fr": "fr-FR", "en": "en"}[PREFERENCES[accepted]]
    assert is_french(said["title"]) is (PREFERENCES[accepted] == "fr")


def without_texts(node: Any) -> Any:
    """What programs read: codes, paths and numbers, without words, languages and the hour of the answer."""
    words = {
        "text",
        "display",
        "disposition",
        "div",
        "citation",
        "label",
        "language",
        "processNote",
        "created",
    }
    if isinstance(node, dict):
        return {
            name: without_texts(value) for name, value in node.items() if name not in {*words, "valueString"}
        }
    return [without_texts(item) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize("example", ["21-camieg-sans-medecin-traitant", "35-gynecologue-acte-inconnu"])
def test_an_answer_says_the_same_codes_in_both_languages(example: str, real: FlaskClient) -> None:
    body = (ROOT / "examples" / example / "bundle.json").read_bytes()
    french, english = (
        json.loads(real.post(EVALUATE, headers={**FHIR, "Accept-Language": language}, data=body).data)
        for language in ("fr", "en")
    )
    assert without_texts(french) == without_texts(english)
    said = english["entry"][0]["resource"]
    assert said["language"] == "en"
    assert said["text"]["div"].startswith(
        '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">'
    )
    for text in (said["disposition"], *(note["text"] for note in said["processNote"])):
        assert not is_french(text)
    assert {note["language"]["coding"][0]["code"] for note in said["processNote"]} == {"en"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refusal_is_in_the_language_of_the_caller(case: Case, client: FlaskClient) -> None:
    if case.status < 400:
        return
    reply = send(client, Case(**{**vars(case), "headers": {**case.headers, "Accept-Language": "en"}}))
    assert reply.headers["Content-Language"] == "en"
    assert not is_french(json.loads(reply.data)["issue"][0]["details"]["text"])


BODIES = [b"", b"\xff", b"{", b'{"a":1,"a":2}', b"NaN", b"[" * 60, b"{}", b'{"resourceType":"Bundle"}']


@pytest.mark.parametrize("body", BODIES)
def test_an_unreadable_body_is_explained_in_english(body: bytes, real: FlaskClient) -> None:
    reply = real.post(EVALUATE, headers={**FHIR, "Accept-Language": "en"}, data=body)
    assert reply.status_code in (400, 422)
    assert not is_french(json.loads(reply.data)["issue"][0]["details"]["text"])


def test_each_answer_of_a_batch_is_in_english(real: FlaskClient) -> None:
    calls = [
        {"request": {"method": "GET", "url": url}} for url in ("metadata", "nowhere", "http://elsewhere")
    ]
    batch = {"resourceType": "Bundle", "type": "batch", "entry": calls}
    reply = real.post("/fhir", headers={**FHIR, "Accept-Language": "en"}, data=json.dumps(batch))
    metadata, nowhere, elsewhere = json.loads(reply.data)["entry"]
    assert metadata["resource"]["language"] == "en"
    for entry in (nowhere, elsewhere):
        assert entry["response"]["outcome"]["language"] == "en"
        assert not is_french(entry["response"]["outcome"]["issue"][0]["details"]["text"])


def test_outside_the_fhir_base_too(client: FlaskClient) -> None:
    reply = client.get("/nowhere", headers={"Accept-Language": "en"})
    assert json.loads(reply.data)["erreur"].startswith("Nothing at this address")
    assert reply.headers["Content-Language"] == "en"


def test_a_failure_keeps_its_reference(failing: Callable[[Exception], FlaskClient]) -> None:
    reply = failing(RuntimeError()).post(EVALUATE, headers={**FHIR, "Accept-Language": "en"}, data=b"{}")
    text = json.loads(reply.data)["issue"][0]["details"]["text"]
    assert text.startswith("The service failed; nothing was confirmed. Incident reference: ")
    assert not is_french(text)


RAISED = (
    Unauthorized,
    Forbidden,
    RequestURITooLarge,
    TooManyRequests,
    RequestHeaderFieldsTooLarge,
    ServiceUnavailable,
)


def test_every_refusal_has_a_case_or_a_test() -> None:
    tested = {case.status for case in CASES} | {error.code for error in RAISED}
    assert set(REFUSALS) - tested <= {400, 411, 421, 500}


@pytest.mark.parametrize("error", RAISED)
def test_who_is_not_known_asks_too_much_or_has_to_wait_is_told_in_english(
    failing: Callable[[Exception], FlaskClient], error: type[HTTPException]
) -> None:
    reply = failing(error()).post(EVALUATE, headers={**FHIR, "Accept-Language": "en"}, data=b"{}")
    assert reply.status_code == error.code
    assert not is_french(json.loads(reply.data)["issue"][0]["details"]["text"])
