"""The frame of every page, in a real browser."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Visit
from tests.browser.driven import NARROW


@pytest.mark.parametrize(
    ("langue", "title"), [("fr-FR", "Rien à cette adresse"), ("en-GB", "Nothing at this address")]
)
@pytest.mark.parametrize("width", [1280, NARROW])
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_that_is_not_there_says_so_to_everybody(
    visit: Visit, langue: str, title: str, width: int, dark: bool
) -> None:
    visitor = visit(langue=langue, width=width, dark=dark)
    assert visitor.open("/nulle-part").status == 404
    visitor.expect_refusal(404)
    assert visitor.title() == title
    assert visitor.fits()
    visitor.check_accessible()


def test_the_first_key_leads_to_the_content(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/nulle-part")
    visitor.expect_refusal(404)
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.getAttribute('href')") == "#contenu"


def test_what_another_host_would_serve_is_a_complaint(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/nulle-part")
    visitor.expect_refusal(404)
    visitor.page.evaluate(
        "const i = new Image(); i.src = 'https://elsewhere.example/x.png'; document.body.append(i)"
    )
    visitor.page.wait_for_timeout(200)
    assert visitor.complaints
    visitor.complaints.clear()
