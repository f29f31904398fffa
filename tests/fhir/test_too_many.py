"""Who may be the médecin traitant is tried one by one: how many may be named is bounded, as acts are."""

import pytest
from tests.fhir.builders import (
    DOC,
    Json,
    by_rpps,
    encode,
    organization,
    ours,
    practitioner,
    read,
    ref,
    request,
    role,
    visit,
)

from parcours.errors import InputError
from parcours.fhir.reading import MAX_PERSONNES, read_request


def people(count: int) -> list[Json]:
    return [by_rpps(f"1010{number:07}") for number in range(count)]


def plan(authors: list[Json]) -> Json:
    return {
        "resourceType": "CarePlan",
        "id": "plan",
        "status": "active",
        "intent": "plan",
        "category": [ours("pds-cs-plan", "plan-de-soins")],
        "subject": ref("Patient/pat"),
        "period": {"start": "2025-01-01"},
        "contributor": authors,
        "activity": [{"detail": {"status": "scheduled", "performer": [ref("PractitionerRole/role-doc")]}}],
    }


def letters(count: int) -> list[Json]:
    return [request(f"adr{number}", who) for number, who in enumerate(people(count))]


def neighbours(count: int) -> list[Json]:
    here = {"organization": ref("Organization/lieu")}
    others = [
        one
        for number in range(count)
        for one in (practitioner(f"p{number}", f"1010{number:07}"), role(f"r{number}", f"p{number}", **here))
    ]
    return [organization(), role(**here), *others]


def resting_on(count: int) -> list[Json]:
    """A referral, and as many requests it goes back to, which are no referrals of themselves."""
    earlier = [{**request(f"r{number}"), "category": [{"text": "x"}]} for number in range(count)]
    return [request("late", basedOn=[ref(f"ServiceRequest/{one['id']}") for one in earlier]), *earlier]


MANY: dict[str, list[Json]] = {
    "authors of a plan": [plan(people(MAX_PERSONNES + 1))],
    "referrals": letters(MAX_PERSONNES + 1),
    "neighbours": neighbours(MAX_PERSONNES + 1),
    "each in part": [plan(people(40)), *letters(40), *neighbours(MAX_PERSONNES - 79)],
    "referrals and those they go back to": [*letters(MAX_PERSONNES - 20), *resting_on(20)],
}


@pytest.mark.parametrize("named", MANY.values(), ids=MANY)
def test_more_people_than_a_visit_can_have_are_refused(named: list[Json]) -> None:
    with pytest.raises(InputError) as refused:
        read_request(encode(visit(*named)))
    assert [problem.code for problem in refused.value.problems] == ["too-long"]


ENOUGH: dict[str, list[Json]] = {
    "each in part": [plan(people(40)), *letters(40), *neighbours(MAX_PERSONNES - 80)],
    "referrals and those they go back to": [*letters(MAX_PERSONNES - 21), *resting_on(20)],
}


@pytest.mark.parametrize("named", ENOUGH.values(), ids=ENOUGH)
def test_as_many_as_a_visit_can_have_are_read(named: list[Json]) -> None:
    assert {problem.code for problem in read(visit(*named)).problems} == {"not-found"}


def test_as_many_as_that_are_read_and_one_author_counts_once() -> None:
    visite = read(visit(plan(people(MAX_PERSONNES)))).visite
    assert len(visite.plans[0].auteurs) == MAX_PERSONNES
    again = read(visit(plan([by_rpps(DOC)] * (2 * MAX_PERSONNES)))).visite
    assert len(again.plans[0].auteurs) == 1
