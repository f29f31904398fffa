"""Which keys may sign for a client, and how the copy of those it publishes is kept."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from tests.remote.crowd import crowd
from tests.remote.loopback import Listen, Server, Talk, answer, content

from parcours.remote import keys as module
from parcours.remote.http import KEY_SLOTS, MAX_KEY_FETCHES
from parcours.remote.keys import PublishedKeys, read_key, usable_keys
from parcours.remote.unreachable import Unreachable

P384 = ECKey.generate_key("P-384").as_dict(private=False)
RSA = RSAKey.generate_key(2048).as_dict(private=False)


def named(jwk: Any, **changed: Any) -> dict[str, Any]:
    return {**jwk, "kid": "k", **changed}


@pytest.mark.parametrize(
    ("jwk", "algorithm"),
    [
        (named(P384), "ES384"),
        (named(P384, alg="ES384", use="sig", key_ops=["verify"]), "ES384"),
        (named(RSA), "RS384"),
        (named(RSA, alg="RS384", x5c=["MIIB"]), "RS384"),
    ],
)
def test_a_key_is_bound_to_its_name_and_one_algorithm(jwk: dict[str, Any], algorithm: str) -> None:
    assert read_key(jwk)[0] == ("k", algorithm)


REFUSED = [
    ("no kid", {**P384}),
    ("kid that is no text", {**P384, "kid": 1}),
    ("private", named(ECKey.generate_key("P-384").as_dict(private=True))),
    ("symmetric", named(OctKey.generate_key(256).as_dict(private=True))),
    ("Ed25519", named(OKPKey.generate_key("Ed25519").as_dict(private=False))),
    ("A-006 P-256", named(ECKey.generate_key("P-256").as_dict(private=False))),
    ("A-006 P-256 labelled ES384", named(ECKey.generate_key("P-256").as_dict(private=False), alg="ES384")),
    ("A-006 P-256 labelled P-384", named(ECKey.generate_key("P-256").as_dict(private=False), crv="P-384")),
    ("A-005 RSA for RS256", named(RSA, alg="RS256")),
    ("A-005 RSA for ES384", named(RSA, alg="ES384")),
    ("for encryption", named(P384, use="enc")),
    ("for encryption by its operations", named(P384, key_ops=["encrypt"])),
    ("a point off the curve", named(P384, x=P384["y"])),
    ("not base64", named(P384, x="é")),
    ("members missing", {"kty": "EC", "crv": "P-384", "kid": "k"}),
    ("members of other types", named(P384, x=1, y=[])),
    ("no kind", {"kid": "k"}),
    ("kind that is no text", {"kid": "k", "kty": ["EC"]}),
    ("no object", "key"),
]


@pytest.mark.parametrize("jwk", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_other_keys_are_refused_and_spoil_no_set(jwk: Any) -> None:
    with pytest.raises(ValueError, match=r"\Ajwk\Z"):
        read_key(jwk)
    assert set(usable_keys({"keys": [jwk, named(RSA, kid="good")]})) == {("good", "RS384")}


def test_a006_a_short_rsa_key_is_refused() -> None:
    with pytest.warns(match="2048"):
        short = RSAKey.generate_key(1024).as_dict(private=False)
    with pytest.raises(ValueError, match=r"\Ajwk\Z"), pytest.warns(match="2048"):
        read_key(named(short))


@pytest.mark.parametrize("document", [None, [], {}, {"keys": {}}, {"keys": [P384] * (module.MAX_KEYS + 1)}])
def test_what_is_no_set_of_keys_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r"\Aset\Z"):
        usable_keys(document)


class Host:
    """What publishes the keys, and the clock of who keeps them."""

    def __init__(self, listen: Listen) -> None:
        self.keys: list[Any] | None = [named(P384)]
        self.now = 1000.0
        self.server: Server = listen(self._play)
        self.kept = PublishedKeys(self.server.base(), lambda: self.now)

    def _play(self, talk: Talk) -> None:
        gone = answer(b"", "503 Service Unavailable")
        talk.sock.sendall(gone if self.keys is None else content({"keys": self.keys}))

    @property
    def fetches(self) -> int:
        return len(self.server.heads)

    def has(self, kid: str = "k") -> bool | str:
        try:
            return self.kept.find(kid, "ES384") is not None
        except Unreachable as error:
            return str(error)


@pytest.fixture
def host(listen: Listen) -> Host:
    return Host(listen)


def test_keys_are_fetched_once_and_kept(host: Host) -> None:
    assert [host.has() for _ in range(100)] == [True] * 100
    assert host.fetches == 1


def test_threads_that_come_together_make_one_fetch(host: Host) -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> bool | str:
        together.wait(5)
        return host.has()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [True] * 8
    assert host.fetches == 1


def test_a_key_that_is_held_does_not_wait_for_a_fetch(host: Host) -> None:
    assert host.has()
    host.now += module.REFRESH_SECONDS
    with host.kept._lock:  # somebody is fetching
        assert host.has()
    assert host.fetches == 1


def test_a_key_that_is_not_held_waits_a_moment_for_a_fetch_and_no_more(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.PATIENCE_SECONDS <= 0.2
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    with host.kept._lock:  # somebody is fetching
        assert host.has() == "busy"
    assert host.has() is True
    host.now += module.PAUSE_SECONDS
    with host.kept._lock:
        assert (host.has(), host.has("new")) == (True, "busy")
    assert host.fetches == 1


def test_keys_that_are_too_old_to_serve_are_waited_for_like_any_other(host: Host) -> None:
    assert host.has()
    host.now += module.KEEP_SECONDS
    together = threading.Barrier(4)

    def ask(_: int) -> bool | str:
        together.wait(5)
        return host.has()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [True] * 4
    assert host.fetches == 2


def test_the_slow_servers_of_others_do_not_keep_keys_away(host: Host) -> None:
    with crowd():
        assert host.has() is True


def test_a_fetch_that_never_began_is_no_try(host: Host) -> None:
    with ExitStack() as taken:
        for number in range(MAX_KEY_FETCHES):
            KEY_SLOTS.take(f"other-{number}")
            taken.callback(KEY_SLOTS.give_back, f"other-{number}")
        assert (host.has(), host.fetches) == ("busy", 0)
    assert (host.has(), host.fetches) == (True, 1)


def test_a009_unknown_names_make_one_fetch_in_five_minutes(host: Host) -> None:
    assert host.has()
    for second in range(299):
        host.now = 1000.0 + second
        assert not host.has(f"unknown-{second}")
    assert host.fetches == 1
    host.now = 1300.0
    assert [host.has(f"unknown-{number}") for number in range(1000)] == [False] * 1000
    assert host.fetches == 2


def test_a_new_key_is_found_and_a_withdrawn_one_is_lost(host: Host) -> None:
    assert host.has()
    host.keys = [named(P384, kid="new")]
    host.now += module.PAUSE_SECONDS
    assert (host.has("new"), host.has("k")) == (True, False)


def test_a_withdrawn_key_is_lost_within_the_hour_even_if_nobody_uses_another(host: Host) -> None:
    assert host.has()
    host.keys = []
    host.now += module.REFRESH_SECONDS - 1
    assert host.has()
    host.now += 1
    assert not host.has()


def test_a021_a_dead_host_is_survived_for_a_day(host: Host) -> None:
    assert host.has()
    host.keys = None
    begun = host.now
    while host.now < begun + module.KEEP_SECONDS:
        assert host.has()
        host.now += 600
    assert host.has() == "status"
    assert host.fetches <= 1 + 24 * 6


def test_a021_a_cold_cache_and_a_dead_host_is_nobody_can_tell(host: Host) -> None:
    host.keys = None
    assert [host.has(), host.has()] == ["status", "status"]
    assert host.fetches == 1, "not asked again at once"
    host.keys = [named(P384)]
    host.now += module.COLD_PAUSE_SECONDS
    assert host.has() is True


@pytest.mark.parametrize("document", [b"{}", b"[]", json.dumps({"keys": "x"}).encode()])
def test_what_a_host_says_instead_of_keys_changes_nothing(listen: Listen, document: bytes) -> None:
    host = Host(listen)
    assert host.has()
    server = listen(lambda talk: talk.sock.sendall(answer(document)))
    host.kept._endpoint = server.base()
    host.now += module.REFRESH_SECONDS
    assert host.has()
