"""What tells one preparation from another when a caller gives no key: this patient, this doctor, this day."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from collections.abc import Iterator
from typing import Final

from parcours.fhir.reading_declaration import LectureDeclaration

_OUTSIDE: Final = re.compile(r"(urn:|https?://|[A-Z][A-Za-z]+/)")
"""How a key begins that means the same in another request."""


def day_keys(subject: str, jour: dt.date) -> Iterator[str]:
    """The keys of who gives none: this patient, this doctor, this day, for the first time, the second…"""
    parts = ("auto", subject, jour.isoformat())
    yield digest(*parts)
    yield from (digest(*parts, str(rank)) for rank in itertools.count(2))


def subject_of(lecture: LectureDeclaration, request: str) -> str:
    """Who chooses whom. No number of the patient enters it: several people may share one.

    When either cannot be told apart from others, it is this request and no other.
    """
    patient, doctor = _patient(lecture), _doctor(lecture)
    if patient is None or doctor is None:
        return digest("request", request)
    return digest("patient", *patient, "doctor", doctor)


def _patient(lecture: LectureDeclaration) -> tuple[str, ...] | None:
    """Twins share a day of birth, and sometimes what a software calls "the patient of this request"."""
    who = lecture.faits.beneficiaire
    if not lecture.patient.reference or who.naissance is None:
        return None
    born = who.naissance.valeur
    first_name = who.identite.prenom.valeur if who.identite.prenom else ""
    rank = str(who.rang.valeur) if who.rang else ""
    days = (born.au_plus_tot.isoformat(), born.au_plus_tard.isoformat())
    return lecture.patient.reference, *days, rank, first_name


def _doctor(lecture: LectureDeclaration) -> str | None:
    chosen = lecture.faits.medecin
    if chosen is None:
        return None
    known = chosen.praticien.medecin
    if known.rpps:
        return f"RPPS {known.rpps}"
    return known.ressource if known.ressource and _OUTSIDE.match(known.ressource) else None


def digest(*parts: str | bytes) -> str:
    """SHA-256, in hexadecimal, of parts that cannot run into one another."""
    lengths = (part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in lengths)).hexdigest()
