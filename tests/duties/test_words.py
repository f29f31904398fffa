"""Duties D19, D21 and D22: what people are told: a closed list of words, no advice on care, the version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import HOOKS, call, letter, order_sign, patient_view, resources

import parcours
from parcours.cli import run
from parcours.domain.declaration_states import LIBELLES_ETATS, SUITES, EtatDeclaration
from parcours.settings import Settings
from parcours.translation import catalogue, translated
from parcours.web import create_app

EXAMPLES = sorted(p.name[:2] for p in Path(__file__).resolve().parents[2].glob("examples/[0-9]*"))
OF_CARE = re.compile(
    r"(?<!\w)(?:dos(?:e|es|age)|posolog\w*|m[gl]|traitements?|th[ée]rap\w*|diagnosti\w*|pronosti\w*|sympt[ôo]m\w*|"
    r"comprim\w*|aggrav\w*|douleur\w*|graves?|surveill\w*|patholog\w*|recommand\w*|conseill\w*|"
    r"contre-indi\w*|d[ée]pist(?:er|ez)|prenez|consultez)(?!\w)",
    re.IGNORECASE,
)
"""Words of somebody who advises on care."""
MARKUP = re.compile(r"^- |\*\*|\\(?=[\W_])|\[([^\]]*)\]\([^)]*\)")
"""Marks of Markdown, around words; a link is its words."""
IS_FOR_PEOPLE = ("summary", "detail", "label", "description", "display")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(Settings(database=str(tmp_path_factory.mktemp("kept") / "x.sqlite"))).test_client()


def calls() -> Iterator[dict[str, Any]]:
    """Every example, as each hook that fits it."""
    for number in EXAMPLES:
        kinds = {r["resourceType"] for r in resources(number)}
        if not kinds & HOOKS.keys() or "Patient" not in kinds:
            continue
        made = call(number)
        yield made
        if made["hook"] == "encounter-start":
            yield {**made, "hook": "encounter-discharge"}
            yield order_sign(number, letter())
            yield patient_view(number)


def words(node: Any, name: str = "") -> Iterator[str]:
    """What a card says to people; the resources that it proposes are not its words."""
    if isinstance(node, dict):
        for key, value in node.items():
            # The label of its source is the name of the insurer, as the request gives it.
            if key not in ("resource", "source"):
                yield from words(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from words(item, name)
    elif name in IS_FOR_PEOPLE:
        for line in str(node).splitlines():
            yield MARKUP.sub(r"\1", line).strip()


def test_d19_every_sentence_of_a_card_is_made_of_the_closed_list(client: FlaskClient) -> None:
    said: set[str] = set()
    for made in calls():
        reply = client.post(f"/cds-services/parcours-{made['hook']}", json=made)
        assert reply.status_code == 200, reply.text
        said.update(words(reply.get_json()["cards"]))
    assert len(said) > 100
    assert sorted(text for text in said if translated(text) is None) == []


def test_d19_what_is_not_of_the_list_is_found() -> None:
    assert translated("Prenez deux comprimés par jour") is None


def test_d19_no_phrase_of_the_list_advises_on_care() -> None:
    assert OF_CARE.search("Prenez deux comprimés")
    assert sorted(phrase for phrase in catalogue() if OF_CARE.search(phrase)) == []


def test_d21_a_declaration_has_six_words_and_sent_is_said_after_signed_only() -> None:
    assert list(LIBELLES_ETATS.values()) == [
        "Préparée", "Signée", "Transmise", "Enregistrée par la caisse", "Refusée par la caisse", "Annulée",
    ]  # fmt: skip
    assert {etat for etat, suites in SUITES.items() if EtatDeclaration.TRANSMISE in suites} == {
        EtatDeclaration.SIGNEE
    }


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_d22_health_says_which_version_answers(path: str, client: FlaskClient) -> None:
    assert client.get(path).get_json()["version"] == parcours.VERSION_LOGICIEL


def test_d22_the_command_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert parcours.VERSION_LOGICIEL in capsys.readouterr().out
