"""Row of the code table + facts → screen code, letter sent (IPS), SNDS codes (QTP, QCP), billing screen.

Sources: SESAM-Vitale RG_CF640, RG_CF641, RG_CF670; SNDS nomenclatures IR_QPE_V and IR_QPS_V.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parcours.domain.decision import Facturation, MedecinFacture, Position
from parcours.domain.facts import Adressage, Medecin, Praticien, Profession, Specialite
from parcours.domain.finding import Finding
from parcours.law.cas import Cas
from parcours.law.orientation import adresse_par_profession, ecrit_par_traitant
from parcours.law.registry import Rang
from parcours.law.rules.css_l162_5_4 import adresse_par_installe
from parcours.law.rules.sesam_vitale import adresse_par_acces_direct

SANS_OBJET = ""
"""Deliberately blank, as distinct from ``None``: not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Codage:
    """The codes of a row: ``situation`` is ``None`` where none is published, ``qtp`` where none is listed.

    The rows of the table are all there are: each is one object.
    """

    position: Position
    situation: str | None
    ips: str
    qtp: str | None
    qcp: tuple[str, ...]


def _dans(situation: str | None, ips: str, qtp: str | None, *qcp: str) -> Codage:
    return Codage(Position.DANS, situation, ips, qtp, qcp)


def _hors(situation: str, qcp: str) -> Codage:
    return Codage(Position.HORS, situation, "S", "24", (qcp,))


EXCLU = Codage(Position.NON_CONCERNE, "X", SANS_OBJET, "0", ("31",))
ORIENTE_SANS_TRAITANT = _dans("M", "S", "24", "24")
ACCES_DIRECT_SANS_TRAITANT = _dans("D", "S", "24", "24")

CODAGES: dict[Rang, tuple[Codage, Codage]] = {
    rang: codes if isinstance(codes, tuple) else (codes, codes)
    for rang, codes in {
        Rang.HORS_CHAMP: EXCLU,
        Rang.MOINS_DE_SEIZE_ANS: (_dans("X", SANS_OBJET, "0", "33"), _dans("X", SANS_OBJET, "0", "34")),
        Rang.MAYOTTE: _dans("X", SANS_OBJET, "0", "32"),
        Rang.NOUVEAU_TRAITANT: _dans("N", "N", "2", "2"),
        Rang.TRAITANT: _dans("T", "T", "1", "1"),
        Rang.REMPLACANT: _dans("R", "R", "7", "7"),
        Rang.D162_1_6: _dans("A", "A", "8", "8"),
        Rang.ORIENTE: _dans("O", "O", "3", "3"),
        Rang.INSTALLE: _dans("J", "J", "12", "12"),
        Rang.ZONE: _dans("B", "B", "10", "10"),
        Rang.URGENCE: (_dans("U", "U", "5", "5"), _dans("U", "U", "5", "25")),
        Rang.HORS_RESIDENCE: _dans("H", "H", "6", "6"),
        Rang.AUTRE_ADRESSEUR: (_dans("M", "M", None, "3"), ORIENTE_SANS_TRAITANT),
        Rang.STRUCTURE: _dans(None, SANS_OBJET, "0"),
        Rang.TRAITANT_PARTI: _dans(None, SANS_OBJET, "0", "13"),
        Rang.TELECONSULTATION: EXCLU,
        Rang.TOUT_MEDECIN: _dans("D", "D", "4", "4"),
        Rang.ACCES_DIRECT: (_dans("D", "D", "4", "4"), ACCES_DIRECT_SANS_TRAITANT),
        Rang.TOLERANCE: _hors("S2", "21"),
        Rang.HORS_ACCES_DIRECT: (_hors("S1", "28"), _hors("S1", "24")),
        Rang.ACCES_DIRECT_SANS_TRAITANT: _hors("D", "24"),
        Rang.NON_ORIENTE: (_hors("S2", "23"), _hors("S2", "24")),
    }.items()
}
"""Codes by row, with and without a declared médecin traitant."""

CABINET_SECONDAIRE = _dans("T", "T", "1", "11")
PSYCHIATRE_HORS_AGE = _hors("S1", "26")


