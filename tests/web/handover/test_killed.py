"""A process that is killed while it hands over: whoever asks again is given the same receipt, of one act.

Killed for good (``SIGKILL``): once the package arrived, and once its receipt came but was not yet kept.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from tests.store.databases import cluster, postgres_url, sqlite_url, url
from tests.web.handover.asking import hand_over, moved, named, read, receipts
from tests.web.receiver import Bridge, Call, receives
from tests.web.test_fhir_access import PUBLIC, declared, prepared, signed

from parcours.settings import Settings
from parcours.store.declarations import Declarations
from parcours.web.app import create_app

ROOT = Path(__file__).resolve().parents[3]

__all__ = ["cluster", "postgres_url", "sqlite_url", "url"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL")


@pytest.fixture
def settings(bridge: Bridge, tmp_path: Path, url: str) -> Settings:
    file = tmp_path / "clients.toml"
    file.write_text(f'{declared("x", "nord")}[client.bridge]\nurl = "{bridge.url}"\n', encoding="utf-8")
    file.chmod(0o600)
    return Settings(clients=str(file), public_url=PUBLIC, database=url)


def hands_over(settings: Settings, id: str, headers: dict[str, str], dies: bool, alive: Connection) -> None:
    """In a process of its own; with ``dies`` it does so when it is about to keep the receipt."""
    if dies:

        def killed(*_: Any) -> Any:
            os.kill(os.getpid(), signal.SIGKILL)

        pytest.MonkeyPatch().setattr(Declarations, "advance", killed)
    alive.send(os.getpid())
    create_app(settings).test_client().post(f"/fhir/Task/{id}/$transmettre", json=named(), headers=headers)


@pytest.mark.parametrize("dies", [False, True], ids=["before the answer", "before the record"])
def test_a_hand_over_whose_process_was_killed_is_made_again_and_the_bridge_acts_once(
    settings: Settings, bridge: Bridge, dies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(settings).test_client()
    task = moved(client, prepared(client, "x"), "signee")
    monkeypatch.syspath_prepend(ROOT)  # the other process finds these tests there
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=hands_over, args=(settings, task["id"], signed("x") | {"If-Match": 'W/"2"'}, dies, theirs)
    )
    process.start()
    theirs.close()
    assert ours.poll(60)
    pid = ours.recv()

    def takes_it_and_kills(call: Call) -> None:
        call.server.take(call.key)
        os.kill(pid, signal.SIGKILL)

    bridge.plays = [receives if dies else takes_it_and_kills]
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert (list(bridge.taken.values()), read(client, task["id"])) == (["AR-1"], task)
    again = hand_over(client, task["id"])
    assert (again.status_code, receipts(again.json or {})) == (200, ["AR-1"])
    assert len(bridge.heard) == 2
    assert len(set(bridge.heard)) == len(bridge.taken) == 1
