"""What a CDS Hooks service is, before it is asked anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TOKEN: Final = re.compile(r"\{\{([^}]+)\}\}")
OF_THE_CONTEXT: Final = "context."


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A moment of the doctor's work: its name, and what its context must hold (hook library, version 1.0)."""

    name: str
    context: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as it is declared, once: discovery is made of it, and calls are held to it.

    ``subject``: the type of resource it judges. ``prefetch``: by key, a FHIR read or search with plain
    tokens. ``required``: the keys without which nothing can be said. ``options``: its switches.
    """

    id: str
    hook: Hook
    subject: str
    title: str
    description: str
    usage: str
    prefetch: Mapping[str, str]
    required: frozenset[str]
    options: tuple[str, ...]


def filled(template: str, tokens: Mapping[str, str]) -> str | None:
    """A template with its tokens replaced; ``None`` when one of them has no value in this call."""
    if any(name not in tokens for name in TOKEN.findall(template)):
        return None
    return TOKEN.sub(lambda found: tokens[found[1]], template)
