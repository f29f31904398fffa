"""After a launch: the session, its access, and their ends."""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import time_machine
from tests.smart.browsing import (
    CALLBACK,
    LAUNCH,
    OPEN,
    PUBLIC,
    SESSION,
    STRANGER,
    Browser,
    Desk,
    cookie,
    form_of,
    granted,
    keep,
    leave,
    parameters,
    refused,
)

from parcours.remote.lanes import Lanes
from parcours.remote.oauth import ask_token
from parcours.smart import tokens
from parcours.smart.identity import Identite
from parcours.smart.secret import Secret

# ---------------------------------------------------------------- the session


def test_a061_cookies_are_of_this_host_alone_and_out_of_reach_of_scripts(browser: Browser) -> None:
    launched = browser.get("/launch", iss=browser.software.iss, launch="chart")
    back = parameters(browser.software.signed_in(launched.headers["Location"]))
    opened = browser.get(CALLBACK, **back)
    for name, answer in ((LAUNCH, launched), (SESSION, opened)):
        said = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(f"{name}="))
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(said.split("; "))
        assert "Domain" not in said
    assert cookie(browser.client, LAUNCH) is None  # spent


def test_a063_a_session_known_before_the_launch_is_not_the_one_after(browser: Browser) -> None:
    keep(browser.client, SESSION, STRANGER)
    browser.opened()
    assert cookie(browser.client, SESSION) not in (None, STRANGER)


def test_visits_that_the_same_person_opens_stand_side_by_side(browser: Browser) -> None:
    first, second = browser.opened(), browser.opened()
    assert first != second
    assert [OPEN in browser.get(page).text for page in (first, second, first)] == [True] * 3


