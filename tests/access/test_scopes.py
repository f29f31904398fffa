"""Scopes: what each of them lets a client do, and what is granted of those it asks for."""

from __future__ import annotations

import pytest

from parcours.clients.scopes import EVERYTHING, OPERATIONS, SUPPORTED, WHOLE, granted, rights, rights_of


@pytest.mark.parametrize(
    ("scope", "meant"),
    [
        ("system/Task.r", {"system/Task.r"}),
        ("system/Task.crus", {"system/Task.c", "system/Task.r", "system/Task.u", "system/Task.s"}),
        ("system/Binary.rs", {"system/Binary.r"}),
        (WHOLE, EVERYTHING),
        (OPERATIONS, {OPERATIONS}),
        ("system/Task.sr", set()),
        ("system/Task.", set()),
        ("system/*", set()),
        ("user/Task.r", set()),
        ("system/Task.read", set()),
        ("system/Patient.r", set()),
    ],
)
def test_a_scope_means_what_smart_says_and_no_more_than_there_is(scope: str, meant: set[str]) -> None:
    assert rights(scope) == meant


def test_every_published_scope_means_something() -> None:
    assert all(rights(scope) for scope in SUPPORTED)
    assert rights_of(" ".join(SUPPORTED)) == EVERYTHING | {OPERATIONS}


@pytest.mark.parametrize(
    ("asked", "allowed", "given"),
    [
        (WHOLE, WHOLE, WHOLE),
        ("system/*.rs", "system/Task.rs", "system/Task.r system/Task.s"),
        ("system/Task.r system/Task.r", WHOLE, "system/Task.r"),
        ("system/Task.r openid", WHOLE, "system/Task.r"),
        (f"system/Task.r {OPERATIONS}", WHOLE, "system/Task.r"),
        ("system/Task.u", "system/Task.r", ""),
    ],
)
def test_what_is_granted_is_what_is_asked_for_as_far_as_it_is_allowed(
    asked: str, allowed: str, given: str
) -> None:
    assert granted(asked, rights_of(allowed)) == given
