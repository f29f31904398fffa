"""The proof on paper: the form, then a page that says what became of it and names no patient."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re

import pypdfium2
import pytest
from pypdf import PdfReader
from tests.law.declarations import prepare
from tests.paper.elsewhere import printed

from parcours.domain.declaration_states import LIBELLES_ETATS, EtatDeclaration
from parcours.domain.declaration_suivie import Passage, Suivie
from parcours.domain.declaration_texts import CARACTERES
from parcours.paper.proof import TITLE, Preuve, proof
from parcours.paper.s3704 import s3704

FORM = s3704(prepare())
START = dt.datetime(2026, 3, 10, 22, 59, 58, 123456, tzinfo=dt.UTC)
ROAD = (
    EtatDeclaration.PREPAREE,
    EtatDeclaration.SIGNEE,
    EtatDeclaration.TRANSMISE,
    EtatDeclaration.ENREGISTREE,
)
HOSTILE = "<b>x</b> **y** [z](javascript:1) ) Tj ET (\\ %%EOF endobj &lt; {nb} </para>"


def suivie(
    *road: EtatDeclaration, qui: str = "Dr Émilie Ŷvain", recu: str | None = None, note: str = ""
) -> Suivie:
    """A declaration that went through these states, a month apart, the last one with this receipt."""
    steps = [
        Passage(
            version=n,
            etat=etat,
            quand=START + dt.timedelta(days=30 * (n - 1)),
            qui=qui,
            recu=recu if n == len(road) else None,
            note=note or None,
        )
        for n, etat in enumerate(road, start=1)
    ]
    return Suivie(
        id="0d5b6f1e-4a3c-4b61-9d1a-111111111111", empreinte=prepare().empreinte, passages=tuple(steps)
    )


def pages(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def last(suivie: Suivie, copy: str = "Exemplaire du patient") -> str:
    return pages(proof(FORM, Preuve(suivie, copy)))[-1]


@pytest.mark.parametrize("copy", ["Exemplaire du cabinet", "Exemplaire du patient"])
def test_the_form_is_whole_and_one_page_follows_and_each_says_whose_copy_it_is(copy: str) -> None:
    proved = pages(proof(FORM, Preuve(suivie(*ROAD), copy)))
    form = pages(FORM)
    assert len(proved) == len(form) + 1
    for number, page in enumerate(proved, start=1):
        assert f"{copy.replace(' ', '')}–page{number}sur{len(proved)}" in page
    assert all(page.startswith(before) for page, before in zip(proved, form, strict=False))


def test_what_cannot_be_printed_is_said() -> None:
    said = CARACTERES.replace(" ", "")
    assert said in last(suivie(*ROAD, qui="Dr A 😀"))
    assert said not in last(suivie(*ROAD))


def test_a_receipt_is_what_the_practice_has_noted() -> None:
    assert "AccuséderéceptionnotéparlecabinetAR-1" in last(suivie(*ROAD, recu="AR-1"))


def test_every_state_is_told_with_its_hour_in_paris_and_its_person() -> None:
    page = last(suivie(*ROAD, recu="AR-1"))
    for said in (
        "10/03/2026à23:59:58:Préparée;notéparDrÉmilieŶvain",
        "10/04/2026à00:59:58:Signée;notéparDrÉmilieŶvain",  # summer time
        "10/05/2026à00:59:58:Transmise;",
        "Enregistréeparlacaisse;notéparDrÉmilieŶvain;accuséderéceptionAR-1",
        "Enregistréeparlacaisse,définitivement",
    ):
        assert said in page, page


def test_both_fingerprints_are_those_of_the_content_and_of_the_form() -> None:
    page = last(suivie(*ROAD[:1]))
    assert prepare().empreinte in page
    assert hashlib.sha256(FORM).hexdigest() in page
    assert "aucunn’estenregistré" in page


@pytest.mark.parametrize("etat", EtatDeclaration)
def test_every_state_has_its_words(etat: EtatDeclaration) -> None:
    assert LIBELLES_ETATS[etat].replace(" ", "") in last(suivie(EtatDeclaration.PREPAREE, etat))


def test_the_page_and_the_metadata_name_no_patient() -> None:
    proved = proof(FORM, Preuve(suivie(*ROAD), "Exemplaire du patient"))
    reader = PdfReader(io.BytesIO(proved))
    assert reader.metadata is not None
    assert (reader.metadata.title, str(reader.root_object["/Lang"])) == (
        f"{TITLE} – Exemplaire du patient",
        "fr-FR",
    )
    for said in (pages(proved)[-1], *map(str, reader.metadata.values())):
        assert "PAT-TROIS" not in said
        assert "2790351" not in said


def test_a_hostile_person_is_text_and_nothing_else() -> None:
    proved = proof(FORM, Preuve(suivie(*ROAD, qui=HOSTILE, note=HOSTILE), "Exemplaire du patient"))
    assert pages(proved)[-1].count(HOSTILE.replace(" ", "")) == 2 * len(ROAD)
    assert not [page for page in PdfReader(io.BytesIO(proved)).pages if "/Annots" in page]


def test_a_long_story_goes_on_over_the_page() -> None:
    proved = pages(
        proof(FORM, Preuve(suivie(*ROAD, qui="x" * 199, note="y " * 900), "Exemplaire du patient"))
    )
    assert len(proved) > len(pages(FORM)) + 1
    assert hashlib.sha256(FORM).hexdigest() in proved[-1]


def test_the_page_has_ink_on_it() -> None:
    document = pypdfium2.PdfDocument(proof(FORM, Preuve(suivie(*ROAD), "Exemplaire du patient")))
    image = document[len(document) - 1].render(scale=1).to_pil().convert("L")
    assert 0.005 < sum(image.histogram()[:128]) / (image.width * image.height) < 0.2


def test_the_same_version_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys, hashlib; from tests.paper.test_proof import *;"
        "sys.stdout.write(hashlib.sha256(proof(FORM, Preuve(suivie(*ROAD), 'x'))).hexdigest())"
    )
    assert len(printed(program)) == 1