@pytest.mark.parametrize(
    "registration", ['client_id = "parcours"\nscopes = "launch patient/*.rs"'], ids=["nobody is named"]
)
def test_a_launch_by_nobody_knows_whom_closes_the_page_of_the_one_before(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    first = browser.opened()
    before = str(cookie(browser.client, SESSION))
    second = browser.opened()
    assert refused(browser.get(first), "session", caplog)
    assert OPEN in browser.get(second).text
    keep(browser.client, SESSION, before)
    assert refused(browser.get(first), "session", caplog)


def test_a_launch_by_another_person_closes_the_page_of_the_one_before(
    browser: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = browser.opened()
    before = str(cookie(browser.client, SESSION))
    other = Identite(sujet="dr-autre", source="fhirUser", nom="Autre", rpps="10100000003")
    monkeypatch.setattr("parcours.smart.launching.identified", lambda *_: other)
    second = browser.opened()
    assert cookie(browser.client, SESSION) != before
    assert refused(browser.get(first), "session", caplog)
    assert OPEN in browser.get(second).text
    keep(browser.client, SESSION, before)
    assert refused(browser.get(first), "session", caplog)


def test_a_page_is_of_the_browser_that_opened_it(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    address = desk.browser().opened()
    assert refused(desk.browser().get(address), "session", caplog)
    other = desk.browser()
    other.opened()
    assert refused(other.get(address), "session", caplog)


def test_a_session_that_is_not_used_ends_after_half_an_hour(
    browser: Browser, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    address = browser.opened()
    clock.shift(dt.timedelta(minutes=29))
    assert browser.get(address).status_code == 200
    clock.shift(dt.timedelta(minutes=30))
    assert refused(browser.get(address), "session", caplog)


def test_a_session_ends_after_eight_hours_however_much_it_is_used(
    browser: Browser, clock: time_machine.Traveller
) -> None:
    address = browser.opened()
    seen = []
    for _ in range(24):
        clock.shift(dt.timedelta(minutes=20))
        seen.append(browser.get(address).status_code)
    assert seen == [200] * 23 + [403]


def test_a061_a_session_is_ended_by_its_own_page_alone(desk: Desk) -> None:
    browser, other = desk.browser(), desk.browser()
    address = browser.opened()
    proof = form_of(browser.get(address).text)
    theirs = form_of(other.get(other.opened()).text)
    assert browser.get("/logout").status_code == 405
    for form in ({}, {"jeton": theirs}, {"jeton": address.rpartition("/")[2]}, {"jeton": "é"}):
        assert leave(browser, **form).status_code == 403
    assert browser.get(address).status_code == 200
    secret = str(cookie(browser.client, SESSION))
    assert leave(browser, jeton=proof).status_code == 200
    assert cookie(browser.client, SESSION) is None
    keep(browser.client, SESSION, secret)
    assert browser.get(address).status_code == 403
    assert other.client.get(other.opened(), base_url=PUBLIC).status_code == 200


@pytest.mark.parametrize("content", [b"changed", None], ids=["changed", "of another version"])
def test_a_session_that_cannot_be_read_is_over_and_the_next_launch_begins_another(
    browser: Browser, desk: Desk, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    address = browser.opened()
    secret = Secret(str(cookie(browser.client, SESSION)))
    with closing(sqlite3.connect(desk.settings.database)) as database, database:
        for holder in (secret, secret.child(address.rpartition("/")[2])):
            row = (content or holder.seal({"client": 7}), holder.name)
            assert database.execute("UPDATE session SET contenu = ? WHERE nom = ?", row).rowcount == 1
    assert refused(browser.get(address), "session", caplog)
    assert OPEN in browser.get(browser.opened()).text


def test_a_launch_that_cannot_be_read_is_spent(
    browser: Browser, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    answer = browser.came_back()
    with closing(sqlite3.connect(desk.settings.database)) as database, database:
        database.execute("UPDATE lancement SET contenu = ?", (b"changed",))
    assert refused(browser.get(CALLBACK, **answer), "state", caplog)


def test_what_a_launch_reads_takes_the_places_of_its_client(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str | None] = []
    begin = Lanes.__init__

    def noted(lanes: Lanes, *arguments: Any) -> None:
        named.append(arguments[-1])
        begin(lanes, *arguments)

    monkeypatch.setattr(Lanes, "__init__", noted)
    browser.get(browser.opened())
    assert named == ["logiciel"] * 2


# ---------------------------------------------------------------- the access


def test_an_access_that_is_over_is_renewed_again_and_again(
    browser: Browser, clock: time_machine.Traveller
) -> None:
    address = browser.opened()
    before = browser.software.calls("/token")
    for times in (1, 2):
        clock.shift(dt.timedelta(minutes=11))
        assert OPEN in browser.get(address).text
        assert OPEN in browser.get(address).text
        assert browser.software.calls("/token") == before + times


def test_two_readings_at_once_renew_an_access_once(
    desk: Desk, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes while the first one waits for the authorization server."""
    browser, second = desk.browser(), desk.browser()
    address = browser.opened()
    keep(second.client, SESSION, str(cookie(browser.client, SESSION)))
    clock.shift(dt.timedelta(minutes=11))
    meanwhile: list[Any] = []

    def slowly(*asked: Any) -> Any:
        if not meanwhile:
            meanwhile.append(None)
            meanwhile[0] = second.get(address)
        return ask_token(*asked)

    monkeypatch.setattr(tokens, "ask_token", slowly)
    before = browser.software.calls("/token")
    assert OPEN in browser.get(address).text
    assert meanwhile[0].status_code == 503
    assert meanwhile[0].headers["Retry-After"] == "2"
    assert browser.software.calls("/token") == before + 1
    assert OPEN in second.get(address).text


@pytest.mark.parametrize(
    ("changes", "minutes", "status", "reason"),
    [
        ({"access_token": "of-somebody-else"}, 0, 502, "unreadable"),
        ({"access_token": "not a token"}, None, 502, "answer"),
        ({"access_token": "x\r\nHost: evil"}, None, 502, "answer"),
        ({"token_type": "mac"}, None, 502, "answer"),
        ({"id_token": "e30.e30.e30"}, None, 403, "identity"),
        ({"refresh_token": None}, 11, 403, "expired"),
        ({"refresh_token": "of-somebody-else"}, 11, 403, "expired"),
        ({"expires_in": 0, "refresh_token": None}, 0, 403, "expired"),
        ({"scope": "launch"}, 0, 502, "unreadable"),
    ],
    ids=str,
)
def test_tokens_that_are_foreign_expired_or_no_tokens_show_nothing(
    browser: Browser,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    minutes: int | None,
    status: int,
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = browser.came_back()
    granted(monkeypatch, **changes)
    page = browser.get(CALLBACK, **answer)
    if minutes is not None:
        clock.shift(dt.timedelta(minutes=minutes))
        page = browser.get(page.headers["Location"].removeprefix(PUBLIC))
    assert page.status_code == status
    assert refused(page, reason, caplog)


def test_a_renewal_that_speaks_of_another_patient_is_refused(
    browser: Browser, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = browser.opened()
    granted(monkeypatch, patient="somebody-else")
    clock.shift(dt.timedelta(minutes=11))
    assert browser.get(address).status_code == 422


def test_an_access_that_is_not_renewed_ends_the_session(
    browser: Browser,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    foreign = {"refresh_token": "of-somebody-else"}
    given = granted(monkeypatch, **foreign)
    address = browser.opened()
    clock.shift(dt.timedelta(minutes=11))
    assert refused(browser.get(address), "expired", caplog)
    assert refused(browser.get(address), "session", caplog)
    assert len(given) == 1


def test_a_refresh_token_goes_only_to_an_origin_that_is_still_allowed(
    desk: Desk, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk.browser()
    address = browser.opened()
    with Path(desk.settings.clients).open("a", encoding="utf-8") as clients:
        clients.write('authorization_origins = ["https://auth.example"]\n')
    after = desk.browser()
    keep(after.client, SESSION, str(cookie(browser.client, SESSION)))
    clock.shift(dt.timedelta(minutes=11))
    before = desk.software.calls("/token")
    assert refused(after.get(address), "configuration", caplog)
    assert desk.software.calls("/token") == before


def test_a_visit_is_not_said_to_be_out_of_the_path_for_want_of_what_could_not_be_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter, perhaps: the doctor's access does not cover any."""
    kinds = ("Patient", "Encounter", "Practitioner", "PractitionerRole")
    browser.software.opens(encounter="sans-lettre")
    granted(monkeypatch, scope=" ".join(f"patient/{kind}.rs" for kind in kinds))
    page = browser.get(browser.opened())
    browser.software.opens(encounter="visite")
    assert page.status_code == 502
    assert "serviceRequest" in page.text


def test_an_access_goes_only_to_the_server_that_it_was_granted_for(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk.browser()
    address = browser.opened()
    clients = Path(desk.settings.clients)
    moved = clients.read_text("utf-8").replace(f'"{browser.software.iss}"', '"http://127.0.0.1:9/fhir"')
    clients.write_text(moved, encoding="utf-8")
    after = desk.browser()
    keep(after.client, SESSION, str(cookie(browser.client, SESSION)))
    assert refused(after.get(address), "server", caplog)


def test_no_token_and_no_patient_is_kept_in_clear_logged_or_shown(
    desk: Desk,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "parcours")
    given = granted(monkeypatch)
    browser = desk.browser()
    address = browser.opened()
    clock.shift(dt.timedelta(minutes=11))
    page = browser.get(address)
    secret = str(cookie(browser.client, SESSION))
    said = [answer[name] for answer in given for name in ("access_token", "refresh_token", "id_token")]
    database = Path(desk.settings.database)
    kept = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert len(said) == 6
    for text in (*said, secret):
        assert text.encode() not in kept
        assert text not in caplog.text + page.text + address
    for text in ("dr-test", "medecin-consulte", "patient/*.rs"):
        assert text.encode() not in kept


# ---------------------------------------------------------------- headers


def test_a067_every_answer_forbids_scripts_frames_copies_and_guesses(browser: Browser) -> None:
    launched = browser.get("/launch", iss=browser.software.iss, launch="chart")
    opened = browser.get(CALLBACK, **parameters(browser.software.signed_in(launched.headers["Location"])))
    page = browser.get(opened.headers["Location"].removeprefix(PUBLIC))
    no = browser.get(CALLBACK, state="x", code="x")
    for answer in (launched, opened, page, no, browser.get("/.well-known/jwks.json")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "<script>" not in page.text
