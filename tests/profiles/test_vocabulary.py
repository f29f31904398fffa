"""One source of truth: the codes, the URLs and the names of the program are those we publish, each way."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from parcours.domain.decision import Effet, Position, Reponse
from parcours.domain.declaration import LIBELLES, Id
from parcours.domain.declaration_facts import Lien
from parcours.domain.facts import Circonstance, Couverture, GroupeActe, MotifFin, NaturePlan
from parcours.fhir import systems
from parcours.fhir.operations import OPERATIONS, PROFILES
from parcours.fhir.published import by_url, catalogue
from parcours.law import droit
from parcours.law.parameter_files import parameter_table
from parcours.law.policies import POLITIQUES
from parcours.law.tarifs import CODES as TARIFS
from parcours.law.tarifs import CONSULTATIONS
from pds.concept_maps import concept_maps
from pds.sources import CODES, VOCABULARY, code_tables, codes

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT.parent / "shared" / "domain" / "tables"
OURS = re.compile(
    r"https://parcours-soins\.example/fhir/(?:StructureDefinition|CodeSystem|ValueSet)/[a-z0-9-]+"
)


def published(system: str) -> set[str]:
    """The codes of one of our code systems, as it is served."""
    content = by_url("CodeSystem")[systems.code_system(system)].content
    return {concept["code"] for concept in content["concept"]}


def test_every_code_system_of_the_program_is_published_and_no_other() -> None:
    assert {item.id for item in by_url("CodeSystem").values()} == set(CODES)


@pytest.mark.parametrize("system", CODES)
def test_the_codes_that_are_published_are_those_of_the_program(system: str) -> None:
    assert published(system) == set(codes(system))


@pytest.mark.parametrize("system", [name for name in CODES if "codes" in VOCABULARY[name]])
def test_every_label_that_was_written_is_that_of_a_code(system: str) -> None:
    assert set(VOCABULARY[system]["codes"]) == set(codes(system))


@pytest.mark.parametrize(
    ("system", "program"),
    [
        ("pds-cs-position", {item.value for item in Position}),
        ("pds-cs-effet", {item.value for item in Effet}),
        ("pds-cs-reponse", {item.value for item in Reponse}),
        ("pds-cs-circonstance", {item.value for item in Circonstance}),
        ("pds-cs-couverture", {item.value for item in Couverture}),
        ("pds-cs-acte-acces-direct", {item.value for item in GroupeActe}),
        ("pds-cs-motif-fin", {item.value for item in MotifFin}),
        ("pds-cs-plan", {item.value for item in NaturePlan}),
        ("pds-cs-representant", {item.value for item in Lien}),
        ("pds-cs-politique", {policy.nom for policy in POLITIQUES}),
        ("pds-cs-regle", {rule.id for rule in droit().regles}),
    ],
)
def test_the_enumerations_of_the_program_are_the_code_systems(system: str, program: set[str]) -> None:
    assert published(system) == program


def test_no_code_of_a_visit_is_missing_from_the_nomenclatures() -> None:
    tables = code_tables()
    assert {t.situation for t in tables if t.situation} == published("pds-cs-situation")
    assert {t.ips for t in tables if t.ips} == published("pds-cs-ips")
    assert {t.qtp for t in tables if t.qtp} == published("pds-cs-qtp") - {"99"}
    assert {code for t in tables for code in t.qcp} <= published("pds-cs-qcp")


def test_every_act_whose_price_or_kind_is_known_has_a_code() -> None:
    (supplements,) = (values["value"] for values in parameter_table()["supplements"]["values"])
    assert {*supplements, *TARIFS, *CONSULTATIONS} <= published("pds-cs-ngap")


def test_each_code_system_has_its_value_set() -> None:
    urls = by_url("ValueSet")
    for item in by_url("CodeSystem").values():
        assert item.content["valueSet"] in urls


def test_a_url_of_ours_in_the_program_is_that_of_something_published() -> None:
    urls = {item.content["url"] for item in catalogue().values()}
    constants = {
        value for value in vars(systems).values() if isinstance(value, str) and OURS.fullmatch(value)
    }
    written = {
        url
        for file in (ROOT / "plugin").rglob("*.py")
        for url in re.findall(
            r'(?:extension_url|code_system|value_set)\("(pds-[a-z0-9-]+)"\)', file.read_text()
        )
    }
    assert constants <= urls
    assert written <= {url.rpartition("/")[2] for url in urls}


def test_every_extension_that_is_published_is_read_or_written_by_the_program() -> None:
    program = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "plugin").rglob("*.py"))
    extensions = [item.id for item in by_url("StructureDefinition").values() if "-ext-" in item.id]
    assert len(extensions) == 11
    assert [id for id in extensions if f'"{id}"' not in program] == []


def test_one_profile_for_each_type_that_is_read_or_written() -> None:
    profiles = {
        item.content["type"]: item.id
        for item in by_url("StructureDefinition").values()
        if item.content["type"] != "Extension"
    }
    assert profiles == PROFILES


def test_names_are_those_of_the_french_guides() -> None:
    for item in catalogue().values():
        assert item.id.startswith("pds-")
        assert item.content["name"].startswith("Pds")
        assert item.content["url"] == f"{systems.BASE}/{item.kind}/{item.id}"
        assert item.content["title"]
        assert item.content["description"]
        assert item.content["language"] == "fr-FR"


def test_every_element_that_a_profile_constrains_is_explained() -> None:
    for item in by_url("StructureDefinition").values():
        elements = item.content["differential"]["element"]
        shorts = [element["id"] for element in elements if "sliceName" in element and "short" not in element]
        assert shorts == [], item.id


def test_every_operation_is_published_with_its_profiles() -> None:
    assert set(by_url("OperationDefinition")) == {operation.url for operation in OPERATIONS}


# ---------------------------------------------------------------- maps


def mapped(name: str) -> set[tuple[str, str]]:
    (found,) = (resource for resource in concept_maps() if resource["id"] == name)
    return {
        (element["code"], target.get("code", ""))
        for group in found["group"]
        for element in group["element"]
        for target in element["target"]
    }


def shared_rows(name: str) -> list[dict[str, str]]:
    if not TABLES.is_dir():
        pytest.skip("../shared absent: tables")
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def test_the_maps_say_what_the_program_gives() -> None:
    assert mapped("pds-cm-situation-ips") == {(t.situation, t.ips) for t in code_tables() if t.situation}
    assert mapped("pds-cm-ips-qtp") == {(t.ips, t.qtp or "") for t in code_tables() if t.ips}
    assert ("S1", "S") in mapped("pds-cm-situation-ips")
    assert ("X", "") in mapped("pds-cm-situation-ips")


def test_the_numbers_of_the_screens_are_those_seen_in_the_field() -> None:
    rows = shared_rows("fse_parcours_codes.csv")
    seen = {(row["code_ecran_jfse"] or "X", row["code_ecran_weda"]) for row in rows if row["code_ecran_weda"]}
    assert {pair for pair in mapped("pds-cm-situation-ecran") if pair[1]} == seen


@pytest.mark.parametrize(
    ("variable", "system"), [("PRS_PDS_QTP", "pds-cs-qtp"), ("PRS_PDS_QCP", "pds-cs-qcp")]
)
def test_the_snds_nomenclatures_are_whole(variable: str, system: str) -> None:
    rows = [row for row in shared_rows("snds_pds_qcp.csv") if row["variable"] == variable]
    content: Any = by_url("CodeSystem")[systems.code_system(system)].content
    ours = {
        (concept["code"], *(_property(concept, name) for name in ("lettre", "position")))
        for concept in content["concept"]
    }
    assert ours == {(row["code"], row["lettre"], row["position"]) for row in rows}


def _property(concept: dict[str, Any], name: str) -> str:
    values = [item["valueString"] for item in concept["property"] if item["code"] == name]
    return "".join(values)


def questions() -> dict[str, dict[str, Any]]:
    """The questions of the declaration by link id."""
    (item,) = by_url("Questionnaire").values()
    return {child["linkId"]: child for group in item.content["item"] for child in group["item"]}


def test_the_questionnaire_asks_what_the_program_prepares_in_the_same_words() -> None:
    asked = questions()
    assert {id for id, question in asked.items() if question["type"] != "display"} == {
        value for name, value in vars(Id).items() if name.isupper()
    }
    assert {id: asked[id]["text"] for id in LIBELLES} == LIBELLES


def test_no_consent_is_ticked_in_advance() -> None:
    for consent in (Id.CHOIX, Id.ACCORD):
        question = questions()[consent]
        assert question["type"] == "boolean"
        assert "initial" not in question
        assert "extension" not in question
