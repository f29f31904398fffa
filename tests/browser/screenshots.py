"""``make screenshots``: the main pages as a person sees them, into ``docs/images``.

Everybody in them is invented; they are looked at before they are committed.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import click
import requests
from playwright.sync_api import sync_playwright
from tests.browser.driven import launched, serving

from parcours.settings import Settings
from parcours.web import create_app

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs/images"
SCREEN, PHONE = (1200, 860), (390, 860)
JUDGED = "24-autre-generaliste-sans-adressage"
TO_DECLARE = ROOT / "examples/21-camieg-sans-medecin-traitant/bundle.json"


def main() -> int:
    """Take them all."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = launched(playwright)
        with serving(create_app(Settings(database=f"{data}/images.sqlite3"))) as url:
            declaration = prepared(url)
            for name, (width, height), path in (
                ("essai", SCREEN, f"/visites/essai?exemple={JUDGED}"),
                ("essai-telephone", PHONE, f"/visites/essai?exemple={JUDGED}"),
                ("declaration", SCREEN, declaration),
                ("regles", SCREEN, "/regles?le=2026-03-10"),
            ):
                page = browser.new_page(locale="fr-FR", viewport={"width": width, "height": height})
                page.goto(url + path)
                page.screenshot(path=IMAGES / f"{name}.png")
                click.echo(f"docs/images/{name}.png", err=True)
                page.close()
        browser.close()
    return 0


def prepared(url: str) -> str:
    """The address of the page of a declaration that waits for its signatures."""
    answer = requests.post(
        f"{url}/fhir/$prepare-declaration",
        TO_DECLARE.read_bytes(),
        headers={"Content-Type": "application/fhir+json"},
        timeout=30,
    )
    task = next(e for e in answer.json()["entry"] if e["resource"]["resourceType"] == "Task")
    return f"/declarations/{urlsplit(task['fullUrl']).path.rsplit('/', 1)[1]}"


if __name__ == "__main__":
    sys.exit(main())
