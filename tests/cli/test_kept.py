"""Commands about what is kept: purge, export, erase, backup."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.store.samples import NOW, PDF, move, nouvelle, of

from parcours.settings import Settings
from parcours.store import Store

Type = Any


@pytest.fixture
def store() -> Iterator[Store]:
    """The store of the user of the test: one old preparation, one signed, one of another practice."""
    store = Store.open(Settings().database)
    store.declarations.create("ici", nouvelle("a"))
    signed = store.declarations.create("ici", nouvelle("b", quand=dt.datetime.now(dt.UTC))).dossier
    store.declarations.advance("ici", signed.id, 1, move("signee", recu="AR-1"))
    store.declarations.create("ailleurs", nouvelle("b", quand=NOW))
    yield store
    store.close()


def test_a_purge_tells_then_does(typed: Type, store: Store) -> None:
    told = typed("purge", "--dry-run")
    assert (told.code, told.err) == (0, "")
    assert "À effacer : 2 déclarations" in told.out
    assert store.conservation.count(of("Patient/a")) == 1
    done = typed("purge")
    assert "Effacé : 2 déclarations" in done.out
    assert store.conservation.count(of("Patient/a")) == 0
    assert store.conservation.count(of("Patient/b")) == 1


@pytest.mark.usefixtures("store")
def test_retention_is_a_setting(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCOURS_RETENTION_PREPARED_DAYS", "36500")
    monkeypatch.setenv("PARCOURS_RETENTION_DAYS", "36500")
    assert "Effacé : 0 déclarations" in typed("purge").out


@pytest.mark.usefixtures("store")
def test_an_export_is_private_complete_and_never_over_another_file(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "export.ndjson"
    said = typed("export", "--patient", "Patient/b", "-o", str(file))
    assert (said.code, said.out) == (0, "")
    assert "2 déclarations" in said.err
    assert file.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {line["cabinet"] for line in lines} == {"ici", "ailleurs"}
    for line in lines:
        assert base64.b64decode(line["pdf"]) == PDF
        assert line["contenu"] == json.loads(nouvelle().contenu)
    (ours,) = (line for line in lines if line["cabinet"] == "ici")
    assert [(step["etat"], step["recu"]) for step in ours["transitions"]] == [
        ("preparee", None), ("signee", "AR-1"),
    ]  # fmt: skip
    before = file.read_bytes()
    again = typed("export", "--patient", "Patient/b", "--tenant", "ici", "-o", str(file))
    assert again.code == 2
    assert "existe déjà" in again.err
    assert file.read_bytes() == before


def test_an_erasure_asks_for_a_yes_and_stays_in_the_practice_named(typed: Type, store: Store) -> None:
    asked = typed("erase", "--patient", "Patient/b", "--tenant", "ici")
    assert asked.code == 2
    assert "1 à effacer" in asked.err
    done = typed("erase", "--patient", "Patient/b", "--tenant", "ici", "--yes")
    assert (done.code, done.out) == (0, "")
    assert store.conservation.count(of("Patient/b")) == 1
    assert typed("erase", "--patient", "Patient/b", "--yes").code == 0
    assert store.conservation.count(of("Patient/b")) == 0


@pytest.mark.usefixtures("store")
def test_a_backup_is_a_private_file_that_opens(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "copie.sqlite"
    assert typed("backup", str(file)).code == 0
    copy = Store.open(str(file))
    assert copy.conservation.count(of("Patient/b")) == 2
    copy.close()
    assert typed("backup", str(file)).code == 2
    assert typed("backup", str(tmp_path / "nowhere" / "copie")).code == 2


COMMANDS = [
    ("purge",),
    ("export", "--patient", "Patient/1", "-o", "x"),
    ("erase", "--patient", "Patient/1", "--yes"),
    ("backup", "x"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_makes_a_database(
    typed: Type, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = typed(*command)
    assert said.code == 1
    assert "PARCOURS_DATABASE" in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["Patient/b", "b", " Patient/b", "https://logiciel.example/fhir/Patient/b"])
def test_a_patient_may_be_named_in_several_ways(typed: Type, store: Store, name: str) -> None:
    assert "2 déclarations" in typed("erase", "--patient", name, "--yes").err
    assert store.conservation.count(of("Patient/b")) == 0


def test_one_declaration_is_named_by_its_id(typed: Type, store: Store) -> None:
    (one,) = store.conservation.export(of("Patient/a"))
    assert "1 déclarations" in typed("erase", "--id", one.dossier.id, "--yes").err
    assert (store.conservation.count(of("Patient/a")), store.conservation.count(of("Patient/b"))) == (0, 2)


@pytest.mark.parametrize("command", [("export", "-o", "export.ndjson"), ("erase", "--yes"), ("erase",)])
@pytest.mark.usefixtures("store")
def test_a_name_that_nobody_has_is_no_success(
    typed: Type, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = typed(*command, "--patient", "Patient/absent")
    assert said.code == 1
    assert "Rien n’est gardé" in said.err
    assert not Path("export.ndjson").exists()


@pytest.mark.parametrize("who", [(), ("--patient", ""), ("--id", ""), ("--patient", "b", "--id", "c")])
def test_nobody_is_erased_when_nobody_is_named(typed: Type, store: Store, who: tuple[str, ...]) -> None:
    assert typed("erase", *who, "--yes").code == 2
    assert store.conservation.count(of("Patient/a")) == 1
