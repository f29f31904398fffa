"""Our own access to a software's data, where it was agreed on: SMART Backend Services.

It serves when the software asks and lends no access of its user. Kept in memory only, while it lasts.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from typing import Final

from parcours.clients import Client
from parcours.registration import Registration
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Authorization
from parcours.smart.discovery import Discovery
from parcours.smart.our_keys import OurKeys
from parcours.smart.tokens import Access, Asking

HELD: Final = dt.timedelta(minutes=5)
"""An access is held no longer, whatever its server says: one that was taken back is soon asked for anew."""


class Backend:
    """The accesses of one process, one for each client that grants them."""

    def __init__(self, keys: OurKeys, discovery: Discovery) -> None:
        self._keys = keys
        self._discovery = discovery
        self._lock = threading.Lock()
        self._held: dict[str, Access] = {}

    def authorization(self, client: Client, now: dt.datetime, deadline: Deadline) -> Authorization | None:
        """With what to read from this client's server; ``None`` when nothing was agreed.

        Raises ``Refused`` when its authorization server says no, ``Unreachable`` when it says nothing.
        """
        if client.smart is None or client.smart.backend_scopes is None:
            return None
        with self._lock:
            held = self._held.get(client.id)
        if held is None or not held.serves(now):
            held = self._asked(client, client.smart, now, deadline)
            with self._lock:
                self._held[client.id] = held
        return held.authorization

    def _asked(
        self, client: Client, registration: Registration, now: dt.datetime, deadline: Deadline
    ) -> Access:
        scopes = registration.backend_scopes or ""
        form = {"grant_type": "client_credentials", "scope": scopes}
        endpoint = self._discovery.server(client, deadline).token
        access = Asking(registration, self._keys).ask(endpoint, form, scopes, now, deadline).access
        return replace(access, expires=min(access.expires, now + HELD))
