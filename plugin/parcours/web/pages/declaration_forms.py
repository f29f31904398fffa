"""What people send about a declaration: read field by field, and what is wrong said beside each field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Final

from flask import abort, request
from werkzeug.datastructures import MultiDict

from parcours.domain.declaration import LIBELLES, Declaration, Id
from parcours.domain.declaration_suivie import est_une_personne
from parcours.fhir.declaration_moves import LONGEST_RECEIPT, LONGEST_TEXT
from parcours.law.declaration_correction import NUMEROS, Correction, Valeur
from parcours.law.identifiers import compact
from parcours.web.pages.people import Person

LONGEST_VALUE: Final = 400
"""Characters of a field of the form: more never fits on the paper."""
ADRESSES: Final = frozenset({Id.ASSURE_ADRESSE, Id.MEDECIN_ADRESSE})
"""Fields of several lines."""
VERIFIE: Final = "verifie"
_FRENCH_DAY: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)

_WHO: Final = "Dire qui agit : un nom et un prénom."
_PROGRAM: Final = "Le nom d’une personne est attendu, et non celui d’un logiciel."
_LONG: Final = "C’est trop long, ou sur plusieurs lignes."
_DATE: Final = "Une date est attendue : jour, mois, année."
_FUTURE: Final = "Cette date est postérieure à la déclaration."
_UNTICKED: Final = "À cocher par la personne qui l’a entendu ; rien ne se coche à sa place."
REASON: Final = "Dire pourquoi, en quelques mots."
CHOOSE: Final = "Choisir une réponse."


class Sent:
    """A form that was sent to ``geste``. ``erreurs`` says what is wrong with it, by the name of the field."""

    def __init__(self, form: MultiDict[str, str], geste: str) -> None:
        self.form, self.geste = form, geste
        self.erreurs: dict[str, str] = {}

    @classmethod
    def now(cls) -> Sent:
        """The form of the current request."""
        return cls(request.form, request.path.rpartition("/")[2])

    @property
    def version(self) -> int:
        """The version that was shown; 400 when it was not sent back."""
        given = self.form.get("version", "")
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            abort(400)
        return int(given)

    def line(self, name: str, longest: int = LONGEST_TEXT, missing: str | None = None) -> str | None:
        """A text on one line; ``missing`` is what is said when there is none and there must be."""
        said = self.form.get(name, "").strip()
        if said and (len(said) > longest or not said.isprintable()):
            self.erreurs[name] = _LONG
        elif not said and missing:
            self.erreurs[name] = missing
        return said or None

    def receipt(self) -> str | None:
        """The receipt number of the caisse."""
        return self.line("recu", LONGEST_RECEIPT)

    def person(self, who: Person) -> str:
        """Who acts: whoever is signed in and has a name, else the name that was typed."""
        if who.qui:
            return who.qui
        typed = self.line("qui", missing=_WHO) or ""
        if typed and not est_une_personne(typed):
            self.erreurs["qui"] = _PROGRAM
        return typed

    def choice(self, name: str, choices: Iterable[str]) -> str:
        """One of these; nothing is chosen for anybody."""
        said = self.form.get(name, "")
        if said not in choices:
            self.erreurs[name] = CHOOSE
        return said

    def ticked(self, name: str) -> bool:
        """Was this box ticked?"""
        return name in self.form

    def require_ticks(self, names: Iterable[str]) -> None:
        """What is wrong when one of these is not ticked."""
        self.erreurs.update({name: _UNTICKED for name in names if not self.ticked(name)})

    def correction(self, declaration: Declaration, who: Person) -> Correction:
        """What is said of the fields of a declaration; those that are not in the form stay as they are."""
        valeurs = {link: self._value(link, declaration) for link in LIBELLES if link in self.form}
        return Correction(
            valeurs=valeurs,
            verifies=frozenset(self.form.getlist(VERIFIE)) & LIBELLES.keys(),
            qui=self.person(who),
        )

    def _value(self, link: str, declaration: Declaration) -> Valeur:
        if link == Id.BENEFICIAIRE_NAISSANCE:
            return self._day(link, declaration.jour)
        lines = [" ".join(line.split()) for line in self.form[link].splitlines()]
        text = "\n".join(line for line in lines if line)
        if link in NUMEROS:
            text = compact(text)
        several = "\n" in text and link not in ADRESSES
        if several or len(text) > LONGEST_VALUE or not text.replace("\n", "").isprintable():
            self.erreurs[link] = _LONG
        return text or None

    def _day(self, link: str, latest: dt.date) -> dt.date | None:
        typed = self.form[link].strip()
        day = day_of(typed)
        if typed and day is None:
            self.erreurs[link] = _DATE
        elif day is not None and day > latest:
            self.erreurs[link] = _FUTURE
        return day


def day_of(text: str) -> dt.date | None:
    """A day as browsers send it, or as people write it."""
    french = _FRENCH_DAY.fullmatch(text)
    try:
        return dt.date.fromisoformat("-".join(french.group(3, 2, 1)) if french else text)
    except ValueError:
        return None


def typed(declaration: Declaration) -> Mapping[str, str]:
    """The fields as a form shows them: a day as browsers want it."""
    return {
        champ.id: champ.valeur.isoformat() if isinstance(champ.valeur, dt.date) else champ.texte
        for champ in declaration.champs
    }
