"""``parcours report``: what the answers of a batch say together, as a page or as a CSV."""

from __future__ import annotations

from pathlib import Path

import click

from parcours.bulk.refusals import BatchRefused, InputUnreadable, OutputUnwritable
from parcours.bulk.report import write_report
from parcours.cli.printing import counted

UNREADABLE = 1


@click.command("report")
@click.argument("answers", metavar="DÉCISIONS", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, metavar="RAPPORT", type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier .html (une page, à ouvrir ou à imprimer) ou .csv (un nombre par ligne).",
)  # fmt: skip
def report_command(answers: Path, output: Path) -> int:
    """Fait le rapport des décisions de « parcours batch » (.ndjson ou .ndjson.gz), sans nommer personne."""
    try:
        tally = write_report(answers, output)
    except BatchRefused as error:
        raise click.UsageError(str(error)) from None
    except (InputUnreadable, OutputUnwritable) as error:
        click.echo(str(error), err=True)
        return UNREADABLE
    click.echo(f"{counted(tally.lines, 'ligne')}, {counted(tally.decisions, 'décision')}.", err=True)
    return 0
