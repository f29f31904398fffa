"""Who may bill what: prices of specialties, coordination supplements in and out of the path, sector 2."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.law.bills import DROIT, HORS, STANDARD, acte, paye, visite

from parcours.domain.facts import Couverture, GroupeActe, Visite
from parcours.domain.reimbursement import Remboursement
from parcours.engine import decide

ADRESSE = STANDARD | {"parcours": "adresse"}
COORDONNEE = "lue comme la consultation coordonnée"


def facture(cas: Visite, *lignes: tuple[str, str | None], optam: bool | None = None) -> Remboursement:
    """The amounts of lines without a base: each its code and what is billed."""
    assert cas.praticien
    actes = tuple(acte(rang, code, None, prix) for rang, (code, prix) in enumerate(lignes, start=1))
    return paye(replace(cas, praticien=replace(cas.praticien, optam=optam), actes_factures=actes))


def bases(total: Remboursement) -> list[str]:
    return [str(ligne.base) for ligne in total.lignes]


def notes(total: Remboursement, montant: str = "base") -> str:
    return " | ".join(terme.note or "" for terme in total.termes if terme.montant == montant)


# ---------------------------------------------------------------- specialties with a price of their own

PROPRES = [
    # specialty, path, born, day, billed, base
    ("gynecologie", "direct", "1980-01-01", "2026-03-03", "CS", "40.00"),
    ("gynecologie", "adresse", "1980-01-01", "2026-03-03", "C", "40.00"),
    ("gynecologie", "hors", "1980-01-01", "2026-03-03", "CS", "35.00"),
    ("gynecologie", "hors", "1980-01-01", "2025-12-31", "CS", "32.00"),
    ("gynecologie", "hors", "1980-01-01", "2024-12-21", "CS", "28.50"),
    ("gynecologie", "hors", "1980-01-01", "2019-06-03", "CS", "25.00"),
    ("gynecologie", "hors", "1980-01-01", "2016-06-03", "CS", "None"),
    ("geriatrie", "adresse", "1940-01-01", "2026-03-03", "CS", "42.00"),
    ("geriatrie", "hors", "1940-01-01", "2026-03-03", "CS", "None"),
    ("cardiologie", "adresse", "1940-01-01", "2024-03-04", "CS", "54.00"),
    ("cardiologie", "adresse", "1940-01-01", "2026-03-03", "CS", "None"),
    ("pediatrie", "adresse", "2017-05-10", "2021-03-31", "CS", "32.00"),
    ("pediatrie", "adresse", "2010-05-10", "2021-03-31", "CS", "28.00"),
    ("pediatrie", "adresse", "2005-04-01", "2021-03-31", "CS", "28.00"),
    ("pediatrie", "adresse", "2005-03-31", "2021-03-31", "CS", "None"),  # sixteen that day
    ("pediatrie", "adresse", "2010-05-10", "2021-04-01", "CS", "None"),
    ("pediatrie", "adresse", "2024-03-04", "2026-03-03", "CS", "40.00"),
    ("pediatrie", "adresse", "2024-03-03", "2026-03-03", "CS", "35.00"),
    ("pediatrie", "adresse", "2020-03-03", "2026-03-03", "CS", "31.50"),
    ("pediatrie", "adresse", "2000-03-03", "2026-03-03", "CS", "31.50"),
    ("dermatologie", "adresse", "1980-01-01", "2026-03-03", "CS", "26.50"),
]


@pytest.mark.parametrize(("specialite", "parcours", "ne", "jour", "code", "base"), PROPRES)
def test_a_specialty_with_its_own_price_is_not_given_the_common_tariff(
    specialite: str, parcours: str, ne: str, jour: str, code: str, base: str
) -> None:
    row = STANDARD | {"specialite": specialite, "parcours": parcours, "date": jour, "naissance": ne}
    cas = visite(row)
    if parcours == "hors":
        cas = replace(cas, actes=frozenset({GroupeActe.AUTRE}))
    total = facture(cas, (code, "70.00"))
    assert bases(total) == [base]
    assert notes(total) or specialite == "dermatologie"


def test_the_price_of_a_gynaecologist_in_the_path_pays_26_euros_and_says_how_it_was_read() -> None:
    row = STANDARD | {"specialite": "gynecologie", "parcours": "direct", "date": "2026-03-03"}
    total = facture(visite(row), ("CS", "40.00"))
    assert str(total.amo) == "26.00"
    assert COORDONNEE in notes(total)


@pytest.mark.parametrize(
    ("ne", "amo"), [("2017-05-10", "22.40"), ("2010-05-10", "19.60")], ids=["under six", "six to sixteen"]
)
def test_the_published_prices_of_paediatricians_are_found_without_a_base(ne: str, amo: str) -> None:
    cas = visite(ADRESSE | {"specialite": "pediatrie", "date": "2021-03-31", "naissance": ne})
    assert str(facture(cas, ("CS", "32.00" if amo == "22.40" else "28.00")).amo) == amo


LIGNES_PROPRES = [
    ("gynecologie", "2026-03-03", ("CS", "MCS"), ["35.00", "5.00"]),
    ("gynecologie", "2019-06-03", ("CS", "MPC", "MCS"), ["23.00", "2.00", "5.00"]),
    ("gynecologie", "2019-06-03", ("CS", "MPC"), ["28.00", "2.00"]),
    ("gynecologie", "2024-03-04", ("CS", "MPC"), ["None", "None"]),
    ("geriatrie", "2016-03-04", ("CS", "MPC"), ["None", "None"]),
    ("geriatrie", "2026-03-03", ("CS", "MCS"), ["None", "5.00"]),
    ("pediatrie", "2026-03-03", ("CS", "MEP"), ["None", "None"]),
]


@pytest.mark.parametrize(("specialite", "jour", "codes", "attendues"), LIGNES_PROPRES)
def test_a_price_billed_in_several_lines_is_never_counted_twice(
    specialite: str, jour: str, codes: tuple[str, ...], attendues: list[str]
) -> None:
    cas = visite(ADRESSE | {"specialite": specialite, "date": jour})
    assert bases(facture(cas, *((code, "50.00") for code in codes))) == attendues


def test_the_price_waits_for_the_position_and_for_the_age() -> None:
    gynecologue = visite(STANDARD | {"specialite": "gynecologie", "date": "2026-03-03"})
    doute = facture(replace(gynecologue, declarations=None), ("CS", "40.00"))
    assert (bases(doute), "on ne sait pas si la visite" in notes(doute)) == (["None"], True)
    pediatre = replace(visite(ADRESSE | {"specialite": "pediatrie"}), naissance=None)
    assert "l'âge n'est pas connu" in notes(facture(pediatre, ("CS", "40.00")))


# ---------------------------------------------------------------- coordination supplements


def test_a_coordination_supplement_out_of_the_path_is_an_excess_and_that_is_said() -> None:
    cas = visite(HORS | {"specialite": "autre", "base": "26.50", "facture": "26.50"})
    actes = (acte(1, "CS", "26.50", "26.50"), acte(2, "MCS", "5.00", "5.00"))
    decision = decide(replace(cas, actes_factures=actes), DROIT)
    assert decision.remboursement
    assert bases(decision.remboursement) == ["26.50", "0.00"]
    assert (str(decision.remboursement.depassement), str(decision.remboursement.amo)) == ("5.00", "5.95")
    assert "ne se facture pas hors parcours" in notes(decision.remboursement)
    assert "supplement-hors-parcours" in [a.code for a in decision.avertissements]


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({}, "0.00"),
        ({"couverture": "c2s"}, "5.00"),
        ({"naissance": "2010-01-01"}, "5.00"),
        ({"parcours": "adresse"}, "5.00"),
        ({"couverture": "at-mp"}, "5.00"),
    ],
    ids=lambda x: str(x),
)
def test_who_may_be_billed_a_coordination_supplement(changes: dict[str, str], base: str) -> None:
    total = facture(visite(HORS | {"specialite": "autre"} | changes), ("CS", "26.50"), ("MCS", "5.00"))
    assert bases(total) == ["26.50", base]


def test_a_coordination_supplement_waits_for_the_position() -> None:
    decision = decide(
        replace(visite(ADRESSE | {"specialite": "autre"}), circonstances=frozenset(), declarations=None,
                actes_factures=(acte(1, "CS", None, "26.50"), acte(2, "MCS", "5.00", "5.00"))),
        DROIT,
    )  # fmt: skip
    assert decision.remboursement
    assert bases(decision.remboursement) == ["26.50", "None"]
    assert "supplement-hors-parcours" not in [a.code for a in decision.avertissements]


# ---------------------------------------------------------------- whose act it is

COTATIONS = [
    ("APY", "psychiatrie", "1980-01-01", "67.50"),
    ("APY", "neurologie", "1980-01-01", "67.50"),
    ("APY", "dermatologie", "1980-01-01", "None"),
    ("APC", "dermatologie", "1980-01-01", "60.00"),
    ("APC", "medecine-generale", "1980-01-01", "60.00"),
    ("APC", "psychiatrie", "1980-01-01", "None"),
    ("APC", "neurologie", "1980-01-01", "None"),
    ("MCS", "dermatologie", "1980-01-01", "5.00"),
    ("MCS", "medecine-generale", "1980-01-01", "None"),
    ("MCG", "medecine-generale", "1980-01-01", "5.00"),
    ("MCG", "dermatologie", "1980-01-01", "None"),
    ("MEG", "medecine-generale", "2019-03-04", "5.00"),
    ("MEG", "medecine-generale", "2019-03-03", "None"),
    ("MEG", "pediatrie", "2019-03-04", "None"),
]


@pytest.mark.parametrize(("code", "specialite", "ne", "base"), COTATIONS)
def test_each_letter_is_only_given_to_those_whose_it_is(
    code: str, specialite: str, ne: str, base: str
) -> None:
    total = facture(visite(ADRESSE | {"specialite": specialite, "naissance": ne}), (code, "70.00"))
    assert bases(total) == [base]
    assert base != "None" or "réservé" in notes(total) or "et non l'APC" in notes(total)


def test_whose_it_is_depends_on_the_specialty_and_on_the_age() -> None:
    cas = visite(ADRESSE)
    assert cas.praticien
    personne = replace(cas, praticien=replace(cas.praticien, specialite=None))
    assert "la spécialité n'est pas connue" in notes(facture(personne, ("APC", "60.00")))
    assert "l'âge n'est pas connu" in notes(facture(replace(cas, naissance=None), ("MEG", "5.00")))


# ---------------------------------------------------------------- sector 2 without OPTAM

TROIS_LIGNES = (("CS", "23.00"), ("MPC", "2.00"), ("MCS", "5.00"))
SECTEUR_2 = [
    # specialty, day, coverage, lines, bases
    ("autre", "2019-06-03", "", TROIS_LIGNES, ["23.00", "2.00", "5.00"]),
    ("autre", "2019-06-03", "", (("CS", "60.00"), *TROIS_LIGNES[1:]), ["23.00", "0.00", "0.00"]),
    ("autre", "2018-03-31", "", TROIS_LIGNES, ["23.00", "0.00", "0.00"]),
    ("autre", "2018-04-01", "", TROIS_LIGNES, ["23.00", "2.00", "5.00"]),
    ("autre", "2025-03-03", "", (("CS", "26.50"), ("MCS", "5.00")), ["26.50", "5.00"]),
    ("autre", "2025-03-03", "", (("CS", "26.50"), ("MCS", "5.01")), ["23.00", "0.00"]),
    ("autre", "2025-03-03", "", (("CS", "26.50"), ("MCS", None)), ["23.00", "0.00"]),
    ("autre", "2025-03-03", "", (("CS", "26.50"),), ["23.00"]),
    ("autre", "2025-03-03", "c2s", (("CS", "26.50"),), ["26.50"]),
    ("autre", "2025-03-03", "at-mp", (("CS", "60.00"),), ["26.50"]),
    ("gynecologie", "2026-03-03", "", (("CS", "35.00"), ("MCS", "5.00")), ["35.00", "5.00"]),
    ("medecine-generale", "2025-03-03", "c2s", (("G", "30.00"),), ["30.00"]),
    ("medecine-generale", "2019-06-03", "", (("G", "25.00"), ("MCG", "5.00")), ["25.00", "5.00"]),
    ("medecine-generale", "2019-06-03", "", (("G", "40.00"), ("MCG", "5.00")), ["23.00", "0.00"]),
]  # fmt: skip


@pytest.mark.parametrize(("specialite", "jour", "couverture", "lignes", "attendues"), SECTEUR_2)
def test_out_of_the_optam_the_opposable_tariff_brings_its_supplements(
    specialite: str,
    jour: str,
    couverture: str,
    lignes: tuple[tuple[str, str | None], ...],
    attendues: list[str],
) -> None:
    row = ADRESSE | {"specialite": specialite, "secteur": "secteur-2", "date": jour, "couverture": couverture}
    assert bases(facture(visite(row), *lignes, optam=False)) == attendues


def test_where_the_opposable_tariff_is_charged_the_optam_does_not_matter() -> None:
    cas = visite(ADRESSE | {"specialite": "autre", "secteur": "secteur-2", "date": "2019-06-03"})
    assert bases(facture(cas, *TROIS_LIGNES, optam=None)) == ["23.00", "2.00", "5.00"]


def test_the_supplement_for_a_child_under_six_is_that_of_every_sector() -> None:
    cas = visite(STANDARD | {"secteur": "secteur-2", "naissance": "2021-01-01"})
    assert bases(facture(cas, ("G", "60.00"), ("MEG", "5.00"), optam=False)) == ["23.00", "5.00"]


# ---------------------------------------------------------------- bucco-dental care by a doctor


@pytest.mark.parametrize(("jour", "taux"), [("2023-10-14", "70"), ("2023-10-15", "60")])
def test_bucco_dental_care_by_a_doctor_is_paid_at_the_rate_of_dental_care(jour: str, taux: str) -> None:
    cas = visite(STANDARD | {"specialite": "stomatologie", "date": jour, "parcours": "hors"})
    dent = replace(cas, actes=frozenset({GroupeActe.BUCCO_DENTAIRE}))
    assert paye(dent).taux == taux
    local = replace(dent, couvertures=frozenset({Couverture.ALSACE_MOSELLE}))
    assert paye(local).taux == ("90" if taux == "70" else None)


# ---------------------------------------------------------------- C2S


def test_an_excess_charged_under_c2s_is_said_to_be_forbidden() -> None:
    decision = decide(visite(STANDARD | {"couverture": "c2s", "facture": "45.00"}), DROIT)
    assert decision.remboursement
    dit = " ".join(t.texte for t in decision.remboursement.termes if t.montant == "depassement")
    assert "dépassement interdit" in dit
    assert "depassement-c2s" in [a.code for a in decision.avertissements]
    sans = decide(visite(STANDARD | {"facture": "45.00"}), DROIT)
    assert "depassement-c2s" not in [a.code for a in sans.avertissements]
    permis = decide(visite(STANDARD | {"couverture": "c2s"}), DROIT)
    assert "depassement-c2s" not in [a.code for a in permis.avertissements]


# ---------------------------------------------------------------- heavy acts


def lourd(tarif: str, billed: str, **changes: str) -> Remboursement:
    row = STANDARD | {"base": tarif, "facture": billed, "date": "2024-06-03"} | changes
    return paye(visite(row, code="JKFA001"))


@pytest.mark.parametrize(
    ("tarif", "billed", "ticket", "taux"),
    [
        ("119.99", "119.99", "36.00", "70"),
        ("120.00", "120.00", "24.00", None),
        ("119.99", "150.00", "36.00", "70"),
        ("120.00", "119.00", "24.00", None),
        ("150.00", "50.00", "15.00", None),
    ],
)
def test_an_act_is_heavy_by_its_tariff_whatever_is_billed(
    tarif: str, billed: str, ticket: str, taux: str | None
) -> None:
    total = lourd(tarif, billed)
    assert (str(total.ticket_moderateur), total.taux) == (ticket, taux)
    if taux is None:
        dits = [t.valeur for t in total.termes if t.montant == "ticket_moderateur"]
        assert dits == [f"{ticket} €".replace(".", ",")]


@pytest.mark.parametrize("couverture", ["at-mp", "maternite", "ald", "ame"])
def test_a_heavy_act_that_is_paid_whole_leaves_no_flat_sum(couverture: str) -> None:
    total = lourd("150.00", "150.00", couverture=couverture)
    assert (str(total.ticket_moderateur), total.taux) == ("0.00", "100")
    assert notes(total, "ticket_moderateur") == ""


def test_the_flat_sum_is_told_for_as_many_acts_as_are_billed() -> None:
    cas = visite(STANDARD | {"base": "300.00", "facture": "300.00", "date": "2024-06-03"}, code="JKFA001")
    deux = replace(cas, actes_factures=(replace(cas.actes_factures[0], quantite=Decimal(2)),))
    assert [t.valeur for t in paye(deux).termes if t.montant == "ticket_moderateur"] == ["48,00 €"]


def test_how_many_heavy_acts_nobody_can_tell_leaves_the_flat_sum_unknown() -> None:
    cas = visite(STANDARD | {"base": "150.00", "facture": "150.00", "date": "2024-06-03"}, code="JKFA001")
    demi = replace(cas, actes_factures=(replace(cas.actes_factures[0], quantite=Decimal("0.5")),))
    assert paye(demi).ticket_moderateur is None


def test_no_source_tells_what_the_local_scheme_pays_of_a_heavy_act() -> None:
    total = lourd("150.00", "150.00", couverture="alsace-moselle")
    assert (total.ticket_moderateur, total.amo) == (None, None)
    assert "Alsace-Moselle" in notes(total, "ticket_moderateur")


# ---------------------------------------------------------------- a missing fact tells the euros


def test_a_medecin_traitant_who_is_not_known_tells_the_euros_each_case_would_pay() -> None:
    cas = replace(visite(STANDARD), declarations=None)
    effets = " | ".join(e for m in decide(cas, DROIT).manquants for e in m.effet)
    assert "remboursé 19,00 €" in effets
    assert "remboursé 8,40 €" in effets
    assert "€" not in " | ".join(
        e for m in decide(replace(cas, actes_factures=()), DROIT).manquants for e in m.effet
    )


def test_the_listed_acts_that_are_tried_are_those_of_the_specialty() -> None:
    cas = visite(HORS | {"specialite": "gynecologie", "date": "2026-03-03"})
    inconnu = replace(cas, actes_factures=(acte(1, "CS", None, "40.00"),))
    (effets,) = (m.effet for m in decide(inconnu, DROIT).manquants if m.fait == "visite.acte")
    assert effets == (
        "acte de la liste d'accès direct : dans le parcours (D), base 40,00 €, remboursé 26,00 €",
        "autre acte : hors parcours (S1), base 35,00 €, remboursé 22,50 €",
    )
