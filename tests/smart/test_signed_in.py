"""Who is signed in, as other pages ask: by the cookie alone, for a time, and never for somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from tests.smart.browsing import (
    CALLBACK,
    PUBLIC,
    SESSION,
    STRANGER,
    Browser,
    Desk,
    cookie,
    form_of,
    granted,
    leave,
)

from parcours.smart.identity import Identite
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.smart.signed_in import SignedIn
from parcours.store.sessions import Sessions
from parcours.web import create_app
from parcours.web.smart import session_secret, smart


def asks(browser: Browser, proof: str | None = None) -> SignedIn:
    """What a page of ours learns from the cookie of this browser; of a form, with its proof."""
    cookies = {"Cookie": f"{SESSION}={cookie(browser.client, SESSION)}"}
    now = dt.datetime.now(dt.UTC)
    with browser.client.application.test_request_context("/x", base_url=PUBLIC, headers=cookies):
        visits, secret = smart().visits, session_secret()
        return visits.signed_in(secret, now) if proof is None else visits.acting(secret, proof, now)


def refusal(asking: Callable[[], object]) -> tuple[Refus, str]:
    with pytest.raises(Refused) as refused:
        asking()
    return refused.value.refus, refused.value.detail


def test_other_pages_know_who_is_signed_in_for_which_practice_without_any_call(desk: Desk) -> None:
    browser = desk.browser()
    address = browser.opened()
    proof = form_of(browser.get(address).text)
    calls = desk.software.calls("/fhir/Practitioner/medecin-consulte"), desk.software.calls("/token")
    browser.client.application = create_app(desk.settings)  # another process
    who = asks(browser)
    assert (who.tenant, who.client, who.form) == ("cabinet", "logiciel", proof)
    assert (who.identite.nom, who.identite.rpps) == ("Alex CONSULTE-FICTIF", "10100000002")
    assert who.qui == "Alex CONSULTE-FICTIF"
    assert asks(browser, proof) == who
    after = desk.software.calls("/fhir/Practitioner/medecin-consulte"), desk.software.calls("/token")
    assert after == calls


@pytest.mark.parametrize(
    ("nom", "rpps", "qui"),
    [("A B", "10100000002", "A B"), (None, "10100000002", "RPPS 10100000002"), (None, None, "")],
)
def test_who_acts_is_said_by_name_else_by_number(nom: str | None, rpps: str | None, qui: str) -> None:
    who = Identite(sujet="x", source="psc", nom=nom, rpps=rpps)
    assert SignedIn(identite=who, tenant="t", client="c", form="f").qui == qui


def test_a_form_is_good_in_every_page_of_the_session_and_nowhere_else(desk: Desk) -> None:
    browser, other = desk.browser(), desk.browser()
    first = form_of(browser.get(browser.opened()).text)
    second = form_of(browser.get(browser.opened()).text)
    theirs = form_of(other.get(other.opened()).text)
    assert asks(browser, first) == asks(browser, second)
    for proof in (theirs, STRANGER, "", "é"):
        assert refusal(partial(asks, browser, proof)) == (Refus.FORM, "")


def test_nobody_is_signed_in_without_a_session_of_ours(browser: Browser) -> None:
    assert refusal(lambda: asks(browser)) == (Refus.SESSION, "over")
    browser.client.set_cookie(SESSION, STRANGER, domain="parcours.example", secure=True)
    assert refusal(lambda: asks(browser)) == (Refus.SESSION, "over")
    assert refusal(lambda: asks(browser, Secret(STRANGER).public("form"))) == (Refus.SESSION, "over")


def test_nobody_is_signed_in_any_more_after_half_an_hour_unused_eight_hours_at_all_or_a_goodbye(
    desk: Desk, clock: time_machine.Traveller
) -> None:
    idle, busy, gone = desk.browser(), desk.browser(), desk.browser()
    for browser in (idle, busy):
        browser.opened()
    address = gone.opened()
    kept = cookie(gone.client, SESSION)
    leave(gone, jeton=form_of(gone.get(address).text))
    gone.client.set_cookie(SESSION, str(kept), domain="parcours.example", secure=True)
    assert refusal(lambda: asks(gone)) == (Refus.SESSION, "over")
    for _ in range(23):
        clock.shift(dt.timedelta(minutes=20))
        assert asks(busy).tenant == "cabinet"
    clock.shift(dt.timedelta(minutes=20))
    assert refusal(lambda: asks(busy)) == (Refus.SESSION, "over")
    assert refusal(lambda: asks(idle)) == (Refus.SESSION, "over")


@pytest.mark.parametrize(
    "registration", ['client_id = "parcours"\nscopes = "launch patient/*.rs"'], ids=["without openid"]
)
def test_a_software_that_is_not_asked_who_its_user_is_signs_nobody_in(browser: Browser) -> None:
    browser.opened()
    assert refusal(lambda: asks(browser)) == (Refus.IDENTITY, "absent")


def test_a_software_that_proves_nobody_signs_nobody_in_and_shows_its_visit(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(monkeypatch, id_token=None)
    assert browser.get(browser.opened()).status_code == 200
    assert refusal(lambda: asks(browser)) == (Refus.IDENTITY, "absent")


@pytest.mark.parametrize("registration", ['client_id = "parcours"\nidentity = "psc"'])
def test_pro_sante_connect_that_proves_nobody_is_refused(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    granted(monkeypatch, id_token=None)
    assert browser.get(CALLBACK, **browser.came_back()).status_code == 403
    assert "reason=identity detail=absent" in caplog.text


@pytest.mark.parametrize(
    ("before", "after", "detail"),
    [
        ('tenant = "cabinet"', 'tenants = { a = "cabinet-a", b = "cabinet-b" }', "tenant"),
        ('id = "logiciel"', 'id = "autre"', "changed"),
    ],
)
def test_whose_practice_it_is_must_be_known(desk: Desk, before: str, after: str, detail: str) -> None:
    browser = desk.browser()
    browser.opened()
    clients = Path(desk.settings.clients)
    clients.write_text(clients.read_text("utf-8").replace(before, after), encoding="utf-8")
    browser.client.application = create_app(desk.settings)
    assert refusal(lambda: asks(browser)) == (Refus.SERVER, detail)


def test_a_session_holds_eight_visits_and_the_one_opened_first_goes(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcours.smart.signed_in.MOST_VISITS", 2)
    pages = [browser.opened() for _ in range(3)]
    assert [browser.get(page).status_code for page in pages] == [403, 200, 200]


def test_two_launches_that_end_at_once_both_have_their_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one ends between the reading of the session by the first and its writing."""
    browser, second = desk.browser(), desk.browser()
    browser.opened()
    pages: list[str] = []
    change = Sessions.change

    def later(*arguments: Any) -> bool:
        monkeypatch.setattr(Sessions, "change", change)
        second.client.set_cookie(
            SESSION, str(cookie(browser.client, SESSION)), domain="parcours.example", secure=True
        )
        pages.append(second.opened())
        return change(*arguments)

    monkeypatch.setattr(Sessions, "change", later)
    pages.append(browser.opened())
    assert [browser.get(page).status_code for page in pages] == [200, 200]
