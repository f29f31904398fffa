"""What leaves the store, and the proof that it did; tokens and feedback."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from tests.store.samples import DAY, NOW, PDF, move, nouvelle, of

from parcours.store import Store
from parcours.store.records import Criteria, Retention, Tally
from parcours.store.scope import EVERYBODY
from parcours.store.tables import JOURNAL, TRANSITION

RULES = Retention(preparees=90, autres=1826)


def rows(store: Store, table: sa.Table) -> list[tuple[Any, ...]]:
    with store._database.reading(EVERYBODY) as connection:
        return [tuple(row) for row in connection.execute(sa.select(table))]


def patients(store: Store) -> set[str]:
    return {dossier.patient for dossier in store.declarations.search("t", Criteria(), 99).dossiers}


@pytest.fixture
def filled(store: Store) -> Store:
    """Prepared; prepared then cancelled; signed then cancelled; recorded."""
    paths = {
        "a": (),
        "b": ("annulee",),
        "c": ("signee", "annulee"),
        "d": ("signee", "transmise", "enregistree"),
    }
    for name, etats in paths.items():
        dossier = store.declarations.create("t", nouvelle(name)).dossier
        for version, etat in enumerate(etats, start=1):
            store.declarations.advance("t", dossier.id, version, move(etat, 0))
    return store


@pytest.mark.parametrize(
    ("days", "left"),
    [(90, "abcd"), (91, "cd"), (1826, "cd"), (1827, "")],
    ids=["the last day of the prepared", "past it", "the last day of the others", "past it"],
)
def test_what_was_never_signed_goes_first_and_all_the_rest_later(filled: Store, days: int, left: str) -> None:
    expected = {f"Patient/{name}" for name in left}
    told = filled.conservation.purge(RULES, NOW + days * DAY, dry_run=True)
    assert told["declaration"] == 4 - len(left)
    assert len(patients(filled)) == 4
    assert filled.conservation.purge(RULES, NOW + days * DAY, dry_run=False) == told
    assert patients(filled) == expected


def test_a_purge_takes_the_transitions_and_leaves_a_line_without_identity(filled: Store) -> None:
    filled.conservation.purge(RULES, NOW + 4000 * DAY, dry_run=False)
    assert rows(filled, TRANSITION) == []
    told = [row[1:] for row in rows(filled, JOURNAL)]
    at = NOW + 4000 * DAY
    deleted = {
        "declaration": 4,
        "jeton": 0,
        "jeton_acces": 0,
        "retour": 0,
        "lancement": 0,
        "session": 0,
        "activite": 0,
    }
    assert told == [(at, "purge", table, number) for table, number in deleted.items()]


def test_an_erasure_takes_one_patient_and_can_stay_in_one_tenant(filled: Store) -> None:
    filled.declarations.create("voisin", nouvelle("a"))
    assert filled.conservation.count(of("Patient/a")) == 2
    assert filled.conservation.erase(of("Patient/a", "t"), NOW) == 1
    assert patients(filled) == {"Patient/b", "Patient/c", "Patient/d"}
    assert filled.conservation.erase(of("Patient/a"), NOW) == 1
    assert filled.conservation.erase(of("Patient/a"), NOW) == 0
    assert [row[2:] for row in rows(filled, JOURNAL)] == [
        ("erase", "declaration", number) for number in (1, 1, 0)
    ]


def test_an_export_holds_all_that_is_kept_of_one_patient(filled: Store) -> None:
    filled.declarations.create("voisin", nouvelle("d"))
    copies = list(filled.conservation.export(of("Patient/d")))
    assert {copy.tenant for copy in copies} == {"t", "voisin"}
    assert {copy.pdf for copy in copies} == {PDF}
    (ours,) = filled.conservation.export(of("Patient/d", "t"))
    assert [step.etat for step in ours.dossier.transitions][-1] == "enregistree"


def test_a_key_that_was_purged_may_serve_again(filled: Store) -> None:
    filled.conservation.erase(of("Patient/a"), NOW)
    assert filled.declarations.create("t", nouvelle("a")).created


# ---------------------------------------------------------------- tokens


def test_a_token_is_used_once_for_its_issuer_in_any_process(store: Store, url: str) -> None:
    end = NOW + dt.timedelta(minutes=5)
    other = Store.join(url)
    assert store.jetons.use("https://a.example", "1", end, NOW)
    assert not other.jetons.use("https://a.example", "1", end, NOW)
    assert other.jetons.use("https://b.example", "1", end, NOW)
    assert store.jetons.use("https://a.example", "2", end, NOW)
    other.close()


def test_a_used_token_stays_used_when_the_clock_goes_back_an_hour(store: Store) -> None:
    hour = dt.timedelta(hours=1)
    assert store.jetons.use("i", "1", NOW, NOW)
    assert store.jetons.use("i", "2", NOW + hour, NOW + hour)
    assert not store.jetons.use("i", "1", NOW, NOW)


def test_tokens_long_over_are_forgotten(store: Store) -> None:
    assert store.jetons.use("i", "1", NOW, NOW)
    assert store.jetons.use("i", "2", NOW + 3 * DAY, NOW + 3 * DAY)
    assert store.jetons.use("i", "1", NOW, NOW)


# ---------------------------------------------------------------- feedback


def test_feedback_is_counted_once_for_a_card_and_by_tenant(store: Store) -> None:
    told = [
        ("1", "accepted", None),
        ("1", "accepted", None),
        ("2", "overridden", "x"),
        ("3", "overridden", "x"),
    ]
    for card, outcome, reason in told:
        store.retours.keep("t", "service", card, outcome, reason, ["s"], NOW, commente=True)
    store.retours.keep("voisin", "service", "1", "accepted", None, [], NOW)
    assert store.retours.count("t") == (
        Tally("service", "accepted", None, 1),
        Tally("service", "overridden", "x", 2),
    )
