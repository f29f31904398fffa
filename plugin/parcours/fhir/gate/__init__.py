"""A quick yes to a resource that is beyond reproach; anything else goes to ``fhir.resources``, the authority.

The shapes are generated from the classes of one version of the library. With another one installed, the
gate stays closed and the library judges everything, slowly. Of what it lets in, the gate has a share judged
by the library as well: that they never disagree is what it rests on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from operator import or_
from typing import Any, Final

import msgspec

from parcours.fhir.gate.shapes import GENERATED_FROM, RESOURCES
from parcours.fhir.json_door import is_shallow

LOGGER = logging.getLogger("parcours")

DEPTH: Final = 64
"""Levels of JSON a resource may have here: the library still follows, from whatever stack it is called."""


class Gate:
    """The gate of one process. ``closed`` says why it lets nothing in; ``share``: how much is judged twice.

    ``disagreements`` counts what it let in and the library refused: it must stay at zero.
    """

    def __init__(self, generated_from: Mapping[str, str] = GENERATED_FROM, share: float = 0.01) -> None:
        self.share = share
        self.disagreements = 0
        self.closed = ""
        self._generated_from = generated_from
        self._decoder: msgspec.json.Decoder[Any] | None = None
        self._lock = threading.Lock()
        self._is_ready = False

    def prepare(self) -> None:
        """Make the types, once: threads must not do it together."""
        with self._lock:
            if self._is_ready:
                return
            self.closed = _difference(self._generated_from)
            if self.closed:
                # Every resource is judged by the library.
                LOGGER.warning("gate closed: detail=%s", self.closed)
            else:
                self._decoder = _decoder()
            self._is_ready = True

    def admits(self, raw: bytes, *, contained: bool) -> str | None:
        """The type of a resource with which nothing at all is wrong; ``None``: not sure."""
        if not self._is_ready:
            self.prepare()
        if self._decoder is None or (raw.count(b"{") > DEPTH // 2 and not is_shallow(raw, DEPTH)):
            return None
        try:
            resource = self._decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        if contained and (resource.contained is not None or resource.id is None):
            return None
        return type(resource).__name__

    def is_watched(self, key: bytes) -> bool:
        """Must the library judge this one too? The hash of its bytes tells, always the same."""
        return int.from_bytes(key[:4], "big") < self.share * 2**32

    def disagrees(self, kind: str) -> None:
        """The library refused what the gate had let in: count it, and say so, with no word of the request."""
        with self._lock:
            self.disagreements += 1
        LOGGER.error("gate disagrees: type=%s", kind)


def _difference(generated_from: Mapping[str, str]) -> str:
    found = {name: _installed(name) for name in generated_from}
    return ", ".join(
        f"{name} {found[name]} instead of {wanted}"
        for name, wanted in generated_from.items()
        if found[name] != wanted
    )


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "nothing that says its version"


def _decoder() -> msgspec.json.Decoder[Any]:
    from parcours.fhir.gate.structs import STRUCTS  # 0.03 s: not before somebody needs them

    return msgspec.json.Decoder(reduce(or_, (STRUCTS[name] for name in RESOURCES.split())))
