"""``parcours doctor`` on PostgreSQL: the database, and whether both machines have the same time."""

from __future__ import annotations

import datetime as dt

import time_machine
from tests.store.databases import cluster, postgres_url

from parcours.cli.doctor import data, program
from parcours.cli.doctor.findings import Etat, Poste
from parcours.settings import Settings
from parcours.store import Store

__all__ = ["cluster", "postgres_url"]


def test_a_database_and_a_clock_that_are_well(postgres_url: str) -> None:
    Store.open(postgres_url).close()
    poste = Poste(Settings(database=postgres_url), dt.datetime.now(dt.UTC))
    found = [*data.base(poste), *data.place(poste), *data.horloge(poste), *program.versions(poste)]
    assert {constat.etat for constat in found} == {Etat.OK}
    assert any("PostgreSQL est à la même heure" in constat.texte for constat in found)


def test_a_server_at_another_hour_is_an_error(postgres_url: str) -> None:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)
    with time_machine.travel(then):
        *_, said = data.horloge(Poste(Settings(database=postgres_url), then))
    assert (said.etat, "PostgreSQL est à" in said.texte) == (Etat.ERREUR, True)
