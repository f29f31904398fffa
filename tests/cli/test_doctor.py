"""``parcours doctor`` and ``parcours config show``: what is found, what to do, and no secret."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import time_machine

from parcours import installed
from parcours.cli.doctor import access, data, diagnosis, program
from parcours.cli.doctor.findings import Constat, Etat, Poste
from parcours.fhir.validity import GATE
from parcours.law import droit
from parcours.settings import SETTINGS, Settings
from parcours.smart.our_keys import FILE, OurKeys
from parcours.store import Store
from parcours.store.audit import Entry
from parcours.store.audit_keys import FILE as AUDIT_KEY

SECRET = "s3cret-value-of-nobody"
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
Type = Callable[..., Any]
Check = Callable[[Poste], Any]


def found(check: Check, **settings: Any) -> list[Constat]:
    return list(check(Poste(Settings(**settings), NOW, reseau=False)))


def states(constats: list[Constat]) -> list[Etat]:
    return [constat.etat for constat in constats]


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = str(tmp_path / "base.sqlite")
    Store.open(path).close()
    return path


def test_a_service_that_can_run_is_told_so(typed: Type, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCOURS_DATABASE", base)
    said = typed("doctor", "--offline")
    assert (said.code, said.err) == (0, "")
    assert "✗" not in said.out
    for subject in (
        "programme",
        "adresse",
        "clients",
        "clés",
        "mesures",
        "horloge",
        "disque",
        "base",
        "droit",
    ):
        assert f" {subject} : " in said.out
    for subject in ("porte FHIR", "papiers", "exemples", "annuaire"):
        assert f" {subject} : " in said.out


def test_as_json_each_finding_has_its_subject_its_state_and_what_to_do(typed: Type) -> None:
    said = typed("doctor", "--offline", "--format", "json")
    told = json.loads(said.out)
    assert {tuple(line) for line in told} == {("sujet", "etat", "texte", "remede")}
    assert {line["etat"] for line in told} <= {"ok", "avertissement", "erreur"}
    assert all(line["remede"] for line in told if line["etat"] != "ok")


def test_a_setting_that_cannot_be_read_is_the_only_finding(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCOURS_PORT", SECRET)
    said = typed("doctor")
    assert said.code == 1
    assert "PARCOURS_PORT" in said.out
    assert SECRET not in said.out
    assert said.out.count("✗") == 1


def test_a_check_that_fails_is_a_finding_and_the_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_poste: Poste) -> Any:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(data, "horloge", fails)
    constats = list(diagnosis(NOW, reseau=False))
    (clock,) = [constat for subject, constat in constats if subject == "horloge"]
    assert (clock.etat, "RuntimeError" in clock.texte, SECRET in clock.texte) == (Etat.ERREUR, True, False)
    assert "exemples" in [subject for subject, _ in constats]


# ---------------------------------------------------------------- the database and the clock


def test_a_database_that_is_not_there_will_be_made(tmp_path: Path) -> None:
    assert states(found(data.base, database=str(tmp_path / "none.sqlite"))) == [Etat.AVERTISSEMENT]


def test_a_database_that_is_whole_is_well_and_nothing_of_it_changes(base: str) -> None:
    before = Path(base).read_bytes()
    assert states(found(data.base, database=base)) == [Etat.OK]
    assert Path(base).read_bytes() == before


@pytest.mark.parametrize("harm", ["others", "cut", "foreign", "corrupt"])
def test_a_database_that_is_not_to_be_trusted_is_an_error_that_says_what_to_do(
    base: str, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(base)
    if harm == "others":
        path.chmod(0o644)
    elif harm == "cut":
        path.write_bytes(b"")
    elif harm == "foreign":
        path.write_bytes(b"no database at all")
    else:
        path.write_bytes(path.read_bytes()[:8192])
    monkeypatch.setenv("PARCOURS_DATABASE", base)
    (said,) = [constat for subject, constat in diagnosis(NOW, reseau=False) if subject == "base"]
    assert said.etat is Etat.ERREUR
    assert base not in said.texte


@pytest.mark.parametrize("harm", [Path.unlink, lambda key: key.chmod(0o644)])
def test_an_audit_without_its_key_is_an_error_that_says_what_to_do(
    base: str, harm: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Path(base).parent / "keys"
    with closing(Store.open(base)) as store:
        audit = store.audit(str(keys))
        audit.prepare(NOW)
        audit.add([Entry(None, NOW, "{}")])
    assert states(found(data.base, database=base, keys=str(keys))) == [Etat.OK]
    harm(keys / AUDIT_KEY)
    monkeypatch.setenv("PARCOURS_DATABASE", base)
    monkeypatch.setenv("PARCOURS_KEYS", str(keys))
    (said,) = [constat for subject, constat in diagnosis(NOW, reseau=False) if subject == "base"]
    assert (said.etat, "audit.json" in said.texte) == (Etat.ERREUR, True)


@pytest.mark.parametrize(
    ("free", "state"), [(100, Etat.ERREUR), (1000, Etat.AVERTISSEMENT), (10_000, Etat.OK)]
)
def test_little_room_on_the_disk_is_told(
    free: int, state: Etat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free * data.MEBI)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert states(found(data.place, database=str(tmp_path / "not" / "there" / "base.sqlite"))) == [state]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOW, Etat.OK),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), Etat.ERREUR),
        (dt.datetime(2099, 1, 1, tzinfo=dt.UTC), Etat.ERREUR),
    ],
)
def test_a_clock_that_cannot_be_right_is_an_error(now: dt.datetime, state: Etat) -> None:
    assert states(list(data.horloge(Poste(Settings(), now)))) == [state]


# ---------------------------------------------------------------- who may come in


def test_the_age_of_our_keys_is_told(tmp_path: Path) -> None:
    assert states(found(access.cles, keys=str(tmp_path))) == [Etat.OK]
    OurKeys(str(tmp_path)).rotate()
    for days, state in ((1, Etat.OK), (400, Etat.AVERTISSEMENT)):
        then = (NOW - dt.timedelta(days=days)).timestamp()
        os.utime(tmp_path / FILE, (then, then))
        assert states(found(access.cles, keys=str(tmp_path))) == [state]


def test_a086_keys_that_others_can_read_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    OurKeys(str(tmp_path)).rotate()
    (tmp_path / FILE).chmod(0o644)
    monkeypatch.setenv("PARCOURS_KEYS", str(tmp_path))
    (said,) = [constat for subject, constat in diagnosis(NOW, reseau=False) if subject == "clés"]
    assert (said.etat, "chmod 600" in said.texte) == (Etat.ERREUR, True)


def test_what_a_setting_names_and_cannot_be_read_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCOURS_CLIENTS", str(tmp_path / "none.toml"))
    said = {subject: constat for subject, constat in diagnosis(NOW, reseau=False)}["clients"]
    assert (said.etat, "PARCOURS_CLIENTS" in said.texte, bool(said.remede)) == (Etat.ERREUR, True, True)


def test_the_clock_of_a_server_that_does_not_answer_is_not_doubted() -> None:
    assert states(found(data.horloge, database="postgresql://nobody@127.0.0.1:9/none")) == [Etat.OK]


def test_without_clients_somebody_should_know() -> None:
    assert states(found(access.clients)) == [Etat.AVERTISSEMENT]


# ---------------------------------------------------------------- the program


@pytest.mark.parametrize(("days", "state"), [(10, Etat.OK), (500, Etat.AVERTISSEMENT)])
def test_a_law_that_nobody_checked_for_long_is_told(days: int, state: Etat) -> None:
    checked = dt.datetime.fromisoformat(droit().version).replace(tzinfo=dt.UTC)
    assert states(list(program.loi(Poste(Settings(), checked + dt.timedelta(days=days))))) == [state]


def test_a_gate_that_is_closed_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(found(program.porte)) == [Etat.OK]
    monkeypatch.setattr(GATE, "closed", "fhir.resources 9 instead of 8")
    (said,) = found(program.porte)
    assert (said.etat, "9 instead of 8" in said.texte) == (Etat.AVERTISSEMENT, True)


def test_an_example_that_has_another_answer_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = installed.examples() / "01-medecin-traitant"
    shutil.copytree(source, tmp_path / "01")
    monkeypatch.setattr(installed, "examples", lambda: tmp_path)
    assert states(found(program.exemples)) == [Etat.OK]
    expected = tmp_path / "01" / "expected.json"
    expected.write_text(expected.read_text("utf-8").replace("dans-parcours", "hors-parcours"), "utf-8")
    assert states(found(program.exemples)) == [Etat.ERREUR]
    shutil.rmtree(tmp_path / "01")
    assert states(found(program.exemples)) == [Etat.ERREUR]


def test_a_directory_that_does_not_answer_is_a_warning_and_its_key_is_not_told() -> None:
    settings = Settings(annuaire_key=SECRET, annuaire_url="http://127.0.0.1:9")
    constats = list(program.annuaire(Poste(settings, NOW)))
    assert states(constats) == [Etat.AVERTISSEMENT]
    assert SECRET not in str(constats)
    assert states(found(program.annuaire, annuaire_key=SECRET)) == [Etat.OK]
    assert states(found(program.annuaire)) == [Etat.OK]


# ---------------------------------------------------------------- config show


def test_a087_each_setting_is_shown_with_its_origin_and_no_secret(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "PARCOURS_PORT": "9000",
        "PARCOURS_ANNUAIRE_KEY": SECRET,
        "PARCOURS_DATABASE": f"postgresql://role:{SECRET}@h/b?password={SECRET}&sslmode=require",
        "PARCOURS_POLICY_ELOIGNEMENT": "departement",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    said = typed("config", "show")
    assert (said.code, said.err) == (0, "")
    assert SECRET not in said.out
    assert "PARCOURS_PORT = 9000  (environnement)" in said.out
    assert "PARCOURS_WORKERS = 1  (par défaut)" in said.out
    assert "PARCOURS_ANNUAIRE_KEY = ***  (environnement)" in said.out
    assert "postgresql://***@h/b?password=***&sslmode=require" in said.out
    assert "PARCOURS_POLICY_ELOIGNEMENT = departement  (environnement)" in said.out
    assert "/parcours-soins/keys  (par défaut)" in said.out


def test_every_setting_is_shown_as_json_as_well(typed: Type) -> None:
    told = json.loads(typed("config", "show", "--format", "json").out)
    assert {setting.name for setting in SETTINGS} < {line["variable"] for line in told}
    assert {tuple(line) for line in told} == {("variable", "valeur", "origine")}


def test_settings_that_cannot_be_read_are_not_shown(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCOURS_PORT", SECRET)
    said = typed("config", "show")
    assert (said.code, said.out) == (2, "")
    assert SECRET not in said.err


def test_nothing_is_asked_of_the_clock_but_the_time_it_is(typed: Type) -> None:
    with time_machine.travel(dt.datetime(1999, 1, 1, tzinfo=dt.UTC), tick=False):
        said = typed("doctor", "--offline")
    assert said.code == 1
    assert "1999-01-01" in said.out
