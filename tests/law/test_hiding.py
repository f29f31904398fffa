"""Hiding facts may leave a doubt, never reverse the answer: shown by enumeration, not by chance.

Open facts: every visit of a small world, with every set of its open facts hidden (dropped, or made vague:
a year instead of a date of birth, "a médecin traitant is declared" instead of who). Each point of the
lattice of known, vague and unknown values is judged once and looked up afterwards.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from tests.law.jugements import verdict
from tests.law.tables import cas, visite_de
from tests.law.visites import visite

from parcours.domain.decision import Effet, Position, Reponse
from parcours.engine import decide
from parcours.law import droit
from parcours.law.verdict import Verdict

pytestmark = pytest.mark.no_cover  # so many cases take thrice as long when each line is counted

JOUR = dt.date(2026, 3, 10)
Point = tuple[str, ...]
INCONNU = "?"

AGES: dict[str, Any] = {
    "15 ans": dt.date(2010, 5, 1),
    "16 ans": dt.date(2010, 1, 15),
    "25 ans": dt.date(2000, 5, 1),
    "45 ans": dt.date(1980, 5, 1),
    "né en 2010": "2010",
    "né en 2000": "2000",
}
TRAITANTS: dict[str, dict[str, Any]] = {
    "aucun": {"traitant": "aucun"},
    "lui": {"traitant": "autre"},
    "un autre": {"traitant": "traitant"},
    "lui, ce jour": {"traitants": [{"medecins": ["autre"], "debut": JOUR}]},
    "parti": {
        "traitants": [
            {
                "medecins": ["traitant"],
                "debut": dt.date(2010, 1, 4),
                "fin": dt.date(2025, 9, 30),
                "motif_fin": "retraite",
            }
        ]
    },
    "fini": {
        "traitants": [
            {
                "medecins": ["traitant"],
                "debut": dt.date(2010, 1, 4),
                "fin": dt.date(2025, 9, 30),
                "motif_fin": "fin-relation",
            }
        ]
    },
    "déclaré": {"traitant": "sans-nom"},
}
ACTES = {
    "liste": ["gynecologie-contraception", "stomatologie-soins-bucco-dentaires"],
    "autre": ["autre-acte"],
}

# What may be hidden of each open fact: its vaguer values, then nothing known. A value without an entry
# here is never a starting point, only what is left of one.
AXES: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "15 ans": ("né en 2010", INCONNU),
        "16 ans": ("né en 2010", INCONNU),
        "25 ans": ("né en 2000", INCONNU),
        "45 ans": (INCONNU,),
    },
    {
        "aucun": (INCONNU,),
        "lui": ("déclaré", INCONNU),
        "un autre": ("déclaré", INCONNU),
        "lui, ce jour": (INCONNU,),
        "parti": (INCONNU,),
    },
    {
        s: (INCONNU,)
        for s in ("medecine-generale", "gynecologie", "psychiatrie", "stomatologie", "cardiologie")
    },
    {p: (INCONNU,) for p in ("medecin", "sage-femme")},
    {a: (INCONNU,) for a in ACTES},
    {"autre": (INCONNU,)},
)

SCENARIOS: dict[str, dict[str, Any]] = {
    "rien": {},
    "téléconsultation": {"mode": "teleconsultation"},
    "adressé par le médecin traitant": {"circonstances": ["adresse-par-medecin-traitant"]},
    "urgence": {"circonstances": ["urgence"]},
    "éloignement": {"circonstances": ["hors-residence"]},
    "nouveau médecin traitant": {"circonstances": ["nouveau-medecin-traitant"]},
    "médecin traitant indisponible": {"circonstances": ["medecin-traitant-indisponible"]},
    "confrère": {"circonstances": ["confrere-meme-locaux", "medecin-traitant-indisponible"]},
    "mêmes locaux": {"memes_locaux": ["traitant"], "circonstances": ["medecin-traitant-indisponible"]},
    "téléconsultation, indisponible": {
        "mode": "teleconsultation",
        "circonstances": ["medecin-traitant-indisponible"],
    },
    "remplaçant": {"remplacant": True, "remplace": "traitant"},
    "remplaçant d'un tiers": {"remplacant": True, "remplace": "tiers"},
    "soins itératifs": {"circonstances": ["soins-iteratifs"]},
    "plan de soins": {"plans": [{"nature": "plan-de-soins", "auteurs": ["traitant"]}]},
    "protocole ALD": {"plans": [{"nature": "protocole-ald", "auteurs": ["traitant"]}]},
    "acte prévu au protocole": {"circonstances": ["acte-prevu-protocole-ald"]},
    "installé": {"premiere_installation": dt.date(2023, 9, 1)},
    "zone": {"zone_depuis": dt.date(2023, 9, 1)},
    "sage-femme": {"adressages": [{"par": "adresseur", "profession": "sage-femme", "date": JOUR}]},
    "accès direct": {
        "adressages": [
            {"par": "adresseur", "profession": "medecin", "specialite": "psychiatrie", "date": JOUR}
        ]
    },
    "lettre": {
        "adressages": [
            {"par": "traitant", "profession": "medecin", "specialite": "medecine-generale", "date": JOUR}
        ]
    },
    "lettre d'un inconnu": {"adressages": [{"date": JOUR}]},
    "tolérance": {"circonstances": ["tolerance-caisse"]},
    "IVG": {"actes": ["gynecologie-ivg"]},
    "AME": {"couvertures": ["ame"]},
    "maternité": {"couvertures": ["maternite"]},
    "hôpital": {"lieux": ["hopital"]},
    "humanitaire": {"lieux": ["structure-humanitaire"]},
}


def _faits(point: Point) -> dict[str, Any]:
    """The facts of one point of the lattice, in the words of the tables."""
    age, traitant, specialite, profession, acte, medecin = point
    faits: dict[str, Any] = {"date": JOUR, "secteur": "secteur-1"}
    faits["medecin"] = "anonyme" if medecin == INCONNU else medecin
    if age != INCONNU:
        faits["naissance"] = AGES[age]
    if traitant != INCONNU:
        faits |= TRAITANTS[traitant]
    if acte != INCONNU:
        faits["actes"] = ACTES[acte]
    known = {"specialite": specialite, "profession": profession}
    return faits | {cle: valeur for cle, valeur in known.items() if valeur != INCONNU}


def _hidings(point: Point) -> Iterator[Point]:
    """The point with every set of its facts hidden, itself excepted."""
    choices = ((valeur, *axe[valeur]) for axe, valeur in zip(AXES, point, strict=True))
    return itertools.islice(itertools.product(*choices), 1, None)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_hiding_open_facts_never_reverses_the_answer(scenario: str) -> None:
    judged: dict[Point, Verdict] = {}

    def ask(point: Point) -> Verdict:
        if point not in judged:
            judged[point] = verdict(visite(_faits(point) | SCENARIOS[scenario]))
        return judged[point]

    reversals = (
        (point, hidden, what)
        for point in itertools.product(*AXES)
        for hidden in _hidings(point)
        for what in _reversals(ask(point), ask(hidden))
    )
    assert list(itertools.islice(reversals, 3)) == []


def _reversals(full: Verdict, partial: Verdict) -> Iterator[str]:
    """What the partial answer says that the full one denies. A full answer in doubt denies nothing."""
    if full.position is Position.INDETERMINE:
        return
    if partial.position not in (full.position, Position.INDETERMINE):
        yield f"{full.position} became {partial.position}"
    for effet in Effet:
        if partial.effet(effet).holds not in (full.effet(effet).holds, None):
            yield f"{effet} reversed"
    codes = {partial.situation, *partial.situations_possibles}
    if full.situation is not None and full.situation not in codes:
        yield f"{full.situation} became {sorted(map(str, codes))}"


def test_the_facts_of_a_referral_are_open_too() -> None:
    """Who wrote it, what he is and when: every set hidden, for each médecin traitant and each letter."""
    letters: list[dict[str, Any]] = [
        {"par": "traitant", "profession": "medecin", "specialite": "medecine-generale"},
        {"par": "adresseur", "profession": "sage-femme"},
        {"par": "adresseur", "profession": "infirmier-pratique-avancee"},
        {"par": "adresseur", "profession": "infirmier"},
        {"par": "adresseur", "profession": "medecin", "specialite": "gynecologie"},
        {"par": "adresseur", "profession": "medecin", "specialite": "cardiologie"},
        {"par": "adresseur", "profession": "medecin", "specialite": "medecine-generale"},
        {
            "par": "adresseur",
            "profession": "medecin",
            "specialite": "medecine-generale",
            "premiere_installation": dt.date(2023, 9, 1),
        },
    ]
    reversals = []
    for letter, traitant in itertools.product(letters, ["aucun", "lui", "un autre", "parti", "fini"]):
        point = ("45 ans", traitant, "cardiologie", "medecin", "autre", "autre")
        full = letter | {"date": dt.date(2025, 6, 1)}
        base = verdict(visite(_faits(point) | {"adressages": [full]}))
        for hidden in _subsets(["par", "date", "profession", "specialite"]):
            left = {cle: valeur for cle, valeur in full.items() if cle not in hidden}
            partial = verdict(visite(_faits(point) | {"adressages": [left]}))
            reversals += [(letter, traitant, hidden, what) for what in _reversals(base, partial)]
    assert reversals == []


def test_hiding_the_sector_leaves_every_effect_as_it_was_or_in_doubt() -> None:
    reversals = []
    for point, scenario in itertools.product(itertools.product(*AXES), ("rien", "hôpital", "maternité")):
        full = _faits(point) | SCENARIOS[scenario]
        partial = {cle: valeur for cle, valeur in full.items() if cle != "secteur"}
        reversals += [(point, w) for w in _reversals(verdict(visite(full)), verdict(visite(partial)))]
    assert reversals == []


def _subsets(words: list[str]) -> Iterator[tuple[str, ...]]:
    return itertools.chain.from_iterable(itertools.combinations(words, n) for n in range(1, len(words) + 1))


FERMES = {
    "circonstances", "couvertures", "adressages", "plans", "lieux", "memes_locaux", "remplacant", "remplace",
    "premiere_installation", "zone_depuis", "lieu_zone_depuis", "agrement_centre", "mode", "actes",
}  # fmt: skip


def _without(c: dict[str, Any], fact: str) -> dict[str, Any]:
    """The case as it would be had nobody claimed this closed fact. An act is open unless it is an IVG."""
    dropped = {"remplacant", "remplace"} if fact.startswith("rempl") else {fact}
    return {cle: valeur for cle, valeur in c.items() if cle not in dropped}


def _closed_facts(c: dict[str, Any]) -> list[str]:
    facts = [f for f in sorted(FERMES & c.keys()) if f != "actes"]
    return [*facts, "actes"] if "gynecologie-ivg" in c.get("actes", ()) else facts


RETRAITS = [(c, f) for c in cas() for f in _closed_facts(c)]


@pytest.mark.parametrize(
    ("c", "fait"), RETRAITS, ids=[f"{c['fichier']}: {c['nom']} - {f}" for c, f in RETRAITS]
)
def test_a_closed_fact_that_helped_is_listed_as_a_way_back_once_hidden(c: dict[str, Any], fait: str) -> None:
    full = decide(visite_de(c), droit())
    partial = decide(visite_de(_without(c, fait)), droit())
    if _worth(full) <= _worth(partial) or full.position is Position.INDETERMINE:
        return
    back = {a.position for a in partial.alternatives if a.situation in (full.situation, None)}
    assert _rank(full.position) <= max((_rank(p) for p in back), default=-1)


def _rank(position: Position) -> int:
    return (Position.HORS, Position.INDETERMINE, Position.DANS, Position.NON_CONCERNE).index(position)


def _worth(decision: Any) -> tuple[int, int]:
    """How the patient fares: in the path or not concerned, in doubt, out; then without majoration or with."""
    place = {Position.HORS: 0, Position.INDETERMINE: 1}.get(decision.position, 2)
    majoration = {Reponse.OUI: 0, Reponse.INCONNU: 1, Reponse.NON: 2}[decision.effets[Effet.MAJORATION]]
    return place, majoration


@pytest.mark.parametrize("rang", range(0, len(cas()), 5))
def test_the_short_verdict_of_these_enumerations_is_the_one_of_the_decision(rang: int) -> None:
    of_case = visite_de(cas()[rang])
    short, whole = verdict(of_case), decide(of_case, droit())
    assert (short.position, short.situation, short.situations_possibles) == (
        whole.position,
        whole.situation,
        whole.situations_possibles,
    )
    holds = {Reponse.OUI: True, Reponse.NON: False, Reponse.INCONNU: None}
    assert {e: f.holds for e, f in short.effets.items()} == {e: holds[r] for e, r in whole.effets.items()}
