"""What the service really answers, recorded: every example evaluated, declarations followed, refusals."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from parcours.fhir.operations import PUBLISHED_KINDS
from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.counting import counting
from pds import declarations

EVALUATE = "/fhir/Encounter/$evaluate-parcours"
SUBMIT = "/fhir/Claim/$submit"
ENTRY = "Encounter/$evaluate-parcours"
FHIR_JSON = "application/fhir+json"


def record(examples: Path, folder: Path) -> int:
    """Ask the service everything, write each answer as one file; how many answers there are."""
    folder.mkdir(parents=True, exist_ok=True)
    recorded = dict(answers(examples))
    for name, body in recorded.items():
        (folder / f"{name}.json").write_bytes(body)
    return len(recorded)


def answers(examples: Path) -> Iterator[tuple[str, bytes]]:
    """Every answer with its name, from a service that keeps nothing once they are given."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(database=f"{folder}/parcours.sqlite", keys=f"{folder}/keys"))
        yield from _answers(app.test_client(), examples)
        with app.app_context():  # while there is a database to count in
            counting().flush()
        app.store.close()


def _answers(client: FlaskClient, examples: Path) -> Iterator[tuple[str, bytes]]:
    requests = {file.parent.name: file.read_bytes() for file in sorted(examples.glob("*/bundle.json"))}
    for slug, body in requests.items():
        yield f"evaluate-{slug}", _post(client, EVALUATE, body)
        if submitted := _bill_first(body):
            yield f"submit-{slug}", _post(client, SUBMIT, submitted)
    yield "evaluate-in-english", _in_english(client, next(iter(requests.values())))
    yield from declarations.answers(client, examples / "declarations")
    yield from _definitions(client)
    yield from _refusals(client)
    yield "batch", _post(client, "/fhir", _batch(requests))


def _post(client: FlaskClient, url: str, body: bytes, kind: str = FHIR_JSON) -> bytes:
    return client.post(url, data=body, content_type=kind).get_data()


def _in_english(client: FlaskClient, body: bytes) -> bytes:
    english = {"Accept-Language": "en"}
    return client.post(EVALUATE, data=body, content_type=FHIR_JSON, headers=english).get_data()


def _bill_first(body: bytes) -> bytes | None:
    """The same request as an invoice is submitted, when there is one: the Claim first."""
    bundle = json.loads(body)
    entries = sorted(bundle["entry"], key=lambda entry: entry["resource"]["resourceType"] != "Claim")
    if entries[0]["resource"]["resourceType"] != "Claim":
        return None
    return json.dumps({**bundle, "entry": entries}).encode()


def _definitions(client: FlaskClient) -> Iterator[tuple[str, bytes]]:
    yield "metadata", client.get("/fhir/metadata").data
    for kind in PUBLISHED_KINDS:
        yield f"search-{kind}", client.get(f"/fhir/{kind}?_count=1&unknown=1").data


def _refusals(client: FlaskClient) -> Iterator[tuple[str, bytes]]:
    yield "refused-not-json", _post(client, EVALUATE, b"{")
    yield "refused-not-a-bundle", _post(client, EVALUATE, b'{"resourceType": "Patient"}')
    yield (
        "refused-without-visit",
        _post(client, EVALUATE, b'{"resourceType": "Bundle", "type": "collection"}'),
    )
    yield "refused-xml", _post(client, EVALUATE, b"<Bundle/>", "application/fhir+xml")
    yield "refused-not-found", client.get("/fhir/Nothing/1").data
    yield "refused-method", client.put(EVALUATE).data


def _batch(requests: dict[str, bytes]) -> bytes:
    """The first two examples, a definition, and two requests that cannot be answered."""
    entries: list[dict[str, Any]] = [
        {"request": {"method": "POST", "url": ENTRY}, "resource": json.loads(body)}
        for body in list(requests.values())[:2]
    ]
    for url in ("CodeSystem/pds-cs-position", "Nothing/1", "https://elsewhere.example/fhir"):
        entries.append({"request": {"method": "GET", "url": url}})
    return json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode()
