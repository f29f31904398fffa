"""A service that has no memory left but a little, and a little more for each request.

``python -m tests.faults.catalogue.memory_child DATABASE COUNT``: so many declarations, each under its number
as a key. A line for each: the status, and whether the answer says when to come back; or ``cut``: no answer.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

import click
from tests.faults.catalogue.prepared import prepare

from parcours.settings import Settings
from parcours.web import create_app

BLOCK = 4096
FREED = 16
ANY = resource.RLIM_INFINITY


def main(url: str, count: int) -> None:
    """Ask with the memory that is left, once everything is loaded."""
    app = create_app(Settings(database=url))
    prepare(app, "first")
    for number in range(count):
        said, ballast = "cut", list[bytes]()
        resource.setrlimit(resource.RLIMIT_AS, (BLOCK, ANY))
        with suppress(MemoryError):
            while True:
                ballast.append(bytes(BLOCK))
        del ballast[-FREED * (number + 1) :]
        with suppress(MemoryError):
            answer = prepare(app, str(number))
            said = f"{answer.status_code} {'Retry-After' in answer.headers}"
        resource.setrlimit(resource.RLIMIT_AS, (ANY, ANY))
        click.echo(said)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
