"""A-070, A-071, A-082: what a template, a script and an address must never be made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.access.test_matrix import routes

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.application import Application

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "plugin/parcours/web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted((WEB / "static").glob("*.js"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return create_app(Settings(database=str(tmp_path_factory.mktemp("files") / "kept.sqlite")))


@pytest.fixture(scope="module")
def client(app: Application) -> FlaskClient:
    return app.test_client()


# ---------------------------------------------------------------- addresses that climb


CLIMBING = [
    "../application.py",
    "../../pyproject.toml",
    "..%2fapplication.py",
    "%2e%2e/application.py",
    "%2e%2e%2fapplication.py",
    "..%5capplication.py",
    "%00",
    "parcours.css%00.js",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "....//application.py",
]
FILE = re.compile(r"root:|import |\[project\]")
"""What would be read of the files that these lead to."""


FOLDERS = ["/static/", "/static/vendor/", "/essai/", "/declarations/", "/regles/", "/fhir/Questionnaire/"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a082_an_address_that_climbs_leads_to_no_file(client: FlaskClient, folder: str) -> None:
    assert client.get("/static/parcours.css", buffered=True).status_code == 200
    for path in CLIMBING:
        reply = client.get(f"{folder}{path}", headers={"Accept": "*/*"}, buffered=True)
        assert reply.status_code in (400, 404), (folder, path)
        assert not FILE.search(reply.text)


@pytest.mark.parametrize("value", ["..", "../../pyproject.toml", "..\\application.py", "a\0b", "/etc/passwd"])
def test_a082_no_part_of_an_address_is_a_path(app: Application, value: str) -> None:
    climbing = dict.fromkeys(("client", "filename", "id", "name", "page", "service_id"), value)
    asked = [
        one for one in routes(app, **climbing) if one.method == "GET" and climbing.keys() & one.rule.arguments
    ]
    assert len(asked) >= 15
    for one in asked:
        reply = app.test_client().get(one.path, headers={"Accept": "*/*"}, buffered=True)
        assert 300 <= reply.status_code < 500, one.path
        assert not FILE.search(reply.text), one.path


# ---------------------------------------------------------------- templates and scripts


TAGS = re.compile(r"\{[{%#].*?[#%}]\}", re.DOTALL)
QUOTED = re.compile(r"""=\s*("[^"]*"|'[^']*')""")
ELEMENT = re.compile(r"<\w[^<>]*>")
INSIDE = re.compile(r"<(?:script|style)\b[^>]*>(?!\s*</)", re.IGNORECASE)
"""A script or a style in the page itself."""
NEVER = re.compile(r"\|\s*safe\b|autoescape\s+false|\son\w+=|javascript:")


def faults(template: str) -> list[str]:
    """What of a template escaping would not make safe: values without quotes, or where no text is text."""
    plain = QUOTED.sub("", TAGS.sub(lambda tag: tag.group()[:2], template))
    bare = [element for element in ELEMENT.findall(plain) if "={" in element.replace(" ", "")]
    return [*bare, *NEVER.findall(template), *INSIDE.findall(template)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a070_a_template_leaves_nothing_that_escaping_does_not_make_safe(template: Path) -> None:
    assert faults(template.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        "<a href={{ x }}>",
        "<a href= {% if x %}{{ y }}{% endif %}>",
        "{{ x | safe }}",
        "{% autoescape false %}",
        "<p onclick='{{ x }}'>",
        "<a href='javascript:{{ x }}'>",
        "<script>'{{ x }}'</script>",
        "<style>{{ x }}</style>",
    ],
)
def test_a070_what_escaping_does_not_make_safe_is_seen(template: str) -> None:
    assert faults(template)
    assert not faults('<a href="/?a={{ f(a=b) }}">{% set x = {} %}<script src="/a.js" defer></script>')


HEARD = re.compile(
    r"location|hashchange|postMessage|.message.|innerHTML|outerHTML|\beval\b|Function\(|\.write\("
)


def test_a071_no_script_of_ours_hears_an_address_or_another_page() -> None:
    assert SCRIPTS
    for script in SCRIPTS:
        assert HEARD.findall(script.read_text("utf-8")) == [], script.name
    frame = (WEB / "templates/layout.html").read_text("utf-8")
    assert '"allowEval": false' in frame
    assert '"selfRequestsOnly": true' in frame
