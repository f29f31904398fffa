"""Counts of answers: added up, by practice, and nothing else."""

from __future__ import annotations

import threading

from tests.store.samples import DAY, NOW

from parcours.store import Store
from parcours.store.activity import ACTIVITE, Cell
from parcours.store.records import Retention

MARCH = Cell("t", "2026-03", "dans-parcours", "T", "fhir")
BLANK = Cell("t", "2026-03", "indetermine", "", "cds-hooks")
APRIL = Cell("t", "2026-04", "dans-parcours", "T", "fhir")


def test_counts_add_up_in_their_cell(store: Store) -> None:
    store.activite.add({APRIL: 2, MARCH: 1})
    store.activite.add({MARCH: 3, BLANK: 1})
    assert dict(store.activite.of("t")) == {MARCH: 4, BLANK: 1, APRIL: 2}
    assert [cell.mois for cell, _ in store.activite.of("t")] == ["2026-03", "2026-03", "2026-04"]


def test_a_practice_sees_its_own_counts_only(store: Store) -> None:
    store.activite.add({MARCH: 1, Cell("voisin", "2026-03", "dans-parcours", "T", "fhir"): 5})
    assert store.activite.of("t") == ((MARCH, 1),)
    assert store.activite.of("personne") == ()


def test_counts_of_several_at_once_are_all_there(store: Store) -> None:
    def some() -> None:
        for _ in range(5):
            store.activite.add({MARCH: 1, BLANK: 2})

    crowd = [threading.Thread(target=some) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert dict(store.activite.of("t")) == {MARCH: 20, BLANK: 40}


def test_nothing_of_a_visit_could_be_kept() -> None:
    columns = {column.name for column in ACTIVITE.columns}
    assert columns == {"tenant", "mois", "position", "situation", "origine", "nombre"}


def test_counts_go_with_what_they_counted(store: Store) -> None:
    store.activite.add({MARCH: 1, APRIL: 1})
    rules = Retention(preparees=1, autres=31)
    assert store.conservation.purge(rules, NOW + 31 * DAY, dry_run=False)["activite"] == 0
    assert store.conservation.purge(rules, NOW + 53 * DAY, dry_run=False)["activite"] == 1
    assert store.activite.of("t") == ((APRIL, 1),)
