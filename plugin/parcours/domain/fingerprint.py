"""A stable name for a set of facts: same facts, same bytes, on any machine and any day."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal

NAMESPACE = uuid.UUID("6f0c3f5e-6f0c-5a8f-9a53-8a1f2d7b4c10")
"""Ours alone; changing it would rename every decision ever made."""


def fingerprint(*values: object) -> str:
    """A UUID version 5 of these values: dataclasses, enums, dates, decimals, sets, mappings, text."""
    text = json.dumps([_plain(v) for v in values], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return str(uuid.uuid5(NAMESPACE, text))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(v) for v in value)
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, dt.date | Decimal) else value
