"""Whatever is done to a record of the audit behind its back, ``verify`` finds the first one that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.audit.either import on_either
from tests.store.samples import DAY, NOW

from parcours.errors import StoreUnavailable, StoreUnusable
from parcours.store import Store
from parcours.store.audit import NOTHING, Entry, Point, Traces, digest
from parcours.store.scope import EVERYBODY, speak_for

RECORDS = 7


@pytest.fixture
def filled(traces: Traces) -> Traces:
    """Seven records, a day apart, of two practices in turn."""
    for number in range(1, RECORDS + 1):
        traces.add([entry(number)])
    return traces


def entry(number: int) -> Entry:
    return Entry(("nord", "sud")[number % 2], NOW + number * DAY, f"record {number}")


def unguarded(store: Store, *statements: str) -> None:
    """Statements as of somebody who owns the database: he takes the triggers away first."""
    with store._database.writer() as connection, connection.begin():
        speak_for(connection, EVERYBODY)
        for table, name in TRIGGERS:
            on = "" if store._database.is_sqlite else f" ON {table}"
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {name}{on}"))
        for statement in statements:
            connection.execute(sa.text(statement))


TRIGGERS = (
    ("trace", "trace_ne_se_recrit"),
    ("trace", "trace_ne_s_ote"),
    ("trace_tete", "tete_ne_s_ote"),
    ("trace_tete", "tete_reste"),
    ("trace_borne", "borne_reste"),
    ("trace_borne", "borne_ne_se_recrit"),
    ("trace_borne", "borne_ne_s_ote"),
)


@on_either
def test_the_chain_is_what_its_records_and_their_order_make(filled: Traces) -> None:
    before = NOTHING
    for number, trace in enumerate(filled.records(), 1):
        assert (trace.numero, trace.contenu) == (number, f"record {number}")
        assert trace.empreinte == digest(before, number, entry(number))
        before = trace.empreinte
    verdict = filled.verify()
    assert (verdict.fault, verdict.purged, verdict.head) == (None, 0, Point(RECORDS, before))


def test_a_page_is_no_end(filled: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parcours.store.audit.PAGE", 2)
    assert filled.verify().head.numero == RECORDS
    assert [trace.numero for trace in filled.records()] == list(range(1, RECORDS + 1))


TAMPERED = [
    ("changed", ["UPDATE trace SET contenu = 'another' WHERE numero = 3"], 3),
    ("given to another practice", ["UPDATE trace SET tenant = 'sud' WHERE numero = 4"], 4),
    ("made anonymous", ["UPDATE trace SET tenant = NULL WHERE numero = 4"], 4),
    (
        "dated back",
        ["UPDATE trace SET quand = (SELECT quand FROM trace WHERE numero = 1) WHERE numero = 5"],
        5,
    ),
    ("removed in the middle", ["DELETE FROM trace WHERE numero = 3"], 3),
    ("removed at the start", ["DELETE FROM trace WHERE numero = 1"], 1),
    ("cut at the end", ["DELETE FROM trace WHERE numero >= 6"], 6),
    ("removed altogether", ["DELETE FROM trace"], 1),
    (
        "in another order",
        [
            "UPDATE trace SET numero = 99 WHERE numero = 2",
            "UPDATE trace SET numero = 2 WHERE numero = 3",
            "UPDATE trace SET numero = 3 WHERE numero = 99",
        ],
        2,
    ),
    (
        "cut at the end, and the head put back",
        [
            "DELETE FROM trace WHERE numero >= 6",
            "UPDATE trace_tete SET numero = 5, empreinte = (SELECT empreinte FROM trace WHERE numero = 5)",
        ],
        5,
    ),
    ("without its head", ["DELETE FROM trace_tete"], 1),
    (
        "purged by somebody else",
        [
            "INSERT INTO trace_borne SELECT numero, empreinte, quand, 'x', 'x' FROM trace WHERE numero = 2",
            "DELETE FROM trace WHERE numero <= 2",
        ],
        2,
    ),
]


@pytest.mark.parametrize(
    ("statements", "first"), [row[1:] for row in TAMPERED], ids=[row[0] for row in TAMPERED]
)
def test_what_was_done_behind_its_back_is_found(
    store: Store, filled: Traces, statements: list[str], first: int
) -> None:
    unguarded(store, *statements)
    fault = filled.verify().fault
    assert fault
    assert fault.numero == first


@on_either
def test_the_database_itself_refuses_what_is_no_purge(store: Store, filled: Traces) -> None:
    of_its_own = REPLACE if store._database.is_sqlite else TRUNCATE
    for statement in [*FORBIDDEN, *of_its_own]:
        with store._database.writer() as connection:
            speak_for(connection, EVERYBODY)
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                connection.execute(sa.text(statement))
    assert filled.verify().fault is None


FORBIDDEN = (
    "UPDATE trace SET contenu = 'another'",
    "DELETE FROM trace WHERE numero = 7",
    "DELETE FROM trace",
    "DELETE FROM trace_tete",
)
TRUNCATE = ("TRUNCATE trace", "TRUNCATE trace_tete")
REPLACE = ("INSERT OR REPLACE INTO trace SELECT numero, quand, tenant, 'another', empreinte FROM trace",)


@on_either
def test_a_mark_of_a_purge_stays_for_ever(store: Store, filled: Traces) -> None:
    filled.purge(NOW + 4 * DAY, NOW)
    forbidden = ["DELETE FROM trace_borne", "UPDATE trace_borne SET numero = 1"]
    if store._database.is_sqlite:
        forbidden.append("INSERT OR REPLACE INTO trace_borne SELECT * FROM trace_borne")
    for statement in forbidden:
        with store._database.writer() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(statement))


@on_either
def test_nothing_is_added_to_a_chain_whose_end_is_not_ours(store: Store, filled: Traces) -> None:
    """Whoever cut it would have us sign what he left."""
    unguarded(store, "DELETE FROM trace WHERE numero = 7", "UPDATE trace_tete SET numero = 6")
    with pytest.raises(StoreUnavailable, match="verify"):
        filled.add([entry(8)])
    unguarded(store, "DELETE FROM trace_tete")
    with pytest.raises(StoreUnavailable, match="verify"):
        filled.add([entry(8)])


@on_either
def test_nothing_is_begun_anew_where_a_purge_has_left_its_mark(store: Store, filled: Traces) -> None:
    filled.purge(NOW + 4 * DAY, NOW)
    unguarded(store, "DELETE FROM trace", "DELETE FROM trace_tete")
    with pytest.raises(StoreUnavailable, match="verify"):
        filled.add([entry(8)])
    assert filled.verify().fault


def test_a_head_noted_elsewhere_tells_a_database_that_was_put_back(filled: Traces) -> None:
    then = filled.verify().head
    filled.add([entry(8)])
    assert filled.verify(then).fault is None
    later = Point(RECORDS + 5, "0" * 64)
    other = Point(RECORDS, "0" * 64)
    assert [fault and fault.numero for fault in (filled.verify(p).fault for p in (later, other))] == [9, 7]


# ---------------------------------------------------------------- purge


@pytest.mark.parametrize(("days", "gone"), [(0, 0), (1, 0), (4, 3), (99, RECORDS)])
def test_a_purge_takes_the_oldest_and_the_chain_goes_on(filled: Traces, days: int, gone: int) -> None:
    before = NOW + days * DAY
    assert filled.old(before) == gone
    assert filled.purge(before, NOW) == gone
    filled.add([entry(8)])
    verdict = filled.verify()
    assert (verdict.fault, verdict.purged, verdict.head.numero) == (None, gone, 8)
    assert [trace.numero for trace in filled.records()] == list(range(gone + 1, 9))


@on_either
def test_a_second_purge_begins_where_the_first_ended(filled: Traces) -> None:
    head = filled.verify().head
    assert [filled.purge(NOW + days * DAY, NOW) for days in (3, 3, 5)] == [2, 0, 2]
    assert filled.verify(head).fault is None


@on_either
@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_long_purge_is_made_in_parts(filled: Traces, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr("parcours.store.audit.AT_ONCE", at_once)
    head = filled.verify().head
    assert filled.purge(NOW + 6 * DAY, NOW) == 5
    verdict = filled.verify(head)
    assert (verdict.fault, verdict.purged) == (None, 5)


def test_a_clock_that_was_set_back_leaves_no_hole(traces: Traces) -> None:
    for day in (5, 1, 2):
        traces.add([Entry(None, NOW + day * DAY, "x")])
    assert traces.purge(NOW + 3 * DAY, NOW) == 0, "the first one is young: none goes before it"
    assert traces.verify().fault is None


def test_evidence_is_not_purged(store: Store, filled: Traces) -> None:
    unguarded(store, "UPDATE trace SET contenu = 'another' WHERE numero = 2")
    with pytest.raises(StoreUnavailable, match="n° 2"):
        filled.purge(NOW + 4 * DAY, NOW)
    assert filled.verify().fault
    assert len(list(filled.records())) == RECORDS


# ---------------------------------------------------------------- reading, keys


@on_either
def test_records_are_chosen_by_time_and_by_practice(filled: Traces) -> None:
    def numbers(**chosen: Any) -> list[int]:
        return [trace.numero for trace in filled.records(**chosen)]

    assert numbers(since=NOW + 3 * DAY, until=NOW + 5 * DAY) == [3, 4]
    assert numbers(tenant="nord") == [2, 4, 6]
    assert numbers(tenant="nord", until=NOW + 3 * DAY) == [2]
    assert numbers(tenant="inconnu") == []


def test_a_new_key_signs_and_the_one_before_is_still_known(filled: Traces) -> None:
    filled.purge(NOW + 3 * DAY, NOW)
    names = [filled.keys.current().nom, filled.keys.rotate(NOW), filled.keys.current().nom]
    assert names[1] == names[2] != names[0]
    assert filled.verify().fault is None
    filled.add([entry(8)])
    assert filled.verify().fault is None


@on_either
def test_keys_made_at_the_same_moment_are_all_kept(filled: Traces, url: str, keys: str) -> None:
    """A key that was lost would make all that it signed a forgery."""
    stores = [Store.join(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(lambda store: store.audit(keys).rotate(NOW), stores))
    assert {key.nom for key in filled.keys.all()[1:]} == {*names}
    assert filled.verify().fault is None
    for store in stores:
        store.close()


def test_a_key_that_is_gone_or_open_to_others_stops_everything(
    store: Store, filled: Traces, keys: str, break_key: Callable[[], None]
) -> None:
    break_key()
    with pytest.raises(StoreUnusable, match="PARCOURS_KEYS"):
        store.audit(keys).prepare(NOW)
    with pytest.raises(StoreUnavailable):
        filled.add([entry(8)])


@pytest.fixture(params=["gone", "readable by the group", "another", "cut"])
def break_key(request: pytest.FixtureRequest, keys: str) -> Callable[[], None]:
    """What may happen to the file of the keys."""
    file = Path(keys) / "audit.json"
    return {
        "gone": file.unlink,
        "readable by the group": lambda: file.chmod(0o640),
        "another": lambda: (file.write_text('{"cles": []}'), None)[1],
        "cut": lambda: (file.write_bytes(file.read_bytes()[:40]), None)[1],
    }[request.param]


@pytest.mark.usefixtures("filled")
def test_the_key_of_another_audit_is_not_taken_for_ours(store: Store, keys: str) -> None:
    (Path(keys) / "audit.json").unlink()
    other = store.audit(keys)
    other.keys.make(NOW)
    assert other.verify().fault
    with pytest.raises(StoreUnavailable):
        other.add([entry(8)])


def test_a_name_is_hidden_by_key_practice_and_name(traces: Traces) -> None:
    key = traces.keys.current()
    hidden = {key.hidden(*named) for named in (("nord", "1"), ("sud", "1"), ("nord", "2"), ("nord1", ""))}
    traces.keys.rotate(NOW)
    hidden.add(traces.keys.current().hidden("nord", "1"))
    assert len(hidden) == 5
    assert key.hidden("nord", "1") == traces.keys.all()[0].hidden("nord", "1")


@on_either
def test_an_instant_is_kept_to_the_microsecond_in_utc(traces: Traces) -> None:
    summer = dt.timezone(dt.timedelta(hours=2))
    traces.add([Entry(None, NOW.astimezone(summer), "x")])
    [trace] = traces.records()
    assert trace.quand == NOW
    assert trace.quand.utcoffset() == dt.timedelta(0)
    assert traces.verify().fault is None
