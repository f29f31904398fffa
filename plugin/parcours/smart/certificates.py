"""Clients known by their TLS certificate, which the server in front of this one has verified (mutual TLS).

It hands the certificate on in a header. Anybody may write that header: it is believed from the configured
addresses alone, and what others write in it is as if it were not there.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from base64 import b64decode
from collections.abc import Set
from urllib.parse import unquote

from parcours.clients import Client, Clients
from parcours.errors import SettingsError
from parcours.settings import CERTIFICATE_HEADER
from parcours.smart.trust import Untrusted

LOGGER = logging.getLogger("parcours")

_PEM = re.compile(r"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*", re.ASCII)
"""One certificate: of two in a row, some readers see the first."""


class Certificates:
    """The certificates of one application's clients. Safe between threads."""

    def __init__(self, clients: Clients, header: str, proxies: Set[str]) -> None:
        if not header and any(client.certificate for client in clients):
            raise SettingsError(f"{CERTIFICATE_HEADER.name} : exigée par certificate_sha256 d’un client.")
        self._clients = clients
        self.header = header
        self._proxies = proxies
        self._lock = threading.Lock()
        self.ignored = 0
        """How often somebody who is not the proxy wrote the header."""

    def client(self, shown: str, peer: str) -> Client | None:
        """Whose certificate the proxy has verified; ``None`` when it says of none.

        ``shown``: what stands in ``header``; ``peer``: the address that speaks to us. Raises ``Untrusted``
        for a certificate that is no client's.
        """
        if not shown:
            return None
        if peer not in self._proxies:
            self._ignore()
            return None
        client = self._clients.by_certificate(digest(shown))
        if client is None:
            raise Untrusted("certificate")
        return client

    def _ignore(self) -> None:
        """Count it, and say so at 1, 2, 4, 8…: whoever sends many does not fill the log."""
        with self._lock:
            self.ignored += 1
            count = self.ignored
        if count & (count - 1) == 0:
            LOGGER.warning("certificate header ignored: count=%d", count)


def digest(shown: str) -> str:
    """The SHA-256 of a certificate, written as PEM and escaped as in a URL; empty when it is none."""
    try:
        pem = _PEM.fullmatch(unquote(shown, errors="strict"))
        der = b64decode("".join(pem[1].split()), validate=True) if pem else b""
    except ValueError:
        return ""
    return hashlib.sha256(der).hexdigest() if der else ""
