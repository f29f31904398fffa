"""Tokens that come again, clocks that jump, keys that change: A-009 to A-027, F-042, F-044."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey
from tests.remote.crowd import crowd
from tests.remote.loopback import Server, Talk, answer, content, hangs
from tests.web.tokens import (
    BASE,
    EC,
    FEEDBACK,
    FORGER,
    ISSUER,
    KNOWN,
    PATH,
    TWO_PRACTICES,
    application,
    call,
    claims,
    header,
    public,
    token,
)

from parcours.clients import DEVELOPMENT_MODE, Client, Clients
from parcours.errors import StoreUnavailable
from parcours.remote.endpoints import Endpoint
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import create_app


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store.open(str(tmp_path_factory.mktemp("trust") / "store.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return application(Clients([KNOWN, TWO_PRACTICES]), store.jetons)


# ---------------------------------------------------------------- once


def test_a017_a_token_serves_once(client: FlaskClient) -> None:
    text = token(claims())
    assert [call(client, text) for _ in range(3)] == [200, 401, 401]


def test_a017_the_name_counts_not_the_token(client: FlaskClient) -> None:
    assert [call(client, token(claims(jti="same", x=number))) for number in range(2)] == [200, 401]


def test_a017_two_workers_and_a_restart_know_the_same_names(tmp_path: Path) -> None:
    path = str(tmp_path / "store.sqlite")
    used, fresh = token(claims()), token(claims())
    one, two = Store.open(path), Store.open(path)
    assert call(application(Clients([KNOWN]), one.jetons), used) == 200
    assert call(application(Clients([KNOWN]), two.jetons), used) == 401
    one.close()
    two.close()
    after = Store.open(path)
    client = application(Clients([KNOWN]), after.jetons)
    assert (call(client, used), call(client, fresh)) == (401, 200)
    after.close()


def test_a017_fifty_at_the_same_instant_are_one(store: Store) -> None:
    clients = Clients([KNOWN])
    text = token(claims())
    workers = [application(clients, store.jetons) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: call(workers[number % 4], text), range(50)))
    assert sorted(statuses) == [200] + [401] * 49


@pytest.mark.parametrize(
    "spoiled", [lambda good: token(good, key=FORGER), lambda good: token({**good, "aud": "?"})]
)
def test_a017_a_token_that_is_refused_does_not_use_up_the_name(
    client: FlaskClient, spoiled: Callable[[dict[str, Any]], str]
) -> None:
    good = claims()
    assert [call(client, spoiled(good)), call(client, token(good))] == [401, 200]


def test_a018_a_store_that_cannot_note_the_use_lets_nobody_in() -> None:
    class Down:
        def use(self, *_: object) -> bool:
            raise StoreUnavailable

    client = application(Clients([KNOWN]), Down())
    assert call(client, token(claims())) == 503
    assert call(client, token(claims(), key=FORGER)) == 401, "and is not asked about a forged token"


def test_a019_two_issuers_may_choose_the_same_name(client: FlaskClient) -> None:
    other = {"iss": TWO_PRACTICES.issuer, "tenant": "a"}
    assert [call(client, token(claims(jti="shared", **more))) for more in ({}, other)] == [200, 200]


def test_a027_a_token_of_a_service_does_not_serve_for_its_feedback(client: FlaskClient) -> None:
    text = token(claims())
    assert [call(client, text, FEEDBACK), call(client, text)] == [401, 200]
    assert call(client, token(claims(aud=BASE + FEEDBACK)), FEEDBACK) == 200


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize("years", [-10, 10])
def test_f042_a_clock_that_jumps_refuses(client: FlaskClient, years: int) -> None:
    text = token(claims())
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=365 * years), tick=False):
        assert call(client, text) == 401


def test_f044_a_used_token_stays_used_when_the_clock_goes_back(client: FlaskClient) -> None:
    now = dt.datetime.now(dt.UTC)
    text = token(claims())
    statuses = [call(client, text)]
    for minutes in (10, 1, 0):
        with time_machine.travel(now + dt.timedelta(minutes=minutes), tick=False):
            call(client, token(claims()))
            statuses.append(call(client, text))
    assert statuses == [200, 401, 401, 401]


# ---------------------------------------------------------------- keys that a client publishes


class KeyHost:
    """Publishes keys, or is dead."""

    def __init__(self) -> None:
        self.keys: list[ECKey | RSAKey] | None = [EC]
        self.server = Server(self._play)
        endpoint = Endpoint.parse(f"http://127.0.0.1:{self.server.port}/jwks.json")
        self.client = Client(id="x", issuer=ISSUER, tenant="cabinet-1", jwks=endpoint)

    def _play(self, talk: Talk) -> None:
        gone = answer(b"", "500 Internal Server Error")
        talk.sock.sendall(gone if self.keys is None else content({"keys": public(*self.keys)}))


@pytest.fixture
def host() -> Iterator[KeyHost]:
    made = KeyHost()
    yield made
    made.server.close()


def test_published_keys_are_used(host: KeyHost, store: Store) -> None:
    client = application(Clients([host.client]), store.jetons)
    assert [call(client, token(claims())) for _ in range(5)] == [200] * 5
    assert call(client, token(claims(), key=FORGER)) == 401
    assert len(host.server.heads) == 1


def test_a009_a_flood_of_unknown_keys_makes_one_fetch(host: KeyHost, store: Store) -> None:
    client = application(Clients([host.client]), store.jetons)
    flood = [call(client, token(claims(), header(kid=f"k{number}"))) for number in range(100)]
    assert flood == [401] * 100
    assert call(client, token(claims())) == 200
    assert len(host.server.heads) == 1


def test_a009_tokens_that_fail_before_their_signature_fetch_nothing(host: KeyHost, store: Store) -> None:
    client = application(Clients([host.client]), store.jetons)
    for text in (token(claims(iss="?")), token(claims(aud="?")), token(claims(exp=1)), "x.y.z"):
        assert call(client, text) == 401
    assert host.server.connections == 0


def test_a021_a_dead_host_before_the_first_key_is_503_and_after_it_nothing(
    host: KeyHost, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    warm, cold = (application(Clients([host.client]), store.jetons) for _ in range(2))
    assert call(warm, token(claims())) == 200
    host.keys = None
    assert call(warm, token(claims())) == 200
    caplog.clear()
    reply = cold.post(PATH, headers={"Authorization": f"Bearer {token(claims())}"})
    assert (reply.status_code, reply.data, reply.headers["Retry-After"]) == (503, b"", "30")
    assert [record.getMessage() for record in caplog.records] == [
        "client refused: reason=keys-status client=x"
    ]


def test_the_slow_servers_of_others_lock_nobody_out(host: KeyHost, store: Store) -> None:
    client = application(Clients([host.client]), store.jetons)
    with crowd():
        assert call(client, token(claims())) == 200


def test_a_slow_host_holds_one_thread_and_the_others_are_told_to_come_again(store: Store) -> None:
    asked = threading.Event()

    def stalls(talk: Talk) -> None:
        asked.set()
        hangs(talk)

    server = Server(stalls)
    endpoint = Endpoint.parse(f"http://127.0.0.1:{server.port}/jwks.json")
    slow = Client(id="x", issuer=ISSUER, tenant="cabinet-1", jwks=endpoint)
    client = application(Clients([slow]), store.jetons)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(call, client, token(claims()))
        assert asked.wait(5)
        begun = time.monotonic()
        assert call(client, token(claims(), key=FORGER)) == 503
        assert time.monotonic() - begun < 1
        assert not first.done()
        server.close()
        assert first.result(5) == 503
    assert len(server.heads) == 1


# ---------------------------------------------------------------- the application


def test_the_application_asks_the_clients_of_its_file_for_their_tokens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": public(EC)}))
    clients = tmp_path / "clients.toml"
    table = {"id": "x", "issuer": ISSUER, "tenant": "cabinet-1", "keys_file": keys.name}
    clients.write_text("[[client]]\n" + "".join(f'{name} = "{value}"\n' for name, value in table.items()))
    client = create_app(Settings(clients=str(clients), public_url=BASE)).test_client()
    assert "DÉVELOPPEMENT" not in capsys.readouterr().err
    bare = client.post(PATH, json={})
    assert (bare.status_code, bare.data) == (401, b"")
    good = {"Authorization": f"Bearer {token(claims())}"}
    assert client.post(PATH, json={}, headers=good).status_code not in (401, 403, 404, 500)
    assert client.post(PATH, json={}, headers=good).status_code == 401, "replayed"


# ---------------------------------------------------------------- development


def test_without_clients_nobody_needs_a_token_and_that_is_said_loudly(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    client = application(Clients(), store.jetons)
    assert capsys.readouterr() == ("", f"{DEVELOPMENT_MODE}\n")
    for authorization in (None, "Bearer x"):
        headers = {"Authorization": authorization} if authorization else {}
        assert client.post(PATH, headers=headers).data == b"local"
    application(Clients([KNOWN]), store.jetons)
    assert capsys.readouterr() == ("", "")
