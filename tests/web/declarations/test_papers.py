"""``Binary/{id}``: the form as prepared and the two copies of its proof; and declarations in a batch."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from tests.fhir.declarations import TEST_NUMBER, demande
from tests.web.kept import FHIR_JSON, Json, changed, content, move, prepare, read, resource

PDF = "application/pdf"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, PDF),
        ("", PDF),
        ("*/*", PDF),
        ("application/*", PDF),
        ("application/pdf", PDF),
        ("text/html,application/xhtml+xml,*/*;q=0.8", PDF),
        ("application/fhir+json", FHIR_JSON),
        ("application/json", FHIR_JSON),
        ("application/fhir+json; fhirVersion=4.0", FHIR_JSON),
        ("application/pdf;q=0.1, application/fhir+json", FHIR_JSON),
        ("application/fhir+xml", None),
        ("text/html", None),
    ],
)
def test_a_paper_comes_as_itself_or_as_fhir(
    accept: str | None, kind: str | None, id: str, client: FlaskClient
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    reply = client.get(f"/fhir/Binary/{id}", headers=headers)
    assert reply.status_code == (406 if kind is None else 200)
    if kind is not None:
        assert reply.content_type == kind
        assert "Accept" in reply.headers["Vary"]


@pytest.mark.parametrize(("wanted", "kind"), [("json", FHIR_JSON), ("application/pdf", PDF)])
def test_format_overrides_accept(wanted: str, kind: str, id: str, client: FlaskClient) -> None:
    reply = client.get(f"/fhir/Binary/{id}?_format={wanted}", headers={"Accept": "text/html"})
    assert (reply.status_code, reply.content_type) == (200, kind)


def test_the_form_is_what_the_document_says(id: str, client: FlaskClient) -> None:
    paper = read(client, id, "DocumentReference")["content"][0]["attachment"]
    pdf = client.get(f"/fhir/{paper['url']}").data
    assert paper["size"] == len(pdf)
    assert base64.b64decode(paper["hash"]) == hashlib.sha1(pdf, usedforsecurity=False).digest()
    binary = content(client.get(f"/fhir/{paper['url']}", headers={"Accept": FHIR_JSON}))
    assert (binary["contentType"], base64.b64decode(binary["data"])) == (PDF, pdf)
    move(client, id, "signee")
    assert client.get(f"/fhir/{paper['url']}").data == pdf


@pytest.mark.parametrize("end", ["", "-patient", "-cabinet"])
def test_each_paper_has_its_file_name_and_no_header_names_anybody(
    end: str, id: str, client: FlaskClient
) -> None:
    headers = str(client.get(f"/fhir/Binary/{id}{end}").headers)
    assert f'inline; filename="declaration-medecin-traitant{end}.pdf"' in headers
    assert "PAT-TROIS" not in headers
    assert TEST_NUMBER not in headers


def test_each_side_has_its_copy_of_the_proof(id: str, client: FlaskClient) -> None:
    form = client.get(f"/fhir/Binary/{id}").data
    move(client, id, "signee", "transmise", receipt="AR-77")
    for name, title in (("patient", "Exemplaire du patient"), ("cabinet", "Exemplaire du cabinet")):
        reply = client.get(f"/fhir/Binary/{id}-{name}")
        assert (reply.headers["ETag"], reply.data) == ('W/"3"', client.get(f"/fhir/Binary/{id}-{name}").data)
        last = re.sub(r"\s+", "", PdfReader(io.BytesIO(reply.data)).pages[-1].extract_text())
        for words in (title, "AR-77", "Dr Camille Exemple", hashlib.sha256(form).hexdigest()):
            assert words.replace(" ", "") in last
        assert "PAT-TROIS" not in last
        assert TEST_NUMBER not in last


# ---------------------------------------------------------------- in a batch


def batch(client: FlaskClient, *entries: Json, **headers: str) -> list[Json]:
    """The entries of the answer to a batch."""
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": list(entries)}
    found = content(client.post("/fhir", json=bundle, headers=headers))["entry"]
    assert isinstance(found, list)
    return found


def test_a_batch_prepares_reads_and_moves(client: FlaskClient) -> None:
    preparation: Json = {"request": {"method": "POST", "url": "$prepare-declaration"}, "resource": demande()}
    (first, again) = batch(client, preparation, preparation, **{"Idempotency-Key": "of the envelope"})
    assert first == again
    assert first["resource"] == prepare(client, demande())
    id = resource(first["resource"], "Task")["id"]
    task = changed(read(client, id), "signee")
    put = {"method": "PUT", "url": f"Task/{id}"}
    moved, stale, loose, known, found, paper = batch(
        client,
        {"request": {**put, "ifMatch": 'W/"1"'}, "resource": task},
        {"request": {**put, "ifMatch": 'W/"1"'}, "resource": task},
        {"request": put, "resource": task},
        {"request": {"method": "GET", "url": f"Task/{id}", "ifNoneMatch": 'W/"2"'}},
        {"request": {"method": "GET", "url": "Task?business-status=signee"}},
        {"request": {"method": "GET", "url": f"Binary/{id}"}},
        **{"If-Match": 'W/"2"'},
    )
    assert (moved["response"]["status"], moved["response"]["etag"]) == ("200 OK", 'W/"2"')
    assert stale["response"]["status"] == "412 Precondition Failed"
    assert loose["response"]["status"] == "428 Precondition Required"
    assert known["response"]["status"] == "304 Not Modified"
    assert found["resource"]["total"] == 1
    assert base64.b64decode(paper["resource"]["data"]).startswith(b"%PDF")


@pytest.mark.parametrize("hole", [None, 7, "x", [], {"request": 7}, {"request": {"method": 7}}])
def test_what_is_no_entry_is_told_by_its_place(hole: object, client: FlaskClient) -> None:
    sound = {"request": {"method": "GET", "url": "metadata"}}
    reply = client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": [sound, hole]})
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Bundle.entry[1]"])


def test_the_pages_of_metadata_tell_what_can_be_done_with_a_task(client: FlaskClient) -> None:
    (rest,) = json.loads(client.get("/fhir/metadata").data)["rest"]
    kinds = {found["type"]: found for found in rest["resource"]}
    done = {
        kind: {i["code"] for i in kinds[kind]["interaction"]}
        for kind in ("Task", "DocumentReference", "Binary")
    }
    assert done == {
        "Task": {"read", "vread", "update", "history-instance", "search-type"},
        "DocumentReference": {"read", "search-type"},
        "Binary": {"read"},
    }
    assert (kinds["Task"]["versioning"], kinds["Task"]["updateCreate"]) == ("versioned-update", False)
