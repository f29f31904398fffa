"""The audit: records that only grow in number, each bound to the one before, the last one signed.

What a record says is the caller's; here it is a text with a tenant and an instant. The digest of a record
covers its number, the digest of the record before it, and all of its own; so nothing can be changed, taken
out or moved without breaking every digest that follows. The signature of the last one shows that none is
missing at the end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from parcours.errors import StoreUnavailable, StoreUnusable
from parcours.store.audit_keys import AuditKeys
from parcours.store.database import Database
from parcours.store.postgres import take_turns
from parcours.store.scope import EVERYBODY
from parcours.store.tables import BORNE, TETE, TRACE

NOTHING = "0" * 64
"""The digest before the first record."""
PAGE = 1000
AT_ONCE = 20_000
"""Records that a purge takes away in one transaction."""
HEAD, MARK = "tete", "borne"
"""What a signature is of: one never passes for the other."""
FORGED = "La tête de l’audit n’est pas signée par nous : `parcours audit verify` dit ce qui a changé."


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be kept: whose data it was about (``None``: nobody's), when, and a text of the caller's."""

    tenant: str | None
    quand: dt.datetime
    contenu: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A record as it is kept."""

    numero: int
    quand: dt.datetime
    tenant: str | None
    contenu: str
    empreinte: str

    def follows(self, before: str) -> bool:
        """Is this the record that was made after the one of this digest?"""
        return self.empreinte == digest(before, self.numero, self)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the chain: after this record comes the next one."""

    numero: int
    empreinte: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first record that is not as it was written, and what is wrong there, in French."""

    numero: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an examination of the whole chain found; ``purged``: the last record that was let go."""

    head: Point
    purged: int
    fault: Fault | None


