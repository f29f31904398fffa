"""Referrals and plans: from whom, for whom, to whom, when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.fhir.builders import (
    AUTRE,
    DOC,
    G15,
    G100,
    HOST,
    MT,
    R02,
    R38,
    Json,
    by_rpps,
    concept,
    ext,
    organization,
    ours,
    participant,
    practitioner,
    read,
    ref,
    request,
    role,
    visit,
    warnings_of,
)

from parcours.domain.facts import Adressage, Fait, NaturePlan, Profession, Specialite
from parcours.errors import UnreadableBundle

BASED_ON = {"basedOn": [ref("ServiceRequest/adr")]}
RHEUMATOLOGIST = practitioner("doc", DOC, (G15, "10"), (R38, "SM48"))
UNKNOWN = Adressage(prescripteur=None, date=None)


def referrals(*more: Json, **elements: Any) -> tuple[Adressage, ...]:
    return read(visit(*more, **elements)).visite.adressages


def test_a_referral_the_visit_names_needs_neither_category_nor_addressee() -> None:
    bare = {k: v for k, v in request().items() if k not in ("category", "performer")}
    lecture = read(visit(bare, **BASED_ON))
    (found,) = lecture.visite.adressages
    assert found.prescripteur is not None
    assert (found.prescripteur.medecin.rpps, found.date) == (MT, dt.date(2026, 1, 20))
    assert (found.prescripteur.profession, found.prescripteur.specialite) == (
        Profession.MEDECIN,
        Specialite.GENERALISTE,
    )
    origines = lecture.visite.origines
    assert origines["visite.adressage"].chemin == "Bundle.entry[5].resource"
    assert origines["visite.adressage"].date == dt.date(2026, 1, 20)
    assert origines["adressage.specialite"].chemin == "Bundle.entry[4].resource.qualification[1]"
    assert lecture.visite.chemins["adressage.date"] == "Bundle.entry[5].resource.authoredOn"


def test_a_referral_named_and_addressed_counts_once() -> None:
    assert len(referrals(request(), **BASED_ON)) == 1


ADDRESSED: dict[str, tuple[Json, int]] = {
    "to his activity": (request(), 1),
    "to himself": (request(performer=[ref("Practitioner/doc")]), 1),
    "to his number": (request(performer=[by_rpps(DOC)]), 1),
    "to somebody else": (request(performer=[ref("Practitioner/mt")]), 0),
    "to nobody": (request(performer=[]), 0),
    "to a structure": (request(performer=[ref("Organization/lieu")]), 0),
    "to somebody else and him": (request(performer=[ref("Practitioner/mt"), ref("Practitioner/doc")]), 1),
    "for an opinion": (request(category=[ours("pds-cs-adressage", "avis-ponctuel")]), 1),
    "for follow-up": (request(category=[ours("pds-cs-adressage", "suivi")]), 1),
    "without category": (request(category=[]), 0),
    "for something else": (request(category=[concept(("http://x.example", "adressage"))]), 0),
    "completed": (request(status="completed"), 1),
    "on hold": (request(status="on-hold"), 1),
    "a draft": (request(status="draft"), 0),
    "revoked": (request(status="revoked"), 0),
    "an error": (request(status="entered-in-error"), 0),
    "not to be done": (request(doNotPerform=True), 0),
    "for somebody else": (request(subject=ref("Patient/autre")), 0),
    "by the patient himself": (request(requester=ref("Patient/pat")), 0),
    "by a parent": (request(requester=ref("RelatedPerson/parent")), 0),
    "by a device": (request(requester=ref("Device/d")), 0),
    "on the day": (request(authoredOn="2026-02-17"), 1),
    "at the hour": (request(authoredOn="2026-02-17T22:59:59Z"), 1),
    "the day after": (request(authoredOn="2026-02-17T23:00:00Z"), 0),
}


@pytest.mark.parametrize(("one", "count"), ADDRESSED.values(), ids=ADDRESSED)
def test_which_referrals_count(one: Json, count: int) -> None:
    one = {key: value for key, value in one.items() if value != []}
    document = visit(one, organization(), RHEUMATOLOGIST)
    assert len(read(document).visite.adressages) == count


def test_a_referral_written_afterwards_is_said_to_be() -> None:
    lecture = read(visit(request(authoredOn="2026-02-18"), **BASED_ON))
    assert lecture.visite.adressages == ()
    assert "adressage-posterieur" in warnings_of(lecture)


def test_a_referral_for_another_patient_is_said_to_be() -> None:
    lecture = read(visit(request(subject=ref("Patient/autre")), **BASED_ON))
    assert lecture.visite.adressages == ()
    assert [p.expression for p in lecture.problems] == ["Bundle.entry[5].resource.subject"]


def test_an_unknown_category_of_ours_is_named_as_unknown() -> None:
    assert "code-inconnu" in warnings_of(read(visit(request(category=[ours("pds-cs-adressage", "zorglub")]))))


@pytest.mark.parametrize("written", ["2026-01", "2026", None])
def test_a_referral_without_a_full_date_has_none(written: str | None) -> None:
    one = {key: value for key, value in request(authoredOn=written).items() if value is not None}
    (found,) = referrals(one)
    assert found.date is None
    assert found.prescripteur is not None


def test_a_referral_that_did_not_come_exists_and_its_author_is_unknown() -> None:
    lecture = read(visit(**BASED_ON))
    assert lecture.visite.adressages == (UNKNOWN,)
    assert [p.code for p in lecture.problems] == ["not-found"]


AUTHORS: dict[str, tuple[Json, str | None, str | None]] = {
    "by number": (by_rpps(AUTRE), AUTRE, f"https://rpps.esante.gouv.fr|{AUTRE}"),
    "elsewhere": (ref("Practitioner/ailleurs"), None, f"{HOST}/Practitioner/ailleurs"),
    "elsewhere, with a number": (
        {**ref("Practitioner/ailleurs"), **by_rpps(AUTRE)},
        AUTRE,
        f"{HOST}/Practitioner/ailleurs",
    ),
}


@pytest.mark.parametrize(("author", "number", "key"), AUTHORS.values(), ids=AUTHORS)
def test_an_author_who_did_not_come_keeps_what_designates_him(author: Json, number: str, key: str) -> None:
    (found,) = referrals(request(requester=author))
    assert found.prescripteur is not None
    assert (found.prescripteur.medecin.rpps, found.prescripteur.medecin.ressource) == (number, key)
    assert found.prescripteur.profession is None


@pytest.mark.parametrize("author", [{"display": "Dr Quelqu'un"}, ref("Organization/lieu")])
def test_an_author_nobody_can_tell_is_unknown(author: Json) -> None:
    (found,) = referrals(request(requester=author), organization())
    assert found.prescripteur is None


def test_an_organization_that_did_not_come_is_taken_for_no_doctor() -> None:
    lecture = read(visit(request(requester=ref("Organization/ailleurs"))))
    assert [found.prescripteur for found in lecture.visite.adressages] == [None]
    assert lecture.problems == ()


def test_the_author_is_judged_on_the_day_he_wrote() -> None:
    installed = ext("pds-ext-premiere-installation", valueDate="2024-01-01")
    then = role(
        "then", "mt", period={"end": "2026-01-31"}, extension=[installed], organization=ref("Organization/h")
    )
    now = role("now", "mt", period={"start": "2026-02-01"})
    army = organization(
        "h", (R02, "SA02"), extension=[ext("pds-ext-zone-sous-dense", valueDate="2020-01-01")]
    )
    (found,) = referrals(request(), then, now, army)
    assert found.prescripteur is not None
    assert found.prescripteur.premiere_installation == dt.date(2024, 1, 1)
    assert found.prescripteur.lieu_zone_depuis == dt.date(2020, 1, 1)
    assert found.prescripteur.armees


MIDWIFE = practitioner("mt", MT, (G15, "50"))
IPA = practitioner("mt", MT, (G15, "60"), (R38, "SI01"))


@pytest.mark.parametrize(
    ("author", "profession"),
    [(MIDWIFE, Profession.SAGE_FEMME), (IPA, Profession.INFIRMIER_PRATIQUE_AVANCEE)],
)
def test_midwives_and_advanced_practice_nurses_refer_too(author: Json, profession: Profession) -> None:
    (found,) = referrals(request(), author)
    assert found.prescripteur is not None
    assert found.prescripteur.profession is profession


# ---------------------------------------------------------------- to a specialty

TO_SPECIALTY = [
    ((R38, "SM48"), 1, False),
    ((G100, "14"), 1, False),
    ((R38, "SM14"), 0, False),
    ((R38, "SM38"), 0, False),
    ((G15, "50"), 0, False),
    ((R38, "SM99"), 1, True),
    (("http://snomed.info/sct", "1"), 1, True),
]


@pytest.mark.parametrize(("code", "count", "unknown"), TO_SPECIALTY)
def test_a_referral_to_a_specialty(code: tuple[str, str], count: int, unknown: bool) -> None:
    one = {k: v for k, v in request(performerType=concept(code)).items() if k != "performer"}
    found = referrals(one, RHEUMATOLOGIST)
    assert len(found) == count
    assert [a.destinataire_incertain for a in found] == ["visite.adressage" if unknown else None] * count


def test_a_referral_to_an_activity_without_a_name_is_to_its_specialty() -> None:
    in_words = {"text": "rhumatologie"}
    service = role("service", None, specialty=[in_words, concept((R38, "SM48"))])
    one = request(performer=[ref("PractitionerRole/service")])
    assert len(referrals(one, service, RHEUMATOLOGIST)) == 1
    assert referrals(one, service) == ()


def test_to_whom_a_referral_is_addressed_is_unknown_when_the_specialty_is() -> None:
    one = {k: v for k, v in request(performerType=concept((R38, "SM48"))).items() if k != "performer"}
    assert doubts(one, practitioner("doc", DOC, (G15, "10"))) == ["medecin.specialite"]
    assert doubts(one, practitioner("doc", DOC, (G15, "50"))) == []
    assert doubts(one, participant=[]) == ["visite.medecin"]
    assert doubts(request(), participant=[]) == ["visite.medecin"]


def test_a_referral_whose_addressee_is_in_doubt_keeps_its_author_and_says_where_to_look() -> None:
    lecture = read(visit(request(performer=[ref("Practitioner/nowhere")]), RHEUMATOLOGIST))
    (found,) = lecture.visite.adressages
    assert found.prescripteur is not None
    assert (found.prescripteur.medecin.rpps, found.destinataire_incertain) == (MT, "visite.adressage")
    assert lecture.visite.chemins["visite.adressage"].endswith(".performer")


def doubts(*more: Json, **elements: Any) -> list[str | None]:
    return [a.destinataire_incertain for a in referrals(*more, **elements)]


def test_a_broken_referral_to_this_patient_is_never_passed_over() -> None:
    with pytest.raises(UnreadableBundle):
        read(visit(request(performer="Practitioner/doc")))


# ---------------------------------------------------------------- chains


def test_the_referrals_a_referral_rests_on() -> None:
    first = request("premier", requester=ref("Practitioner/mt"))
    second = request(
        "adr", by_rpps(AUTRE), basedOn=[ref("ServiceRequest/premier"), ref("ServiceRequest/absent")]
    )
    found = referrals(first, second, **BASED_ON)[0]
    authors = [o.prescripteur.medecin.rpps if o.prescripteur else None for o in found.origines]
    assert authors == [MT, None]


def test_a_chain_that_bites_its_tail_ends() -> None:
    first = request("premier", basedOn=[ref("ServiceRequest/adr")])
    second = request("adr", basedOn=[ref("ServiceRequest/premier"), ref("ServiceRequest/adr")])
    (found,) = referrals({**first, "category": []} | {"category": [concept(("x", "y"))]}, second, **BASED_ON)
    assert len(found.origines) == 1
    assert found.origines[0].origines == ()


def test_each_request_of_a_web_of_requests_is_read_once() -> None:
    """Five layers of five, each based on all of the next: three thousand paths, twenty-one requests."""
    layers = [[f"l{layer}n{n}" for n in range(1 if layer == 0 else 5)] for layer in range(5)]
    web = [
        request(name, category=[concept(("x", "y"))], basedOn=[ref(f"ServiceRequest/{n}") for n in after])
        for names, after in zip(layers, [*layers[1:], []], strict=True)
        for name in names
    ]
    (found,) = referrals(*web, basedOn=[ref("ServiceRequest/l0n0")])
    assert len(found.origines) == 20


def test_a_chain_too_long_to_be_real_ends_in_doubt() -> None:
    chain = [
        request(f"r{n}", category=[concept(("x", "y"))], basedOn=[ref(f"ServiceRequest/r{n + 1}")])
        for n in range(80)
    ]
    (found,) = referrals(*chain, basedOn=[ref("ServiceRequest/r0")])
    assert len(found.origines) == 51
    assert found.origines[-1] == UNKNOWN


# ---------------------------------------------------------------- plans


def plan(nature: str = "plan-de-soins", **elements: Any) -> Json:
    return {
        "resourceType": "CarePlan",
        "id": "plan",
        "status": "active",
        "intent": "plan",
        "category": [ours("pds-cs-plan", nature)],
        "subject": ref("Patient/pat"),
        "author": ref("Practitioner/mt"),
        "contributor": [ref("Practitioner/doc")],
        **elements,
    }


@pytest.mark.parametrize("nature", list(NaturePlan))
def test_plans_are_read_with_their_authors(nature: NaturePlan) -> None:
    visite = read(visit(plan(nature.value))).visite
    assert [(p.nature, [m.rpps for m in p.auteurs]) for p in visite.plans] == [(nature, [MT, DOC])]
    assert visite.origines[f"visite.plan:{nature}"].chemin == "Bundle.entry[5].resource"


def team(*members: Json) -> Json:
    return {
        "resourceType": "CareTeam",
        "id": "equipe",
        "status": "active",
        "subject": ref("Patient/pat"),
        "participant": [{"member": member} for member in members],
    }


ONLY_MT: dict[str, Any] = {"contributor": []}
PLANS: dict[str, tuple[Json, int]] = {
    "naming him": (plan(), 1),
    "by him": (plan(author=ref("PractitionerRole/role-doc"), contributor=[ref("Practitioner/mt")]), 1),
    "naming nobody": (plan(**ONLY_MT), 0),
    "naming him in an activity": (
        plan(
            activity=[{"detail": {"status": "scheduled", "performer": [ref("Practitioner/doc")]}}], **ONLY_MT
        ),
        1,
    ),
    "naming his specialty": (
        plan(
            activity=[{"detail": {"status": "scheduled", "performer": [ref("PractitionerRole/s")]}}],
            **ONLY_MT,
        ),
        1,
    ),
    "naming him in a team": (plan(careTeam=[ref("CareTeam/equipe")], **ONLY_MT), 1),
    "a draft": (plan(status="draft"), 0),
    "completed": (plan(status="completed"), 0),
    "an error": (plan(status="entered-in-error"), 0),
    "over": (plan(period={"end": "2026-02-16"}), 0),
    "over, a month": (plan(period={"end": "2026-02"}), 1),
    "to come": (plan(period={"start": "2026-02-18"}), 0),
    "for somebody else": (plan(subject=ref("Patient/autre")), 0),
    "of another kind": (plan(category=[concept(("x", "sequence"))]), 0),
    "of an unknown kind": (plan("zorglub"), 0),
}


@pytest.mark.parametrize(("one", "count"), PLANS.values(), ids=PLANS)
def test_which_plans_hold(one: Json, count: int) -> None:
    one = {key: value for key, value in one.items() if value != []}
    service = role("s", None, specialty=[concept((R38, "SM48"))])
    document = visit(one, team(ref("PractitionerRole/role-doc")), service, RHEUMATOLOGIST)
    assert len(read(document).visite.plans) == count


def test_the_professional_consulted_may_be_named_by_number_alone() -> None:
    found = referrals(
        request(performer=[by_rpps(DOC)]),
        participant=[participant("Practitioner/ailleurs")],
        **BASED_ON,
    )
    assert len(found) == 1


def test_a_plan_that_may_name_him_is_in_doubt_not_dropped() -> None:
    """Were the plan dropped when the specialty is hidden, the answer would turn to "hors"."""
    by_specialty = plan(
        activity=[{"detail": {"status": "scheduled", "performer": [ref("PractitionerRole/s")]}}], **ONLY_MT
    )
    service = role("s", None, specialty=[concept((R38, "SM48"))])
    hidden = practitioner("doc", DOC, (G15, "10"))
    assert plan_doubts(by_specialty, service, RHEUMATOLOGIST) == [None]
    assert plan_doubts(by_specialty, service, hidden) == ["medecin.specialite"]
    assert plan_doubts(plan(), participant=[]) == ["visite.medecin"]
    assert plan_doubts(plan(contributor=[ref("Practitioner/nowhere")]), RHEUMATOLOGIST) == ["visite.plan"]


def test_a_plan_entered_in_error_is_told_and_left_aside() -> None:
    told = read(visit(plan(status="entered-in-error")))
    assert ("business-rule", "Bundle.entry[5].resource") in [(p.code, p.expression) for p in told.problems]


def plan_doubts(*more: Json, **elements: Any) -> list[str | None]:
    return [p.destinataire_incertain for p in read(visit(*more, **elements)).visite.plans]


def test_a_letter_that_the_visit_names_and_that_is_not_there_is_told_by_its_place() -> None:
    told = read(visit(basedOn=[ref("ServiceRequest/absent")]))
    assert "Bundle.entry[0].resource.basedOn[0]" in [problem.expression for problem in told.problems]
    assert told.visite.origines[Fait.ADRESSAGE].chemin == "Bundle.entry[0].resource.basedOn[0]"
