"""Every message of this program has the one form, and only fields that are allowed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from parcours.logs.fields import FIELDS
from parcours.logs.rendering import TEMPLATE

SOURCES = sorted(Path("plugin/parcours").rglob("*.py"))
METHODS = {"debug", "info", "warning", "error", "critical", "exception", "log"}


def messages(source: Path) -> Iterator[tuple[int, ast.expr]]:
    """The messages that a module logs, by line."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in METHODS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("LOGGER", "logger", "log", "logging")
        ):
            yield node.lineno, node.args[1 if node.func.attr == "log" else 0]


LOGGED = [(source, line, said) for source in SOURCES for line, said in messages(source)]


def test_there_are_messages_to_look_at() -> None:
    assert len(LOGGED) > 10


@pytest.mark.parametrize(
    ("source", "line", "said"), LOGGED, ids=[f"{s.stem}:{line}" for s, line, _ in LOGGED]
)
def test_a_message_is_a_constant_event_and_allowed_fields(source: Path, line: int, said: ast.expr) -> None:
    assert isinstance(said, ast.Constant), f"{source}:{line}: the message must be a constant"
    found = TEMPLATE.fullmatch(str(said.value))
    assert found, f"{source}:{line}: «event: name=%s other=%d» is the form"
    names = {field.partition("=")[0] for field in (found["fields"] or "").split()}
    assert names <= set(FIELDS), f"{source}:{line}: {names - set(FIELDS)} not in logs/fields.py"


def test_every_field_that_is_allowed_serves() -> None:
    found = [TEMPLATE.fullmatch(str(said.value)) for *_, said in LOGGED if isinstance(said, ast.Constant)]
    used = {field.partition("=")[0] for match in found if match for field in (match["fields"] or "").split()}
    assert used | {"request_id"} == set(FIELDS)
