"""The Annuaire Santé as tests play it: answers shaped like its own, about people who do not exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fhir.builders import DOC, G15, R22, R38, RPPS, concept, encounter, practitioner, ref
from tests.remote.loopback import Play, Server, Talk, content

from parcours.remote.annuaire import Annuaire, Directory, Pace
from parcours.remote.breaker import Breaker
from parcours.remote.directory_cache import DirectoryCache
from parcours.remote.endpoints import Endpoint

Json = dict[str, Any]
Days = Callable[[], dt.date]

KEY = "secret-key-of-the-directory"
TODAY = dt.date(2026, 2, 17)
ID = "003-3014698-3057235"
GENERALIST, OPHTHALMOLOGIST = "SM54", "SM38"


def person(specialty: str = OPHTHALMOLOGIST, number: str = DOC, id: str = ID, **elements: Any) -> Json:
    """A doctor. The version is a number, as the directory's own pages show it."""
    return {
        "resourceType": "Practitioner",
        "id": id,
        "meta": {"versionId": 2, "lastUpdated": "2026-01-05T01:00:00.000+01:00"},
        "active": True,
        "identifier": [
            {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"8{number}"},
            {"system": RPPS, "value": number},
        ],
        "name": [{"use": "usual", "family": "TEST-DOC", "given": ["Camille"]}],
        "qualification": [{"code": concept((G15, "10"))}, {"code": concept((R38, specialty))}],
        **elements,
    }


def activity(kind: str = "GENR01", id: str = "005-5087586-6923328", **elements: Any) -> Json:
    """One activity: its number stands in the system of RPPS numbers, and is none."""
    return {
        "resourceType": "PractitionerRole",
        "id": id,
        "meta": {"versionId": 1},
        "identifier": [{"system": RPPS, "value": "1010000009"}],
        "active": True,
        "practitioner": ref(f"Practitioner/{ID}"),
        "organization": ref("Organization/001-01-77"),
        "code": [concept((R22, kind))],
        **elements,
    }


def place() -> Json:
    """Where it takes place."""
    return {
        "resourceType": "Organization",
        "id": "001-01-77",
        "name": "CABINET DU DR TEST-DOC",
        "address": [{"postalCode": "75011"}],
    }


def page(*resources: Json, next_: str | None = None, **elements: Any) -> Json:
    """A page of a search. ``total`` is not given unless it is asked for, as the directory does."""
    links = [{"relation": "next", "url": next_}] if next_ else []
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "id": "7f1c",
        "link": [{"relation": "self", "url": "https://directory.example/fhir/v2/Practitioner"}, *links],
        "entry": [{"fullUrl": f"urn:{r.get('id')}", "resource": r} for r in resources],
        **elements,
    }


def plays(pages: Mapping[str, Json]) -> Play:
    """A server that answers each path with its page."""

    def play(talk: Talk) -> None:
        talk.sock.sendall(content(pages[urlsplit(talk.target).path.rpartition("/")[2]]))

    return play


def asked(server: Server) -> list[tuple[str, dict[str, list[str]]]]:
    """Path and parameters of every request."""
    targets = [urlsplit(head.split(b" ", 2)[1].decode()) for head in server.heads]
    return [(target.path, parse_qs(target.query)) for target in targets]


def directory(base: Endpoint) -> Directory:
    """The client, at a pace that never makes a test wait."""
    return Directory(base, KEY, Pace(1e6))


def annuaire(
    base: Endpoint, folder: Path, today: Days = lambda: TODAY, breaker: Breaker | None = None
) -> Annuaire:
    """All of it, with its file in this folder."""
    return Annuaire(directory(base), DirectoryCache(folder / "annuaire.sqlite"), today, breaker)


def doctor(*codes: tuple[str, str]) -> Json:
    """The doctor of the visit, of whom nothing is said but these codes."""
    said = practitioner("doc", DOC, *codes)
    return said if codes else {name: value for name, value in said.items() if name != "qualification"}


def on(day: dt.date) -> Json:
    """The visit, on a day."""
    return encounter(period={"start": f"{day}T10:00:00+01:00"})
