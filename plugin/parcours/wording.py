"""French for people: one table of labels for the codes, and the few sentences every face shares.

A rule brings its own title. Nothing here comes from a patient.
"""

from __future__ import annotations

import datetime as dt

from parcours.domain.decision import Alternative, Decision, Effet, Manquant, Motif, Position, Reponse
from parcours.domain.facts import Fait

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
    Fait.RESIDENCE: "Résidence du patient",
    Fait.MEDECIN: "Professionnel consulté",
    Fait.MODE: "Mode de la visite",
    Fait.LIEU: "Lieu des soins",
    Fait.ACTE: "Groupe de l’acte pour l’accès direct spécifique",
    Fait.CIRCONSTANCE: "Circonstance attestée",
    Fait.PLAN: "Plan de soins, séquence de soins ou protocole",
    Fait.PROFESSION: "Profession du professionnel consulté",
    Fait.SPECIALITE: "Spécialité du médecin consulté",
    Fait.SECTEUR: "Secteur de conventionnement du médecin consulté",
    Fait.PREMIERE_INSTALLATION: "Date de première installation du médecin consulté",
    Fait.ZONE: "Date d’installation en zone sous-dense",
    Fait.REMPLACE: "Médecin remplacé",
    Fait.ADRESSAGE: "Adressage au médecin consulté",
    Fait.PRESCRIPTEUR: "Auteur de l’adressage",
    Fait.PRESCRIPTEUR_PROFESSION: "Profession de l’auteur de l’adressage",
    Fait.PRESCRIPTEUR_SPECIALITE: "Spécialité de l’auteur de l’adressage",
    Fait.ADRESSAGE_DATE: "Date de l’adressage",
    Fait.FACTURE_NOM: "Nom du médecin à porter sur la facture",
    Fait.FACTURE_PRENOM: "Prénom du médecin à porter sur la facture",
}


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
