"""The fields of the form S3704, each with its value, where it was read, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from parcours.domain import declaration_texts as textes
from parcours.domain.decision import Reponse
from parcours.domain.declaration import FACULTATIFS, LIBELLES, Champ, Etat, Id
from parcours.domain.declaration_facts import (
    FaitsDeclaration,
    Identite,
    Lien,
    Lu,
    MedecinChoisi,
    NatureNumero,
    Numero,
    Representant,
    Structure,
)
from parcours.law import identifiers
from parcours.law.declaration_rules import MAJORITE, Designation, Signataires

Check = Callable[[str], str | None]


def champs(faits: FaitsDeclaration, designe: Designation, signataires: Signataires) -> tuple[Champ, ...]:
    """Every field that may be filled in advance, in the order of the form."""
    found = {
        champ.id: champ
        for champ in (
            *_assure(faits),
            *_beneficiaire(faits),
            *_medecin(faits.medecin, designe),
            _representant(faits, signataires),
        )
    }
    return tuple(found.get(identifiant) or _absent(identifiant) for identifiant in LIBELLES)


def _absent(identifiant: str, pourquoi: str = textes.NON_TRANSMIS) -> Champ:
    if identifiant in FACULTATIFS and pourquoi is textes.NON_TRANSMIS:
        return Champ(id=identifiant)
    return Champ(id=identifiant, etat=Etat.MANQUANT, pourquoi=pourquoi)


def _champ(identifiant: str, lu: Lu[str] | None, doute: str | None = None) -> Champ:
    if lu is None:
        return _absent(identifiant)
    etat = Etat.DOUTEUX if doute else Etat.CONNU
    return Champ(id=identifiant, valeur=lu.valeur, origine=lu.chemin, etat=etat, pourquoi=doute)


# ---------------------------------------------------------------- the insured


def _assure(faits: FaitsDeclaration) -> Iterator[Champ]:
    yield _numero(faits)
    identite = faits.beneficiaire.identite if _est_l_assure(faits) else faits.assure.identite
    doute = textes.ASSURE_SUPPOSE if _est_suppose(faits) else None
    if identite is None:
        for identifiant in (Id.ASSURE_NOM_NAISSANCE, Id.ASSURE_PRENOM, Id.ASSURE_ADRESSE):
            yield _absent(identifiant, textes.NUMERO_DE_QUI)
        return
    yield _nom(Id.ASSURE_NOM_NAISSANCE, identite, doute)
    yield _champ(Id.ASSURE_NOM_USAGE, identite.nom_usage, doute)
    yield _champ(Id.ASSURE_PRENOM, identite.prenom, doute)
    yield _champ(Id.ASSURE_ADRESSE, identite.adresse, doute)


def _est_suppose(faits: FaitsDeclaration) -> bool:
    """Nobody said who is insured, and the beneficiary is of age: since 2016 he nearly always is (L160-1)."""
    naissance = faits.beneficiaire.naissance
    if faits.assure.lui_meme is not None or faits.assure.identite or naissance is None:
        return False
    return naissance.valeur.age_atteint(MAJORITE, faits.jour) is True


def _est_l_assure(faits: FaitsDeclaration) -> bool:
    return faits.assure.lui_meme is True or _est_suppose(faits)


def _nom(identifiant: str, identite: Identite, doute: str | None = None) -> Champ:
    if identite.nom_naissance:
        return _champ(identifiant, identite.nom_naissance, doute)
    return _champ(identifiant, identite.nom or identite.nom_usage, textes.NOM_SANS_USAGE)


_RANG: Final = (
    NatureNumero.SECURITE_SOCIALE,
    NatureNumero.INS_NIR,
    NatureNumero.INS_NIA,
    NatureNumero.INS_ESSAI,
)
_DOUTES: Final = {
    NatureNumero.INS_NIR: textes.NUMERO_DEPUIS_INS,
    NatureNumero.INS_NIA: textes.NUMERO_ATTENTE,
    NatureNumero.INS_ESSAI: textes.NUMERO_ESSAI,
}


def _numero(faits: FaitsDeclaration) -> Champ:
    """The insured's number. The beneficiary's own serves only when he is himself the insured."""
    siens = faits.beneficiaire.numeros if _est_l_assure(faits) else ()
    numeros = (*faits.assure.numeros, *siens)
    for nature in _RANG:
        found = _distincts(numeros, nature)
        if len(found) > 1:
            return _absent(Id.ASSURE_NUMERO, textes.PLUSIEURS_NUMEROS)
        if found:
            return _du_numero(found[0], _autre_doute(found[0], faits))
    inconnu = faits.assure.lui_meme is None
    return _absent(Id.ASSURE_NUMERO, textes.NUMERO_DE_QUI if inconnu else textes.NUMERO_ABSENT)


def _autre_doute(numero: Numero, faits: FaitsDeclaration) -> str | None:
    naissance = faits.beneficiaire.naissance if _est_l_assure(faits) else None
    sound = identifiers.defaut_nir(numero.valeur) is None
    if naissance and sound and identifiers.contredit(numero.valeur, naissance.valeur):
        return textes.NUMERO_CONTREDIT
    return textes.ASSURE_SUPPOSE if _est_suppose(faits) else None


def _distincts(numeros: Sequence[Numero], nature: NatureNumero) -> list[Numero]:
    """The numbers of one nature; one with its key says more than the same without."""
    found: dict[str, Numero] = {}
    for numero in numeros:
        body = numero.valeur[:13]
        known = found.get(body)
        if numero.nature is nature and (known is None or len(numero.valeur) > len(known.valeur)):
            found[body] = numero
    return list(found.values())


def _du_numero(numero: Numero, autre_doute: str | None) -> Champ:
    passage = textes.NUMERO_PASSAGE if identifiers.de_passage(numero.valeur) else None
    doute = identifiers.defaut_nir(numero.valeur) or passage or _DOUTES.get(numero.nature) or autre_doute
    return _champ(Id.ASSURE_NUMERO, Lu(numero.valeur, numero.chemin), doute)


# ---------------------------------------------------------------- the beneficiary


def _beneficiaire(faits: FaitsDeclaration) -> Iterator[Champ]:
    qui = faits.beneficiaire
    yield _nom(Id.BENEFICIAIRE_NOM, qui.identite)
    yield _champ(Id.BENEFICIAIRE_PRENOM, qui.identite.prenom)
    yield _naissance(faits)
    yield _champ(Id.BENEFICIAIRE_ORGANISME, faits.code_organisme)


def _naissance(faits: FaitsDeclaration) -> Champ:
    naissance = faits.beneficiaire.naissance
    if naissance is None:
        return _absent(Id.BENEFICIAIRE_NAISSANCE)
    jours = naissance.valeur
    if jours.au_plus_tot != jours.au_plus_tard:
        return Champ(
            id=Id.BENEFICIAIRE_NAISSANCE,
            origine=naissance.chemin,
            etat=Etat.MANQUANT,
            pourquoi=textes.NAISSANCE_PARTIELLE,
        )
    return Champ(id=Id.BENEFICIAIRE_NAISSANCE, valeur=jours.au_plus_tot, origine=naissance.chemin)


# ---------------------------------------------------------------- the doctor

Numerote = tuple[Lu[str] | None, Check]
_ETABLISSEMENTS: Final = frozenset({Structure.HOPITAL, Structure.CENTRE_DE_SANTE, Structure.MEDICO_SOCIAL})
_DU_MEDECIN: Final = tuple(i for i in LIBELLES if i.startswith("medecin."))


def _medecin(medecin: MedecinChoisi | None, designe: Designation) -> Iterator[Champ]:
    """The doctor's block; empty for who cannot be declared: nothing is prepared in his name."""
    if medecin is None or designe.reponse is Reponse.NON:
        pourquoi = textes.MEDECIN_REFUSE if medecin else textes.NON_TRANSMIS
        yield from (_absent(identifiant, pourquoi) for identifiant in _DU_MEDECIN)
        return
    yield _champ(Id.MEDECIN_NOM, medecin.nom)
    yield _champ(Id.MEDECIN_PRENOM, medecin.prenom)
    yield _verifie(Id.MEDECIN_RPPS, medecin.rpps, identifiers.defaut_rpps)
    yield _structure(medecin)
    yield _champ(Id.MEDECIN_RAISON_SOCIALE, medecin.raison_sociale)
    yield _champ(Id.MEDECIN_ADRESSE, medecin.adresse)


