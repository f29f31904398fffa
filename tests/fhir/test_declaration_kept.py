"""What is kept of a declaration gives it back, field by field, and holds a number once."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import pytest
from tests.fhir.builders import R22, Json, concept
from tests.fhir.declarations import TEST_NUMBER, demande, dominique, droits, lire, proche

from parcours.domain.declaration import Declaration, Id
from parcours.domain.declaration_states import EtatDeclaration
from parcours.domain.declaration_suivie import Passage, Suivie
from parcours.fhir.declaration_followup import RENDERINGS, Fond, corrected, fond
from parcours.fhir.declaration_kept import Feuille
from parcours.fhir.output_checks import output_defects
from parcours.law import droit
from parcours.law.declaration import preparer
from parcours.law.declaration_correction import Correction, Situation, corriger

ID, NEXT = "8c6f3c52-6d6c-4f43-9a49-222222222222", "8c6f3c52-6d6c-4f43-9a49-333333333333"
WHO = "Mme A"
START = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)

REQUESTS = {
    "adult": demande(),
    "child": demande(dominique(birthDate="2015-09-01"), proche()),
    "partial birth": demande(dominique(birthDate="2010")),
    "no number": demande(droits(number=None)),
    "locum": demande(code=[concept((R22, "GENR02"))]),
}


def kept(document: Json) -> tuple[Declaration, Fond]:
    lecture = lire(document)
    declaration = preparer(lecture.faits, droit())
    return declaration, Fond.decode(fond(declaration, lecture, b"%PDF-1.7", ID).encode())


@pytest.mark.parametrize("document", REQUESTS.values(), ids=REQUESTS)
def test_what_is_kept_gives_the_declaration_back(document: Json) -> None:
    declaration, found = kept(document)
    assert found.declaration == declaration
    assert found.refus == tuple(reason.texte for reason in declaration.refus)


def test_every_member_of_a_declaration_is_kept() -> None:
    assert [field.name for field in fields(Declaration)] == list(Feuille.__struct_fields__)


def test_a_correction_is_of_the_same_patient_and_names_what_it_corrects() -> None:
    declaration, before = kept(REQUESTS["child"])
    said = Correction(valeurs={Id.ASSURE_PRENOM: "Camille"}, verifies=frozenset(), qui=WHO)
    after = corriger(declaration, said, before.situation, droit())
    found = Fond.decode(corrected(before, after, b"%PDF-1.7", NEXT).encode())
    assert (found.corrige, found.declaration, found.situation) == (ID, after, before.situation)
    assert before.situation != Situation()
    for name in ("subject", "encounter"):
        assert found.questionnaire.get(name) == before.questionnaire.get(name)
    assert found.encode().decode().count(TEST_NUMBER) == 1
    first = Passage(version=1, etat=EtatDeclaration.PREPAREE, quand=START, qui=WHO)
    suivie = Suivie(id=NEXT, empreinte=after.empreinte, passages=(first,))
    for render in RENDERINGS.values():
        resource = render(found, suivie)
        assert output_defects(resource) == []
        assert resource["id"] == NEXT


def test_what_a_person_typed_is_said_to_be_typed() -> None:
    declaration, before = kept(REQUESTS["adult"])
    said = Correction(valeurs={Id.ASSURE_PRENOM: "Camille"}, verifies=frozenset(), qui=WHO)
    after = corriger(declaration, said, before.situation, droit())
    found = corrected(before, after, b"%PDF-1.7", NEXT).questionnaire
    sources = {
        item["linkId"]: item["answer"][0]["extension"][0]["extension"][0]["valueCode"]
        for group in found["item"]
        for item in group["item"]
    }
    assert {link for link, source in sources.items() if source == "manual"} == {Id.ASSURE_PRENOM}
