"""The official form that a practice supplies: filled where it can be, never ticked, else refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from tests.law.declarations import ESSAI, prepare

from parcours.errors import SettingsError
from parcours.paper.official_form import OfficialForm
from parcours.service import Service
from parcours.settings import Settings


def blank_form(*names: str) -> bytes:
    """A fillable PDF with these text fields, as an institution would publish one."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=595, height=842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fields = ArrayObject()
    for rank, name in enumerate(names):
        field = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Widget"),
                NameObject("/FT"): NameObject("/Tx"),
                NameObject("/T"): TextStringObject(name),
                NameObject("/DA"): TextStringObject("/Helv 10 Tf 0 g"),
                NameObject("/F"): NumberObject(4),
                NameObject("/Rect"): ArrayObject(
                    map(FloatObject, (50, 780 - 25 * rank, 400, 800 - 25 * rank))
                ),
            }
        )
        fields.append(writer._add_object(field))
    page[NameObject("/Annots")] = fields
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {
            NameObject("/Fields"): fields,
            NameObject("/XFA"): TextStringObject("twin"),
            NameObject("/DR"): DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/Helv"): font})}
            ),
        }
    )
    writer.add_metadata({"/Author": "somebody"})
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "s3704.pdf"
    path.write_bytes(blank_form("assure.numero", "beneficiaire.nom", "medecin.nom", "case-choix", "j1", "j2"))
    return path


def filled(path: Path) -> PdfReader:
    return PdfReader(io.BytesIO(OfficialForm.load(path).fill(prepare())))


def test_fields_that_bear_our_names_are_filled(form: Path) -> None:
    values = {name: field.get("/V") for name, field in (filled(form).get_fields() or {}).items()}
    assert (values["assure.numero"], values["beneficiaire.nom"]) == (ESSAI, "PAT-TROIS")
    assert not values["case-choix"]


def test_a_table_beside_the_form_says_which_field_is_which(form: Path) -> None:
    form.with_suffix(".toml").write_text(
        '[champs]\n"medecin.nom" = "medecin.nom"\n"beneficiaire.date-naissance" = ["j1", "j2"]\n', "utf-8"
    )
    values = {name: field.get("/V") for name, field in (filled(form).get_fields() or {}).items()}
    assert (values["j1"], values["j2"], values["medecin.nom"]) == ("2", "8", "MEDECIN-FICTIF")
    assert not values["assure.numero"]


def test_the_form_is_marked_as_prepared_has_its_notice_and_names_nobody_in_its_metadata(form: Path) -> None:
    reader = filled(form)
    assert "PRÉPARÉE – NON SIGNÉE" in reader.pages[0].extract_text()
    assert prepare().empreinte in reader.pages[0].extract_text()
    assert "cinq missions" in reader.pages[1].extract_text()
    assert reader.metadata is not None
    assert not [v for v in reader.metadata.values() if "PAT" in str(v) or "somebody" in str(v)]
    assert "/XFA" not in str(reader.root_object["/AcroForm"])


def test_the_same_declaration_fills_to_the_same_bytes(form: Path) -> None:
    assert OfficialForm.load(form).fill(prepare()) == OfficialForm.load(form).fill(prepare())


@pytest.mark.parametrize(
    "table",
    [
        '[champs]\n"declaration.choix" = "case-choix"\n',
        '[champs]\n"declaration.accord" = "case-choix"\n',
        '[champs]\n"declaration.date" = "j1"\n',
        '[champs]\n"medecin.nom" = "absent"\n',
        '[champs]\n"inconnu" = "j1"\n',
        '[champs]\n"medecin.nom" = 3\n',
        "champs = 3\n",
        "not toml",
        "",
    ],
)
def test_a_table_that_would_sign_or_miss_is_refused(form: Path, table: str) -> None:
    form.with_suffix(".toml").write_text(table, "utf-8")
    with pytest.raises(SettingsError, match="PARCOURS_S3704_PDF"):
        OfficialForm.load(form)


@pytest.mark.parametrize("content", [b"", b"not a pdf", blank_form(), blank_form("other")])
def test_what_cannot_be_filled_stops_the_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="PARCOURS_S3704_PDF"):
        Service(Settings(s3704_pdf=str(path)))
    with pytest.raises(SettingsError, match="PARCOURS_S3704_PDF"):
        OfficialForm.load(tmp_path / "absent.pdf")


def test_a_form_behind_a_password_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(blank_form("medecin.nom")))
    writer.encrypt("secret", algorithm="RC4-128")
    path = tmp_path / "form.pdf"
    writer.write(path)
    with pytest.raises(SettingsError, match="mot de passe"):
        OfficialForm.load(path)


def test_the_service_fills_the_form_it_was_given(form: Path) -> None:
    pdf = Service(Settings(s3704_pdf=str(form))).pdf(prepare())
    assert PdfReader(io.BytesIO(pdf)).get_fields()
