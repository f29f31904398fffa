"""F-059: which certificates are believed. There is no switch to believe more."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.remote.loopback import Listen, Talk, content, says

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.unreachable import Reason, Unreachable

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
Days = tuple[dt.datetime, dt.datetime]
CURRENT = (NOW - DAY, NOW + DAY)
HERE: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
ELSEWHERE: list[x509.GeneralName] = [x509.DNSName("other.example")]


@dataclass(frozen=True)
class Authority:
    """A certification authority of the test, and its certificate in a file."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    file: Path

    @classmethod
    def make(cls, folder: Path) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        extension = x509.BasicConstraints(ca=True, path_length=0)
        certificate = _builder(key, "TEST CA", "TEST CA", CURRENT).add_extension(extension, True)
        signed = certificate.sign(key, hashes.SHA256())
        file = folder / f"{signed.serial_number}.pem"
        file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        return cls(key, signed, file)

    def server(self, names: list[x509.GeneralName], valid: Days) -> ssl.SSLContext:
        """A server with a certificate for these names and days."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _builder(key, "TEST", "TEST CA", valid).add_extension(
            x509.SubjectAlternativeName(names), False
        )
        signed = leaf.sign(self.key, hashes.SHA256())
        file = self.file.with_name(f"{signed.serial_number}.pem")
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _builder(
    key: ec.EllipticCurvePrivateKey, subject: str, issuer: str, valid: Days
) -> x509.CertificateBuilder:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
    )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


def answered(base: Endpoint, seconds: float = 5) -> object:
    try:
        with Conversation(base, Deadline.after(seconds), "secret") as conversation:
            return conversation.get("/fhir/Patient/1")
    except Unreachable as error:
        return error.reason


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_of_the_configured_authority_for_the_name_called_is_believed(
    listen: Listen, authority: Authority, host: str
) -> None:
    heard: list[str | None] = []
    context = authority.server(HERE, CURRENT)
    context.sni_callback = lambda _sock, name, _context: heard.append(name)
    server = listen(says(content({"ok": True})), context)
    assert answered(server.base("https", host, str(authority.file))) == {"ok": True}
    assert heard == ["localhost" if host == "localhost" else None], "SNI holds the name, never the address"


@pytest.mark.parametrize(
    ("names", "valid"),
    [
        pytest.param(ELSEWHERE, CURRENT, id="wrong host"),
        pytest.param(HERE, (NOW - 2 * DAY, NOW - DAY), id="expired"),
        pytest.param(HERE, (NOW + DAY, NOW + 2 * DAY), id="not yet valid"),
    ],
)
def test_f059_other_certificates_are_refused_before_a_word_is_said(
    listen: Listen,
    authority: Authority,
    names: list[x509.GeneralName],
    valid: Days,
) -> None:
    server = listen(says(content({})), authority.server(names, valid))
    assert answered(server.base("https", "localhost", str(authority.file))) is Reason.TLS
    assert (server.connections, server.heads) == (1, [])


def test_f059_an_unknown_authority_is_refused(listen: Listen, authority: Authority, tmp_path: Path) -> None:
    server = listen(says(content({})), Authority.make(tmp_path).server(HERE, CURRENT))
    assert answered(server.base("https", "localhost", str(authority.file))) is Reason.TLS
    assert answered(server.base("https", "localhost")) is Reason.TLS, "nor is it among the public ones"
    assert server.heads == []


def test_f059_tls_11_is_refused(listen: Listen, authority: Authority) -> None:
    context = authority.server(HERE, CURRENT)
    with pytest.warns(DeprecationWarning, match="TLS"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    server = listen(says(content({})), context)
    assert answered(server.base("https", "localhost", str(authority.file))) is Reason.TLS


def test_f059_plain_http_on_the_port_of_tls_is_refused(listen: Listen, authority: Authority) -> None:
    server = listen(says(content({})))
    assert answered(server.base("https", "localhost", str(authority.file)), 1) in (Reason.TLS, Reason.TIMEOUT)


def test_f059_the_environment_cannot_add_an_authority(
    listen: Listen, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.file))
    server = listen(says(content({})), authority.server(HERE, CURRENT))
    assert answered(server.base("https", "localhost")) is Reason.TLS


def test_f049_headers_that_drip_through_tls_meet_the_deadline(listen: Listen, authority: Authority) -> None:
    def drips(talk: Talk) -> None:
        talk.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 500)

    server = listen(drips, authority.server(HERE, CURRENT))
    assert answered(server.base("https", "localhost", str(authority.file)), 0.4) is Reason.TIMEOUT
