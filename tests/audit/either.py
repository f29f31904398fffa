"""Tests that ask something of the database itself: they are run on each kind."""

from __future__ import annotations

import pytest

on_either = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
"""On SQLite and on PostgreSQL; without this mark, on SQLite only."""