def codages(rang: Rang, cas: Cas) -> tuple[Codage, ...]:
    """The codes of a row for this visit: several when they depend on what nobody knows."""
    if rang is Rang.TRAITANT and _cabinet_secondaire(cas):
        return (CABINET_SECONDAIRE,)
    avec, sans = CODAGES[rang]
    if rang is Rang.HORS_ACCES_DIRECT:
        psychiatre = cas.specialite(Specialite.PSYCHIATRIE)
        avec_traitant = _selon(psychiatre, PSYCHIATRE_HORS_AGE, avec)
    else:
        avec_traitant = (avec,)
    declare = cas.traitant_declare()
    return tuple(dict.fromkeys(c for a in avec_traitant for c in _selon(declare, a, sans)))


def _selon(finding: Finding, si_oui: Codage, si_non: Codage) -> tuple[Codage, ...]:
    if finding.holds is None:
        return (si_oui, si_non)
    return (si_oui,) if finding.holds else (si_non,)


def _cabinet_secondaire(cas: Cas) -> bool:
    """The médecin traitant was designated in another place than the one where he is consulted."""
    ici = cas.consulte.cabinet if cas.consulte else None
    designes = {m.cabinet for m in cas.traitant.medecins if cas.consulte and m.meme_que(cas.consulte)}
    return ici is not None and None not in designes and bool(designes) and ici not in designes


DEMANDE_LA_DECLARATION = frozenset({"R", "S1", "S2", "D", "H", "B", "J", "M"})
"""Screen codes with which the billing screen asks whether a médecin traitant is declared (jFSE)."""

TOP_TOUJOURS_OUI = frozenset({"T", "N", "R", "O"})
DEMANDE_UN_MEDECIN = frozenset({"O", "M"})


def facturation(situation: str | None, cas: Cas) -> Facturation:
    """What the billing screen will demand with this screen code."""
    praticien = cas.visite.praticien
    return Facturation(
        indicateur=situation,
        declaration_mt=_oui_non(cas.traitant_declare()) if situation in DEMANDE_LA_DECLARATION else None,
        top_mt=_top(situation, cas.traitant_declare()),
        medecin=_facture(_medecin_a_nommer(situation, cas)) if situation in DEMANDE_UN_MEDECIN else None,
        date_installation=praticien.premiere_installation if praticien and situation == "J" else None,
        date_installation_zone=_installation_en_zone(praticien) if praticien and situation == "B" else None,
    )


def _oui_non(declare: Finding) -> str | None:
    return None if declare.holds is None else ("oui" if declare.holds else "non")


def _top(situation: str | None, declare: Finding) -> str | None:
    if situation in TOP_TOUJOURS_OUI:
        return "O"
    if situation in DEMANDE_LA_DECLARATION:
        return None if declare.holds is None else ("O" if declare.holds else "N")
    return None if situation is None else SANS_OBJET


def _medecin_a_nommer(situation: str | None, cas: Cas) -> Medecin | None:
    """Who wrote the letter that makes the code; for O without one, the only médecin traitant."""
    if situation == "M":
        return _auteur(cas, _LETTRES_D_UN_AUTRE)
    designes = cas.traitant.medecins
    return _auteur(cas, (ecrit_par_traitant,)) or (designes[0] if len(designes) == 1 else None)


def _auteur(cas: Cas, lettres: Sequence[Callable[[Cas, Adressage], Finding]]) -> Medecin | None:
    """The one author of the letters that hold; nobody is named by guess."""
    auteurs = [
        adressage.prescripteur.medecin
        for adressage in cas.visite.adressages
        if adressage.prescripteur and any(lettre(cas, adressage).holds for lettre in lettres)
    ]
    seul = bool(auteurs) and all(auteurs[0].meme_que(autre) for autre in auteurs[1:])
    return auteurs[0] if seul else None


def _de_sage_femme(cas: Cas, adressage: Adressage) -> Finding:
    return adresse_par_profession(cas, adressage, Profession.SAGE_FEMME)


def _d_ipa(cas: Cas, adressage: Adressage) -> Finding:
    return adresse_par_profession(cas, adressage, Profession.INFIRMIER_PRATIQUE_AVANCEE)


_LETTRES_D_UN_AUTRE = (_de_sage_femme, _d_ipa, adresse_par_installe, adresse_par_acces_direct)


def _facture(medecin: Medecin | None) -> MedecinFacture:
    if medecin is None:
        return MedecinFacture(nom=None, prenom=None, identifiant=None)
    return MedecinFacture(
        nom=medecin.nom, prenom=medecin.prenom, identifiant=medecin.numero_am or medecin.rpps
    )


def _installation_en_zone(praticien: Praticien) -> dt.date | None:
    autres = praticien.agrement_centre, praticien.installation, praticien.premiere_installation
    return praticien.zone_depuis or next((d for d in autres if d), None)
