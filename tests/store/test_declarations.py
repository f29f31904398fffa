"""Declarations are kept once, moved lawfully, found by their tenant alone: on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.store.samples import DAY, NOW, PDF, digest, move, nouvelle

from parcours.domain.declaration_states import EtatDeclaration, peut_suivre
from parcours.errors import IllegalMove, KeyReused, StaleVersion, UnknownDeclaration
from parcours.store import Store
from parcours.store.declarations import REMPLACEE
from parcours.store.records import Criteria, Dossier
from parcours.store.scope import EVERYBODY, speak_for

CABINET = "cabinet"
LAWFUL = ("signee", "transmise", "enregistree")


def kept(store: Store, name: str = "a", *etats: str) -> Dossier:
    """A declaration, moved through these states a day apart."""
    dossier = store.declarations.create(CABINET, nouvelle(name)).dossier
    for etat in etats:
        dossier = store.declarations.advance(
            CABINET, dossier.id, dossier.version, move(etat, dossier.version)
        )
    return dossier


def test_what_is_kept_comes_back_byte_for_byte(store: Store) -> None:
    given = nouvelle()
    made = store.declarations.create(CABINET, given)
    assert made.created
    assert store.declarations.read(CABINET, given.id) == made.dossier
    assert store.declarations.pdf(CABINET, given.id) == PDF
    found = store.declarations.find(CABINET, given.cle)
    assert found
    assert (found.dossier, found.empreinte_requete) == (made.dossier, given.empreinte_requete)
    for name in ("id", "patient", "jour", "contenu", "empreinte"):
        assert getattr(made.dossier, name) == getattr(given, name)
    (first,) = made.dossier.transitions
    assert (first.version, first.etat, first.quand, first.qui, first.client) == (
        1, "preparee", NOW, "parcours-soins", "local",
    )  # fmt: skip


def test_an_instant_is_the_same_moment_in_utc_whatever_its_zone(store: Store) -> None:
    paris = dt.datetime(2026, 10, 25, 2, 30, 0, 1, dt.timezone(dt.timedelta(hours=2)))
    dossier = store.declarations.create(CABINET, nouvelle(quand=paris)).dossier
    assert dossier.modifie == paris
    assert dossier.modifie.tzinfo == dt.UTC
    naive = Criteria(modifie=(("ge", dt.datetime(2026, 1, 1)),))  # noqa: DTZ001 - what must be refused
    with pytest.raises(sa.exc.StatementError, match="zone"):
        store.declarations.search(CABINET, naive, 1)


# ---------------------------------------------------------------- keys


def test_a_key_gives_its_declaration_again_and_makes_no_other(store: Store) -> None:
    first = store.declarations.create(CABINET, nouvelle())
    moved = store.declarations.advance(CABINET, first.dossier.id, 1, move("signee"))
    again = store.declarations.create(CABINET, nouvelle())
    assert (again.created, again.dossier) == (False, moved)
    assert store.declarations.search(CABINET, Criteria(), 10).total == 1


def test_a_key_with_another_request_is_refused_and_nothing_changes(store: Store) -> None:
    first = store.declarations.create(CABINET, nouvelle()).dossier
    with pytest.raises(KeyReused):
        store.declarations.create(CABINET, nouvelle(empreinte_requete=digest("autre"), contenu=b"{}"))
    assert store.declarations.read(CABINET, first.id) == first


def test_a_newer_preparation_for_the_same_subject_cancels_the_one_before(store: Store) -> None:
    before = store.declarations.create(CABINET, nouvelle()).dossier
    newer = nouvelle(cle=digest("autre"), quand=NOW + DAY, qui="Dr NEUF")
    assert store.declarations.create(CABINET, newer).created
    cancelled = store.declarations.read(CABINET, before.id)
    assert cancelled
    last = cancelled.transitions[-1]
    assert (last.version, last.etat, last.quand, last.qui, last.note) == (
        2, "annulee", NOW + DAY, "Dr NEUF", REMPLACEE,
    )  # fmt: skip


def test_what_is_signed_is_not_cancelled_by_a_newer_preparation(store: Store) -> None:
    signed = kept(store, "a", "signee")
    store.declarations.create(CABINET, nouvelle(cle=digest("autre")))
    assert store.declarations.read(CABINET, signed.id) == signed


def test_the_database_itself_refuses_a_second_prepared_one(store: Store) -> None:
    kept(store)
    copy = sa.text(
        "INSERT INTO declaration SELECT tenant, 'autre', 'autre', empreinte_requete, sujet, patient, jour,"
        " version, etat, modifie, empreinte, contenu, pdf FROM declaration"
    )
    with store._database.writer() as connection:
        speak_for(connection, EVERYBODY)
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(copy)


# ---------------------------------------------------------------- tenants


def test_the_same_key_of_another_tenant_is_another_declaration(store: Store) -> None:
    ours = store.declarations.create(CABINET, nouvelle()).dossier
    theirs = store.declarations.create("voisin", nouvelle(empreinte_requete=digest("autre")))
    assert theirs.created
    assert store.declarations.read(CABINET, ours.id) == ours
    assert ours.etat is EtatDeclaration.PREPAREE


def test_what_belongs_to_another_tenant_does_not_exist(store: Store) -> None:
    ours = kept(store)
    declarations = store.declarations
    assert declarations.read("voisin", ours.id) is None
    assert declarations.pdf("voisin", ours.id) is None
    assert declarations.find("voisin", nouvelle().cle) is None
    assert declarations.search("voisin", Criteria(ids=frozenset({ours.id})), 10).total == 0
    with pytest.raises(UnknownDeclaration):
        declarations.advance("voisin", ours.id, 1, move("signee"))
    with pytest.raises(UnknownDeclaration):
        declarations.advance(CABINET, "inconnue", 1, move("signee"))


# ---------------------------------------------------------------- moves


def test_a_declaration_goes_to_its_end_with_who_when_and_the_receipt(store: Store) -> None:
    signed = kept(store, "a", "signee", "transmise")
    end = store.declarations.advance(CABINET, signed.id, 3, move("enregistree", 3, recu="AR-2026-17"))
    assert [t.etat for t in end.transitions] == ["preparee", *LAWFUL]
    assert [t.version for t in end.transitions] == [1, 2, 3, 4]
    assert (end.version, end.etat, end.recu) == (4, EtatDeclaration.ENREGISTREE, "AR-2026-17")
    assert end.modifie == NOW + 3 * DAY


PATHS = {
    "preparee": (),
    "signee": LAWFUL[:1],
    "transmise": LAWFUL[:2],
    "enregistree": LAWFUL,
    "refusee": ("signee", "transmise", "refusee"),
    "annulee": ("annulee",),
}


@pytest.mark.parametrize("avant", EtatDeclaration)
def test_only_lawful_moves_are_made(store: Store, avant: EtatDeclaration) -> None:
    dossier = kept(store, "a", *PATHS[avant])
    for apres in (etat for etat in EtatDeclaration if not peut_suivre(avant, etat)):
        with pytest.raises(IllegalMove):
            store.declarations.advance(CABINET, dossier.id, dossier.version, move(apres, 9))
    assert store.declarations.read(CABINET, dossier.id) == dossier


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_move_from_another_version_than_the_last_is_stale(store: Store, version: int) -> None:
    signed = kept(store, "a", "signee")
    with pytest.raises(StaleVersion):
        store.declarations.advance(CABINET, signed.id, version, move("annulee"))
    assert store.declarations.read(CABINET, signed.id) == signed


def test_the_very_same_move_again_changes_nothing(store: Store) -> None:
    signed = kept(store, "a", "signee")
    assert store.declarations.advance(CABINET, signed.id, 1, move("signee", 1)) == signed
    with pytest.raises(StaleVersion):
        store.declarations.advance(CABINET, signed.id, 1, replace(move("signee", 1), qui="Dr AUTRE"))


def test_a_step_that_was_taken_cannot_be_rewritten(store: Store) -> None:
    kept(store, "a", "signee")
    with store._database.writer() as connection:
        speak_for(connection, EVERYBODY)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text("UPDATE transition SET qui = 'un autre'"))


# ---------------------------------------------------------------- search


ROWS = [
    (Criteria(), ["c", "b", "a"]),
    (Criteria(patients=frozenset({"Patient/a", "Patient/c"})), ["c", "a"]),
    (Criteria(patients=frozenset({"Patient/%"})), []),
    (Criteria(patients=frozenset()), []),
    (Criteria(ids=frozenset({"inconnue"})), []),
    (Criteria(etats=frozenset({"preparee", "annulee"})), ["a"]),
    (Criteria(recus=frozenset({"AR-1"})), ["c"]),
    (Criteria(recus=frozenset({"AR-2"})), []),
    (Criteria(modifie=(("ge", NOW + DAY),)), ["c", "b"]),
    (Criteria(modifie=(("gt", NOW + DAY),)), ["c"]),
    (Criteria(modifie=(("le", NOW + DAY),)), ["b", "a"]),
    (Criteria(modifie=(("lt", NOW + DAY),)), ["a"]),
    (Criteria(modifie=(("eq", NOW + DAY),)), ["b"]),
    (Criteria(modifie=(("gt", NOW), ("lt", NOW + 2 * DAY))), ["b"]),
    (Criteria(patients=frozenset({"Patient/c"}), etats=frozenset({"preparee"})), []),
]


@pytest.fixture
def searched(store: Store) -> Store:
    kept(store, "a")
    kept(store, "b", "signee")
    third = kept(store, "c", "signee")
    store.declarations.advance(CABINET, third.id, 2, move("transmise", 2, recu="AR-1"))
    store.declarations.create("voisin", nouvelle("d", patient="Patient/a"))
    return store


def test_every_criterion_must_hold_and_the_last_moved_comes_first(searched: Store) -> None:
    for criteria, names in ROWS:
        page = searched.declarations.search(CABINET, criteria, 10)
        assert [dossier.patient for dossier in page.dossiers] == [f"Patient/{name}" for name in names], (
            criteria
        )
        assert page.total == len(names)


def test_pages_follow_each_other_without_gap_or_repetition(searched: Store) -> None:
    pages = [searched.declarations.search(CABINET, Criteria(), 2, offset) for offset in (0, 2, 4)]
    assert [page.total for page in pages] == [3, 3, 3]
    assert [d.patient for page in pages for d in page.dossiers] == ["Patient/c", "Patient/b", "Patient/a"]