def _structure(medecin: MedecinChoisi) -> Champ:
    """One number: FINESS first in an establishment, the AM number (who bills) elsewhere; else SIRET."""
    am: Numerote = (medecin.numero_am, identifiers.defaut_am)
    finess: Numerote = (medecin.finess, identifiers.defaut_finess)
    siret: Numerote = (medecin.siret, identifiers.defaut_siret)
    etablissement = medecin.structures & _ETABLISSEMENTS
    for lu, check in (finess, am, siret) if etablissement else (am, finess, siret):
        if lu is not None:
            return _verifie(Id.MEDECIN_STRUCTURE, lu, check)
    return _absent(Id.MEDECIN_STRUCTURE)


def _verifie(identifiant: str, lu: Lu[str] | None, check: Check) -> Champ:
    return _champ(identifiant, lu, check(lu.valeur) if lu else None)


# ---------------------------------------------------------------- who signs for the beneficiary

_ORDRE: Final = (
    (Lien.AUTORITE_PARENTALE,),
    (Lien.PARENT,),
    (Lien.TUTEUR, Lien.HABILITATION),
    (Lien.GARDIEN,),
    (Lien.AIDE_SOCIALE_ENFANCE,),
)


def _representant(faits: FaitsDeclaration, signataires: Signataires) -> Champ:
    if signataires.representant is Reponse.NON:
        return Champ(id=Id.REPRESENTANT)
    candidats = _candidats(faits.representants)
    if not candidats:
        needed = signataires.representant is Reponse.OUI
        return _absent(Id.REPRESENTANT, textes.REPRESENTANT_ABSENT) if needed else Champ(id=Id.REPRESENTANT)
    if len(candidats) > 1:
        return _absent(Id.REPRESENTANT, textes.REPRESENTANT_AMBIGU)
    doute = None if signataires.representant is Reponse.OUI else textes.REPRESENTANT_SI_BESOIN
    return _nomme(candidats[0], doute)


def _candidats(representants: Sequence[Representant]) -> list[Representant]:
    for liens in _ORDRE:
        found = [r for r in representants if r.lien in liens]
        if found:
            return found
    return []


def _nomme(qui: Representant, doute: str | None) -> Champ:
    parts = [lu.valeur for lu in (qui.prenom, qui.nom) if lu]
    if not parts:
        return _absent(Id.REPRESENTANT, textes.REPRESENTANT_ABSENT)
    return _champ(Id.REPRESENTANT, Lu(" ".join(parts), qui.chemin), doute)
