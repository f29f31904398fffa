"""Clients of the CDS services in tests: their keys, their tokens, and a service that asks for them."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import uuid
from typing import Any, cast

from flask import Flask, request
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from parcours.clients import Client, Clients
from parcours.remote.keys import Keys, read_key
from parcours.smart.access_tokens import Accesses
from parcours.smart.certificates import Certificates
from parcours.smart.trust import Trust, UsedNames
from parcours.store.tokens import JetonsAcces
from parcours.web import replies, trust

BASE = "https://parcours.example"
PATH = "/cds-services/parcours-patient-view"
FEEDBACK = f"{PATH}/feedback"
ISSUER = "https://logiciel-x.example"
EC = ECKey.generate_key("P-384", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
FORGER = ECKey.generate_key("P-384", {"kid": "ec"})
P256 = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ec"})
Key = ECKey | RSAKey | OKPKey


def public(*keys: ECKey | RSAKey) -> list[dict[str, Any]]:
    return [dict(key.as_dict(private=False)) for key in keys]


def keyring(*keys: ECKey | RSAKey) -> Keys:
    return dict(read_key(jwk) for jwk in public(*keys))


KNOWN = Client(id="x", issuer=ISSUER, tenant="cabinet-1", keys=keyring(EC, RSA))
TWO_PRACTICES = Client(
    id="y", issuer="https://y.example", tenant="", tenants={"a": "nord", "b": "sud"}, keys=keyring(EC)
)


def gate(clients: Clients, names: UsedNames) -> trust.Gate:
    """What knows these clients by the tokens they sign; it has no store for accesses."""
    trusting = Trust(clients, names)
    return trust.Gate(
        trusting, Accesses(clients, trusting, cast(JetonsAcces, None), ""), Certificates(clients, "", set())
    )


def application(clients: Clients, names: UsedNames) -> FlaskClient:
    """A service that says for which tenant it was called."""
    app = Flask("test", static_folder=None)
    replies.register(app)
    trust.register(app, gate(clients, names) if clients else None)

    def serve(**_: str) -> str:
        return trust.signed(request, BASE + request.path).client.tenant

    app.add_url_rule("/cds-services/<id>", "service", serve, methods=["POST"])
    app.add_url_rule("/cds-services/<id>/feedback", "feedback", serve, methods=["POST"])
    return app.test_client()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:
    """Good claims, with these changes; ``None`` leaves one out."""
    now = int(dt.datetime.now(dt.UTC).timestamp())
    good = {"iss": ISSUER, "aud": BASE + PATH, "iat": now, "exp": now + 300, "jti": uuid.uuid4().hex}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def header(**changed: Any) -> dict[str, Any]:
    good = {"alg": "ES384", "kid": "ec", "typ": "JWT"}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(
    payload: dict[str, Any] | bytes, head: dict[str, Any] | bytes | None = None, key: Key = EC, alg: str = ""
) -> str:
    """A token truly signed, by ``alg`` of the head unless said, whatever the head says."""
    head = header() if head is None else head
    algorithm = alg or (head["alg"] if isinstance(head, dict) else "ES384")
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (head, payload)]
    said = ".".join(map(b64, parts))
    return f"{said}.{b64(jws.JWSRegistry.algorithms[algorithm].sign(said.encode(), key))}"


def confused() -> str:
    """HS384 with our public key as the secret."""
    said = ".".join(b64(json.dumps(part).encode()) for part in (header(alg="HS384"), claims()))
    return f"{said}.{b64(hmac.digest(EC.as_pem(private=False), said.encode(), 'sha384'))}"


def unsigned(head: dict[str, Any]) -> str:
    return f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims()).encode())}.{b64(b'x')}"


def ahead(seconds: float) -> float:
    return dt.datetime.now(dt.UTC).timestamp() + seconds


def call(client: FlaskClient, text: str | None, path: str = PATH, scheme: str = "Bearer ") -> int:
    headers = {} if text is None else {"Authorization": scheme + text}
    return client.post(path, headers=headers).status_code
