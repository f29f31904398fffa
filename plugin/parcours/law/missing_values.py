"""The values that a missing open fact may still take, each as the visit it would make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from parcours.domain.calendar import Naissance, anniversary
from parcours.domain.facts import (
    Adressage,
    Declaration,
    Fait,
    GroupeActe,
    Medecin,
    Praticien,
    Profession,
    Secteur,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.law.cas import Cas
from parcours.law.hypotheses import QUELQU_UN_D_AUTRE, Hypothese, declare, suppose

MINEURS = (("moins de 16 ans", 0, 15, 15),)
"""How a class of age is told, its youngest and oldest, and between them the age of who stands for it."""
ENFANTS = (("moins de 2 ans", 0, 1, 1), ("2 à 5 ans", 2, 5, 5), ("6 à 15 ans", 6, 15, 15))
"""Those of a paediatrician's prices, and of the MEG."""
MAJEURS = (("16 à 25 ans", 16, 25, 25), ("26 ans ou plus", 26, 45, 150))
MAJEURS_AVEC_FACTURE = (
    ("16 ans ou plus, mais pas 18 ans au 1er janvier", 16, 17, 18),
    ("18 ans au 1er janvier, 25 ans au plus", 18, 25, 25),
    MAJEURS[1],
)
"""The participation forfaitaire counts ages on another day than the path does (R160-20)."""

ACTES_LISTES = frozenset(GroupeActe) - {GroupeActe.AUTRE, GroupeActe.IVG}


def valeurs(fait: str, cas: Cas) -> Iterator[Hypothese]:
    """The values that a missing fact may still take."""
    essai = _VALEURS.get(fait)
    return iter(()) if essai is None else essai(cas)


def _ages(cas: Cas) -> Iterator[Hypothese]:
    jeune, vieux = cas.visite.naissance.ages(cas.jour) if cas.visite.naissance else (0, 150)
    for texte, minimum, age, maximum in _classes_d_age(cas.visite):
        if minimum <= vieux and maximum >= jeune:
            ne = anniversary(cas.jour, -age)
            yield texte, suppose(cas.visite, naissance=Naissance(ne, ne))


def _classes_d_age(visite: Visite) -> tuple[tuple[str, int, int, int], ...]:
    if not visite.actes_factures:
        return MINEURS + MAJEURS
    pediatre = visite.praticien is not None and visite.praticien.specialite is Specialite.PEDIATRIE
    selon_l_age = pediatre or any(acte.code == "MEG" for acte in visite.actes_factures)
    return (ENFANTS if selon_l_age else MINEURS) + MAJEURS_AVEC_FACTURE


def _traitants(cas: Cas) -> Iterator[Hypothese]:
    """Nobody, the doctor consulted, another one; and whoever refers, is replaced, or wrote the plan."""
    visite = cas.visite
    if cas.traitant.declare.holds is not True:
        aucun = Declaration(statut=StatutTraitant.AUCUN)
        yield "aucun médecin traitant", suppose(visite, declarations=(aucun,))
    for texte, medecin in _traitants_possibles(cas):
        yield texte, suppose(visite, declarations=(declare(medecin),))


def _traitants_possibles(cas: Cas) -> Iterator[tuple[str, Medecin]]:
    visite = cas.visite
    if visite.praticien:
        yield "le médecin consulté", visite.praticien.medecin
        if visite.praticien.remplace:
            yield "le médecin remplacé", visite.praticien.remplace
    for adressage in visite.adressages:
        if adressage.prescripteur:
            yield "le médecin qui adresse", adressage.prescripteur.medecin
        for origine in adressage.origines:
            if origine.prescripteur:
                yield "le médecin qui a ouvert la séquence", origine.prescripteur.medecin
    for plan in visite.plans:
        for auteur in plan.auteurs:
            yield "l'auteur du plan", auteur
    for voisin in visite.memes_locaux:
        yield "un confrère des mêmes locaux", voisin
    yield "un autre médecin", QUELQU_UN_D_AUTRE


