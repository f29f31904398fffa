"""The proof that each side keeps: the form as it was prepared, and a page that says what became of it.

The page names no patient: states with their date, who acted, the receipt of the caisse, and the fingerprints
that tie it to the form. The same version gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from parcours.domain.declaration_states import LIBELLES_ETATS, SUITES
from parcours.domain.declaration_suivie import PROGRAMME, Passage, Suivie
from parcours.domain.declaration_texts import CARACTERES
from parcours.paper.sheet import MARGIN, WIDTH, Sheet

TITLE: Final = "Justificatif de déclaration de choix du médecin traitant"
PARIS: Final = ZoneInfo("Europe/Paris")
_BOTTOM: Final = 270.0
_STAMP: Final = MARGIN + 130
"""Opposite to the number that a page of the form bears already."""
_UNSIGNED: Final = (
    "Ce justificatif dit ce que le cabinet a noté ; il ne remplace ni les signatures, ni l’accusé de "
    "réception de la caisse. Le formulaire qui précède est celui qui a été préparé : les signatures n’y "
    "figurent pas."
)
_CHECK: Final = (
    "Le code du contenu est imprimé au bas de chaque page du formulaire : qui tient les mêmes champs, dans "
    "le même ordre, le recalcule. Le code du fichier est celui du formulaire seul, tel qu’il a été préparé."
)


@dataclass(frozen=True, slots=True)
class Preuve:
    """One copy of the proof: what became of the declaration, and for whom the copy is."""

    suivie: Suivie
    exemplaire: str


def proof(form: bytes, preuve: Preuve) -> bytes:
    """The PDF of the form followed by the page of its proof; every page says whose copy it is."""
    writer = PdfWriter(clone_from=io.BytesIO(form))
    for page in PdfReader(io.BytesIO(_page(form, preuve))).pages:
        writer.add_page(page)
    stamps = PdfReader(io.BytesIO(_stamps(len(writer.pages), preuve)))
    for page, stamp in zip(writer.pages, stamps.pages, strict=True):
        page.merge_page(stamp)
    writer.metadata = None
    writer.add_metadata({"/Title": f"{TITLE} – {preuve.exemplaire}", "/Author": PROGRAMME})
    writer.root_object[NameObject("/Lang")] = TextStringObject("fr-FR")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _stamps(pages: int, preuve: Preuve) -> bytes:
    """One page for each of the copy, which bears nothing but whose it is and its number."""
    sheet = Tampon(preuve)
    for _ in range(pages):
        sheet.add_page()
        sheet.write_at(_STAMP, 289, f"{preuve.exemplaire} – page {sheet.page_no()} sur {pages}", 6.5)
    return bytes(sheet.output())


def _page(form: bytes, preuve: Preuve) -> bytes:
    suivie = preuve.suivie
    sheet = Justificatif(preuve)
    sheet.add_page()
    sheet.head()
    y = sheet.section(34, "Où en est la déclaration", [_end(suivie)])
    y = sheet.section(
        y, "Ce qui a été fait (heure de Paris)", [_line(passage) for passage in suivie.passages]
    )
    y = sheet.section(y, "Accusé de réception noté par le cabinet", [suivie.recu or "aucun n’est enregistré"])
    y = sheet.section(
        y,
        "Empreintes (SHA-256)",
        [f"du contenu : {suivie.empreinte}", f"du fichier : {hashlib.sha256(form).hexdigest()}"],
    )
    sheet.section(y, "À savoir", [_CHECK, _UNSIGNED, *([CARACTERES] if sheet.unprintable else [])])
    return bytes(sheet.output())


def _end(suivie: Suivie) -> str:
    state = LIBELLES_ETATS[suivie.actuel.etat]
    return f"{state} (version {suivie.version})" if SUITES[suivie.actuel.etat] else f"{state}, définitivement"


def _line(passage: Passage) -> str:
    when = passage.quand.astimezone(PARIS)
    said = f"{when:%d/%m/%Y à %H:%M:%S} : {LIBELLES_ETATS[passage.etat]} ; noté par {passage.qui}"
    receipt = f" ; accusé de réception {passage.recu}" if passage.recu else ""
    reason = f" ; {passage.note}" if passage.note else ""
    return f"{said}{receipt}{reason}"


class _Feuille(Sheet):
    """A sheet of a proof, dated of the last thing that happened to the declaration."""

    def __init__(self, preuve: Preuve) -> None:
        suivie = preuve.suivie
        day = suivie.actuel.quand.astimezone(PARIS).date()
        super().__init__(TITLE, f"Déclaration {suivie.id}, version {suivie.version}", day)
        self.preuve = preuve


class Tampon(_Feuille):
    """What is laid over the pages: it has no footer, they have theirs."""

    def footer(self) -> None:
        """Nothing."""


class Justificatif(_Feuille):
    """The page being drawn."""

    def footer(self) -> None:
        """Which declaration this is the proof of; the number of the page is laid over it."""
        self.write_at(MARGIN, 285, self._footer, 6.5)

    def head(self) -> None:
        """What this page is, and whose copy."""
        self.rect(MARGIN, 10, WIDTH, 16)
        self.write_at(MARGIN + 2, 12, "Justificatif", 14, bold=True)
        self.write_at(MARGIN + 2, 20, "Déclaration de choix du médecin traitant (CSS, article L. 162-5-3)", 9)
        self.write_at(MARGIN + 130, 12.5, self.preuve.exemplaire, 11, bold=True)

    def section(self, y: float, title: str, lines: list[str]) -> float:
        """A title and its lines; returns the ordinate under them, on a new page when this one is full."""
        y = self.paragraph(MARGIN, y, WIDTH, title, 10, bold=True) + 1
        for line in lines:
            if y > _BOTTOM:
                self.add_page()
                y = 14.0
            y = self.paragraph(MARGIN + 3, y, WIDTH - 3, line, 9) + 1
        return y + 3
