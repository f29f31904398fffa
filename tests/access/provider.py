"""An OpenID provider on this machine that speaks as Pro Santé Connect does, or lies as a test wants."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.listening import POLL_S

KEY = RSAKey.generate_key(2048, {"kid": "psc"})
OTHER = RSAKey.generate_key(2048, {"kid": "psc"})
REALM = "/auth/realms/esante-wallet"
RPPS = "10100000002"


class Provider:
    """What it says can be changed by a test; ``asked`` holds the forms and tokens it was shown."""

    def __init__(self) -> None:
        self.tell_the_truth()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=[POLL_S])
        self._thread.start()

    def tell_the_truth(self) -> None:
        """Forget what it was told to say, and what it was asked."""
        self.document: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.key = KEY
        self.nonce = ""
        self.status = 200
        self.answer: dict[str, Any] = {}
        self.posted: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.tokens: list[str | None] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def issuer(self) -> str:
        return self.origin + REALM

    def configuration(self) -> dict[str, Any]:
        names = {"authorization": "auth", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
        told = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/certs", **told} | self.document

    def id_token(self) -> str:
        now = int(dt.datetime.now(dt.UTC).timestamp())
        good = {
            "iss": self.issuer,
            "aud": "parcours",
            "sub": "f:1",
            "iat": now,
            "exp": now + 120,
            "auth_time": now - 60,
            "nonce": self.nonce,
            "acr": "eidas1",
        }
        said = {name: value for name, value in {**good, **self.claims}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "psc"}, said, self.key, algorithms=["RS256"])

    def told(self) -> dict[str, Any]:
        person = {"sub": "f:1", "SubjectNameID": f"8{RPPS}", "given_name": "Alex", "family_name": "EXEMPLE"}
        return person | self.userinfo

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.tokens.append(self.headers["Authorization"])
            pages: dict[str, Callable[[], object]] = {
                f"{REALM}/.well-known/openid-configuration": provider.configuration,
                f"{REALM}/certs": lambda: {"keys": [KEY.as_dict(private=False)]},
                f"{REALM}/userinfo": provider.told,
            }
            self._say(pages[self.path]())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            provider.posted.append(self.path)
            provider.forms.append({name: value for name, (value,) in form.items()})
            told = {"access_token": secrets.token_urlsafe(8), "id_token": provider.id_token()}
            self._say(told | provider.answer, provider.status)

        def _say(self, told: object, status: int = 200) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
