"""A-086: what a service must not start with, each refused by name, without its value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parcours.cli.config import SECRET as SECRETS
from parcours.settings import SETTINGS

SECRET = "s3cret-value-of-nobody"
SOURCES = sorted(Path("plugin/parcours").rglob("*.py"))
Type = Callable[..., Any]
Prepared = Callable[[Path], dict[str, str]]


def _written(folder: Path, name: str, content: str, mode: int = 0o600) -> str:
    file = folder / name
    file.write_text(content, "utf-8")
    file.chmod(mode)
    return str(file)


REFUSED: dict[str, tuple[str, Prepared]] = {
    "a public URL in http": (
        "PARCOURS_PUBLIC_URL",
        lambda _: {"PARCOURS_PUBLIC_URL": f"http://{SECRET}.example"},
    ),
    "an open address without clients": ("PARCOURS_HOST", lambda _: {"PARCOURS_HOST": "192.168.1.10"}),
    "a metrics token others read": (
        "PARCOURS_METRICS_TOKEN_FILE",
        lambda folder: {"PARCOURS_METRICS_TOKEN_FILE": _written(folder, "token", SECRET, 0o644)},
    ),
    "an empty metrics token": (
        "PARCOURS_METRICS_TOKEN_FILE",
        lambda folder: {"PARCOURS_METRICS_TOKEN_FILE": _written(folder, "token", "")},
    ),
    "a directory in http": (
        "PARCOURS_ANNUAIRE_URL",
        lambda _: {"PARCOURS_ANNUAIRE_URL": f"http://{SECRET}.example"},
    ),
    "a directory key on two lines": (
        "PARCOURS_ANNUAIRE_KEY",
        lambda _: {"PARCOURS_ANNUAIRE_KEY": f"{SECRET}\nx"},
    ),
    "a variable nobody knows": ("PARCOURS_SECRET", lambda _: {"PARCOURS_SECRET": SECRET}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a086_it_does_not_start(
    name: str, typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable, prepare = REFUSED[name]
    for given, value in prepare(tmp_path).items():
        monkeypatch.setenv(given, value)
    said = typed("serve", "--port", "18080")
    assert said.code == 2
    assert variable in said.err
    assert SECRET not in said.err + said.out


def test_a086_a_secret_has_no_default_and_an_empty_one_is_none() -> None:
    defaults = {setting.name: setting.default for setting in SETTINGS}
    assert {defaults[name] for name in SECRETS} == {""}
    assert {name for name in defaults if name.endswith(("_KEY", "_SECRET", "_PASSWORD", "_TOKEN"))} <= SECRETS


def _calls(source: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(source.read_text("utf-8")))


def test_a086_nothing_is_called_without_looking_at_its_certificate() -> None:
    assert SOURCES
    for source in SOURCES:
        for node in _calls(source):
            if isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname"):
                assert not (isinstance(node.value, ast.Constant) and node.value.value is False), source
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("CERT_NONE", "_create_unverified_context"), source
