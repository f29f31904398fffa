"""The public keys of a client: which are usable, and the copy kept of those it publishes.

CDS Hooks 2.0, "Trusting CDS Clients"; RFC 7517. ES384 and RS384 only, each key bound to one algorithm.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import CDS_SECONDS, KEY_SLOTS, Conversation
from parcours.remote.unreachable import Reason, Unreachable

ALGORITHMS = ("ES384", "RS384")
MIN_RSA_BITS = 2048
MAX_KEYS = 50
"""More keys than any client rotates; a longer list is not a list of keys."""

REFRESH_SECONDS = 3600.0
"""A key that its owner withdrew is refused at the latest after this time."""
PAUSE_SECONDS = 300.0
"""Between two fetches when keys are held: unknown key names cannot make us hammer a client's server."""
COLD_PAUSE_SECONDS = 30.0
"""The same when none could be had yet: nothing works until the server is back."""
KEEP_SECONDS = 24 * 3600.0
"""How long keys serve while their server is dead."""
PATIENCE_SECONDS = 0.2
"""How long a thread waits for keys that another one fetches: a slow host must not hold them all."""

Key = ECKey | RSAKey
Keys = Mapping[tuple[str, str], Key]
"""By name and algorithm: a key found here cannot be used with another one."""


def read_key(jwk: object) -> tuple[tuple[str, str], Key]:
    """A JWK as ``(kid, algorithm), key``; ``ValueError`` for one that may not sign for a client.

    Refused: no ``kid``, a private or symmetric key, another curve than P-384, RSA under 2048 bits, and an
    ``alg``, ``use`` or ``key_ops`` that says otherwise.
    """
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or "d" in jwk:
        raise ValueError("jwk")
    try:
        algorithm, key = _imported(jwk)
        key.check_alg(algorithm)
        key.check_use("sig")
        key.check_key_op("verify")
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError("jwk") from None
    return (jwk["kid"], algorithm), key


def _imported(jwk: dict[str, Any]) -> tuple[str, Key]:
    if jwk.get("kty") == "EC" and jwk.get("crv") == "P-384":
        return "ES384", ECKey.import_key(jwk)
    if jwk.get("kty") == "RSA":
        rsa = RSAKey.import_key(jwk)
        if rsa.public_key.key_size >= MIN_RSA_BITS:
            return "RS384", rsa
    raise ValueError("kind")


def usable_keys(document: object) -> Keys:
    """The keys of a published set that may sign; the others are nobody's concern. ``ValueError``: no set."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise ValueError("set")
    found: dict[tuple[str, str], Key] = {}
    for jwk in listed:
        try:
            name, key = read_key(jwk)
        except ValueError:
            continue
        found.setdefault(name, key)
    return found


class PublishedKeys:
    """The keys that one client publishes, kept in memory; ``clock`` counts seconds and never jumps."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._failure = Reason.CONNECT

    def find(self, kid: str, algorithm: str) -> Key | None:
        """The key of this name; ``None`` when the client has none. ``Unreachable`` when nobody can tell."""
        name = (kid, algorithm)
        if self._worth_fetching(name):
            self._refresh(name)
            if self._worth_fetching(name) and not self._holds(name):
                raise Unreachable(Reason.BUSY)  # somebody else is fetching, or nobody may now
        return self._known().get(name)

    def _refresh(self, name: tuple[str, str]) -> None:
        """Fetch, one thread at a time; a key that is held waits for nobody."""
        if self._lock.acquire(timeout=0 if self._holds(name) else PATIENCE_SECONDS):
            try:
                if self._worth_fetching(name):
                    self._fetch()
            finally:
                self._lock.release()

    def _holds(self, name: tuple[str, str]) -> bool:
        return name in self._keys and self._age() < KEEP_SECONDS

    def _worth_fetching(self, name: tuple[str, str]) -> bool:
        if self._tried is None:
            return True
        pause = COLD_PAUSE_SECONDS if self._fetched is None else PAUSE_SECONDS
        if self._clock() - self._tried < pause:
            return False
        return name not in self._keys or self._age() >= REFRESH_SECONDS

    def _fetch(self) -> None:
        """Take what is published now; keep what is held when that cannot be had."""
        try:
            deadline = Deadline.after(CDS_SECONDS)
            with Conversation(self._endpoint, deadline, slots=KEY_SLOTS) as conversation:
                keys = usable_keys(conversation.get(self._endpoint.path))
            # In this order: a key that is seen is known to be fresh.
            self._fetched = self._clock()
            self._keys = keys
        except Unreachable as error:
            if error.reason is Reason.BUSY:
                return  # we were: nobody was asked, and whoever comes next may
            self._failure = error.reason
        except ValueError:
            self._failure = Reason.UNREADABLE
        # Last: until then, whoever needs a key that is not held has to wait for it.
        self._tried = self._clock()

    def _known(self) -> Keys:
        if self._age() >= KEEP_SECONDS:
            raise Unreachable(self._failure)
        return self._keys

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._clock() - self._fetched
