"""``parcours examples``: the example bundles, on the disk of whoever wants to try them."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from parcours import installed


@click.command("examples")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def examples_command(directory: Path) -> None:
    """Copie les exemples dans DIR, un dossier par situation, sans rien écraser."""
    if directory.is_dir() and any(directory.iterdir()):
        raise click.BadParameter("ce dossier n’est pas vide", param_hint="DIR")
    try:
        shutil.copytree(installed.examples(), directory, dirs_exist_ok=True)
    except OSError as error:
        raise click.BadParameter(f"copie impossible ({error.strerror})", param_hint="DIR") from None
    count = sum(1 for _ in directory.glob("*/bundle.json"))
    click.echo(f"{count} exemples copiés ; essayer : parcours evaluate {directory}", err=True)
