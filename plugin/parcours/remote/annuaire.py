"""The national directory of professionals (Annuaire Santé, FHIR API v2, open access): who bears a number.

It gives profession, specialties, kinds of activity and places, as they are on the day it is asked. It gives
neither the secteur, nor OPTAM, nor any date of installation. Without it every decision stands.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from requests import Response

from parcours.remote.breaker import Breaker
from parcours.remote.deadline import Deadline
from parcours.remote.directory_cache import DirectoryCache, Releve
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.searchset import Resource, found
from parcours.remote.unreachable import Reason, Unreachable

LOGGER = logging.getLogger("parcours.annuaire")

KEY_HEADER = "ESANTE-API-KEY"
CALLS_PER_SECOND = 17
"""Of one application, all its processes together (since 30 June 2026)."""
PAGE_SIZE = 200
DECISION_SECONDS = 2.0
"""What a decision waits for the directory, at most."""
WORTH_ASKING = 0.5
"""Seconds below which it is not even asked: an answer would hardly come, and none would tell nothing."""
PERSON_SECONDS = 5.0
"""What somebody who asks the directory itself waits, at most."""


class DirectoryUnreachable(Unreachable):
    """The directory could not be had. ``wait``: it asks to be left alone for so many seconds."""

    def __init__(self, reason: Reason, wait: float | None) -> None:
        self.wait = wait
        super().__init__(reason)


class Asking(Protocol):
    """Whoever answers for a number: the directory, or a test."""

    def look_up(self, rpps: str, deadline: Deadline, *, places: bool = False) -> tuple[Resource, ...]:
        """Everything the directory says under this number. Raises ``DirectoryUnreachable``."""


class Pace:
    """Lets so many calls through in a second; ``pause`` waits. Nobody waits past his deadline."""

    def __init__(
        self,
        calls_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / calls_per_second
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._free_at = clock()

    def wait(self, deadline: Deadline) -> None:
        """Until the next call may go; ``Unreachable`` (busy) when that is too late."""
        with self._lock:
            now = self._clock()
            delay = max(0.0, self._free_at - now)
            if delay >= deadline.remaining():
                raise Unreachable(Reason.BUSY)
            self._free_at = now + delay + self._gap
        self._pause(delay)


class _Call(Conversation):
    """A conversation with the directory: the key has a header of its own; ``wait`` is what it asks for."""

    def __init__(self, base: Endpoint, deadline: Deadline, key: str) -> None:
        super().__init__(base, deadline)
        self.wait: float | None = None
        self._session.headers[KEY_HEADER] = key
        self._session.hooks["response"] = [self._hear]

    def _hear(self, response: Response, *_: Any, **__: Any) -> None:
        if response.status_code in (401, 403, 429):
            self.wait = 0.0  # as long as we think right
        asked = response.headers.get("Retry-After", "")
        if response.status_code in (429, 503) and asked.isascii() and asked.isdigit():
            self.wait = float(asked[:9])


class Directory:
    """The API itself. ``key`` is sent to ``base``, and is nowhere else: not in a URL, a log or an error."""

    def __init__(self, base: Endpoint, key: str, pace: Pace) -> None:
        self._base = base
        self._root = base.path.rstrip("/")
        self._key = key
        self._pace = pace

    def look_up(self, rpps: str, deadline: Deadline, *, places: bool = False) -> tuple[Resource, ...]:
        """Practitioners of this number and their activities; with ``places``, where these are.

        All of it or nothing. None: the directory knows nobody. Two practitioners: it does not know who.
        Raises ``DirectoryUnreachable``.
        """
        call = _Call(self._base, deadline, self._key)
        try:
            with call:
                people = self._people(call, deadline, rpps)
                return (*people, *(self._places(call, deadline, people) if places else ()))
        except (Unreachable, TimeoutError) as error:
            reason = error.reason if isinstance(error, Unreachable) else Reason.TIMEOUT
        raise DirectoryUnreachable(reason, call.wait)

    def _people(self, call: _Call, deadline: Deadline, rpps: str) -> list[Resource]:
        parameters = {"identifier": rpps, "_revinclude": "PractitionerRole:practitioner"}
        people = self._search(call, deadline, "Practitioner", parameters)
        if not all(_bears(person, rpps) for person in people if person["resourceType"] == "Practitioner"):
            raise Unreachable(Reason.FOREIGN)
        # A page may repeat what the one before held: that is one resource, not two.
        once = {(person["resourceType"], person.get("id")): person for person in people}
        return [person for (kind, _), person in once.items() if kind in ("Practitioner", "PractitionerRole")]

    def _places(self, call: _Call, deadline: Deadline, people: list[Resource]) -> list[Resource]:
        """The organizations of their activities: two steps away, hence a search of its own."""
        ids = [str(person.get("id")) for person in people if person["resourceType"] == "Practitioner"]
        parameters = {"practitioner": ",".join(ids), "_include": "PractitionerRole:organization"}
        listed = self._search(call, deadline, "PractitionerRole", parameters) if ids else []
        return [resource for resource in listed if resource["resourceType"] == "Organization"]

    def _search(
        self, call: _Call, deadline: Deadline, kind: str, parameters: Mapping[str, str]
    ) -> list[Resource]:
        def get(target: str) -> Any:
            self._pace.wait(deadline)
            return call.get(target)

        query = urlencode({**parameters, "_count": PAGE_SIZE}, safe=":,")
        return found(get, self._base, kind, f"{self._root}/{kind}?{query}")


class Annuaire:
    """The directory as this service uses it: asked once a day about a professional, left alone when it fails.

    ``today`` is the day, as whoever reads the clock tells it.
    """

    def __init__(
        self,
        directory: Asking,
        cache: DirectoryCache,
        today: Callable[[], dt.date],
        breaker: Breaker | None = None,
    ) -> None:
        self._directory = directory
        self._cache = cache
        self._today = today
        self._breaker = breaker or Breaker()

    @property
    def rests(self) -> bool:
        """Is the directory left alone, after too many failures?"""
        return self._breaker.rests

    def releves(self, rpps: str, deadline: Deadline | None = None) -> tuple[Releve, ...]:
        """What the directory says and has said for thirty days, oldest first. Never raises.

        ``deadline``: that of the whole request, when it has one.
        """
        today = self._today()
        known = self._cache.read(rpps, today)
        fresh = known and known[-1].jusqu_a == today
        too_late = deadline is not None and not deadline.leaves(WORTH_ASKING)
        if fresh or too_late or not self._breaker.admits():
            return known
        try:
            limit = deadline or Deadline.after(DECISION_SECONDS)
            return self._asked(rpps, known, today, limit, places=False)
        except DirectoryUnreachable:
            return known

    def ask(self, rpps: str) -> tuple[Releve, ...]:
        """The same, asked now and with the places. Raises ``DirectoryUnreachable``."""
        today = self._today()
        known = self._cache.read(rpps, today)
        return self._asked(rpps, known, today, Deadline.after(PERSON_SECONDS), places=True)

    def kept(self, rpps: str) -> tuple[Releve, ...]:
        """What was kept, without asking."""
        return self._cache.read(rpps, self._today())

    def _asked(
        self, rpps: str, known: tuple[Releve, ...], today: dt.date, deadline: Deadline, *, places: bool
    ) -> tuple[Releve, ...]:
        try:
            resources = self._directory.look_up(rpps, deadline, places=places)
        except DirectoryUnreachable as error:
            self._failed(error)
            raise
        self._breaker.succeeded()
        *earlier, last = _with(known, resources, today)
        self._cache.write(rpps, last, today)
        return (*earlier, last)

    def _failed(self, error: DirectoryUnreachable) -> None:
        if error.reason is Reason.BUSY:
            return  # we were, not the directory
        self._breaker.failed(error.wait)
        refused = error.reason is Reason.REFUSED
        LOGGER.log(
            logging.ERROR if refused else logging.WARNING, "annuaire silent: reason=%s", error.reason.value
        )


def _with(known: tuple[Releve, ...], resources: tuple[Resource, ...], today: dt.date) -> tuple[Releve, ...]:
    """What was known and what is said today: the same goes on, anything else begins."""
    if known and known[-1].resources == resources:
        return (*known[:-1], Releve(known[-1].depuis, today, resources))
    earlier = tuple(releve for releve in known if releve.depuis != today)
    return (*earlier, Releve(today, today, resources))


def _bears(person: Resource, rpps: str) -> bool:
    """Has this practitioner this number, bare or behind the ``8`` of the national identifier?"""
    listed = person.get("identifier")
    values = (
        [item.get("value") for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    )
    return rpps in values or f"8{rpps}" in values
