"""A process that writes until it is killed, and says aloud what was confirmed to it.

``python -m tests.faults.writers URL NAME COUNT``: creates declarations ``NAME-0``, ``NAME-1``… and moves
every other one on. It says ``ready``, then a line each: the name and version confirmed, or ``refused``.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from tests.store.samples import move, nouvelle

from parcours.errors import StoreUnavailable
from parcours.store import Store

ROOT = Path(__file__).resolve().parents[2]
TENANT = "cabinet"
Said = list[str]


def main(url: str, name: str, count: int) -> None:
    """Write ``count`` declarations."""
    store = Store.join(url)
    click.echo("ready")
    for number in range(count):
        try:
            confirmed = _written(store, f"{name}-{number}", moves=number % 2)
        except StoreUnavailable:
            confirmed = "refused"
        click.echo(confirmed)


def _written(store: Store, name: str, moves: int) -> str:
    dossier = store.declarations.create(TENANT, nouvelle(name, pdf=b"%PDF" + bytes(20_000))).dossier
    if moves:
        dossier = store.declarations.advance(TENANT, dossier.id, 1, move("signee"))
    return f"{name} {dossier.version}"


@contextmanager
def writer(url: str, name: str, count: int = 10_000) -> Iterator[subprocess.Popen[str]]:
    """Such a process, ready; killed at the end if it still runs."""
    command = [sys.executable, "-m", "tests.faults.writers", url, name, str(count)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    assert process.stdout
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def heard(process: subprocess.Popen[str], confirmations: int) -> Said:
    """The next lines it says."""
    assert process.stdout
    return [process.stdout.readline().strip() for _ in range(confirmations)]


def heard_after_a_refusal(process: subprocess.Popen[str]) -> Said:
    """What it says until it was refused, and is confirmed again."""
    said: Said = []
    while "refused" not in said or said[-1] == "refused":
        said += heard(process, 1)
    return [line for line in said if line != "refused"]


def killed(process: subprocess.Popen[str]) -> Said:
    """Kill it in the middle of whatever it does; what it had said before."""
    process.send_signal(signal.SIGKILL)
    assert process.stdout
    *whole, _ = process.stdout.read().split("\n")  # what comes after the last newline was not wholly said
    return whole


def assert_nothing_lost(url: str, confirmed: Said) -> None:
    """Every confirmation is in the database, at that version at least; nothing is doubled or half there."""
    store = Store.open(url)
    try:
        for name, version in (line.split(" ") for line in confirmed if line != "refused"):
            kept = store.declarations.find(TENANT, nouvelle(name).cle)
            assert kept, name
            assert kept.dossier.version >= int(version)
            assert [step.version for step in kept.dossier.transitions] == list(
                range(1, kept.dossier.version + 1)
            )
    finally:
        store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
