"""At goodbye the software takes back what it granted, and nobody waits for that."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest
from tests.smart.browsing import Browser, Desk, form_of, granted, leave

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.oauth import tell_revoked
from parcours.remote.unreachable import Reason, Unreachable
from parcours.smart import revoking


class AtOnce:
    """Does what it is given before it returns."""

    def __init__(self, **_: object) -> None: ...

    def submit(self, work: Any, *arguments: Any) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(work(*arguments))
        return done


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoking, "ThreadPoolExecutor", AtOnce)
    monkeypatch.setattr(revoking, "SECONDS", 30.0)  # a machine that does much else at the moment


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "registration",
    ['client_id = "parcours"', 'client_id = "parcours-signe"\nauth = "private_key_jwt"'],
    ids=["public", "with our key"],
)
def test_every_access_of_the_session_is_given_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    given = granted(monkeypatch)
    browser = desk.browser()
    pages = [browser.opened(), browser.opened()]
    before = browser.software.calls("/token/revocation")
    assert leave(browser, jeton=form_of(browser.get(pages[0]).text)).status_code == 200
    assert browser.software.calls("/token/revocation") == before + 4
    assert [browser.software.accepts(answer["access_token"]) for answer in given] == [False, False]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("reason", [Reason.CONNECT, Reason.TIMEOUT, Reason.STATUS])
def test_a_software_that_does_not_take_it_back_changes_nothing_and_is_said_once(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, reason: Reason, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object) -> None:
        raise Unreachable(reason)

    monkeypatch.setattr(revoking, "tell_revoked", gone)
    address = browser.opened()
    proof = form_of(browser.get(address).text)
    assert leave(browser, jeton=proof).status_code == 200
    assert browser.get(address).status_code == 403
    assert "smart revocation failed: visits=1" in caplog.text


def test_a_goodbye_does_not_wait_for_a_software_that_hangs(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, free = threading.Event(), threading.Event()

    def hangs(*_: object) -> None:
        asked.set()
        free.wait(10)

    monkeypatch.setattr(revoking, "tell_revoked", hangs)
    proof = form_of(browser.get(browser.opened()).text)
    assert leave(browser, jeton=proof).status_code == 200
    assert asked.wait(10)
    assert not free.is_set()
    free.set()


def test_no_more_wait_to_be_given_back_than_may(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []

    class Never(AtOnce):
        def submit(self, _: Any, *arguments: Any) -> Future[None]:
            begun.append(arguments)
            return Future()

    monkeypatch.setattr(revoking, "ThreadPoolExecutor", Never)
    monkeypatch.setattr(revoking, "_WAITING", 1)
    browser = desk.browser()
    for _ in range(2):
        proof = form_of(browser.get(browser.opened()).text)
        assert leave(browser, jeton=proof).status_code == 200
    assert len(begun) == 1


def test_an_empty_answer_is_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = iter((Reason.CONTENT, Reason.UNREADABLE, Reason.STATUS))

    def answers(*_: object) -> None:
        raise Unreachable(next(reasons))

    monkeypatch.setattr("parcours.remote.http.Conversation.post", answers)
    endpoint = Endpoint.parse("http://127.0.0.1:1/revoke")
    for _ in range(2):
        tell_revoked(endpoint, {"token": "x"}, Deadline.after(1))
    with pytest.raises(Unreachable):
        tell_revoked(endpoint, {"token": "x"}, Deadline.after(1))
