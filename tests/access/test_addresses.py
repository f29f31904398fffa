"""A-030 to A-051 through the doors of the service: no address that a request gives is looked up or called."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from tests.access.states import Asked, Asker, bearer, served
from tests.cds.calls import WITH_MT, call
from tests.remote.test_endpoints import AMBIGUOUS, ELSEWHERE

from parcours.web.application import Application

START = "/cds-services/parcours-encounter-start"
OURS = "https://x.example/fhir"
"""What the clients file says of the client that calls."""
FORMS = [given.replace(":P", ":8443") for _, given in AMBIGUOUS + ELSEWHERE]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return served(tmp_path_factory.mktemp("addresses"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that somebody looks up, or connects to without; nobody is found."""
    hosts: list[str] = []

    def look_up(host: str, *_: Any, **__: Any) -> Any:
        hosts.append(host)
        raise socket.gaierror

    def connect(_: socket.socket, address: Any) -> None:
        hosts.append(str(address))
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return hosts


def hooked(app: Application, server: str) -> tuple[int, str]:
    """What a call gets whose data is on this server: its status, and where the fault is."""
    lent = {"access_token": "jeton", "token_type": "Bearer", "scope": "patient/*.read user/*.read"}
    body = call(WITH_MT) | {"prefetch": {}, "fhirServer": server, "fhirAuthorization": lent}
    route = Asked(next(app.url_map.iter_rules("cds.invoke")), "POST", START)
    signed = dict(bearer(Asker(app, route).signed()).headers)
    reply = app.test_client().post(START, json=body, headers=signed)
    outcome = json.loads(reply.data)
    return reply.status_code, outcome["issue"][0]["expression"][0]


def launched(app: Application, iss: str) -> int:
    query = {"iss": iss, "launch": "chart"}
    return (
        app.test_client().get("/launch", query_string=query, base_url="https://parcours.example").status_code
    )


def test_a030_to_a042_there_are_as_many_forms_as_were_asked_for() -> None:
    assert len(set(FORMS)) >= 60


def test_a030_to_a042_no_server_that_a_call_names_is_looked_up_or_called(
    app: Application, asked: list[str]
) -> None:
    answers = {form: hooked(app, form) for form in FORMS}
    assert {form: said for form, said in answers.items() if said != (422, "fhirServer")} == {
        "": (400, "fhirServer")
    }
    assert asked == []


def test_a051_no_server_that_a_launch_names_is_looked_up_or_called(
    app: Application, asked: list[str]
) -> None:
    answers = {form: launched(app, form) for form in FORMS}
    assert {form: status for form, status in answers.items() if status != 403} == {"": 400}
    assert asked == []


def test_the_server_of_the_clients_file_is_looked_up_by_both_doors(
    app: Application, asked: list[str]
) -> None:
    """The control: the doors of the tests above lead somewhere, and what is asked is seen."""
    assert hooked(app, OURS)[0] == 412
    assert asked == ["x.example"] * len(asked) != []
    asked.clear()
    assert launched(app, OURS) in (502, 503)
    assert set(asked) == {"x.example"}
