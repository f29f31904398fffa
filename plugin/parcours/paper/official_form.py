"""The official fillable PDF that a practice supplies: its fields filled, nothing ticked, nothing signed.

The fields of the PDF bear our link ids (``assure.numero``…), or a file beside it, of the same name with
``.toml`` instead of ``.pdf``, says which field is which::

    [champs]
    "assure.numero" = "nir"                      # one field
    "beneficiaire.date-naissance" = ["j1", "j2", "m1", "m2", "a1", "a2", "a3", "a4"]   # one character each
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject, TextStringObject

from parcours.domain.declaration import LIBELLES, Champ, Declaration, Id
from parcours.errors import SettingsError
from parcours.paper.s3704 import TITLE, Form
from parcours.paper.sheet import MARGIN

VARIABLE: Final = "PARCOURS_S3704_PDF"
_FOR_PEOPLE: Final = frozenset({Id.CHOIX, Id.ACCORD, Id.DATE})
_DIGITS_ONLY: Final = frozenset({Id.BENEFICIAIRE_NAISSANCE})

Fields = Mapping[str, tuple[str, ...]]
"""Link id → names of fields of the PDF: one, or one per character."""


@dataclass(frozen=True, slots=True)
class OfficialForm:
    """A fillable form that was checked: the bytes of the PDF and which field is which."""

    pdf: bytes
    fields: Fields

    @classmethod
    def load(cls, path: Path) -> OfficialForm:
        """Read a form and its mapping. Raises ``SettingsError`` when it cannot be filled."""
        pdf, names = _read(path)
        fields = _mapping(path.with_suffix(".toml"), names)
        if not fields:
            raise SettingsError(
                f"{VARIABLE} : aucun champ du formulaire n’est reconnu ; voir docs/declaration.md."
            )
        return cls(pdf, fields)

    def fill(self, declaration: Declaration) -> bytes:
        """The form with the known fields, marked as prepared, followed by the notice."""
        writer = PdfWriter(clone_from=io.BytesIO(self.pdf))
        values = dict(self._values(declaration))
        for page in writer.pages:
            if "/Annots" in page:
                writer.update_page_form_field_values(page, values, auto_regenerate=False)
        _forget_xfa(writer)
        _finish(writer, declaration)
        written = io.BytesIO()
        writer.write(written)
        return written.getvalue()

    def _values(self, declaration: Declaration) -> Iterator[tuple[str, str]]:
        for champ in declaration.champs:
            names = self.fields.get(champ.id, ())
            text = _characters(champ) if len(names) > 1 else champ.texte
            parts = text.ljust(len(names)) if len(names) > 1 else [text]
            if text:
                yield from ((name, part.strip()) for name, part in zip(names, parts, strict=False))


def _characters(champ: Champ) -> str:
    return champ.texte.replace("/", "") if champ.id in _DIGITS_ONLY else champ.texte


def _read(path: Path) -> tuple[bytes, frozenset[str]]:
    try:
        pdf = path.read_bytes()
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted:
            raise SettingsError(f"{VARIABLE} : le formulaire est protégé par un mot de passe.")
        return pdf, frozenset(reader.get_fields() or {})
    except (OSError, PyPdfError, ValueError):
        pass
    raise SettingsError(f"{VARIABLE} : fichier introuvable, ou qui n’est pas un PDF lisible.")


def _mapping(path: Path, names: frozenset[str]) -> Fields:
    stated = _stated(path) if path.is_file() else {name: name for name in names & LIBELLES.keys()}
    fields = {link: (found,) if isinstance(found, str) else tuple(found) for link, found in stated.items()}
    for link, found in fields.items():
        if link in _FOR_PEOPLE:
            raise SettingsError(f"{VARIABLE} : {link} ne se remplit pas d’avance, une personne le fait.")
        if link not in LIBELLES or not names.issuperset(found):
            raise SettingsError(f"{VARIABLE} : {path.name} désigne un champ inconnu.")
    return fields


def _stated(path: Path) -> dict[str, Any]:
    try:
        stated = tomllib.loads(path.read_text("utf-8")).get("champs", {})
    except (OSError, ValueError):
        stated = None
    if not isinstance(stated, dict) or not all(isinstance(v, (str, list)) for v in stated.values()):
        raise SettingsError(f"{VARIABLE} : {path.name} n’est pas un tableau [champs] lisible.")
    return stated


def _forget_xfa(writer: PdfWriter) -> None:
    """A form that also holds its XFA twin would be shown empty by the readers that prefer the twin."""
    form = writer.root_object.get("/AcroForm")
    if form is not None:
        form.get_object().pop(NameObject("/XFA"), None)


def _finish(writer: PdfWriter, declaration: Declaration) -> None:
    """Mark every page as prepared, add the notice, and say in the metadata nothing of anybody."""
    sheet = Form(declaration)
    for _ in writer.pages:
        sheet.add_page()
        sheet.write_at(MARGIN, 3, "PRÉPARÉE – NON SIGNÉE", 10, bold=True)
    official = len(writer.pages)
    sheet.notice()
    sheet.suite()
    drawn = PdfReader(io.BytesIO(bytes(sheet.output())))
    for page, mark in zip(list(writer.pages), drawn.pages, strict=False):
        page.merge_page(mark)
    for page in drawn.pages[official:]:
        writer.add_page(page)
    writer.metadata = None
    writer.add_metadata({"/Title": TITLE, "/Author": "parcours-soins"})
    writer.root_object[NameObject("/Lang")] = TextStringObject("fr-FR")
