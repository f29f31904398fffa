"""A process that opens a database, makes it if need be, and writes: what comes of a fault is in what it says.

``python -m tests.faults.disk.child URL NAME COUNT``: declarations ``NAME-0``, ``NAME-1``…, every other one
moved on. It says ``ready`` or ``unusable``, then a line each: the name and version confirmed, or ``refused``.
Ways to do wrong, for controls: ``--early`` confirms before it writes; ``--once`` tries a transaction once,
and does not look what became of it; ``--normal`` asks SQLite for ``synchronous=NORMAL``, which confirms
commits that a power cut can take back.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

import click
from tests.faults.writers import TENANT
from tests.store.samples import move, nouvelle

from parcours.errors import StoreUnavailable, StoreUnusable
from parcours.store import Store, database, sqlite_file

NORMAL = 1


def main() -> None:
    """Do what the command line says."""
    asking = argparse.ArgumentParser()
    asking.add_argument("url")
    asking.add_argument("name")
    asking.add_argument("count", type=int)
    asking.add_argument("--early", action="store_true")
    asking.add_argument("--once", action="store_true")
    asking.add_argument("--normal", action="store_true")
    asked = asking.parse_args()
    if asked.once:
        database.ATTEMPTS = 1
    if asked.normal:
        sqlite_file.PRAGMAS["synchronous"] = NORMAL
    try:
        store = Store.open(asked.url)
    except StoreUnusable:
        click.echo("unusable")
        return
    click.echo("ready")
    confirmed = _confirmed_early if asked.early else _confirmed
    for number in range(asked.count):
        _write(store, f"{asked.name}-{number}", number % 2 == 1, confirmed)
    store.close()


Confirmed = Callable[[str, Callable[[], object]], bool]


def _write(store: Store, name: str, moves: bool, confirmed: Confirmed) -> None:
    given = nouvelle(name, pdf=bytes(2000))
    made = confirmed(f"{name} 1", partial(store.declarations.create, TENANT, given))
    if made and moves:
        confirmed(f"{name} 2", partial(store.declarations.advance, TENANT, given.id, 1, move("signee")))


def _confirmed(line: str, work: Callable[[], object]) -> bool:
    try:
        work()
    except StoreUnavailable:
        click.echo("refused")
        return False
    click.echo(line)
    return True


def _confirmed_early(line: str, work: Callable[[], object]) -> bool:
    click.echo(line)
    try:
        work()
    except StoreUnavailable:
        return False
    return True


if __name__ == "__main__":
    main()