def _medecins(cas: Cas) -> Iterator[Hypothese]:
    autre = Praticien(
        medecin=QUELQU_UN_D_AUTRE, profession=Profession.MEDECIN, specialite=Specialite.GENERALISTE
    )
    consulte = cas.visite.praticien or autre
    if cas.traitant.medecins:
        traitant = suppose(consulte, medecin=cas.traitant.medecins[0])
        yield "le médecin traitant", suppose(cas.visite, praticien=traitant)
    yield "un autre médecin généraliste", suppose(cas.visite, praticien=autre)
    yield "un professionnel non médecin", _avec(cas, autre, profession=Profession.AUTRE)


def _professions(cas: Cas) -> Iterator[Hypothese]:
    yield "médecin", _consulte(cas, profession=Profession.MEDECIN)
    if cas.visite.actes_factures:
        yield "sage-femme", _consulte(cas, profession=Profession.SAGE_FEMME)
        yield "chirurgien-dentiste", _consulte(cas, profession=Profession.CHIRURGIEN_DENTISTE)
    yield "autre profession de santé", _consulte(cas, profession=Profession.AUTRE)


def _specialites(cas: Cas) -> Iterator[Hypothese]:
    for texte, specialite in (
        ("médecine générale", Specialite.GENERALISTE),
        ("gynécologie", Specialite.GYNECOLOGIE),
        ("ophtalmologie", Specialite.OPHTALMOLOGIE),
        ("psychiatrie", Specialite.PSYCHIATRIE),
        ("neurologie", Specialite.NEUROLOGIE),
        ("stomatologie", Specialite.STOMATOLOGIE),
        ("autre spécialité", Specialite.AUTRE),
    ):
        yield texte, _consulte(cas, profession=Profession.MEDECIN, specialite=specialite)


def _secteurs(cas: Cas) -> Iterator[Hypothese]:
    yield "secteur 1", _consulte(cas, secteur=Secteur.SECTEUR_1)
    if not cas.visite.actes_factures:
        yield "autre secteur", _consulte(cas, secteur=Secteur.SECTEUR_2)
        return
    yield "secteur 2 avec OPTAM", _consulte(cas, secteur=Secteur.SECTEUR_2, optam=True)
    yield "secteur 2 sans OPTAM", _consulte(cas, secteur=Secteur.SECTEUR_2, optam=False)
    yield "non conventionné", _consulte(cas, secteur=Secteur.NON_CONVENTIONNE)


def _optam(cas: Cas) -> Iterator[Hypothese]:
    yield "OPTAM oui", _consulte(cas, optam=True)
    yield "OPTAM non", _consulte(cas, optam=False)


def _actes(cas: Cas) -> Iterator[Hypothese]:
    yield "acte de la liste d'accès direct", suppose(cas.visite, actes=_actes_listes(cas))
    yield "autre acte", suppose(cas.visite, actes=frozenset({GroupeActe.AUTRE}))


def _actes_listes(cas: Cas) -> frozenset[GroupeActe]:
    """The listed acts this doctor may do: bucco-dental care has a rate of its own."""
    specialite = cas.visite.praticien.specialite if cas.visite.praticien else None
    bucco_dentaire = specialite in (None, Specialite.STOMATOLOGIE)
    return ACTES_LISTES if bucco_dentaire else ACTES_LISTES - {GroupeActe.BUCCO_DENTAIRE}


def _prescripteurs(cas: Cas) -> Iterator[Hypothese]:
    medecin = Praticien(medecin=QUELQU_UN_D_AUTRE, profession=Profession.MEDECIN, specialite=Specialite.AUTRE)
    essais = [
        ("une sage-femme", suppose(medecin, profession=Profession.SAGE_FEMME, specialite=None)),
        ("un autre médecin", medecin),
    ]
    if cas.traitant.medecins:
        essais.insert(0, ("le médecin traitant", suppose(medecin, medecin=cas.traitant.medecins[0])))
    for texte, prescripteur in essais:
        yield texte, _ecrites_par(cas, prescripteur)


def _dates_d_adressage(cas: Cas) -> Iterator[Hypothese]:
    lettres = tuple(replace(a, date=a.date or cas.jour) for a in cas.visite.adressages)
    yield "le jour des soins", suppose(cas.visite, adressages=lettres)


def _ecrites_par(cas: Cas, prescripteur: Praticien) -> Visite:
    """The referrals whose author nobody can identify, written by this one."""
    lettres = tuple(_ecrite_par(a, prescripteur, cas.jour) for a in cas.visite.adressages)
    return suppose(cas.visite, adressages=lettres)


