"""The facts an answer rests on, each with its value and its origin, in the order people tell them."""

from __future__ import annotations

from collections.abc import Iterator

from parcours.domain.decision import FaitRetenu
from parcours.domain.facts import Fait, Origine, Visite
from parcours.law.cas import Cas

SANS_ORIGINE = Origine("suppose")
"""A fact of which the caller did not say where it was read."""


def faits_retenus(cas: Cas) -> tuple[FaitRetenu, ...]:
    """Every fact known of the visit."""
    return tuple(_fait(cas.visite, nom, valeur, repete=repete) for nom, valeur, repete in _valeurs(cas))


def _fait(visite: Visite, nom: str, valeur: str, *, repete: bool) -> FaitRetenu:
    origine = visite.origines.get(f"{nom}:{valeur}" if repete else nom, SANS_ORIGINE)
    return FaitRetenu(fait=nom, valeur=valeur, origine=origine.chemin, date=origine.date)


def _valeurs(cas: Cas) -> Iterator[tuple[str, str, bool]]:
    visite = cas.visite
    uniques: list[tuple[str, str | None]] = [
        (Fait.DATE, visite.date.isoformat()),
        (Fait.AGE, _age(visite)),
        (Fait.MEDECIN_TRAITANT, _traitant(cas)),
        (Fait.RESIDENCE, visite.departement_residence),
        (Fait.MODE, visite.mode),
        *_praticien(visite),
        (Fait.ADRESSAGE, "oui" if visite.adressages else None),
    ]
    yield from ((nom, valeur, False) for nom, valeur in uniques if valeur is not None)
    for nom, valeurs in (
        (Fait.COUVERTURE, visite.couvertures),
        (Fait.LIEU, visite.lieux),
        (Fait.ACTE, visite.actes or ()),
        (Fait.CIRCONSTANCE, visite.circonstances),
        (Fait.PLAN, {plan.nature for plan in visite.plans}),
    ):
        yield from ((nom, str(valeur), True) for valeur in sorted(valeurs))


def _praticien(visite: Visite) -> Iterator[tuple[str, str | None]]:
    praticien = visite.praticien
    if praticien is None:
        return
    premiere, zone = praticien.premiere_installation, praticien.zone_depuis or praticien.lieu_zone_depuis
    yield Fait.MEDECIN, praticien.medecin.rpps or praticien.medecin.ressource
    yield Fait.PROFESSION, praticien.profession
    yield Fait.SPECIALITE, praticien.specialite
    yield Fait.SECTEUR, praticien.secteur
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
