"""``parcours purge``: delete what is past its retention."""

from __future__ import annotations

import datetime as dt

import click

from parcours.cli.audit import witnessed
from parcours.cli.kept import kept

NAMES = {
    "declaration": "déclarations",
    "jeton": "jetons",
    "jeton_acces": "jetons d’accès",
    "retour": "retours sur les cartes",
    "lancement": "lancements sans réponse",
    "session": "sessions closes",
    "activite": "mois d’activité",
    "trace": "enregistrements de l’audit",
}


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Dire ce qui serait effacé, sans l’effacer.")
def purge_command(dry_run: bool) -> None:
    """Efface ce qui a dépassé sa durée de conservation (PARCOURS_RETENTION_…)."""
    with kept() as (store, settings):
        from parcours.store.records import Retention
        from parcours.store.sessions import Limits

        rules = Retention(
            preparees=settings.retention_prepared_days,
            autres=settings.retention_days,
            sessions=Limits.of(settings.session_idle_minutes, settings.session_hours),
        )
        now = dt.datetime.now(dt.UTC)
        traces, oldest = store.audit(settings.keys), now - dt.timedelta(days=settings.retention_audit_days)
        if not dry_run:
            witnessed(store, settings, "purge")
        counts = dict(store.conservation.purge(rules, now, dry_run=dry_run))
        counts["trace"] = traces.old(oldest) if dry_run else traces.purge(oldest, now)
    verb = "À effacer" if dry_run else "Effacé"
    for table, number in counts.items():
        click.echo(f"{verb} : {number} {NAMES[table]}")
