"""Duties D1 to D6: whose number it is, and where no number of anybody may go (B-065 to B-073)."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.duties.conftest import Tell
from tests.duties.told import PREPARE, Told, without
from tests.fhir.bills import claim, item
from tests.fhir.builders import Json, declaration, encode, encounter, participant
from tests.fhir.declarations import (
    NEW_STATUS,
    OID,
    OLD_STATUS,
    RELIABILITY,
    TEST_NUMBER,
    demande,
    dominique,
    droits,
    identifier,
    lire,
    nom,
    preparee,
    qualified,
)

from parcours.domain.declaration import Etat, Id
from parcours.fhir.declaration_keys import subject_of
from parcours.service import Service
from parcours.settings import Settings

ROOT_OF_THE_INS = OID.removeprefix("urn:oid:")
STATUS_SAID = (NEW_STATUS, OLD_STATUS, RELIABILITY)
VISIT = encounter(participant=[participant("PractitionerRole/role-doc")])
INVOICE = claim(item(1, "G"))
NOBODY = declaration("aucun")


def visited(*more: Json) -> Json:
    """A visit to a generalist by somebody without médecin traitant, with its invoice first."""
    document = demande(VISIT, INVOICE, dominique(extension=[NOBODY]), *more)
    first = [e for e in document["entry"] if e["resource"]["resourceType"] == "Claim"]
    return {**document, "entry": [*first, *without(document, "Claim")["entry"]]}


def of_status(*status: Json) -> Json:
    """The visit of somebody whose INS was sent, with what is said of his identity; no other number."""
    numbers = [identifier("8", type="INS-NIR"), identifier("9", type="INS-NIA"), identifier("10")]
    who = dominique(identifier=numbers, extension=[NOBODY, *status])
    return visited(who, droits(number=None))


def where(told: Told, *words: str) -> list[str]:
    """The faces that say one of these words."""
    return sorted(face for face, said in told.items() if any(word in said for word in words))


# ---------------------------------------------------------------- D1, D2, D3: a qualified identity only


@pytest.mark.parametrize(
    "status", [qualified(code="RECUP"), qualified(OLD_STATUS, "VALI")], ids=["RECUP", "VALI, older system"]
)
def test_d2_b071_no_face_tells_the_number_or_the_oid_of_an_identity_that_is_not_qualified(
    status: Json, tell: Tell
) -> None:
    told = tell(of_status(status))
    assert where(told, TEST_NUMBER, ROOT_OF_THE_INS) == []
    assert where(told, *STATUS_SAID) == []


def test_d1_d3_the_number_of_a_qualified_identity_fills_its_field_and_nothing_says_the_status(
    tell: Tell,
) -> None:
    told = tell(of_status(qualified()))
    assert {f"{PREPARE} fr", "questionnaire-response.json", "declaration.pdf"} <= set(
        where(told, TEST_NUMBER)
    )
    assert where(told, ROOT_OF_THE_INS, *STATUS_SAID) == []


STATUS: dict[str, list[Json]] = {
    "none": [],
    **{f"{code}, new system": [qualified(code=code)] for code in ("PROV", "VALI", "RECUP", "qual", "ZZZZ")},
    **{f"{code}, older system": [qualified(OLD_STATUS, code)] for code in ("VIDE", "PROV", "DOUB", "FICT")},
    "QUAL, of nobody's system": [qualified("urn:x")],
    "QUAL, no system": [
        {"url": RELIABILITY, "extension": [{"url": "identityStatus", "valueCoding": {"code": "QUAL"}}]}
    ],
    "QUAL, in another extension": [{**qualified(), "url": "urn:x"}],
    "QUAL and VALI": [qualified(), qualified(OLD_STATUS, "VALI")],
}


@pytest.mark.parametrize("status", STATUS)
def test_d1_b071_any_other_status_is_not_qualified(status: str) -> None:
    lecture = lire(of_status(*STATUS[status]))
    assert lecture.faits.beneficiaire.numeros == ()
    assert TEST_NUMBER not in repr(lecture)


# ---------------------------------------------------------------- wherever a caller puts it


def designated(document: Json) -> Json:
    """The document with the INS in each reference that it holds."""
    changed = copy.deepcopy(document)
    for reference in _references(changed):
        reference["identifier"] = {"system": f"{OID}.8", "value": TEST_NUMBER}
    return changed


def _references(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node
        for value in list(node.values()):
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_d2_an_ins_that_designates_somebody_goes_no_further(tell: Tell) -> None:
    document = designated(visited(droits(number=None)))
    assert json.dumps(document).count(TEST_NUMBER) >= 7
    assert where(tell(document), TEST_NUMBER, ROOT_OF_THE_INS) == []


# ---------------------------------------------------------------- D5: where the number of the insured goes

OPERATIONS = ("$evaluate-parcours", "Encounter/$evaluate-parcours", "$prepare-declaration")
FORM = {
    *(f"/fhir/{operation} {language}" for operation in OPERATIONS for language in ("fr", "en")),
    *("QuestionnaireResponse", "Binary", "hand-over", "cards", "/visites/essai", "declaration page"),
    *("evaluate fhir", "questionnaire-response.json", "declaration.pdf", "database", "papers"),
}
"""The form, wherever it is drafted, shown, kept or handed over."""
ADDRESS = re.compile(
    r'(?:href|src|action|hx-\w+)="([^"]*)"|"(?:url|fullUrl|reference)": ?"([^"]*)"|'
    r"^(?:Location|Content-Disposition|Content-Location|Link|ETag|Set-Cookie): (.*)$",
    re.MULTILINE,
)


def test_d5_the_number_of_the_insured_is_on_the_form_and_nowhere_else(tell: Tell, tmp_path: Path) -> None:
    told = tell(visited())
    assert {kind(face) for face in where(told, TEST_NUMBER)} == FORM
    addresses = ["".join(found) for said in told.values() for found in ADDRESS.findall(said)]
    assert len(addresses) > 50
    assert [address for address in addresses if TEST_NUMBER in address] == []
    assert [path for path in tmp_path.rglob("*") if TEST_NUMBER in path.name] == []


def kind(face: str) -> str:
    """A face, without the id in its name."""
    if face.startswith("/declarations/"):
        return "declaration page"
    if face.startswith("database"):
        return "database"
    return re.sub(r"^(Binary|QuestionnaireResponse)/.*", r"\1", face)


def test_d5_the_key_that_tells_preparations_apart_is_made_without_any_number() -> None:
    with_number, without_number = (lire(demande(droits(number=number))) for number in (TEST_NUMBER, None))
    assert subject_of(with_number, "a") == subject_of(without_number, "b")


EXAMPLES = sorted(Path(__file__).resolve().parents[2].glob("examples/[0-9]*/bundle.json"))


def test_d5_b073_a_number_changes_no_decision() -> None:
    service = Service(Settings())
    for path in EXAMPLES:
        document = json.loads(path.read_text("utf-8"))
        assert (
            service.evaluate(encode(numbered(document))).decision
            == service.evaluate(encode(document)).decision
        ), path.parent.name


def numbered(document: Json) -> Json:
    """The same visit, of somebody of whom every number is known."""
    changed = copy.deepcopy(document)
    for entry in changed["entry"]:
        who = entry["resource"]
        if who["resourceType"] == "Patient":
            who["identifier"] = [identifier("13"), identifier("8"), identifier("9")]
            who.setdefault("extension", []).append(qualified())
        if who["resourceType"] == "Coverage":
            who["subscriberId"] = TEST_NUMBER
    return changed


# ---------------------------------------------------------------- D6: the shape and the key of a number

SHAPES = [
    ("279035121518989", Etat.CONNU),
    ("2 79 03 51 215 189 89", Etat.CONNU),
    ("179032A00100145", Etat.CONNU),
    ("179032B00100172", Etat.CONNU),
    ("2790351215189", Etat.DOUTEUX),
    ("279035121518988", Etat.DOUTEUX),
    ("27903512151898", Etat.DOUTEUX),
    ("2790351215189890", Etat.DOUTEUX),
    ("279032C00100145", Etat.DOUTEUX),
    ("NUMERO INCONNU", Etat.DOUTEUX),
]


@pytest.mark.parametrize(("number", "state"), SHAPES, ids=[number for number, _ in SHAPES])
def test_d6_b065_a_number_that_is_not_well_is_doubted_and_never_refused(number: str, state: Etat) -> None:
    field = preparee(droits(number=number)).champ(Id.ASSURE_NUMERO)
    assert field.etat is state
    assert number not in (field.pourquoi or "")


@pytest.mark.parametrize(
    ("birth", "state"),
    [
        ("1979-03-28", Etat.CONNU),
        ("1979-03", Etat.CONNU),
        ("1979", Etat.CONNU),
        ("1978-03-28", Etat.DOUTEUX),
        ("1979-04-28", Etat.DOUTEUX),
        ("1978", Etat.DOUTEUX),
    ],
)
def test_b066_a_number_of_another_year_or_month_of_birth_is_doubted(birth: str, state: Etat) -> None:
    assert preparee(dominique(birthDate=birth)).champ(Id.ASSURE_NUMERO).etat is state


def test_b066_a_number_without_a_month_of_birth_contradicts_none() -> None:
    body = "2793151215189"
    number = f"{body}{97 - int(body) % 97:02}"
    assert preparee(droits(number=number)).champ(Id.ASSURE_NUMERO).etat is Etat.CONNU


def test_b067_numbers_between_which_nobody_can_choose_are_not_used() -> None:
    two = [identifier("13"), identifier("13", "179032A00100145")]
    nameless = [{"value": TEST_NUMBER}, {"system": f"{OID}.13 ", "value": TEST_NUMBER}]
    for numbers in (two, nameless):
        field = preparee(dominique(identifier=numbers), droits(number=None)).champ(Id.ASSURE_NUMERO)
        assert (field.etat, field.texte) == (Etat.MANQUANT, "")


@pytest.mark.parametrize("system", ["10", "11"])
def test_b069_a_test_number_is_never_taken_for_a_real_one(system: str) -> None:
    who = dominique(identifier=[identifier(system)], extension=[qualified()])
    field = preparee(who, droits(number=None)).champ(Id.ASSURE_NUMERO)
    assert field.etat is Etat.DOUTEUX
    assert "numéro de test" in (field.pourquoi or "")


@pytest.mark.parametrize("ended", [{"use": "old"}, {"period": {"end": "2020-01-01"}}])
def test_b070_a_number_of_the_past_is_not_used(ended: Json) -> None:
    who = dominique(identifier=[identifier("13", **ended)])
    assert preparee(who, droits(number=None)).champ(Id.ASSURE_NUMERO).etat is Etat.MANQUANT


NAMES = ["D", "D’ÉTÉ-NOËL", "O'NEIL", "Ü" * 255, "عائشة", "Ivan 🙂"]


@pytest.mark.parametrize("name", NAMES, ids=["one letter", "accents", "apostrophe", "255", "Arabic", "emoji"])
def test_b074_a_name_is_kept_as_it_was_sent(name: str) -> None:
    assert preparee(dominique(name=[nom(name)])).champ(Id.ASSURE_NOM_NAISSANCE).texte == name


@pytest.mark.parametrize("name", ["", "   ", "\u202e"])
def test_b074_a_name_of_nothing_is_none(name: str) -> None:
    assert preparee(dominique(name=[nom(name)])).champ(Id.ASSURE_NOM_NAISSANCE).etat is Etat.MANQUANT
