"""Who is said to have acted: people, never a program under a name that could be one."""

from __future__ import annotations

import datetime as dt

import pytest

from parcours.domain.declaration_states import EtatDeclaration
from parcours.domain.declaration_suivie import (
    NON_PRECISE,
    Passage,
    Suivie,
    est_une_personne,
    par_le_logiciel,
)

START = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)


def suivie(*people: str) -> Suivie:
    """Passages by these, oldest first."""
    passages = [
        Passage(
            version=n, etat=EtatDeclaration.PREPAREE, quand=START, qui=qui, recu=f"AR-{n}" if n == 2 else None
        )
        for n, qui in enumerate(people, start=1)
    ]
    return Suivie(id="x", empreinte="e" * 64, passages=tuple(passages))


@pytest.mark.parametrize("name", ["Dr A", "Lelogiciel", "Ёлкин", "Practitioner/7", "RPPS 10100000002"])
def test_a_name_may_be_that_of_a_person(name: str) -> None:
    assert est_une_personne(name)


@pytest.mark.parametrize(
    "name",
    ["", "...", "12", "parcours-soins 1.0", "PARCOURS-SOINS", NON_PRECISE, par_le_logiciel("x", "Dr A")],
)
def test_a_program_or_nobody_is_no_person(name: str) -> None:
    assert not est_une_personne(name)


def test_the_last_person_who_acted_is_responsible_whatever_programs_did_since() -> None:
    program, software = "parcours-soins 1.0", par_le_logiciel("x", "Dr B")
    assert suivie(program).responsable is None
    assert suivie(program, "Dr A", "Dr B", software, NON_PRECISE).responsable == "Dr B"
    assert suivie(program, "Dr A", "Dr B").en_version(2).responsable == "Dr A"


def test_the_last_receipt_is_kept_and_a_version_that_never_was_is_nowhere() -> None:
    seen = suivie("parcours-soins 1.0", "Dr A", "Dr B")
    assert (seen.recu, seen.en_version(1).recu, seen.version, seen.prepare_le) == ("AR-2", None, 3, START)
    for version in (0, 4):
        with pytest.raises(IndexError):
            seen.en_version(version)
