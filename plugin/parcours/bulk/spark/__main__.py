"""``python -m parcours.bulk.spark ENTRÉE SORTIE``, and what ``spark-submit`` is given."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from typing import get_args

import click

from parcours.bulk.refusals import BatchRefused
from parcours.bulk.spark import evaluate
from parcours.errors import SettingsError
from parcours.fhir.reading import Validate
from parcours.settings import Settings

NO_SPARK = "Spark demande un complément : pip install 'parcours-soins[spark]'."
NO_JAVA = "Spark demande Java 17 ou plus récent : il n’est ni dans JAVA_HOME ni dans le PATH."
REFUSALS = {
    "PATH_NOT_FOUND": "L’entrée est introuvable.",
    "PATH_ALREADY_EXISTS": "La sortie existe déjà : elle n’est pas remplacée.",
}
BAD_LINES = 3


@click.command("parcours.bulk.spark")
@click.argument("source", metavar="ENTRÉE")
@click.argument("output", metavar="SORTIE")
@click.option("--validate", type=click.Choice(get_args(Validate)), default="full", show_default=True)
def main(source: str, output: str, validate: Validate) -> None:
    """Situe les visites d’une table dans le parcours de soins coordonnés, avec Spark.

    ENTRÉE : des lignes de Bundles FHIR R4, ou une table (.parquet) de Bundles ou de visites à plat.
    SORTIE : un dossier qui n’existe pas encore, de lignes, ou de colonnes si son nom finit par .parquet.
    """
    try:
        refused = answer(source, output, Settings.from_env(os.environ), validate)
    except (BatchRefused, SettingsError) as error:
        raise click.UsageError(str(error)) from None
    sys.exit(BAD_LINES if refused else 0)


def answer(source: str, output: str, settings: Settings, validate: Validate) -> int:
    """Answer every visit; how many were refused. Raises ``BatchRefused``; Spark raises what stops it."""
    _check()
    from pyspark.errors import AnalysisException
    from pyspark.sql import Observation, SparkSession

    from parcours.bulk.spark.tables import observed, visits, write

    counts = Observation()
    with SparkSession.builder.appName("parcours").getOrCreate() as spark:
        try:
            write(observed(evaluate(visits(spark, source), settings, validate), counts), output)
        except AnalysisException as error:
            known = REFUSALS.get(error.getCondition() or "")
            if known is None:
                raise
            raise BatchRefused(known) from None
        lines, refused = counts.get["lignes"], counts.get["refus"]
    click.echo(f"{lines} lignes, {refused} refusées", err=True)
    return int(refused)


def _check() -> None:
    """What is wanting is said before Spark says it in a hundred lines."""
    if any(find_spec(name) is None for name in ("pandas", "pyarrow", "pyspark")):
        raise BatchRefused(NO_SPARK)
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise BatchRefused(NO_JAVA)


if __name__ == "__main__":
    main()
