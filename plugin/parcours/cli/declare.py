"""``parcours declare``: prepare a declaration of médecin traitant as files to check, sign and send."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from parcours.cli.inputs import Source
from parcours.cli.printing import printable
from parcours.domain.decision import Reponse
from parcours.domain.declaration import Declaration, Nature
from parcours.domain.declaration_texts import ADRESSE_ATTESTATION
from parcours.errors import InputError
from parcours.fhir.declaration_resources import questionnaire_response, task
from parcours.fhir.writing import to_json
from parcours.service import Preparation, Service
from parcours.settings import Settings
from parcours.wording import jour

PARIS = ZoneInfo("Europe/Paris")
UNREADABLE = 1
PDF, ANSWER, TASK = "declaration.pdf", "questionnaire-response.json", "task.json"
NATURES = {
    Nature.PREMIERE: "Première déclaration",
    Nature.CHANGEMENT: "Changement de médecin traitant",
    Nature.APRES_DEPART: "Déclaration après le départ du médecin traitant",
    Nature.DEJA_DECLARE: "Rien à déclarer : ce médecin est déjà le médecin traitant",
    Nature.INCONNUE: "Déclaration (on ne sait pas si un médecin traitant est déjà déclaré)",
}


@click.command("declare")
@click.argument("file", metavar="FICHIER")
@click.option(
    "-o", "--output", "folder", required=True, metavar="DOSSIER",
    type=click.Path(file_okay=False, path_type=Path), help="Où écrire les trois fichiers.",
)  # fmt: skip
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ",
    help="Jour de la préparation quand la demande ne contient pas de visite ; aujourd’hui par défaut.",
)  # fmt: skip
def declare_command(file: str, folder: Path, day: dt.datetime | None) -> int:
    """Prépare une déclaration de choix du médecin traitant : PDF à signer, réponse et tâche FHIR.

    FICHIER : un Bundle ou un Parameters FHIR R4 en JSON, ou - (entrée standard). Rien n’est signé ni coché.
    """
    service = Service(Settings.from_env(os.environ))
    prepared = _prepared(service, file, day.date() if day else dt.datetime.now(PARIS).date())
    if prepared is None:
        return UNREADABLE
    _write(folder, _files(service, prepared))
    for line in _summary(prepared, folder):
        click.echo(line, err=True)
    return 0


def _prepared(service: Service, file: str, today: dt.date) -> Preparation | None:
    """The declaration, or ``None`` once stderr was told why there is none."""
    name = printable(file)
    try:
        return service.prepare(Source(file).read(service.limits.octets), today)
    except InputError as error:
        for problem in error.problems:
            click.echo(f"{name} : {problem.expression} : {problem.text}", err=True)
    except OSError:
        click.echo(f"{name} : fichier introuvable ou illisible", err=True)
    return None


def _files(service: Service, prepared: Preparation) -> dict[str, bytes]:
    declaration, lecture = prepared.declaration, prepared.lecture
    return {
        PDF: service.pdf(declaration),
        ANSWER: to_json(questionnaire_response(declaration, lecture)) + b"\n",
        TASK: to_json(task(declaration, lecture)) + b"\n",
    }


# ---------------------------------------------------------------- writing


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write every file, each whole or not at all; say which ones took the place of something else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replaced = [name for name, content in files.items() if _differs(folder / name, content)]
        for name, content in files.items():
            _write_whole(folder / name, content)
    except OSError:
        raise click.UsageError("le dossier ne peut pas être écrit.") from None
    if replaced:
        click.echo(f"Remplacé : {', '.join(replaced)}", err=True)


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() != content


def _write_whole(path: Path, content: bytes) -> None:
    """Through a file beside it: a reader finds the old content or the new, never half of one."""
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


# ---------------------------------------------------------------- telling


def _summary(prepared: Preparation, folder: Path) -> Iterator[str]:
    """What is missing, who signs, where it goes. No value of the patient."""
    declaration = prepared.declaration
    yield f"{NATURES[declaration.nature]}, préparée au {jour(declaration.jour)} : {printable(str(folder))}"
    if declaration.acceptable is Reponse.NON:
        yield from _lines("Impossible de déclarer ce professionnel", [r.texte for r in declaration.refus])
    yield from _lines("Qui signe", [s.texte for s in declaration.signatures])
    missing = [f"{c.intitule} : {c.pourquoi}" for c in declaration.manquants]
    doubtful = [f"{c.intitule} : {c.pourquoi}" for c in declaration.douteux]
    yield from _lines("À compléter", missing)
    yield from _lines("À vérifier", doubtful)
    yield from _lines("À demander", list(declaration.a_demander))
    yield from _lines("À savoir", [a.texte for a in declaration.avertissements])
    yield from _lines("Comment", [*(voie.titre for voie in declaration.voies), _ou(declaration)])
    yield from _lines("Ignoré", [f"{p.expression} : {p.text}" for p in prepared.lecture.problems])


def _ou(declaration: Declaration) -> str:
    """The address of an organism, whose name a request may have brought."""
    where = declaration.destinataire
    return f"{printable(where.nom)} – {(where.adresse or ADRESSE_ATTESTATION).replace(chr(10), ', ')}"


def _lines(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  • {line}" for line in lines)
