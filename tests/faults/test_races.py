"""Many at once: one declaration for one key, one winner for one version, whatever the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
import sqlalchemy as sa
from tests.faults.crowd import CROWD, TENANT, crowd
from tests.store.samples import move, nouvelle

from parcours.errors import StaleVersion
from parcours.store import Store
from parcours.store.records import Criteria


def test_fifty_equal_requests_at_once_make_one_declaration(url: str) -> None:
    Store.open(url).close()
    said = [line.split(" ") for line in crowd(url, "one key")]
    assert len(said) == 2 * CROWD
    assert len({id for id, _ in said}) == 1
    assert [created for _, created in said].count("True") == 1
    store = Store.join(url)
    assert store.declarations.search(TENANT, Criteria(), 99).total == 1
    store.close()


def test_fifty_requests_for_one_subject_leave_one_that_is_prepared(url: str) -> None:
    Store.open(url).close()
    said = [line.split(" ") for line in crowd(url, "a key each")]
    assert len({id for id, _ in said}) == 2 * CROWD
    store = Store.join(url)
    declarations = store.declarations
    assert declarations.search(TENANT, Criteria(), 99).total == 2 * CROWD
    assert declarations.search(TENANT, Criteria(etats=frozenset({"preparee"})), 99).total == 1
    store.close()


def test_without_its_locks_the_same_crowd_makes_several(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the two tests above: they would see it."""
    store = Store.open(postgres_url)
    with store._database.writer() as connection, connection.begin():
        connection.execute(sa.text("ALTER TABLE declaration DROP CONSTRAINT une_par_cle"))
        connection.execute(sa.text("DROP INDEX une_preparee_par_sujet"))
    monkeypatch.setattr("parcours.store.declarations.take_turns", lambda *_: None)
    together = Barrier(8)

    def create(_: int) -> None:
        together.wait(10)
        with suppress(sa.exc.MultipleResultsFound):  # what the others did has no place in this design
            store.declarations.create(TENANT, nouvelle())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(create, range(8)))
    assert store.declarations.search(TENANT, Criteria(), 99).total > 1
    store.close()


def test_of_two_moves_from_one_version_one_wins(url: str) -> None:
    store = Store.open(url)
    for round in range(5):
        dossier = store.declarations.create(TENANT, nouvelle(str(round))).dossier
        together = Barrier(2)

        def advance(etat: str, id: str = dossier.id, together: Barrier = together) -> str:
            together.wait(10)
            try:
                return store.declarations.advance(TENANT, id, 1, move(etat)).etat
            except StaleVersion:
                return "stale"

        with ThreadPoolExecutor(2) as threads:
            first, second = threads.map(advance, ["signee", "annulee"])
        assert [first, second].count("stale") == 1
        kept = store.declarations.read(TENANT, dossier.id)
        assert kept
        assert (kept.version, kept.etat) == (2, first if second == "stale" else second)
    store.close()


def test_two_servers_that_start_at_once_on_nothing_make_one_database(url: str) -> None:
    together = Barrier(4)

    def start(_: int) -> Store:
        together.wait(10)
        return Store.open(url)

    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(start, range(4)))
    for number, store in enumerate(stores):
        store.declarations.create(TENANT, nouvelle(str(number)))
    assert stores[0].declarations.search(TENANT, Criteria(), 99).total == 4
    for store in stores:
        store.close()
