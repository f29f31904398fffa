"""A client's FHIR server played without a socket, and calls that it completes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient
from tests.cds.calls import CDS, Json, call, resources
from tests.fhir.builders import encode

from parcours.cds.prefetch import Answered
from parcours.cds.request import Call, read_call
from parcours.cds.services import SERVICES
from parcours.fhir.json_door import Limits
from parcours.remote.unreachable import Reason, Unreachable

BASE = "https://logiciel.example/fhir"


def read(body: Json) -> Call:
    return read_call(encode(body), SERVICES[f"parcours-{body['hook']}"], Limits())


def refused(client: FlaskClient, body: Any, hook: str = "encounter-start") -> tuple[int, str]:
    reply = client.post(f"{CDS}/parcours-{hook}", json=body)
    outcome = reply.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    return reply.status_code, outcome["issue"][0].get("expression", [""])[0]


class Server:
    """A client's FHIR server that holds the resources of an example, and remembers what it was asked."""

    def __init__(
        self,
        number: str,
        *,
        dead: tuple[str, ...] = (),
        reason: Reason = Reason.TIMEOUT,
        status: int | None = None,
    ) -> None:
        self.held = resources(number)
        self.dead, self.reason, self.status = dead, reason, status
        self.asked: list[str] = []
        self.together: list[list[str]] = []

    def ask(self, queries: Sequence[str], /) -> list[Answered]:
        self.together.append([query.partition("?")[0] for query in queries])
        return [self._answer(query) for query in queries]

    def _answer(self, query: str) -> Answered:
        kind, searched, params = query.partition("?")
        if searched:
            self.asked.append(f"{kind}?{'&'.join(p.partition('=')[0] for p in params.split('&'))}")
            found = [r for r in self.held if r["resourceType"] == kind]
        else:
            self.asked.append(query)
            kind = query.partition("/")[0]
            found = [r for r in self.held if f"{r['resourceType']}/{r['id']}" == query]
        if kind in self.dead:
            return Unreachable(self.reason, self.status)
        return found if found or searched else Unreachable(Reason.ABSENT)


def lent(number: str, **prefetch: Any) -> Call:
    """A call that lends a token, with only this prefetch."""
    body = call(number)
    body |= {"prefetch": prefetch, "fhirServer": BASE, "fhirAuthorization": {"access_token": "secret"}}
    return read(body)