def _ecrite_par(adressage: Adressage, prescripteur: Praticien, jour: dt.date) -> Adressage:
    connu = adressage.prescripteur
    if connu is None:
        return replace(adressage, prescripteur=prescripteur, date=adressage.date or jour)
    if connu.medecin.rpps or connu.profession is not prescripteur.profession:
        return adressage
    return replace(adressage, prescripteur=suppose(connu, medecin=prescripteur.medecin))


def _par_un(cas: Cas, **connu: Any) -> Visite:
    """The referrals, with this known of their authors."""
    lettres = tuple(
        a if a.prescripteur is None else replace(a, prescripteur=suppose(a.prescripteur, **connu))
        for a in cas.visite.adressages
    )
    return suppose(cas.visite, adressages=lettres)


def _consulte(cas: Cas, **connu: Any) -> Visite:
    return cas.visite if cas.visite.praticien is None else _avec(cas, cas.visite.praticien, **connu)


def _avec(cas: Cas, praticien: Praticien, **connu: Any) -> Visite:
    return suppose(cas.visite, praticien=suppose(praticien, **connu))


def _professions_qui_adressent(cas: Cas) -> Iterator[Hypothese]:
    for texte, profession in (
        ("une sage-femme", Profession.SAGE_FEMME),
        ("un infirmier en pratique avancée", Profession.INFIRMIER_PRATIQUE_AVANCEE),
        ("un médecin", Profession.MEDECIN),
    ):
        yield texte, _par_un(cas, profession=profession)


def _specialites_qui_adressent(cas: Cas) -> Iterator[Hypothese]:
    for texte, specialite in (
        ("une spécialité d'accès direct", Specialite.GYNECOLOGIE),
        ("médecine générale", Specialite.GENERALISTE),
        ("une autre spécialité", Specialite.AUTRE),
    ):
        yield texte, _par_un(cas, specialite=specialite)


def _destinataires(cas: Cas) -> Iterator[Hypothese]:
    siennes = tuple(replace(a, destinataire_incertain=None) for a in cas.visite.adressages)
    autres = tuple(a for a in cas.visite.adressages if a.destinataire_incertain is None)
    yield "adressage au médecin consulté", suppose(cas.visite, adressages=siennes)
    yield "adressage à un autre médecin", suppose(cas.visite, adressages=autres)


def _plans(cas: Cas) -> Iterator[Hypothese]:
    if cas.traitant.medecins:
        siens = tuple(
            replace(p, auteurs=cas.traitant.medecins[:1], destinataire_incertain=None)
            for p in cas.visite.plans
        )
        yield "plan du médecin traitant pour le médecin consulté", suppose(cas.visite, plans=siens)
    yield "plan d'un autre, ou pour un autre", suppose(cas.visite, plans=())


def _remplaces(cas: Cas) -> Iterator[Hypothese]:
    for medecin in cas.traitant.medecins[:1]:
        yield "le médecin traitant", _consulte(cas, remplace=medecin)
    yield "un autre médecin", _consulte(cas, remplace=QUELQU_UN_D_AUTRE)


def _voisins(cas: Cas) -> Iterator[Hypothese]:
    yield "le médecin traitant y exerce", suppose(cas.visite, memes_locaux=cas.traitant.medecins[:1])
    yield "il n'y exerce pas", suppose(cas.visite, memes_locaux=())


_VALEURS: dict[str, Callable[[Cas], Iterator[Hypothese]]] = {
    Fait.AGE: _ages,
    Fait.MEDECIN_TRAITANT: _traitants,
    Fait.MEDECIN: _medecins,
    Fait.PROFESSION: _professions,
    Fait.SPECIALITE: _specialites,
    Fait.SECTEUR: _secteurs,
    Fait.OPTAM: _optam,
    Fait.ACTE: _actes,
    Fait.PRESCRIPTEUR: _prescripteurs,
    Fait.PRESCRIPTEUR_PROFESSION: _professions_qui_adressent,
    Fait.PRESCRIPTEUR_SPECIALITE: _specialites_qui_adressent,
    Fait.ADRESSAGE_DATE: _dates_d_adressage,
    Fait.ADRESSAGE: _destinataires,
    Fait.PLAN: _plans,
    Fait.REMPLACE: _remplaces,
    Fait.MEMES_LOCAUX: _voisins,
}
