"""``parcours evaluate``: judge visits and say why, for people, for programs, or in FHIR."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import click
import msgspec
from rich.console import Console

from parcours.bulk.answers import decision_json
from parcours.cli.directory import today
from parcours.cli.inputs import Source, is_folder, is_no_request, sources
from parcours.cli.printing import printable
from parcours.cli.text import explain
from parcours.errors import InputError, Problem
from parcours.fhir.decision_extension import Element
from parcours.fhir.writing import answer_bundle, operation_outcome, to_json
from parcours.service import Evaluation, Service, open_annuaire
from parcours.settings import Settings

UNREADABLE = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input: an evaluation, or the problems that prevented it."""

    source: Source
    evaluation: Evaluation | None = None
    problems: tuple[Problem, ...] = ()
    proposed: Callable[[], Sequence[Element]] = tuple
    """Asked for the declaration worth proposing, by the one form that carries it."""


class Rendering(Protocol):
    """One form of the answers."""

    def __call__(self, result: Result, *, several: bool) -> None:
        """Print one result on stdout; ``several`` when it is one among others."""


@click.command("evaluate")
@click.argument("files", nargs=-1, required=True, metavar="FICHIER…")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "fhir"]),
    default="text",
    show_default=True,
    help="text : pour lire ; json : la décision, une ligne par visite ; fhir : le Bundle de réponse.",
)
def evaluate_command(files: tuple[str, ...], form: str) -> int:
    """Situe des visites dans le parcours de soins coordonnés.

    FICHIER : un Bundle ou un Parameters FHIR R4 en JSON, un dossier (parcouru), ou - (entrée standard).
    """
    settings = Settings.from_env(os.environ)
    service = Service(settings, open_annuaire(settings, today))
    found = list(sources(files))
    several = len(found) > 1 or any(map(is_folder, files))
    rendering = RENDERINGS[form]
    refused = False
    for result in _results(service, found):
        _report(result)
        rendering(result, several=several)
        refused = refused or result.evaluation is None
    return UNREADABLE if refused else 0


def _results(service: Service, found: Sequence[Source]) -> Iterator[Result]:
    for source in found:
        try:
            body = source.read(service.limits.octets)
        except OSError:
            yield Result(source, problems=(Problem("", "not-found", "fichier introuvable ou illisible"),))
            continue
        if not is_no_request(source, body):
            yield _result(service, source, body)


def _result(service: Service, source: Source, body: bytes) -> Result:
    try:
        evaluation = service.evaluate(body)
        return Result(source, evaluation, proposed=partial(service.proposed, body, evaluation))
    except InputError as error:
        return Result(source, problems=error.problems)


def _report(result: Result) -> None:
    """Say on stderr why an input could not be read."""
    for problem in result.problems:
        click.echo(f"{printable(result.source.name)} : {_sentence(problem)}", err=True)


def _sentence(problem: Problem) -> str:
    return f"{problem.expression} : {problem.text}" if problem.expression else problem.text


def _as_text(result: Result, *, several: bool) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    if result.evaluation:
        explain(console, result.evaluation, title=result.source.name if several else None)


def _as_json(result: Result, *, several: bool) -> None:
    if result.evaluation:
        click.echo(decision_json(result.evaluation.decision))
    elif several:
        sentences = " ; ".join(_sentence(problem) for problem in result.problems)
        click.echo(msgspec.json.encode({"fichier": result.source.name, "erreur": sentences}))


def _as_fhir(result: Result, *, several: bool) -> None:
    if result.evaluation:
        now = dt.datetime.now(dt.UTC)
        evaluation = result.evaluation
        click.echo(to_json(answer_bundle(evaluation.decision, evaluation.lecture, now, result.proposed())))
    elif several:
        click.echo(to_json(operation_outcome(result.problems)))


RENDERINGS: dict[str, Rendering] = {"text": _as_text, "json": _as_json, "fhir": _as_fhir}
