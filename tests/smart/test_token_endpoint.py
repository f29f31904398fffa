"""A form with a code or a signature goes to one address, and follows nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.listening import listening
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.oauth import ask_token
from parcours.remote.unreachable import Unreachable

ANSWERS = {
    "/moved": Response(status=307, headers={"Location": "/token"}),
    "/refused": Response('{"error": "invalid_grant"}', 400, mimetype="application/json"),
    "/page": Response("<p>", mimetype="text/html"),
    "/token": Response('{"access_token": "x"}', mimetype="application/json"),
}


@pytest.fixture
def seen() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def origin(seen: list[tuple[str, str]]) -> Iterator[str]:
    @Request.application
    def answer(request: Request) -> Response:
        seen.append((request.method, request.path))
        return ANSWERS[request.path]

    with listening(make_server("127.0.0.1", 0, answer)) as port:
        yield f"http://127.0.0.1:{port}"


def test_a_token_is_asked_with_one_post(origin: str, seen: list[tuple[str, str]]) -> None:
    endpoint = Endpoint.parse(f"{origin}/token")
    assert ask_token(endpoint, {"code": "c"}, Deadline.after(5)) == {"access_token": "x"}
    assert seen == [("POST", "/token")]


@pytest.mark.parametrize(
    ("path", "reason"), [("moved", "redirect"), ("refused", "status"), ("page", "content")]
)
def test_anything_but_a_token_is_followed_nowhere(
    origin: str, seen: list[tuple[str, str]], path: str, reason: str
) -> None:
    with pytest.raises(Unreachable, match=reason):
        ask_token(Endpoint.parse(f"{origin}/{path}"), {"code": "c"}, Deadline.after(5))
    assert len(seen) == 1
