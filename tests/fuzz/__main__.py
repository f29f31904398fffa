"""Inputs that nobody thought of, drawn or public, against the reader, the handler and the real server.

``make fuzz`` runs all for some minutes. Each prints one line, tries and failures; each has a control, a
bug that is put in and must be found. The exit code is 1 when something failed, or when a control did not.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click
from flask import Flask
from tests.evidence.kept import keep
from tests.faults.served import served
from tests.fuzz import handler, public_files
from tests.fuzz.handler import EXAMPLES, ROOT
from werkzeug.serving import WSGIRequestHandler, make_server

from parcours.settings import Settings
from parcours.web import create_app

PLANTED = 30
"""Requests of a control."""
_CASES = re.compile(r"(\d+) generated")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of evidence."""

    what: str
    tries: int
    failures: int
    seed: int
    seconds: int
    control: str

    @property
    def good(self) -> bool:
        """Nothing failed, and the control did."""
        return self.failures == 0 and self.control == "found"

    def __str__(self) -> str:
        return (
            f"fuzz {self.what}: {self.tries} tries, {self.failures} failures, seed {self.seed}, "
            f"{self.seconds} s, planted bug {self.control}"
        )


def parser(runs: int, seed: int) -> Told:
    """The reader, by atheris."""
    began = time.monotonic()
    planted = _atheris(1000, seed, "--planted")
    found = _atheris(runs, seed)
    if found.returncode:
        click.echo(found.stderr[-4000:], err=True)
    return Told(
        "of the reader (atheris)",
        runs if found.returncode == 0 else 0,
        int(found.returncode != 0),
        seed,
        round(time.monotonic() - began),
        "found" if planted.returncode != 0 and "planted" in planted.stdout + planted.stderr else "NOT found",
    )


def _atheris(runs: int, seed: int, *more: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as corpus:
        for number, path in enumerate(EXAMPLES):
            Path(corpus, str(number)).write_bytes(path.read_bytes())
        command = [sys.executable, "-m", "tests.fuzz.parser", corpus, *more]
        limits = [f"-atheris_runs={runs}", f"-seed={seed}", "-max_len=16384", f"-artifact_prefix={corpus}/"]
        return subprocess.run([*command, *limits], cwd=ROOT, capture_output=True, text=True, check=False)


def whole_handler(tries: int, seed: int) -> Told:
    """The handler, by spoilt requests."""
    return _handled("of the handler", lambda: handler.drawn(tries, seed), seed)


def public_handled(seed: int) -> Told:
    """The handler, by the public files of HL7."""
    return _handled("by public files", lambda: public_files.requests(public_files.corpus()), seed)


def _handled(what: str, bodies: Callable[[], Iterator[bytes]], seed: int) -> Told:
    began = time.monotonic()
    with _application() as app:
        found = handler.run(app, bodies())
    with _application() as app:
        plant(app)
        planted = handler.run(app, islice(bodies(), PLANTED))
    for failure in found.failures[:20]:
        click.echo(failure, err=True)
    click.echo(f"slowest {found.slowest_s:.2f} s; {dict(sorted(found.statuses.items()))}", err=True)
    control = "found" if planted.failures else "NOT found"
    took = round(time.monotonic() - began)
    return Told(what, found.statuses.total(), len(found.failures), seed, took, control)


@contextmanager
def _application() -> Iterator[Flask]:
    """An application on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield create_app(Settings(database=str(Path(folder, "base.sqlite"))))


def plant(app: Flask) -> None:
    """Put a bug in one route: a failure that nobody foresaw."""

    def stumble() -> str:
        raise KeyError

    app.view_functions["fhir.evaluate_parcours"] = stumble


def api(cases: int, seed: int) -> Told:
    """Every route of ``/openapi.json`` on the real server, by schemathesis."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, served(str(Path(folder, "base.sqlite"))) as server:
        server.session().get(f"{server.url}/health/ready", timeout=60)
        found = _schemathesis(server.url, cases, seed)
    with _application() as app, _listening(app) as url:
        plant(app)
        planted = _schemathesis(url, 1, seed, "--include-path=/fhir/Encounter/$evaluate-parcours")
    click.echo(found.stdout[-2000:], err=True)
    tries = sum(map(int, _CASES.findall(found.stdout)))
    took = round(time.monotonic() - began)
    control = "found" if planted.returncode == 1 and "Server error" in planted.stdout else "NOT found"
    return Told("of the routes (schemathesis)", tries, int(found.returncode != 0), seed, took, control)


@contextmanager
def _listening(app: Flask) -> Iterator[str]:
    """An application on a port of this machine, served in this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def _schemathesis(url: str, cases: int, seed: int, *more: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json", *more]
    bounds = [f"--max-examples={cases}", "--request-timeout=10", "--checks=not_a_server_error"]
    return subprocess.run(
        [*command, *bounds, f"--seed={seed}", "--no-color"], capture_output=True, text=True, check=False
    )


def main() -> int:
    """Run them, say what came of each, keep the figures."""
    asking = argparse.ArgumentParser(description="Inputs that nobody thought of.")
    asking.add_argument("--runs", type=int, default=1_000_000, help="of the reader")
    asking.add_argument("--tries", type=int, default=50_000, help="of the handler")
    asking.add_argument("--cases", type=int, default=200, help="for each operation of the API")
    asking.add_argument("--seed", type=int, default=1)
    asked = asking.parse_args()
    if not public_files.CORPUS.exists():
        click.echo("the public files of HL7 are not here: make fuzz fetches them (Maven)", err=True)
        return 1
    told = [
        parser(asked.runs, asked.seed),
        whole_handler(asked.tries, asked.seed),
        public_handled(asked.seed),
        api(asked.cases, asked.seed),
    ]
    lines, good = [str(line) for line in told], all(line.good for line in told)
    for line in lines:
        click.echo(line)
    command = f"python -m tests.fuzz --runs {asked.runs} --tries {asked.tries} --cases {asked.cases}"
    keep("fuzz", f"{command} --seed {asked.seed}", lines, good=good)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
