"""A stable name for a set of facts: same facts, same bytes, on any machine and any day."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache
from typing import Any

NAMESPACE = uuid.UUID("6f0c3f5e-6f0c-5a8f-9a53-8a1f2d7b4c10")
"""Ours alone; changing it would rename every decision ever made."""


def fingerprint(*values: object) -> str:
    """A UUID version 5 of these values: dataclasses, enums, dates, decimals, sets, mappings, text."""
    return str(uuid.uuid5(NAMESPACE, _WRITER.encode(values)))


def _plain(value: Any) -> object:
    """What JSON does not know, as what it knows. Raises ``TypeError`` for what has no stable text."""
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, dt.date | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return {name: getattr(value, name) for name in _names(value.__class__)}


_WRITER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True, default=_plain
)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
