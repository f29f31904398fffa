"""``parcours examples``: what an integrator tries first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parcours import installed

Type = Callable[..., Any]


def test_the_examples_are_copied_and_can_be_evaluated(typed: Type, tmp_path: Path) -> None:
    said = typed("examples", str(tmp_path / "essai"))
    bundles = sorted((tmp_path / "essai").glob("*/bundle.json"))
    assert (said.code, said.out) == (0, "")
    assert len(bundles) == len(list(installed.examples().glob("*/bundle.json"))) > 40
    assert typed("evaluate", str(bundles[0])).code == 0


def test_an_installed_package_carries_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "_examples").mkdir()
    monkeypatch.setattr(installed, "_PACKAGE", tmp_path)
    assert installed.examples() == tmp_path / "_examples"


def test_nothing_is_overwritten(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    said = typed("examples", str(tmp_path))
    assert said.code == 2
    assert "pas vide" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_place_that_cannot_be_written_is_said(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = typed("examples", str(tmp_path / "file" / "inside"))
    assert said.code == 2
    assert "copie impossible" in said.err
