"""What somebody may show who asks: every kind of credential, good and spoilt, made for one application."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.web.tokens import EC, FORGER, b64, claims, header, public, token
from werkzeug.routing import Rule

from parcours.clients.scopes import OPERATIONS, WHOLE
from parcours.settings import Settings
from parcours.smart.identity import Identite
from parcours.smart.secret import Secret
from parcours.smart.signed_in import FORM, Register
from parcours.store.tokens import Given
from parcours.web import create_app
from parcours.web.application import Application
from parcours.web.smart import Smart

PUBLIC = "https://parcours.example"
PROXY, STRANGER = "10.1.1.1", "10.2.2.2"
CERTIFICATE_HEADER = "ClientCertificate"
COOKIE = "__Host-parcours"
DOCTOR = Identite(sujet="1", source="psc", nom="Alex EXEMPLE", rpps="10100000002")
OPERATOR_TOKEN = "operateur-" + secrets.token_urlsafe(24)


def certificate(name: str) -> str:
    """A certificate as PEM. Who issued it is the proxy's concern."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + dt.timedelta(days=1))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def digest(pem: str) -> str:
    """Its SHA-256, as the clients file has it."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(SHA256()).hex()


KNOWN_CERTIFICATE, OTHER_CERTIFICATE = certificate("x.example"), certificate("autre.example")


def row(name: str, tenant: str, *more: str) -> str:
    keys = json.dumps(public(EC)).replace('":', '" =')
    lines = (f'id = "{name}"', f'issuer = "https://{name}.example"', f"keys = {keys}", f'tenant = "{tenant}"')
    launched = ("[client.smart]", 'client_id = "parcours"')
    base = f'fhir_base = "https://{name}.example/fhir"'
    return "\n".join(("[[client]]", *lines, base, *more, *launched)) + "\n"


def served(folder: Path) -> Application:
    """A service with two practices, whoever runs it, and a proxy before it."""
    clients = folder / "clients.toml"
    clients.write_text(
        row("x", "nord", f'certificate_sha256 = "{digest(KNOWN_CERTIFICATE)}"')
        + row("y", "sud")
        + row("exploitant", "nord", f'scopes = "{OPERATIONS}"'),
        encoding="utf-8",
    )
    told = folder / "operateur"
    told.write_text(OPERATOR_TOKEN, encoding="ascii")
    for file in (clients, told):
        file.chmod(0o600)
    return create_app(
        Settings(
            clients=str(clients),
            public_url=PUBLIC,
            database=str(folder / "kept.sqlite"),
            keys=str(folder / "keys"),
            proxy=PROXY,
            certificate_header=CERTIFICATE_HEADER,
            metrics_token_file=str(told),
            quota=1_000_000,
        )
    )


@dataclass(frozen=True)
class Shown:
    """What one request shows: headers, a cookie (``jar`` is its name), the proof in its form, from where."""

    headers: Mapping[str, str] = field(default_factory=dict)
    cookie: str | None = None
    jar: str = COOKIE
    proof: str = ""
    peer: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One route, as it is asked: its rule, method, and path."""

    rule: Rule
    method: str
    path: str

    @property
    def audience(self) -> str:
        """What a signed token must name."""
        return PUBLIC + (self.path if self.path.startswith("/cds-services") else "/fhir")


@dataclass(frozen=True)
class Asker:
    """Makes what is shown to one route of an application."""

    app: Application
    asked: Asked
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def signed(self, who: str = "x", key: Any = EC, **changes: Any) -> str:
        said = {"iss": f"https://{who}.example", "aud": self.asked.audience, **changes}
        return token(claims(**said), header(), key)

    def access(self, who: str = "x", tenant: str = "nord", scopes: str = WHOLE, minutes: float = 5) -> str:
        """An access that was given, and ends so many minutes from now."""
        text = secrets.token_urlsafe(32)
        expires = self.now + dt.timedelta(minutes=minutes)
        # Given long ago: what is over is deleted when another one is given.
        before = self.now - dt.timedelta(days=1)
        self.app.store.acces.give(text, Given(who, tenant, scopes), expires, before)
        return text

    def taken_back(self) -> str:
        text = self.access()
        self.app.store.acces.take_back(text, "x")
        return text

    def session(self, client: str = "x", who: Identite | None = DOCTOR, hours: float = 0) -> Secret:
        """The session of somebody who signed in so many hours ago."""
        held = cast(Smart, self.app.extensions["parcours.smart"])
        register: Register = held.visits._register
        return register.begin(client, who, self.now - dt.timedelta(hours=hours))

    def ended(self) -> Secret:
        secret = self.session()
        self.app.store.sessions.end(secret.name)
        return secret


def bearer(text: str) -> Shown:
    return Shown({"Authorization": f"Bearer {text}"})


def sits(secret: Secret, *, form: bool = True) -> Shown:
    """A browser that holds a session, and sends a form of its page, or of nobody's."""
    return Shown(cookie=secret.text, proof=secret.public(FORM) if form else "x")


