"""``parcours batch``: many visits, one answer a line, in order, on every core."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Display

from parcours.bulk.refusals import BatchRefused, InputUnreadable, OutputUnwritable, WorkersLost
from parcours.bulk.run import Job, Progress, Told, cores, run
from parcours.cli.printing import counted
from parcours.fhir.reading import Validate
from parcours.settings import Settings

UNREADABLE = 1
BAD_LINES = 3


@click.command("batch")
@click.argument("source", metavar="ENTRÉE")
@click.option(
    "-o", "--output", required=True, metavar="SORTIE", type=click.Path(path_type=Path),
    help="Fichier .ndjson, .ndjson.gz ou .parquet, remplacé d’un coup quand tout est répondu.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), help="Processus ; un par cœur par défaut.")
@click.option("--resume", is_flag=True, help="Reprend une exécution interrompue là où elle s’est arrêtée.")
@click.option(
    "--validate",
    type=click.Choice(get_args(Validate)),
    default="full",
    show_default=True,
    help="full : chaque ligne est tenue à FHIR tout entière ; read : ce que la décision lit (entrée sûre).",
)
def batch_command(source: str, output: Path, workers: int | None, resume: bool, validate: Validate) -> int:
    """Situe des milliers de visites dans le parcours de soins coordonnés.

    ENTRÉE : un Bundle FHIR R4 par ligne (.ndjson, .ndjson.gz, - pour l’entrée standard), ou le dossier d’un
    export FHIR Bulk. SORTIE : une décision par ligne, ou un OperationOutcome, dans le même ordre.
    """
    settings = Settings.from_env(os.environ)
    job = Job(source=source, output=output, workers=workers or cores(), resume=resume, validate=validate)
    began = time.perf_counter()
    try:
        with _display() as told:
            done = run(job, settings, told)
    except BatchRefused as error:
        raise click.UsageError(str(error)) from None
    except (InputUnreadable, OutputUnwritable, WorkersLost) as error:
        click.echo(str(error), err=True)
        return UNREADABLE
    except KeyboardInterrupt:
        click.echo("Interrompu. Ce qui est fait est gardé : --resume reprend.", err=True)
        raise
    for line in _summary(done, time.perf_counter() - began):
        click.echo(line, err=True)
    return BAD_LINES if done.refused else 0


def _summary(done: Progress, seconds: float) -> Iterator[str]:
    """What was done, without a word of what the lines hold."""
    rate = (done.lines - done.resumed) / seconds if seconds else 0
    resumed = f", dont {counted(done.resumed, 'reprise')}" if done.resumed else ""
    blank = counted(done.blank, "vide")
    yield f"{_read(done)}{resumed}, {counted(done.refused, 'refusée')}, {blank} ; {rate:.0f} lignes/s"
    if done.deaths:
        yield f"Arrêté en route : {done.deaths} processus ; leur travail a été refait."
    if done.unread:
        yield f"Ignoré dans l’export, hors visites : {counted(done.unread, 'ligne')} sans ressource."


def _read(done: Progress) -> str:
    return counted(done.lines, "ligne")


# ---------------------------------------------------------------- progress


@contextmanager
def _display() -> Iterator[Told]:
    """Progress, rate and time left on a terminal; nothing in a file or a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Display(*columns, console=Console(stderr=True), transient=True) as display:
        yield _teller(display)


def _teller(display: Display) -> Told:
    task = display.add_task("", total=None, told="")
    began = time.perf_counter()

    def tell(progress: Progress) -> None:
        rate = (progress.lines - progress.resumed) / (time.perf_counter() - began)
        told = f"{_read(progress)}, {rate:.0f}/s, {counted(progress.refused, 'refusée')}"
        display.update(task, completed=progress.done, total=progress.size, told=told)

    return tell
