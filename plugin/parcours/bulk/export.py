"""A folder of a FHIR Bulk export: resources in files by type, joined by reference into one Bundle a visit.

The resources that are not visits go to an index on the disk (SQLite), so that memory does not grow with
the folder. What concerns a visit: whatever it refers to, directly or not; what concerns its patient
(covers, referrals, plans, circles of care, conditions); the activities of every professional met; and the
invoices and acts that name this very visit. A reference finds its resource by type and id, or by identifier.
"""

from __future__ import annotations

import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import msgspec

from parcours.bulk.places import NOT_WRITABLE, writing
from parcours.bulk.refusals import OutputUnwritable
from parcours.fhir.elements import READ

OF_THE_PATIENT: Final = frozenset({"Coverage", "ServiceRequest", "CarePlan", "CareTeam", "Condition"})
OF_THE_VISIT: Final = frozenset({"Claim", "ChargeItem", "Procedure"})
OF_A_PROFESSIONAL: Final = frozenset({"PractitionerRole"})
JOINED: Final = frozenset(READ) - {"Encounter", "Appointment"}
"""Types that go with a visit: those the decision reads."""

_DRAWN: Final = {"Patient": OF_THE_PATIENT, "Practitioner": OF_A_PROFESSIONAL}
"""What refers to one of these comes with it."""
_LINKING: Final = OF_THE_PATIENT | OF_THE_VISIT | OF_A_PROFESSIONAL
_HISTORY: Final = re.compile(r"/_history/[^/]+\Z")
_BATCH: Final = 5_000

