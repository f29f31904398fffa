"""``parcours rules``: the law as it is encoded, on one day; and whether what it cites is still current."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from parcours.cli.legifrance_index import read_index
from parcours.cli.printing import printable
from parcours.errors import InputError
from parcours.law import Droit, Regle, droit
from parcours.law.citations import Constat, Etat, compare
from parcours.law.rule_book import conditions
from parcours.wording import citation, jour

PARIS = ZoneInfo("Europe/Paris")
UNREADABLE = 1

ETATS = {
    Etat.PERIMEE: "périmée",
    Etat.A_ETABLIR: "à établir",
    Etat.ABSENTE: "absente de l’index",
    Etat.A_JOUR: "à jour",
}
"""What an index says of a citation, the first to be looked at first."""


@click.command("rules")
@click.argument("rule_id", metavar="ID", required=False)
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="AAAA-MM-JJ",
    help="Le droit de ce jour-là ; celui d’aujourd’hui par défaut.",
)
@click.option(
    "--check",
    "index",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="INDEX.json",
    help="Compare les versions citées à un index de Légifrance, et dit lesquelles sont périmées.",
)
def rules_command(rule_id: str | None, day: dt.datetime | None, index: Path | None) -> int | None:
    """Liste les règles en vigueur un jour donné ; avec ID, en montre une et ce qu’elle cite."""
    if index is not None:
        if rule_id or day:
            raise click.UsageError("--check compare toutes les citations d’aujourd’hui : sans ID ni --on")
        return _check(index)
    law = droit()
    on = day.date() if day else dt.datetime.now(PARIS).date()
    if on < law.depuis:
        raise click.BadParameter(f"le droit encodé commence le {jour(law.depuis)}", param_hint="--on")
    if rule_id is None:
        _list(law, on)
    else:
        _show(law, rule_id, on)
    return None


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
    click.echo(conditions()[regle.id])
    click.echo(f"Rang {int(regle.rang)} du tableau des codes, {_period(regle)}")
    click.echo(f"Fondement : {citation(motif)}")
    if motif.url:
        click.echo(motif.url)


def _period(regle: Regle) -> str:
    until = f", jusqu’au {jour(regle.jusqu_a - dt.timedelta(days=1))}" if regle.jusqu_a else ""
    return f"en vigueur depuis le {jour(regle.depuis)}{until}"


def _check(index: Path) -> int | None:
    """Print what is not current; how many are, on stderr. A stale citation is an answer, not an error."""
    try:
        found = compare(read_index(index.read_bytes()))
    except InputError as error:
        for problem in error.problems:
            where = printable(f"{index}: {problem.expression}".rstrip(": "))
            click.echo(f"{where} : {problem.text}", err=True)
        return UNREADABLE
    for etat in list(ETATS)[:-1]:
        for constat in found:
            if constat.etat is etat:
                click.echo(_told(constat))
    current = sum(constat.etat is Etat.A_JOUR for constat in found)
    click.echo(f"{len(found)} citations comparées, {current} à jour", err=True)
    return None


def _told(constat: Constat) -> str:
    cited = constat.citation.derniere or "version non établie"
    today = f", aujourd’hui {constat.actuelle}" if constat.actuelle else ""
    return f"{ETATS[constat.etat]} : {constat.citation.nom} ({cited}{today})"
