"""The one HTTP client of this service: JSON from a configured address, within one deadline."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any

import msgspec
import requests
from requests.utils import default_user_agent
from urllib3.exceptions import HTTPError, SSLError
from werkzeug.http import parse_options_header

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.pinned import PinnedAdapter
from parcours.remote.slots import Slots
from parcours.remote.unreachable import Reason, Unreachable
from parcours.tally import Tally

MAX_BYTES = 2 * 1024 * 1024
"""What one answer may weigh: as much as a request to us. A visit takes some twenty thousand bytes."""

CDS_SECONDS = 2.0
"""What a doctor's software is made to wait, at most, for everything fetched for one hook."""

MAX_CONVERSATIONS = 8
"""How many calls out may wait at once in one process, to one server no more than half of them."""

PATIENCE_SECONDS = 0.3
"""How long a call waits for one of these places: a server that is well gives one back sooner."""

MAX_KEY_FETCHES = 4
"""The same for the keys that clients publish: who may ask must be known, however slow other servers are."""

ACCEPT = "application/fhir+json, application/json;q=0.9"
MEDIA_TYPES = frozenset({"application/fhir+json", "application/json", "application/jwk-set+json"})

_READ, _DONE = range(200, 201), range(200, 300)
"""The statuses of what is read whole, and of what is done."""
_STATUSES = {401: Reason.REFUSED, 403: Reason.REFUSED, 404: Reason.ABSENT, 410: Reason.ABSENT}
_TRANSPORT = (requests.RequestException, HTTPError, OSError, ValueError)
_CHUNK = 64 * 1024
_PLAIN, _EXACT = msgspec.json.Decoder(), msgspec.json.Decoder(float_hook=Decimal)

CALLS: Tally[str] = Tally()
"""Calls out of this process by how they ended: ``ok``, or the reason why not."""

SLOTS = Slots(MAX_CONVERSATIONS, PATIENCE_SECONDS)
KEY_SLOTS = Slots(MAX_KEY_FETCHES)

# It warns of headers that are cut with the whole URL, and a URL of a software holds the id of a patient.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class Conversation:
    """One or more calls to one endpoint, on one connection, under one deadline. Use it in a ``with``.

    ``token`` is sent as a bearer token, and kept nowhere else; ``certificate``: our own, and its key, for a
    server that asks for it. Nothing of the environment is heard:
    neither proxies nor ``.netrc``. Begun only when one of ``slots`` is, or soon comes, free for this server.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        deadline: Deadline,
        token: str | None = None,
        slots: Slots = SLOTS,
        certificate: tuple[str, str] | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._deadline = deadline
        self._slots = slots
        self._session = _session(endpoint, token)
        self._session.cert = certificate
        self._pinned = False

    def __enter__(self) -> Conversation:
        with _counted():
            self._slots.take(self._endpoint.origin, self._deadline.left)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._slots.give_back(self._endpoint.origin)

    def get(self, target: str) -> Any:
        """The JSON at this path and query of the endpoint's origin. Raises ``Unreachable``."""
        return _decoded(self._asked("GET", target, _READ), _PLAIN)

    def get_exact(self, target: str) -> Any:
        """The same, for what may be written back: each number keeps its digits, as a ``Decimal``."""
        return _decoded(self._asked("GET", target, _READ), _EXACT)

    def post(
        self, target: str, body: bytes | Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Any:
        """The JSON answered to this body, sent once; a mapping goes as a form. Raises ``Unreachable``."""
        return _decoded(self._asked("POST", target, _DONE, data=body, headers=headers), _PLAIN)

    def _asked(self, method: str, target: str, good: range, **sent: Any) -> bytes:
        with _counted():
            answered = self._attempted(method, target, good, sent)
        CALLS.add("ok")
        return answered

    def _attempted(self, method: str, target: str, good: range, sent: Mapping[str, Any]) -> bytes:
        try:
            self._pin()
            return self._exchanged(method, target, good, sent)
        except _TRANSPORT as error:
            reason = self._reason(error)
        # Out of the handler: the errors of the libraries hold the URL and the token.
        raise Unreachable(reason)

    def _pin(self) -> None:
        if not self._pinned:
            address = self._endpoint.resolve(self._deadline)
            adapter = PinnedAdapter(self._endpoint, address, self._deadline)
            self._session.mount(f"{self._endpoint.origin}/", adapter)
            self._pinned = True

    def _exchanged(self, method: str, target: str, good: range, sent: Mapping[str, Any]) -> bytes:
        with self._session.request(
            method,
            self._endpoint.origin + target,
            timeout=self._deadline.remaining(),
            verify=self._endpoint.ca_file or True,
            allow_redirects=False,
            stream=True,
            **sent,
        ) as response:
            _check(response, good)
            return _body(response)

    def _reason(self, error: Exception) -> Reason:
        try:
            self._deadline.remaining()
        except TimeoutError:
            return Reason.TIMEOUT
        tls = isinstance(error, (requests.exceptions.SSLError, SSLError, ssl.SSLError))
        return Reason.TLS if tls else Reason.CONNECT


@contextmanager
def _counted() -> Iterator[None]:
    """Count a call that ends in here with a reason."""
    try:
        yield
    except Unreachable as gone:
        CALLS.add(gone.reason)
        raise


def _session(endpoint: Endpoint, token: str | None) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers = requests.structures.CaseInsensitiveDict(
        {
            "Accept": ACCEPT,
            "Accept-Encoding": "identity",  # a small answer cannot grow into a huge one
            "Host": endpoint.authority,
            "User-Agent": default_user_agent("parcours-soins"),
        }
    )
    if token is not None:
        session.headers["Authorization"] = f"Bearer {token}"
    return session


def _check(response: requests.Response, good: range) -> None:
    """Is this worth reading: one of the statuses that are good, and JSON?"""
    if 300 <= response.status_code < 400:
        raise Unreachable(Reason.REDIRECT, response.status_code)
    if response.status_code not in good:
        raise Unreachable(_STATUSES.get(response.status_code, Reason.STATUS), response.status_code)
    kind, options = parse_options_header(response.headers.get("Content-Type", ""))
    charset = options.get("charset", "utf-8").lower()
    plain = response.headers.get("Content-Encoding", "identity").lower() == "identity"
    if not (kind.lower() in MEDIA_TYPES and charset in ("utf-8", "utf8") and plain):
        raise Unreachable(Reason.CONTENT)


def _body(response: requests.Response) -> bytes:
    """All of it, as it was sent; the library raises when it is shorter than announced."""
    body = bytearray()
    for piece in response.raw.stream(_CHUNK, decode_content=False):
        body += piece
        if len(body) > MAX_BYTES:
            raise Unreachable(Reason.TOO_LARGE)
    return bytes(body)


def _decoded(body: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    raise Unreachable(Reason.UNREADABLE)
