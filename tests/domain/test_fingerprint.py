"""The name of a set of facts depends on the facts and on nothing else."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from types import MappingProxyType

import pytest

from parcours.domain.facts import Circonstance, Medecin, Origine, Praticien, Visite
from parcours.domain.fingerprint import fingerprint

JOUR = dt.date(2026, 3, 10)
VISITE = Visite(
    date=JOUR,
    praticien=Praticien(medecin=Medecin(rpps="10100000002")),
    circonstances=frozenset({Circonstance.URGENCE, Circonstance.HORS_RESIDENCE}),
    origines={
        "visite.date": Origine("Encounter.period.start"),
        "visite.mode": Origine("Encounter.class", JOUR),
    },
)


def test_the_name_is_a_uuid_of_version_5_and_the_same_each_time() -> None:
    assert fingerprint(VISITE) == fingerprint(VISITE)
    assert uuid.UUID(fingerprint(VISITE)).version == 5


def test_the_order_in_which_facts_were_met_does_not_matter() -> None:
    envers = {cle: VISITE.origines[cle] for cle in reversed(list(VISITE.origines))}
    autre = Visite(
        date=JOUR,
        praticien=VISITE.praticien,
        circonstances=frozenset({Circonstance.HORS_RESIDENCE, Circonstance.URGENCE}),
        origines=envers,
    )
    assert fingerprint(autre) == fingerprint(VISITE)


def test_each_of_these_sets_of_facts_has_its_own_name() -> None:
    facts: list[object] = [
        None, "", (), ((),), 0, 1, True, "a", ("a",), ("a", "b"), {"a": "b"}, {"a": None}, JOUR,
        frozenset({"b", "a"}), VISITE, Visite(date=JOUR), Visite(date=JOUR, declarations=()),
        Medecin(rpps="1"), Medecin(ressource="1"),
    ]  # fmt: skip
    equal = {
        (a, b)
        for (a, x), (b, y) in itertools.combinations(enumerate(facts), 2)
        if fingerprint(x) == fingerprint(y)
    }
    assert equal == {(9, 13)}  # a set is written as the sorted tuple of its members


def test_a_mapping_of_any_kind_is_what_it_holds() -> None:
    assert fingerprint(MappingProxyType({"a": JOUR})) == fingerprint({"a": JOUR})


def test_what_has_no_stable_text_has_no_name() -> None:
    with pytest.raises(TypeError):
        fingerprint(object())


def test_values_are_not_run_together() -> None:
    assert fingerprint("a", "b") != fingerprint("ab")
    assert fingerprint(("a",), "b") != fingerprint("a", ("b",))
