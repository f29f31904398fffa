"""Pages for people: whatever they are told to say stays text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from parcours.clients import Clients
from parcours.errors import StoreUnavailable
from parcours.settings import Settings
from parcours.smart.refusal import Refus
from parcours.web import create_app
from parcours.web.pages.opened_visit import REFUSALS, refusal_page
from parcours.web.pages.plain import Page, Section, shown
from parcours.web.smart import smart

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert('1')</script>\"'&{{ 7*7 }}"


@pytest.fixture
def launched() -> FlaskClient:
    return create_app(Settings()).test_client()


def test_nothing_that_a_page_says_becomes_markup(launched: FlaskClient) -> None:
    page = Page(titre=HOSTILE, phrases=[HOSTILE], sections=[Section(HOSTILE, [HOSTILE])])
    with launched.application.test_request_context("/launch"):
        text = shown(page).get_data(as_text=True)
    assert "<script>" not in text
    assert "alert('1')" not in text
    assert "{{ 7*7 }}" in text
    assert text.count("&lt;script&gt;") == 5


def test_a_page_runs_and_shows_nothing_but_what_this_service_serves(launched: FlaskClient) -> None:
    answer = launched.get("/launch")
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert re.search(r"<script(?! src=\"/static/)", answer.text) is None
    assert "script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
        with launched.get(address) as file:
            assert file.status_code == 200


def test_without_a_clients_file_nobody_launches(launched: FlaskClient) -> None:
    answer = launched.get("/launch", query_string={"iss": "https://ehr.example/fhir", "launch": "x"})
    assert answer.status_code == 403
    assert "n’est pas enregistré" in answer.text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize(
    "path", ["/launch", "/callback", "/callback/x", "/visites/x", "/.well-known/jwks.json"]
)
def test_what_is_read_is_not_written(launched: FlaskClient, path: str, method: str) -> None:
    assert getattr(launched, method)(path).status_code == 405


def test_a_store_that_is_gone_is_said_as_a_page(
    launched: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise StoreUnavailable("x")

    monkeypatch.setattr("parcours.web.smart.Launching.begin", gone)
    answer = launched.get("/launch", query_string={"iss": "https://ehr.example/fhir", "launch": "x"})
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Retry-After"] == "2"


@pytest.mark.parametrize("refus", Refus)
def test_every_refusal_has_its_sentence_its_english_and_its_line_in_the_documentation(refus: Refus) -> None:
    status, sentence = REFUSALS[refus]
    assert refusal_page("en", sentence).phrases[0] != sentence
    assert f"| `{refus}` | {status} |" in (ROOT / "docs/smart.md").read_text("utf-8")


def test_on_this_machine_without_https_the_cookie_is_plain(launched: FlaskClient) -> None:
    with launched.application.test_request_context("/launch"):
        assert (smart().cookie("parcours"), smart().secure) == ("parcours", False)


def test_the_client_of_the_documentation_is_read(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(.*?)```", (ROOT / "docs/smart.md").read_text("utf-8"), re.DOTALL)
    assert shown is not None
    file = tmp_path / "clients.toml"
    file.write_text(shown[1], encoding="utf-8")
    (client,) = Clients.load(str(file))
    assert client.smart is not None
    assert client.smart.backend_scopes == "system/*.rs"
