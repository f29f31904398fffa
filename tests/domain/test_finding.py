"""Yes, no, unknown: Kleene's tables, and what a finding refuses."""

from __future__ import annotations

import itertools

import pytest

from parcours.domain.finding import (
    CONTRADICTED,
    NO,
    YES,
    Finding,
    all_of,
    any_of,
    known,
    known_or_missing,
    unknown,
)

A, B = unknown("a"), unknown("b")

AND = [
    (YES, YES, True), (YES, A, None), (YES, NO, False),
    (A, YES, None), (A, A, None), (A, NO, False),
    (NO, YES, False), (NO, A, False), (NO, NO, False),
]  # fmt: skip
OR = [
    (YES, YES, True), (YES, A, True), (YES, NO, True),
    (A, YES, True), (A, A, None), (A, NO, None),
    (NO, YES, True), (NO, A, None), (NO, NO, False),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "expected"), AND)
def test_and_is_kleenes(left: Finding, right: Finding, expected: bool | None) -> None:
    assert (left & right).holds is expected


@pytest.mark.parametrize(("left", "right", "expected"), OR)
def test_or_is_kleenes(left: Finding, right: Finding, expected: bool | None) -> None:
    assert (left | right).holds is expected


@pytest.mark.parametrize(("finding", "expected"), [(YES, False), (NO, True), (A, None)])
def test_not_is_kleenes(finding: Finding, expected: bool | None) -> None:
    assert (~finding).holds is expected


@pytest.mark.parametrize("findings", list(itertools.product([YES, NO, A, CONTRADICTED], repeat=3)))
def test_de_morgan_holds_for_every_three_findings(findings: tuple[Finding, ...]) -> None:
    left, right = ~any_of(*findings), all_of(*(~f for f in findings))
    assert (left.holds, left.missing) == (right.holds, right.missing)


def test_nothing_in_a_disjunction_is_no_and_in_a_conjunction_yes() -> None:
    assert any_of() == NO
    assert all_of() == YES


def test_a_doubt_names_what_every_doubtful_part_lacks() -> None:
    assert any_of(A, NO, B).missing == {"a", "b"}
    assert all_of(A, YES, B).missing == {"a", "b"}
    assert (~A).missing == {"a"}


def test_a_settled_finding_lacks_nothing() -> None:
    assert any_of(YES, A).missing == frozenset()
    assert all_of(NO, A).missing == frozenset()


def test_a_contradiction_is_a_no_that_is_remembered_until_something_settles_the_matter() -> None:
    assert CONTRADICTED.holds is False
    assert any_of(NO, CONTRADICTED).contradicted
    assert all_of(YES, CONTRADICTED).contradicted
    assert all_of(A, CONTRADICTED).contradicted
    assert not any_of(YES, CONTRADICTED).contradicted
    assert not any_of(A, CONTRADICTED).contradicted
    assert not all_of(YES, NO).contradicted


@pytest.mark.parametrize("finding", [YES, NO, A, CONTRADICTED])
def test_a_finding_is_never_taken_for_true_or_false(finding: Finding) -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(finding)


@pytest.mark.parametrize(
    ("holds", "expected"), [(True, YES), (False, NO), (None, unknown("f"))], ids=["yes", "no", "too vague"]
)
def test_a_fact_may_be_too_vague_to_say(holds: bool | None, expected: Finding) -> None:
    assert known_or_missing(holds, "f") == expected


def test_what_nobody_doubts() -> None:
    assert known(True) is YES
    assert known(False) is NO
