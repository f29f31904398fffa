"""What the store keeps of launches and sessions: for a time, in number, and once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from parcours.store import Store, sessions
from parcours.store.records import Retention
from parcours.store.sessions import LEASE, Limits

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
LIMITS = Limits(idle=30 * MINUTE, absolute=480 * MINUTE)
NAME = "a" * 64


def test_a_launch_is_taken_once_by_whoever_comes_first(store: Store, url: str) -> None:
    store.lancements.put(NAME, "logiciel", b"sealed", NOW + 10 * MINUTE, NOW)
    others = [Store.join(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda other: other.lancements.take(NAME, NOW), others))
    for other in others:
        other.close()
    assert sorted(taken, key=repr) == [None, None, None, b"sealed"]


def test_a_launch_is_not_taken_too_late(store: Store) -> None:
    store.lancements.put(NAME, "logiciel", b"sealed", NOW + 10 * MINUTE, NOW)
    assert store.lancements.take(NAME, NOW + 10 * MINUTE) is None


def test_launches_and_sessions_of_a_client_are_bounded_and_the_oldest_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_LAUNCHES", 2)
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 2)
    for number in range(4):
        now = NOW + number * MINUTE
        store.lancements.put(f"{number}", "logiciel", b"", now + 10 * MINUTE, now)
        store.sessions.begin(f"{number}", "logiciel", b"", now, LIMITS)
    store.sessions.begin("other", "autre", b"", NOW, LIMITS)
    later = NOW + 5 * MINUTE
    assert [store.lancements.take(f"{n}", later) for n in range(4)] == [None, None, b"", b""]
    alive = [store.sessions.use(name, later, LIMITS) is not None for name in ("0", "1", "2", "3", "other")]
    assert alive == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("uses", "alive"),
    [
        ([29, 58], [True, True]),
        ([30], [False]),
        ([29, 59], [True, False]),
        ([*range(20, 500, 20)], [True] * 23 + [False]),
    ],
)
def test_a_session_lasts_while_it_is_used_and_not_for_ever(
    store: Store, uses: list[int], alive: list[bool]
) -> None:
    store.sessions.begin(NAME, "logiciel", b"sealed", NOW, LIMITS)
    assert [store.sessions.use(NAME, NOW + n * MINUTE, LIMITS) is not None for n in uses] == alive


def test_a_content_is_changed_once_from_the_version_that_was_read(store: Store) -> None:
    keep = store.sessions
    keep.begin(NAME, "logiciel", b"old", NOW, LIMITS)
    assert [keep.claim(NAME, 1, NOW), keep.claim(NAME, 1, NOW), keep.claim(NAME, 2, NOW)] == [
        True,
        False,
        False,
    ]
    assert [keep.change(NAME, 1, b"new"), keep.change(NAME, 1, b"stray")] == [True, False]
    kept = keep.use(NAME, NOW, LIMITS)
    assert kept is not None
    assert (kept.version, kept.contenu) == (2, b"new")
    assert not keep.claim(NAME, 1, NOW)  # read before the change: what it holds is spent
    assert keep.claim(NAME, 2, NOW)
    assert not keep.claim(NAME, 2, NOW + LEASE - MINUTE / 60)
    assert keep.claim(NAME, 2, NOW + LEASE)  # whoever claimed it never came back


def test_a_purge_takes_what_is_over_and_leaves_the_rest(store: Store) -> None:
    for name, minutes in (("old", 10), ("new", 11)):
        store.lancements.put(name, "logiciel", b"", NOW + minutes * MINUTE, NOW)
    for name, minutes in (("idle", 0), ("used", 20)):
        store.sessions.begin(name, "logiciel", b"", NOW + minutes * MINUTE, LIMITS)
    rules = Retention(preparees=90, autres=365)
    told = [
        store.conservation.purge(rules, NOW + minutes * MINUTE, dry_run=False) for minutes in (9, 10, 30, 500)
    ]
    assert [(counts["lancement"], counts["session"]) for counts in told] == [(0, 0), (1, 0), (1, 1), (0, 1)]


def test_what_is_over_goes_when_the_next_one_comes(store: Store) -> None:
    store.lancements.put("old", "logiciel", b"", NOW + MINUTE, NOW)
    store.sessions.begin("old", "logiciel", b"", NOW, LIMITS)
    later = NOW + 31 * MINUTE
    store.lancements.put("new", "logiciel", b"", later + MINUTE, later)
    store.sessions.begin("new", "logiciel", b"", later, LIMITS)
    counts = store.conservation.purge(Retention(preparees=90, autres=365), later, dry_run=True)
    assert (counts["lancement"], counts["session"]) == (0, 0)


def test_a_session_that_ended_is_nowhere(store: Store) -> None:
    store.sessions.begin(NAME, "logiciel", b"", NOW, LIMITS)
    store.sessions.end(NAME)
    store.sessions.end(NAME)
    assert store.sessions.use(NAME, NOW, LIMITS) is None
