"""How much may be asked: a quota for each practice, and few refusals for each address.

What a practice may ask is counted in units (``COSTS``). Its quota refills all the time, and ten seconds of it
can be saved up. A request passes while something is left, and may overdraw: what a body weighs is known once
it was read. Then the practice waits, and nobody else does.

Who has nothing left is refused before anything is proven of his token: a flood costs little, and is counted
to nobody until it is known whose it is.

A token that is refused is counted against the address that it came from. Beyond ``REFUSALS`` a refusal is a
429 instead of a 401; a good token always passes, for practices may share an address. No address is kept.

Without a clients file there is one user, on this machine, and no limit.
"""

from __future__ import annotations

import ipaddress
import mmap
import threading
import time
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import msgspec
from flask import Flask, Request, Response, current_app, g, request
from msgspec import Struct
from werkzeug.exceptions import TooManyRequests

from parcours.clients import Client, Clients
from parcours.settings import Settings

SAVED_S: Final = 10.0
"""Seconds of a quota that can be saved up, and asked at once."""
REFUSALS: Final = 300
"""Refused tokens per minute and address."""
REFUSED_S: Final = 100.0
"""Seconds of them that can be saved up: a client that is being set up fails often, and then no more."""
ADDRESSES: Final = 4096
"""Accounts for addresses; two that share one share their refusals, and nothing else."""
ENTRIES: Final = 10
OCTETS: Final = 20_480
"""What one unit weighs: so many resources, or so many bytes, whichever makes more units."""
MINUTE: Final = 60.0
ROUNDING_S: Final = 1e-6
_EXTENSION: Final = "parcours.limits"
_CLIENT: Final = "parcours.client"
"""Where who asks is, once that is known: see ``context``."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Units of a request; ``weighed``: and as many more as its body has of tens of resources."""

    units: int
    weighed: bool = False


COSTS: Final[dict[str, Cost]] = {
    "batch.batch": Cost(0),  # its requests are counted one by one
    "cds.invoke": Cost(1, weighed=True),
    "fhir.evaluate_parcours": Cost(1, weighed=True),
    "fhir.submit": Cost(1, weighed=True),
    "declarations.prepare": Cost(10),
    "declarations.search": Cost(5),
    "declarations.search_by_post": Cost(5),
    "handover.hand_over": Cost(10),
}
"""What an endpoint costs; the others cost ``ONE``."""
ONE: Final = Cost(1)


class Ledger:
    """For each account, the moment when it is full again: one number, which all workers of a machine share.

    Nothing is locked between workers: of two charges in the same microsecond one may be lost, and a worker
    that is killed holds up nobody. The clock is the one that all processes of a machine have in common.
    """

    def __init__(self, names: Iterable[str], file: Path | None = None) -> None:
        """The accounts of these names, and of all addresses; with a ``file``, those of every process."""
        self._places = {name: place for place, name in enumerate(dict.fromkeys(names), ADDRESSES)}
        self._file = file
        self._full = memoryview(_memory(8 * (ADDRESSES + len(self._places)), file)).cast("d")
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        """A worker that is spawned opens the same file."""
        return Ledger, (tuple(self._places), self._file)

    def with_names(self, names: Iterable[str]) -> Ledger:
        """The same accounts, and those of these names as well."""
        return Ledger((*self._places, *names), self._file)

    def account(self, name: str) -> int:
        """Where the account of this name is; a name that nobody announced has one of those of addresses."""
        return self._places.get(name, zlib.crc32(name.encode()) % ADDRESSES)

    def wait(self, account: int, saved: float = SAVED_S) -> float:
        """Seconds until something is left in an account that saves so many; zero or less: something is."""
        return self._full[account] - time.monotonic() - saved + ROUNDING_S

    def charge(self, account: int, units: int, per_minute: int) -> None:
        """Take so many units from an account that gets so many per minute."""
        with self._lock:
            full = max(self._full[account], time.monotonic())
            self._full[account] = full + units * MINUTE / per_minute

    def left(self, account: int, per_minute: int) -> int:
        """Whole units that are left."""
        used = max(0.0, self._full[account] - time.monotonic() - ROUNDING_S)
        return max(0, int((SAVED_S - used) * per_minute / MINUTE))


@dataclass(frozen=True, slots=True)
class _Quota:
    """The account that pays for the current request."""

    account: int
    per_minute: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class _Limits:
    ledger: Ledger
    clients: Clients
    per_minute: int
    proxies: frozenset[str]


@contextmanager
def shared_ledger(clients: Clients) -> Iterator[Ledger]:
    """The accounts of these clients, for the workers started meanwhile."""
    # What a worker still holds at its end cannot be removed on every system.
    with TemporaryDirectory(prefix="parcours-limits-", ignore_cleanup_errors=True) as folder:
        yield Ledger(account_names(clients), Path(folder) / "ledger")


