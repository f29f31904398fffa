"""Grounds that nobody claimed: every closed fact that, were it stated, might better the patient's lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from parcours.domain.facts import (
    Circonstance,
    Couverture,
    GroupeActe,
    Mode,
    MotifFin,
    Praticien,
    Specialite,
)
from parcours.law.cas import Cas
from parcours.law.hypotheses import QUELQU_UN_D_AUTRE, Hypothese, declare, suppose


def motifs_non_invoques(cas: Cas) -> Iterator[Hypothese]:
    """Every ground that rests on facts nobody claimed, as if they were so."""
    visite = cas.visite
    for texte, circonstances in CIRCONSTANCES_A_INVOQUER:
        if not visite.circonstances.issuperset(circonstances):
            yield texte, suppose(visite, circonstances=visite.circonstances | circonstances)
    for texte, couverture in COUVERTURES_A_INVOQUER:
        if couverture not in visite.couvertures:
            yield texte, suppose(visite, couvertures=visite.couvertures | {couverture})
    yield from _carriere(cas)
    yield from _depart(cas)
    yield from _mode_et_acte(cas)


CIRCONSTANCES_A_INVOQUER: tuple[tuple[str, frozenset[Circonstance]], ...] = tuple(
    (texte, frozenset(circonstances))
    for texte, *circonstances in (
        ("adressage par le médecin traitant", Circonstance.ADRESSE_PAR_TRAITANT),
        ("nouveau médecin traitant : déclaration signée ce jour", Circonstance.NOUVEAU_TRAITANT),
        ("urgence", Circonstance.URGENCE),
        ("permanence des soins", Circonstance.PERMANENCE_DES_SOINS),
        ("éloignement de la résidence habituelle", Circonstance.HORS_RESIDENCE),
        (
            "confrère des mêmes locaux, médecin traitant indisponible",
            Circonstance.TRAITANT_INDISPONIBLE,
            Circonstance.CONFRERE_MEME_LOCAUX,
        ),
        ("soins itératifs prévus par un plan de soins", Circonstance.SOINS_ITERATIFS),
        ("séquence de soins concertée avec le médecin traitant", Circonstance.SEQUENCE_DE_SOINS),
        ("acte prévu au protocole de soins d'une ALD", Circonstance.ACTE_PREVU_PROTOCOLE_ALD),
        ("adressage par une sage-femme", Circonstance.ADRESSE_PAR_SAGE_FEMME),
        ("adressage par un infirmier en pratique avancée", Circonstance.ADRESSE_PAR_IPA),
        (
            "adressage par un généraliste installé depuis moins de cinq ans ou en zone sous-dense",
            Circonstance.ADRESSE_PAR_GENERALISTE_RECENT,
        ),
        ("adressage par un médecin consulté en accès direct", Circonstance.ADRESSE_PAR_ACCES_DIRECT),
        ("consultation hospitalière d'addictologie", Circonstance.ADDICTOLOGIE_HOSPITALIERE),
        ("prescription d'un médecin des armées", Circonstance.PRESCRIPTION_MILITAIRE),
        ("consultation de génétique familiale", Circonstance.GENETIQUE_FAMILIALE),
        ("service de santé étudiante", Circonstance.SANTE_ETUDIANTE),
        ("examen obligatoire de l'enfant", Circonstance.EXAMEN_OBLIGATOIRE_ENFANT),
        ("structure de médecine humanitaire", Circonstance.MEDECINE_HUMANITAIRE),
        ("centre de santé sexuelle ou de planification", Circonstance.SANTE_SEXUELLE),
        ("dépistage organisé", Circonstance.DEPISTAGE_ORGANISE),
        ("tolérance enregistrée par la caisse", Circonstance.TOLERANCE_CAISSE),
    )
)

COUVERTURES_A_INVOQUER = (
    ("aide médicale de l'État", Couverture.AME),
    ("régime étranger de sécurité sociale, de passage", Couverture.RSS_DE_PASSAGE),
    ("étranger de passage", Couverture.ETRANGER_DE_PASSAGE),
    ("accident du travail ou maladie professionnelle", Couverture.AT_MP),
    ("régime de Mayotte", Couverture.MAYOTTE),
    ("militaire adressé par un médecin des armées", Couverture.MILITAIRE),
    ("soins pris en charge au titre de la maternité", Couverture.MATERNITE),
)


def _carriere(cas: Cas) -> Iterator[Hypothese]:
    """The doctor installed lately, in a zone, in a new centre, or standing in for the médecin traitant."""
    praticien = cas.visite.praticien
    if praticien is None:
        return
    recent = cas.jour - dt.timedelta(days=1)
    essais: list[tuple[str, Praticien]] = []
    if praticien.premiere_installation is None:
        installe = suppose(praticien, premiere_installation=recent)
        essais.append(("généraliste installé depuis moins de cinq ans", installe))
    if praticien.zone_depuis is None:
        en_zone = suppose(praticien, zone_depuis=recent)
        essais.append(("généraliste installé depuis moins de cinq ans en zone sous-dense", en_zone))
    if praticien.agrement_centre is None or praticien.lieu_zone_depuis is None:
        agree = praticien.agrement_centre or recent
        centre = suppose(
            praticien, agrement_centre=agree, lieu_zone_depuis=praticien.lieu_zone_depuis or agree
        )
        essais.append(("centre de santé agréé depuis moins de cinq ans en zone sous-dense", centre))
    if cas.traitant.medecins:
        remplacant = suppose(praticien, remplacant=True, remplace=cas.traitant.medecins[0])
        essais.append(("remplacement du médecin traitant", remplacant))
    if praticien.specialite is None:
        essais.append(("médecin biologiste", suppose(praticien, specialite=Specialite.BIOLOGIE)))
    for texte, essai in essais:
        yield texte, suppose(cas.visite, praticien=essai)


def _depart(cas: Cas) -> Iterator[Hypothese]:
    if cas.traitant.declare.holds is not True:
        veille = cas.jour - dt.timedelta(days=1)
        parti = declare(QUELQU_UN_D_AUTRE, fin=veille, motif_fin=MotifFin.RETRAITE)
        texte = "médecin traitant parti à la retraite ou dans un autre département depuis moins d'un an"
        yield texte, suppose(cas.visite, declarations=(parti,))


def _mode_et_acte(cas: Cas) -> Iterator[Hypothese]:
    visite = cas.visite
    indisponible = visite.circonstances
    if cas.traitant_declare().holds is not False:
        indisponible = indisponible | {Circonstance.TRAITANT_INDISPONIBLE}
    yield (
        "téléconsultation, faute de médecin traitant disponible",
        suppose(visite, mode=Mode.TELECONSULTATION, circonstances=indisponible),
    )
    yield (
        "interruption volontaire de grossesse",
        suppose(visite, actes=frozenset({*(visite.actes or ()), GroupeActe.IVG})),
    )
