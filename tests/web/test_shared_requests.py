"""The two requests that come with the contract, from bytes to answer, through every face."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parcours.cli import run
from parcours.fhir.r4b import resource_model
from parcours.settings import Settings
from parcours.web import create_app

EXPECTED = {
    "orientation.json": ("dans-parcours", "O", "adressage-medecin-traitant", "Claim/claim"),
    "sans-medecin-traitant.json": ("hors-parcours", "S2", "sans-medecin-traitant", None),
}

Posted = Callable[[str], dict[str, Any]]


@pytest.fixture
def posted(shared_requests: Path) -> Posted:
    """The ClaimResponse to one of the requests, over HTTP, strictly read."""

    def post(name: str) -> dict[str, Any]:
        reply = (
            create_app(Settings())
            .test_client()
            .post(
                "/fhir/Encounter/$evaluate-parcours",
                data=(shared_requests / name).read_bytes(),
                headers={"Content-Type": "application/fhir+json", "Prefer": "handling=strict"},
            )
        )
        assert reply.status_code == 200
        model = resource_model("Bundle")
        assert model is not None
        model.model_validate_json(reply.data)
        response: dict[str, Any] = json.loads(reply.data)["entry"][0]["resource"]
        return response

    return post


@pytest.mark.parametrize("name", EXPECTED)
def test_the_claim_response_says_what_the_contract_announces(name: str, posted: Posted) -> None:
    position, situation, rule, claim = EXPECTED[name]
    response = posted(name)
    children = response["extension"][0]["extension"]
    assert [c["valueCode"] for c in children if c["url"] == "position"] == [position]
    assert [c["valueCode"] for c in children if c["url"] == "situation"] == [situation]
    (motif,) = (c["extension"] for c in children if c["url"] == "motif")
    assert motif[0]["valueCoding"]["code"] == rule
    assert response["outcome"] == "complete"
    assert response["patient"] == {"reference": "Patient/pat"}
    assert claim is None or response["request"]["reference"] == claim


@pytest.mark.parametrize("name", EXPECTED)
def test_the_terminal_and_the_web_give_the_same_decision(
    name: str, posted: Posted, shared_requests: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", str(shared_requests / name), "--format", "json"]) == 0
    decision = json.loads(capsys.readouterr().out)
    assert posted(name)["id"] == decision["id"]
    assert (decision["position"], decision["situation"]) == EXPECTED[name][:2]
