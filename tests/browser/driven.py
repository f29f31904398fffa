"""A real browser on real pages, and everything it must never do written down while it does not look.

A page is watched from its first byte: what its policy refuses, what its console says, what it asks of anybody
else. All three lists are empty at the end of a test, or the test fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Playwright, Response, Route
from tests.listening import listening
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",  # CI runs as root, where Chromium has no sandbox; the pages are ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = ("127.0.0.1", "localhost")
"""This machine, by two names: to a browser they are two sites."""
NARROW = 320
"""CSS pixels of the narrowest screen (WCAG 2.2, 1.4.10)."""
TIMEOUT_MS = 20_000
"""How long an element may take to appear on a machine that does other things."""


def launched(playwright: Playwright) -> Browser:
    """Debian's Chromium, without what it would say to its makers."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """An application listening on this machine: its address."""
    with listening(make_server("127.0.0.1", port, _closed(app), threaded=True)) as port:
        yield f"http://127.0.0.1:{port}"


def _closed(app: Flask) -> WSGIApplication:
    """``app``, whose answers are closed even when the browser has gone: Werkzeug forgets an open file."""

    def run(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        with closing(cast("ClosingIterator", app.wsgi_app(environ, start_response))) as answer:
            yield from answer

    return run


@dataclass
class Visitor:
    """Somebody in front of the pages of ``url``, and what was noticed meanwhile."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every complaint of the console, and every request to another host."""
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._only_this_machine)

    def _only_this_machine(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname in HERE:
            route.continue_()
        else:
            self.complaints.append(f"asked {urlsplit(route.request.url).hostname}")
            route.abort()

    def open(self, path: str) -> Response:
        """Go to a page of this service."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        return answer

    def expect_refusal(self, status: int) -> None:
        """A page that is refused is a complaint of the console, and wanted here."""
        refused = f"status of {status}"
        if not any(refused in text for text in self.complaints):  # the console may speak after the page
            self.page.wait_for_event("console", lambda said: refused in said.text)
        self.complaints.remove(next(text for text in self.complaints if refused in text))

    def title(self) -> str:
        """The one heading of the first rank."""
        headings: Locator = self.page.locator("h1")
        assert headings.count() == 1
        return " ".join(headings.inner_text().split())

    def fits(self) -> bool:
        """Does the page, once loaded, stay within the screen, without being pushed sideways?"""
        self.page.wait_for_load_state()
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        )

    def check_accessible(self) -> None:
        """axe-core finds nothing to say of the page as it stands, at any of its rules."""
        found = Axe().run(self.page)
        told = [
            f"{rule['id']}: {node['html'][:200]} — {node['failureSummary']}"
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]
        assert told == []
