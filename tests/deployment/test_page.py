"""A stranger follows the page, from a wheel to a service behind nginx with PostgreSQL, and it holds."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.deployment.machine import FILES, NAME, PAGE, Machine, commands
from tests.deployment.rows import GET, ROWS, Connect, plain, statuses, through_tls
from tests.deployment.software import EXAMPLE, Busy, Software
from tests.evidence.kept import keep
from tests.store.databases import Cluster

from parcours.settings import Settings
from parcours.store.database import CONNECTIONS
from parcours.web.limits import COSTS

SLOW, HELD = 200, 300
ASKED = 20
METADATA = b"GET /fhir/metadata HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HEALTH_S = 0.1
"""What G13 wants, told on the page of evidence; a test that shares its machine cannot demand it."""


@pytest.fixture
def machine(cluster: Cluster, tmp_path: Path) -> Iterator[Machine]:
    """An empty machine, with the wheel of this tree."""
    for program, package in {"nginx": "nginx", "openssl": "openssl", "curl": "curl"}.items():
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here: apt-get install {package}")
    made = Machine(tmp_path / "machine", cluster)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made.work), str(ROOT)],
        check=True,
        capture_output=True,
    )
    yield made
    made.end()


@pytest.fixture
def software(machine: Machine) -> Software:
    return Software(machine)


def came_from_the_wheel(machine: Machine) -> bool:
    """Is what was installed what is run, and not the tree of these tests?"""
    python = machine.root / "opt/parcours/current/bin/python"
    command = [str(python), "-c", "import parcours; print(parcours.__file__)"]
    done = subprocess.run(command, cwd=machine.work, capture_output=True, text=True, check=True)
    return done.stdout.startswith(str(machine.root))


def evaluates(software: Software) -> None:
    reply = software.ask("POST", "/fhir/$evaluate-parcours", EXAMPLE)
    assert reply.status == 200, reply.data
    assert reply.json()["entry"][0]["resource"]["outcome"] == "complete"
    assert re.match(r'"practice";r=\d+;', reply.headers["RateLimit"])


def refuses_what_is_out_of_form(door: Connect) -> None:
    found = {row.name: set(statuses(door, row.request)) - row.nginx for row in ROWS}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def outlasts_slow_clients(door: Connect, software: Software) -> None:
    """G13. Bodies that never end, of clients that may ask: the others are answered meanwhile."""
    token = software.token()
    head = f"POST /fhir/$evaluate-parcours HTTP/1.1\r\nHost: {NAME}\r\nAuthorization: Bearer {token}\r\n"
    head += "Content-Type: application/fhir+json\r\nContent-Length: 9000\r\n\r\n{"
    with ExitStack() as held:
        slow = [held.enter_context(door()) for _ in range(SLOW)]
        for connection in slow:
            connection.sendall(head.encode())
        healthy = [_seconds_to_health(door) for _ in range(ASKED)]
        for connection in slow:
            connection.sendall(b" ")
        evaluates(software)
        assert not any(_answered(connection) for connection in slow)
        _takes_no_more_than_its_share(door, held, head.encode())
    assert any(statuses(door, METADATA) == [200] for _ in range(SLOW))
    line = f"G13  {SLOW} slow clients  tries {ASKED}  failures 0  slowest health {max(healthy) * 1000:.0f} ms"
    control = "control: without nginx they take every place (tests/deployment/test_raw_requests.py)"
    keep("deployment", "make test T=tests/deployment", [line, control], good=max(healthy) <= HEALTH_S)


def _takes_no_more_than_its_share(door: Connect, held: ExitStack, head: bytes) -> None:
    """Other addresses find room: of one that holds so many requests, nginx takes no more."""
    for _ in range(HELD - SLOW + ASKED):
        held.enter_context(door()).sendall(head)
    assert statuses(door, METADATA) == [429]
    _seconds_to_health(door)


def _seconds_to_health(door: Connect) -> float:
    began = time.monotonic()
    assert statuses(door, GET + b"Connection: close\r\n\r\n") == [200]
    return time.monotonic() - began


def _answered(connection: socket.socket) -> bool:
    connection.settimeout(0)
    try:
        connection.recv(1)
    except OSError:  # nothing yet
        return False
    return True


def keeps_room_for_those_who_sign_in(door: Connect) -> None:
    """The service remembers so many people on their way, and no more: one address may not be all of them."""
    launch = b"GET /launch HTTP/1.1\r\nHost: x\r\n\r\n"
    with door() as connection:
        connection.sendall(launch * 150 + GET + b"Connection: close\r\n\r\n")
        answers = b"".join(iter(lambda: connection.recv(65_536), b""))
    found = re.findall(rb"HTTP/1\.1 (\d+) ", answers)
    assert set(found[:100]) == {b"400"}
    assert b"429" in found
    assert found[-1] == b"200", "whatever else is asked is not counted with it"


def writes_no_query(machine: Machine, door: Connect) -> None:
    """A search may name a patient: neither what is answered, redirected nor refused is in a log with it."""
    search = b"POST /fhir/Task/_search?patient=NOBODY HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n"
    assert statuses(door, search) == [413]
    assert statuses(plain(machine.http), search) == [301]
    logs = [*machine.root.rglob("*.log")]
    assert any("POST /fhir/Task/_search" in log.read_text("utf-8", "replace") for log in logs)
    assert [log.name for log in logs if "NOBODY" in log.read_text("utf-8", "replace")] == []


def test_a_stranger_who_follows_the_page_has_a_service_that_holds(
    machine: Machine, software: Software
) -> None:
    for section in ("Install", "Database", "Settings, clients, certificate", "Start"):
        machine.follow(section)
    assert came_from_the_wheel(machine)
    door = through_tls(machine.https, machine.authority, NAME)
    evaluates(software)
    refuses_what_is_out_of_form(door)
    outlasts_slow_clients(door, software)
    writes_no_query(machine, door)
    keeps_room_for_those_who_sign_in(door)
    assert statuses(door, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") == [404]
    assert statuses(plain(machine.http), GET + b"\r\n") == [301]
    machine.follow("Every night")
    with Busy(software) as busy:
        machine.follow("Upgrade")
    assert busy.faults == []
    assert busy.tasks
    assert {software.ask("GET", f"/fhir/Task/{task}").status for task in busy.tasks} == {200}
    machine.follow("Roll back")
    evaluates(software)
    # What was declared after the backup of the upgrade is gone, as the page says.
    assert software.ask("GET", f"/fhir/Task/{busy.tasks[-1]}").status == 404


def test_every_section_of_commands_is_followed_by_the_test_above() -> None:
    titles = re.findall(r"^## (.+)$", PAGE.read_text("utf-8"), re.M)
    followed = ["Install", "Database", "Settings, clients, certificate", "Start"]
    assert [title for title in titles if commands(title)] == [
        *followed,
        "Every night",
        "Upgrade",
        "Roll back",
    ]


def analyzer() -> str:
    """The program of systemd that reads units; it needs no systemd that runs."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd-analyze here: apt-get install systemd")
    return found


