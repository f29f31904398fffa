"""What is published of the operations is valid FHIR and true of the service."""

from __future__ import annotations

from parcours.fhir.capabilities import capability_statement
from parcours.fhir.operations import OPERATIONS, SERVED, SUBMIT, operation_definition
from parcours.fhir.r4b import resource_model
from parcours.fhir.writing import to_json
from parcours.settings import Settings
from parcours.web import create_app


def test_every_operation_definition_is_valid() -> None:
    model = resource_model("OperationDefinition")
    assert model is not None
    for operation in OPERATIONS:
        model.model_validate_json(to_json(operation_definition(operation)))


def test_the_capability_statement_is_valid_and_names_every_operation() -> None:
    statement = capability_statement("http://127.0.0.1:8080/fhir")
    model = resource_model("CapabilityStatement")
    assert model is not None
    model.model_validate_json(to_json(statement))
    assert statement["kind"] == "instance"
    assert statement["fhirVersion"] == "4.0.1"
    (rest,) = statement["rest"]
    evaluate, prepare = rest["operation"]
    assert evaluate == {
        "name": "evaluate-parcours",
        "definition": "https://parcours-soins.example/fhir/OperationDefinition/pds-evaluate-parcours",
    }
    assert prepare["name"] == "prepare-declaration"
    offered = {kind["type"]: kind["operation"] for kind in rest["resource"] if "operation" in kind}
    assert offered.pop("Encounter") == [evaluate]
    (submit,) = offered.pop("Claim")
    assert (submit["name"], submit["definition"]) == (
        "submit",
        "http://hl7.org/fhir/OperationDefinition/Claim-submit",
    )
    assert submit["documentation"] == SUBMIT.description
    (hand_over,) = offered.pop("Task")
    assert hand_over["name"] == "transmettre"
    assert offered == {}


def test_only_declarations_leave_something_behind() -> None:
    changing = [o.code for o in OPERATIONS if operation_definition(o)["affectsState"]]
    assert changing == ["prepare-declaration", "transmettre"]


def test_an_operation_of_hl7_is_not_published_as_ours() -> None:
    assert SUBMIT not in OPERATIONS


def test_every_operation_that_is_described_is_served() -> None:
    routes = {rule.rule for rule in create_app(Settings()).url_map.iter_rules()}
    for operation in SERVED:
        on = "/<id>" if operation.instance else ""
        assert {f"/fhir/{kind}{on}/${operation.code}" for kind in operation.resources} <= routes
        assert not operation.system or f"/fhir/${operation.code}" in routes
