"""Whoever prefers English gets every sentence of ours in English, and his own words as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import (
    BOOKED,
    CDS,
    MINIMAL,
    NO_MT,
    UNKNOWN_ACT,
    WITH_MT,
    Json,
    call,
    changed,
    first,
    letter,
    order_sign,
    patient_view,
    searchset,
)
from tests.cds.conftest import Ask
from tests.test_translation import CODE, is_a_phrase, is_french, written_in

from parcours.translation import translated

ENGLISH = {"Accept-Language": "en"}
NUMBERS = (NO_MT, MINIMAL, UNKNOWN_ACT, "10", "20", "30", "33", "39", "43")
LATER = {k: v for k, v in (first(BOOKED, "Appointment") or {}).items() if k != "basedOn"}
OUT = changed(
    changed(call(BOOKED), "prefetch.serviceRequest", None), "context.appointments", searchset(LATER)
)
CALLS = [
    *map(call, NUMBERS),
    order_sign(WITH_MT, letter()),
    patient_view(NO_MT),
    OUT,
]

PHRASES = sorted(
    {
        text
        for path in (*(CODE / "cds").glob("*.py"), CODE / "web/cds_hooks.py")
        for text in written_in(path)
        if is_a_phrase(path, text)
    }
)


@pytest.mark.parametrize("text", PHRASES)
def test_every_text_of_the_cards_has_its_english(text: str) -> None:
    said = translated(text.rstrip(". ").lstrip(", "))
    assert said is not None, "english.toml lacks this text, or a phrase of it"
    assert not is_french(said)


def words(node: Any, name: str = "") -> Iterator[str]:
    """What is for people in an answer: neither codes nor addresses, nor resources (tested elsewhere)."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "resource":
                yield from words(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from words(item, name)
    elif name in (
        "summary",
        "detail",
        "label",
        "display",
        "description",
        "title",
        "usageRequirements",
        "name",
    ):
        yield from str(node).splitlines()


@pytest.mark.parametrize("body", CALLS, ids=lambda body: str(body["hook"]))
def test_a_card_is_wholly_in_english(ask: Ask, body: Json) -> None:
    answer = ask(body, **ENGLISH)
    assert [line for line in words(answer) if is_french(line)] == []
    assert {c["uuid"] for c in answer["cards"]} == {c["uuid"] for c in ask(body)["cards"]}


def test_discovery_is_wholly_in_english(client: FlaskClient) -> None:
    reply = client.get(CDS, headers=ENGLISH)
    assert reply.headers["Content-Language"] == "en"
    assert [line for line in words(reply.get_json()) if is_french(line)] == []


def test_french_is_what_is_spoken_otherwise(client: FlaskClient) -> None:
    reply = client.get(CDS)
    assert reply.headers["Content-Language"] == "fr"
    assert "Accept-Language" in reply.headers["Vary"]
