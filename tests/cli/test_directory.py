"""``parcours directory``: what the Annuaire Santé says, or why it is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import time_machine
from tests.cli.conftest import Type
from tests.fhir.builders import DOC, encode, visit
from tests.remote.directory import KEY, activity, doctor, page, person, place, plays
from tests.remote.loopback import Play, Server

KNOWN = {"Practitioner": page(person(), activity()), "PractitionerRole": page(activity(), place())}
NOON = "2026-02-17T12:00:00+01:00"
LATER = "2026-02-19T12:00:00+01:00"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(plays(KNOWN))
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _configured(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCOURS_ANNUAIRE_KEY", KEY)
    monkeypatch.setenv("PARCOURS_ANNUAIRE_URL", f"http://127.0.0.1:{server.port}/fhir/v2")


@time_machine.travel(NOON, tick=False)
def test_it_prints_what_is_known_and_when_it_was_said(typed: Type) -> None:
    said = typed("directory", DOC)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"RPPS {DOC}, Annuaire Santé, donnée du 17/02/2026",
        "Professionnel",
        "  • Nom : TEST-DOC Camille",
        "  • Profession : medecin",
        "  • Spécialité : ophtalmologie",
        "  • Remplaçant : non",
        "Activités",
        "  • R22 GENR01 : CABINET DU DR TEST-DOC 75011",
        "L’Annuaire Santé ne donne ni le secteur, ni l’OPTAM, ni aucune date d’installation.",
    ]


@time_machine.travel(NOON, tick=False)
def test_it_prints_the_same_as_json(typed: Type) -> None:
    said = typed("directory", DOC, "--format", "json")
    assert said.code == 0
    assert json.loads(said.out) == {
        "rpps": DOC,
        "date": "2026-02-17",
        "nom": "TEST-DOC Camille",
        "profession": "medecin",
        "specialite": "ophtalmologie",
        "remplacant": False,
        "activites": [
            {"codes": [{"table": "R22", "code": "GENR01"}], "lieu": "CABINET DU DR TEST-DOC 75011"}
        ],
    }


def test_what_was_kept_is_shown_with_its_date_when_nobody_answers(typed: Type, server: Server) -> None:
    with time_machine.travel(NOON, tick=False):
        assert typed("directory", DOC).code == 0
    server.close()
    with time_machine.travel(LATER, tick=False):
        said = typed("directory", DOC)
    assert said.code == 0
    assert said.err == "L’Annuaire Santé n’a pas répondu (connect).\n"
    assert said.out.startswith(f"RPPS {DOC}, Annuaire Santé, donnée du 17/02/2026\n")


def test_without_an_answer_and_with_nothing_kept_it_says_so(typed: Type, server: Server) -> None:
    server.close()
    said = typed("directory", DOC)
    assert (said.code, said.out, said.err) == (1, "", "L’Annuaire Santé n’a pas répondu (connect).\n")


@pytest.mark.parametrize(
    ("play", "activities"),
    [
        (plays(KNOWN | {"PractitionerRole": page()}), ["  • R22 GENR01 : lieu non donné"]),
        (plays({"Practitioner": page(person(name=[]), activity(code=[], organization=None)),
                "PractitionerRole": page(place() | {"name": "\u001b[2J"})}),
         ["  • sans code lu : lieu non donné"]),
        (plays({"Practitioner": page(person()), "PractitionerRole": page()}), []),
    ],
)  # fmt: skip
def test_what_is_not_given_is_not_made_up(
    typed: Type, monkeypatch: pytest.MonkeyPatch, play: Play, activities: list[str]
) -> None:
    other = Server(play)
    monkeypatch.setenv("PARCOURS_ANNUAIRE_URL", f"http://127.0.0.1:{other.port}/fhir/v2")
    said = typed("directory", DOC)
    other.close()
    assert said.code == 0
    assert [line for line in said.out.splitlines() if "R22" in line or "sans code" in line] == activities


@pytest.mark.parametrize("people", [page(), page(person(), person(id="003-2")), page(person(active=False))])
def test_who_is_not_one_active_professional_is_not_shown(
    typed: Type, monkeypatch: pytest.MonkeyPatch, people: dict[str, object]
) -> None:
    other = Server(plays({"Practitioner": people, "PractitionerRole": page()}))
    monkeypatch.setenv("PARCOURS_ANNUAIRE_URL", f"http://127.0.0.1:{other.port}/fhir/v2")
    said = typed("directory", DOC)
    other.close()
    assert (said.code, said.out) == (1, "")
    assert said.err == "L’Annuaire Santé ne désigne pas un professionnel en activité sous ce numéro.\n"


def test_without_a_key_it_is_off_and_says_so(
    typed: Type, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.delenv("PARCOURS_ANNUAIRE_KEY")
    said = typed("directory", DOC)
    assert (said.code, said.out) == (1, "")
    assert "PARCOURS_ANNUAIRE_KEY" in said.err
    assert server.connections == 0


@pytest.mark.parametrize("number", ["1010000000", "101000000020", "1010000000x", "1010000000٢", ""])
def test_what_is_no_rpps_number_is_a_matter_of_usage(typed: Type, server: Server, number: str) -> None:
    said = typed("directory", number)
    assert said.code == 2
    assert "onze chiffres" in said.err
    assert server.connections == 0


def test_the_key_is_shown_nowhere(typed: Type, server: Server) -> None:
    server.close()
    said = typed("directory", DOC)
    assert KEY not in said.out + said.err


@time_machine.travel(NOON, tick=False)
def test_evaluate_asks_the_directory_only_when_there_is_a_key(
    typed: Type, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    body = encode(visit(doctor()))
    found = json.loads(typed("evaluate", "-", "--format", "json", stdin=body).out)
    assert server.connections == 1
    assert {"annuaire"} == {f["origine"] for f in found["faits"] if f["fait"] == "medecin.specialite"}
    monkeypatch.delenv("PARCOURS_ANNUAIRE_KEY")
    alone = json.loads(typed("evaluate", "-", "--format", "json", stdin=body).out)
    assert server.connections == 1
    assert not [f for f in alone["faits"] if f["fait"] == "medecin.specialite"]
