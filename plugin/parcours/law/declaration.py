"""From what is known to a declaration that a doctor and a patient can check, complete and sign."""

from __future__ import annotations

from collections.abc import Iterator

from parcours import VERSION_LOGICIEL
from parcours.domain import declaration_texts as textes
from parcours.domain.calendar import Naissance
from parcours.domain.declaration import Champ, Declaration, Id, Nature, Qui, Signature, Voie, VoieCode
from parcours.domain.declaration_facts import FaitsDeclaration
from parcours.domain.declaration_texts import avertissement
from parcours.domain.facts import Avertissement, Couverture
from parcours.domain.fingerprint import fingerprint
from parcours.law.addressee import Organisme, organisme
from parcours.law.declaration_fields import champs
from parcours.law.declaration_rules import (
    MAJORITE,
    SANS_DECLARATION,
    Designation,
    Signataires,
    designation,
    nature,
    signataires,
)
from parcours.law.identifiers import de_passage
from parcours.law.registry import Droit


def preparer(faits: FaitsDeclaration, droit: Droit) -> Declaration:
    """Prepare a declaration on the day of the facts. Missing fields are no error; nothing is signed.

    Raises ``LawError`` for a day before the mechanism existed.
    """
    designe = designation(faits.medecin)
    qui = signataires(faits, droit.du_jour(faits.jour).parametres)
    quoi, ou = nature(faits), organisme(faits)
    fields = champs(faits, designe, qui)
    return Declaration(
        id=fingerprint(faits, droit.version, VERSION_LOGICIEL, "declaration"),
        jour=faits.jour,
        nature=quoi,
        acceptable=designe.reponse,
        refus=designe.refus,
        champs=fields,
        choisit=qui.choisit,
        signatures=(*qui.signatures, Signature(Qui.MEDECIN, textes.MEDECIN)),
        a_demander=tuple(a_demander(faits, qui, quoi)),
        voies=_voies(ou),
        avertissements=tuple(dict.fromkeys(_avertissements(faits, designe, quoi, ou, fields))),
        textes=textes.NOTICE,
        version_logiciel=VERSION_LOGICIEL,
    )


def a_demander(faits: FaitsDeclaration, qui: Signataires, quoi: Nature) -> Iterator[str]:
    """What to ask the patient and the doctor before they sign."""
    yield textes.DEMANDER_ACCORD
    yield from qui.a_demander
    if faits.assure.lui_meme is None:
        yield textes.DEMANDER_ASSURE
    if quoi is Nature.INCONNUE:
        yield textes.DEMANDER_TRAITANT


def _voies(ou: Organisme) -> tuple[Voie, ...]:
    en_ligne = Voie(code=VoieCode.ESPACE_PRO, titre=textes.VOIE_EN_LIGNE, prerequis=textes.PREREQUIS_EN_LIGNE)
    courrier = Voie(
        code=VoieCode.COURRIER,
        titre=textes.VOIE_COURRIER,
        prerequis=textes.PREREQUIS_COURRIER,
        destinataire=ou.destinataire,
    )
    return en_ligne, courrier


_DE_LA_NATURE = {
    Nature.DEJA_DECLARE: "deja-declare",
    Nature.CHANGEMENT: "changement",
    Nature.APRES_DEPART: "traitant-parti",
    Nature.INCONNUE: "traitant-inconnu",
}


def _avertissements(
    faits: FaitsDeclaration, designe: Designation, quoi: Nature, ou: Organisme, fields: tuple[Champ, ...]
) -> Iterator[Avertissement]:
    yield from designe.avertissements
    if quoi in _DE_LA_NATURE:
        yield avertissement(_DE_LA_NATURE[quoi])
    yield from map(avertissement, _du_beneficiaire(faits, fields))
    if faits.confreres:
        yield avertissement("designation-conjointe")
    if ou.avertissement and (ou.avertissement != "enim" or _mineur(faits)):
        yield avertissement(ou.avertissement)
    if ou.en_ligne is False:
        yield avertissement("en-ligne-incertaine")
    yield from faits.avertissements


def _du_beneficiaire(faits: FaitsDeclaration, fields: tuple[Champ, ...]) -> Iterator[str]:
    qui = faits.beneficiaire
    if faits.couvertures & SANS_DECLARATION:
        yield "droits-sans-declaration"
    numero = next(champ.texte for champ in fields if champ.id == Id.ASSURE_NUMERO)
    if numero and de_passage(numero):
        yield "rss-de-passage"
    if Couverture.ALD in faits.couvertures:
        yield "ald"
    if not qui.identite_qualifiee:
        yield "identite-non-qualifiee"
    elif faits.assure.lui_meme is not True and qui.numeros:
        yield "numero-de-l-assure"
    if qui.rang is not None:
        yield "jumeaux"


def _mineur(faits: FaitsDeclaration) -> bool:
    naissance: Naissance | None = (
        faits.beneficiaire.naissance.valeur if faits.beneficiaire.naissance else None
    )
    return naissance is not None and naissance.age_atteint(MAJORITE, faits.jour) is not True
