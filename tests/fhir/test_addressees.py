"""Whom referrals and plans name, who wrote them, and by which place each is told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.builders import (
    DOC,
    G15,
    MT,
    R38,
    Json,
    by_rpps,
    concept,
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

from parcours.domain.facts import Fait, NaturePlan

BASED_ON = {"basedOn": [ref("ServiceRequest/adr")]}
IN_WORDS = {"text": "adressage"}


def count(*more: Json, **elements: Any) -> int:
    return len(read(visit(*more, **elements)).visite.adressages)


# ---------------------------------------------------------------- what a referral is

CATEGORIES: dict[str, tuple[list[Json], int, bool]] = {
    "known": ([ours("pds-cs-adressage", "suivi")], 1, False),
    "known, after words": ([IN_WORDS, ours("pds-cs-adressage", "suivi")], 1, False),
    "known and unknown": ([ours("pds-cs-adressage", c) for c in ("suivi", "zorglub")], 1, True),
    "unknown": ([ours("pds-cs-adressage", "zorglub")], 0, True),
    "of another list of ours": ([ours("pds-cs-plan", "adressage")], 0, False),
}


@pytest.mark.parametrize(("category", "read_", "said"), CATEGORIES.values(), ids=CATEGORIES)
def test_what_makes_a_request_a_referral(category: list[Json], read_: int, said: bool) -> None:
    lecture = read(visit(request(category=category)))
    assert len(lecture.visite.adressages) == read_
    assert ("code-inconnu" in warnings_of(lecture)) is said


# ---------------------------------------------------------------- to whom


def test_a_referral_to_the_very_activity_of_the_visit_is_to_it_though_it_names_nobody() -> None:
    service, other = role("service", None), role("other", None)
    there = [participant("PractitionerRole/service")]
    assert count(request(performer=[ref("PractitionerRole/service")]), service, participant=there) == 1
    assert count(request(performer=[ref("PractitionerRole/other")]), service, other, participant=there) == 0


def to(*codes: tuple[str, str]) -> Json:
    """A referral to whoever has this profession or specialty."""
    anybody = {key: value for key, value in request().items() if key != "performer"}
    return {**anybody, "performerType": concept(*codes)}


# SM48 and SM14, rheumatology and visceral surgery, are two disciplines that the law calls by one name.
ASKED: dict[str, tuple[tuple[tuple[str, str], ...], tuple[str, str], int]] = {
    "a midwife": (((G15, "50"),), (G15, "50"), 1),
    "a midwife, of a nurse": (((G15, "60"),), (G15, "50"), 0),
    "a doctor, of a midwife": (((G15, "50"),), (R38, "SM48"), 0),
    "a midwife, of a doctor": (((G15, "10"), (R38, "SM48")), (G15, "50"), 0),
    "his discipline": (((G15, "10"), (R38, "SM48")), (R38, "SM48"), 1),
    "another discipline of the same kind": (((G15, "10"), (R38, "SM48")), (R38, "SM14"), 0),
    "a discipline of another kind": (((G15, "10"), (R38, "SM48")), (R38, "SM54"), 0),
    "his kind, which the law knows": (((G15, "10"), (R38, "SM54")), (R38, "SM54"), 1),
}


@pytest.mark.parametrize(("practised", "asked", "found"), ASKED.values(), ids=ASKED)
def test_a_referral_to_a_profession_or_a_discipline(
    practised: tuple[tuple[str, str], ...], asked: tuple[str, str], found: int
) -> None:
    assert count(to(asked), practitioner("doc", DOC, *practised)) == found


# ---------------------------------------------------------------- by which place


def places(*more: Json, **elements: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Where the facts of the first referral were read, and where missing ones would be."""
    visite = read(visit(*more, **elements)).visite
    facts = [
        Fait.ADRESSAGE,
        Fait.PRESCRIPTEUR,
        Fait.ADRESSAGE_DATE,
        Fait.PRESCRIPTEUR_PROFESSION,
        Fait.PRESCRIPTEUR_SPECIALITE,
    ]
    origines = {str(fact): visite.origines[fact].chemin for fact in facts if fact in visite.origines}
    return origines, {str(fact): visite.chemins[fact] for fact in facts}


HERE, THERE = "Bundle.entry[5].resource", "Bundle.entry.resource.ofType(ServiceRequest)"
AUTHOR, HIS_ROLE = "Bundle.entry[4].resource", "Bundle.entry[6].resource"


def test_a_referral_and_its_author_are_told_by_their_places() -> None:
    origines, chemins = places(request(), **BASED_ON)
    assert origines == {
        Fait.ADRESSAGE: HERE,
        Fait.PRESCRIPTEUR: f"{HERE}.requester",
        Fait.ADRESSAGE_DATE: f"{HERE}.authoredOn",
        Fait.PRESCRIPTEUR_PROFESSION: f"{AUTHOR}.qualification[1]",
        Fait.PRESCRIPTEUR_SPECIALITE: f"{AUTHOR}.qualification[1]",
    }
    assert chemins == {
        Fait.ADRESSAGE: "Bundle.entry[0].resource.basedOn",
        Fait.PRESCRIPTEUR: f"{HERE}.requester",
        Fait.ADRESSAGE_DATE: f"{HERE}.authoredOn",
        Fait.PRESCRIPTEUR_PROFESSION: f"{AUTHOR}.qualification",
        Fait.PRESCRIPTEUR_SPECIALITE: f"{AUTHOR}.qualification",
    }


