"""``parcours audit``, and what the other commands about kept data leave in it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import typed
from tests.store.samples import DAY, NOW, nouvelle

from parcours.fhir.audit_event import Requested
from parcours.fhir.r4b import resource_model
from parcours.settings import Settings
from parcours.store import Store
from parcours.store.audit import Entry, Traces

__all__ = ["typed"]

Type = Any
REQUEST: dict[str, Any] = {
    "interaction": "read",
    "methode": "GET",
    "route": "/fhir/Task/{id}",
    "statut": 200,
    "client": "x",
    "adresse": "192.0.2.1",
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of the settings of the test."""
    monkeypatch.setenv("PARCOURS_DATABASE", str(tmp_path / "kept" / "parcours.sqlite"))
    monkeypatch.setenv("PARCOURS_KEYS", str(tmp_path / "keys"))
    store = Store.open(str(tmp_path / "kept" / "parcours.sqlite"))
    yield store
    store.close()


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Traces:
    """Six records of two practices, a day apart, about two patients."""
    traces = store.audit(str(tmp_path / "keys"))
    traces.prepare(NOW)
    for number in range(6):
        tenant = ("nord", "sud")[number % 2]
        name = traces.keys.current().hidden(tenant, str(number % 3))
        asked = Requested(**REQUEST, entites=(f"Task/{number}",), patients=(name,))
        traces.add([Entry(tenant, NOW + number * DAY, asked.encode())])
    return traces


def asked_of(traces: Traces) -> list[str]:
    """The commands that were recorded."""
    found = [Requested.decode(trace.contenu) for trace in traces.records()]
    return [one.route for one in found if one.proprietaire == "operator"]


def test_a_whole_chain_is_told_with_its_head(typed: Type, filled: Traces) -> None:
    told = typed("audit", "verify")
    head = filled.verify().head
    assert (told.code, told.err) == (0, "")
    assert "6 enregistrements à partir du n° 1" in told.out
    assert f"{head.numero}:{head.empreinte}" in told.out
    assert typed("audit", "verify", "--tete", f"{head.numero}:{head.empreinte}").code == 0


@pytest.mark.usefixtures("store")
def test_an_empty_audit_is_not_called_whole(typed: Type) -> None:
    told = typed("audit", "verify")
    assert (told.code, "entier" in told.out, "vide" in told.out) == (0, False, True)


def test_one_record_is_said_in_the_singular(typed: Type, store: Store, tmp_path: Path) -> None:
    traces = store.audit(str(tmp_path / "keys"))
    traces.prepare(NOW)
    traces.add([Entry(None, NOW, Requested(**REQUEST).encode())])
    assert "1 enregistrement à partir du n° 1" in typed("audit", "verify").out


@pytest.mark.parametrize("noted", [f"99:{'0' * 64}", f"3:{'0' * 64}"])
@pytest.mark.usefixtures("filled")
def test_a_head_that_is_not_in_the_chain_breaks_it(typed: Type, noted: str) -> None:
    told = typed("audit", "verify", "--tete", noted)
    assert told.code == 1
    assert "rompu" in told.out


@pytest.mark.parametrize("head", ["", "x:y", "12", ":abc"])
@pytest.mark.usefixtures("filled")
def test_a_head_that_is_none_is_a_usage(typed: Type, head: str) -> None:
    assert typed("audit", "verify", "--tete", head).code == 2


def test_a_changed_record_is_named_and_the_code_is_one(typed: Type, store: Store, filled: Traces) -> None:
    path = store._database.engine.connect().connection.driver_connection
    assert isinstance(path, sqlite3.Connection)
    path.execute("DROP TRIGGER trace_ne_se_recrit")
    path.execute("UPDATE trace SET contenu = replace(contenu, 'read', 'edit') WHERE numero = 4")
    told = typed("audit", "verify")
    assert told.code == 1
    assert "n° 4" in told.out
    assert filled.verify().fault


EXPORTS = [
    ((), ["1", "2", "3", "4", "5", "6"]),
    (("--tenant", "nord"), ["1", "3", "5"]),
    (("--since", "2026-03-12", "--until", "2026-03-14"), ["3", "4"]),
    (("--since", "2026-03-12T09:30:16+00:00", "--until", "2026-03-14T09:30:16+00:00"), ["4", "5"]),
    (("--patient", "Patient/0"), ["1", "4"]),
    (("--patient", "https://logiciel.example/fhir/Patient/0", "--tenant", "sud"), ["4"]),
    (("--patient", "nobody"), []),
]


