"""The real server, on a free port: it answers, says nothing of requests, and stops when asked."""

from __future__ import annotations

import json
import logging
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from tests.web.tokens import EC, public
from urllib3 import Retry

from parcours.clients import Clients
from parcours.errors import SettingsError
from parcours.settings import Settings
from parcours.web.limits import account_names, shared_ledger
from parcours.web.server import SAMPLE, Known, serve

FHIR = {"Content-Type": "application/fhir+json"}


@dataclass(frozen=True)
class Running:
    """A server in its own process."""

    process: subprocess.Popen[str]
    url: str

    def session(self) -> requests.Session:
        """A client that waits for the server to listen."""
        session = requests.Session()
        session.trust_env = False
        session.mount(
            "http://",
            HTTPAdapter(max_retries=Retry(total=None, connect=80, backoff_factor=0.05, backoff_max=0.25)),
        )
        return session

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Its exit code and what it wrote."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err


@pytest.fixture
def running() -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "parcours", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield Running(process, f"http://127.0.0.1:{port}")
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_answers_and_stops_when_asked(running: Running, number: signal.Signals) -> None:
    with running.session() as session:
        assert session.get(f"{running.url}/health/ready", timeout=30).status_code == 200
        reply = session.post(f"{running.url}/fhir/Encounter/$evaluate-parcours", json=SAMPLE, timeout=30)
        chunked = session.post(
            f"{running.url}/fhir/$evaluate-parcours", data=iter([b"{}"]), headers=FHIR, timeout=30
        )
    assert reply.status_code == 200
    assert reply.json()["entry"][0]["resource"]["resourceType"] == "ClaimResponse"
    assert chunked.status_code == 411
    code, output = running.stop(number)
    assert code in (0, 130)
    assert "1970-01-01" not in output  # the patient of the sample
    assert "Traceback" not in output


def test_a_port_that_somebody_listens_on_is_not_shared() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="PARCOURS_PORT"):
            serve(Settings(port=taken.getsockname()[1]), lambda: pytest.fail("it said that it listens"))


def row(name: str) -> str:
    """A client of the file."""
    return (
        f'[[client]]\nid = "{name}"\nissuer = "https://{name}.example"\ntenant = "{name}"\n'
        'keys_file = "keys.json"\n'
    )


def test_workers_started_later_know_the_clients_of_the_last_file_that_was_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": public(EC)}))
    file = tmp_path / "clients.toml"
    file.write_text(row("x"))
    settings = Settings(clients=str(file), keys=str(tmp_path / "keys"))
    first = Clients.load(settings.clients)
    with shared_ledger(first) as ledger:
        known = Known(settings, first, ledger)
        file.write_text(row("y") + "id = \n")
        known.read_again()
        assert known.clients is first
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        file.write_text(row("y") + row("x"))
        known.read_again()
        assert account_names(known.clients) == ["y y", "x x"]
        spawned: Known = pickle.loads(pickle.dumps(known))  # noqa: S301 - what a spawned worker is given
        for name in ("x x", "y y"):
            spawned.ledger.charge(spawned.ledger.account(name), 3000, 600)
        assert ledger.wait(ledger.account("x x")) > 200
        assert known.ledger.wait(known.ledger.account("y y")) > 200
        assert ledger.wait(ledger.account("y y")) < 0  # it was nobody yet: an account of addresses