_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -32768;
CREATE TABLE resource (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, raw BLOB NOT NULL);
CREATE TABLE link (target TEXT, number INTEGER, PRIMARY KEY (target, number)) WITHOUT ROWID;
CREATE TABLE identifier (name TEXT, number INTEGER, PRIMARY KEY (name, number)) WITHOUT ROWID;
"""


def export_files(folder: Path) -> list[Path]:
    """The NDJSON files of a folder, compressed or not; ``Encounter.2`` before ``Encounter.10``."""
    found = [
        path for path in folder.iterdir() if re.search(r"\A[^.].*\.ndjson(\.gz)?\Z", path.name, re.DOTALL)
    ]
    return sorted(found, key=lambda path: [(int(n or -1), t) for n, t in _PARTS.findall(path.name)])


_PARTS: Final = re.compile(r"(\d+)|(\D+)")


def encounter_files(files: Iterable[Path]) -> list[Path]:
    """Those that hold the visits: Encounter is a word of their name."""
    return [path for path in files if "Encounter" in re.split(r"[._-]", path.name)]


class Target(NamedTuple):
    """What a reference designates: ``Type/id`` or an identifier, and its URL when it is absolute."""

    name: str
    url: str | None


@contextmanager
def indexing() -> Iterator[None]:
    """What prevents keeping the resources beside the output, said without a path."""
    try:
        yield
    except sqlite3.Error:
        raise OutputUnwritable(NOT_WRITABLE) from None


class Row(NamedTuple):
    """A resource to be kept."""

    number: int
    key: str
    raw: bytes
    document: dict[str, Any]


class Index:
    """Every resource that may go with a visit, by key; removed with the batch, or by the next one.

    A resource given again has another number: what was known by the old one leads nowhere any more.
    """

    def __init__(self, path: Path) -> None:
        self.unread = 0
        self._numbers = count(1)
        with writing():
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
        self._path = path
        self._base = sqlite3.connect(path)
        self._base.executescript(_SCHEMA)
        with suppress(PermissionError):  # Windows keeps the name of what is open
            path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()
        self._path.unlink(missing_ok=True)

    def add(self, lines: Iterable[bytes]) -> None:
        """Take in the resources of one file. What is no resource is counted; of two alike, the last stays."""
        rows: list[Row] = []
        for line in lines:
            document = _decoded(line)
            kind, id_ = document.get("resourceType"), document.get("id")
            if not isinstance(kind, str) or not isinstance(id_, str):
                self.unread += bool(line.strip())
            elif kind in JOINED:
                rows.append(Row(next(self._numbers), f"{kind}/{id_}", line, document))
            if len(rows) == _BATCH:
                self._write(rows)
                rows = []
        self._write(rows)

    def _write(self, rows: list[Row]) -> None:
        with self._base:
            self._base.executemany("INSERT OR REPLACE INTO resource VALUES (?, ?, ?)", (r[:3] for r in rows))
            self._base.executemany("INSERT OR IGNORE INTO link VALUES (?, ?)", _links(rows))
            self._base.executemany("INSERT OR IGNORE INTO identifier VALUES (?, ?)", _identifiers(rows))

    def find(self, name: str) -> tuple[str, bytes] | None:
        """The key and the bytes of what a name designates; ``None`` when nothing, or several, bear it."""
        found = self._rows("SELECT key, raw FROM resource WHERE key = ?", name)
        if not found:
            found = self._rows(
                "SELECT key, raw FROM identifier JOIN resource USING (number) WHERE name = ?", name
            )
        return found[0] if len(found) == 1 else None

    def linked(self, target: str, kinds: Iterable[str]) -> list[str]:
        """The keys of the resources of these types that refer to a resource, sorted."""
        query = "SELECT key, target FROM link JOIN resource USING (number) WHERE target = ? ORDER BY key"
        return [key for key, _ in self._rows(query, target) if key.split("/")[0] in kinds]

    def _rows(self, query: str, name: str) -> list[tuple[str, Any]]:
        with closing(self._base.execute(query, (name,))) as cursor:
            return cursor.fetchall()


def joined(line: bytes, index: Index) -> bytes:
    """The Bundle of one visit, on one line; a line that is no Encounter is left as it is, to be refused."""
    visit = _decoded(line)
    if visit.get("resourceType") != "Encounter":
        return line
    gathering = Gathering(visit, index)
    entries = [(gathering.key, line), *gathering.found.items()]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [gathering.entry(*e) for e in entries]}
    return msgspec.json.encode(bundle)


class Gathering:
    """What concerns one visit, in the order in which it is found."""

    def __init__(self, visit: dict[str, Any], index: Index) -> None:
        self.key = f"Encounter/{visit.get('id')}"
        self.found: dict[str, bytes] = {}
        self._index = index
        self._urls: dict[str, str] = {}
        self._pending: deque[str] = deque(index.linked(self.key, OF_THE_VISIT))
        self._patient = self._subject(visit)
        self._follow(visit)
        while self._pending:
            self._take(self._pending.popleft())

    def entry(self, key: str, raw: bytes) -> dict[str, Any]:
        """An entry of the Bundle; its URL when somebody refers to it by one."""
        url = self._urls.get(key)
        return ({"fullUrl": url} if url else {}) | {"resource": msgspec.Raw(raw.strip())}

    def _subject(self, visit: dict[str, Any]) -> str | None:
        subject = next(targets(visit.get("subject")), None)
        found = self._index.find(subject.name) if subject else None
        return found[0] if found else None

    def _follow(self, document: dict[str, Any]) -> None:
        """Whatever it refers to is to be found; an invoice comes only by the visit it names."""
        for target in targets(document):
            if target.url:
                self._urls[target.name] = target.url
            if target.name.split("/")[0] not in OF_THE_VISIT:
                self._pending.append(target.name)

    def _take(self, name: str) -> None:
        found = self._index.find(name)
        if found is None or found[0] in self.found:
            return
        key, raw = found
        kind = key.split("/")[0]
        if kind == "Patient" and key != self._patient:
            return
        self.found[key] = raw
        document = _decoded(raw)
        self._follow(document)
        if kind in _DRAWN:
            numbers = (name for name in _names(document.get("identifier")) if self._index.find(name))
            for name in (key, *numbers):
                self._pending += self._index.linked(name, _DRAWN[kind])


def targets(node: Any) -> Iterator[Target]:
    """What a resource, or a part of it, refers to, at any depth."""
    pending = [node]  # no recursion: a hostile line is deep
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += reversed(part)
        elif isinstance(part, dict):
            yield from _target(part)
            pending.append(part.get("contained"))
            pending += reversed([value for name, value in part.items() if name != "contained"])


def _target(node: dict[str, Any]) -> Iterator[Target]:
    """What this very object refers to, if it is a Reference."""
    reference, number = node.get("reference"), node.get("identifier")
    if isinstance(reference, str):
        url = _HISTORY.sub("", reference)
        parts = url.split("/")
        if len(parts) >= 2:
            yield Target("/".join(parts[-2:]), url if "://" in url else None)
    if isinstance(number, dict):
        yield from (Target(name, None) for name in _names([number]))


def _links(rows: list[Row]) -> Iterator[tuple[str, int]]:
    for row in rows:
        if row.document["resourceType"] in _LINKING:
            yield from ((target.name, row.number) for target in targets(row.document))


def _identifiers(rows: list[Row]) -> Iterator[tuple[str, int]]:
    for row in rows:
        if row.document["resourceType"] in ("Patient", "Practitioner", "Organization"):
            yield from ((name, row.number) for name in _names(row.document.get("identifier")))


def _names(identifiers: Any) -> Iterator[str]:
    """Identifiers as one text each: ``system|value``."""
    for identifier in identifiers if isinstance(identifiers, list) else []:
        if isinstance(identifier, dict) and identifier.get("system") and identifier.get("value"):
            yield f"{identifier['system']}|{identifier['value']}"


def _decoded(line: bytes) -> dict[str, Any]:
    """A JSON object; an empty one when the line is none."""
    try:
        document = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
