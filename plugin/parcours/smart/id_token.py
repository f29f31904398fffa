"""Who signed in: an ``id_token``, believed after all the checks of OpenID Connect Core, 3.1.3.7."""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from parcours.smart.refusal import Refus, Refused

ALGORITHMS = {"RS256": "RSA", "RS384": "RSA", "ES256": "P-256", "ES384": "P-384"}
"""Those of SMART and of Pro Santé Connect, each with the only kind of key it goes with."""
MAX_TOKEN = 16_384
MIN_RSA_BITS = 2048
LEEWAY = 60
"""Seconds by which the clock of the other side may be ahead of ours, or behind."""

Claims = Mapping[str, Any]
_REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


def proven_claims(
    token: str,
    published: object,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: float,
    nonce_needed: bool = True,
) -> Claims:
    """The claims of a token, signed by one of the ``published`` keys for this client and this very launch.

    ``now`` in seconds since 1970. Without ``nonce_needed`` a token may say none. Raises ``Refused``.
    """
    claims = _signed(token, published)
    _check(claims.get("iss") == issuer, "iss")
    _check(_is_for(claims, client_id), "aud")
    _check(_is_current(claims, now), "time")
    given = claims.get("nonce", None if nonce_needed else nonce)
    _check(isinstance(given, str) and hmac.compare_digest(given.encode(), nonce.encode()), "nonce")
    _check(isinstance(claims.get("sub"), str) and bool(claims["sub"]), "sub")
    return claims


def _signed(token: str, published: object) -> Claims:
    _check(len(token) <= MAX_TOKEN, "size")
    try:
        header = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
        _check(header.get("alg") in ALGORITHMS, "algorithm")
        key = _key(published, header["alg"], header.get("kid"))
        payload = jws.deserialize_compact(token, key, algorithms=[header["alg"]], registry=_REGISTRY).payload
        claims = msgspec.json.decode(payload)  # no half of a character, which nobody could write down
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        claims = None
    _check(isinstance(claims, dict), "signature")
    return dict(claims or {})


def _key(published: object, algorithm: str, kid: object) -> ECKey | RSAKey:
    """The one published key of this name and kind; without a name there must be no choice."""
    listed = published.get("keys") if isinstance(published, dict) else None
    fit = [jwk for jwk in listed or () if isinstance(jwk, dict) and _is_fit(jwk, algorithm)]
    named = [jwk for jwk in fit if kid is None or jwk.get("kid") == kid]
    _check(len(named) == 1, "key")
    jwk = named[0]
    if jwk["kty"] == "EC":
        return ECKey.import_key(jwk)
    rsa = RSAKey.import_key(jwk)
    _check(rsa.public_key.key_size >= MIN_RSA_BITS, "key")
    return rsa


def _is_fit(jwk: Mapping[str, Any], algorithm: str) -> bool:
    kind = jwk.get("crv") if jwk.get("kty") == "EC" else jwk.get("kty")
    return (
        kind == ALGORITHMS[algorithm]
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", algorithm) == algorithm
        and "d" not in jwk
    )


def _is_for(claims: Claims, client_id: str) -> bool:
    """Is it for us? Among several, the party it was issued to must be us too."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", client_id if len(named) == 1 else None)
    return client_id in named and party == client_id


def _is_current(claims: Claims, now: float) -> bool:
    """Written so that a value that is no number, NaN included, makes it false."""
    issued, expires = _number(claims.get("iat")), _number(claims.get("exp"))
    return issued <= now + LEEWAY and now < expires + LEEWAY


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan


def _check(holds: bool, detail: str) -> None:
    if not holds:
        raise Refused(Refus.IDENTITY, detail)
