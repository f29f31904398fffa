"""A doctor's software opens us from the chart, in a real browser: the visit, its declaration, and goodbye.

The software is of other people's making and of another site than ours, as it is for a practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import Visit, visiting
from tests.browser.driven import NARROW, Visitor, serving
from tests.smart.software import Software, chart_of, free_port, missing, running

from parcours.settings import Settings
from parcours.smart.our_keys import OurKeys
from parcours.web import create_app

CHART = Path(__file__).resolve().parents[2] / "examples/25-specialiste-sans-medecin-traitant/bundle.json"
DOCTOR, RPPS, PATIENT = "Alex CONSULTE-FICTIF", "10100000002", "Dominique EXEMPLE"


@pytest.fixture(scope="module")
def port() -> int:
    """Where we listen: known before we do, since the software registers our address."""
    return free_port()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> OurKeys:
    """A pair of keys of ours."""
    keys = OurKeys(str(tmp_path_factory.mktemp("keys")))
    keys.rotate()
    return keys


@pytest.fixture(scope="module")
def software(tmp_path_factory: pytest.TempPathFactory, port: int, keys: OurKeys) -> Iterator[Software]:
    """A software in which the visit of somebody without a médecin traitant is open."""
    absent = missing()
    if absent:
        pytest.skip(f"outil absent : {absent}")
    folder, back = tmp_path_factory.mktemp("software"), f"http://localhost:{port}/callback"
    with running(folder, back, keys.public(), chart_of(CHART)) as started:
        yield started


@pytest.fixture
def come(browser: Browser, software: Software, port: int, tmp_path: Path) -> Iterator[Visit]:
    """Doctors, each in front of an empty browser."""
    clients = tmp_path / "clients.toml"
    clients.write_text(
        f'[[client]]\nid = "logiciel"\nissuer = "{software.origin}"\ntenant = "cabinet"\n'
        f'fhir_base = "{software.iss}"\n[client.smart]\nclient_id = "parcours"\n',
        encoding="utf-8",
    )
    url = f"http://localhost:{port}"
    settings = Settings(clients=str(clients), public_url=url, database=str(tmp_path / "kept.sqlite"))
    with serving(create_app(settings), port), visiting(browser, url) as come:
        yield come


def launched(doctor: Visitor, software: Software) -> None:
    """Follow the software's link, from one of its own pages."""
    page = doctor.page
    page.goto(f"{software.origin}/of-tests/counts")
    page.evaluate(
        "where => { location.href = where }", f"{doctor.url}/launch?iss={software.iss}&launch=chart"
    )
    page.wait_for_url(re.compile(r"/visites/[A-Za-z0-9_-]{43}$"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [1280, NARROW])
def test_a_doctor_launches_prepares_and_signs_a_declaration_and_leaves(
    come: Visit, software: Software, script: bool, width: int
) -> None:
    doctor = come(script=script, width=width)
    page = doctor.page
    launched(doctor, software)
    visit = page.url
    expect(page.locator(".patient")).to_contain_text(PATIENT)
    expect(page.locator("h1")).to_have_text("Hors du parcours de soins coordonnés")
    expect(page.locator("footer")).to_contain_text(f"{DOCTOR}, RPPS {RPPS}")
    page.get_by_role("button", name="Préparer la déclaration").click()

    page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
    expect(page.locator(".patient")).to_contain_text(PATIENT)
    assert page.locator("input[name=qui]").count() == 0
    for box in page.locator("input[id^=accord-]").all():
        expect(box).not_to_be_checked()
        box.check()
    page.get_by_role("button", name="Noter les accords et les signatures").click()
    expect(page.locator(".pas h2")).to_have_text("Transmettre à la caisse")
    expect(page.locator("tbody tr").first).to_contain_text(f"{DOCTOR}, RPPS {RPPS}")

    page.goto(visit)
    page.get_by_role("button", name="Fermer la session").click()
    expect(page.locator("main")).to_contain_text("La session est close.")
    for address in (visit, f"{doctor.url}/declarations"):
        page.goto(address)
        doctor.expect_refusal(403)
        expect(page.locator("main")).to_contain_text("Cette page n’est plus ouverte")
    assert PATIENT not in page.content()


@pytest.mark.parametrize(
    ("langue", "title", "prepare"),
    [
        ("fr-FR", "Hors du parcours de soins coordonnés", "Préparer la déclaration"),
        ("en-GB", "Outside the coordinated care pathway", "Prepare the declaration"),
    ],
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (NARROW, True)], ids=["wide", "narrow and dark"])
def test_every_page_of_a_launch_is_for_everybody(
    come: Visit, software: Software, langue: str, title: str, prepare: str, width: int, dark: bool
) -> None:
    doctor = come(langue=langue, width=width, dark=dark)
    launched(doctor, software)
    assert doctor.title() == title
    checked(doctor)
    doctor.page.get_by_role("button", name=prepare).click()
    doctor.page.wait_for_url(re.compile(r"/declarations/"))
    checked(doctor)
    doctor.page.go_back()
    doctor.page.locator("form[action$='/logout'] button").click()
    checked(doctor)
    doctor.open("/declarations")
    doctor.expect_refusal(403)
    checked(doctor)


def test_the_page_of_a_visit_is_nobody_else_s(come: Visit, software: Software) -> None:
    doctor, other = come(), come()
    launched(doctor, software)
    other.page.goto(doctor.page.url)
    other.expect_refusal(403)
    assert PATIENT not in other.page.content()


def checked(visitor: Visitor) -> None:
    assert visitor.fits()
    visitor.check_accessible()
