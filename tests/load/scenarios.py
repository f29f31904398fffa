"""The scenarios L-001 to L-004, L-013, L-014 and F-008: what is asked, and what must come back."""

from __future__ import annotations

import json
import random
import signal
import socket
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import ECKey
from tests.cds.calls import EXAMPLES
from tests.faults.served import served as served_group
from tests.load.driving import Answer, Results, http, offer, say, service

from parcours.store import Store
from parcours.web.server import START_S

OPERATION: Final = "/fhir/$evaluate-parcours"
FHIR: Final = {"Content-Type": "application/fhir+json"}
HEALTH: Final = http("GET", "/health/ready")
FEW, SEVERAL, USUAL = 20, 50, 100
"""Requests per second."""
HEALTH_MS: Final = 100.0
"""How soon health is told past the knee."""
STEP, HIGHEST = 50, 1000
IDLE: Final = 1000
RECOVERY_S: Final = 5
GREEDY, QUOTA, PLENTY = 40, 24, 1_000_000
"""Requests a second of a practice; its quota per minute, a hundredth of that; the quota of the other one."""
READY_S, FIRST_S = 5.0, 1.0
RECYCLED_S: Final = 3 * START_S


@dataclass(frozen=True)
class Options:
    """How long, how wide, and from which seed."""

    seconds: float = 20
    workers: int = 1
    seed: int = 1
    rows: int = 1_000_000
    knee: float = 0


@dataclass
class Outcome:
    """What a scenario came to. ``sound``: nothing was lost or wrong, on any machine; ``ok``: and in time."""

    name: str
    told: str
    sound: bool
    ok: bool
    knee: float = field(default=0, kw_only=True)

    def line(self, seed: int) -> str:
        """The same for people."""
        return f"{self.name}  {self.told}  seed {seed}  {'ok' if self.sound and self.ok else 'NOT OK'}"


@dataclass(frozen=True)
class Visits:
    """Requests for decisions, each with the answer that is known to be right."""

    chance: random.Random
    bodies: tuple[bytes, ...]

    @classmethod
    def of(cls, seed: int) -> Visits:
        """The examples, five resources and more each, as the seed decides."""
        files = sorted(EXAMPLES.glob("[0-9][0-9]-*/bundle.json"))
        chance = random.Random(seed)  # noqa: S311 - the same visits every time, and no secret
        return cls(chance, tuple(json.dumps(json.loads(file.read_bytes())).encode() for file in files[:20]))

    def __call__(self) -> bytes:
        return http("POST", OPERATION, self.chance.choice(self.bodies), FHIR)


def right(answer: Answer) -> bool:
    """A decision, or a refusal that says when to come back."""
    if answer.status == 200:
        return b'"resourceType":"ClaimResponse"' in answer.body and answer.body.endswith(b"}")
    return answer.asks_to_come_back


def steady(options: Options) -> Outcome:
    """L-001: a hundred decisions a second."""
    with served(options) as port:
        found = offer(port, Visits.of(options.seed), USUAL, options.seconds, right)
    return _outcome("L-001", found)


def ramp(options: Options) -> Outcome:
    """L-002: ever more, up to a thousand a second: where is the knee, and what comes past it?"""
    knee, total = 0.0, Results()
    with served(options) as port:
        for rate in range(STEP, HIGHEST + 1, STEP):
            found = offer(port, Visits.of(options.seed), rate, options.seconds / 4, right)
            say(f"  {rate:5}/s  {found.told()}")
            knee = rate if found.normal and knee == rate - STEP else knee
            _add(total, found)
    sound = not total.lost and not total.wrong
    return Outcome("L-002", f"knee {knee:.0f}/s  {total.told()}", sound, knee >= USUAL, knee=knee)


def overload(options: Options) -> Outcome:
    """L-003: five times the knee, then few: health is answered all the time, and all is soon well again."""
    rate = 5 * (options.knee or USUAL)
    with served(options) as port, ThreadPoolExecutor(1) as beside:
        health = beside.submit(offer, port, lambda: HEALTH, 4, options.seconds)
        much = offer(port, Visits.of(options.seed), rate, options.seconds, right)
        few = Visits.of(options.seed)
        offer(port, few, FEW, RECOVERY_S, right)
        after = offer(port, few, FEW, options.seconds / 4, right)
        asked = health.result()
    say(f"  {rate:5.0f}/s  {much.told()}\n  health  {asked.told()}")
    sound = not (much.lost or much.wrong or asked.failures or after.failures)
    told = f"health p99 {asked.percentile(99):.0f} ms, after: {after.told()}"
    return Outcome("L-003", told, sound, after.normal and asked.percentile(99) <= HEALTH_MS)


def idle(options: Options) -> Outcome:
    """L-004: a thousand connections that say nothing, and fifty requests a second beside them."""
    with served(options) as port, ExitStack() as held:
        for _ in range(IDLE):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            connection.sendall(HEALTH)
            if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                return Outcome("L-004", "a connection was refused", sound=False, ok=False)
        found = offer(port, Visits.of(options.seed), SEVERAL, options.seconds, right)
    return _outcome("L-004", found)


