"""What a setting is, and how the text of a variable is read: ``ValueError`` for anything else."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from parcours.errors import SettingsError
from parcours.remote.endpoints import Endpoint

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its variable, what it is when nobody sets it, how it is read, why it exists.

    ``parse`` raises ``ValueError`` on anything but ``accepted``, which is a phrase for people.
    """

    name: str
    default: T
    parse: Callable[[str], T]
    accepted: str
    sentence: str

    def read(self, environment: Mapping[str, str]) -> T:
        """The value of this setting; ``SettingsError`` names the variable, never the value."""
        if self.name not in environment:
            return self.default
        try:
            return self.parse(environment[self.name])
        except ValueError:
            pass
        raise SettingsError(f"{self.name} : valeur refusée ; accepté : {self.accepted}.")


def whole(name: str, default: int, lowest: int, highest: int, sentence: str) -> Setting[int]:
    """A whole number between two others, both allowed."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError
        return int(text)

    return Setting(name, default, parse, f"un entier de {lowest} à {highest}", sentence)


def share(text: str) -> float:
    """A share, from ``0`` to ``1``."""
    if not re.fullmatch(r"1|0(?:\.[0-9]{1,6})?", text, re.ASCII):
        raise ValueError
    return float(text)


def is_loopback(host: str) -> bool:
    """Does this name or address reach this machine only?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host(text: str) -> str:
    """An IP address as Python writes it, or ``localhost``."""
    return text if text == "localhost" else str(ipaddress.ip_address(text))


def addresses(text: str) -> str:
    """IP addresses between commas, as Python writes them; or nothing."""
    return ",".join(str(ipaddress.ip_address(part.strip())) for part in text.split(",") if text)


def header_name(text: str) -> str:
    """The name of a header, in one word; or nothing.

    ``X-Y`` and ``X_Y`` are one name in WSGI: who may not write the first could write the second.
    """
    if not re.fullmatch(r"(?:[A-Za-z][A-Za-z0-9]{0,63})?", text, re.ASCII):
        raise ValueError
    return text


def public_url(text: str) -> str:
    """The start of our URLs: ``https``, or ``http`` on this machine, and no final slash; or nothing."""
    if not text:
        return text
    parts = _PUBLIC_URL.fullmatch(text)
    if parts is None or (parts["scheme"] == "http" and not is_loopback(parts["host"].strip("[]"))):
        raise ValueError
    return text


_PUBLIC_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*",
    re.ASCII,
)


def database(text: str) -> str:
    """A path, or the URL of a PostgreSQL database."""
    if "\0" in text or ("://" in text and not text.startswith("postgresql://")):
        raise ValueError
    return text


def directory_url(text: str) -> str:
    """An address that may be called, as ``Endpoint`` has it."""
    Endpoint.parse(text)
    return text


def directory_key(text: str) -> str:
    """Visible ASCII, at most 255 characters."""
    if not re.fullmatch(r"[!-~]{0,255}", text, re.ASCII):
        raise ValueError
    return text
