"""A launch from a software of other people's making, to the page that it opens."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from tests.smart.browsing import (
    CALLBACK,
    LAUNCH,
    OPEN,
    PATIENT,
    PUBLIC,
    SESSION,
    STRANGER,
    Browser,
    Desk,
    cookie,
    keep,
    parameters,
    refused,
)

# ---------------------------------------------------------------- what is shown


def test_a_launch_shows_the_answer_on_the_visit_that_is_open(browser: Browser) -> None:
    page = browser.get(browser.opened())
    assert page.status_code == 200
    assert OPEN in page.text
    assert PATIENT in page.text
    assert "O, Patient orienté par le médecin traitant" in page.text
    assert "Alex CONSULTE-FICTIF, RPPS 10100000002" in page.text


def test_the_page_is_in_english_for_who_prefers_it(browser: Browser) -> None:
    page = browser.client.get(browser.opened(), base_url=PUBLIC, headers={"Accept-Language": "en"})
    assert '<html lang="en">' in page.text
    assert "Patient referred" in page.text
    assert "Il manque" not in page.text


def test_each_reading_of_the_page_is_a_reading_of_the_software(browser: Browser) -> None:
    address = browser.opened()
    before = browser.software.calls("/fhir/Encounter/visite")
    assert [browser.get(address).status_code for _ in range(2)] == [200, 200]
    assert browser.software.calls("/fhir/Encounter/visite") == before + 2


def test_a_launch_begun_in_one_process_ends_in_another_and_is_read_in_a_third(desk: Desk) -> None:
    first, second, third = desk.browser(), desk.browser(), desk.browser()
    answer = first.came_back()
    keep(second.client, LAUNCH, str(cookie(first.client, LAUNCH)))
    opened = second.get(CALLBACK, **answer)
    keep(third.client, SESSION, str(cookie(second.client, SESSION)))
    assert OPEN in third.get(opened.headers["Location"].removeprefix(PUBLIC)).text


@pytest.mark.parametrize(
    "registration",
    [
        'client_id = "parcours"\nscopes = "launch openid fhirUser patient/*.read"',
        'client_id = "parcours"\nscopes = "launch patient/*.rs"',
        'client_id = "parcours-signe"\nauth = "private_key_jwt"',
        'client_id = "parcours-signe"\nauth = "private_key_jwt"\nalgorithm = "RS384"',
    ],
    ids=["scopes of version 1", "nobody asks who the user is", "with our ES384 key", "with our RS384 key"],
)
def test_other_registrations_open_the_same_visit(browser: Browser) -> None:
    assert OPEN in browser.get(browser.opened()).text


# ---------------------------------------------------------------- to the authorization server


def test_the_browser_is_sent_with_s256_and_with_values_that_serve_once(browser: Browser) -> None:
    one, two = parameters(browser.launched()), parameters(browser.launched())
    assert one["code_challenge_method"] == "S256"
    assert one["aud"] == browser.software.iss
    assert one["redirect_uri"] == f"{PUBLIC}{CALLBACK}"
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) == 43
        assert one[name] != two[name]


@pytest.mark.parametrize("registration", ['client_id = "parcours"\nidentity = "psc"'])
def test_pro_sante_connect_is_asked_for_its_level_and_for_a_recent_sign_in(browser: Browser) -> None:
    asked = parameters(browser.launched())
    assert (asked["acr_values"], asked["max_age"]) == ("eidas1", "14400")


def test_a051_an_iss_that_is_not_listed_is_refused_and_nobody_is_called(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    origin, path = browser.software.origin, "/fhir/.well-known/smart-configuration"
    before = browser.software.calls(path)
    for iss in (
        "https://evil.example/fhir",
        f"{origin}/other",
        f"{origin}/fhir/..",
        f"{origin}/fhir@evil.example",
        f"{origin}.evil.example/fhir",
        f"{origin}/fhir?x=1",
        f"{origin}/fhir#x",
        "file:///etc/passwd",
    ):
        assert browser.get("/launch", iss=iss, launch="chart").status_code == 403, iss
    assert browser.software.calls(path) == before
    assert "evil" not in caplog.text


def test_a051_nothing_at_all_is_called_for_an_iss_that_is_not_listed(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcours.remote.http.Conversation.__init__", lambda *_: pytest.fail("called"))
    answer = browser.get("/launch", iss=f"{browser.software.origin}/other", launch="chart")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "query",
    ["", "iss={iss}", "launch=chart", "iss={iss}&iss={iss}&launch=chart", "iss={iss}&launch=" + "x" * 5000],
)
def test_a_launch_that_is_incomplete_repeated_or_endless_is_refused(browser: Browser, query: str) -> None:
    answer = browser.client.get(f"/launch?{query.format(iss=browser.software.iss)}", base_url=PUBLIC)
    assert answer.status_code == 400


def test_launches_in_a_row_ask_the_software_once_how_it_authorizes(browser: Browser) -> None:
    before = browser.software.calls("/fhir/.well-known/smart-configuration")
    for _ in range(3):
        browser.launched()
    assert browser.software.calls("/fhir/.well-known/smart-configuration") == before + 1


@pytest.mark.parametrize("name", ["redirect_uri", "redirect", "next", "url", "target_link_uri", "return_to"])
def test_nobody_is_redirected_to_where_a_request_says(browser: Browser, name: str) -> None:
    answer = browser.get(
        "/launch", iss=browser.software.iss, launch="chart", **{name: "https://evil.example"}
    )
    assert answer.headers["Location"].startswith(f"{browser.software.origin}/auth?")
    assert "evil" not in answer.headers["Location"]
    back = parameters(browser.software.signed_in(answer.headers["Location"]))
    opened = browser.get(CALLBACK, **back, **{name: "https://evil.example"})
    assert re.fullmatch(re.escape(PUBLIC) + r"/visites/[\w-]{43}", opened.headers["Location"])


def test_a069_links_are_made_of_the_public_url_and_never_of_the_host_header(browser: Browser) -> None:
    answer = browser.came_back()
    keep(browser.client, LAUNCH, str(cookie(browser.client, LAUNCH)))
    opened = browser.client.get(
        CALLBACK, query_string=answer, base_url=PUBLIC, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert opened.headers["Location"].startswith(f"{PUBLIC}/visites/")


# ---------------------------------------------------------------- and back


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": ""}, "state"),
        ({"state": STRANGER}, "state"),
        ({"state": "x"}, "state"),
        ({"state": "é"}, "state"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": ""}, "issuer"),
        ({"error": "access_denied"}, "denied"),
        ({"code": ""}, "denied"),
        ({"code": "x"}, "code"),
    ],
    ids=str,
)
def test_a062_an_answer_that_is_not_the_one_awaited_is_refused(
    browser: Browser, change: dict[str, str], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = browser.get(CALLBACK, **(browser.came_back() | change))
    assert answer.status_code == 403
    assert refused(answer, reason, caplog)
    assert cookie(browser.client, SESSION) is None


def test_a062_an_answer_serves_once(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    answer = browser.came_back()
    secret = str(cookie(browser.client, LAUNCH))
    assert browser.get(CALLBACK, **answer).status_code == 303
    keep(browser.client, LAUNCH, secret)
    before = browser.software.calls("/token")
    assert refused(browser.get(CALLBACK, **answer), "state", caplog)
    assert browser.software.calls("/token") == before


def test_a062_an_answer_serves_in_the_browser_that_asked(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    answer = desk.browser().came_back()
    bare, busy = desk.browser(), desk.browser()
    busy.launched()
    for other in (bare, busy):
        assert refused(other.get(CALLBACK, **answer), "state", caplog)


def test_a062_a_wrong_state_spends_nothing(browser: Browser) -> None:
    answer = browser.came_back()
    assert browser.get(CALLBACK, **(answer | {"state": STRANGER})).status_code == 403
    assert browser.get(CALLBACK, **answer).status_code == 303


def test_a062_a_code_does_not_serve_in_another_launch(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """The verifier is the other launch's: the authorization server says no."""
    stolen = browser.came_back()["code"]
    answer = browser.came_back()
    assert refused(browser.get(CALLBACK, **(answer | {"code": stolen})), "code", caplog)