def test_the_specialty_of_an_author_would_be_in_his_one_activity() -> None:
    _, chemins = places(request(), role("role-mt", "mt"), **BASED_ON)
    assert chemins[Fait.PRESCRIPTEUR_SPECIALITE] == f"{HIS_ROLE}.specialty"
    assert chemins[Fait.PRESCRIPTEUR_PROFESSION] == f"{AUTHOR}.qualification"
    _, chemins = places(request(), role("role-mt", "mt"), role("second", "mt"), **BASED_ON)
    assert chemins[Fait.PRESCRIPTEUR_SPECIALITE] == f"{AUTHOR}.qualification"


def test_a_referral_that_did_not_come_is_told_by_who_names_it() -> None:
    origines, chemins = places(**BASED_ON)
    assert origines == {Fait.ADRESSAGE: "Bundle.entry[0].resource.basedOn[0]"}
    assert chemins[Fait.PRESCRIPTEUR] == f"{THERE}.requester"
    assert chemins[Fait.ADRESSAGE_DATE] == f"{THERE}.authoredOn"


def test_an_author_and_a_day_nobody_gave_have_no_place() -> None:
    bare = {key: value for key, value in request().items() if key not in ("requester", "authoredOn")}
    origines, chemins = places(bare, **BASED_ON)
    assert origines == {Fait.ADRESSAGE: HERE}
    assert chemins[Fait.PRESCRIPTEUR] == f"{HERE}.requester"


# ---------------------------------------------------------------- plans


def plan(*natures: str, **elements: Any) -> Json:
    return {
        "resourceType": "CarePlan",
        "id": "plan",
        "status": "active",
        "intent": "plan",
        "category": [ours("pds-cs-plan", nature) for nature in natures or ("sequence",)],
        "subject": ref("Patient/pat"),
        "author": ref("Practitioner/mt"),
        "contributor": [ref("Practitioner/doc")],
        **elements,
    }


NATURES: dict[str, tuple[list[str], list[NaturePlan], bool]] = {
    "one": (["sequence"], [NaturePlan("sequence")], False),
    "two": (["plan-de-soins", "sequence"], [NaturePlan("plan-de-soins"), NaturePlan("sequence")], False),
    "twice the same": (["sequence", "sequence"], [NaturePlan("sequence")], False),
    "one of them unknown": (["zorglub", "sequence"], [NaturePlan("sequence")], True),
    "none known": (["zorglub"], [], True),
}


@pytest.mark.parametrize(("stated", "expected", "said"), NATURES.values(), ids=NATURES)
def test_what_a_plan_is(stated: list[str], expected: list[NaturePlan], said: bool) -> None:
    lecture = read(visit(plan(*stated)))
    assert [found.nature for found in lecture.visite.plans] == expected
    assert [found.destinataire_incertain for found in lecture.visite.plans] == [None] * len(expected)
    assert ("code-inconnu" in warnings_of(lecture)) is said


PERIODS: list[tuple[Json, int]] = [
    ({"start": "2026-02-17"}, 1),
    ({"start": "2026-02-18"}, 0),
    ({"end": "2026-02-17"}, 1),
    ({"end": "2026-02-16"}, 0),
]


@pytest.mark.parametrize(("period", "found"), PERIODS)
def test_a_plan_holds_on_its_first_day_and_on_its_last(period: Json, found: int) -> None:
    assert len(read(visit(plan(period=period))).visite.plans) == found


WRITTEN: dict[str, tuple[Json, list[Json], list[str | None]]] = {
    "by two": (ref("Practitioner/mt"), [ref("Practitioner/doc")], [MT, DOC]),
    "by one, named twice": (ref("Practitioner/doc"), [ref("Practitioner/doc")], [DOC]),
    "by somebody elsewhere": (ref("Practitioner/ailleurs"), [ref("Practitioner/doc")], [None, DOC]),
    "by a number": (by_rpps(MT), [ref("Practitioner/doc")], [MT, DOC]),
    "by a name": ({"display": "Dr Quelqu'un"}, [ref("Practitioner/doc")], [DOC]),
}


@pytest.mark.parametrize(("author", "others", "numbers"), WRITTEN.values(), ids=WRITTEN)
def test_who_wrote_a_plan(author: Json, others: list[Json], numbers: list[str | None]) -> None:
    (found,) = read(visit(plan(author=author, contributor=others))).visite.plans
    assert [medecin.rpps for medecin in found.auteurs] == numbers


def test_a_member_or_an_activity_that_names_nobody_is_passed_over() -> None:
    team = {
        "resourceType": "CareTeam",
        "id": "equipe",
        "participant": [{"role": [IN_WORDS]}, {"member": ref("Practitioner/doc")}],
    }
    named = plan(careTeam=[ref("CareTeam/equipe")], activity=[{"progress": [{"text": "x"}]}])
    alone = {key: value for key, value in named.items() if key not in ("author", "contributor")}
    (found,) = read(visit(alone, team)).visite.plans
    assert (found.auteurs, found.destinataire_incertain) == ((), None)
    nobody = {**team, "participant": [{"role": [IN_WORDS]}]}
    assert read(visit(alone, nobody)).visite.plans == ()
