"""The JSON assertions themselves: each finds the fault it is named after."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.cds.calls import NO_MT, UNKNOWN_ACT, Json, call
from tests.cds.conformance import CRD, coverage_information_defects, request_defects, response_defects
from tests.cds.conftest import Ask


def child(url: str, value: Any) -> Json:
    kind = {"reason": "valueCodeableConcept", "coverage": "valueReference"}.get(url, "valueCode")
    return {"url": url, kind: value}


SOUND = (
    child("coverage", {"reference": "Coverage/1"}),
    child("covered", "covered"),
    child("date", "2026-02-17"),
    child("coverage-assertion-id", "x"),
)
REASON = child("reason", {"text": "x"})

FAULTS = [
    ("crd-ci-q1", [child("questionnaire", "x")]),
    ("crd-ci-q2", [child("covered", "not-covered"), child("pa-needed", "no-auth")]),
    ("crd-ci-q3", [child("doc-needed", "conditional")]),
    ("crd-ci-q3", [child("info-needed", "performer")]),
    ("crd-ci-q4", [child("pa-needed", "no-auth"), child("doc-purpose", "withpa"), REASON]),
    ("crd-ci-q5", [child("pa-needed", "satisfied")]),
    ("crd-ci-q5", [child("satisfied-pa-id", "x")]),
    ("crd-ci-q6", [child("doc-needed", "conditional"), child("info-needed", "OTH")]),
    ("crd-ci-q7", [child("reason", {"coding": [{"code": "x"}]})]),
    ("crd-ci-q8", [child("doc-purpose", "withclaim")]),
    ("crd-ci-q9", [child("doc-needed", "indeterminate")]),
    ("covered: exactly one", [child("covered", "covered")]),
    ("doc-needed: code", [child("doc-needed", "maybe")]),
]


def test_a_sound_coverage_information_has_no_fault() -> None:
    assert coverage_information_defects({"url": CRD, "extension": [*SOUND]}) == []


@pytest.mark.parametrize(("fault", "children"), FAULTS)
def test_a_broken_coverage_information_breaks_the_invariant_it_is_named_after(
    fault: str, children: list[Json]
) -> None:
    assert fault in coverage_information_defects({"url": CRD, "extension": [*SOUND, *children]})


def test_cds_r_1_and_cds_r_2_find_a_broken_call() -> None:
    assert request_defects(call(NO_MT)) == []
    assert request_defects(call(NO_MT) | {"fhirAuthorization": {"access_token": "x"}}) == ["cds-r-1"]
    assert request_defects(call(NO_MT) | {"fhirServer": ""}) == ["cds-r-2"]


def broken(answer: Json, fault: str) -> Json:
    """The answer, with one fault."""
    other = copy.deepcopy(answer)
    (card,) = other["cards"]
    (suggestion,) = card["suggestions"]
    match fault:
        case "summary":
            card["summary"] = "x" * 140
        case "indicator":
            card["indicator"] = "hard-stop"
        case "source.label":
            del card["source"]["label"]
        case "HTML":
            card["detail"] = "<b>x</b>"
        case "cds-resp-1":
            card["suggestions"] = [suggestion, suggestion]
        case "cds-resp-2":
            suggestion["actions"][0]["type"] = "delete"
        case "cds-resp-3":
            card["links"][0]["appContext"] = "x"
        case "cds-resp-4":
            del card["overrideReasons"][0]["display"]
        case "cds-resp-5":
            del card["selectionBehavior"]
        case "cds-resp-6":
            del suggestion["label"]
        case "cds-resp-7":
            other["systemActions"] = []
        case "empty value":
            card["links"][0]["label"] = ""
        case "whole resource":
            del other["systemActions"][0]["resource"]["id"]
    return other


@pytest.mark.parametrize(
    "fault",
    [
        "summary", "indicator", "source.label", "HTML", "cds-resp-1", "cds-resp-2", "cds-resp-3",
        "cds-resp-4", "cds-resp-5", "cds-resp-6", "cds-resp-7", "empty value", "whole resource",
    ],
)  # fmt: skip
def test_a_broken_answer_is_found_out(ask: Ask, fault: str) -> None:
    assert any(fault in defect for defect in response_defects(broken(ask(call(NO_MT)), fault)))


def test_an_answer_of_ours_has_no_fault(ask: Ask) -> None:
    for number in (NO_MT, UNKNOWN_ACT):
        assert response_defects(ask(call(number))) == []
