"""Numbers on the form: what is wrong with one, as a warning and never as a refusal.

Check digits come from python-stdnum. Its verdict is advice: official examples of RPPS numbers fail Luhn,
and a number that is on the patient's card is copied as it is, with a word about it.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import luhn
from stdnum.fr import nir, siret

from parcours.domain.calendar import Naissance
from parcours.domain.declaration_texts import CLE_FAUSSE, FORME, LUHN, SANS_CLE

_NIR: Final = re.compile(r"[1-9]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?\Z", re.ASCII)
_BODY: Final = 13


def compact(text: str) -> str:
    """A number without the spaces, dots and dashes that people put in it."""
    return re.sub(r"[\s.\-]", "", text).upper()


def defaut_nir(numero: str) -> str | None:
    """What is wrong with a social security number: shape, or key (97 − body mod 97; 2A is 19, 2B is 18)."""
    if not _NIR.match(numero):
        return FORME
    if len(numero) == _BODY:
        return SANS_CLE
    return None if nir.calc_check_digits(numero) == numero[_BODY:] else CLE_FAUSSE


def contredit(numero: str, naissance: Naissance) -> bool:
    """Does a sound number tell another year or month of birth? Its months over 12 tell none."""
    tot, tard = naissance.au_plus_tot, naissance.au_plus_tard
    annee, mois = int(numero[1:3]), int(numero[3:5])
    if annee not in (tot.year % 100, tard.year % 100):
        return True
    return (tot.year, tot.month) == (tard.year, tard.month) and 1 <= mois <= 12 and mois != tot.month


def de_passage(numero: str) -> bool:
    """Does the number begin by 5 or 6: somebody passing through (SESAM-Vitale RG_CF640)?"""
    return numero[:1] in ("5", "6")


def defaut_rpps(numero: str) -> str | None:
    """What is wrong with an RPPS number: 11 digits, Luhn."""
    return _chiffres(numero, 11)


def defaut_am(numero: str) -> str | None:
    """What is wrong with an Assurance Maladie number: 9 digits, Luhn."""
    return _chiffres(numero, 9)


def defaut_finess(numero: str) -> str | None:
    """What is wrong with a FINESS number: 9 characters, Luhn; Corsica and Mayotte write letters."""
    if re.fullmatch(r"[0-9AB]{2}[0-9A-Z]\d{6}", numero) and not numero.isdigit():
        return None
    return _chiffres(numero, 9)


def defaut_siret(numero: str) -> str | None:
    """What is wrong with a SIRET number: 14 digits, Luhn (La Poste excepted, which stdnum knows)."""
    if not (len(numero) == 14 and numero.isascii() and numero.isdigit()):
        return FORME
    return None if siret.is_valid(numero) else LUHN


def _chiffres(numero: str, longueur: int) -> str | None:
    if not (len(numero) == longueur and numero.isascii() and numero.isdigit()):
        return FORME
    return None if luhn.is_valid(numero) else LUHN
