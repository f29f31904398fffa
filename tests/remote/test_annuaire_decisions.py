"""The directory in an answer: it may decide, it never denies, and answers stand without it (F-061, F-062)."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fhir.builders import (
    DOC,
    G15,
    R22,
    R38,
    concept,
    declaration,
    encode,
    encounter,
    patient,
    practitioner,
    ref,
    role,
    visit,
)
from tests.remote.directory import KEY, TODAY, Json, activity, doctor, on, page, person, plays
from tests.remote.loopback import Listen

from parcours import service
from parcours.domain.decision import Decision
from parcours.domain.facts import Fait
from parcours.remote.annuaire import Annuaire, DirectoryUnreachable
from parcours.remote.deadline import Deadline
from parcours.remote.directory_cache import DirectoryCache
from parcours.remote.unreachable import Reason
from parcours.service import Service, open_annuaire
from parcours.settings import Settings
from parcours.web.app import create_app

DAY = dt.timedelta(days=1)


class Played:
    """A directory that answers, or fails once ``resources`` is ``None``; ``numbers``: who was asked about."""

    def __init__(self, *resources: Json) -> None:
        self.resources: tuple[Json, ...] | None = resources
        self.numbers: list[str] = []

    def look_up(self, rpps: str, deadline: Deadline, *, places: bool = False) -> tuple[Json, ...]:
        assert deadline.remaining() <= 2
        assert not places
        self.numbers.append(rpps)
        if self.resources is None:
            raise DirectoryUnreachable(Reason.STATUS, None)
        return self.resources


class Practice:
    """A service with a directory, on a day that the test chooses."""

    def __init__(self, played: Played, folder: Path) -> None:
        self.today = TODAY
        annuaire = Annuaire(played, DirectoryCache(folder / "annuaire.sqlite"), lambda: self.today)
        self._service = Service(Settings(), annuaire)

    def decides(self, *resources: Json) -> Decision:
        return self._service.evaluate(encode(visit(*resources))).decision


DECLARED = patient(extension=[declaration("declare", ref("Practitioner/mt"), debut="2020-01-01")])


def offline(*resources: Json) -> Decision:
    return Service(Settings()).evaluate(encode(visit(*resources))).decision


def facts(decision: Decision) -> dict[str, tuple[str, str, dt.date | None]]:
    return {f.fait: (f.valeur, f.origine, f.date) for f in decision.faits}


def codes(decision: Decision) -> set[str]:
    return {avertissement.code for avertissement in decision.avertissements}


def test_a_fact_of_the_directory_decides_and_shows_where_it_comes_from(tmp_path: Path) -> None:
    played = Played(person("SM54"), activity())
    practice = Practice(played, tmp_path)
    alone, found = offline(DECLARED, doctor()), practice.decides(DECLARED, doctor())
    assert (alone.position, alone.situation) == ("indetermine", None)
    assert (found.position, found.situation) == ("hors-parcours", "S2")
    assert facts(found)[Fait.SPECIALITE] == ("medecine-generale", "annuaire", TODAY)
    assert found.id != alone.id
    assert practice.decides(DECLARED, doctor()) == found
    assert played.numbers == [DOC]


def test_the_same_facts_have_the_same_id_whoever_brought_them_in(tmp_path: Path) -> None:
    one, other = (
        Practice(Played(person("SM54"), *roles), tmp_path / str(len(roles))) for roles in ([], [activity()])
    )
    assert one.decides(DECLARED, doctor()) == other.decides(DECLARED, doctor())


def test_the_same_facts_written_in_the_request_give_the_same_answer_offline(tmp_path: Path) -> None:
    found = Practice(Played(person("SM54")), tmp_path).decides(DECLARED, doctor())
    replayed = offline(DECLARED, doctor((G15, "10"), (R38, "SM54")))
    assert replace(replayed, id=found.id, faits=found.faits) == found
    assert [(f.fait, f.valeur) for f in replayed.faits] == [(f.fait, f.valeur) for f in found.faits]


def test_the_answer_to_a_visit_is_the_same_on_any_later_day(tmp_path: Path) -> None:
    practice = Practice(Played(person("SM54")), tmp_path)
    found = practice.decides(DECLARED, doctor())
    for _ in range(20):
        practice.today += DAY
        assert practice.decides(DECLARED, doctor()) == found


@pytest.mark.parametrize("resources", [(), (person(), person(id="003-2")), (person(active=False),)])
def test_f054_f062_a_directory_that_does_not_know_him_changes_nothing(
    tmp_path: Path, resources: tuple[Json, ...]
) -> None:
    assert Practice(Played(*resources), tmp_path).decides(DECLARED, doctor()) == offline(DECLARED, doctor())


def test_a_directory_that_fails_changes_nothing_and_no_number_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    played = Played()
    played.resources = None
    practice = Practice(played, tmp_path)
    assert [practice.decides(DECLARED, doctor()) for _ in range(8)] == [offline(DECLARED, doctor())] * 8
    assert played.numbers == [DOC] * 5, "after five failures nobody is made to wait"
    assert DOC not in caplog.text


@pytest.mark.parametrize("resources", [[encounter(participant=[])], [practitioner("doc", None)]])
def test_nobody_is_asked_about_whom_the_request_does_not_number(tmp_path: Path, resources: Any) -> None:
    played = Played(person())
    assert Practice(played, tmp_path).decides(*resources) == offline(*resources)
    assert played.numbers == []


def gone(folder: Path, days: int, *resources: Json) -> Practice:
    """A practice whose directory answered so many days ago, and no longer does."""
    played = Played(*resources)
    practice = Practice(played, folder)
    practice.today = TODAY - days * DAY
    practice.decides(DECLARED, doctor(), on(practice.today))
    played.resources, practice.today = None, TODAY
    return practice


def test_f061_gone_for_eight_days_a_decision_that_needs_the_fact_says_so(tmp_path: Path) -> None:
    found, alone = gone(tmp_path, 8, person("SM54")).decides(DECLARED, doctor()), offline(DECLARED, doctor())
    assert (found.position, found.situation) == ("indetermine", None)
    assert facts(found) == facts(alone)
    assert codes(found) - codes(alone) == {"annuaire-ancien"}
    (texte,) = (a.texte for a in found.avertissements if a.code == "annuaire-ancien")
    assert texte.endswith("Donnée du 09/02/2026.")


def test_f061_gone_for_eight_days_a_decision_that_does_without_is_what_it_would_be(tmp_path: Path) -> None:
    child = patient(birthDate="2020-05-06")
    assert gone(tmp_path, 8, person("SM54")).decides(child, doctor((G15, "10"))) == offline(
        child, doctor((G15, "10"))
    )


def test_f061_gone_for_seven_days_what_it_said_decides_with_its_day(tmp_path: Path) -> None:
    found = gone(tmp_path, 7, person("SM54")).decides(DECLARED, doctor())
    assert (found.position, found.situation) == ("hors-parcours", "S2")
    assert facts(found)[Fait.SPECIALITE] == ("medecine-generale", "annuaire", TODAY - 7 * DAY)
    assert "annuaire-ancien" not in codes(found)


def test_f061_gone_for_a_month_it_is_as_if_nobody_had_said_anything(tmp_path: Path) -> None:
    assert gone(tmp_path, 31, person("SM54")).decides(DECLARED, doctor()) == offline(DECLARED, doctor())


def test_a_contradiction_is_a_warning_and_no_more(tmp_path: Path) -> None:
    found, alone = Practice(Played(person("SM42")), tmp_path).decides(DECLARED), offline(DECLARED)
    assert codes(found) - codes(alone) == {"annuaire-different"}
    assert (found.position, found.situation, facts(found)) == (alone.position, alone.situation, facts(alone))


def test_a_locum_of_the_directory_is_one_of_whom_nobody_said_whose(tmp_path: Path) -> None:
    found = Practice(Played(person("SM54"), activity("GENR03")), tmp_path).decides(DECLARED)
    assert {"annuaire-remplacant", "remplacant-sans-remplace"} <= codes(found)
    spoken = role(code=[concept((R22, "GENR01"))])
    kept = Practice(Played(person("SM54"), activity("GENR03")), tmp_path).decides(DECLARED, spoken)
    assert kept == offline(DECLARED, spoken)


# ---------------------------------------------------------------- the service


def test_the_service_over_http_asks_when_it_has_a_key_and_shows_it_nowhere(
    listen: Listen, tmp_path: Path
) -> None:
    server = listen(plays({"Practitioner": page(person("SM54"), activity())}))
    settings = Settings(
        annuaire_key=KEY,
        annuaire_url=f"http://127.0.0.1:{server.port}/fhir/v2",
        annuaire_cache=str(tmp_path / "annuaire.sqlite"),
    )
    client = create_app(settings).test_client()
    body = encode(visit(DECLARED, doctor()))
    answer = client.post("/fhir/$evaluate-parcours", data=body, content_type="application/fhir+json")
    assert answer.status_code == 200
    assert "S2" in answer.get_data(as_text=True)
    assert len(server.heads) == 1
    told = [
        client.get(path).get_data(as_text=True)
        for path in ("/fhir/metadata", "/health/ready", "/health/live")
    ]
    assert not any(KEY in text or str(server.port) in text for text in told)


def test_processes_share_the_calls_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    paces: list[float] = []
    monkeypatch.setattr(service, "Pace", paces.append)
    assert open_annuaire(Settings(annuaire_key=KEY, workers=4), lambda: TODAY)
    assert paces == [17 / 4]


def test_without_a_key_there_is_no_directory() -> None:
    assert open_annuaire(Settings(), lambda: TODAY) is None
    assert create_app(Settings()).service.annuaire is None
