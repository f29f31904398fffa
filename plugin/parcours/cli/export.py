"""``parcours export``: all that is kept of a patient, to be handed to that person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from parcours.cli.audit import witnessed
from parcours.cli.kept import into_a_new_file, kept, none_found, of_a_patient

if TYPE_CHECKING:
    from parcours.store.records import Copy, Selection


@click.command("export")
@of_a_patient
@click.option(
    "-o", "--output", "file", required=True, metavar="FICHIER", type=click.Path(path_type=Path),
    help="Un fichier nouveau, que personne d’autre ne peut lire.",
)  # fmt: skip
def export_command(selection: Selection, file: Path) -> None:
    """Écrit tout ce qui est gardé d’un patient : une déclaration par ligne, en JSON, PDF compris (base64)."""
    with kept() as (store, settings):
        from parcours.store.new_files import made_whole

        if not store.conservation.count(selection):
            none_found()
        witnessed(store, settings, "export", selection.tenant, next(iter(selection.references), None))
        with into_a_new_file(), made_whole(file) as beside, beside.open("wb") as lines:
            number = 0
            for copy in store.conservation.export(selection):
                lines.write(_line(copy))
                number += 1
    click.echo(f"Exporté : {number} déclarations", err=True)


def _line(copy: Copy) -> bytes:
    """All that is kept of one declaration; times in UTC."""
    dossier = copy.dossier
    content = {
        "cabinet": copy.tenant,
        "id": dossier.id,
        "patient": dossier.patient,
        "jour": dossier.jour,
        "empreinte": dossier.empreinte,
        "transitions": dossier.transitions,
        "contenu": msgspec.json.decode(dossier.contenu),
        "pdf": copy.pdf,
    }
    return msgspec.json.encode(content) + b"\n"