def neighbours(options: Options) -> Outcome:
    """L-013: one practice asks a hundred times its quota; the other must not notice."""
    keys = {name: ECKey.generate_key("P-384", {"kid": "k"}) for name in ("greedy", "modest")}
    with served(options, keys) as port, ThreadPoolExecutor(1) as beside:
        visits = Visits.of(options.seed)
        modest = Signed(visits, "modest", keys["modest"])
        alone = offer(port, modest, FEW, options.seconds / 2, right)
        flood = beside.submit(
            offer, port, Signed(visits, "greedy", keys["greedy"]), GREEDY, options.seconds, right
        )
        found = offer(port, modest, FEW, options.seconds, right)
        greedy = flood.result()
    say(f"  alone   {alone.told()}\n  greedy  {greedy.told()}")
    granted = greedy.statuses[200] <= 2 * (QUOTA / 6 + options.seconds * QUOTA / 60)
    sound = granted and set(greedy.statuses) == {200, 429} and not (found.failures or greedy.wrong)
    return Outcome("L-013", f"the other: {found.told()}", sound, found.normal)


def recycling(options: Options) -> Outcome:
    """F-008: workers are replaced one by one, and nobody notices."""
    with tempfile.TemporaryDirectory() as folder, served_group(f"{folder}/kept.sqlite") as server:
        with server.session() as client:
            client.get(f"{server.url}/health/ready", timeout=60)
        before, port = server.workers(), server.port
        server.process.send_signal(signal.SIGHUP)
        found = offer(port, Visits.of(options.seed), FEW, max(options.seconds, RECYCLED_S), right)
        replaced = set(before).isdisjoint(server.workers())
    return Outcome("F-008", found.told(), replaced and not found.failures and not found.wrong, found.normal)


def cold(options: Options) -> Outcome:
    """L-014: a start on a database of a million declarations."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "parcours.sqlite", options.rows)
        begun = time.monotonic()
        with service(folder, options.workers, ready="/health/ready") as port:
            ready = time.monotonic() - begun
            first = offer(port, Visits.of(options.seed), FEW, 0.1, right)
    told = f"{options.rows} rows  ready {ready:.1f} s  {first.told()}"
    fast = ready <= READY_S and max(first.milliseconds) <= FIRST_S * 1000
    return Outcome("L-014", told, not first.failures and not first.wrong, fast)


SCENARIOS: Final[dict[str, Callable[[Options], Outcome]]] = {
    "L-001": steady,
    "L-002": ramp,
    "L-003": overload,
    "L-004": idle,
    "L-013": neighbours,
    "L-014": cold,
    "F-008": recycling,
}


@dataclass(frozen=True)
class Signed:
    """The same requests, with a token of a client for each."""

    visits: Visits
    client: str
    key: ECKey

    def __call__(self) -> bytes:
        now = int(time.time())
        claims = {"iss": f"https://{self.client}.example", "aud": "https://load.example/fhir", "iat": now}
        claims |= {"exp": now + 120, "jti": uuid.uuid4().hex}
        token = jwt.encode({"alg": "ES384", "kid": "k", "typ": "JWT"}, claims, self.key, algorithms=["ES384"])
        body = self.visits.chance.choice(self.visits.bodies)
        return http("POST", OPERATION, body, {**FHIR, "Authorization": f"Bearer {token}"})


@contextmanager
def served(options: Options, keys: dict[str, ECKey] | None = None) -> Iterator[int]:
    """The service, alone on a new database; with ``keys``, for these clients: one has a small quota."""
    with tempfile.TemporaryDirectory() as name:
        folder, settings = Path(name), {}
        if keys:
            rows = (_row(client, key, folder) for client, key in keys.items())
            (folder / "clients.toml").write_text("".join(rows), encoding="utf-8")
            settings = {"clients": str(folder / "clients.toml"), "public_url": "https://load.example"}
        with service(folder, options.workers, **settings) as port:
            offer(port, Visits.of(options.seed), FEW, 1)  # the first answers of a worker are slower
            yield port


def _row(client: str, key: ECKey, folder: Path) -> str:
    (folder / f"{client}.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    quota = QUOTA if client == "greedy" else PLENTY
    return (
        f'[[client]]\nid = "{client}"\nissuer = "https://{client}.example"\ntenant = "{client}"\n'
        f'keys_file = "{client}.json"\nquota = {quota}\n'
    )


def fill(file: Path, rows: int) -> None:
    """So many declarations of nobody, each with its first transition."""
    Store.open(str(file)).close()
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA synchronous = OFF")
        many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) "
        database.execute(
            f"{many}INSERT INTO declaration SELECT 'local', printf('%032x', i), printf('%064x', i), "  # noqa: S608 - ours
            "printf('%064x', i), printf('%064x', i), 'Patient/' || i, '2026-01-05', 1, 'preparee', "
            "'2026-01-05 10:00:00.000000', printf('%064x', i), zeroblob(200), zeroblob(200) FROM n",
            {"rows": rows},
        )
        database.execute(
            "INSERT INTO transition SELECT tenant, id, 1, etat, modifie, 'nobody', 'local', NULL, NULL "
            "FROM declaration"
        )
        database.commit()


def _outcome(name: str, found: Results) -> Outcome:
    return Outcome(name, found.told(), not found.failures and not found.wrong, found.normal)


def _add(total: Results, more: Results) -> None:
    total.milliseconds += more.milliseconds
    total.statuses += more.statuses
    total.wrong += more.wrong
