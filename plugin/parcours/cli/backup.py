"""``parcours backup``, ``parcours restore``: a copy of the database, and back."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from parcours.cli.audit import witnessed
from parcours.cli.kept import into_a_new_file, kept
from parcours.settings import Settings

POSTGRES = "une base PostgreSQL se sauvegarde avec pg_dump et se remet avec pg_restore."


@click.command("backup")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """Copie la base dans FICHIER, un fichier nouveau, service en marche ou non.

    La copie est vérifiée en entier avant de porter son nom. Elle contient des données de patients.
    """
    with kept() as (store, settings):
        if settings.database.startswith("postgresql://"):
            raise click.UsageError(POSTGRES)
        witnessed(store, settings, "backup")
        with into_a_new_file():
            store.backup(file)
    click.echo("Sauvegarde faite et vérifiée.", err=True)


@click.command("restore")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Remplacer la base qui est là ; elle est gardée à côté.")
def restore_command(file: Path, force: bool) -> None:
    """Remet la sauvegarde FICHIER à la place de la base, service arrêté.

    Elle est vérifiée avant de porter son nom : pages, tables, chaîne de l’audit.
    """
    from parcours.store.restoring import restore

    settings = Settings.from_env(os.environ)
    if settings.database.startswith("postgresql://"):
        raise click.UsageError(POSTGRES)
    target = Path(settings.database).absolute()
    if target.exists() and not force:
        raise click.UsageError("il y a déjà une base : la remplacer avec --force ; elle est gardée à côté.")
    now = dt.datetime.now(dt.UTC)
    aside = restore(file, target, settings.keys, f"{now:%Y%m%dT%H%M%SZ}")
    with kept() as (store, _):
        witnessed(store, settings, "restore")
    if aside is not None:
        click.echo(f"L’ancienne base est gardée à côté, sous le nom {aside.name}.", err=True)
    click.echo("Sauvegarde remise et vérifiée.", err=True)
