"""The law in time: each day on which a text changed, with the day before and the day after."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

import pytest
from tests.law.tables import ICI, cas, visite_de
from tests.law.visites import visite

from parcours.domain.decision import Position
from parcours.domain.facts import Fait
from parcours.engine import decide
from parcours.errors import UnsupportedDate
from parcours.law import droit

VEILLE, LENDEMAIN = -dt.timedelta(days=1), dt.timedelta(days=1)
DEBUT = dt.date(2006, 1, 1)

AVANT_LE_DISPOSITIF = [
    dt.date(2004, 8, 17),  # loi 2004-810
    dt.date(2005, 7, 1),  # dépassement autorisé
    dt.date(2005, 12, 31),
]
FRONTIERES = {
    dt.date(2006, 1, 1): "la majoration commence",
    dt.date(2006, 1, 3): "D162-1-8, cinq ans",
    dt.date(2007, 8, 29): "majoration de 20 %, sans montant établi",
    dt.date(2008, 1, 1): "majoration de 20 %, montants établis",
    dt.date(2009, 1, 31): "majoration de 40 %",
    dt.date(2010, 2, 26): "L162-5-4, centres de santé",
    dt.date(2016, 1, 1): "R322-1-1 devient R160-6",
    dt.date(2016, 1, 28): "loi 2016-41",
    dt.date(2016, 2, 13): "génétique",
    dt.date(2019, 2, 21): "D162-1-6, version intermédiaire",
    dt.date(2019, 3, 1): "santé étudiante, examens de l'enfant",
    dt.date(2019, 7, 26): "Mayotte",
    dt.date(2019, 8, 14): "infirmiers en pratique avancée",
    dt.date(2021, 4, 28): "sages-femmes",
    dt.date(2021, 5, 14): "médecin traitant salarié d'une SISA",
    dt.date(2023, 12, 29): "départ du médecin traitant",
    dt.date(2024, 5, 15): "participation forfaitaire de 2 euros",
    dt.date(2024, 12, 22): "tarifs de la convention de 2024",
    dt.date(2026, 1, 1): "tarifs de 2026",
}
JOURS = sorted({j + d for j in FRONTIERES for d in (VEILLE, dt.timedelta(0), LENDEMAIN)} - {DEBUT + VEILLE})

TEXTES = [
    ("medecin-traitant", dt.date(2021, 4, 27), "CSS L162-5-3", None),
    ("medecin-traitant", dt.date(2021, 4, 28), "CSS L162-5-3", "LEGIARTI000043424022"),
    ("medecin-traitant", dt.date(2021, 5, 13), "CSS L162-5-3", "LEGIARTI000043424022"),
    ("medecin-traitant", dt.date(2021, 5, 14), "CSS L162-5-3", None),
    ("medecin-traitant", dt.date(2023, 12, 28), "CSS L162-5-3", None),
    ("medecin-traitant", dt.date(2023, 12, 29), "CSS L162-5-3", "LEGIARTI000048691431"),
    ("medecin-traitant-parti", dt.date(2023, 12, 29), "CSS L162-5-3", "LEGIARTI000048691431"),
    ("adressage-sage-femme", dt.date(2021, 4, 28), "CSS L162-5-3", "LEGIARTI000043424022"),
    ("remplacant-du-medecin-traitant", dt.date(2019, 8, 13), "CSS D162-1-6", None),
    ("remplacant-du-medecin-traitant", dt.date(2019, 8, 14), "CSS D162-1-6", "LEGIARTI000038925697"),
    ("adressage-ipa", dt.date(2019, 8, 14), "CSS D162-1-6", "LEGIARTI000038925697"),
    ("consultation-genetique-familiale", dt.date(2016, 2, 13), "CSS D162-1-6", None),
    ("professionnel-non-medecin", dt.date(2015, 12, 31), "CSS R322-1-1", None),
    ("professionnel-non-medecin", dt.date(2016, 1, 1), "CSS R160-6", "LEGIARTI000031796275"),
    ("acces-direct-gynecologie", dt.date(2006, 1, 1), "CSS D162-1-7", "LEGIARTI000006735431"),
    ("acces-direct-gynecologie", dt.date(2026, 3, 10), "CSS D162-1-7", "LEGIARTI000006735431"),
]
PLACES = {
    "CSS R160-6, al. 1": "professionnel-non-medecin",
    "CSS L162-5-3, al. 1": "nouveau-medecin-traitant medecin-traitant",
    "CSS L162-5-3, al. 3": "medecins-traitants-conjoints",
    "CSS L162-5-3, al. 6": "moins-de-seize-ans adressage-medecin-traitant medecine-humanitaire "
    "sante-sexuelle sans-medecin-traitant sans-adressage",
    "CSS L162-5-3, 1°": "urgence",
    "CSS L162-5-3, 2°": "hors-residence",
    "CSS L162-5-3, 4°": "adressage-sage-femme",
    "CSS L162-5-3, 5°": "medecin-traitant-parti",
    "CSS D162-1-6, 1°": "soins-iteratifs",
    "CSS D162-1-6, 2°": "sequence-de-soins",
    "CSS D162-1-6, 3°": "protocole-ald",
    "CSS D162-1-6, 4°": "remplacant-du-medecin-traitant confrere-meme-locaux",
    "CSS D162-1-6, 5°": "permanence-des-soins",
    "CSS D162-1-6, 6°": "consultation-addictologie-hospitaliere",
    "CSS D162-1-6, 7°": "prescription-militaire",
    "CSS D162-1-6, 8°": "consultation-genetique-familiale",
    "CSS D162-1-6, 9°": "service-sante-etudiante",
    "CSS D162-1-6, 10°": "examen-obligatoire-enfant",
    "CSS D162-1-6, 11°": "adressage-ipa",
    "Nomenclature SNDS IR_QPS_V, code 21": "tolerance-caisse",
}


def _table() -> list[dict[str, Any]]:
    table = tomllib.loads((ICI / "debuts.toml").read_text(encoding="utf-8"))
    return [table["commun"] | d for d in table["debut"]]


DEBUTS = _table()


def _visite(d: dict[str, Any], jour: dt.date) -> Any:
    faits = {cle: v for cle, v in d.items() if cle not in ("regle", "jour", "avant")}
    return visite(faits | {"date": jour})


def _motifs(d: dict[str, Any], jour: dt.date) -> set[str]:
    return {m.regle for m in decide(_visite(d, jour), droit()).motifs}


@pytest.mark.parametrize("jour", [*AVANT_LE_DISPOSITIF, dt.date(1900, 1, 1), dt.date.min], ids=str)
def test_a_visit_before_the_mechanism_is_refused(jour: dt.date) -> None:
    with pytest.raises(UnsupportedDate) as refus:
        decide(visite({"date": jour, "couvertures": ["ame"]}), droit())
    assert refus.value.problems


@pytest.mark.parametrize("d", DEBUTS, ids=lambda d: d["regle"])
def test_a_ground_holds_from_its_day_and_not_before(d: dict[str, Any]) -> None:
    assert d["regle"] in _motifs(d, d["jour"])
    assert d["regle"] in _motifs(d, d["jour"] + LENDEMAIN)
    if d["avant"] == "refus":
        with pytest.raises(UnsupportedDate):
            decide(_visite(d, d["jour"] + VEILLE), droit())
    else:
        assert d["regle"] not in _motifs(d, d["jour"] + VEILLE)


@pytest.mark.parametrize(
    "d", [d for d in DEBUTS if d["avant"] not in ("refus", "*")], ids=lambda d: d["regle"]
)
def test_the_day_before_the_ground_the_visit_is_outside_the_path(d: dict[str, Any]) -> None:
    assert decide(_visite(d, d["jour"] + VEILLE), droit()).position == d["avant"]
    assert decide(_visite(d, d["jour"]), droit()).position == Position.DANS


def test_every_rule_that_starts_late_is_in_the_table_of_first_days() -> None:
    tardives = {(r.id, r.depuis) for r in droit().regles if r.depuis > DEBUT}
    assert tardives <= {(d["regle"], d["jour"]) for d in DEBUTS}


@pytest.mark.parametrize("jour", JOURS, ids=str)
def test_the_law_of_a_boundary_day_is_consistent(jour: dt.date) -> None:
    regles = droit().en_vigueur(jour)
    assert len({r.id for r in regles}) == len(regles)
    assert [r.rang for r in regles] == sorted(r.rang for r in regles)
    for regle in regles:
        motif = regle.motif(jour)
        assert motif.texte
        assert motif.depuis is not None
        assert motif.depuis <= jour


@pytest.mark.parametrize("jour", JOURS, ids=str)
def test_every_case_moved_to_a_boundary_day_has_an_answer(jour: dt.date) -> None:
    for c in cas()[:: 1 + len(cas()) // 60]:
        decision = decide(visite_de(c | {"date": jour}), droit())
        assert decision.date_des_soins == jour
        assert (decision.situation is None) or decision.situations_possibles == ()
        assert {m.regle for m in decision.motifs} <= {r.id for r in droit().en_vigueur(jour)}


@pytest.mark.parametrize(("regle", "jour", "texte", "version"), TEXTES)
def test_the_text_cited_is_the_version_of_the_day(
    regle: str, jour: dt.date, texte: str, version: str | None
) -> None:
    (motif,) = [r.motif(jour) for r in droit().en_vigueur(jour) if r.id == regle]
    assert motif.texte.startswith(texte)
    assert motif.version == version
    assert (motif.url is None) == (version is None)


def test_a_ground_is_cited_by_its_place_in_the_text() -> None:
    cited: dict[str, list[str]] = {}
    for regle in droit().en_vigueur(dt.date(2026, 3, 10)):
        if regle.paragraphes:
            cited.setdefault(regle.motif(dt.date(2026, 3, 10)).texte, []).append(regle.id)
    assert cited == {place: regles.split() for place, regles in PLACES.items()}


@pytest.mark.parametrize("cite", PLACES["CSS L162-5-3, al. 6"].split())
def test_the_paragraph_that_raises_the_share_moved_in_2016(cite: str) -> None:
    (regle,) = [r for r in droit().regles if r.id == cite]
    assert regle.motif(dt.date(2016, 1, 28)).texte == "CSS L162-5-3, al. 6"
    assert regle.motif(dt.date(2016, 1, 27)).texte == "CSS L162-5-3, al. 5"


def test_two_doctors_declared_before_joint_designation_existed_leave_the_visit_in_doubt() -> None:
    (d,) = [d for d in DEBUTS if d["regle"] == "medecins-traitants-conjoints"]
    decision = decide(_visite(d, dt.date(2016, 1, 27)), droit())
    assert (decision.position, decision.situations_possibles) == (Position.INDETERMINE, ("T", "S2"))
    assert [m.fait for m in decision.manquants] == [Fait.MEDECIN_TRAITANT]
    assert decide(_visite(d, dt.date(2016, 1, 28)), droit()).position is Position.DANS


def test_the_day_of_a_departure_counts_to_the_day_even_in_a_leap_year() -> None:
    depart = {"medecins": ["ancien"], "debut": dt.date(2010, 1, 4), "motif_fin": "retraite"}
    commun = {
        k: v for k, v in DEBUTS[0].items() if k not in ("traitant", "medecin", "regle", "jour", "avant")
    }
    for fin, dernier in [
        (dt.date(2024, 2, 29), dt.date(2025, 2, 28)),
        (dt.date(2023, 12, 31), dt.date(2024, 12, 30)),
    ]:
        faits = commun | {"medecin": "autre", "traitants": [depart | {"fin": fin}]}
        assert decide(visite(faits | {"date": dernier}), droit()).position == Position.DANS
        assert decide(visite(faits | {"date": dernier + LENDEMAIN}), droit()).position == Position.HORS


@pytest.mark.parametrize(("jour", "depuis"), [(2, False), (3, True)])
def test_nobody_is_newly_installed_before_d162_1_8(jour: int, depuis: bool) -> None:
    """Neither the doctor consulted nor one who may be: the five years begin on 3 January 2006."""
    autre = {
        "date": dt.date(2006, 1, jour),
        "naissance": dt.date(1980, 5, 14),
        "medecin": "autre",
        "profession": "medecin",
        "specialite": "medecine-generale",
        "traitant": "declare",
    }
    premier = decide(visite(autre | {"premiere_installation": dt.date(2005, 9, 1)}), droit())
    assert (premier.situation == "J") is depuis
    installe = decide(visite(autre | {"installation": dt.date(2005, 9, 1)}), droit())
    assert ("installation-suggeree" in {a.code for a in installe.avertissements}) is depuis


@pytest.mark.parametrize("jour", [25, 26])
@pytest.mark.parametrize("couvertures", [[], ["mayotte"]], ids=["of the mainland", "of Mayotte"])
def test_before_mayotte_is_encoded_who_is_insured_there_is_told_so(jour: int, couvertures: list[str]) -> None:
    seen = visite(
        {"date": dt.date(2019, 7, jour), "naissance": dt.date(1980, 5, 14), "couvertures": couvertures}
    )
    told = {avertissement.code for avertissement in decide(seen, droit()).avertissements}
    assert ("mayotte-non-encode" in told) is (bool(couvertures) and jour == 25)
