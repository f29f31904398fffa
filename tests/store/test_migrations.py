"""Every database that was ever made becomes today's, with all that it held; one of tomorrow is left alone."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from alembic import op
from tests.store.samples import NOW, digest, nouvelle

from parcours.domain.declaration_states import EtatDeclaration
from parcours.errors import StoreUnusable
from parcours.store import Store, schema
from parcours.store.records import Criteria
from parcours.store.tables import SCHEMA

REVISIONS = [f"{number:04}" for number in range(1, int(SCHEMA))]
TENANT = "cabinet"


def at(url: str, revision: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A database as the program of that revision made it."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA", revision)
        return Store.open(url)


@pytest.mark.parametrize("revision", ["0001", REVISIONS[-1]])
def test_an_older_database_is_brought_up_to_date_with_all_that_it_held(
    url: str, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = at(url, revision, monkeypatch)
    given = nouvelle()
    made = old.declarations.create(TENANT, given).dossier
    assert old.jetons.use("issuer", "1", NOW + dt.timedelta(minutes=5), NOW)
    old.close()
    with pytest.raises(StoreUnusable, match="parcours serve"):
        Store.join(url)
    store = Store.open(url)
    assert store.declarations.read(TENANT, made.id) == made
    assert store.declarations.pdf(TENANT, made.id) == given.pdf
    assert store.declarations.search(TENANT, Criteria(), 10).total == 1
    assert dict(store.declarations.counts(TENANT)) == {EtatDeclaration.PREPAREE: 1}
    assert not store.jetons.use("issuer", "1", NOW + dt.timedelta(minutes=5), NOW)
    assert store.declarations.create(TENANT, nouvelle("b", cle=digest("b"))).created
    with store._database.reading() as connection:
        assert schema.current(connection) == SCHEMA
    store.close()


def test_a_database_of_a_newer_program_is_refused_and_left_as_it_is(url: str) -> None:
    """F-011, the other way round."""
    store = Store.open(url)
    with store._database.writer() as connection, connection.begin():
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    for opened in (Store.open, Store.join):
        with pytest.raises(StoreUnusable, match=r"plus récente|n’est pas celui"):
            opened(url)


@pytest.mark.parametrize("step", ["create_table", "execute"])
def test_a_step_that_fails_on_a_database_that_holds_something_takes_nothing_back(
    url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """F-010: old or new, never between."""
    old = at(url, "0004", monkeypatch)
    made = old.declarations.create(TENANT, nouvelle()).dossier
    old.close()
    done = 0
    really = getattr(op, step)

    def fails_late(*args: object, **kwargs: object) -> object:
        nonlocal done
        done += 1
        if done == 3:
            raise OSError("half way")
        return really(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(f"alembic.op.{step}", fails_late)
        with pytest.raises(StoreUnusable):
            Store.open(url)
    assert done == 3
    before = at(url, "0004", monkeypatch)
    with before._database.reading() as connection:
        assert schema.current(connection) == "0004"
        assert "trace" not in sa.inspect(connection).get_table_names()
    before.close()
    after = Store.open(url)
    assert after.declarations.read(TENANT, made.id) == made
    after.close()
