"""French for people: one table of labels for the codes, and the few sentences every face shares.

A rule brings its own title. Nothing here comes from a patient.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from parcours.domain.decision import Alternative, Decision, Effet, Manquant, Motif, Position, Reponse
from parcours.domain.facts import Fait
from parcours.domain.reimbursement import Terme

POSITIONS = {
    Position.DANS: "Dans le parcours de soins coordonnés",
    Position.HORS: "Hors du parcours de soins coordonnés",
    Position.NON_CONCERNE: "Visite non concernée par le parcours de soins coordonnés",
    Position.INDETERMINE: "Position dans le parcours de soins coordonnés indéterminée",
}

EFFETS = {
    Effet.MAJORATION: "Majoration de la participation de l’assuré",
    Effet.DEPASSEMENT_AUTORISE: "Dépassement d’honoraires autorisé",
    Effet.MAJORATION_HOSPITALIERE: "Majoration pour consultation externe à l’hôpital",
    Effet.PRISE_EN_CHARGE: "Prise en charge par l’assurance maladie",
}

REPONSES = {Reponse.OUI: "oui", Reponse.NON: "non", Reponse.INCONNU: "inconnu"}

FAITS = {
    Fait.DATE: "Jour des soins",
    Fait.AGE: "Âge du patient",
    Fait.MEDECIN_TRAITANT: "Médecin traitant déclaré par le patient",
    Fait.COUVERTURE: "Couverture du patient",
    Fait.PARTICIPATIONS: "Participations forfaitaires déjà retenues",
    Fait.RESIDENCE: "Résidence du patient",
    Fait.MEDECIN: "Professionnel consulté",
    Fait.MODE: "Mode de la visite",
    Fait.LIEU: "Lieu des soins",
    Fait.ACTE: "Groupe de l’acte pour l’accès direct spécifique",
    Fait.CIRCONSTANCE: "Circonstance attestée",
    Fait.PLAN: "Plan de soins, séquence de soins ou protocole",
    Fait.MEMES_LOCAUX: "Mêmes locaux que le médecin traitant",
    Fait.PROFESSION: "Profession du professionnel consulté",
    Fait.SPECIALITE: "Spécialité du médecin consulté",
    Fait.SECTEUR: "Secteur de conventionnement du médecin consulté",
    Fait.OPTAM: "Adhésion du médecin consulté à l’OPTAM",
    Fait.PREMIERE_INSTALLATION: "Date de première installation du médecin consulté",
    Fait.ZONE: "Date d’installation en zone sous-dense",
    Fait.REMPLACE: "Médecin remplacé",
    Fait.ADRESSAGE: "Adressage au médecin consulté",
    Fait.PRESCRIPTEUR: "Auteur de l’adressage",
    Fait.PRESCRIPTEUR_PROFESSION: "Profession de l’auteur de l’adressage",
    Fait.PRESCRIPTEUR_SPECIALITE: "Spécialité de l’auteur de l’adressage",
    Fait.ADRESSAGE_DATE: "Date de l’adressage",
    Fait.FACTURE_ACTE: "Acte facturé",
    Fait.FACTURE_NOM: "Nom du médecin à porter sur la facture",
    Fait.FACTURE_PRENOM: "Prénom du médecin à porter sur la facture",
}


MONTANTS = {
    "facture": "Facturé",
    "base": "Base de remboursement",
    "taux": "Taux",
    "majoration": "Majoration hors parcours",
    "participation_forfaitaire": "Participation forfaitaire",
    "amo": "Payé par l’assurance maladie",
    "ticket_moderateur": "Ticket modérateur",
    "complementaire_max": "Complémentaire, au plus",
    "depassement": "Dépassement",
    "depassement_autorise_max": "Prix total autorisé, au plus",
    "reste_a_charge": "Reste à charge",
}
"""Amounts by their name in the JSON, in the order in which they are told."""

HORS_FACTURE = {"majoration_hospitaliere": "Majoration hospitalière"}
"""Amounts of which a term alone tells: they are no part of the bill."""

INCONNU = "inconnu"


def fait(nom: str) -> str:
    """The label of a fact; its own name when none is published."""
    return FAITS.get(nom, nom)


def jour(date: dt.date) -> str:
    """A day as the French write it: 17/02/2026."""
    return date.strftime("%d/%m/%Y")


def code_facture(decision: Decision) -> str:
    """What to pick on the billing screen, as a phrase."""
    if decision.situation == "X":
        return "indicateur de parcours X (exclusion, vide dans la facture)"
    if decision.situation is not None:
        return f"indicateur de parcours {decision.situation}"
    if decision.situations_possibles:
        return f"indicateur de parcours à départager : {' ou '.join(decision.situations_possibles)}"
    if decision.ips == "":
        return "aucun indicateur de parcours publié pour ce motif"
    return "indicateur de parcours à déterminer"


def verdict(decision: Decision) -> str:
    """The whole answer in one sentence: position, code to pick, deciding ground."""
    sentence = f"{POSITIONS[decision.position]}, {code_facture(decision)}"
    if decision.position is Position.INDETERMINE and decision.manquants:
        manque = ", ".join(fait(m.fait).lower() for m in decision.manquants)
        return f"{sentence} ; il manque : {manque}."
    if decision.motifs:
        return f"{sentence} : {decision.motifs[0].titre.rstrip('.')}."
    return f"{sentence}."


def citation(motif: Motif) -> str:
    """The legal text behind a ground, with the version of the day of care."""
    parts = [motif.texte]
    if motif.version:
        parts.append(f"version {motif.version}")
    if motif.depuis:
        parts.append(f"en vigueur depuis le {jour(motif.depuis)}")
    return ", ".join(parts)


def manque(manquant: Manquant) -> str:
    """A missing fact and what each of its values would change, as one line."""
    effets = " ; ".join(manquant.effet)
    return f"{fait(manquant.fait)} : {effets}" if effets else fait(manquant.fait)


def alternative(autre: Alternative) -> str:
    """What else would hold, and to which code it would lead."""
    code = f", indicateur {autre.situation}" if autre.situation not in (None, "", "X") else ""
    return f"{autre.si} : {POSITIONS[autre.position].lower()}{code}"


def alternatives(autres: Iterable[Alternative]) -> list[str]:
    """What else would hold, one line per result: « Indicateur O : adressage… ; soins itératifs… »."""
    par_suite: dict[str, list[str]] = {}
    for autre in autres:
        par_suite.setdefault(_suite(autre), []).append(autre.si)
    return [f"{suite} : {' ; '.join(causes)}" for suite, causes in par_suite.items()]


def _suite(autre: Alternative) -> str:
    if autre.situation is None:
        return _COURTES[autre.position].capitalize()
    if autre.position is Position.DANS:
        return f"Indicateur {autre.situation}"
    return f"Indicateur {autre.situation} ({_COURTES[autre.position]})"


_COURTES = {
    Position.DANS: "dans le parcours",
    Position.HORS: "hors parcours",
    Position.NON_CONCERNE: "non concerné",
    Position.INDETERMINE: "toujours indéterminé",
}


def euros(montant: Decimal | None) -> str:
    """An amount as the French write it, or that nobody knows it: 19,00 €."""
    return INCONNU if montant is None else f"{montant:.2f} €".replace(".", ",")


def terme(dit: Terme) -> str:
    """One amount, the text that sets it, and why it is what it is or unknown, as one line."""
    return f"{(MONTANTS | HORS_FACTURE)[dit.montant]}, {valeur(dit)} : {fondement(dit)}"


def fondement(dit: Terme) -> str:
    """The text that sets an amount, with its note; or why the amount is unknown."""
    if dit.texte and dit.note:
        return f"{dit.texte} ({dit.note.rstrip('.')})"
    return dit.texte or dit.note or ""


def valeur(dit: Terme) -> str:
    """The value of a term: a rate in percent, an amount in euros, or unknown."""
    if dit.valeur is None:
        return INCONNU
    return dit.valeur if dit.valeur.endswith("€") else f"{dit.valeur} %"
