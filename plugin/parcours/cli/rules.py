"""``parcours rules``: the law as it is encoded, on one day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import click

from parcours.law import Droit, Regle, droit
from parcours.wording import citation, jour

PARIS = ZoneInfo("Europe/Paris")


@click.command("rules")
@click.argument("rule_id", metavar="ID", required=False)
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="AAAA-MM-JJ",
    help="Le droit de ce jour-là ; celui d’aujourd’hui par défaut.",
)
def rules_command(rule_id: str | None, day: dt.datetime | None) -> None:
    """Liste les règles en vigueur un jour donné ; avec ID, en montre une et ce qu’elle cite."""
    law = droit()
    on = day.date() if day else dt.datetime.now(PARIS).date()
    if on < law.depuis:
        raise click.BadParameter(f"le droit encodé commence le {jour(law.depuis)}", param_hint="--on")
    if rule_id is None:
        _list(law, on)
    else:
        _show(law, rule_id, on)


def _list(law: Droit, on: dt.date) -> None:
    for regle in law.en_vigueur(on):
        click.echo(f"{regle.rang:>2}  {regle.id}  {regle.titre}  ({regle.motif(on).texte})")


def _show(law: Droit, rule_id: str, on: dt.date) -> None:
    versions = [regle for regle in law.regles if regle.id == rule_id]
    if not versions:
        raise click.BadParameter("règle inconnue ; `parcours rules` les liste", param_hint="ID")
    in_force = [regle for regle in law.en_vigueur(on) if regle.id == rule_id]
    for regle in in_force:
        _describe(regle, on)
    if not in_force:
        click.echo(f"{rule_id} n’est pas en vigueur le {jour(on)} : {'; '.join(map(_period, versions))}")


def _describe(regle: Regle, on: dt.date) -> None:
    motif = regle.motif(on)
    click.echo(f"{regle.id} : {regle.titre}")
    click.echo(f"Rang {int(regle.rang)} du tableau des codes, {_period(regle)}")
    click.echo(f"Fondement : {citation(motif)}")
    if motif.url:
        click.echo(motif.url)


def _period(regle: Regle) -> str:
    until = f", jusqu’au {jour(regle.jusqu_a - dt.timedelta(days=1))}" if regle.jusqu_a else ""
    return f"en vigueur depuis le {jour(regle.depuis)}{until}"
