"""Somebody in front of the pages of declarations, without a browser: forms are sent as they were given."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTML = {"Accept": "text/html"}
WHO = "Mme Dominique Exemple"
LIST = "/declarations"
NEW = f"{LIST}/nouvelle"


@dataclass
class Office:
    """A practice that uses the pages; ``base`` is the public address, when it is not this machine."""

    client: FlaskClient
    base: str | None = None

    def get(self, path: str, status: int = 200, langue: str = "fr") -> str:
        """The text of a page."""
        reply = self.client.get(path, headers={**HTML, "Accept-Language": langue}, base_url=self.base)
        assert reply.status_code == status, reply.text
        assert reply.headers["Cache-Control"] == "no-store"
        return reply.text

    def post(self, path: str, **fields: Any) -> TestResponse:
        """The reply to a form of ours; a field that is ``None`` is not sent."""
        form = {"jeton": proof(self.get(NEW)), **fields}
        sent = {name: value for name, value in form.items() if value is not None}
        return self.client.post(path, data=sent, headers=HTML, base_url=self.base)

    def done(self, path: str, **fields: Any) -> str:
        """Where a form that is accepted leads."""
        reply = self.post(path, **fields)
        assert reply.status_code == 303, reply.text
        return str(reply.headers["Location"])

    def prepared(self, document: Any, **fields: Any) -> str:
        """The address of a declaration just prepared."""
        return self.done(f"{LIST}/preparer", demande=json.dumps(document), **fields)

    def refused(self, path: str, **fields: Any) -> dict[str, str]:
        """What a form that is refused says, by field."""
        reply = self.post(path, **fields)
        assert reply.status_code == 422, reply.status
        return errors(reply.text)

    def signed(self, address: str) -> None:
        """Both agree, and somebody notes it."""
        assert self.done(f"{address}/signer", version=1, qui=WHO, **TICKS) == address

    def sent(self, address: str) -> None:
        """Signed, then posted."""
        self.signed(address)
        self.done(f"{address}/transmettre", version=2, qui=WHO, voie="courrier")


TICKS = {"beneficiaire": "on", "medecin": "on"}


def proof(page: str) -> str:
    """What a page's own forms carry."""
    (found,) = set(re.findall(r'name="jeton" value="([^"]+)"', page))
    return str(found)


def errors(page: str) -> dict[str, str]:
    """What is said beside each field."""
    found = re.findall(r'<small id="([^"]+)-erreur" class="erreur">([^<]*)', page)
    return {name: unescape(text) for name, text in found}


def text(page: str) -> str:
    """The words of a page, as they are read."""
    main = re.sub(r".*<main[^>]*>|</main>.*", "", page, flags=re.DOTALL)
    return words(main)


def words(markup: str) -> str:
    """Some markup without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def history(page: str) -> list[list[str]]:
    """State, who and why of each version, the last first."""
    table = page.partition('<table class="pile">')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)] for row in rows]
