"""C17: switches are advertised, honoured, and never required."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import CDS, NO_MT, UNKNOWN_ACT, WITH_MT, call, letter, order_sign, patient_view
from tests.cds.conftest import Ask

from parcours.cds.options import (
    EXTENSION_CONFIGURATION,
    EXTENSION_OPTIONS,
    MAX_CARDS,
    OPTIONS,
    Options,
    Sujet,
)


def configured(body: dict[str, Any], **options: Any) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return body | {"extension": {EXTENSION_CONFIGURATION: named}}


def test_c17_every_service_advertises_its_switches(client: FlaskClient) -> None:
    for service in client.get(CDS).get_json()["services"]:
        for option in service["extension"][EXTENSION_OPTIONS]:
            assert option.keys() == {"code", "type", "name", "description", "default"}
            assert option["type"] == ("boolean" if isinstance(option["default"], bool) else "integer")
            assert option["code"] in OPTIONS


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (call(NO_MT), "cost"),
        (call(UNKNOWN_ACT), "claim"),
        (call("10"), "insurance"),
        (patient_view(NO_MT), "insurance"),
        (order_sign(WITH_MT, letter()), "network"),
    ],
    ids=["cost", "claim", "insurance", "record", "network"],
)
def test_c17_a_kind_of_card_can_be_switched_off(ask: Ask, body: dict[str, Any], code: str) -> None:
    assert ask(body)["cards"] != []
    assert ask(configured(body, **{code: False}))["cards"] == []


def test_c17_the_annotation_can_be_switched_off(ask: Ask) -> None:
    answer = ask(configured(call(NO_MT), coverage_info=False))
    assert answer["cards"]
    assert "systemActions" not in answer


def test_c17_the_number_of_cards_is_bounded(ask: Ask) -> None:
    assert ask(configured(call(NO_MT), max_cards=0))["cards"] == []


@pytest.mark.parametrize(
    "value", [[], "x", 3, {"cost": "false", "max-cards": -1, "unknown": 1}, {"max-cards": True}]
)
def test_c17_what_is_unknown_or_odd_is_ignored(ask: Ask, value: Any) -> None:
    assert ask(call(NO_MT) | {"extension": {EXTENSION_CONFIGURATION: value}}) == ask(call(NO_MT))


def test_c17_the_call_has_the_last_word_over_the_settings_of_the_client() -> None:
    options = Options.of({Sujet.COUT: False, MAX_CARDS: 3}, {Sujet.COUT: True})
    assert options.wants(Sujet.COUT)
    assert options.max_cards == 3
    assert options.wants(Sujet.DECLARATION)
