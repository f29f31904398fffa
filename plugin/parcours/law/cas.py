"""One visit under the law of its day: what every rule is asked about, and the findings they share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from parcours.domain.calendar import within_years
from parcours.domain.facts import (
    Circonstance,
    Couverture,
    Declaration,
    Fait,
    GroupeActe,
    Medecin,
    Praticien,
    Profession,
    SourceTraitant,
    Specialite,
    Visite,
)
from parcours.domain.finding import NO, Finding, all_of, any_of, known, known_or_missing, unknown
from parcours.law.parameter_files import Parameters
from parcours.law.policies import Politiques
from parcours.law.traitant import MT_INCONNU, Traitant, traitant_du_jour

if TYPE_CHECKING:
    from parcours.law.registry import Ligne

T = TypeVar("T")
DESIGNATION_CONJOINTE = dt.date(2016, 1, 28)
"""Loi 2016-41: several doctors may be jointly designated; before, one of several named is the right one."""


@dataclass(frozen=True, slots=True)
class Cas:
    """A visit, the values in force that day, the readings chosen, and the médecin traitant of that day.

    ``politiques_lues`` gathers the policies that were asked about: only those can have mattered.
    """

    visite: Visite
    parametres: Parameters
    politiques: Politiques
    declarations: tuple[Declaration, ...] | None
    traitant: Traitant
    politiques_lues: set[str]

    @classmethod
    def de(cls, visite: Visite, parametres: Parameters, politiques: Politiques) -> Cas:
        """Prepare a visit for judgement."""
        lues: set[str] = set()
        declarations = _declarations_retenues(visite, politiques, lues)
        traitant = traitant_du_jour(declarations, visite.date)
        return cls(visite, parametres, politiques, declarations, traitant, lues)

    @property
    def jour(self) -> dt.date:
        """The day of care."""
        return self.visite.date

    @property
    def consulte(self) -> Medecin | None:
        """The professional consulted."""
        return self.visite.praticien.medecin if self.visite.praticien else None

    def trouver(self, _cle: Hashable, calcul: Callable[[Cas], T], /) -> T:
        """What a computation finds of this case. The key names it, for cases that may know already."""
        return calcul(self)

    def lignes(self, lignes: Sequence[Ligne]) -> Sequence[Ligne]:
        """The rows of the code table to ask: all of them, for a case of which nothing is known yet."""
        return lignes

    def politique(self, nom: str, choix: str) -> bool:
        """Is this the reading chosen? Asked only where another choice could change the answer."""
        return self.choix(nom) == choix

    def a_part(self) -> Cas:
        """The same case, which gathers apart the policies it is asked about."""
        return Cas(self.visite, self.parametres, self.politiques, self.declarations, self.traitant, set())

    def choix(self, nom: str) -> str:
        """The reading chosen for a policy, which is then known to have been asked about."""
        self.politiques_lues.add(nom)
        return self.politiques.choix(nom)

    def circonstance(self, *circonstances: Circonstance) -> Finding:
        """Is one of these circumstances attested? (Closed fact.)"""
        return known(not self.visite.circonstances.isdisjoint(circonstances))

    def couverture(self, *couvertures: Couverture) -> Finding:
        """Is one of these kinds of coverage stated? (Closed fact.)"""
        return known(not self.visite.couvertures.isdisjoint(couvertures))

    def age_atteint(self, age: int) -> Finding:
        """Has the patient reached this age on the day of care?"""
        if self.visite.naissance is None:
            return unknown(Fait.AGE)
        return known_or_missing(self.visite.naissance.age_atteint(age, self.jour), Fait.AGE)

    def est_medecin(self) -> Finding:
        """Is the professional consulted a doctor?"""
        if self.visite.praticien is None:
            return unknown(Fait.MEDECIN)
        return profession_est(self.visite.praticien, Profession.MEDECIN, Fait.PROFESSION)

    def specialite(self, *specialites: str) -> Finding:
        """Is the specialty of the doctor consulted one of these?"""
        if self.visite.praticien is None:
            return unknown(Fait.MEDECIN)
        return specialite_parmi(self.visite.praticien, frozenset(specialites), Fait.SPECIALITE)

    def acte(self, *groupes: str) -> Finding:
        """Is the act of one of these groups of specific direct access?"""
        if self.visite.actes is None:
            return unknown(Fait.ACTE)
        return known(not self.visite.actes.isdisjoint(groupes))

    def acte_declare(self, groupe: GroupeActe) -> Finding:
        """Is this group of act stated? (Closed fact: absent means not claimed.)"""
        return known(groupe in (self.visite.actes or ()))

    def traitant_declare(self) -> Finding:
        """Is a médecin traitant declared that day?"""
        return self.traitant.declare

    def consulte_est_traitant(self) -> Finding:
        """Is the doctor consulted the médecin traitant, or one of those jointly designated since 2016?"""
        est = self.traitant.est(self.consulte)
        if est.holds and len(self.traitant.medecins) > 1 and self.jour < DESIGNATION_CONJOINTE:
            return MT_INCONNU
        return est

    def etait_traitant(self, medecin: Medecin, jour: dt.date) -> Finding:
        """Was this the médecin traitant on an earlier day? Unknown before the first known declaration."""
        return traitant_du_jour(self.declarations, jour).est(medecin, Fait.PRESCRIPTEUR)

    def recemment_installe(self, praticien: Praticien, jour: dt.date, fait: str) -> Finding:
        """Is this a general practitioner in the first years of his first installation (D162-1-8)?"""
        if praticien.premiere_installation is None:
            return NO
        return all_of(
            known(self.recent(praticien.premiere_installation, jour)),
            generaliste(praticien, fait),
        )

    def installe_en_zone(self, praticien: Praticien, jour: dt.date, fait: str) -> Finding:
        """Is this a general practitioner who set up less than five years ago in an under-served zone?

        Either the day he set up in the zone is given, or the place was classified before he set up there.
        """
        return all_of(
            any_of(
                known(self.recent(praticien.zone_depuis, jour)),
                known(
                    self.recent(praticien.installation or praticien.premiere_installation, jour)
                    and _au_plus_tard(
                        praticien.lieu_zone_depuis, praticien.installation or praticien.premiere_installation
                    )
                    and praticien.agrement_centre is None
                ),
            ),
            generaliste(praticien, fait),
        )

    def centre_agree_en_zone(self, praticien: Praticien, jour: dt.date, fait: str) -> Finding:
        """Is this a general practitioner of a centre de santé newly approved in an under-served zone?"""
        return all_of(
            known(
                self.recent(praticien.agrement_centre, jour)
                and _au_plus_tard(praticien.lieu_zone_depuis, praticien.agrement_centre)
            ),
            generaliste(praticien, fait),
        )

    def recent(self, depuis: dt.date | None, jour: dt.date) -> bool:
        """Is an installation, or an approval, in the years that open the path, as they do since D162-1-8?"""
        duree = "duree-installation"
        if depuis is None or not self.parametres.has(duree):
            return False
        return within_years(depuis, self.parametres.integer(duree), jour)


def profession_est(praticien: Praticien, profession: Profession, fait: str) -> Finding:
    """Is this his profession? ``fait`` names what is missing when nobody said."""
    return unknown(fait) if praticien.profession is None else known(praticien.profession is profession)


def specialite_parmi(praticien: Praticien, specialites: frozenset[str], fait: str) -> Finding:
    """Is his specialty one of these? ``fait`` names what is missing when nobody said."""
    if praticien.profession not in (None, Profession.MEDECIN):
        return NO
    return unknown(fait) if praticien.specialite is None else known(praticien.specialite in specialites)


def generaliste(praticien: Praticien, fait: str) -> Finding:
    """Is this a general practitioner?"""
    return specialite_parmi(praticien, frozenset({Specialite.GENERALISTE}), fait)


def _au_plus_tard(premier: dt.date | None, second: dt.date | None) -> bool:
    return premier is not None and second is not None and premier <= second


def _declarations_retenues(
    visite: Visite, politiques: Politiques, lues: set[str]
) -> tuple[Declaration, ...] | None:
    """The declarations, less those known only from ``generalPractitioner`` if the policy ignores them."""
    faibles = [d for d in visite.declarations or () if d.source is SourceTraitant.MEDECIN_HABITUEL]
    if not faibles:
        return visite.declarations
    lues.add("medecin-traitant-faible")
    if politiques.choix("medecin-traitant-faible") == "accepter":
        return visite.declarations
    return tuple(d for d in visite.declarations or () if d not in faibles)
