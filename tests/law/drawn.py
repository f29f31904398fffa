"""Visits drawn at random, always the same ones: no practice sees them, and the law must hold all the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Any, TypeVar

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    ActeFacture,
    Adressage,
    Circonstance,
    Couverture,
    Declaration,
    Fait,
    GroupeActe,
    Medecin,
    Mode,
    MotifFin,
    NatureLieu,
    NaturePlan,
    ParticipationsRetenues,
    Plan,
    Praticien,
    Profession,
    Secteur,
    SourceTraitant,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.law.policies import POLITIQUES, Politiques

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

FIRST, LAST = dt.date(2006, 1, 1), dt.date(2026, 12, 31)
PEOPLE = (
    *(Medecin(rpps=f"1010000000{n}", nom=f"TEST-{n}", prenom="Camille") for n in range(1, 5)),
    Medecin(rpps="10100000001", cabinet="b"),
    Medecin(ressource="Practitioner/x"),
    Medecin(),
)
"""Few people, so that they meet: one in two places, one known by his resource alone, one by nothing."""
CODES = ("G", "GS", "CS", "APC", "MCS", "MCG", "CCX", "TCG", "CNP", "MCC", "CCP", "SF", "DEQP003", "NOX")

NOBODY = Declaration(statut=StatutTraitant.AUCUN)
NOTHING_CLAIMED: dict[str, Any] = {
    **dict.fromkeys(("circonstances", "couvertures", "lieux"), frozenset()),
    **dict.fromkeys(("adressages", "plans", "memes_locaux"), ()),
    "mode": None,
}
NO_CAREER: dict[str, Any] = {
    **dict.fromkeys(("premiere_installation", "zone_depuis", "lieu_zone_depuis", "agrement_centre")),
    "remplacant": False,
    "remplace": None,
}


class Drawing:
    """One stream of visits and readings."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - no secret is drawn here

    def politiques(self) -> Politiques:
        """Some readings other than the defaults."""
        return Politiques.from_mapping(
            {p.nom: self._one(p.a_comparer) for p in POLITIQUES if self._chance.random() < 0.2}
        )

    def visite(self) -> Visite:
        """A visit of which any fact may be known, vague or unknown; one in two is plain."""
        drawn = self._visite()
        return drawn if self._chance.randrange(2) else self._plain(drawn)

    def _plain(self, drawn: Visite) -> Visite:
        """The same without what opens a ground: once all is known, most of these are out of the path."""
        who = (
            replace(drawn.praticien, profession=Profession.MEDECIN, **NO_CAREER) if drawn.praticien else None
        )
        declared = (None, (NOBODY,), (Declaration(statut=StatutTraitant.DECLARE, medecins=PEOPLE[:1]),))
        told = self._one(declared) or drawn.declarations
        return replace(drawn, praticien=who, declarations=told, **NOTHING_CLAIMED)

    def _visite(self) -> Visite:
        jour = FIRST + dt.timedelta(days=self._chance.randrange((LAST - FIRST).days))
        return Visite(
            date=jour,
            naissance=self._perhaps(0.75, lambda: self._naissance(jour)),
            praticien=self._perhaps(0.93, lambda: self._praticien(jour)),
            declarations=self._perhaps(0.75, lambda: self._some(lambda: self._declaration(jour), 3)),
            actes=self._perhaps(0.6, lambda: self._set(GroupeActe)),
            circonstances=self._set(Circonstance),
            couvertures=self._set(Couverture),
            adressages=self._some(lambda: self._adressage(jour, 1), 2),
            plans=self._some(self._plan, 1),
            mode=self._perhaps(0.4, lambda: self._one(Mode)),
            lieux=self._set(NatureLieu),
            memes_locaux=self._some(self._medecin, 2),
            departement_residence=self._perhaps(0.5, lambda: self._one(("75", "69", "971"))),
            departement_lieu=self._perhaps(0.5, lambda: self._one(("75", "69", "971"))),
            actes_factures=tuple(self._acte(n + 1) for n in range(self._chance.randrange(4))),
            participations=ParticipationsRetenues(annee=self._perhaps(0.2, self._euros)),
        )

    def _naissance(self, jour: dt.date) -> Naissance:
        ne = jour - dt.timedelta(days=self._one((-3, 1_000, 5_850, 9_300, *[16_000] * 8)))
        return Naissance(ne, ne + dt.timedelta(days=self._one((0, 0, 30, 365))))

    def _praticien(self, jour: dt.date) -> Praticien:
        return Praticien(
            medecin=self._medecin(),
            profession=self._one((None, *[Profession.MEDECIN] * 20, *Profession)),
            specialite=self._perhaps(0.75, lambda: self._one(Specialite)),
            secteur=self._perhaps(0.6, lambda: self._one(Secteur)),
            optam=self._one((None, True, False)),
            remplacant=self._chance.random() < 0.15,
            remplace=self._perhaps(0.15, self._medecin),
            premiere_installation=self._perhaps(0.15, lambda: self._before(jour)),
            installation=self._perhaps(0.1, lambda: self._before(jour)),
            zone_depuis=self._perhaps(0.1, lambda: self._before(jour)),
            lieu_zone_depuis=self._perhaps(0.1, lambda: self._before(jour)),
            agrement_centre=self._perhaps(0.1, lambda: self._before(jour)),
            armees=self._chance.random() < 0.05,
        )

    def _declaration(self, jour: dt.date) -> Declaration:
        return Declaration(
            statut=self._one((*[StatutTraitant.DECLARE] * 4, *StatutTraitant)),
            medecins=tuple(self._chance.sample(PEOPLE, self._one((0, 1, 1, 2)))),
            debut=self._perhaps(0.6, lambda: self._before(jour)),
            fin=self._perhaps(0.2, lambda: self._before(jour)),
            motif_fin=self._perhaps(0.4, lambda: self._one(MotifFin)),
            source=self._perhaps(0.7, lambda: self._one(SourceTraitant)),
        )

    def _adressage(self, jour: dt.date, deep: int) -> Adressage:
        return Adressage(
            prescripteur=self._perhaps(0.8, lambda: self._praticien(jour)),
            date=self._perhaps(0.8, lambda: self._before(jour)),
            origines=self._some(lambda: self._adressage(jour, deep - 1), deep),
            destinataire_incertain=self._one((None, None, None, Fait.MEDECIN, Fait.SPECIALITE)),
        )

    def _plan(self) -> Plan:
        return Plan(
            nature=self._one(NaturePlan),
            auteurs=self._some(self._medecin, 2),
            destinataire_incertain=self._one((None, None, Fait.MEDECIN)),
        )

    def _acte(self, sequence: int) -> ActeFacture:
        return ActeFacture(
            sequence=sequence,
            code=self._perhaps(0.9, lambda: self._one(CODES)),
            nomenclature=self._one(("ngap", "ngap", "ccam", None)),
            base=self._perhaps(0.3, self._euros),
            facture=self._perhaps(0.5, self._euros),
            quantite=Decimal(self._one((1, 1, 1, 2, 0))),
        )

    def _medecin(self) -> Medecin:
        return self._one((*PEOPLE, *PEOPLE[:4], *PEOPLE[:4]))

    def _euros(self) -> Decimal:
        return Decimal(self._chance.randrange(20_000)) / 100

    def _before(self, jour: dt.date) -> dt.date:
        """Some day before, that very day, or a few days later."""
        return jour - dt.timedelta(days=self._one((0, 0, self._chance.randrange(-30, 3_000))))

    def _one(self, values: Iterable[T]) -> T:
        return self._chance.choice(tuple(values))

    def _perhaps(self, share: float, draw: Callable[[], T]) -> T | None:
        return draw() if self._chance.random() < share else None

    def _some(self, draw: Callable[[], T], most: int) -> tuple[T, ...]:
        """Nothing one time in two."""
        return tuple(draw() for _ in range(self._chance.randint(0, most) * self._chance.randrange(2)))

    def _set(self, values: type[E]) -> frozenset[E]:
        return frozenset(self._some(lambda: self._one(values), 2))
