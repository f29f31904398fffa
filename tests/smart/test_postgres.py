"""Launches, sessions and their ends in a PostgreSQL, as in the file of the other tests."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from tests.smart.browsing import (
    CALLBACK,
    LAUNCH,
    OPEN,
    PUBLIC,
    SESSION,
    Desk,
    cookie,
    form_of,
    keep,
    leave,
    refused,
)


@pytest.fixture
def database(postgres_url: str) -> str:
    return postgres_url


def test_a_launch_goes_from_process_to_process_is_renewed_and_closed(
    desk: Desk, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = desk.browser(), desk.browser()
    answer = first.came_back()
    keep(second.client, LAUNCH, str(cookie(first.client, LAUNCH)))
    pages = [second.get(CALLBACK, **answer).headers["Location"].removeprefix(PUBLIC), second.opened()]
    clock.shift(dt.timedelta(minutes=11))
    keep(first.client, SESSION, str(cookie(second.client, SESSION)))
    shown = [browser.get(page).text for page in pages for browser in (first, second)]
    assert [OPEN in text for text in shown] == [True] * 4
    assert leave(first, jeton=form_of(shown[0])).status_code == 200
    assert refused(second.get(pages[1]), "session", caplog)


def test_an_answer_serves_once(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    first, second = desk.browser(), desk.browser()
    answer = first.came_back()
    keep(second.client, LAUNCH, str(cookie(first.client, LAUNCH)))
    assert first.get(CALLBACK, **answer).status_code == 303
    assert refused(second.get(CALLBACK, **answer), "state", caplog)


def test_a_session_ends_after_half_an_hour(desk: Desk, clock: time_machine.Traveller) -> None:
    browser = desk.browser()
    address = browser.opened()
    clock.shift(dt.timedelta(minutes=30))
    assert browser.get(address).status_code == 403
