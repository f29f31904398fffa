"""What an id_token must be before anybody is believed to be who it says."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from parcours.remote.endpoints import Endpoint
from parcours.smart.id_token import ALGORITHMS, proven_claims
from parcours.smart.identity import Identite, identified
from parcours.smart.refusal import Refus, Refused

NOW = 1_800_000_000.0
ISSUER, CLIENT, NONCE = "https://ehr.example/auth", "parcours", "n" * 43
BASE = Endpoint.parse("https://ehr.example/fhir")
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "dr-test",
    "nonce": NONCE,
    "iat": NOW - 5,
    "exp": NOW + 300,
    "fhirUser": "https://ehr.example/fhir/Practitioner/dr",
}
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
P256, P384 = ECKey.generate_key("P-256", {"kid": "p256"}), ECKey.generate_key("P-384", {"kid": "p384"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
PUBLISHED = {"keys": [key.as_dict(private=False) for key in (RSA, P256, P384)]}
KEYS = {"RS256": RSA, "RS384": RSA, "ES256": P256, "ES384": P384}


def signed(claims: object, algorithm: str = "RS256", key: Any = None, **header: object) -> str:
    key = key or KEYS[algorithm]
    head = {"alg": algorithm, "kid": key.kid} | header
    known = {name: value for name, value in head.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact(known, json.dumps(claims).encode(), key, registry=registry)


def proven(token: str, published: object = PUBLISHED) -> Any:
    return proven_claims(token, published, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, now=NOW)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_signed_with_a_published_key_is_believed(algorithm: str) -> None:
    assert proven(signed(CLAIMS, algorithm))["sub"] == "dr-test"


def test_a_token_without_the_name_of_a_key_is_believed_when_there_is_no_choice() -> None:
    assert proven(signed(CLAIMS, kid=None))["sub"] == "dr-test"
    two = {"keys": [*PUBLISHED["keys"], STRANGER.as_dict(private=False)]}
    with pytest.raises(Refused, match="identity"):
        proven(signed(CLAIMS, kid=None), two)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["parcours", "another"]},
        {"aud": [CLIENT], "azp": "another"},
        {"aud": []},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"nonce": 1},
        {"exp": NOW - 61},
        {"exp": "never"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": None},
        {"iat": NOW + 61},
        {"iat": None},
        {"sub": ""},
        {"sub": None},
        {"sub": "\ud800"},
        {"nonce": "\udc00"},
        {"exp": float("inf")},
    ],
    ids=str,
)
def test_a_token_of_another_server_client_launch_or_time_is_not(changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        proven(signed(CLAIMS | changes))
    assert refused.value.refus is Refus.IDENTITY


def test_a_token_that_names_no_launch_is_believed_only_where_something_else_does() -> None:
    bare = signed({name: value for name, value in CLAIMS.items() if name != "nonce"})
    with pytest.raises(Refused, match="identity"):
        proven(bare)

    def without(token: str) -> Any:
        return proven_claims(
            token, PUBLISHED, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, now=NOW, nonce_needed=False
        )

    assert without(bare)["sub"] == "dr-test"
    for nonce in ("m" * 43, None, 1):
        with pytest.raises(Refused, match="identity"):
            without(signed(CLAIMS | {"nonce": nonce}))


def test_a_token_for_several_parties_is_believed_when_it_was_issued_to_us() -> None:
    assert proven(signed(CLAIMS | {"aud": [CLIENT, "another"], "azp": CLIENT}))


def with_header(token: str, header: dict[str, object]) -> str:
    _, payload, signature = token.split(".")
    return f"{urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{payload}.{signature}"


def test_a_token_that_must_be_understood_in_a_way_we_do_not_know_is_not() -> None:
    header = {"alg": "RS256", "kid": "rsa", "crit": ["x"], "x": 1}
    content, _, _ = with_header(signed(CLAIMS), header).rpartition(".")
    signature = RSA.private_key.sign(content.encode(), PKCS1v15(), SHA256())  # type: ignore[union-attr]  # private
    with pytest.raises(Refused, match="identity"):
        proven(f"{content}.{urlsafe_b64encode(signature).decode().rstrip('=')}")


def test_a_token_that_nobody_published_signed_is_not() -> None:
    secret = OctKey.import_key("a secret that everybody has: the text of the public key")
    flipped = signed(CLAIMS)[:-4] + "AAAA"
    for token in (
        signed(CLAIMS, key=STRANGER),
        signed(CLAIMS, key=STRANGER, jwk=STRANGER.as_dict(private=False)),
        signed(CLAIMS, key=STRANGER, kid=None, jku="https://evil.example/jwks", x5u="https://evil.example/x"),
        signed(CLAIMS, kid="another"),
        signed(CLAIMS, "HS256", secret, kid="rsa"),
        with_header(signed(CLAIMS), {"alg": "none"}),
        signed([CLAIMS]),
        flipped,
        "e30.e30.",
        "",
        "x" * 20_000,
    ):
        with pytest.raises(Refused, match="identity"):
            proven(token)


@pytest.mark.parametrize(
    "published",
    [
        None,
        [],
        {},
        {"keys": []},
        {"keys": [1]},
        {"keys": [RSA.as_dict(private=True)]},
        {"keys": [RSA.as_dict(private=False) | {"use": "enc"}]},
        {"keys": [RSA.as_dict(private=False) | {"alg": "RS512"}]},
        {"keys": [RSA.as_dict(private=False)] * 2},
        {"keys": [{"kty": "RSA", "kid": "rsa", "n": "AQ", "e": "AQAB"}]},
    ],
    ids=range(10),
)
def test_keys_that_are_none_or_are_for_something_else_prove_nothing(published: object) -> None:
    with pytest.raises(Refused, match="identity"):
        proven(signed(CLAIMS), published)


# ---------------------------------------------------------------- who it is


@pytest.mark.parametrize(
    ("reference", "user"),
    [
        ("https://ehr.example/fhir/Practitioner/dr", "Practitioner/dr"),
        ("Practitioner/dr", "Practitioner/dr"),
        ("PractitionerRole/role-1", "PractitionerRole/role-1"),
        ("https://evil.example/fhir/Practitioner/dr", None),
        ("https://ehr.example/fhirs/Practitioner/dr", None),
        ("Patient/p", None),
        ("RelatedPerson/p", None),
        ("Practitioner/..", None),
        ("Practitioner/a/b", None),
        ("Practitioner", None),
        (7, None),
    ],
    ids=str,
)
def test_fhir_user_is_a_professional_on_the_software_s_own_server(
    reference: object, user: str | None
) -> None:
    claims = CLAIMS | {"fhirUser": reference}
    if user is None:
        with pytest.raises(Refused, match="identity"):
            identified(claims, "fhirUser", BASE, NOW)
    else:
        found = identified(claims, "fhirUser", BASE, NOW)
        assert found is not None
        assert found.utilisateur == user


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({}, None),
        ({"fhirUser": ""}, None),
        ({"profile": "Practitioner/dr"}, "Practitioner/dr"),
        ({"profile": "https://ehr.example/fhir/Practitioner/dr"}, "Practitioner/dr"),
        ({"profile": "https://pages.example/dr"}, None),
        ({"profile": 7}, None),
        ({"fhirUser": "Practitioner/a", "profile": "Practitioner/b"}, "Practitioner/a"),
    ],
    ids=str,
)
def test_a_token_that_names_no_professional_names_nobody_and_one_of_smart_1_has_another_word_for_it(
    claims: dict[str, object], user: str | None
) -> None:
    bare = {name: value for name, value in CLAIMS.items() if name != "fhirUser"}
    found = identified(bare | claims, "fhirUser", BASE, NOW)
    assert (found and found.utilisateur) == user


def test_a_patient_opens_no_page_under_the_old_word_either() -> None:
    bare = {name: value for name, value in CLAIMS.items() if name != "fhirUser"}
    with pytest.raises(Refused, match="identity"):
        identified(bare | {"profile": "Patient/p"}, "fhirUser", BASE, NOW)


PSC: dict[str, Any] = {
    "sub": "f:x:810100000002",
    "SubjectNameID": "810100000002",
    "acr": "eidas1",
    "auth_time": int(NOW) - 60,
    "given_name": "ALEX",
    "family_name": "CONSULTE-FICTIF",
}


def test_pro_sante_connect_names_the_user_by_his_national_identifier() -> None:
    assert identified(PSC, "psc", BASE, NOW) == Identite(
        sujet="810100000002", source="psc", rpps="10100000002", nom="ALEX CONSULTE-FICTIF"
    )
    employee = identified(PSC | {"SubjectNameID": "3750123456/ABC"}, "psc", BASE, NOW)
    assert employee is not None
    assert employee.rpps is None


def test_pro_sante_connect_puts_the_national_identifier_in_preferred_username_too() -> None:
    """Its id_token has that claim; the other one is in its userinfo."""
    bare = {name: value for name, value in PSC.items() if name != "SubjectNameID"}
    found = identified(bare | {"preferred_username": "810100000002"}, "psc", BASE, NOW)
    assert found is not None
    assert found.rpps == "10100000002"


@pytest.mark.parametrize(
    "changes",
    [
        {"acr": "eidas0"},
        {"acr": None},
        {"auth_time": int(NOW) - 4 * 3600 - 1},
        {"auth_time": None},
        {"auth_time": True},
        {"SubjectNameID": ""},
        {"SubjectNameID": 7},
    ],
    ids=str,
)
def test_pro_sante_connect_is_believed_at_its_level_and_for_half_a_day(changes: dict[str, object]) -> None:
    with pytest.raises(Refused, match="identity"):
        identified(PSC | changes, "psc", BASE, NOW)


def test_a_user_s_own_resource_completes_what_the_claims_left_out() -> None:
    known = identified(CLAIMS, "fhirUser", BASE, NOW)
    assert known is not None
    practitioner = {
        "identifier": [
            {"system": "urn:x", "value": "1"},
            {"system": "https://rpps.esante.gouv.fr", "value": "101"},
        ],
        "name": [{"text": "?"}, {"family": "TEST", "given": ["Alex", "B."]}],
    }
    completed = known.completed(practitioner)
    assert (completed.rpps, completed.nom) == ("101", "Alex TEST")
    for strange in ({}, {"name": "x", "identifier": {}}, {"name": [1, {"given": "x"}], "identifier": [None]}):
        assert known.completed(strange) == known
