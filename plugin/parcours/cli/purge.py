"""``parcours purge``: delete what is past its retention."""

from __future__ import annotations

import datetime as dt

import click

from parcours.cli.kept import kept

NAMES = {
    "declaration": "déclarations",
    "jeton": "jetons",
    "retour": "retours sur les cartes",
    "lancement": "lancements sans réponse",
    "session": "sessions closes",
    "activite": "mois d’activité",
}


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Dire ce qui serait effacé, sans l’effacer.")
def purge_command(dry_run: bool) -> None:
    """Efface ce qui a dépassé sa durée de conservation (PARCOURS_RETENTION_…)."""
    with kept() as (store, settings):
        from parcours.store.records import Retention

        rules = Retention(preparees=settings.retention_prepared_days, autres=settings.retention_days)
        counts = store.conservation.purge(rules, dt.datetime.now(dt.UTC), dry_run=dry_run)
    verb = "À effacer" if dry_run else "Effacé"
    for table, number in counts.items():
        click.echo(f"{verb} : {number} {NAMES[table]}")
