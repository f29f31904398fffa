"""The declarations of every tenant: created once, moved step by step, found again.

Every method takes the tenant first. What belongs to another tenant does not exist.
Every method raises ``StoreUnavailable``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from parcours.domain.declaration_states import EtatDeclaration, peut_suivre
from parcours.errors import IllegalMove, KeyReused, StaleVersion, UnknownDeclaration
from parcours.store.database import Database
from parcours.store.postgres import take_turns
from parcours.store.records import (
    Copy,
    Corrigee,
    Creation,
    Criteria,
    Dossier,
    Move,
    Nouvelle,
    Page,
    Replay,
    Transition,
)
from parcours.store.search import found
from parcours.store.tables import DECLARATION, TRANSITION

_GIVEN = (
    "id", "cle", "empreinte_requete", "sujet", "patient", "jour", "contenu", "pdf", "empreinte",
)  # fmt: skip

_SAME = ("empreinte_requete", "sujet", "patient", "jour")
"""What a correction leaves as it was."""

REMPLACEE = "remplacée par une préparation plus récente"
CORRIGEE = "corrigée : une nouvelle déclaration la remplace"

_KEPT = (
    DECLARATION.c.id,
    DECLARATION.c.patient,
    DECLARATION.c.jour,
    DECLARATION.c.contenu,
    DECLARATION.c.empreinte,
)


class Declarations:
    """What is kept of declarations in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: Callable[[str, Dossier], None] = lambda _tenant, _dossier: None

    def tell(self, seen: Callable[[str, Dossier], None]) -> None:
        """Have ``seen`` called with every declaration that is handed out, and its tenant: for the audit."""
        self._seen = seen

    def _told(self, tenant: str, dossier: Dossier) -> Dossier:
        self._seen(tenant, dossier)
        return dossier

    def find(self, tenant: str, cle: str) -> Replay | None:
        """What this idempotency key already gave."""
        with self._database.reading(tenant) as connection:
            replay = _replay(connection, tenant, cle)
        if replay is not None:
            self._seen(tenant, replay.dossier)
        return replay

    def create(self, tenant: str, nouvelle: Nouvelle) -> Creation:
        """Keep a declaration, once for its key; the one it replaces is cancelled with it.

        Raises ``KeyReused`` when the key was given with another request.
        """

        def work(connection: sa.Connection) -> Creation:
            take_turns(connection, tenant, nouvelle.sujet)
            known = _replay(connection, tenant, nouvelle.cle)
            if known is None:
                _cancel_previous(connection, tenant, nouvelle, REMPLACEE)
                return Creation(_insert(connection, tenant, nouvelle), created=True)
            if known.empreinte_requete != nouvelle.empreinte_requete:
                raise KeyReused("clé déjà donnée avec une autre demande")
            # Ours already, when an earlier attempt was committed without our knowing.
            return Creation(known.dossier, created=known.dossier.id == nouvelle.id)

        creation = self._database.write(work, tenant)
        self._seen(tenant, creation.dossier)
        return creation

    def read(self, tenant: str, id: str) -> Dossier | None:
        """One declaration, or ``None``: unknown and somebody else's look the same."""
        with self._database.reading(tenant) as connection:
            dossier = _read(connection, tenant, id)
        return None if dossier is None else self._told(tenant, dossier)

    def pdf(self, tenant: str, id: str) -> bytes | None:
        """The form as it was prepared."""
        with self._database.reading(tenant) as connection:
            return connection.scalar(sa.select(DECLARATION.c.pdf).where(*_is(tenant, id)))

    def advance(self, tenant: str, id: str, version: int, transition: Move) -> Dossier:
        """Move a declaration on from its ``version``, the last one.

        Raises ``UnknownDeclaration``, ``StaleVersion`` when ``version`` is not the last, ``IllegalMove``.
        """

        def work(connection: sa.Connection) -> Dossier:
            dossier = _read(connection, tenant, id, lock=True)
            if dossier is None:
                raise UnknownDeclaration("déclaration inconnue")
            if dossier.transitions[-1] == _step(transition, version + 1):
                return dossier  # an earlier attempt was committed without our knowing
            if dossier.version != version:
                raise StaleVersion("une version plus récente existe")
            if not peut_suivre(dossier.etat, EtatDeclaration(transition.etat)):
                raise IllegalMove("cet état ne suit pas celui qui est atteint")
            _append(connection, tenant, id, _step(transition, version + 1))
            return _existing(connection, tenant, id)

        return self._told(tenant, self._database.write(work, tenant))

    def correct(self, tenant: str, id: str, version: int, correction: Corrigee) -> Dossier:
        """Keep what corrects a declaration, and cancel that one with it, from its last ``version``.

        Raises ``UnknownDeclaration``, ``StaleVersion``, ``IllegalMove`` when it is prepared no more.
        """

        def work(connection: sa.Connection) -> Dossier:
            nouvelle = Nouvelle(**_unchanged(connection, tenant, id), **asdict(correction))
            take_turns(connection, tenant, nouvelle.sujet)
            known = _replay(connection, tenant, nouvelle.cle)
            if known is not None and known.dossier.id == nouvelle.id:
                return known.dossier  # an earlier attempt was committed without our knowing
            before = _read(connection, tenant, id, lock=True)
            if before is None or before.version != version:
                raise StaleVersion("une version plus récente existe")
            if before.etat is not EtatDeclaration.PREPAREE:
                raise IllegalMove("seule une déclaration préparée se corrige")
            _cancel_previous(connection, tenant, nouvelle, CORRIGEE)
            return _insert(connection, tenant, nouvelle)

        return self._told(tenant, self._database.write(work, tenant))

    def counts(self, tenant: str) -> Mapping[EtatDeclaration, int]:
        """How many there are in each state; a state without any is not there."""
        query = sa.select(DECLARATION.c.etat, sa.func.count()).where(DECLARATION.c.tenant == tenant)
        with self._database.reading(tenant) as connection:
            rows = connection.execute(query.group_by(DECLARATION.c.etat)).all()
            return {EtatDeclaration(etat): number for etat, number in rows}

    def search(self, tenant: str, criteria: Criteria, count: int, offset: int = 0) -> Page:
        """The last moved first, then by id."""
        wanted = found(tenant, criteria)
        with self._database.reading(tenant) as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(DECLARATION).where(*wanted)) or 0
            rows = connection.execute(
                sa.select(*_KEPT)
                .where(*wanted)
                .order_by(DECLARATION.c.modifie.desc(), DECLARATION.c.id)
                .limit(count)
                .offset(offset)
            )
            found_ones = dossiers(connection, tenant, rows.mappings().all())
        return Page(total, tuple(self._told(tenant, dossier) for dossier in found_ones))


