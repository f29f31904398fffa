"""The value that a browser holds, and what follows from it."""

from __future__ import annotations

import base64
import hashlib

import msgspec
import pytest

from parcours.smart.pkce import challenge, new_verifier
from parcours.smart.secret import Secret

TEXT = msgspec.json.Decoder(str)


def test_what_is_sealed_is_opened_by_the_same_secret_alone() -> None:
    secret, other = Secret.new(), Secret.new()
    sealed = secret.seal("jeton")
    assert secret.open(sealed, TEXT) == "jeton"
    assert b"jeton" not in sealed
    assert secret.seal("jeton") != sealed
    flipped = sealed[:-2] + (b"AA" if sealed[-2:] != b"AA" else b"BB")
    for holder, content in (
        (other, sealed),
        (secret, flipped),
        (secret, b""),
        (secret, b"a.b.c"),
        (secret, b"\xff"),
        (secret, secret.seal(7)),
    ):
        assert holder.open(content, TEXT) is None


def test_no_derived_value_tells_another_or_the_secret() -> None:
    secret = Secret.new()
    derived = {secret.name, secret.public("state"), secret.public("page"), secret.public("form"), secret.text}
    assert len(derived) == 5
    assert secret.text not in repr(secret)


def test_a_value_proves_its_own_purpose() -> None:
    secret = Secret.new()
    assert secret.proves("form", secret.public("form"))
    assert not secret.proves("form", secret.public("page"))
    assert not secret.proves("form", Secret.new().public("form"))


@pytest.mark.parametrize(
    "text", [None, "", "x", "A" * 42, "A" * 44, "é" * 43, "A" * 42 + "\n", "A" * 42 + "="]
)
def test_a_cookie_of_another_shape_is_none(text: str | None) -> None:
    assert Secret.parse(text) is None


def test_the_challenge_is_the_digest_of_the_verifier() -> None:
    # RFC 7636, appendix B.
    assert (
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    verifier = new_verifier()
    assert len(verifier) == 43
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64decode(challenge(verifier) + "=") == digest
