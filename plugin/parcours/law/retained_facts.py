"""The facts an answer rests on, each with its value and its origin, in the order people tell them."""

from __future__ import annotations

from collections.abc import Iterator

from parcours.domain.decision import FaitRetenu
from parcours.domain.facts import ActeFacture, Fait, Origine, Visite
from parcours.law.cas import Cas

SANS_ORIGINE = Origine("suppose")
"""A fact of which the caller did not say where it was read."""


def faits_retenus(cas: Cas) -> tuple[FaitRetenu, ...]:
    """Every fact known of the visit."""
    return tuple(_fait(cas, nom, valeur, cle) for nom, valeur, cle in (*_uniques(cas), *_repetes(cas)))


def _fait(cas: Cas, nom: str, valeur: str, cle: str) -> FaitRetenu:
    selon = cas.traitant.selon.origine if nom == Fait.MEDECIN_TRAITANT and cas.traitant.selon else None
    origine = selon or cas.visite.origines.get(cle, SANS_ORIGINE)
    return FaitRetenu(fait=nom, valeur=valeur, origine=origine.chemin, date=origine.date)


def _uniques(cas: Cas) -> Iterator[tuple[str, str, str]]:
    """Facts told once: name, value, and the same name as key of the origin."""
    visite = cas.visite
    for nom, valeur in (
        (Fait.DATE, visite.date.isoformat()),
        (Fait.AGE, _age(visite)),
        (Fait.MEDECIN_TRAITANT, _traitant(cas)),
        (Fait.RESIDENCE, visite.departement_residence),
        (Fait.MODE, visite.mode),
        *_praticien(visite),
        *_adressage(visite),
        (Fait.PARTICIPATIONS, _participations(visite)),
    ):
        if valeur is not None:
            yield nom, valeur, nom


def _repetes(cas: Cas) -> Iterator[tuple[str, str, str]]:
    """Facts that repeat: name, value, and both as key of the origin."""
    visite = cas.visite
    for nom, valeurs in (
        (Fait.COUVERTURE, visite.couvertures),
        (Fait.LIEU, visite.lieux),
        (Fait.ACTE, visite.actes or ()),
        (Fait.CIRCONSTANCE, visite.circonstances),
        (Fait.PLAN, {plan.nature for plan in visite.plans}),
        (Fait.MEMES_LOCAUX, _traitants_voisins(cas)),
    ):
        yield from ((nom, str(valeur), f"{nom}:{valeur}") for valeur in sorted(valeurs))
    for acte in visite.actes_factures:
        yield Fait.FACTURE_ACTE, _acte(acte), f"{Fait.FACTURE_ACTE}:{acte.sequence}"


def _adressage(visite: Visite) -> Iterator[tuple[str, str | None]]:
    """The first referral: that there is one, who wrote it and when."""
    if not visite.adressages:
        return
    premier = visite.adressages[0]
    prescripteur = premier.prescripteur.medecin if premier.prescripteur else None
    yield Fait.ADRESSAGE, "oui"
    yield Fait.PRESCRIPTEUR, prescripteur.rpps or prescripteur.ressource if prescripteur else None
    yield Fait.ADRESSAGE_DATE, premier.date.isoformat() if premier.date else None


def _participations(visite: Visite) -> str | None:
    retenues = visite.participations
    parts = [
        f"{retenues.annee} € dans l'année" if retenues.annee is not None else "",
        f"{retenues.jour} ce jour" if retenues.jour is not None else "",
    ]
    return ", ".join(part for part in parts if part) or None


def _traitants_voisins(cas: Cas) -> set[str]:
    """Médecins traitants who share the premises of the professional consulted."""
    voisins = (v for v in cas.visite.memes_locaux if cas.traitant.est(v).holds is True)
    return {nom for voisin in voisins if (nom := voisin.rpps or voisin.ressource)}


def _acte(acte: ActeFacture) -> str:
    """One line of the bill in a few words: ``CS, facturé 31.50, base 31.50``."""
    parts = [
        acte.code or "acte sans code lu",
        f"facturé {acte.facture}" if acte.facture is not None else "",
        f"base {acte.base}" if acte.base is not None else "",
        f"quantité {acte.quantite:f}" if acte.quantite != 1 else "",
    ]
    return ", ".join(part for part in parts if part)


def _praticien(visite: Visite) -> Iterator[tuple[str, str | None]]:
    praticien = visite.praticien
    if praticien is None:
        return
    premiere, zone = praticien.premiere_installation, praticien.zone_depuis or praticien.lieu_zone_depuis
    yield Fait.MEDECIN, praticien.medecin.rpps or praticien.medecin.ressource
    yield Fait.PROFESSION, praticien.profession
    yield Fait.SPECIALITE, praticien.specialite
    yield Fait.SECTEUR, praticien.secteur
    yield Fait.OPTAM, {True: "oui", False: "non", None: None}[praticien.optam]
    yield Fait.PREMIERE_INSTALLATION, premiere.isoformat() if premiere else None
    yield Fait.ZONE, zone.isoformat() if zone else None
    yield Fait.REMPLACE, praticien.remplace.rpps or "oui" if praticien.remplace else None


def _age(visite: Visite) -> str | None:
    if visite.naissance is None:
        return None
    jeune, vieux = visite.naissance.ages(visite.date)
    return str(jeune) if jeune == vieux else f"{jeune} à {vieux}"


def _traitant(cas: Cas) -> str | None:
    declare = cas.traitant.declare.holds
    return None if declare is None else ("declare" if declare else "aucun")
