"""``parcours doctor``: can this service run here, and what is to be done if not?"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from typing import Final

import click
import msgspec
from rich.console import Console

from parcours.cli.doctor.findings import Constat, Constats, Etat, Poste, mauvais
from parcours.cli.printing import line
from parcours.errors import ParcoursError, SettingsError
from parcours.settings import Settings

MARKS: Final = {Etat.OK: "✓", Etat.AVERTISSEMENT: "!", Etat.ERREUR: "✗"}
STYLES: Final = {Etat.OK: "", Etat.AVERTISSEMENT: "yellow", Etat.ERREUR: "bold red"}
TO_CORRECT: Final = "Corriger cette variable, ou ce qu’elle nomme (docs/settings.md), puis recommencer."


@click.command("doctor")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--offline", is_flag=True, help="N’interroger aucun autre serveur que la base.")
def doctor_command(form: str, offline: bool) -> int:
    """Examine ce qu’il faut au service, et dit quoi faire ; 1 s’il ne peut pas marcher ainsi."""
    found = list(diagnosis(dt.datetime.now(dt.UTC), reseau=not offline))
    _as_json(found) if form == "json" else _as_text(found)
    return 1 if any(constat.etat is Etat.ERREUR for _, constat in found) else 0


def diagnosis(now: dt.datetime, *, reseau: bool) -> Iterator[tuple[str, Constat]]:
    """Each subject and what was found, in the settings of this environment. Never raises."""
    try:
        poste = Poste(Settings.from_env(os.environ), now, reseau)
    except ParcoursError as error:
        yield "réglages", mauvais(str(error), TO_CORRECT)
        return
    for subject, check in _checks().items():
        for constat in _examined(check, poste):
            yield subject, constat


def _examined(check: Callable[[Poste], Constats], poste: Poste) -> Constats:
    """What a check finds. One that fails is itself a finding: of the kind of failure, not of its words."""
    try:
        yield from check(poste)
    except SettingsError as error:
        yield mauvais(str(error), TO_CORRECT)
    except ParcoursError as error:
        yield mauvais(str(error))
    except Exception as error:  # a doctor must examine the rest
        yield mauvais(
            f"Ce contrôle n’a pas pu se faire ({type(error).__name__}).", "Voir les droits d’accès."
        )


def _checks() -> dict[str, Callable[[Poste], Constats]]:
    from parcours.cli.doctor import access, data, program  # half of the program: only for this command

    return {
        "programme": program.versions,
        "adresse": access.adresse,
        "clients": access.clients,
        "clés": access.cles,
        "mesures": access.mesures,
        "horloge": data.horloge,
        "disque": data.place,
        "base": data.base,
        "droit": program.loi,
        "porte FHIR": program.porte,
        "papiers": program.papiers,
        "exemples": program.exemples,
        "annuaire": program.annuaire,
    }


def _as_text(found: list[tuple[str, Constat]]) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    for subject, constat in found:
        line(console, f"{MARKS[constat.etat]} {subject} : {constat.texte}", STYLES[constat.etat])
        if constat.remede:
            line(console, f"    → {constat.remede}")


def _as_json(found: list[tuple[str, Constat]]) -> None:
    told = [
        {"sujet": subject, "etat": constat.etat, "texte": constat.texte, "remede": constat.remede}
        for subject, constat in found
    ]
    click.echo(msgspec.json.encode(told))