def register(app: Flask, settings: Settings, clients: Clients, ledger: Ledger | None = None) -> None:
    """Give an application with clients its limits, before it finds out who asks; ``count_callers`` after.

    ``ledger``: the one that its workers share.
    """
    if not clients:
        return
    ledger = ledger or Ledger(account_names(clients))
    app.extensions[_EXTENSION] = _Limits(ledger, clients, settings.quota, settings.proxies)
    app.before_request(_refuse_early)
    app.after_request(_count_refusal)
    app.after_request(_say_what_is_left)


def count_callers(app: Flask) -> None:
    """Let an application count its requests for who asks, once it knows that."""
    app.before_request(_count)


def account_names(clients: Clients) -> list[str]:
    """The accounts of these clients: one for each practice that each of them speaks for."""
    return [
        _name(client.id, tenant)
        for client in clients
        for tenant in client.tenants.values() or [client.tenant]
    ]


class _Claims(Struct):
    iss: str
    tenant: str | None = None


def _claimed(authorization: str, clients: Clients) -> Client | None:
    """Whose token this says it is, unproven: enough to refuse, and not to charge."""
    _, _, token = authorization.partition(".")
    try:
        claims = msgspec.json.decode(urlsafe_b64decode(token.partition(".")[0] + "=="), type=_Claims)
    except (ValueError, RecursionError):
        return None
    client = clients.by_issuer(claims.iss)
    return client and client.of_tenant(claims.tenant)


def _refuse_early() -> None:
    """429 for who has nothing left, and says who he is."""
    limits = _limits()
    if limits is None or _CLIENT in request.environ:
        return
    client = _claimed(request.headers.get("Authorization", ""), limits.clients)
    if client:
        _refuse_beyond(limits.ledger, limits.ledger.account(_name(client.id, client.tenant)))


def _count() -> None:
    client: Client | None = request.environ.get(_CLIENT)
    if client is not None:
        count(client)


def count(client: Client) -> None:
    """Count the current request for the practice that asks; 429 if nothing is left of its quota."""
    limits = _limits()
    if limits is None:
        return
    account = limits.ledger.account(_name(client.id, client.tenant))
    quota = _Quota(account, client.quota or limits.per_minute, COSTS.get(request.endpoint or "", ONE))
    _refuse_beyond(limits.ledger, account)
    limits.ledger.charge(account, quota.cost.units, quota.per_minute)
    g.quota = quota


def weigh(body: bytes) -> None:
    """Count what a body adds to its request. Never refuses: the next one waits."""
    limits, quota = _limits(), cast("_Quota | None", g.get("quota"))
    if limits and quota and quota.cost.weighed:
        more = max(body.count(b'"resourceType"') // ENTRIES, len(body) // OCTETS)
        limits.ledger.charge(quota.account, more, quota.per_minute)


def neighbour(request: Request) -> str:
    """The address that speaks to us, that of a proxy perhaps. A socket of IPv6 disguises those of IPv4."""
    return _address(request.remote_addr or "")


def peer(request: Request, proxies: frozenset[str]) -> str:
    """The address that a request comes from: whom a proxy of ours names last, or whoever speaks to us."""
    address = neighbour(request)
    if address in proxies:
        return _address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()) or address
    return address


def _memory(size: int, file: Path | None) -> bytearray | mmap.mmap:
    if file is None:
        return bytearray(size)
    with file.open("a+b") as opened:
        opened.truncate(max(size, opened.tell()))  # its end: others may have more accounts in it
        return mmap.mmap(opened.fileno(), size)


def _limits() -> _Limits | None:
    return cast("_Limits | None", current_app.extensions.get(_EXTENSION))


def _name(client: str, tenant: str) -> str:
    return f"{client} {tenant}"


def _refuse_beyond(ledger: Ledger, account: int, saved: float = SAVED_S) -> None:
    wait = ledger.wait(account, saved)
    if wait > 0:
        raise TooManyRequests(retry_after=ceil(wait))


def _count_refusal(response: Response) -> Response:
    limits = _limits()
    if limits is None or response.status_code != 401:
        return response
    account = limits.ledger.account(_network(peer(request, limits.proxies)))
    try:
        _refuse_beyond(limits.ledger, account, REFUSED_S)
    except TooManyRequests as refused:
        return current_app.make_response(current_app.handle_user_exception(refused))
    limits.ledger.charge(account, 1, REFUSALS)
    return response


def _say_what_is_left(response: Response) -> Response:
    """``RateLimit`` and ``RateLimit-Policy``, as the IETF's httpapi group drafts them."""
    limits, quota = _limits(), cast("_Quota | None", g.get("quota"))
    if limits and quota:
        saved = ceil(quota.per_minute * SAVED_S / MINUTE)
        response.headers["RateLimit-Policy"] = f'"practice";q={saved};w={int(SAVED_S)}'
        left = limits.ledger.left(quota.account, quota.per_minute)
        response.headers["RateLimit"] = f'"practice";r={left};t={int(SAVED_S)}'
    return response


def _address(text: str) -> str:
    """An address as Python writes it, an IPv4 one as such; nothing when it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _network(address: str) -> str:
    """Whose an address is: in IPv6 one machine has 2^64 of them."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))
