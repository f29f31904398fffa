"""A visit in words of the trade: one TOML case in, one ``domain.facts.Visite`` out.

A fact left out of a case is a fact nobody gave. People are invented: RPPS numbers 10100000001…
A person may be named with the place where he was designated: ``"traitant@cabinet-a"``.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    Adressage,
    Circonstance,
    Couverture,
    Declaration,
    GroupeActe,
    Medecin,
    Mode,
    MotifFin,
    NatureLieu,
    NaturePlan,
    Origine,
    Plan,
    Praticien,
    Profession,
    Secteur,
    SourceTraitant,
    Specialite,
    StatutTraitant,
    Visite,
)

Cas = Mapping[str, Any]
E = TypeVar("E", bound=StrEnum)

NOMS = ("traitant", "autre", "second", "ancien", "adresseur", "nouveau", "tiers")
ANONYME = "anonyme"
"""A professional of whom nobody said who he is: no key at all."""

DEBUT_PAR_DEFAUT = dt.date(2005, 7, 1)
"""A médecin traitant declared "for a long time": before the first day the law is encoded."""

PRATICIEN = {
    "medecin", "profession", "specialite", "secteur", "optam", "remplacant", "remplace", "armees",
    "premiere_installation", "installation", "zone_depuis", "lieu_zone_depuis", "agrement_centre",
}  # fmt: skip
VISITE = {
    "date", "naissance", "traitant", "traitants", "actes", "circonstances", "couvertures", "adressages",
    "plans", "mode", "lieux", "memes_locaux", "departement_residence", "departement_lieu",
}  # fmt: skip


def visite(cas: Cas) -> Visite:
    """The visit that a case tells. Raises ``ValueError`` for a word this table does not know."""
    _refuse_unknown(cas, PRATICIEN | VISITE)
    actes = cas.get("actes")
    return Visite(
        date=cas["date"],
        naissance=naissance(cas["naissance"]) if "naissance" in cas else None,
        praticien=_praticien(cas),
        declarations=_declarations(cas),
        actes=None if actes is None else _enums(GroupeActe, actes),
        circonstances=_enums(Circonstance, cas.get("circonstances", ())),
        couvertures=_enums(Couverture, cas.get("couvertures", ())),
        adressages=tuple(adressage(a) for a in cas.get("adressages", ())),
        plans=tuple(_plan(p) for p in cas.get("plans", ())),
        mode=_enum(Mode, cas.get("mode")),
        lieux=_enums(NatureLieu, cas.get("lieux", ())),
        memes_locaux=tuple(personne(nom) for nom in cas.get("memes_locaux", ())),
        departement_residence=cas.get("departement_residence"),
        departement_lieu=cas.get("departement_lieu"),
    )


def personne(nom: str) -> Medecin:
    """One of the invented people, by name and, after ``@``, by the place he was designated by."""
    nom, _, cabinet = nom.partition("@")
    if nom == ANONYME:
        return Medecin(cabinet=cabinet or None)
    numero = f"101000000{NOMS.index(nom) + 1:02d}"
    return Medecin(rpps=numero, nom=f"TEST-{nom.upper()}", prenom="Camille", cabinet=cabinet or None)


def naissance(valeur: dt.date | str) -> Naissance:
    """A birth date: full, ``"2008-05"`` or ``"2008"``."""
    if isinstance(valeur, dt.date):
        return Naissance(valeur, valeur)
    annee, _, mois = valeur.partition("-")
    premier, dernier = (int(mois), int(mois)) if mois else (1, 12)
    fin_du_mois = calendar.monthrange(int(annee), dernier)[1]
    return Naissance(dt.date(int(annee), premier, 1), dt.date(int(annee), dernier, fin_du_mois))


def adressage(a: Cas) -> Adressage:
    """A referral: ``par`` whom (absent: nobody could be identified), what he is, ``date``, ``origines``."""
    _refuse_unknown(a, (PRATICIEN - {"medecin"}) | {"par", "date", "origines"})
    faits = {cle: valeur for cle, valeur in a.items() if cle in PRATICIEN} | {"medecin": a.get("par")}
    return Adressage(
        prescripteur=_praticien(faits) if "par" in a else None,
        date=a.get("date"),
        origines=tuple(adressage(o) for o in a.get("origines", ())),
    )


def _praticien(cas: Cas) -> Praticien | None:
    if not PRATICIEN & cas.keys():
        return None
    return Praticien(
        medecin=personne(cas.get("medecin", ANONYME)),
        profession=_enum(Profession, cas.get("profession")),
        specialite=_enum(Specialite, cas.get("specialite")),
        secteur=_enum(Secteur, cas.get("secteur")),
        optam=cas.get("optam"),
        remplacant=cas.get("remplacant", False),
        remplace=personne(cas["remplace"]) if "remplace" in cas else None,
        premiere_installation=cas.get("premiere_installation"),
        installation=cas.get("installation"),
        zone_depuis=cas.get("zone_depuis"),
        lieu_zone_depuis=cas.get("lieu_zone_depuis"),
        agrement_centre=cas.get("agrement_centre"),
        armees=cas.get("armees", False),
    )


def _declarations(cas: Cas) -> tuple[Declaration, ...] | None:
    """``traitant``: "aucun", "declare", "sans-nom" or a person; ``traitants``: the whole history."""
    if "traitants" in cas:
        return tuple(_declaration(entree) for entree in cas["traitants"])
    if "traitant" not in cas:
        return None
    if cas["traitant"] == "aucun":
        return (Declaration(statut=StatutTraitant.AUCUN, source=SourceTraitant.IMTI),)
    qui = {"declare": ["traitant"], "sans-nom": []}.get(cas["traitant"], [cas["traitant"]])
    return (_declaration({"medecins": qui, "debut": DEBUT_PAR_DEFAUT, "source": "imti"}),)


def _declaration(entree: Cas) -> Declaration:
    _refuse_unknown(entree, {"statut", "medecins", "debut", "fin", "motif_fin", "source", "dite_le"})
    return Declaration(
        statut=StatutTraitant(entree.get("statut", "declare")),
        medecins=tuple(personne(nom) for nom in entree.get("medecins", ())),
        debut=entree.get("debut"),
        fin=entree.get("fin"),
        motif_fin=_enum(MotifFin, entree.get("motif_fin")),
        source=_enum(SourceTraitant, entree.get("source")),
        origine=Origine("assertion", entree["dite_le"]) if "dite_le" in entree else None,
    )


def _plan(p: Cas) -> Plan:
    _refuse_unknown(p, {"nature", "auteurs"})
    return Plan(nature=NaturePlan(p["nature"]), auteurs=tuple(personne(nom) for nom in p["auteurs"]))


def _enum(kind: type[E], valeur: str | None) -> E | None:
    return None if valeur is None else kind(valeur)


def _enums(kind: type[E], valeurs: Iterable[str]) -> frozenset[E]:
    return frozenset(kind(v) for v in valeurs)


def _refuse_unknown(cas: Cas, connus: set[str]) -> None:
    if inconnus := cas.keys() - connus:
        raise ValueError(f"unknown words in a case: {sorted(inconnus)}")
