"""HL7's own validation engine over everything we publish and everything we answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.profiles.broken import BROKEN, break_it

from pds import conformance, validator
from pds.generate import GUIDE, ROOT
from pds.responses import record
from pds.sushi import GENERATED


def test_the_engine_accepts_what_we_publish_and_refuses_what_is_broken(tmp_path: Path) -> None:
    """One run, for the engine takes seconds to load."""
    missing = validator.missing_tool()
    if missing:
        pytest.skip(f"outil absent : {missing}")
    broken = tmp_path / "broken"
    broken.mkdir()
    for case in BROKEN:
        (broken / f"{case.name}.json").write_text(json.dumps(break_it(case)), encoding="utf-8")
    assert record(ROOT / "examples", tmp_path / "responses") > len(list((ROOT / "examples").glob("*/")))
    sound = (GUIDE / GENERATED, GUIDE / "input", tmp_path / "responses")
    report = validator.validate((*sound, broken), tmp_path)

    refused = {Path(remark.file).stem for remark in report.of("error") if Path(remark.file).parent == broken}
    assert refused == {case.name for case in BROKEN if case.engine}

    published = validator.Report(
        report.checked, tuple(remark for remark in report.remarks if Path(remark.file).parent != broken)
    )
    assert [(Path(r.file).name, r.where, r.what) for r in published.of("error")] == []
    assert conformance.warnings(published) == conformance.explained("validateur HL7")
    assert len(published.checked) > 190


def test_an_extension_that_nobody_defines_is_refused_unless_it_is_of_sdc_or_da_vinci(tmp_path: Path) -> None:
    missing = validator.missing_tool()
    if missing:
        pytest.skip(f"outil absent : {missing}")
    urls = {
        "ours": "https://parcours-soins.example/fhir/StructureDefinition/pds-ext-inconnue",
        "other": "https://other.example/StructureDefinition/ext",
        "sdc": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-unknown",
        "davinci": "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information",
    }
    folder = tmp_path / "extensions"
    folder.mkdir()
    for name, url in urls.items():
        patient = {"resourceType": "Patient", "extension": [{"url": url, "valueString": "x"}]}
        (folder / f"{name}.json").write_text(json.dumps(patient), encoding="utf-8")
    report = validator.validate([folder], tmp_path)
    assert {Path(remark.file).stem for remark in report.of("error")} == {"ours", "other"}
