"""The production server: granian, one blocking thread per worker, warm before its first request."""

from __future__ import annotations

import gc
import logging
import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from parcours.errors import SettingsError
from parcours.settings import HOST, PORT, Settings
from parcours.web.app import create_app
from parcours.web.application import Application

LOGGER = logging.getLogger("parcours")

# Messages only, on stderr, and of requests nothing: neither a path nor an address.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "parcours": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}


def serve(settings: Settings, started: Callable[[], None]) -> int:
    """Serve until SIGINT or SIGTERM, after a call of ``started``. The exit code: 0, or 1 for a dead worker.

    Raises ``SettingsError`` when somebody else listens there already.
    """
    _refuse_taken(settings)
    server = Server(
        "parcours",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=1,
        websockets=False,
        log_dictconfig=LOGGING,
        log_level=LogLevels.warning,
        log_access=False,
    )
    server.on_startup(started)
    try:
        server.serve(target_loader=partial(load_warm, settings), wrap_loader=False)
    except SystemExit:
        return 1
    return 0


def _refuse_taken(settings: Settings) -> None:
    """The server shares a port between workers, and would share it with a stranger without a word."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":  # elsewhere this option means: take the port anyway
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        taken = True
    else:
        taken = False
    if taken:
        raise SettingsError(f"{HOST.name}, {PORT.name} : adresse ou port déjà pris, ou indisponible.")


def load_warm(settings: Settings) -> Application:
    """An application that has already answered once, out of reach of the garbage collector.

    The first use of a FHIR model builds it (0.1 s), and a full collection that walks those models
    costs more than a request: both are paid here, in each worker, before it listens.
    """
    app = create_app(settings)
    reply = app.test_client().post(
        "/fhir/$evaluate-parcours", data=msgspec.json.encode(SAMPLE), content_type="application/fhir+json"
    )
    if reply.status_code != 200:
        LOGGER.warning("sample request refused (%s): the first answer will be slow", reply.status_code)
    gc.collect()
    gc.freeze()
    return app


def _entry(kind: str, **elements: Any) -> dict[str, Any]:
    resource = {"resourceType": kind, "id": kind.lower(), **elements}
    return {"fullUrl": f"https://parcours-soins.example/fhir/{kind}/{kind.lower()}", "resource": resource}


SAMPLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        _entry(
            "Encounter",
            status="finished",
            **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}},
            subject={"reference": "Patient/patient"},
            period={"start": "2026-01-05T10:00:00+01:00"},
            participant=[{"individual": {"reference": "PractitionerRole/practitionerrole"}}],
            basedOn=[{"reference": "ServiceRequest/servicerequest"}],
        ),
        _entry("Patient", birthDate="1970-01-01"),
        _entry("Practitioner", name=[{"family": "TEST"}]),
        _entry(
            "PractitionerRole",
            practitioner={"reference": "Practitioner/practitioner"},
            organization={"reference": "Organization/organization"},
        ),
        _entry("Organization", name="TEST"),
        _entry(
            "ServiceRequest",
            status="active",
            intent="order",
            subject={"reference": "Patient/patient"},
            requester={"reference": "Practitioner/practitioner"},
            authoredOn="2026-01-02",
        ),
        _entry(
            "Coverage",
            status="active",
            beneficiary={"reference": "Patient/patient"},
            payor=[{"display": "TEST"}],
        ),
    ],
}
"""Nobody's visit, with one resource of each kind that a request usually brings."""
