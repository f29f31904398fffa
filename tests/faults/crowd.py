"""A process that asks for the same thing many times at once.

``python -m tests.faults.crowd URL (one key | a key each)``: says ``ready``, waits for a line, then creates
from ``CROWD`` threads; one line for each: the id it was given, and whether it was made.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from tests.store.samples import digest, nouvelle

from parcours.store import Store

ROOT = Path(__file__).resolve().parents[2]
CROWD = 25
TENANT = "cabinet"


def crowd(url: str, keys: str) -> list[str]:
    """What two such processes say, let loose together."""
    command = [sys.executable, "-m", "tests.faults.crowd", url, keys]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(2) as both:
        said = both.map(lambda process: process.communicate("go\n", timeout=60)[0], processes)
        return [line for out in said for line in out.splitlines()]


def main(url: str, keys: str) -> None:
    """Create, all at once."""
    store = Store.join(url)

    def create(_: int) -> str:
        key = digest("one") if keys == "one key" else digest(str(uuid.uuid4()))
        made = store.declarations.create(TENANT, nouvelle(cle=key))
        return f"{made.dossier.id} {made.created}"

    with ThreadPoolExecutor(CROWD) as threads:
        click.echo("ready")
        sys.stdin.readline()
        for line in threads.map(create, range(CROWD)):
            click.echo(line)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
