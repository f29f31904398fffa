"""What the commands about kept declarations share: the database, new files, options that name a person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

import click

from parcours.settings import Settings

if TYPE_CHECKING:
    from parcours.store import Store
    from parcours.store.records import Selection


@contextmanager
def kept() -> Iterator[tuple[Store, Settings]]:
    """The store of these settings, which must exist and be up to date. Raises ``StoreUnusable``."""
    from parcours.store import Store  # SQLAlchemy is only for the commands that need it

    settings = Settings.from_env(os.environ)
    with closing(Store.join(settings.database)) as store:
        yield store, settings


@contextmanager
def into_a_new_file() -> Iterator[None]:
    """What prevents a new file from being written is a wrong usage, and is told without its path."""
    try:
        yield
        return
    except FileExistsError:
        problem = "ce fichier existe déjà."
    except OSError:
        problem = "ce fichier ne peut pas être écrit."
    raise click.BadParameter(problem, param_hint="FICHIER")


def of_a_patient(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say whose declarations, and in which practice."""

    @click.option("--tenant", metavar="CABINET", help="Un seul cabinet ; par défaut, tous.")
    @click.option("--id", metavar="ID", help="Une déclaration, par son identifiant.")
    @click.option(
        "--patient", metavar="REF", help="La référence FHIR du patient : Patient/123, 123 ou une URL."
    )
    @wraps(command)
    def chosen(patient: str | None, id: str | None, tenant: str | None, **others: Any) -> None:
        if bool(patient) == bool(id):
            raise click.UsageError("dire qui (--patient) ou quoi (--id), l’un des deux.")
        return command(_selection(patient or "", id or None, tenant), **others)

    return chosen


def _selection(patient: str, id: str | None, tenant: str | None) -> Selection:
    """The same patient may have been named by a URL, by its last part, or by his id alone."""
    from parcours.store.records import Selection

    name = patient.strip().rpartition("/")[2]
    names = {patient.strip(), name, f"Patient/{name}"} if patient.strip() else set()
    return Selection(references=frozenset(names), id=id, tenant=tenant)


def none_found() -> NoReturn:
    """Nothing was kept under that name: whoever asked must not believe that it is done."""
    click.echo("Rien n’est gardé sous cette référence : vérifier --patient, --id et --tenant.", err=True)
    raise click.exceptions.Exit(1)
