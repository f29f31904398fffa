"""CDS Hooks under load (L-010, L-011), with and without a slow FHIR server.

First, calls with all their data in the prefetch. Then, beside the same traffic, calls without prefetch. Their
FHIR server takes 0.2 s per request: each must be answered within 2 s. It takes 1.5 s: each must be answered,
or refused with 412, within 2 s, and the others must not feel it.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from tests.cds.calls import BOOKED, CDS, EXAMPLES, call, resources, searchset
from tests.load.driving import Results, http, offer, say, service
from tests.load.scenarios import Options, Outcome

RATE = 50
"""Calls per second."""
FETCHED_RATE = 2
"""Calls per second whose data is to be fetched: as many as a dead server gets before anybody notices."""
SLOWNESS = {"usual": 0.2, "slow": 1.5}
"""Seconds that the FHIR server takes for each request, by the token that it is asked with."""
P95_MS, FETCHED_MS = 300, 2000
FETCHED_EXAMPLE = "01"
WIDTH = 26
SERVICE = f"{CDS}/parcours-encounter-start"
ISSUER = "https://logiciel.example"


class Ehr(BaseHTTPRequestHandler):
    """A FHIR server that holds one example, and takes the time that the token says for each answer."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # the service waits no longer
            super().handle()

    def do_GET(self) -> None:
        time.sleep(SLOWNESS[self.headers["Authorization"].removeprefix("Bearer ")])
        kind, _, id = self.path.removeprefix("/fhir/").partition("?")[0].partition("/")
        held = [r for r in resources(FETCHED_EXAMPLE) if r["resourceType"] == kind and id in ("", r["id"])]
        body = json.dumps(held[0] if id and held else searchset(*held)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Caller:
    """A doctor's software: calls with a token of its own each."""

    def __init__(self, port: int, key: ECKey) -> None:
        self._port, self._key = port, key

    def offer(self, bodies: Callable[[], bytes], rate: float, seconds: float) -> Results:
        """Make a call every ``1 / rate`` second."""
        return offer(self._port, lambda: http("POST", SERVICE, bodies(), self._headers()), rate, seconds)

    def _headers(self) -> dict[str, str]:
        now = int(time.time())
        audience = f"http://127.0.0.1:{self._port}{SERVICE}"
        claims = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex}
        token = jwt.encode(
            {"alg": "ES384", "kid": "k", "typ": "JWT"}, claims, self._key, algorithms=["ES384"]
        )
        return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}


def lent(token: str) -> dict[str, str]:
    return {"access_token": token, "token_type": "Bearer", "scope": "patient/*.read user/*.read"}


def full(chance: random.Random, fhir: str) -> Callable[[], bytes]:
    """Calls that bring everything, and lend a token that is not needed: the examples, as the seed decides."""
    folders = [folder.name[:2] for folder in sorted(EXAMPLES.glob("[0-9][0-9]-*"))]
    access = {"fhirServer": fhir, "fhirAuthorization": lent("usual")}
    made = [call(number, "encounter-start") | access for number in folders if number != BOOKED]

    def body() -> bytes:
        return json.dumps(
            chance.choice(made) | {"hookInstance": str(uuid.UUID(int=chance.getrandbits(128)))}
        ).encode()

    return body


def empty(fhir: str, token: str) -> Callable[[], bytes]:
    """Calls that bring nothing, and lend this token."""
    body = call(FETCHED_EXAMPLE, "encounter-start") | {
        "prefetch": {},
        "fhirServer": fhir,
        "fhirAuthorization": lent(token),
    }
    return lambda: json.dumps(body).encode()


@contextmanager
def fhir_server() -> Iterator[str]:
    """The FHIR server of the client."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ehr)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/fhir"
    server.shutdown()
    server.server_close()


def clients_file(folder: Path, fhir: str, key: ECKey) -> str:
    """A file of one client, which is never refused for asking too much."""
    public: dict[str, Any] = dict(key.as_dict(private=False))
    (folder / "keys.json").write_text(json.dumps({"keys": [public]}), encoding="utf-8")
    file = folder / "clients.toml"
    file.write_text(
        f'[[client]]\nid = "load"\nissuer = "{ISSUER}"\ntenant = "load"\nfhir_base = "{fhir}"\n'
        'keys_file = "keys.json"\nquota = 1000000\n',
        encoding="utf-8",
    )
    return str(file)


def cds(options: Options) -> Outcome:
    """L-010 and L-011."""
    key = ECKey.generate_key("P-384", {"kid": "k", "alg": "ES384", "use": "sig"})
    with (
        tempfile.TemporaryDirectory() as name,
        fhir_server() as fhir,
        service(Path(name), options.workers, clients=clients_file(Path(name), fhir, key)) as port,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        caller = Caller(port, key)

        def traffic(lasting: float) -> Results:
            chance = random.Random(options.seed)  # noqa: S311 - the same calls every time, and no secret
            return caller.offer(full(chance, fhir), RATE, lasting)

        traffic(2)  # the first answers of a worker are slower
        alone = traffic(options.seconds)
        say(f"  {'prefetch alone'.ljust(WIDTH)}{alone.told()}")
        fetched, others = {}, {}
        for token in SLOWNESS:
            waiting = beside.submit(caller.offer, empty(fhir, token), FETCHED_RATE, options.seconds)
            others[token] = traffic(options.seconds)
            fetched[token] = waiting.result()
            say(f"  {f'prefetch, {token} ones near'.ljust(WIDTH)}{others[token].told()}")
            say(f"  {f'without prefetch, {token}'.ljust(WIDTH)}{fetched[token].told()}")
    prefetched = (alone, *others.values())
    sound = not any(results.failures for results in (*prefetched, fetched["usual"]))
    fast = all(results.percentile(95) <= P95_MS for results in prefetched)
    fast = fast and all(max(results.milliseconds) <= FETCHED_MS for results in fetched.values())
    return Outcome("CDS", alone.told(), sound and set(fetched["slow"].statuses) <= {200, 412}, fast)
