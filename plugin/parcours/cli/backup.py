"""``parcours backup``: a copy of the database, taken while the service answers."""

from __future__ import annotations

from pathlib import Path

import click

from parcours.cli.kept import into_a_new_file, kept


@click.command("backup")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """Copie la base dans FICHIER, un fichier nouveau, service en marche ou non.

    La copie est vérifiée en entier avant de porter son nom. Elle contient des données de patients.
    """
    with kept() as (store, settings):
        if settings.database.startswith("postgresql://"):
            raise click.UsageError("une base PostgreSQL se sauvegarde avec pg_dump.")
        with into_a_new_file():
            store.backup(file)
    click.echo("Sauvegarde faite et vérifiée.", err=True)
