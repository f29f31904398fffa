"""The examples that come with the program, as a person chooses among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec

from parcours import installed
from parcours.domain.decision import Position
from parcours.pictures.path import Mark
from parcours.web.pages.path_view import POSITION_MARKS

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "Le médecin traitant et qui le remplace": {
        "01-medecin-traitant": "Consultation du médecin traitant",
        "02-remplacant-du-medecin-traitant": "Remplaçant du médecin traitant",
        "26-nouveau-medecin-traitant": "Nouveau médecin traitant, ce jour-là",
        "27-confrere-du-cabinet-de-groupe": "Confrère du cabinet de groupe du médecin traitant",
        "30-medecin-traitant-retraite-depuis-moins-d-un-an": "Médecin traitant à la retraite depuis "
        "moins d'un an",
        "31-medecin-traitant-retraite-depuis-plus-d-un-an": "Médecin traitant à la retraite depuis "
        "plus d'un an",
        "44-medecin-habituel-du-logiciel-seulement": "Le médecin habituel du logiciel, sans déclaration",
    },
    "L’adressage": {
        "03-correspondant-a-la-demande-du-medecin-traitant": "Correspondant, à la demande "
        "du médecin traitant",
        "28-adressage-par-une-sage-femme": "Adressage par une sage-femme",
        "29-adressage-par-une-ipa-sans-medecin-traitant": "Adressage par une infirmière en pratique avancée, "
        "sans médecin traitant",
        "37-rendez-vous": "Un rendez-vous au lieu d'une visite",
        "40-adressage-par-un-autre-specialiste": "Adressage par un autre spécialiste que le médecin traitant",
        "41-soins-iteratifs": "Soins itératifs prévus par un plan de soins",
        "46-orientation-orale-attestee": "Orientation orale, attestée par le médecin consulté",
    },
    "L’urgence et l’éloignement": {
        "04-urgence": "Urgence",
        "05-loin-de-chez-soi": "Loin de son domicile",
        "42-permanence-des-soins-sans-medecin-traitant": "Permanence des soins, sans médecin traitant",
    },
    "L’accès direct": {
        "06-acces-direct-gynecologue": "Accès direct : gynécologue",
        "07-acces-direct-ophtalmologue": "Accès direct : ophtalmologue",
        "08-acces-direct-psychiatre-dix-neuf-ans": "Accès direct : psychiatre, de 16 à 25 ans",
        "09-acces-direct-stomatologue": "Accès direct : stomatologue",
        "34-gynecologue-acte-hors-liste": "Gynécologue, acte hors de la liste",
        "43-acces-direct-sans-medecin-traitant": "Accès direct sans médecin traitant",
        "47-ivg-sans-medecin-traitant": "Interruption volontaire de grossesse, sans médecin traitant",
    },
    "Des lieux et des médecins qui dispensent d’adressage": {
        "10-consultation-addictologie-hospitaliere": "Consultation hospitalière d'addictologie",
        "11-medecine-humanitaire": "Structure de médecine humanitaire",
        "12-centre-de-sante-sexuelle": "Centre de santé sexuelle (planification familiale)",
        "13-generaliste-installe-depuis-moins-de-cinq-ans": "Généraliste installé depuis moins de cinq ans",
        "14-generaliste-installe-en-zone-sous-dense": "Généraliste installé en zone sous-dense",
        "15-centre-de-sante-nouvellement-agree-en-zone": "Centre de santé nouvellement agréé "
        "en zone sous-dense",
        "16-consultation-genetique-familiale": "Consultation de génétique familiale",
    },
    "Hors du parcours": {
        "24-autre-generaliste-sans-adressage": "Un autre généraliste que le médecin traitant, sans adressage",
        "25-specialiste-sans-medecin-traitant": "Un spécialiste, sans médecin traitant",
        "33-teleconsultation-hors-parcours": "Téléconsultation hors parcours",
        "55-specialiste-hors-parcours-avec-depassement-autorise": "Spécialiste de secteur 1 hors parcours, "
        "avec dépassement autorisé",
    },
    "L’âge": {
        "22-moins-de-seize-ans": "Moins de seize ans",
        "23-le-jour-des-seize-ans": "Le jour des seize ans",
    },
    "Non concerné par le parcours": {
        "32-teleconsultation-sans-medecin-traitant": "Téléconsultation sans médecin traitant",
        "38-chirurgien-dentiste": "Chirurgien-dentiste",
        "45-aide-medicale-etat": "Aide médicale de l'État",
    },
    "Quand il manque quelque chose": {
        "35-gynecologue-acte-inconnu": "Gynécologue, acte inconnu",
        "36-demande-minimale": "La plus petite demande",
        "39-medecin-traitant-inconnu": "Médecin traitant inconnu",
    },
    "La Camieg": {
        "17-camieg-medecin-traitant-absent-confrere-des-memes-locaux": "Camieg : médecin traitant absent, "
        "confrère des mêmes locaux",
        "18-camieg-specialiste-prevu-au-protocole-ald": "Camieg : spécialiste prévu au protocole de "
        "soins d'une ALD",
        "19-camieg-psychiatre-veille-des-vingt-six-ans": "Camieg : psychiatre, la veille des 26 ans",
        "20-camieg-psychiatre-vingt-six-ans": "Camieg : psychiatre, le jour des 26 ans",
        "21-camieg-sans-medecin-traitant": "Camieg : sans médecin traitant",
    },
    "Les euros et les couvertures": {
        "48-c2s-hors-parcours": "Complémentaire santé solidaire, hors parcours",
        "49-ald-en-rapport-hors-protocole": "Affection de longue durée, soin en rapport, hors du protocole",
        "50-alsace-moselle-dans-le-parcours": "Alsace-Moselle, dans le parcours",
        "51-alsace-moselle-hors-parcours": "Alsace-Moselle, hors parcours",
        "52-medecin-optam-avec-depassement": "Médecin traitant de secteur 2 ayant adhéré à "
        "l'OPTAM, avec dépassement",
        "53-secteur-2-sans-optam": "Médecin traitant de secteur 2 sans OPTAM",
        "54-specialiste-adresse-avec-majoration-de-coordination": "Spécialiste consulté sur adressage, "
        "avec majoration de coordination",
        "56-acte-technique-lourd": "Acte technique lourd, sur adressage",
        "57-maternite": "Maternité",
        "58-plafond-annuel-des-participations": "Plafond annuel des participations "
        "forfaitaires presque atteint",
        "59-medecin-non-conventionne": "Médecin traitant non conventionné",
    },
}
"""Every example by what it shows: its folder, and its title, that of the folder's own page."""

TITLES: Final[Mapping[str, str]] = {slug: title for group in GROUPS.values() for slug, title in group.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example in the list: what it shows, and what the answer is."""

    slug: str
    title: str
    code: str
    mark: Mark


class _Expected(msgspec.Struct, frozen=True):
    position: Position
    situation: str | None


_EXPECTED: Final = msgspec.json.Decoder(_Expected)


def bundle(slug: str) -> bytes | None:
    """The request of an example; ``None`` for a name that is none of ours."""
    return (installed.examples() / slug / "bundle.json").read_bytes() if slug in TITLES else None


@cache
def listed() -> Sequence[tuple[str, Sequence[Example]]]:
    """All examples by group, each with the answer that a test holds it to."""
    return [
        (title, [_example(slug, told) for slug, told in group.items()]) for title, group in GROUPS.items()
    ]


def _example(slug: str, title: str) -> Example:
    expected = _EXPECTED.decode((installed.examples() / slug / "expected.json").read_bytes())
    code = expected.situation or ("?" if expected.position is Position.INDETERMINE else "–")
    return Example(slug=slug, title=title, code=code, mark=POSITION_MARKS[expected.position])