def digest(before: str, numero: int, entry: Entry | Trace) -> str:
    """SHA-256 that binds a record to the one before it."""
    told = [before, numero, entry.quand.astimezone(dt.UTC).isoformat(), entry.tenant, entry.contenu]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class Traces:
    """The audit of one database, signed with the keys of one folder. Methods raise ``StoreUnavailable``."""

    def __init__(self, database: Database, keys: AuditKeys) -> None:
        self._database = database
        self.keys = keys

    def prepare(self, now: dt.datetime) -> None:
        """Make the key if this audit was never written; ``StoreUnusable`` when its key is gone."""
        if not self._is_begun() and not self.keys.exist():
            self.keys.make(now)
        self.keys.current()

    def check(self) -> None:
        """``StoreUnusable`` when the key of this audit is gone or unfit; before a first start it has none."""
        if self._is_begun() or self.keys.exist():
            self.keys.current()

    def _is_begun(self) -> bool:
        with self._database.reading(EVERYBODY) as connection:
            return connection.execute(sa.select(TETE.c.numero)).first() is not None

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep these records, in this order, all of them or none: they are on the disk once this returns."""

        last: Point | None = None

        def work(connection: sa.Connection) -> None:
            nonlocal last
            take_turns(connection, "parcours", "audit")
            if last and _is_kept(connection, last):
                return  # an earlier run was committed, and the answer to that lost
            point = self._trusted_head(connection)
            rows = []
            for entry in entries:
                point = Point(point.numero + 1, digest(point.empreinte, point.numero + 1, entry))
                told = {"quand": entry.quand, "tenant": entry.tenant, "contenu": entry.contenu}
                rows.append(told | _row(point))
            connection.execute(TRACE.insert(), rows)
            self._set_head(connection, point)
            last = point

        try:
            self._database.write(work, EVERYBODY)
        except StoreUnusable as error:  # its key is gone, or its head is not ours
            raise StoreUnavailable(str(error)) from None

    def rotate(self, now: dt.datetime) -> str:
        """A new key for what is to come, made in turn: nobody signs, or makes another, meanwhile. Its name.

        Raises ``StoreUnusable`` too.
        """

        def work(connection: sa.Connection) -> str:
            take_turns(connection, "parcours", "audit")
            return self.keys.rotate(now)

        return self._database.write(work, EVERYBODY)

    def purge(self, before: dt.datetime, now: dt.datetime) -> int:
        """Let go of the records older than ``before``, from the first one on; how many.

        A signed mark stays in their place, and the chain goes on from it. What is not as it was written is
        evidence: then ``StoreUnavailable``, and all stays.
        """
        self._assert_sound(before)
        total = 0
        while gone := self._purge_some(before, now):
            total += gone
        return total

    def _purge_some(self, before: dt.datetime, now: dt.datetime) -> int:
        """A part that a database takes away in no time: meanwhile nobody else may write."""

        def work(connection: sa.Connection) -> int:
            take_turns(connection, "parcours", "audit")
            last = _last_before(connection, before, AT_ONCE)
            if last is None:
                return 0
            key = self.keys.current()
            told = {"quand": now, "cle": key.nom, "signature": key.signature(MARK, *_told(last), _said(now))}
            connection.execute(BORNE.insert().values(_row(last) | told))
            return connection.execute(TRACE.delete().where(TRACE.c.numero <= last.numero)).rowcount

        return self._database.write(work, EVERYBODY)

    def _assert_sound(self, before: dt.datetime) -> None:
        with self._database.reading(EVERYBODY) as connection:
            end, fault = self._start(connection)
            last = _last_before(connection, before)
            for trace in _pages(connection, end.numero, TRACE.c.numero <= last.numero) if last else ():
                fault = fault or _broken(trace, end)
                end = _point(trace)
        if fault:
            raise StoreUnavailable(f"L’audit a été modifié (n° {fault.numero}) : rien n’en est effacé.")

    def old(self, before: dt.datetime) -> int:
        """How many records a purge would let go."""
        with self._database.reading(EVERYBODY) as connection:
            last = _last_before(connection, before)
            if last is None:
                return 0
            return connection.scalar(sa.select(sa.func.count()).where(TRACE.c.numero <= last.numero)) or 0

    def records(
        self, *, since: dt.datetime | None = None, until: dt.datetime | None = None, tenant: str | None = None
    ) -> Iterator[Trace]:
        """Records from ``since`` on, to ``until`` exclusive, of one tenant or of all; the oldest first."""
        conditions = [
            *([TRACE.c.quand >= since] if since else []),
            *([TRACE.c.quand < until] if until else []),
            *([TRACE.c.tenant == tenant] if tenant is not None else []),
        ]
        with self._database.reading(EVERYBODY if tenant is None else tenant) as connection:
            yield from _pages(connection, 0, *conditions)

    def verify(self, known: Point | None = None) -> Verdict:
        """Go through the whole chain; ``known``: a place in it that was noted down elsewhere."""
        with self._database.reading(EVERYBODY) as connection:
            start, fault = self._start(connection)
            if fault is None and known is not None and known.numero == start.numero:
                fault = _unlike(start, known)
            end = start
            for trace in _pages(connection, start.numero) if fault is None else ():
                fault = _broken(trace, end) or (_unlike(_point(trace), known) if known else None)
                if fault:
                    break
                end = _point(trace)
            return Verdict(end, start.numero, fault or self._fault_at_the_end(connection, end, known))

    def _start(self, connection: sa.Connection) -> tuple[Point, Fault | None]:
        """Where the chain that is kept begins: after the last mark, if it is ours."""
        mark = connection.execute(sa.select(BORNE).order_by(BORNE.c.numero.desc()).limit(1)).first()
        if mark is None:
            return Point(0, NOTHING), None
        point = Point(mark.numero, mark.empreinte)
        if self.keys.signed(mark.cle, mark.signature, MARK, *_told(point), _said(mark.quand)):
            return point, None
        return point, Fault(mark.numero, "la borne laissée par une purge n’est pas signée par nous")

    def _fault_at_the_end(self, connection: sa.Connection, end: Point, known: Point | None) -> Fault | None:
        if known and known.numero > end.numero:
            return Fault(end.numero + 1, "la fin manque : un enregistrement noté ailleurs n’est plus là")
        head = connection.execute(sa.select(TETE)).first()
        if head is None:
            return Fault(1, "la tête de l’audit manque") if end.numero else None
        if not self.keys.signed(head.cle, head.signature, HEAD, head.numero, head.empreinte):
            return Fault(end.numero, "la tête de l’audit n’est pas signée par nous")
        if Point(head.numero, head.empreinte) != end:
            return Fault(end.numero + 1, "la fin manque")
        return None

    def _trusted_head(self, connection: sa.Connection) -> Point:
        """The last record, if it is we who signed it; else somebody would make us sign what he changed."""
        head = connection.execute(sa.select(TETE)).first()
        if head is None:
            return self._first(connection)
        if not self.keys.signed(head.cle, head.signature, HEAD, head.numero, head.empreinte):
            raise StoreUnusable(FORGED)
        return Point(head.numero, head.empreinte)

    def _first(self, connection: sa.Connection) -> Point:
        for table in (TRACE, BORNE):
            if connection.execute(sa.select(table.c.numero).limit(1)).first():
                raise StoreUnusable(FORGED)
        connection.execute(TETE.insert().values(seule=1, cle="", signature="", **_row(Point(0, NOTHING))))
        return Point(0, NOTHING)

    def _set_head(self, connection: sa.Connection, point: Point) -> None:
        key = self.keys.current()
        signed = {"cle": key.nom, "signature": key.signature(HEAD, *_told(point))}
        connection.execute(TETE.update().values(_row(point) | signed))


def _row(point: Point) -> dict[str, object]:
    return {"numero": point.numero, "empreinte": point.empreinte}


def _told(point: Point) -> tuple[object, ...]:
    return point.numero, point.empreinte


def _said(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).isoformat()


def _point(trace: Trace) -> Point:
    return Point(trace.numero, trace.empreinte)


def _is_kept(connection: sa.Connection, point: Point) -> bool:
    query = sa.select(TRACE.c.numero).where(TRACE.c.numero == point.numero)
    return connection.execute(query.where(TRACE.c.empreinte == point.empreinte)).first() is not None


def _last_before(connection: sa.Connection, instant: dt.datetime, most: int | None = None) -> Point | None:
    """The last record before the first one that is not older: a clock set back leaves no hole.

    ``most``: the last of so many at most.
    """
    young = connection.scalar(sa.select(sa.func.min(TRACE.c.numero)).where(TRACE.c.quand >= instant))
    conditions = [] if young is None else [TRACE.c.numero < young]
    if most is not None:
        first = connection.scalar(sa.select(sa.func.min(TRACE.c.numero))) or 0
        conditions.append(TRACE.c.numero < first + most)
    query = sa.select(TRACE.c.numero, TRACE.c.empreinte).where(*conditions)
    row = connection.execute(query.order_by(TRACE.c.numero.desc()).limit(1)).first()
    return Point(row.numero, row.empreinte) if row else None


def _pages(connection: sa.Connection, after: int, *conditions: sa.ColumnElement[bool]) -> Iterator[Trace]:
    """Records after a number, a page at a time: an audit is larger than a memory."""
    while True:
        query = sa.select(TRACE).where(TRACE.c.numero > after, *conditions).order_by(TRACE.c.numero)
        page = [Trace(**row) for row in connection.execute(query.limit(PAGE)).mappings()]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].numero


def _broken(trace: Trace, before: Point) -> Fault | None:
    if trace.numero != before.numero + 1:
        return Fault(before.numero + 1, "un enregistrement manque")
    if not trace.follows(before.empreinte):
        return Fault(trace.numero, "cet enregistrement, ou sa place, a changé")
    return None


def _unlike(point: Point, known: Point) -> Fault | None:
    """What was noted down elsewhere of this record is not what stands here."""
    if point.numero == known.numero and point.empreinte != known.empreinte:
        return Fault(point.numero, "cet enregistrement n’est pas celui qui a été noté ailleurs")
    return None
