"""All that the program makes of one request: every answer, page, paper, file and line of log, as text."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from tests.store.samples import of
from tests.web.pages.office import Office

from parcours.cli import run
from parcours.fhir.declaration_handover import package
from parcours.fhir.writing import to_json
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import create_app

Json = dict[str, Any]
Told = dict[str, str]

PREPARE = "/fhir/$prepare-declaration"
PAPERS = ("QuestionnaireResponse", "Task", "DocumentReference")
_INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
_PASTED = re.compile(
    r'<textarea id="demande".*?</textarea>|<input type="hidden" name="demande"[^>]*>', re.DOTALL
)
"""What somebody pasted in a page stays in his form: it goes nowhere but back with it."""


def everything(
    document: Json, folder: Path, printed: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> Told:
    """What each face says of a request that holds a visit and a declaration worth preparing.

    ``printed``: what was written to the terminal since it was last asked.
    """
    caplog.set_level(logging.INFO)
    database = folder / "kept.sqlite"
    app = create_app(Settings(database=str(database)))
    client = app.test_client()
    told = dict([*_operations(client, document), *_pages(client, document), *_cds(client, document)])
    app.store.close()
    told |= dict(_kept(database))
    told |= dict(_commands(document, folder / "typed", printed))
    return {**told, "log": caplog.text}


def pdf_text(content: bytes) -> str:
    """The words of a paper, without the spaces between boxes too; what is said of it, and its bytes."""
    paper = PdfReader(io.BytesIO(content))
    words = "\n".join(page.extract_text() for page in paper.pages)
    said = (words, "".join(words.split()), paper.metadata, paper.xmp_metadata, content.decode("latin-1"))
    return "\n".join(map(str, said))


def _operations(client: FlaskClient, document: Json) -> Iterator[tuple[str, str]]:
    visit = without(document, "Claim")
    answer: Json = {}
    for path, sent in (
        ("/fhir/$evaluate-parcours", visit),
        ("/fhir/Encounter/$evaluate-parcours", visit),
        ("/fhir/Claim/$submit", document),
        (PREPARE, visit),
    ):
        for language in ("fr", "en"):
            reply = client.post(path, json=sent, headers={"Accept-Language": language})
            assert reply.status_code == 200, (path, reply.text)
            yield f"{path} {language}", f"{reply.headers}\n{reply.text}"
            answer = reply.get_json(force=True)
    id = _task(answer)
    for path in (*(f"{kind}/{id}" for kind in PAPERS), f"Task/{id}/_history", "Task?_count=9"):
        yield path, client.get(f"/fhir/{path}").text
    for paper in (id, f"{id}-patient", f"{id}-cabinet"):
        found = client.get(f"/fhir/Binary/{paper}")
        yield f"Binary/{paper}", f"{found.headers}\n{pdf_text(found.data)}"
    kept = [client.get(f"/fhir/{kind}/{id}").get_json(force=True) for kind in PAPERS]
    yield "hand-over", to_json(package(tuple(kept), b"%PDF", "https://x.example/fhir")).decode()


def _task(answer: Json) -> str:
    (id,) = (e["resource"]["id"] for e in answer["entry"] if e["resource"]["resourceType"] == "Task")
    return str(id)


def _pages(client: FlaskClient, document: Json) -> Iterator[tuple[str, str]]:
    office = Office(client)
    reply = client.post("/visites/essai", data={"demande": json.dumps(without(document, "Claim"))})
    assert reply.status_code == 200, reply.text
    yield "/visites/essai", _PASTED.sub("", reply.text)
    address = office.prepared(without(document, "Claim"), a_nouveau="on")
    for path in ("/declarations", address, f"{address}/espace-pro", f"{address}/corriger"):
        yield path, office.get(path)


def _cds(client: FlaskClient, document: Json) -> Iterator[tuple[str, str]]:
    resources = [entry["resource"] for entry in document["entry"]]
    of = {kind: [r for r in resources if r["resourceType"] == kind] for kind in _kinds(document)}
    visit, patient = of["Encounter"][0], of["Patient"][0]
    call = {
        "hook": "encounter-start",
        "hookInstance": _INSTANCE,
        "context": {
            "userId": "Practitioner/doc",
            "patientId": patient["id"],
            "encounterId": visit["id"],
        },
        "prefetch": {
            "patient": patient,
            "encounter": visit,
            "coverage": {
                "resourceType": "Bundle",
                "type": "searchset",
                "entry": [{"resource": r} for r in resources if r not in (visit, patient)],
            },
        },
    }
    reply = client.post("/cds-services/parcours-encounter-start", json=call)
    assert reply.status_code == 200, reply.text
    assert reply.get_json()["cards"]
    yield "cards", reply.text


def _kept(database: Path) -> Iterator[tuple[str, str]]:
    """Every byte on the disk, and every paper in it, which is compressed there."""
    for file in sorted(database.parent.glob(f"{database.name}*")):
        yield file.name.replace(database.name, "database"), file.read_bytes().decode("latin-1")
    with_papers = Store.open(str(database))
    try:
        yield "papers", "\n".join(_papers(with_papers))
    finally:
        with_papers.close()


def _papers(store: Store) -> Iterator[str]:
    found = list(store.conservation.export(of("Patient/pat")))
    assert found
    for copy in found:
        yield pdf_text(copy.pdf)


def _commands(document: Json, folder: Path, printed: Callable[[], str]) -> Iterator[tuple[str, str]]:
    folder.mkdir()
    visit = folder / "visite.json"
    visit.write_text(json.dumps(without(document, "Claim")), "utf-8")
    lines = folder / "visites.ndjson"
    lines.write_text(json.dumps(without(document, "Claim")) + "\n", "utf-8")
    out = folder / "out"
    printed()
    for format in ("text", "json", "fhir"):
        yield f"evaluate {format}", _typed(printed, "evaluate", str(visit), "--format", format)
    yield "declare", _typed(printed, "declare", str(visit), "-o", str(out))
    answers = out / "answers.ndjson"
    yield "batch", _typed(printed, "batch", str(lines), "-o", str(answers), "--workers", "1")
    yield "report", _typed(printed, "report", str(answers), "-o", str(out / "report.html"))
    yield "report csv", _typed(printed, "report", str(answers), "-o", str(out / "report.csv"))
    for file in sorted(out.iterdir()):
        content = file.read_bytes()
        yield file.name, f"{file.name}\n{pdf_text(content) if file.suffix == '.pdf' else content.decode()}"


def _typed(printed: Callable[[], str], *words: str) -> str:
    assert run(words) == 0, printed()
    return printed()


def without(document: Json, *kinds: str) -> Json:
    """A Bundle without its resources of these types."""
    entries = [entry for entry in document["entry"] if entry["resource"]["resourceType"] not in kinds]
    return {**document, "entry": entries}


def _kinds(document: Json) -> set[str]:
    return {entry["resource"]["resourceType"] for entry in document["entry"]}
