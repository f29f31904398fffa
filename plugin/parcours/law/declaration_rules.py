"""Who may be declared, who chooses and signs, is declaring worth proposing (CSS L162-5-3, Code civil 459)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parcours.domain import declaration_texts as textes
from parcours.domain.decision import Decision, Reponse
from parcours.domain.declaration import Nature, Qui, Signature
from parcours.domain.declaration_facts import Exercice, FaitsDeclaration, Lien, MedecinChoisi, Structure
from parcours.domain.declaration_texts import avertissement, refus
from parcours.domain.facts import Avertissement, Couverture, Profession, Visite
from parcours.law.parameter_files import Parameters
from parcours.law.traitant import Traitant, traitant_du_jour

# ---------------------------------------------------------------- who may be declared

_SALARIES_ADMIS: Final = frozenset(
    {Structure.HOPITAL, Structure.CENTRE_DE_SANTE, Structure.MEDICO_SOCIAL, Structure.SISA}
)
"""Structures whose salaried doctors may be declared (L162-5-3, SISA since ordonnance 2021-584)."""
_AILLEURS: Final = frozenset({Structure.ENTREPRISE, Structure.SCOLAIRE, Structure.AUTRE, Structure.CABINET})


@dataclass(frozen=True, slots=True)
class Designation:
    """May this professional be declared; why not; what to check first."""

    reponse: Reponse
    refus: tuple[Avertissement, ...] = ()
    avertissements: tuple[Avertissement, ...] = ()


def designation(medecin: MedecinChoisi | None) -> Designation:
    """May this professional be declared? Nothing said of specialty, sector or distance ever refuses."""
    if medecin is None:
        return Designation(Reponse.INCONNU, avertissements=(avertissement("medecin-absent"),))
    refuses = tuple(refus(code) for code in _refus(medecin))
    a_verifier = tuple(avertissement(code) for code in _a_verifier(medecin))
    if refuses:
        return Designation(Reponse.NON, refuses, a_verifier)
    return Designation(_reponse(medecin), (), a_verifier)


def _refus(medecin: MedecinChoisi) -> Iterator[str]:
    praticien = medecin.praticien
    if praticien.profession not in (None, Profession.MEDECIN):
        yield "non-medecin"
    if praticien.remplacant:
        yield "remplacant"
    salarie = medecin.salarie is not None and medecin.salarie.valeur
    if salarie and medecin.structures & _AILLEURS and not medecin.structures & _SALARIES_ADMIS:
        yield "salarie-hors-structure"


def _a_verifier(medecin: MedecinChoisi) -> Iterator[str]:
    if medecin.praticien.profession is None:
        yield "profession-inconnue"
    if medecin.salarie and medecin.salarie.valeur and not medecin.structures:
        yield "salarie-structure-inconnue"
    yield from (exercice.value for exercice in Exercice if exercice in medecin.exercices)


def _reponse(medecin: MedecinChoisi) -> Reponse:
    sans_structure = medecin.salarie is not None and medecin.salarie.valeur and not medecin.structures
    doubt = medecin.praticien.profession is None or medecin.exercices or sans_structure
    return Reponse.INCONNU if doubt else Reponse.OUI


# ---------------------------------------------------------------- first declaration, change, nothing to do


def nature(faits: FaitsDeclaration) -> Nature:
    """What declaring this doctor would do, by the history of declarations on that day."""
    traitant = traitant_du_jour(faits.declarations, faits.jour)
    if traitant.declare.holds is None:
        return Nature.INCONNUE
    if traitant.declare.holds is False:
        return Nature.APRES_DEPART if traitant.parti else Nature.PREMIERE
    return _nature_avec(traitant, faits.medecin)


def _nature_avec(traitant: Traitant, medecin: MedecinChoisi | None) -> Nature:
    same = traitant.est(medecin.praticien.medecin if medecin else None).holds
    if same:
        return Nature.DEJA_DECLARE
    return Nature.CHANGEMENT if same is False or medecin is None else Nature.INCONNUE


# ---------------------------------------------------------------- who chooses and signs


@dataclass(frozen=True, slots=True)
class Signataires:
    """Who chooses, who signs beside the doctor, what is to be asked first; ``representant``: is one named?

    ``representant`` is ``oui`` (somebody else must sign), ``non``, or ``inconnu`` (perhaps).
    """

    choisit: Qui
    signatures: tuple[Signature, ...]
    representant: Reponse
    a_demander: tuple[str, ...] = ()


MAJORITE: Final = 18
"""Code civil 414, since 1974."""

_PATIENT: Final = Signature(Qui.BENEFICIAIRE, textes.ADULTE)


def signataires(faits: FaitsDeclaration, parametres: Parameters) -> Signataires:
    """Who signs, by age on that day and by the persons who represent the beneficiary."""
    naissance = faits.beneficiaire.naissance
    if naissance is None:
        return _age_inconnu()
    majeur = naissance.valeur.age_atteint(MAJORITE, faits.jour)
    seize = naissance.valeur.age_atteint(parametres.integer("age-seuil"), faits.jour)
    if seize is None or majeur is None:
        return _age_inconnu()
    if majeur:
        return _majeur({r.lien for r in faits.representants})
    liens = {r.lien for r in faits.representants}
    return _jeune(faits, liens) if seize else _enfant(liens)


def _age_inconnu() -> Signataires:
    signature = Signature(Qui.A_DETERMINER, textes.AGE_INCONNU)
    return Signataires(Qui.A_DETERMINER, (signature,), Reponse.INCONNU, (textes.DEMANDER_AGE,))


def _enfant(liens: set[Lien]) -> Signataires:
    if Lien.AIDE_SOCIALE_ENFANCE in liens:
        return Signataires(Qui.AUTORITE, (Signature(Qui.AUTORITE, textes.ASE),), Reponse.OUI)
    signature = Signature(Qui.PARENT, textes.MOINS_DE_SEIZE)
    return Signataires(Qui.PARENT, (signature,), Reponse.OUI, _quel_parent(liens))


def _jeune(faits: FaitsDeclaration, liens: set[Lien]) -> Signataires:
    accord = textes.ASE_JEUNE if Lien.AIDE_SOCIALE_ENFANCE in liens else textes.JEUNE_PARENT
    qui = Qui.AUTORITE if Lien.AIDE_SOCIALE_ENFANCE in liens else Qui.PARENT
    signatures = (Signature(Qui.BENEFICIAIRE, textes.JEUNE), Signature(qui, accord))
    en_son_nom = faits.assure.lui_meme is True
    demander = (textes.DEMANDER_EMANCIPE, *_quel_parent(liens))
    return Signataires(Qui.BENEFICIAIRE, signatures, Reponse.INCONNU if en_son_nom else Reponse.OUI, demander)


def _quel_parent(liens: set[Lien]) -> tuple[str, ...]:
    known = liens & {Lien.PARENT, Lien.AUTORITE_PARENTALE, Lien.AIDE_SOCIALE_ENFANCE, Lien.TUTEUR}
    return () if known else (textes.DEMANDER_PARENT,)


def _majeur(liens: set[Lien]) -> Signataires:
    if liens & {Lien.TUTEUR, Lien.HABILITATION}:
        signature = Signature(Qui.A_DETERMINER, textes.TUTELLE)
        return Signataires(Qui.A_DETERMINER, (signature,), Reponse.INCONNU, (textes.DEMANDER_CAPABLE,))
    if Lien.CURATEUR in liens:
        return Signataires(Qui.BENEFICIAIRE, (Signature(Qui.BENEFICIAIRE, textes.CURATELLE),), Reponse.NON)
    demander = (textes.DEMANDER_MESURE,) if Lien.GARDIEN in liens else ()
    incertain = Reponse.INCONNU if Lien.GARDIEN in liens else Reponse.NON
    return Signataires(Qui.BENEFICIAIRE, (_PATIENT,), incertain, demander)


# ---------------------------------------------------------------- is it worth proposing?

SANS_DECLARATION: Final = frozenset(
    {Couverture.AME, Couverture.RSS_DE_PASSAGE, Couverture.ETRANGER_DE_PASSAGE}
)
"""Kinds of coverage without médecin traitant."""

_VISITES_SANS_PROPOSITION: Final = frozenset(
    {"medecin-biologiste", "urgence", "permanence-des-soins", "hors-residence"}
)
"""Grounds (any that holds, not only the deciding one) on which a declaration is not proposed."""


def merite_d_etre_proposee(visite: Visite, decision: Decision, traitant: Traitant) -> bool:
    """Should this answer bring a declaration along? No médecin traitant, and a doctor who can accept."""
    praticien = visite.praticien
    if traitant.declare.holds is not False or praticien is None:
        return False
    if praticien.profession is not Profession.MEDECIN or praticien.remplacant:
        return False
    if visite.couvertures & SANS_DECLARATION:
        return False
    return not _VISITES_SANS_PROPOSITION & {motif.regle for motif in decision.motifs}
