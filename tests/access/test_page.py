"""``docs/access.md`` says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from parcours.clients.scopes import EVERYTHING, OPERATIONS, rights
from parcours.smart.access_tokens import LIFE
from parcours.store.tokens import MOST_GIVEN
from parcours.web import access

PAGE = (Path(__file__).resolve().parents[2] / "docs/access.md").read_text("utf-8")


def test_every_right_is_in_the_table_of_scopes() -> None:
    named = re.findall(r"`(system/[A-Za-z]+\.[cruds]+|https://[^`]*/scope/[a-z]+)`", PAGE)
    assert frozenset().union(*map(rights, named)) == EVERYTHING | {OPERATIONS}


def test_every_owner_has_its_row() -> None:
    assert set(re.findall(r"^\| (public|client|user|operator) \|", PAGE, re.MULTILINE)) == set(access.Owner)


def test_the_numbers_are_those_of_the_program() -> None:
    assert f"`expires_in` {int(LIFE.total_seconds())}" in PAGE
    assert f"A client has {MOST_GIVEN} at most" in PAGE
