"""A browser for the tests of this folder, and somebody in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.driven import CHROMIUM, TIMEOUT_MS, Visitor, launched, serving

from parcours.settings import Settings
from parcours.web import create_app

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all the tests of a process."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (on Debian: apt install chromium)")
    with sync_playwright() as playwright:
        running = launched(playwright)
        yield running
        running.close()


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the service as a developer starts it: no clients file, its own database."""
    with serving(create_app(Settings())) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Visit]:
    """``visit()``: somebody with an empty browser; French and a wide screen unless told.

    At the end nothing was refused by a policy, said by a console, or asked of anybody else.
    """
    with visiting(browser, served) as come:
        yield come


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Visit]:
    """Visitors of one service, all checked in the end."""
    visitors: list[Visitor] = []

    def come(*, langue: str = "fr-FR", width: int = 1280, script: bool = True, dark: bool = False) -> Visitor:
        context = browser.new_context(
            locale=langue,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(TIMEOUT_MS)
        visitor = Visitor(context.new_page(), url)
        visitor.watch()
        visitors.append(visitor)
        return visitor

    try:
        yield come
        assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
    finally:
        for visitor in visitors:
            visitor.page.context.close()