def test_a062_a_launch_is_awaited_for_ten_minutes(
    browser: Browser, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    answer = browser.came_back()
    clock.shift(dt.timedelta(minutes=10))
    assert refused(browser.get(CALLBACK, **answer), "state", caplog)


@pytest.mark.parametrize("name", ["state", "code", "iss"])
def test_a_parameter_of_the_answer_stands_once(browser: Browser, name: str) -> None:
    answer = browser.came_back()
    twice = [*answer.items(), (name, answer[name])]
    assert browser.client.get(CALLBACK, query_string=twice, base_url=PUBLIC).status_code == 400


@pytest.mark.parametrize(
    "opened", [{"encounter": None}, {"patient": None}, {"patient": "../Patient"}], ids=str
)
def test_without_patient_or_visit_nothing_is_read(
    browser: Browser, opened: dict[str, str | None], caplog: pytest.LogCaptureFixture
) -> None:
    browser.software.opens(**opened)
    before = browser.software.calls("/fhir/Patient/patient")
    answer = browser.get(CALLBACK, **browser.came_back())
    browser.software.opens(patient="patient", encounter="visite")
    assert answer.status_code == 422
    assert refused(answer, "context", caplog)
    assert browser.software.calls("/fhir/Patient/patient") == before


def test_a_visit_of_another_patient_is_not_shown(browser: Browser) -> None:
    browser.software.opens(patient="somebody-else")
    address = browser.opened()
    browser.software.opens(patient="patient")
    page = browser.get(address)
    assert page.status_code == 502
    assert OPEN not in page.text
