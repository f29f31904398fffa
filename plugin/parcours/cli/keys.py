"""``parcours keys``: our own signing keys, for the authorization servers that ask us to prove who we are."""

from __future__ import annotations

import json
import os

import click

from parcours.errors import SettingsError
from parcours.settings import KEYS, Settings


@click.group("keys")
def keys_command() -> None:
    """Nos clés de signature (PARCOURS_KEYS) : en faire de nouvelles, montrer les publiques."""


@keys_command.command("rotate")
def rotate_command() -> None:
    """Fait deux nouvelles clés, ES384 et RS384 ; les précédentes restent publiées une fois encore."""
    from parcours.smart.our_keys import OurKeys

    try:
        made = OurKeys(Settings.from_env(os.environ).keys).rotate()
    except OSError:
        made = []
    if not made:
        raise SettingsError(f"{KEYS.name} : le dossier ne peut pas être écrit.")
    for name in made:
        click.echo(name)


@keys_command.command("show")
def show_command() -> None:
    """Écrit les clés publiques, telles que /.well-known/jwks.json les donne."""
    from parcours.smart.our_keys import OurKeys

    click.echo(json.dumps(OurKeys(Settings.from_env(os.environ).keys).public(), indent=2))
