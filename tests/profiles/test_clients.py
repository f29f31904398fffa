"""Clients that other people wrote, calling operations and searches over a real socket."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.codesystem import CodeSystem
from fhirclient.models.questionnaire import Questionnaire
from fhirclient.models.structuredefinition import StructureDefinition
from fhirclient.models.task import Task
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound
from tests.fhir.declarations import demande, dominique

from parcours.fhir.systems import extension_url
from pds import sushi

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/04-urgence/bundle.json"
BODY: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
PROFILE = extension_url("pds-claim-response")


# ---------------------------------------------------------------- fhirpy


def test_fhirpy_calls_the_operation_on_the_type_and_on_the_system(base_url: str) -> None:
    client = SyncFHIRClient(base_url)
    for path in ("Encounter/$evaluate-parcours", "$evaluate-parcours"):
        answer = client.execute(path, method="post", data=BODY)
        assert answer["entry"][0]["resource"]["outcome"] == "complete"


def test_fhirpy_searches_reads_and_turns_pages(base_url: str) -> None:
    client = SyncFHIRClient(base_url)
    found = client.resources("StructureDefinition").search(url=PROFILE).fetch()
    assert [item["id"] for item in found] == ["pds-claim-response"]
    assert client.reference("CodeSystem", "pds-cs-plan").to_resource()["name"] == "PdsCodeSystemPlan"
    everything = client.resources("ValueSet").limit(10).fetch_all()
    assert len(everything) == client.resources("ValueSet").search().count() > 20


def test_fhirpy_is_told_why_it_was_refused(base_url: str) -> None:
    client = SyncFHIRClient(base_url)
    with pytest.raises(OperationOutcome, match="Bundle"):
        client.execute("$evaluate-parcours", method="post", data={"resourceType": "Patient"})
    with pytest.raises(ResourceNotFound):
        client.reference("CodeSystem", "nothing").to_resource()


def test_fhirpy_prepares_a_declaration_finds_its_task_and_moves_it_on(base_url: str) -> None:
    client = SyncFHIRClient(base_url)
    answer = client.execute("$prepare-declaration", method="post", data=demande())
    found = client.resources("Task").search(patient="Patient/pat", business_status="preparee").fetch()
    assert [task["id"] for task in found] == [answer["entry"][1]["resource"]["id"]]
    (task,) = found
    task["businessStatus"]["coding"][0]["code"] = "annulee"
    with pytest.raises(OperationOutcome, match="If-Match"):
        task.save()
    changing = SyncFHIRClient(base_url, extra_headers={"If-Match": 'W/"1"'})
    saved = changing.resource("Task", **task)
    saved.save()
    assert (saved["meta"]["versionId"], saved["status"]) == ("2", "cancelled")
    with pytest.raises(MultipleResourcesFound, match="conflict"):  # so this client calls a 412
        saved.save()
    paper = client.reference("DocumentReference", task["id"]).to_resource()
    binary = client.reference(reference=paper["content"][1]["attachment"]["url"]).to_resource()
    assert binary["contentType"] == "application/pdf"


# ---------------------------------------------------------------- fhirclient


def smart(base_url: str) -> FHIRClient:
    return FHIRClient(settings={"app_id": "tests", "api_base": base_url})


def test_fhirclient_finds_the_service_ready(base_url: str) -> None:
    client = smart(base_url)
    assert client.prepare()
    assert client.ready
    statement = client.server.capabilityStatement
    assert isinstance(statement, CapabilityStatement)
    assert statement.fhirVersion == "4.0.1"


def test_fhirclient_searches_and_reads(base_url: str) -> None:
    server = smart(base_url).server
    (profile,) = StructureDefinition.where({"url": PROFILE}).perform_resources_iter(server)
    assert profile.type == "ClaimResponse"
    assert len(CodeSystem.read("pds-cs-plan", server).concept) == 3
    form = Questionnaire.read("pds-declaration-medecin-traitant", server)
    assert [item.linkId for item in form.item] == ["assure", "beneficiaire", "medecin", "declaration"]


def test_fhirclient_calls_the_operation_and_understands_the_answer(base_url: str) -> None:
    server = smart(base_url).server
    reply = server.post_json("Encounter/$evaluate-parcours", BODY)
    answer = Bundle(reply.json())
    assert answer.entry[0].resource.use == "predetermination"
    assert answer.entry[0].resource.disposition.startswith("Dans le parcours")


def test_fhirclient_reads_searches_and_moves_a_task(base_url: str) -> None:
    server = smart(base_url).server
    document = demande(dominique(birthDate="1990-01-01"))
    prepared = Bundle(server.post_json("$prepare-declaration", document).json())
    task = Task.read(prepared.entry[1].resource.id, server)
    assert task.owner.identifier.value == "01234567897"
    task.businessStatus.coding[0].code = "signee"
    server.session.headers["If-Match"] = 'W/"1"'
    task.update(server)
    del server.session.headers["If-Match"]
    search = Task.where({"business-status": "signee", "_id": task.id})
    (signed,) = search.perform_resources_iter(server)
    assert (signed.status, signed.meta.versionId) == ("in-progress", "2")
    assert signed.note[-1].authorString.endswith("RPPS 01234567897")


# ---------------------------------------------------------------- fhir-kit-client


def test_fhir_kit_client_calls_the_operation_searches_and_sends_a_batch(base_url: str) -> None:
    missing = sushi.missing_tool() or (
        None if (sushi.MODULES / "fhir-kit-client").is_dir() else "fhir-kit-client"
    )
    if missing:
        pytest.skip(f"outil absent : {missing}")
    script = Path(__file__).with_name("kit_client.mjs")
    done = subprocess.run(  # the script beside this file
        ["node", str(script), base_url, str(sushi.MODULES), str(EXAMPLE)],  # noqa: S607 - node of this machine
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "statement": "instance",
        "answer": "ClaimResponse",
        "search": ["pds-claim-response"],
        "form": 1,
        "pages": [5, 5],
        "read": "pds-declaration-medecin-traitant",
        "batch": "pds-cs-plan",
        "refused": 404,
    }
