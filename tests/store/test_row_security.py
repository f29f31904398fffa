"""Rows of a practice are its own, twice: by the tenant in each query, and by PostgreSQL if one forgets it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from tests.store.databases import OWNER, Cluster
from tests.store.samples import NOW, move, nouvelle

from parcours.errors import StoreUnavailable, StoreUnusable, UnknownDeclaration
from parcours.store import Store
from parcours.store.activity import Activite, Cell
from parcours.store.audit import Entry
from parcours.store.declarations import Declarations
from parcours.store.feedback import Retours
from parcours.store.records import Corrigee, Criteria
from parcours.store.scope import EVERYBODY, Scope, speak_for
from parcours.store.tables import METADATA

FOUND_BY_DIGEST = {"jeton_acces"}
"""Read before anybody knows whose it is: the tenant is what it tells."""
BY_TENANT = sorted(
    table.name
    for table in METADATA.tables.values()
    if "tenant" in table.c and table.name not in FOUND_BY_DIGEST
)


@pytest.fixture
def kept(postgres_url: str, tmp_path: object) -> Iterator[Store]:
    """A PostgreSQL with a row of two practices in each table that has a tenant."""
    store = Store.open(postgres_url)
    traces = store.audit(str(tmp_path))
    traces.prepare(NOW)
    for tenant in ("nord", "sud"):
        store.declarations.create(tenant, nouvelle("a"))
        store.retours.keep(tenant, "s", "card", "accepted", None, [], NOW)
        store.activite.add({Cell(tenant, "2026-03", "dans-parcours", "T", "fhir"): 1})
        traces.add([Entry(tenant, NOW, "x")])
    yield store
    store.close()


def seen(store: Store, table: str, scope: Scope = None) -> list[str]:
    """The tenants of the rows that a query without a tenant finds."""
    with store._database.reading(scope) as connection:
        return sorted(connection.scalars(sa.select(sa.column("tenant")).select_from(sa.table(table))))


def test_a_transaction_sees_the_rows_of_whom_it_speaks_for_and_of_nobody_else(kept: Store) -> None:
    scopes: dict[Scope, list[str]] = {
        None: [],
        "nord": ["nord"],
        "": [],
        "*": [],
        "%": [],
        EVERYBODY: ["nord", "sud"],
    }
    for table in BY_TENANT:
        assert {scope: seen(kept, table, scope) for scope in scopes} == scopes, table


@pytest.mark.parametrize("scope", [None, "", "sud"])
def test_a_transaction_changes_nothing_of_anybody_else(kept: Store, scope: Scope) -> None:
    with kept._database.writer() as connection, connection.begin():
        speak_for(connection, scope)
        for table in ("declaration", "retour", "activite"):
            everything = METADATA.tables[table].delete()
            others = everything.where(METADATA.tables[table].c.tenant != (scope or ""))
            assert connection.execute(others).rowcount == 0
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            connection.execute(sa.text("INSERT INTO activite SELECT 'nord', '2026-04', 'p', 's', 'o', 1"))
    assert seen(kept, "declaration", EVERYBODY) == ["nord", "sud"]


def test_what_a_connection_said_is_forgotten_with_its_transaction(kept: Store) -> None:
    with kept._database.writer() as connection:
        for scope, number in ((EVERYBODY, 2), (None, 0), ("nord", 1), (None, 0)):
            with connection.begin():
                speak_for(connection, scope) if scope else None
                assert connection.scalar(sa.text("SELECT count(*) FROM declaration")) == number


def test_every_table_with_a_tenant_is_guarded_even_from_its_owner(kept: Store) -> None:
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname"
    with kept._database.reading() as connection:
        assert list(connection.scalars(sa.text(query))) == BY_TENANT


def test_a_role_that_row_security_does_not_bind_is_refused(cluster: Cluster, postgres_url: str) -> None:
    name = sa.make_url(postgres_url).database or ""
    with pytest.raises(StoreUnusable, match="rôle ordinaire"):
        Store.open(cluster.url(name, OWNER))
    cluster.execute("CREATE ROLE trop_puissant LOGIN BYPASSRLS")
    try:
        with pytest.raises(StoreUnusable, match="BYPASSRLS"):
            Store.open(cluster.url(name, "trop_puissant"))
    finally:
        cluster.execute("DROP ROLE trop_puissant")
    Store.open(postgres_url).close()


# ---------------------------------------------------------------- the first barrier


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"}


def everything_is_asked(store: Store) -> set[str]:
    """Every method that is about a practice, called; their names."""
    d, tenant = store.declarations, "nord"
    first = d.create(tenant, nouvelle("a")).dossier
    d.create(tenant, nouvelle("b"))
    d.find(tenant, nouvelle("a").cle)
    d.read(tenant, first.id)
    d.pdf(tenant, first.id)
    d.counts(tenant)
    d.search(tenant, Criteria(recus=frozenset({"AR-1"}), etats=frozenset({"preparee"})), 10)
    d.search(tenant, Criteria(), 10)
    other = nouvelle("c")
    corrected = Corrigee(
        id=other.id,
        cle=other.cle,
        contenu=b"",
        pdf=b"",
        empreinte=other.empreinte,
        quand=NOW,
        qui="x",
        client="y",
    )
    d.correct(tenant, first.id, 1, corrected)
    d.advance(tenant, other.id, 1, move("signee"))
    store.retours.keep(tenant, "s", "card", "accepted", None, [], NOW)
    store.retours.count(tenant)
    store.activite.add({Cell(tenant, "2026-03", "dans-parcours", "T", "fhir"): 1})
    store.activite.add({Cell(tenant, "2026-03", "dans-parcours", "T", "fhir"): 1})
    store.activite.of(tenant)
    return {
        "create",
        "find",
        "read",
        "pdf",
        "counts",
        "search",
        "correct",
        "advance",
        "keep",
        "count",
        "add",
        "of",
    }


def test_every_query_about_a_practice_names_it(sqlite_url: str) -> None:
    """A statement that reads or changes rows of a practice compares ``tenant`` for each table it names."""
    store = Store.open(sqlite_url)
    said: list[str] = []

    @event.listens_for(store._database.engine, "before_cursor_execute")
    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    asked = everything_is_asked(store)
    assert asked == (public(Declarations) | public(Retours) | public(Activite)) - {"tell"}
    store.close()
    checked = 0
    for statement in said:
        names = set(re.findall(rf"(?:FROM|UPDATE|JOIN) ({'|'.join(BY_TENANT)})\b", statement))
        for name in names:
            assert re.search(rf"{name}\.tenant = ", statement), statement
            checked += 1
    assert checked > 20


@pytest.mark.parametrize("tenant", ["", "%", "*", "nor_", "NORD", "nord ", "sud"])
def test_no_name_stands_for_another_practice(store: Store, tenant: str) -> None:
    """A-053, A-055, A-057, at the store."""
    made = store.declarations.create("nord", nouvelle("a")).dossier
    declarations = store.declarations
    assert declarations.read(tenant, made.id) is None
    assert declarations.pdf(tenant, made.id) is None
    assert declarations.find(tenant, nouvelle("a").cle) is None
    assert declarations.search(tenant, Criteria(), 10).total == 0
    assert dict(declarations.counts(tenant)) == {}
    with pytest.raises(UnknownDeclaration):
        declarations.advance(tenant, made.id, 1, move("signee"))
    assert declarations.read("nord", made.id) == made


def test_a_practice_without_a_name_keeps_nothing_on_postgresql(postgres_url: str) -> None:
    store = Store.open(postgres_url)
    with pytest.raises(StoreUnavailable):
        store.declarations.create("", nouvelle("a"))
    store.close()
