"""A crash between the receipt and its record, and others who act meanwhile: one transition, or none."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from tests.web.handover.asking import hand_over, moved, named, read, receipts, refused
from tests.web.kept import Json, content
from tests.web.receiver import Bridge, Call, receives

from parcours.errors import StoreUnavailable
from parcours.store.declarations import Declarations
from parcours.store.records import Dossier


def test_a_crash_between_the_receipt_and_its_record_doubles_nothing(
    client: FlaskClient, bridge: Bridge, task: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Dossier:
        raise StoreUnavailable("the machine stops here")

    with monkeypatch.context() as broken:
        broken.setattr(Declarations, "advance", fails)
        refused(hand_over(client, task["id"]), 503)
    assert (list(bridge.taken.values()), read(client, task["id"])) == (["AR-1"], task)
    another = {**named("Dr Camille Exemple")}
    after = content(hand_over(client, task["id"], body=another))
    assert (receipts(after), after["note"][-1]["authorString"]) == (["AR-1"], "Dr Camille Exemple")
    assert len(bridge.heard) == 2
    assert len(set(bridge.heard)) == 1, "whoever hands over"


def test_two_calls_at_once_make_one_transition(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    both = threading.Barrier(2, timeout=5)

    def together(call: Call) -> None:
        both.wait()
        receives(call)

    bridge.plays = [together, together]
    app = client.application
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: hand_over(app.test_client(), task["id"]), range(2)))
    assert sorted(reply.status_code for reply in replies) == [200, 412]
    assert (len(bridge.heard), list(bridge.taken.values())) == (2, ["AR-1"])
    assert read(client, task["id"])["meta"]["versionId"] == "3"


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "accusé de réception AR-1 alors"), ("en", "took the declaration, receipt AR-1")],
)
def test_a_declaration_cancelled_while_the_bridge_thinks_is_not_moved_and_its_receipt_is_told(
    client: FlaskClient, bridge: Bridge, task: Json, language: str, said: str
) -> None:
    def meanwhile(call: Call) -> None:
        moved(client.application.test_client(), task, "annulee")
        receives(call)

    bridge.plays = [meanwhile]
    issue = refused(hand_over(client, task["id"], Accept_Language=language), 412)
    assert (issue["code"], said in issue["details"]["text"]) == ("conflict", True)
    assert read(client, task["id"])["businessStatus"]["coding"][0]["code"] == "annulee"