def by_certificate(pem: str, peer: str) -> Shown:
    return Shown({CERTIFICATE_HEADER: quote(pem)}, peer=peer)


def replayed(asker: Asker) -> Shown:
    """A token whose name was used."""
    name = uuid.uuid4().hex
    ends = asker.now + dt.timedelta(minutes=5)
    assert asker.app.store.jetons.use("https://x.example", name, ends, asker.now)
    return bearer(asker.signed(jti=name))


def twice(asker: Asker) -> Shown:
    """Two headers, as a server hands them on."""
    both = f"Bearer {asker.signed()}, Bearer {asker.signed()}"
    return Shown({"Authorization": both})


Make = Callable[[Asker], Shown]
HOUR_AGO = dt.datetime.now(dt.UTC).timestamp() - 3600

IN, NO, NOT_YOURS, DONE = "in", "401", "403", "200"
KINDS = ("call", "right", "client", "person", "acts", "visit", "leave", "operator")
"""The kinds of routes that somebody owns; what is public is the same whatever is shown."""


def row_of(outcomes: str) -> dict[str, str]:
    return dict(zip(KINDS, outcomes.split(), strict=True))


NOBODY = row_of("401 401 401 403 403 403 403 401")
SIGNER = row_of("in  in  in  403 403 403 403 403")
HOLDER = row_of("401 in  in  403 403 403 403 403")
OPERATING = row_of("401 403 in  403 403 403 403 in")
SEATED = row_of("401 401 401 in  in  403 200 401")
UNPROVEN = row_of("401 401 401 in  403 403 403 401")
UNNAMED = row_of("401 401 401 403 403 403 200 401")
METER = row_of("401 401 401 403 403 403 403 in")

STATES: dict[str, tuple[Make, dict[str, str]]] = {
    "nothing": (lambda _: Shown(), NOBODY),
    "Basic": (lambda _: Shown({"Authorization": f"Basic {b64(b'x:y')}"}), NOBODY),
    "two Authorization headers": (twice, NOBODY),
    "a token in the address": (lambda a: Shown(query={"access_token": a.signed()}), NOBODY),
    "signed": (lambda a: bearer(a.signed()), SIGNER),
    "signed by another practice": (lambda a: bearer(a.signed("y")), SIGNER),
    "signed by a forger": (lambda a: bearer(a.signed(key=FORGER)), NOBODY),
    "signed, expired": (lambda a: bearer(a.signed(iat=HOUR_AGO, exp=HOUR_AGO + 60)), NOBODY),
    "signed, for another address": (lambda a: bearer(a.signed(aud=PUBLIC)), NOBODY),
    "signed, for somewhere else": (lambda a: bearer(a.signed(aud="https://ehr.example")), NOBODY),
    "signed, used before": (replayed, NOBODY),
    "signed, of an unknown issuer": (lambda a: bearer(a.signed("z")), NOBODY),
    "signed, contradicts its tenant": (lambda a: bearer(a.signed(tenant="sud")), NOBODY),
    "an access": (lambda a: bearer(a.access()), HOLDER),
    "an access of another practice": (lambda a: bearer(a.access("y", "sud")), HOLDER),
    "an access, expired": (lambda a: bearer(a.access(minutes=-1)), NOBODY),
    "an access, taken back": (lambda a: bearer(a.taken_back()), NOBODY),
    "an access, of a client that left": (lambda a: bearer(a.access("parti")), NOBODY),
    "an access, to a practice that left": (lambda a: bearer(a.access("x", "parti")), NOBODY),
    "an access, never given": (lambda _: bearer(secrets.token_urlsafe(32)), NOBODY),
    "an access to operations": (lambda a: bearer(a.access("exploitant", scopes=OPERATIONS)), OPERATING),
    "a certificate": (lambda _: by_certificate(KNOWN_CERTIFICATE, PROXY), HOLDER),
    "a certificate, unknown": (lambda _: by_certificate(OTHER_CERTIFICATE, PROXY), NOBODY),
    "a certificate, from a stranger": (lambda _: by_certificate(KNOWN_CERTIFICATE, STRANGER), NOBODY),
    "a session": (lambda a: sits(a.session()), SEATED),
    "a session, and a form of another": (lambda a: sits(a.session(), form=False), UNPROVEN),
    "a session, over": (lambda a: sits(a.session(hours=9)), NOBODY | {"leave": DONE}),
    "a session, closed": (lambda a: sits(a.ended()), NOBODY | {"leave": DONE}),
    "a session, of a software that left": (lambda a: sits(a.session("parti")), UNNAMED),
    "a session, of nobody known": (lambda a: sits(a.session(who=None)), UNNAMED),
    "what the operator holds": (lambda _: bearer(OPERATOR_TOKEN), METER),
}
"""Each state: how it is made for a route, and what it comes to by the kind of the route."""
