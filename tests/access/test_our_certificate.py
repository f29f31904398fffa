"""Mutual TLS outwards: a server that asks for our certificate is shown the one that is configured for it."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from tests.remote.conftest import listen
from tests.remote.loopback import Listen, content, says
from tests.remote.test_tls import CURRENT, HERE, Authority

from parcours.remote.deadline import Deadline
from parcours.remote.oauth import ask_token
from parcours.remote.unreachable import Reason, Unreachable

__all__ = ["listen"]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


def demanding(authority: Authority) -> ssl.SSLContext:
    """What a server does that asks for a certificate of this authority."""
    context = authority.server(HERE, CURRENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(str(authority.file))
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # it refuses before it answers, rather than after
    return context


def ours(authority: Authority, folder: Path) -> tuple[str, str]:
    """A certificate and its key, in a file each."""
    before = set(folder.glob("*.pem"))
    authority.server(HERE, CURRENT)
    (both,) = set(folder.glob("*.pem")) - before
    text = both.read_text("ascii")
    end = "-----END CERTIFICATE-----\n"
    certificate, key = folder / "ours.pem", folder / "ours.key"
    certificate.write_text(text[: text.index(end) + len(end)], encoding="ascii")
    key.write_text(text[text.index(end) + len(end) :], encoding="ascii")
    return str(certificate), str(key)


def test_who_asks_for_our_certificate_is_shown_it(
    listen: Listen, authority: Authority, tmp_path: Path
) -> None:
    server = listen(says(content({"access_token": "x"})), demanding(authority))
    base = server.base("https", "localhost", str(authority.file))
    told = ask_token(base, {"code": "x"}, Deadline.after(5), ours(authority, tmp_path))
    assert told == {"access_token": "x"}


def test_without_it_the_server_hears_nothing(listen: Listen, authority: Authority) -> None:
    server = listen(says(content({})), demanding(authority))
    with pytest.raises(Unreachable) as refused:
        ask_token(server.base("https", "localhost", str(authority.file)), {"code": "x"}, Deadline.after(5))
    assert refused.value.reason in (Reason.TLS, Reason.CONNECT)
    assert server.heads == []
