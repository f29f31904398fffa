"""A doctor's software, as the service sees it through nginx: keys of the page, tokens, requests over TLS."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

import urllib3
from tests.conftest import ROOT
from tests.deployment.machine import NAME, Machine
from tests.fhir.declarations import demande

from parcours.smart.our_keys import OurKeys

EXAMPLE: Final = (
    ROOT / "examples" / "03-correspondant-a-la-demande-du-medecin-traitant" / "bundle.json"
).read_bytes()
FHIR: Final = {"Content-Type": "application/fhir+json"}
ISSUER: Final = "https://logiciel-x.example"
TRIES: Final = 60


@dataclass
class Software:
    """One client of the deployed service; the keys that the page tells to make sign its tokens."""

    machine: Machine

    def __post_init__(self) -> None:
        self._pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            self.machine.https,
            server_hostname=NAME,
            assert_hostname=NAME,
            ca_certs=self.machine.authority,
            retries=False,
            timeout=20,
            maxsize=32,
        )

    def token(self) -> str:
        """A token that serves once."""
        keys = OurKeys(str(self.machine.work / "essai"))
        return keys.assertion("ES384", ISSUER, f"https://{NAME}/fhir", dt.datetime.now(dt.UTC))

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """One request, with a token of its own."""
        signed = {**FHIR, "Host": NAME, "Authorization": f"Bearer {self.token()}", **headers}
        return self._pool.request(method, path, body=body, headers=signed)

    def declare(self, key: str) -> str:
        """Prepare a declaration under a key, insisting as long as it is asked to: the id of its Task."""
        body = json.dumps(demande()).encode()
        for _ in range(TRIES):
            reply = self.ask("POST", "/fhir/$prepare-declaration", body, **{"Idempotency-Key": key})
            if reply.status == 200:
                return _task(reply.json())
            assert reply.status == 503, reply.status
            threading.Event().wait(min(float(reply.headers["Retry-After"]), 0.5))
        raise AssertionError("the service did not come back")


def _task(answer: dict[str, Any]) -> str:
    resources = (entry["resource"] for entry in answer["entry"])
    return str(next(resource["id"] for resource in resources if resource["resourceType"] == "Task"))


@dataclass
class Busy:
    """Software that declares again and again in the background; ``tasks``: what it was told is kept."""

    software: Software
    threads: int = 4
    tasks: list[str] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Busy:
        self._over = threading.Event()
        self._running = [threading.Thread(target=self._declare) for _ in range(self.threads)]
        for thread in self._running:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._running:
            thread.join()

    def _declare(self) -> None:
        try:
            while not self._over.is_set():
                self.tasks.append(self.software.declare(uuid.uuid4().hex))
        except BaseException as fault:  # whatever it is, the test must see it
            self.faults.append(fault)
