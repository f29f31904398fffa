"""What a software granted is given back when its session is closed (RFC 7009), where it takes it back.

It is done in the background, with one short try for each token: nobody waits for it, and what could not be
given back ends by itself.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Final

from parcours.clients import Clients
from parcours.errors import ParcoursError
from parcours.remote.deadline import Deadline
from parcours.remote.oauth import tell_revoked
from parcours.smart.launching import Visit, reached
from parcours.smart.our_keys import OurKeys
from parcours.smart.tokens import proof

LOGGER = logging.getLogger("parcours")

SECONDS: Final = 3.0
"""For all the tokens of one session."""
_WAITING: Final = 16
"""Sessions whose tokens wait to be given back in one process; beyond, they are left to end by themselves."""


class Revoking:
    """The revocations of one application."""

    def __init__(self, clients: Clients, keys: OurKeys) -> None:
        self._clients = clients
        self._keys = keys
        self._places = BoundedSemaphore(_WAITING)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="revoke")

    def begin(self, visits: Sequence[Visit], now: dt.datetime) -> None:
        """Have the accesses of these visits given back soon; returns at once."""
        wanted = [visit for visit in visits if visit.revocation]
        if wanted and self._places.acquire(blocking=False):
            self._worker.submit(self._all, wanted, now).add_done_callback(lambda _: self._places.release())

    def _all(self, visits: Sequence[Visit], now: dt.datetime) -> None:
        deadline, failed = Deadline.after(SECONDS), 0
        for visit in visits:
            try:
                self._one(visit, now, deadline)
            except (ParcoursError, TimeoutError, ValueError):
                failed += 1
        if failed:
            LOGGER.warning("smart revocation failed: visits=%d", failed)

    def _one(self, visit: Visit, now: dt.datetime, deadline: Deadline) -> None:
        client = self._clients.by_id(visit.client)
        if client is None or client.smart is None or client.fhir_base is None or visit.revocation is None:
            return
        endpoint = reached(visit.revocation, client.smart, client.fhir_base)
        access = visit.access
        # The refresh token first: with it, most servers take back everything it gave.
        for hint, token in (("refresh_token", access.refresh), ("access_token", access.token)):
            if token is not None:
                who = proof(client.smart, self._keys, visit.token, now)
                tell_revoked(endpoint, {"token": token, "token_type_hint": hint, **who}, deadline)
