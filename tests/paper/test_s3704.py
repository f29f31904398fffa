"""The form on paper: read back, looked at, the same bytes each time, and nothing injected."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject
from tests.law.declarations import beneficiaire, identite, lu, medecin, ne_le, prepare, representant
from tests.paper.elsewhere import printed

from parcours.domain.declaration import Declaration, Id
from parcours.domain.declaration_facts import Assure, Lien, Lu
from parcours.domain.declaration_texts import CARACTERES
from parcours.errors import SettingsError
from parcours.paper import fonts_installed
from parcours.paper.fonts_installed import check_fonts
from parcours.paper.s3704 import TITLE, s3704

LONG = "Jean-Baptiste-Emmanuel-Anne-Élisabeth " * 8
HOSTILE = "<b>x</b> **y** [z](javascript:1) ) Tj ET (\\ %%EOF endobj &lt; {nb} __u__ </para>"


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def nomme(**autres: Any) -> Declaration:
    return prepare(beneficiaire=beneficiaire(identite=identite(**autres)))


def test_the_text_read_back_is_the_data_field_by_field() -> None:
    declaration = prepare(representants=(representant(Lien.PARENT),))
    form = flat(pages(s3704(declaration))[0])
    for champ in declaration.champs:
        wanted = champ.texte.replace("/", "") if champ.id == Id.BENEFICIAIRE_NAISSANCE else champ.texte
        assert flat(wanted) in form, champ.id


@pytest.mark.parametrize(
    "name", ["Ŷvain-Łucja D’Œuvré", "Nguyễn Thị Hồng", "Ćwikła", "Καρόλου", "Ёлкин", "Šimůnek"]
)
def test_names_are_printed_with_their_accents(name: str) -> None:
    assert flat(name) in flat(pages(s3704(nomme(nom=name)))[0])


def test_a_decomposed_accent_is_the_same_letter() -> None:
    assert "ÉLODIE" in pages(s3704(nomme(prenom="E\u0301LODIE")))[0]


def test_every_block_notice_and_signature_of_the_form_is_there() -> None:
    form, notice, *_ = pages(s3704(prepare()))
    for words in (
        "Déclaration de choix du médecin traitant",
        "L. 162-5-3",
        "PRÉPARÉE – NON SIGNÉE",
        "Le bénéficiaire des soins",
        "Identification du médecin",
        "Déclaration conjointe",
        "Je soussigné(e), M., Mme",
        "Je soussigné(e), Docteur",
        "Signature du bénéficiaire",
        "Signature et cachet du médecin",
        "Déclaration signée le",
        "Important",
        "Merci d’envoyer",
        "78-17",
        "(*) centre de santé",
    ):
        assert flat(words) in flat(form), words
    for words in ("cinq missions", "conciliateur", "CPAM – Paris (75)", "attestation de droits", "carte CPS"):
        assert flat(words) in flat(notice), words


def test_the_refusal_of_a_professional_is_printed() -> None:
    text = flat("".join(pages(s3704(prepare(medecin=medecin(praticien={"remplacant": True}))))))
    assert flat("Un remplaçant ne peut pas être déclaré") in text
    assert "MEDECIN-FICTIF" not in text


def test_a_young_person_and_a_parent_have_each_their_place_to_sign() -> None:
    declaration = prepare(
        beneficiaire=beneficiaire(naissance=ne_le(dt.date(2008, 6, 1))),
        assure=Assure(lui_meme=False, identite=identite("Alex")),
        representants=(representant(Lien.PARENT),),
    )
    form = flat(pages(s3704(declaration))[0])
    assert flat("Signature du bénéficiaire des soins") in form
    assert flat("Signature du parent ou du titulaire de l’autorité parentale") in form


def test_the_same_declaration_prints_to_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys, hashlib; from tests.law.declarations import prepare;"
        "from parcours.paper.s3704 import s3704;"
        "sys.stdout.write(hashlib.sha256(s3704(prepare())).hexdigest())"
    )
    assert len(printed(program)) == 1


def test_the_code_of_verification_is_on_every_page() -> None:
    declaration = prepare()
    assert all(declaration.empreinte in flat(text) for text in pages(s3704(declaration)))


def test_the_metadata_and_the_title_name_nobody() -> None:
    pdf = s3704(prepare())
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == TITLE
    assert not [v for v in reader.metadata.values() if "PAT-TROIS" in str(v) or "2790351" in str(v)]
    assert str(reader.root_object["/Lang"]) == "fr-FR"
    assert "/DisplayDocTitle" in str(reader.root_object["/ViewerPreferences"])


def test_a_hostile_name_is_text_and_nothing_else() -> None:
    pdf = s3704(nomme(nom=HOSTILE, prenom=HOSTILE))
    reader = PdfReader(io.BytesIO(pdf))
    assert flat("".join(pages(pdf))).count(flat(HOSTILE)) >= 2
    assert not [page for page in reader.pages if "/Annots" in page]
    assert not {"/AA", "/Names", "/AcroForm"} & set(reader.root_object)
    assert isinstance(reader.root_object["/OpenAction"], ArrayObject)  # a page to show, not an action


def test_a_very_long_value_is_whole_on_a_page_apart() -> None:
    declaration = prepare(beneficiaire=beneficiaire(identite=identite(adresse_longue(), "X")))
    text = pages(s3704(declaration))
    assert flat("voir la dernière page") in flat(text[0])
    assert flat(adresse_longue()) in flat(text[-1])


def adresse_longue() -> str:
    return (LONG * 4).strip()


def test_a_long_name_shrinks_to_its_box() -> None:
    name = LONG[:70].strip()
    text = pages(s3704(nomme(nom=name)))
    assert len(text) == 2
    assert flat(name) in flat(text[0])


VERY_LONG = ["W" * 900, LONG * 20, "\n".join(["Anne"] * 200)]


@pytest.mark.no_cover  # thrice as long when each line is counted
@pytest.mark.parametrize("name", VERY_LONG, ids=["one word", "many words", "many lines"])
def test_the_words_of_the_law_are_whole_whatever_the_names(name: str) -> None:
    declaration = prepare(
        beneficiaire=beneficiaire(identite=identite(name, name)),
        medecin=medecin(nom=lu(name), prenom=lu(name)),
        representants=(representant(Lien.TUTEUR, name, name),),
    )
    pdf = s3704(declaration)
    form, *others = map(flat, pages(pdf))
    for words in (
        "déclare choisir le médecin identifié ci-dessus comme médecin traitant.",
        "déclare accepter d’être le médecin traitant du bénéficiaire des soins identifié ci-dessus.",
    ):
        assert flat(words) in form
    suite = "".join(others)
    for title in ("Bénéficiaire, Nom", "Médecin, Nom", "Déclaration, Parent, titulaire"):
        assert flat(title) in suite
    written = [line for page in pypdfium2.PdfDocument(pdf) for line in inside(page)]
    assert sum(line.count(name[:4]) for line in written) >= 7 * name.count(name[:4])


def inside(page: pypdfium2.PdfPage) -> list[str]:
    """What is written within the margins of a page, from top to bottom."""
    return [page.get_textpage().get_text_bounded(bottom=0, top=page.get_height())]


def test_nobody_reads_the_code_of_a_block() -> None:
    declaration = prepare(beneficiaire=beneficiaire(identite=identite(adresse_longue(), "X")), medecin=None)
    text = "".join(pages(s3704(declaration)))
    assert not re.search(r"\((?:assure|beneficiaire|medecin|declaration)\)", text)


def test_letters_that_cannot_be_printed_are_said_to_be_missing() -> None:
    text = pages(s3704(nomme(prenom="王小明")))
    assert "□□□" in text[0]
    assert flat(CARACTERES) in flat(text[-1])


def test_a_number_longer_than_its_boxes_is_printed_whole() -> None:
    declaration = prepare(medecin=medecin(rpps=lu("012345678970000")))
    assert "012345678970000" in flat(pages(s3704(declaration))[0])


def test_nothing_but_the_form_when_there_is_nothing_to_say() -> None:
    bare = dataclasses.replace(
        prepare(), champs=tuple(dataclasses.replace(c, valeur=None) for c in prepare().champs)
    )
    assert "…………" in pages(s3704(bare))[0]


# ---------------------------------------------------------------- looked at


def ink(pdf: bytes) -> list[float]:
    """The dark part of each page, from 0 to 1."""
    shares = []
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=1).to_pil().convert("L")
        shares.append(sum(image.histogram()[:128]) / (image.width * image.height))
    return shares


def test_the_pages_are_a4_and_have_ink_on_them() -> None:
    pdf = s3704(prepare())
    assert all(round(page.mediabox.width) == 595 for page in PdfReader(io.BytesIO(pdf)).pages)
    assert all(0.005 < share < 0.2 for share in ink(pdf))


def test_nothing_is_printed_in_the_places_to_sign_and_to_tick() -> None:
    """Two declarations that differ in every value have the same pixels where people sign."""
    first, second = prepare(), nomme(prenom="A", nom="B")
    images = [
        pypdfium2.PdfDocument(s3704(d))[0].render(scale=2).to_pil().convert("L") for d in (first, second)
    ]
    width, height = images[0].size
    box = (int(width * 0.06), int(height * 0.715), int(width * 0.94), int(height * 0.86))
    assert images[0].crop(box).tobytes() == images[1].crop(box).tobytes()


# ---------------------------------------------------------------- fonts


def test_the_fonts_are_there() -> None:
    check_fonts()


def test_without_its_fonts_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_installed, "FONTS", {"": "absente.ttf"})
    with pytest.raises(SettingsError, match=r"absente\.ttf"):
        check_fonts()


def test_the_licence_of_the_fonts_comes_with_them() -> None:
    assert "Bitstream" in fonts_installed.font_file("LICENSE-DejaVu.txt").read_text("utf-8")


def test_a_day_is_printed_as_the_french_write_it() -> None:
    declaration = prepare(beneficiaire=beneficiaire(rang=Lu(1, "x")))
    assert declaration.champ(Id.BENEFICIAIRE_NAISSANCE).texte == "28/03/1979"
