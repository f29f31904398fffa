"""``parcours config``: what the settings are here, and where each comes from."""

from __future__ import annotations

import os
import re
from typing import Any, Final

import click
import msgspec
from rich.console import Console

from parcours.cli.printing import line
from parcours.law.policies import POLITIQUES
from parcours.settings import SETTINGS, Settings, policy_variable
from parcours.settings.places import user_database, user_directory_cache, user_keys
from parcours.settings.table import ANNUAIRE_CACHE, ANNUAIRE_KEY, DATABASE, KEYS

SECRET: Final = frozenset({ANNUAIRE_KEY.name})
"""Settings that are never shown."""
MASK: Final = "***"
USER_FOLDERS: Final = {
    DATABASE.name: user_database,
    KEYS.name: user_keys,
    ANNUAIRE_CACHE.name: user_directory_cache,
}
_PASSWORD: Final = re.compile(r"(?<=://)[^@]*(?=@)|(?<=[?&]password=)[^&]*")


@click.group("config")
def config_command() -> None:
    """Les réglages du service (variables PARCOURS_)."""


@config_command.command("show")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show_command(form: str) -> None:
    """Montre chaque réglage, sa valeur et son origine ; aucun secret."""
    Settings.from_env(os.environ)  # what cannot be read is told, and nothing shown
    found = [_told(setting.name, str(setting.default) or _folder(setting.name)) for setting in SETTINGS]
    found += [_told(policy_variable(politique), politique.defaut) for politique in POLITIQUES]
    if form == "json":
        click.echo(msgspec.json.encode(found))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for told in found:
        line(console, f"{told['variable']} = {told['valeur']}  ({told['origine']})")


def _told(name: str, default: str) -> dict[str, Any]:
    given = os.environ.get(name)
    origin = "par défaut" if given is None else "environnement"
    return {"variable": name, "valeur": _shown(name, default if given is None else given), "origine": origin}


def _folder(name: str) -> str:
    """Where things are kept when nobody says where."""
    found = USER_FOLDERS.get(name)
    return found() if found else ""


def _shown(name: str, value: str) -> str:
    if name in SECRET and value:
        return MASK
    return _PASSWORD.sub(MASK, value) if name == DATABASE.name else value