# ---------------------------------------------------------------- reading


def _is(tenant: str, id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return DECLARATION.c.tenant == tenant, DECLARATION.c.id == id


def _replay(connection: sa.Connection, tenant: str, cle: str) -> Replay | None:
    row = connection.execute(
        sa.select(DECLARATION.c.id, DECLARATION.c.empreinte_requete).where(
            DECLARATION.c.tenant == tenant, DECLARATION.c.cle == cle
        )
    ).one_or_none()
    return Replay(_existing(connection, tenant, row.id), row.empreinte_requete) if row else None


def _read(connection: sa.Connection, tenant: str, id: str, *, lock: bool = False) -> Dossier | None:
    query = sa.select(*_KEPT).where(*_is(tenant, id))
    rows = connection.execute(query.with_for_update() if lock else query).mappings().all()
    return next(iter(dossiers(connection, tenant, rows)), None)


def _unchanged(connection: sa.Connection, tenant: str, id: str) -> Mapping[Any, Any]:
    query = sa.select(*(DECLARATION.c[name] for name in _SAME)).where(*_is(tenant, id))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise UnknownDeclaration("déclaration inconnue")
    return dict(row)


def kept(connection: sa.Connection, tenant: str, id: str) -> Copy:
    """All of one declaration that exists."""
    pdf = connection.scalar(sa.select(DECLARATION.c.pdf).where(*_is(tenant, id)))
    return Copy(tenant, _existing(connection, tenant, id), pdf or b"")


def _existing(connection: sa.Connection, tenant: str, id: str) -> Dossier:
    dossier = _read(connection, tenant, id)
    if dossier is None:
        raise UnknownDeclaration("déclaration inconnue")
    return dossier


def dossiers(connection: sa.Connection, tenant: str, rows: Sequence[Mapping[Any, Any]]) -> list[Dossier]:
    """Rows of declarations of one tenant with their transitions, in the order of the rows."""
    steps: dict[str, list[Transition]] = {row["id"]: [] for row in rows}
    query = sa.select(TRANSITION).where(TRANSITION.c.tenant == tenant, TRANSITION.c.id.in_(steps))
    for step in connection.execute(query.order_by(TRANSITION.c.version)).mappings():
        kept = {name: value for name, value in step.items() if name not in ("tenant", "id")}
        steps[step["id"]].append(Transition(**kept))
    return [Dossier(**row, transitions=tuple(steps[row["id"]])) for row in rows]


# ---------------------------------------------------------------- writing


def _insert(connection: sa.Connection, tenant: str, nouvelle: Nouvelle) -> Dossier:
    prepared = str(EtatDeclaration.PREPAREE)
    given = {name: getattr(nouvelle, name) for name in _GIVEN}
    connection.execute(
        DECLARATION.insert().values(tenant=tenant, version=0, etat=prepared, modifie=nouvelle.quand, **given)
    )
    first = Move(etat=prepared, quand=nouvelle.quand, qui=nouvelle.qui, client=nouvelle.client)
    _append(connection, tenant, nouvelle.id, _step(first, 1))
    return _existing(connection, tenant, nouvelle.id)


def _cancel_previous(connection: sa.Connection, tenant: str, nouvelle: Nouvelle, note: str) -> None:
    """At most one is prepared for a patient and a doctor: the newest."""
    previous = connection.execute(
        sa.select(DECLARATION.c.id, DECLARATION.c.version)
        .where(
            DECLARATION.c.tenant == tenant,
            DECLARATION.c.sujet == nouvelle.sujet,
            DECLARATION.c.etat == str(EtatDeclaration.PREPAREE),
        )
        .with_for_update()
    ).one_or_none()
    if previous:
        cancelled = Move(
            etat=str(EtatDeclaration.ANNULEE),
            quand=nouvelle.quand,
            qui=nouvelle.qui,
            client=nouvelle.client,
            note=note,
        )
        _append(connection, tenant, previous.id, _step(cancelled, previous.version + 1))


def _step(move: Move, version: int) -> Transition:
    return Transition(version=version, **(asdict(move) | {"etat": str(EtatDeclaration(move.etat))}))


def _append(connection: sa.Connection, tenant: str, id: str, step: Transition) -> None:
    """Add a transition, and what the declaration says of its last one; only after the version before it."""
    moved = connection.execute(
        DECLARATION.update()
        .where(*_is(tenant, id), DECLARATION.c.version == step.version - 1)
        .values(version=step.version, etat=step.etat, modifie=step.quand)
    )
    if moved.rowcount != 1:
        raise StaleVersion("une version plus récente existe")
    connection.execute(TRANSITION.insert().values(tenant=tenant, id=id, **asdict(step)))