@pytest.mark.parametrize(("options", "numbers"), EXPORTS)
def test_an_export_is_audit_events_a_line_in_a_private_file(
    typed: Type, filled: Traces, tmp_path: Path, options: tuple[str, ...], numbers: list[str]
) -> None:
    filled.keys.rotate(NOW)  # a patient is found under the keys of before as well
    file = tmp_path / "audit.ndjson"
    assert typed("audit", "export", *options, "-o", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    model = resource_model("AuditEvent")
    assert model
    events = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for event in events:
        model.model_validate(event)
    of_requests = [event for event in events if event["entity"][0].get("name") != "parcours audit export"]
    assert [event["id"] for event in of_requests] == numbers
    assert typed("audit", "export", "-o", str(file)).code == 2, "never over another file"


@pytest.mark.parametrize("options", [(), ("--patient", "Patient/0")])
def test_what_somebody_wrote_in_a_record_does_not_keep_the_others_from_an_export(
    typed: Type, store: Store, filled: Traces, tmp_path: Path, options: tuple[str, ...]
) -> None:
    with store._database.writer() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER trace_ne_se_recrit")
        connection.exec_driver_sql("UPDATE trace SET contenu = 'x' WHERE numero = 2")
        connection.exec_driver_sql("UPDATE trace SET contenu = '{}' WHERE numero = 3")
    file = tmp_path / "audit.ndjson"
    told = typed("audit", "export", *options, "-o", str(file))
    assert (told.code, "n° 2, 3" in told.err) == (1, True)
    ids = [json.loads(line)["id"] for line in file.read_text("utf-8").splitlines()]
    assert {"1", "4"} <= {*ids}
    assert filled.verify().fault


def test_what_an_operator_asks_is_recorded(typed: Type, store: Store, filled: Traces, tmp_path: Path) -> None:
    store.declarations.create("nord", nouvelle("a"))
    new = str(tmp_path / "new")
    for command in (
        ("audit", "export", "-o", f"{new}1"),
        ("backup", f"{new}2"),
        ("export", "--patient", "Patient/a", "--tenant", "nord", "-o", f"{new}3"),
        ("erase", "--patient", "Patient/a", "--tenant", "nord", "--yes"),
        ("audit", "rotate"),
        ("purge", "--dry-run"),
    ):
        assert typed(*command).code == 0, command
    assert asked_of(filled) == [
        "parcours audit export",
        "parcours backup",
        "parcours export",
        "parcours erase",
        "parcours audit rotate",
    ]
    erased = [t for t in filled.records() if "parcours erase" in t.contenu]
    assert [trace.tenant for trace in erased] == ["nord"]
    [hidden] = Requested.decode(erased[0].contenu).patients
    assert hidden == filled.keys.all()[0].hidden("nord", "a")


def test_a_purge_takes_what_is_past_its_year_and_the_chain_stays_whole(
    typed: Type, store: Store, tmp_path: Path
) -> None:
    traces = store.audit(str(tmp_path / "keys"))
    traces.prepare(NOW)
    traces.add([Entry(None, NOW - 2000 * DAY, Requested(**REQUEST).encode()) for _ in range(3)])
    assert "À effacer : 3 enregistrements de l’audit" in typed("purge", "--dry-run").out
    assert "Effacé : 3 enregistrements de l’audit" in typed("purge").out
    verdict = traces.verify()
    assert (verdict.fault, verdict.purged) == (None, 3)
    assert asked_of(traces) == ["parcours purge"]


# ---------------------------------------------------------------- restore


@pytest.fixture
def backup(typed: Type, store: Store, filled: Traces, tmp_path: Path) -> Path:
    """A backup with a declaration and an audit; another declaration came after it."""
    store.declarations.create("nord", nouvelle("before"))
    file = tmp_path / "backup.sqlite"
    assert typed("backup", str(file)).code == 0
    store.declarations.create("nord", nouvelle("after"))
    filled.verify()
    return file


def names() -> set[str]:
    """The declarations that are there."""
    store = Store.join(Settings.from_env(os.environ).database)
    try:
        return {name for name in ("before", "after") if store.declarations.find("nord", nouvelle(name).cle)}
    finally:
        store.close()


def test_a_backup_takes_the_place_of_what_is_there_which_stays_beside(
    typed: Type, store: Store, backup: Path, tmp_path: Path
) -> None:
    store.close()
    refused = typed("restore", str(backup))
    assert (refused.code, names()) == (2, {"before", "after"})
    done = typed("restore", str(backup), "--force")
    assert (done.code, names()) == (0, {"before"})
    [aside] = [file for file in (tmp_path / "kept").iterdir() if file.name.endswith(".avant")]
    assert aside.name in done.err
    for file in (tmp_path / "kept").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    assert len(list((tmp_path / "kept").iterdir())) == 2
    told = typed("audit", "verify")
    assert (told.code, "à partir du n° 1" in told.out) == (0, True)


def test_a_backup_is_put_where_nothing_is(typed: Type, store: Store, backup: Path, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "kept" / "parcours.sqlite").unlink()
    assert typed("restore", str(backup)).code == 0
    assert names() == {"before"}


def test_nothing_is_restored_while_the_service_runs(typed: Type, store: Store, backup: Path) -> None:
    refused = typed("restore", str(backup), "--force")
    assert refused.code == 1
    assert "arrêter" in refused.err
    assert store.declarations.find("nord", nouvelle("after").cle)


def cut(file: Path, _keys: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def no_database(file: Path, _keys: Path) -> None:
    file.write_text("bonjour")


def of_another_program(file: Path, _keys: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE factures (numero)")


def of_a_newer_program(file: Path, _keys: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def with_an_audit_cut_short(file: Path, _keys: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER trace_ne_s_ote")
        connection.execute("DELETE FROM trace WHERE numero = 5")


def without_its_key(_file: Path, keys: Path) -> None:
    (keys / "audit.json").unlink()


@pytest.mark.parametrize(
    "spoil",
    [cut, no_database, of_another_program, of_a_newer_program, with_an_audit_cut_short, without_its_key],
)
def test_a_backup_that_is_not_whole_takes_nobodys_place(
    typed: Type, store: Store, backup: Path, tmp_path: Path, spoil: Any
) -> None:
    store.close()
    spoil(backup, tmp_path / "keys")
    before = (tmp_path / "kept" / "parcours.sqlite").read_bytes()
    refused = typed("restore", str(backup), "--force")
    assert (refused.code, refused.out) == (1, "")
    assert str(tmp_path) not in refused.err
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["parcours.sqlite"]
    assert (tmp_path / "kept" / "parcours.sqlite").read_bytes() == before


def test_a_database_that_is_damaged_gives_way_and_stays_beside(
    typed: Type, store: Store, backup: Path, tmp_path: Path
) -> None:
    store.close()
    (tmp_path / "kept" / "parcours.sqlite").write_text("abîmé")
    assert typed("restore", str(backup), "--force").code == 0
    assert names() == {"before"}
