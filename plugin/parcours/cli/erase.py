"""``parcours erase``: delete all that is kept of a patient."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from parcours.cli.audit import witnessed
from parcours.cli.kept import kept, none_found, of_a_patient

if TYPE_CHECKING:
    from parcours.store.records import Selection


@click.command("erase")
@of_a_patient
@click.option("--yes", is_flag=True, help="Confirmer : rien ne se récupère ensuite, sauf d’une sauvegarde.")
def erase_command(selection: Selection, yes: bool) -> None:
    """Efface toutes les déclarations d’un patient, et en garde la preuve sans son identité."""
    with kept() as (store, settings):
        number = store.conservation.count(selection)
        if not number:
            none_found()
        if not yes:
            raise click.UsageError(f"{number} à effacer pour toujours : confirmer avec --yes.")
        witnessed(store, settings, "erase", selection.tenant, next(iter(selection.references), None))
        erased = store.conservation.erase(selection, dt.datetime.now(dt.UTC))
    click.echo(
        f"Effacé : {erased} déclarations. Les sauvegardes déjà faites les contiennent encore.", err=True
    )