@pytest.mark.parametrize("unit", ["parcours.service", "parcours-backup.service", "parcours-purge.service"])
def test_systemd_finds_little_to_fear_in_our_units(unit: str) -> None:
    command = [analyzer(), "security", "--offline=true", "--threshold=40", str(FILES / unit)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_systemd_reads_our_units(tmp_path: Path) -> None:
    command = [analyzer(), "verify", "--man=no"]
    for file in FILES.glob("parcours*.*"):
        said = file.read_text("utf-8").replace("/opt/parcours/current/bin/parcours", "/bin/true")
        (tmp_path / file.name).write_text(said.replace("/usr/bin/pg_dump", "/bin/true"), "utf-8")
    units = [str(unit) for unit in tmp_path.iterdir() if unit.suffix in (".service", ".timer")]
    done = subprocess.run([*command, *units], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("code", "kept"), [(1, "before"), (0, "now")])
def test_a_backup_that_fails_leaves_the_last_one(tmp_path: Path, code: int, kept: str) -> None:
    """What systemd does with ``oneshot``: one command after the other, to the first that fails."""
    unit = (FILES / "parcours-backup.service").read_text("utf-8")
    lines = "\n".join(re.findall(r"^ExecStart=(.+)$", unit, re.M))
    script = lines.replace("/usr/bin/", "").replace("/var/backups/parcours", str(tmp_path))
    (tmp_path / "parcours.dump").write_text("before")
    played = f'pg_dump() {{ printf now > "${{2#--file=}}"; return {code}; }}'
    done = subprocess.run(["/bin/sh", "-ec", f"{played}\n{script}"])
    assert (done.returncode, (tmp_path / "parcours.dump").read_text()) == (code, kept)


def test_the_settings_of_the_page_are_settings() -> None:
    lines = (FILES / "parcours.env").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    settings = Settings.from_env({name: value.strip("'") for name, _, value in pairs})
    assert settings.url == f"https://{NAME}"
    assert settings.proxies == {"127.0.0.1"}
    assert settings.database.startswith("postgresql://parcours@/")


def test_nginx_takes_what_the_service_takes() -> None:
    assert Settings().max_bytes == 2 * 1024 * 1024
    assert "client_max_body_size 2m;" in (FILES / "nginx.conf").read_text("utf-8")


def test_the_page_says_how_many_connections_a_worker_has() -> None:
    assert f"A worker has up to {CONNECTIONS} connections" in PAGE.read_text("utf-8")


def test_the_page_says_what_requests_cost() -> None:
    section = PAGE.read_text("utf-8").partition("## Quotas")[2].partition("## ")[0]
    said = {int(units) for units in re.findall(r"^\| .* \| (\d+)[ ,]", section, re.M)}
    assert said == {cost.units for cost in COSTS.values() if cost.units}
