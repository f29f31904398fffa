"""Accesses in the store, on both kinds of database: given, found while they last, taken back, forgotten."""

from __future__ import annotations

import datetime as dt

from tests.store.databases import cluster, postgres_url, sqlite_url, store, url

from parcours.store import Store
from parcours.store.tokens import Given

__all__ = ["cluster", "postgres_url", "sqlite_url", "store", "url"]

NOW = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
GIVEN = Given("x", "nord", "system/Task.r")


def test_an_access_is_worth_what_it_was_given_for_while_it_lasts(store: Store) -> None:
    store.acces.give("jeton", GIVEN, NOW + 5 * MINUTE, NOW)
    assert store.acces.find("jeton", NOW + 4 * MINUTE) == GIVEN
    assert store.acces.find("jeton", NOW + 5 * MINUTE) is None
    assert store.acces.find("autre", NOW) is None


def test_an_access_is_taken_back_by_its_client_alone(store: Store) -> None:
    store.acces.give("jeton", GIVEN, NOW + 5 * MINUTE, NOW)
    store.acces.take_back("jeton", "y")
    assert store.acces.find("jeton", NOW) == GIVEN
    store.acces.take_back("jeton", "x")
    assert store.acces.find("jeton", NOW) is None


def test_what_is_over_goes_when_another_is_given(store: Store) -> None:
    store.acces.give("ancien", GIVEN, NOW + MINUTE, NOW)
    store.acces.give("nouveau", GIVEN, NOW + 7 * MINUTE, NOW + 2 * MINUTE)
    assert store.acces.find("ancien", NOW) is None, "forgotten, whatever the clock says"
    assert store.acces.find("nouveau", NOW + 3 * MINUTE) == GIVEN
