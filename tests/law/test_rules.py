"""The rule base against the cases: no rule without a case each way, and none that cites nothing."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from tests.law.tables import cas, visite_de

from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.policies import Politiques
from parcours.law.registry import Rang, Regle

REGLES = droit().regles

SANS_FAIT_OUVERT = {
    "medecin-biologiste": "being a biologist is a closed fact (contract, settled points)",
    "aide-medicale-etat": "kinds of coverage are closed facts",
    "rss-de-passage": "kinds of coverage are closed facts",
    "etranger-de-passage": "kinds of coverage are closed facts",
    "accident-du-travail": "kinds of coverage are closed facts",
    "mayotte": "kinds of coverage are closed facts",
    "consultation-addictologie-hospitaliere": "a circumstance is a closed fact",
    "consultation-genetique-familiale": "a circumstance is a closed fact",
    "service-sante-etudiante": "a circumstance is a closed fact",
    "examen-obligatoire-enfant": "a circumstance is a closed fact",
    "urgence": "a circumstance is a closed fact, and so is the class of the encounter",
    "permanence-des-soins": "a circumstance is a closed fact, and so is the kind of place",
    "hors-residence": "a circumstance is a closed fact, and so are addresses",
    "medecine-humanitaire": "a circumstance is a closed fact, and so is the kind of place",
    "sante-sexuelle": "a circumstance is a closed fact, and so is the kind of place",
    "ivg": "the act of IVG is a closed fact (contract, settled points)",
    "depistage-organise": "a circumstance is a closed fact",
    "tolerance-caisse": "a circumstance is a closed fact",
}

RULES_OF_THE_MEMO = {
    Rang.HORS_CHAMP: [
        "professionnel-non-medecin", "medecin-biologiste", "aide-medicale-etat", "rss-de-passage",
        "etranger-de-passage", "accident-du-travail",
    ],
    Rang.MOINS_DE_SEIZE_ANS: ["moins-de-seize-ans"],
    Rang.MAYOTTE: ["mayotte"],
    Rang.NOUVEAU_TRAITANT: ["nouveau-medecin-traitant"],
    Rang.TRAITANT: ["medecin-traitant", "medecins-traitants-conjoints"],
    Rang.REMPLACANT: ["remplacant-du-medecin-traitant", "confrere-meme-locaux"],
    Rang.D162_1_6: [
        "consultation-addictologie-hospitaliere", "prescription-militaire",
        "consultation-genetique-familiale", "service-sante-etudiante", "examen-obligatoire-enfant",
    ],
    Rang.ORIENTE: ["adressage-medecin-traitant", "soins-iteratifs", "sequence-de-soins", "protocole-ald"],
    Rang.INSTALLE: ["generaliste-recemment-installe"],
    Rang.ZONE: ["generaliste-en-zone", "centre-de-sante-en-zone"],
    Rang.URGENCE: ["urgence", "permanence-des-soins"],
    Rang.HORS_RESIDENCE: ["hors-residence"],
    Rang.AUTRE_ADRESSEUR: [
        "adressage-sage-femme", "adressage-ipa", "adressage-generaliste-recent",
        "adressage-medecin-acces-direct",
    ],
    Rang.STRUCTURE: ["medecine-humanitaire", "sante-sexuelle"],
    Rang.TRAITANT_PARTI: ["medecin-traitant-parti"],
    Rang.TELECONSULTATION: ["teleconsultation-sans-medecin-traitant-disponible"],
    Rang.TOUT_MEDECIN: ["ivg", "depistage-organise"],
    Rang.ACCES_DIRECT: [
        "acces-direct-gynecologie", "acces-direct-ophtalmologie", "acces-direct-psychiatrie",
        "acces-direct-stomatologie",
    ],
    Rang.TOLERANCE: ["tolerance-caisse"],
    Rang.HORS_ACCES_DIRECT: ["hors-acces-direct-specifique"],
    Rang.ACCES_DIRECT_SANS_TRAITANT: ["acces-direct-sans-medecin-traitant"],
    Rang.NON_ORIENTE: ["sans-medecin-traitant", "sans-adressage"],
}  # fmt: skip


@pytest.mark.parametrize("identifiant", sorted({r.id for r in REGLES}))
def test_some_case_shows_the_rule_answer_each_way(identifiant: str) -> None:
    attendues = {True, False} if identifiant in SANS_FAIT_OUVERT else {True, False, None}
    assert _answers()[identifiant] == attendues


def test_every_ground_of_the_code_table_is_a_rule_of_its_row() -> None:
    trouvees = {(r.rang, r.id) for r in REGLES}
    attendues = {(rang, nom) for rang, noms in RULES_OF_THE_MEMO.items() for nom in noms}
    assert attendues - trouvees == set()


def test_the_list_of_rules_without_open_facts_names_only_rules() -> None:
    assert SANS_FAIT_OUVERT.keys() <= {r.id for r in REGLES}


@pytest.mark.parametrize("regle", REGLES, ids=lambda r: r.id)
def test_a_rule_is_titled_in_words_and_cites_a_text_of_its_day(regle: Regle) -> None:
    for jour in (regle.depuis, dt.date(2026, 3, 10)):
        if regle.en_vigueur(jour):
            motif = regle.motif(jour)
            assert motif.regle == regle.id
            assert motif.titre == regle.titre
            assert len(motif.titre.split()) > 1
            assert motif.texte
            assert motif.depuis is not None
            assert motif.depuis <= jour
            assert motif.version is None or motif.version.startswith("LEGIARTI")
            assert motif.url is None or motif.url.startswith("https://www.legifrance.gouv.fr/")


@cache
def _answers() -> dict[str, set[bool | None]]:
    answers: dict[str, set[bool | None]] = {r.id: set() for r in REGLES}
    for c in cas():
        visite = visite_de(c)
        jour = droit().du_jour(visite.date)
        prepared = Cas.de(visite, jour.parametres, Politiques())
        for regle in jour.regles:
            answers[regle.id].add(regle.holds(prepared).holds)
    return answers
