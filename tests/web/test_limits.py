"""Quotas: who asks too much is told when to come back, and nobody else notices."""

from __future__ import annotations

import json
import pickle
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from tests.web.tokens import BASE, EC, ISSUER, b64, claims, public, token
from werkzeug.exceptions import Unauthorized
from werkzeug.test import TestResponse

from parcours.clients import Client, Clients
from parcours.settings import Settings
from parcours.web import create_app, limits, replies
from parcours.web.limits import COSTS, REFUSALS, REFUSED_S, SAVED_S, Ledger

NORTH = Client(id="x", issuer=ISSUER, tenant="nord", quota=600)
SOUTH = Client(id="y", issuer="https://y.example", tenant="sud")
MANY = Client(id="z", issuer="https://z.example", tenant="", tenants={"a": "est", "b": "ouest"})
ALL = Clients([NORTH, SOUTH, MANY])
PROXY = "10.0.0.1"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock of the limits says, in a list of one."""
    now = [1000.0]
    monkeypatch.setattr("parcours.web.limits.time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def believe(clients: Clients) -> None:
    """Whoever says which client he is, is."""
    named = clients.by_id(request.headers.get("Who", ""))
    known = named and named.of_tenant(request.headers.get("Tenant"))
    if known is None:
        raise Unauthorized
    request.environ["parcours.client"] = known


def application(clients: Clients = ALL, ledger: Ledger | None = None) -> FlaskClient:
    """A service that believes whoever says which practice he is, and refuses who says nothing."""
    app = Flask("test", static_folder=None)
    replies.register(app)
    limits.register(app, Settings(quota=60, proxy=PROXY), clients, ledger)
    app.before_request(partial(believe, clients))
    limits.count_callers(app)

    def serve() -> str:
        limits.weigh(request.get_data())
        return "served"

    for path, endpoint in (("/fhir/one", "one"), ("/fhir/weighed", "fhir.submit")):
        app.add_url_rule(path, endpoint, serve, methods=["POST"])
    app.add_url_rule("/fhir/ten", "handover.hand_over", serve, methods=["POST"])
    return app.test_client()


def asked(
    client: FlaskClient, who: str, path: str = "/fhir/one", times: int = 1, body: str = ""
) -> list[int]:
    return [client.post(path, headers={"Who": who}, data=body).status_code for _ in range(times)]


@pytest.mark.usefixtures("clock")
def test_l013_who_asks_a_hundred_times_his_quota_is_refused_and_the_others_are_served() -> None:
    client = application()
    assert asked(client, "x", times=6000).count(200) == 100  # ten seconds of 600 a minute
    assert asked(client, "y", times=10) == [200] * 10
    reply = client.post("/fhir/one", headers={"Who": "x"})
    assert (reply.json or {})["issue"][0]["code"] == "throttled"


def bearer(claims: object) -> dict[str, str]:
    """A token that proves nothing."""
    return {"Authorization": f"Bearer e30.{b64(json.dumps(claims).encode())}.x"}


@pytest.mark.usefixtures("clock")
def test_a_flood_is_refused_before_its_tokens_are_proven_and_counted_to_nobody() -> None:
    client = application()
    forged = bearer({"iss": ISSUER})
    assert {client.post("/fhir/one", headers=forged).status_code for _ in range(10)} == {401}
    assert asked(client, "x", times=101) == [200] * 100 + [429]  # the forged ones took nothing from it
    assert client.post("/fhir/one", headers=forged).status_code == 429


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer e30.!.x"},
        {"Authorization": "Bearer e30.W1tbW1tbW1s.x"},
        bearer({"iss": 1}),
        bearer({"iss": "https://stranger.example"}),
        bearer({"iss": MANY.issuer, "tenant": "nobody"}),
        bearer([]),
    ],
)
def test_a_token_that_says_nothing_is_left_to_whoever_reads_tokens(headers: dict[str, str]) -> None:
    assert application().post("/fhir/one", headers=headers).status_code == 401


def test_a_quota_comes_back_with_time(clock: list[float]) -> None:
    client = application()
    asked(client, "x", times=100)
    refused = client.post("/fhir/one", headers={"Who": "x"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    clock[0] += int(refused.headers["Retry-After"])
    assert asked(client, "x", times=11) == [200] * 10 + [429]  # ten units came back in that second
    clock[0] += 3600
    assert asked(client, "x", times=101) == [200] * 100 + [429]  # no more than ten seconds are saved up


def test_what_is_left_is_said_with_each_answer(clock: list[float]) -> None:
    client = application()
    asked(client, "x", times=39)
    headers = client.post("/fhir/one", headers={"Who": "x"}).headers
    assert headers["RateLimit-Policy"] == '"practice";q=100;w=10'
    assert headers["RateLimit"] == '"practice";r=60;t=10'
    clock[0] += 2
    assert "r=79;" in client.post("/fhir/one", headers={"Who": "x"}).headers["RateLimit"]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("path", "body", "units"),
    [
        ("/fhir/one", "x" * 50_000, 1),
        ("/fhir/ten", "", 10),
        ("/fhir/weighed", "{}", 1),
        ("/fhir/weighed", '"resourceType"' * 30, 4),
        ("/fhir/weighed", "x" * 20_480 * 5, 6),
        ("/fhir/weighed", "x" * 20_480 * 500, 501),  # it overdraws: the next one waits
    ],
)
def test_a_request_costs_what_it_asks_for(path: str, body: str, units: int) -> None:
    client = application()
    assert asked(client, "x", path, body=body) == [200]
    assert asked(client, "x", times=100).count(200) == max(0, 100 - units)


@pytest.mark.usefixtures("clock")
def test_each_practice_of_a_client_has_its_own_quota() -> None:
    client = application()

    def status(tenant: str) -> int:
        return client.post("/fhir/one", headers={"Who": "z", "Tenant": tenant}).status_code

    assert [status("a") for _ in range(11)] == [200] * 10 + [429]
    assert status("b") == 200


@pytest.mark.usefixtures("clock")
def test_a029_a_flood_of_refused_tokens_is_told_to_wait_and_nobody_else_is() -> None:
    client = application()

    def refused(address: str, **headers: str) -> int:
        return client.post("/fhir/one", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code

    statuses = [refused("192.0.2.1") for _ in range(1000)]
    assert statuses == [401] * 500 + [429] * 500
    assert refused("192.0.2.2") == 401
    # Behind the same address a good token passes: practices share one.
    assert client.post("/fhir/one", headers={"Who": "x"}).status_code == 200
    reply = client.post("/fhir/one", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert reply.headers["Retry-After"] == "1"
    assert (reply.json or {})["issue"][0]["code"] == "throttled"


@pytest.mark.parametrize(
    ("speaker", "forwarded", "known_as"),
    [
        (PROXY, "192.0.2.1", "192.0.2.1"),
        (PROXY, "203.0.113.9, 192.0.2.1", "192.0.2.1"),  # only the last is the word of our proxy
        (PROXY, "", PROXY),
        (PROXY, "unknown", PROXY),
        ("192.0.2.7", "192.0.2.1", "192.0.2.7"),  # a stranger is not believed
        ("::ffff:10.0.0.1", "2001:DB8::1", "2001:db8::1"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
    ],
)
def test_a_proxy_of_ours_is_believed_and_nobody_else(speaker: str, forwarded: str, known_as: str) -> None:
    app = Flask("test")
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": speaker}):
        assert limits.peer(request, frozenset({PROXY})) == known_as


@pytest.mark.usefixtures("clock")
def test_the_addresses_of_one_ipv6_network_count_as_one() -> None:
    client = application()

    def refused(address: str) -> int:
        return client.post("/fhir/one", environ_base={"REMOTE_ADDR": address}).status_code

    assert {refused(f"2001:db8::{number:x}") for number in range(510)} == {401, 429}
    assert refused("2001:db8:0:1::1") == 401


def test_without_a_clients_file_nobody_is_limited() -> None:
    app = Flask("test")
    limits.register(app, Settings(quota=1), Clients())
    app.add_url_rule("/", "one", lambda: "served")
    app.before_request(lambda: request.environ.update({"parcours.client": NORTH}))
    limits.count_callers(app)
    assert {app.test_client().get("/").status_code for _ in range(50)} == {200}


def test_what_is_priced_exists() -> None:
    assert set(COSTS) <= {rule.endpoint for rule in create_app(Settings()).url_map.iter_rules()}


def test_the_workers_of_a_machine_count_together() -> None:
    with limits.shared_ledger(ALL) as ledger:
        elsewhere: Ledger = pickle.loads(pickle.dumps(ledger))  # noqa: S301 - what a spawned worker is given
        elsewhere.charge(elsewhere.account("y sud"), 3000, 600)
        assert ledger.wait(ledger.account("y sud")) > 200
        others = ("x nord", "z est", "z ouest", "unheard of")
        assert [ledger.left(ledger.account(name), 600) for name in others] == [100] * 4


def test_refusals_and_quotas_are_counted_apart(clock: list[float]) -> None:
    ledger = Ledger(["a"])
    ledger.charge(ledger.account("192.0.2.1"), REFUSALS, REFUSALS)
    assert ledger.wait(ledger.account("192.0.2.1")) == pytest.approx(60 - SAVED_S)
    assert ledger.wait(ledger.account("192.0.2.1"), REFUSED_S) < 0
    assert ledger.wait(ledger.account("a")) < 0
    clock[0] += 60 - SAVED_S + 1
    assert ledger.wait(ledger.account("192.0.2.1")) <= 0


def batched(folder: Path, quota: int, *urls: str) -> TestResponse:
    """The answer to one batch of reads, by a client with such a quota."""
    (folder / "keys.json").write_text(json.dumps({"keys": public(EC)}))
    file = folder / "clients.toml"
    whose = f'issuer = "{ISSUER}"\ntenant = "nord"\nkeys_file = "keys.json"'
    file.write_text(f'[[client]]\nid = "x"\n{whose}\nquota = {quota}\n')
    app = create_app(Settings(clients=str(file), public_url=BASE, database=str(folder / "kept.sqlite")))
    entry = [{"request": {"method": "GET", "url": url}} for url in urls]
    return app.test_client().post(
        "/fhir",
        json={"resourceType": "Bundle", "type": "batch", "entry": entry},
        headers={"Authorization": f"Bearer {token(claims(aud=f'{BASE}/fhir'))}"},
    )


def test_a_batch_costs_what_its_requests_cost(tmp_path: Path) -> None:
    reply = batched(tmp_path, 600, "Task/1", "Task/2", "Task")  # a read, a read, a search
    assert (reply.status_code, len((reply.json or {})["entry"])) == (200, 3)
    assert reply.headers["RateLimit"].startswith(f'"practice";r={100 - 7}')
    assert "Retry-After" not in reply.headers


def test_a_batch_says_after_how_long_those_of_its_requests_that_were_refused_may_be_made_again(
    tmp_path: Path,
) -> None:
    reply = batched(tmp_path, 6, "Task", "Task/1")  # five units of the one there is: forty seconds too many
    told = [entry["response"]["status"] for entry in (reply.json or {})["entry"]]
    assert told == ["200 OK", "429 Too Many Requests"]
    assert 35 < int(reply.headers["Retry-After"]) <= 40
