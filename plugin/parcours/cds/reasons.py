"""Why a doctor sets a card aside (``pds-cs-motif-refus``): what he may answer, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parcours.cds.language import Element, Langue
from parcours.cds.options import Sujet
from parcours.fhir.systems import code_system

SYSTEM: Final = code_system("pds-cs-motif-refus")

REASONS: Final[Mapping[str, str]] = {
    "refus-patient": "Le patient ne souhaite pas déclarer de médecin traitant",
    "refus-medecin": "Le médecin ne peut pas être le médecin traitant de ce patient",
    "deja-declare": "Un médecin traitant est déjà déclaré",
    "plus-tard": "À faire à une autre visite",
    "situation-non-transmise": "Une situation que le logiciel n’a pas transmise change la réponse",
    "patient-informe": "Le patient est informé et maintient sa visite",
    "information-indisponible": "L’information manquante ne peut pas être obtenue",
    "reponse-inexacte": "La réponse paraît inexacte",
}
"""Code and display. A code never changes its meaning; it may stop being offered."""

_OFFERED: Final[Mapping[Sujet, tuple[str, ...]]] = {
    Sujet.COUT: ("situation-non-transmise", "patient-informe"),
    Sujet.FACTURE: ("information-indisponible", "situation-non-transmise"),
    Sujet.DECLARATION: (),
    Sujet.ADRESSAGE: ("situation-non-transmise",),
}
_OF_A_DECLARATION: Final = ("refus-patient", "refus-medecin", "deja-declare", "plus-tard")


def offered(sujet: Sujet, langue: Langue, *, declaration: bool) -> list[Element]:
    """The reasons that go with one card, most likely first."""
    codes = (*(_OF_A_DECLARATION if declaration else ()), *_OFFERED[sujet], "reponse-inexacte")
    return [{"system": SYSTEM, "code": code, "display": langue.dire(REASONS[code])} for code in codes]
