"""What the patient is covered by, and what an answer must echo."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.builders import (
    V3,
    Json,
    concept,
    couverture_classe,
    coverage,
    organization,
    ours,
    patient,
    read,
    ref,
    visit,
    warnings_of,
)

from parcours.domain.facts import Couverture
from parcours.fhir.reading import Lecture


def kinds(*resources: Json) -> set[Couverture]:
    return set(read(visit(*resources)).visite.couvertures)


@pytest.mark.parametrize("kind", list(Couverture))
def test_every_kind_of_coverage_is_read(kind: Couverture) -> None:
    lecture = read(visit(coverage("cov", kind.value)))
    assert lecture.visite.couvertures == {kind}
    assert (
        lecture.visite.origines[f"patient.couverture:{kind}"].chemin
        == "Bundle.entry[5].resource.extension[0]"
    )


def test_an_unknown_kind_is_named_as_unknown() -> None:
    assert "code-inconnu" in warnings_of(read(visit(coverage("cov", "zorglub"))))


SILENT = {
    "cancelled": coverage("cov", "c2s", status="cancelled"),
    "a draft": coverage("cov", "c2s", status="draft"),
    "an error": coverage("cov", "c2s", status="entered-in-error"),
    "over": coverage("cov", "c2s", period={"end": "2026-02-16"}),
    "to come": coverage("cov", "c2s", period={"start": "2026-02-18"}),
    "somebody else's": coverage("cov", "c2s", beneficiary=ref("Patient/autre")),
}


@pytest.mark.parametrize("one", SILENT.values(), ids=SILENT)
def test_a_coverage_that_does_not_hold_that_day_says_nothing(one: Json) -> None:
    lecture = read(visit(one))
    assert lecture.visite.couvertures == frozenset()
    assert lecture.contexte.coverages == ()


CLASSES: list[tuple[str, str, set[Couverture]]] = [
    ("01", "351", set()),
    ("01", "976", {Couverture.MAYOTTE}),
    ("01", "928", {Couverture.CAMIEG}),
    ("02", "928", set()),
]


@pytest.mark.parametrize(("regime", "caisse", "expected"), CLASSES)
def test_regime_and_caisse(regime: str, caisse: str, expected: set[Couverture]) -> None:
    one = coverage(**{"class": [couverture_classe("regime", regime), couverture_classe("caisse", caisse)]})
    lecture = read(visit(one))
    assert (lecture.visite.regime, lecture.visite.caisse) == (regime, caisse)
    assert lecture.visite.couvertures == expected
    assert warnings_of(lecture) == set()


@pytest.mark.parametrize("system", [f"{V3}/coverage-class", f"{V3}/v3-ActCode"])
def test_a_class_of_another_system_is_no_regime(system: str) -> None:
    one = {"type": concept((system, "regime")), "value": "01"}
    assert read(visit(coverage(**{"class": [one]}))).visite.regime is None


def test_a_class_may_be_coded_in_other_systems_too() -> None:
    both = couverture_classe("regime", "01")
    both["type"]["coding"].insert(0, {"system": f"{V3}/v3-ActCode", "code": "AMB"})
    assert read(visit(coverage(**{"class": [both]}))).visite.regime == "01"


@pytest.mark.parametrize(("caisse", "kind"), [("976", Couverture.MAYOTTE), ("928", Couverture.CAMIEG)])
def test_a_coverage_told_by_the_caisse_is_told_by_its_place(caisse: str, kind: Couverture) -> None:
    second = coverage(
        "cov2", **{"class": [couverture_classe("regime", "01"), couverture_classe("caisse", caisse)]}
    )
    origines = read(visit(coverage(), second)).visite.origines
    assert origines[f"patient.couverture:{kind}"].chemin == "Bundle.entry[6].resource.class"


def test_two_regimes_leave_it_unknown() -> None:
    covers = [coverage(f"c{n}", **{"class": [couverture_classe("regime", n)]}) for n in ("01", "02")]
    lecture = read(visit(*covers))
    assert lecture.visite.regime is None
    assert "fait-suppose" in warnings_of(lecture)


def condition(**elements: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": "ald",
        "category": [ours("pds-cs-couverture", "ald")],
        "subject": ref("Patient/pat"),
        **elements,
    }


def clinical(code: str) -> Json:
    return {"clinicalStatus": concept((f"{V3}/condition-clinical", code))}


def verification(code: str) -> Json:
    return {"verificationStatus": concept((f"{V3}/condition-ver-status", code))}


ALD: dict[str, tuple[Json, bool]] = {
    "stated": (condition(), True),
    "active": (condition(**clinical("active")), True),
    "resolved, nobody knows when": (condition(**clinical("resolved")), False),
    "resolved before": (condition(abatementDateTime="2026-02-16", **clinical("resolved")), False),
    "resolved since": (condition(abatementDateTime="2026-03-01", **clinical("resolved")), True),
    "resolved this year": (condition(abatementDateTime="2026", **clinical("resolved")), True),
    "over, that very day": (condition(abatementDateTime="2026-02-17", **clinical("resolved")), True),
    "inactive": (condition(**clinical("inactive")), False),
    "in remission": (condition(**clinical("remission")), False),
    "resolved, in two systems": (
        condition(clinicalStatus=concept(("x", "y"), (f"{V3}/condition-clinical", "resolved"))),
        False,
    ),
    "since that very day": (condition(onsetDateTime="2026-02-17"), True),
    "to come": (condition(onsetDateTime="2026-02-18"), False),
    "since that month": (condition(onsetDateTime="2026-02"), True),
    "refuted": (condition(**verification("refuted")), False),
    "an error": (condition(**verification("entered-in-error")), False),
    "somebody else's": (condition(subject=ref("Patient/autre")), False),
    "another kind of illness": (condition(category=[concept(("x", "ald"))]), False),
    "another list's": (condition(category=[ours("pds-cs-plan", "ald")]), False),
    "another coverage": (condition(category=[ours("pds-cs-couverture", "c2s")]), False),
}


@pytest.mark.parametrize(("one", "expected"), ALD.values(), ids=ALD)
def test_a_long_term_illness_may_be_a_condition(one: Json, expected: bool) -> None:
    assert (Couverture.ALD in kinds(one)) == expected


PAYERS: dict[str, tuple[list[Json], str]] = {
    "by name": ([{"display": "CPAM des Yvelines"}], "CPAM des Yvelines"),
    "by its resource": ([ref("Organization/lieu")], "Structure"),
    "elsewhere": ([ref("Organization/ailleurs")], "Assurance maladie obligatoire"),
    "the patient": ([ref("Patient/pat")], "Assurance maladie obligatoire"),
}


@pytest.mark.parametrize(("payors", "name"), PAYERS.values(), ids=PAYERS)
def test_who_pays(payors: list[Json], name: str) -> None:
    assert read(visit(coverage(payor=payors), organization())).contexte.insurer == name


def test_without_coverage_the_insurer_is_the_compulsory_one() -> None:
    assert read(visit()).contexte.insurer == "Assurance maladie obligatoire"


def text(lecture: Lecture, name: str) -> str | None:
    reference = getattr(lecture.contexte, name)
    return reference.reference if reference else None


def test_what_an_answer_must_echo() -> None:
    lecture = read(visit(coverage("cov", "amo")))
    assert text(lecture, "patient") == "Patient/pat"
    assert text(lecture, "encounter") == "Encounter/enc"
    assert text(lecture, "praticien") == "PractitionerRole/role-doc"
    assert text(lecture, "claim") is None
    assert [ref.reference for ref in lecture.contexte.coverages] == ["Coverage/cov"]


def test_the_patient_of_the_visit_is_echoed_even_when_he_did_not_come() -> None:
    lecture = read(visit(patient("autre"), subject=ref("Patient/ailleurs")))
    assert text(lecture, "patient") == "Patient/ailleurs"


def test_a_coverage_of_a_patient_who_did_not_come_is_his_all_the_same() -> None:
    document = visit(
        coverage("cov", "c2s", beneficiary=ref("Patient/ailleurs")), subject=ref("Patient/ailleurs")
    )
    assert read(document).visite.couvertures == {Couverture.C2S}
