"""What authorization servers of other makes do otherwise, and is understood: each row names who does it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from tests.smart.browsing import CALLBACK, OPEN, PUBLIC, Browser, Desk, granted, parameters, refused

from parcours.remote.oauth import ask_token
from parcours.remote.unreachable import Reason, Unreachable
from parcours.smart import discovery, tokens

# ---------------------------------------------------------------- the token


@pytest.mark.parametrize(
    "changes",
    [
        {"token_type": "bearer"},
        {"expires_in": None},
        {"expires_in": "3600"},
        {"expires_in": "nan"},
        {"scope": None},
        {"scope": "patient/*.read openid fhirUser launch"},
        {"scope": "profile user/*.* offline_access"},
        {"refresh_token": ""},
        {"refresh_token": None},
        {"patient": "Patient/patient", "encounter": "Encounter/visite"},
        {
            "need_patient_banner": False,
            "smart_style_url": "https://launch.smarthealthit.org/smart-style.json",
            "fhirContext": [{"reference": "Encounter/visite"}],
            "intent": "x",
            "tenant": "t",
            "__epic.dstu2.patient": "T1",
            "not-before-policy": 0,
        },
    ],
    ids=[
        "RFC 6749 writes it in any case",
        "Medplum of old, HAPI: no end",
        "Azure: a number in quotes",
        "nobody: a number that is none",
        "RFC 6749: the scopes that were asked for are not repeated",
        "Keycloak: scopes in another order, and of version 1",
        "Cerner: other scopes than those asked for",
        "none, as an empty text",
        "SMART launcher: none without offline_access",
        "Auth0, AWS: references instead of ids",
        "SMART launcher, Epic, Cerner, Keycloak: more than we read",
    ],
)
def test_a_token_that_is_written_otherwise_opens_the_visit(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    granted(monkeypatch, **changes)
    assert OPEN in browser.get(browser.opened()).text


def test_a_token_that_does_not_say_how_long_it_lasts_is_used_for_five_minutes(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    given = granted(monkeypatch, expires_in=None)
    address = browser.opened()
    clock.shift(dt.timedelta(minutes=4))
    assert OPEN in browser.get(address).text
    assert len(given) == 1
    clock.shift(dt.timedelta(minutes=1))
    assert OPEN in browser.get(address).text
    assert len(given) == 2


def test_a_refresh_token_that_is_not_replaced_serves_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """Cerner and Epic give none with the renewed access; the one before goes on."""
    given: list[dict[str, Any]] = granted(monkeypatch)
    address = browser.opened()
    first = given[0]
    sent: list[str] = []

    def renews(_: object, form: dict[str, str], *__: object) -> Any:
        sent.append(form["refresh_token"])
        return {"access_token": first["access_token"], "token_type": "Bearer", "expires_in": 60}

    monkeypatch.setattr(tokens, "ask_token", renews)
    for _ in range(2):
        clock.shift(dt.timedelta(minutes=11))
        assert OPEN in browser.get(address).text
    assert sent == [first["refresh_token"]] * 2


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_token_endpoint_that_is_ill_for_a_moment_ends_nothing(
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    clock: time_machine.Traveller,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = browser.opened()
    clock.shift(dt.timedelta(minutes=11))

    def ill(*_: object) -> Any:
        raise Unreachable(Reason.STATUS, status)

    monkeypatch.setattr(tokens, "ask_token", ill)
    page = browser.get(address)
    assert page.status_code == 502
    assert refused(page, "silent", caplog)
    monkeypatch.setattr(tokens, "ask_token", ask_token)
    assert browser.get(address).status_code == 503  # whoever asked last may still come back
    clock.shift(dt.timedelta(seconds=15))
    assert OPEN in browser.get(address).text


# ---------------------------------------------------------------- the configuration


def described(monkeypatch: pytest.MonkeyPatch, *left_out: str, **changes: object) -> None:
    """What servers say of themselves from now on."""
    document = discovery._document

    def changed(*asked: Any) -> Any:
        told = document(*asked)
        if "smart-configuration" in asked[1]:
            told = {name: value for name, value in told.items() if name not in left_out} | changes
        return told

    monkeypatch.setattr(discovery, "_document", changed)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        (("jwks_uri",), True),
        (("code_challenge_methods_supported",), True),
        (("capabilities", "authorization_response_iss_parameter_supported", "revocation_endpoint"), True),
        (("issuer",), False),
        (("issuer", "jwks_uri"), False),
    ],
    ids=[
        "Inferno: keys where OpenID Connect has them",
        "SMART 1, Logica: nothing of PKCE",
        "IBM, HAPI: little at all",
        "Smile: no issuer, yet it says iss in its answer",
        "no OpenID Connect",
    ],
)
def test_a_server_that_says_less_of_itself_opens_the_visit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, left_out: tuple[str, ...], named: bool
) -> None:
    described(monkeypatch, *left_out)
    browser = desk.browser()
    page = browser.get(browser.opened())
    assert OPEN in page.text
    assert ("Alex CONSULTE-FICTIF, RPPS 10100000002" in page.text) == named


@pytest.mark.parametrize("registration", ['client_id = "parcours"\nidentity = "psc"'])
def test_pro_sante_connect_is_not_believed_from_a_server_that_proves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    described(monkeypatch, "issuer")
    browser = desk.browser()
    assert browser.get("/launch", iss=browser.software.iss, launch="chart").status_code == 502
    assert "reason=configuration detail=openid" in caplog.text


@pytest.mark.parametrize(
    ("capabilities", "scope"),
    [
        (["permission-v1"], "launch openid fhirUser patient/*.read"),
        (["permission-v1", "permission-v2"], "launch openid fhirUser patient/*.rs"),
        (["permission-v2"], "launch openid fhirUser patient/*.rs"),
        (["launch-ehr"], "launch openid fhirUser patient/*.rs"),
    ],
    ids=str,
)
def test_scopes_are_asked_for_as_the_server_writes_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capabilities: list[str], scope: str
) -> None:
    described(monkeypatch, capabilities=capabilities)
    browser = desk.browser()
    target = browser.launched()
    assert parameters(target)["scope"] == scope
    opened = browser.get(CALLBACK, **parameters(browser.software.signed_in(target)))
    assert OPEN in browser.get(opened.headers["Location"].removeprefix(PUBLIC)).text


def test_an_iss_with_a_final_slash_is_given_back_letter_by_letter(browser: Browser) -> None:
    answer = browser.get("/launch", iss=f"{browser.software.iss}/", launch="chart")
    assert parameters(answer.headers["Location"])["aud"] == f"{browser.software.iss}/"


def test_keys_are_read_at_each_launch_so_that_new_ones_serve_at_once(browser: Browser) -> None:
    before = browser.software.calls("/jwks")
    for _ in range(2):
        browser.opened()
    assert browser.software.calls("/jwks") == before + 2


# ---------------------------------------------------------------- the answer


@pytest.mark.parametrize(
    ("iss", "reason"),
    [("https://evil.example", "issuer"), ("x", "issuer"), (None, None)],
)
def test_an_answer_of_another_server_is_refused_also_where_none_was_announced(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    iss: str | None,
    reason: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    described(monkeypatch, "issuer", "authorization_response_iss_parameter_supported")
    browser = desk.browser()
    answer = {name: value for name, value in browser.came_back().items() if name != "iss"}
    page = browser.get(CALLBACK, **answer, **({"iss": iss} if iss else {}))
    assert refused(page, reason, caplog) if reason else page.status_code == 303


@pytest.mark.parametrize("registration", ['client_id = "parcours"\nown_callback = true'])
@pytest.mark.parametrize("elsewhere", ["/callback/bon-logiciel", CALLBACK])
def test_a062_an_answer_to_another_redirect_address_than_its_own_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, elsewhere: str
) -> None:
    """Mix-up: a bad software sent the browser on to a good one, which does not say who it is."""
    described(monkeypatch, "issuer", "authorization_response_iss_parameter_supported")
    browser = desk.browser()
    answer = {name: value for name, value in browser.came_back().items() if name != "iss"}
    before = browser.software.calls("/token")
    assert refused(browser.get(elsewhere, **answer), "issuer", caplog)
    assert refused(browser.get("/callback/logiciel", **answer), "state", caplog)
    assert browser.software.calls("/token") == before


@pytest.mark.parametrize("registration", ['client_id = "parcours"\nown_callback = true'])
def test_a062_an_answer_to_its_own_redirect_address_opens_the_visit(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.get("/callback/logiciel", **browser.came_back()).status_code == 303


def test_an_address_of_its_own_that_was_not_agreed_is_no_redirect_address(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk.browser()
    assert refused(browser.get("/callback/logiciel", **browser.came_back()), "issuer", caplog)


@pytest.mark.parametrize(
    ("error", "logged"),
    [("access_denied", "access_denied"), ("login_required", "login_required"), ("Dominique\nX", "-")],
)
def test_an_error_that_is_sent_back_is_logged_when_it_is_one_of_the_standard(
    browser: Browser, error: str, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = browser.came_back()
    page = browser.get(
        CALLBACK, state=answer["state"], iss=answer["iss"], error=error, error_description="Dominique"
    )
    assert page.status_code == 403
    assert f"reason=denied detail={logged}" in caplog.text
    assert "Dominique" not in caplog.text + page.text


# ---------------------------------------------------------------- no visit was named


def came_back_without_a_visit(browser: Browser, patient: str) -> Any:
    browser.software.opens(patient=patient, encounter=None)
    answer = browser.get(CALLBACK, **browser.came_back())
    browser.software.opens(patient="patient", encounter="visite")
    return answer


def test_a_patient_without_a_visit_is_that_of_his_one_visit_of_today(browser: Browser) -> None:
    answer = came_back_without_a_visit(browser, "un")
    assert answer.status_code == 303, answer.text
    before = browser.software.calls("/fhir/Encounter/un-ce-jour")
    assert browser.get(answer.headers["Location"].removeprefix(PUBLIC)).status_code == 200
    assert browser.software.calls("/fhir/Encounter/un-ce-jour") == before + 1


@pytest.mark.parametrize(("patient", "detail"), [("deux", "several"), ("patient", "none")])
def test_nobody_here_chooses_between_several_visits_or_makes_one_up(
    browser: Browser, patient: str, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = came_back_without_a_visit(browser, patient)
    assert answer.status_code == 422
    assert f"reason=context detail={detail}" in caplog.text


def test_a_software_whose_access_does_not_cover_visits_is_told_to_open_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    granted(monkeypatch, scope="patient/Patient.rs")
    assert came_back_without_a_visit(browser, "un").status_code == 422
    assert "reason=context detail=scope" in caplog.text
