"""``parcours directory``: what the Annuaire Santé says of a professional, and when it said so."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console

from parcours.cli.printing import line, section
from parcours.fhir.directory_facts import Activite, Fiche, fiche
from parcours.remote.annuaire import Annuaire, DirectoryUnreachable
from parcours.remote.directory_cache import Releve
from parcours.service import open_annuaire
from parcours.settings import ANNUAIRE_KEY, Settings
from parcours.wording import jour

NOTHING_KNOWN = 1
NOT_GIVEN = "L’Annuaire Santé ne donne ni le secteur, ni l’OPTAM, ni aucune date d’installation."


def today() -> dt.date:
    """The day it is in Paris, where the directory is kept."""
    return dt.datetime.now(ZoneInfo("Europe/Paris")).date()


@click.command("directory")
@click.argument("rpps", metavar="RPPS")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def directory_command(rpps: str, form: str) -> int:
    """Montre ce que l’Annuaire Santé dit d’un professionnel : profession, spécialité, activités, lieux."""
    if not re.fullmatch(r"[0-9]{11}", rpps, re.ASCII):
        raise click.BadParameter("onze chiffres sont attendus", param_hint="RPPS")
    annuaire = open_annuaire(Settings.from_env(os.environ), today)
    if annuaire is None:
        click.echo(
            f"L’Annuaire Santé n’est pas configuré : il y faut une clé ({ANNUAIRE_KEY.name}).", err=True
        )
        return NOTHING_KNOWN
    found = fiche(_releves(annuaire, rpps), today())
    if found is None:
        return NOTHING_KNOWN
    if not found.connu:
        click.echo("L’Annuaire Santé ne désigne pas un professionnel en activité sous ce numéro.", err=True)
        return NOTHING_KNOWN
    _as_json(rpps, found) if form == "json" else _as_text(rpps, found)
    return 0


def _releves(annuaire: Annuaire, rpps: str) -> tuple[Releve, ...]:
    """What it says now; what it said before when it does not answer, and a word about that."""
    try:
        return annuaire.ask(rpps)
    except DirectoryUnreachable as error:
        click.echo(f"L’Annuaire Santé n’a pas répondu ({error.reason}).", err=True)
    return annuaire.kept(rpps)


def _as_text(rpps: str, found: Fiche) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    line(console, f"RPPS {rpps}, Annuaire Santé, donnée du {jour(found.date)}", "bold")
    section(console, "Professionnel", [f"{label} : {value}" for label, value in _told(found) if value])
    section(console, "Activités", [_activity(activite) for activite in found.activites])
    line(console, NOT_GIVEN, "dim")


def _told(found: Fiche) -> Iterator[tuple[str, str | None]]:
    yield "Nom", " ".join(_names(found)) or None
    yield "Profession", found.exercice.profession
    yield "Spécialité", found.exercice.specialite
    yield "Remplaçant", "oui" if found.remplacant else "non"


def _names(found: Fiche) -> list[str]:
    return [name for name in (found.nom.family, *found.nom.given) if name] if found.nom else []


def _activity(activite: Activite) -> str:
    codes = ", ".join(f"{code.table} {code.code}" for code in activite.codes) or "sans code lu"
    return f"{codes} : {' '.join(_place(activite)) or 'lieu non donné'}"


def _place(activite: Activite) -> list[str]:
    lieu = activite.lieu
    postal = next((a.postal_code for a in lieu.address if a.postal_code), None) if lieu else None
    return [text for text in (lieu.name if lieu else None, postal) if text]


def _as_json(rpps: str, found: Fiche) -> None:
    told = {
        "rpps": rpps,
        "date": found.date,
        "nom": " ".join(_names(found)) or None,
        "profession": found.exercice.profession,
        "specialite": found.exercice.specialite,
        "remplacant": found.remplacant,
        "activites": [
            {
                "codes": [{"table": code.table, "code": code.code} for code in activite.codes],
                "lieu": " ".join(_place(activite)) or None,
            }
            for activite in found.activites
        ],
    }
    click.echo(msgspec.json.encode(told))
