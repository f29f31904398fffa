"""The addresses that may be called: written in the configuration, parsed once, resolved once, checked.

An address that arrives in a request is compared with a configured one and never called. One strict
grammar reads both, because lenient parsers disagree: in ``http://127.0.0.1\\@ehr.example/`` one sees
``ehr.example``, another calls ``127.0.0.1``.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from parcours.remote.deadline import Deadline
from parcours.remote.unreachable import Reason, Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[a-z0-9._~-]+)*/?)"
    r"(?:\?(?P<query>[a-z0-9._~!$&'()*+,;=:@/?%|-]*))?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}

_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
"""Global unicast. Outside lie the forms that hide an IPv4 address: mapped, compatible, NAT64."""

_PRACTICE = tuple(
    ipaddress.ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""Where a practice's own server may be, when its configuration says so. Not 169.254.0.0/16: clouds keep
their secrets there. Not 100.64.0.0/10: it belongs to the network's operator."""

# ``getaddrinfo`` cannot be interrupted. Four names at once are plenty: a client has one server.
_RESOLVERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One configured address: a base, or a single document.

    ``path`` is empty or begins with ``/``. ``private``: the name may resolve to a private address.
    ``ca_file``: the certificates to trust, instead of the public ones.
    """

    scheme: str
    host: str
    port: int
    path: str
    private: bool = False
    ca_file: str | None = None

    @classmethod
    def parse(cls, text: str, *, private: bool = False, ca_file: str | None = None) -> Endpoint:
        """Read an address; ``ValueError`` unless plain ``https`` (``http`` on this machine only)."""
        parts = _split(text)
        if parts["query"] is not None:
            raise ValueError("query")
        scheme, host, port, path = _normal(parts)
        endpoint = cls(scheme=scheme, host=host, port=port, path=path, private=private, ca_file=ca_file)
        if scheme == "http" and not endpoint.on_this_machine:
            raise ValueError("http")
        return endpoint

    @property
    def on_this_machine(self) -> bool:
        """Is it this machine by its very writing? A name that merely resolves to it is not."""
        literal = _literal(self.host)
        return literal.is_loopback if literal else self.host == "localhost"

    @property
    def authority(self) -> str:
        """What ``Host`` says: the name, and the port when it is not the usual one."""
        usual = self.port == _DEFAULT_PORTS[self.scheme]
        return self.host if usual else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, name and port: ``https://ehr.example``."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.path

    def same_as(self, url: object) -> bool:
        """Is this, written by somebody else, the same address? A final slash makes no difference."""
        try:
            parts = _split(url)
            given = _normal(parts)
        except ValueError:
            return False
        ours = (self.scheme, self.host, self.port)
        return parts["query"] is None and given[:3] == ours and given[3].rstrip("/") == self.path.rstrip("/")

    def within(self, url: object) -> str:
        """Path and query of an address under this base; ``ValueError`` when it lies elsewhere."""
        parts = _split(url)
        scheme, host, port, path = _normal(parts)
        below = path == self.path.rstrip("/") or path.startswith(f"{self.path.rstrip('/')}/")
        if (scheme, host, port) != (self.scheme, self.host, self.port) or not below:
            raise ValueError("elsewhere")
        return path + (f"?{parts['query']}" if parts["query"] is not None else "")

    def resolve(self, deadline: Deadline) -> str:
        """The one address to connect to. Every address of the name must be allowed, or none is.

        IPv4 first: a practice whose network has no IPv6 would wait for nothing.
        """
        addresses = sorted(self._addresses(deadline), key=lambda address: address.version)
        if not addresses:
            raise Unreachable(Reason.NAME)
        if not all(self._allows(address) for address in addresses):
            raise Unreachable(Reason.ADDRESS)
        return str(addresses[0])

    def _addresses(self, deadline: Deadline) -> list[Address]:
        name = self.host.strip("[]")
        looked_up = _RESOLVERS.submit(socket.getaddrinfo, name, self.port, type=socket.SOCK_STREAM)
        try:
            found = looked_up.result(timeout=deadline.remaining())
            return [ipaddress.ip_address(entry[4][0]) for entry in found]
        except TimeoutError:
            looked_up.cancel()
            reason = Reason.TIMEOUT
        except (OSError, ValueError):
            reason = Reason.NAME
        raise Unreachable(reason)

    def _allows(self, address: Address) -> bool:
        if address.is_loopback:
            return self.on_this_machine
        practice = any(address in network for network in _PRACTICE)
        return is_public(address) or (practice and self.private)


def is_public(address: Address) -> bool:
    """Is this an address of the open Internet, and nothing disguised as one?"""
    if isinstance(address, ipaddress.IPv6Address):
        disguised = address.sixtofour or address.teredo
        return address.is_global and address in _PUBLIC_IPV6 and not disguised
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _split(url: object) -> dict[str, str | None]:
    found = _URL.fullmatch(url) if isinstance(url, str) else None
    if found is None:
        raise ValueError("url")
    return found.groupdict()


def _normal(parts: dict[str, str | None]) -> tuple[str, str, int, str]:
    scheme, host, path = ((parts[name] or "") for name in ("scheme", "host", "path"))
    scheme, host = scheme.lower(), host.lower()
    if {".", ".."} & set(path.split("/")):
        raise ValueError("path")
    _literal(host)
    port = int(parts["port"] or _DEFAULT_PORTS[scheme])
    if port > 65_535:
        raise ValueError("port")
    return scheme, host, port, path


def _literal(host: str) -> Address | None:
    """The address that this host is; ``None`` for a name. ``ValueError`` for ``127.1``, ``0x7f.1``, ``0``."""
    if host.startswith("["):
        return ipaddress.IPv6Address(host[1:-1])
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return ipaddress.IPv4Address(host)
    return None
