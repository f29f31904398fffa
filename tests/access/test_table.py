"""The table of owners: every route is in it, and what everybody may see is written down twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from parcours.settings import Settings
from parcours.web import access, create_app
from parcours.web.application import Application

OPEN_TO_ALL = {
    "cds.discover",
    "definitions.metadata",
    "definitions.read",
    "definitions.search",
    "definitions.search_by_post",
    "health.live",
    "health.ready",
    "openapi.openapi",
    "pages.static",
    "rules.book",
    "rules.not_encoded",
    "rules.one",
    "rules.readings",
    "rules.rule",
    "rules.rules",
    "rules.values",
    "sign_in.back",
    "sign_in.begin",
    "sign_in.page",
    "smart.callback",
    "smart.launch",
    "smart.our_public_keys",
    "tokens.configuration",
    "tokens.grant",
    "tokens.revoke",
    "trial.example",
    "trial.example_document",
    "trial.home",
}
"""What tells of nobody: a route that becomes public is noticed here."""


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return create_app(Settings(database=str(tmp_path / "kept.sqlite")))


def nothing() -> str:
    return ""


def test_what_is_open_to_all_is_this_and_nothing_else() -> None:
    public = {endpoint for endpoint, need in access.TABLE.items() if need.owner is access.Owner.PUBLIC}
    assert public <= OPEN_TO_ALL


def test_a_route_that_nobody_owns_stops_the_start(app: Application) -> None:
    access.assert_owned(app)
    app.add_url_rule("/nouvelle", "nouvelle", nothing)
    with pytest.raises(LookupError, match="nouvelle"):
        access.assert_owned(app)


def test_an_owner_without_a_route_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "TABLE", {**access.TABLE, "partie": access.PUBLIC})
    with pytest.raises(LookupError, match="partie"):
        create_app(Settings(database=str(tmp_path / "kept.sqlite")))


def test_a061_what_changes_something_is_never_a_get(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "TABLE", {**access.TABLE, "declaration_pages.show": access.ACTS})
    with pytest.raises(LookupError, match="GET"):
        access.assert_owned(app)


def test_whoever_posts_a_form_of_a_person_either_acts_or_is_known_to_change_nothing(app: Application) -> None:
    """A new form of a person must be said to act; these do not: they look for, or judge, and keep nothing."""
    harmless = {"declaration_pages.search", "trial.pasted", "trial.document"}
    posts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and access.TABLE[rule.endpoint].owner is access.Owner.USER
    }
    assert {endpoint for endpoint in posts if not access.TABLE[endpoint].acts} == harmless
