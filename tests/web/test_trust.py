"""Tokens of CDS clients: C19, C20, and the tricks of the catalogue (A-001 to A-057), by their numbers."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.web.tokens import (
    BASE,
    EC,
    ED,
    FEEDBACK,
    FORGER,
    ISSUER,
    KNOWN,
    P256,
    PATH,
    RSA,
    TWO_PRACTICES,
    Key,
    ahead,
    application,
    b64,
    call,
    claims,
    confused,
    header,
    public,
    token,
    unsigned,
)

from parcours.clients import Clients
from parcours.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store.open(str(tmp_path_factory.mktemp("trust") / "store.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return application(Clients([KNOWN, TWO_PRACTICES]), store.jetons)


# ---------------------------------------------------------------- what is accepted


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: token(claims()), id="C19 ES384"),
        pytest.param(lambda: token(claims(), header(alg="RS384", kid="rsa"), RSA), id="C19 RS384"),
        pytest.param(lambda: token(claims(sub="x", nbf=ahead(0))), id="C19 sub and nbf, as Epic sends them"),
        pytest.param(lambda: token(claims(), header(jku="https://logiciel-x.example/j")), id="C19 jku"),
        pytest.param(lambda: token(claims(), header(typ=None)), id="without typ"),
        pytest.param(lambda: token(claims(), header(unknown={"a": 1})), id="a header nobody understands"),
        pytest.param(lambda: token(claims(aud=["https://other.example", BASE + PATH])), id="A-014 a list"),
        pytest.param(lambda: token(claims(iat=ahead(59), exp=ahead(300))), id="A-013 59 s ahead"),
        pytest.param(lambda: token(claims(nbf=ahead(59))), id="A-013 nbf 59 s ahead"),
        pytest.param(lambda: token(claims(iat=ahead(0), exp=ahead(300.9))), id="a clock that was read twice"),
        pytest.param(lambda: token(claims(iat=ahead(-290), exp=ahead(9.5))), id="about to expire"),
        pytest.param(lambda: token(claims(tenant="cabinet-1")), id="its own tenant"),
        pytest.param(lambda: token(claims(jti="j" * 224 + uuid.uuid4().hex[:31])), id="a long jti"),
    ],
)
def test_c19_a_good_token_is_accepted(client: FlaskClient, make: Callable[[], str]) -> None:
    assert call(client, make()) == 200


@pytest.mark.parametrize("scheme", ["bearer ", "BEARER ", "Bearer   "])
def test_a001_the_scheme_is_written_as_one_likes(client: FlaskClient, scheme: str) -> None:
    assert call(client, token(claims()), scheme=scheme) == 200


def test_the_tenant_is_what_the_configuration_says(client: FlaskClient) -> None:
    for claimed, ours in (("a", b"nord"), ("b", b"sud")):
        text = token(claims(iss=TWO_PRACTICES.issuer, tenant=claimed))
        assert client.post(PATH, headers={"Authorization": f"Bearer {text}"}).data == ours


# ---------------------------------------------------------------- what is refused, and why (for the log only)

HEADERS: list[tuple[str, Callable[[], str | None]]] = [
    ("A-001 no header", lambda: None),
    ("A-001 Basic", lambda: "Basic dXNlcjpwYXNz"),
    ("A-001 two", lambda: f"Bearer {token(claims())}, Bearer {token(claims())}"),
    ("A-001 no scheme", lambda: token(claims())),
    ("A-002 empty", lambda: "Bearer "),
    ("A-002 not a JWT", lambda: "Bearer secret"),
    ("A-002 only dots", lambda: "Bearer .."),
    ("A-002 four parts", lambda: f"Bearer {token(claims())}.x"),
    ("A-002 JWE", lambda: "Bearer a.b.c.d.e"),
    ("A-002 no signature", lambda: f"Bearer {token(claims()).rpartition('.')[0]}."),
    ("A-002 trailing space", lambda: f"Bearer {token(claims())} "),
    ("A-002 padding", lambda: f"Bearer {token(claims())}="),
    ("A-002 other base64", lambda: f"Bearer {token(claims())[:-1]}+"),
    ("A-025 1 MB", lambda: "Bearer " + token(claims(x="a" * 1_000_000))),
    ("A-009 kid of 10 kB", lambda: "Bearer " + token(claims(), header(kid="k" * 10_000))),
]

TOKENS: list[tuple[str, str, Callable[[], str]]] = [
    ("A-002 header is no JSON", "form", lambda: token(claims(), b"{")),
    ("A-002 header is a list", "form", lambda: token(claims(), b"[]")),
    ("A-002 header is text", "form", lambda: token(claims(), b'"alg"')),
    ("A-002 payload is no JSON", "form", lambda: token(b"{")),
    ("A-002 payload is a list", "form", lambda: token(b"[]")),
    ("A-002 payload is deep", "form", lambda: token(b"[" * 3000)),
    (
        "A-002 header is deep",
        "form",
        lambda: token(claims(), b'{"alg":"ES384","kid":"ec","x":' + b"[" * 3000),
    ),
    ("A-002 payload is Latin-1", "form", lambda: token(b'{"iss":"\xe9"}')),
    ("A-003 none", "algorithm", lambda: unsigned(header(alg="none"))),
    ("A-003 nOnE", "algorithm", lambda: unsigned(header(alg="nOnE"))),
    ("A-003 absent", "form", lambda: token(claims(), header(alg=None), alg="ES384")),
    ("A-003 list", "algorithm", lambda: token(claims(), header(alg=["ES384"]), alg="ES384")),
    (
        "A-003 HS384 with our public key",
        "algorithm",
        confused,
    ),
    ("A-005 ES256", "algorithm", lambda: token(claims(), header(alg="ES256"), P256)),
    ("A-005 RS256", "algorithm", lambda: token(claims(), header(alg="RS256", kid="rsa"), RSA)),
    ("A-005 PS512", "algorithm", lambda: token(claims(), header(alg="PS512", kid="rsa"), RSA)),
    ("A-005 EdDSA", "algorithm", lambda: token(claims(), header(alg="EdDSA"), ED)),
    ("A-005 key of another algorithm", "key", lambda: token(claims(), header(alg="RS384", kid="ec"), RSA)),
    ("A-005 the other way", "key", lambda: token(claims(), header(kid="rsa"))),
    ("A-006 P-256 key, ES384", "signature", lambda: token(claims(), key=P256, alg="ES256")),
    ("A-006 zero", "signature", lambda: f"{token(claims()).rpartition('.')[0]}.{b64(bytes(96))}"),
    ("A-006 short", "signature", lambda: token(claims())[:-8]),
    ("A-006 of another payload", "signature", lambda: _mixed(token(claims()), token(claims(jti="other")))),
    ("A-007 jwk", "signature", lambda: token(claims(), header(jwk=public(FORGER)[0]), FORGER)),
    ("A-007 x5c", "signature", lambda: token(claims(), header(x5c=["MIIB"]), FORGER)),
    ("A-007 x5u", "signature", lambda: token(claims(), header(x5u="https://evil.example/x"), FORGER)),
    ("A-007 jku", "signature", lambda: token(claims(), header(jku="https://evil.example/x"), FORGER)),
    ("A-009 no kid", "form", lambda: token(claims(), header(kid=None))),
    ("A-009 empty kid", "form", lambda: token(claims(), header(kid=""))),
    ("A-009 kid is a list", "form", lambda: token(claims(), header(kid=["ec"]))),
    ("A-009 long kid", "form", lambda: token(claims(), header(kid="k" * 256))),
    ("A-009 unknown kid", "key", lambda: token(claims(), header(kid="other"))),
    ("A-009 kid is a path", "key", lambda: token(claims(), header(kid="../../key"))),
    ("A-009 kid is SQL", "key", lambda: token(claims(), header(kid="' OR 1=1 --"))),
    ("A-010 crit unknown", "form", lambda: token(claims(), header(crit=["exp"], exp=1))),
    ("A-010 crit empty", "form", lambda: token(claims(), header(crit=[]))),
    ("A-010 b64 false", "form", lambda: token(claims(), header(b64=False, crit=["b64"]))),
    ("A-010 b64 true", "form", lambda: token(claims(), header(b64=True))),
    ("A-011 no iss", "issuer", lambda: token(claims(iss=None))),
    ("A-011 no aud", "audience", lambda: token(claims(aud=None))),
    ("A-011 no exp", "time", lambda: token(claims(exp=None))),
    ("A-011 no iat", "time", lambda: token(claims(iat=None))),
    ("A-011 no jti", "jti", lambda: token(claims(jti=None))),
    ("A-011 empty jti", "jti", lambda: token(claims(jti=""))),
    ("A-011 jti is a number", "jti", lambda: token(claims(jti=7))),
    ("A-011 jti is half a character", "jti", lambda: token(claims(jti="\ud800"))),
    ("A-011 jti on two lines", "jti", lambda: token(claims(jti="a\nb"))),
    ("A-011 long jti", "jti", lambda: token(claims(jti="j" * 256))),
    ("A-013 iat 61 s ahead", "time", lambda: token(claims(iat=ahead(61), exp=ahead(300)))),
    ("A-013 nbf 61 s ahead", "time", lambda: token(claims(nbf=ahead(61)))),
    ("A-013 nbf is text", "time", lambda: token(claims(nbf="0"))),
    ("expired", "time", lambda: token(claims(iat=ahead(-200), exp=ahead(-1)))),
    ("too long a life", "time", lambda: token(claims(exp=ahead(310)))),
    ("too old, still valid", "time", lambda: token(claims(iat=ahead(-3600), exp=ahead(60)))),
    ("exp before iat", "time", lambda: token(claims(iat=ahead(50), exp=ahead(40)))),
    ("exp is text", "time", lambda: token(claims(exp=str(ahead(100))))),
    ("exp is true", "time", lambda: token(claims(exp=True))),
    ("exp is NaN", "time", lambda: token(claims(exp=float("nan")))),
    ("exp is endless", "time", lambda: token(claims(exp=float("inf")))),
    ("iat and exp are endless", "time", lambda: token(claims(iat=float("inf"), exp=float("inf")))),
    ("exp is huge", "time", lambda: token(claims(exp=10**400))),
    ("A-014 base URL", "audience", lambda: token(claims(aud=BASE))),
    (
        "A-014 other service",
        "audience",
        lambda: token(claims(aud=f"{BASE}/cds-services/parcours-order-sign")),
    ),
    ("A-014 trailing slash", "audience", lambda: token(claims(aud=f"{BASE}{PATH}/"))),
    ("A-014 prefix", "audience", lambda: token(claims(aud=f"{BASE}{PATH}"[:-1]))),
    ("A-014 longer", "audience", lambda: token(claims(aud=f"{BASE}{PATH}.evil.example"))),
    ("A-014 other case", "audience", lambda: token(claims(aud=f"{BASE}{PATH}".upper()))),
    ("A-014 list of objects", "audience", lambda: token(claims(aud=[BASE + PATH, {"a": 1}]))),
    ("A-014 nested list", "audience", lambda: token(claims(aud=[[BASE + PATH]]))),
    ("A-014 empty list", "audience", lambda: token(claims(aud=[]))),
    ("A-014 object", "audience", lambda: token(claims(aud={BASE + PATH: 1}))),
    ("A-014 number", "audience", lambda: token(claims(aud=7))),
    ("A-015 unknown", "issuer", lambda: token(claims(iss="https://evil.example"))),
    ("A-015 part of a known one", "issuer", lambda: token(claims(iss=ISSUER[:-1]))),
    ("A-015 longer", "issuer", lambda: token(claims(iss=f"{ISSUER}.evil.example"))),
    ("A-015 other case", "issuer", lambda: token(claims(iss=ISSUER.upper()))),
    ("A-015 list", "issuer", lambda: token(claims(iss=[ISSUER]))),
    ("A-015 object", "issuer", lambda: token(claims(iss={}))),
    ("A-026 another tenant", "tenant", lambda: token(claims(tenant="cabinet-2"))),
    ("A-057 empty tenant", "tenant", lambda: token(claims(tenant=""))),
    ("A-057 every tenant", "tenant", lambda: token(claims(iss=TWO_PRACTICES.issuer, tenant="*"))),
    ("A-057 tenant left out", "tenant", lambda: token(claims(iss=TWO_PRACTICES.issuer))),
    (
        "A-057 our name of the tenant",
        "tenant",
        lambda: token(claims(iss=TWO_PRACTICES.issuer, tenant="nord")),
    ),
    ("A-027 for the service, used for feedback", "audience", lambda: token(claims(aud=BASE + FEEDBACK))),
]


def _mixed(one: str, other: str) -> str:
    head, _, signature = one.split(".")
    return f"{head}.{other.split('.')[1]}.{signature}"


def refused(client: FlaskClient, authorization: str | None, log: pytest.LogCaptureFixture) -> str:
    """The reason in the log; the answer tells nothing, and the same to all."""
    log.clear()
    with log.at_level(logging.INFO):
        reply = client.post(PATH, headers={} if authorization is None else {"Authorization": authorization})
    assert (reply.status_code, reply.data) == (401, b"")
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    (record,) = log.records
    text = record.getMessage()
    assert "eyJ" not in text, "no token in the log"
    assert "\n" not in text
    return text.removeprefix("client refused: ")


@pytest.mark.parametrize("make", [row[1] for row in HEADERS], ids=[row[0] for row in HEADERS])
def test_a_header_that_holds_no_token_is_refused(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, make: Callable[[], str | None]
) -> None:
    assert refused(client, make(), caplog) == "reason=header client=-"


def test_a001_a_token_in_the_url_is_not_looked_at(client: FlaskClient) -> None:
    assert client.post(PATH, query_string={"access_token": token(claims())}).status_code == 401


@pytest.mark.parametrize(("reason", "make"), [row[1:] for row in TOKENS], ids=[row[0] for row in TOKENS])
def test_a_token_is_refused_for_its_fault(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, reason: str, make: Callable[[], str]
) -> None:
    said = refused(client, f"Bearer {make()}", caplog)
    assert said.startswith(f"reason={reason} client=")
    known = reason not in ("form", "algorithm", "issuer")
    assert said.endswith(("client=x", "client=y") if known else "client=-")


def test_c20_the_checks_come_in_the_order_of_the_specification(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything is wrong; then, one after the other, the first fault is mended."""
    wrong: dict[str, Any] = {"iss": "?", "aud": "?", "exp": 1, "tenant": "?", "jti": 7}
    found = []
    key: Key = FORGER
    for mended in ("iss", "aud", "exp", "tenant", "", "jti"):
        found.append(refused(client, f"Bearer {token(claims(**wrong), key=key)}", caplog).split()[0])
        wrong.pop(mended, None)
        key = key if mended else EC
    assert found == [f"reason={r}" for r in ("issuer", "audience", "time", "tenant", "signature", "jti")]
