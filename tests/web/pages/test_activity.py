"""The page of activity: counts of the practice of who looks, and of nobody else."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from tests.web.pages.office import Office

from parcours.clients import DEVELOPMENT
from parcours.smart.refusal import Refus, Refused
from parcours.store import Store
from parcours.store.activity import Cell
from parcours.web.counting import Origine
from parcours.web.pages.activity import DOORS

NOW = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)
MINE = DEVELOPMENT.tenant


@pytest.fixture
def store(office: Office) -> Store:
    kept: Store = office.client.application.store  # type: ignore[attr-defined]  # ours
    return kept


@pytest.fixture
def counted(store: Store) -> Store:
    store.activite.add(
        {
            Cell(MINE, "2025-03", "dans-parcours", "T", "fhir"): 1000,
            Cell(MINE, "2026-01", "dans-parcours", "T", "cds-hooks"): 7,
            Cell(MINE, "2026-03", "hors-parcours", "S2", "smart"): 3,
            Cell(MINE, "2026-03", "indetermine", "", "smart"): 2,
            Cell("voisin", "2026-03", "dans-parcours", "U", "fhir"): 666,
        }
    )
    return store


def rows(text: str, caption: str) -> list[list[str]]:
    """The cells of the table of that caption."""
    table = text.split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    body = table.split("<tbody>")[1]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", line)] for line in lines
    ]


def test_before_anything_was_counted_the_page_says_what_to_do(office: Office) -> None:
    text = office.get("/activite")
    assert "Rien n’a encore été compté" in text
    assert 'href="/visites/essai"' in text
    assert "<svg" not in text


@pytest.mark.usefixtures("counted")
def test_months_and_positions_are_told_from_the_first_that_has_a_count(office: Office) -> None:
    text = office.get("/activite")
    assert rows(text, "Réponses par mois et par position") == [
        ["2026-01", "7", "0", "0", "0"],
        ["2026-02", "0", "0", "0", "0"],
        ["2026-03", "0", "3", "0", "2"],
    ]
    assert "Réponses des douze derniers mois : 12" in text


@pytest.mark.usefixtures("counted")
def test_codes_and_doors_are_told_and_neighbours_are_not(office: Office) -> None:
    text = office.get("/activite")
    assert rows(text, "Réponses par indicateur de parcours") == [
        ["T", "7"],
        ["S2", "3"],
        ["sans indicateur", "2"],
    ]
    assert rows(text, "D’où venait la demande") == [
        ["Carte dans le logiciel", "7"],
        ["Page ouverte depuis le logiciel", "5"],
    ]
    assert "666" not in text
    assert "1000" not in text


def test_every_door_has_a_name() -> None:
    assert set(DOORS) == set(Origine)


def test_what_became_of_cards_is_told_by_reason(office: Office, store: Store) -> None:
    service = "parcours-encounter-start"
    told = [("accepted", None), ("overridden", "plus-tard"), ("overridden", "autre"), ("overridden", None)]
    for number, (outcome, reason) in enumerate(told):
        store.retours.keep(MINE, service, str(number), outcome, reason, [], NOW)
    store.retours.keep(MINE, "gone", "9", "accepted", None, [], NOW)
    lines = rows(office.get("/activite"), "Suites données aux cartes")
    assert [line[1:] for line in lines] == [
        ["suivie", "–", "1"],
        ["suivie", "–", "1"],
        ["écartée", "Sans raison donnée", "1"],
        ["écartée", "Une autre raison", "1"],
        ["écartée", "À faire à une autre visite", "1"],
    ]
    assert lines[0][0] == "gone"


def test_declarations_are_told_by_state(office: Office) -> None:
    document = (Path(__file__).resolve().parents[3] / "examples/declarations").glob("*/bundle.json")
    office.done("/declarations/preparer", demande=next(iter(sorted(document))).read_text(encoding="utf-8"))
    text = office.get("/activite")
    assert rows(text, "Déclarations par état")[0] == ["Préparée", "1"]
    assert "Aucune réponse sur cette période." in text
    assert "Aucun logiciel n’a encore dit ce que ses cartes sont devenues." in text


@pytest.mark.usefixtures("counted")
def test_in_english_pictures_and_tables_speak_english(office: Office) -> None:
    text = office.get("/activite", langue="en")
    assert "In the care pathway" in text
    assert "Page opened from the software" in text
    assert "Dans le parcours" not in text


@pytest.mark.usefixtures("counted")
def test_the_file_has_every_month_and_no_neighbour(office: Office) -> None:
    reply = office.client.get("/activite.csv")
    assert (reply.mimetype, reply.headers["Content-Disposition"]) == (
        "text/csv",
        "attachment; filename=activite.csv",
    )
    lines = list(csv.reader(reply.text.splitlines(), delimiter=";"))
    assert lines == [
        ["mois", "origine", "position", "situation", "nombre"],
        ["2025-03", "fhir", "dans-parcours", "T", "1000"],
        ["2026-01", "cds-hooks", "dans-parcours", "T", "7"],
        ["2026-03", "smart", "hors-parcours", "S2", "3"],
        ["2026-03", "smart", "indetermine", "", "2"],
    ]


@pytest.mark.parametrize("path", ["/activite", "/activite.csv"])
def test_nobody_who_is_not_signed_in_sees_the_counts(
    office: Office, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> None:
        raise Refused(Refus.SESSION, "over")

    monkeypatch.setattr("parcours.web.pages.activity.person", nobody)
    reply = office.client.get(path, headers={"Accept": "text/html"})
    assert (reply.status_code, reply.mimetype) == (403, "text/html")


def test_an_answer_is_seen_at_once_by_who_asks_the_same_process(office: Office) -> None:
    body = (Path(__file__).resolve().parents[3] / "examples/04-urgence/bundle.json").read_bytes()
    office.client.post("/fhir/$evaluate-parcours", data=body, content_type="application/json")
    assert rows(office.get("/activite"), "Réponses par indicateur de parcours") == [["U", "1"]]
