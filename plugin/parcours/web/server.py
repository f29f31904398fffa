"""The production server: granian, few threads per worker, warm before its first request."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.util import Finalize
from typing import Any

import msgspec
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

from parcours import logs
from parcours.clients import Clients
from parcours.errors import SettingsError
from parcours.fhir.validity import prepare
from parcours.fhir.writing import answer_bundle, to_json
from parcours.settings import HOST, PORT, Settings
from parcours.settings.token_file import metrics_token
from parcours.smart.our_keys import OurKeys
from parcours.store import Store
from parcours.web import stuck
from parcours.web.admission import MOST, SPARE
from parcours.web.app import create_app
from parcours.web.application import Application
from parcours.web.heap import share_one_heap
from parcours.web.limits import Ledger, account_names, shared_ledger
from parcours.web.numbers import shared_folder

LOGGER = logging.getLogger("parcours")

GRACE_S = 10
"""For answers under way when asked to stop; a worker that was still starting would never hear of it."""

THREADS = MOST + SPARE
"""Of a worker: one for each request that is let in, and a few that refuse the others and tell its health."""

START_S = 6
"""How long the worker that is replaced goes on beside the new one, which takes two seconds to be ready."""
CONNECTIONS = 4096
"""Connections of a worker, idle or not; beyond, they wait to be accepted."""
MAX_HEAD = 64 * 1024
"""Bytes of the headers of one request; beyond, 431."""
SWITCH_S = 0.001
"""How long a thread of a worker computes before another may. By itself five milliseconds: past the knee, who
answers waited so long each time that it had touched the disk, and hardly anybody was answered."""
MAX_WORKER_MIB = 512
"""Memory of a worker, more than twice what it comes to; one beyond is replaced, its answers once given."""


def serve(settings: Settings, started: Callable[[], None]) -> int:
    """Serve until SIGINT or SIGTERM, after a call of ``started``.

    A worker that dies is replaced, and the others go on. The exit code: 0, or 1 when they keep dying.

    Raises ``SettingsError`` when somebody else listens there already, or when the clients file, our keys or
    the token of the metrics are refused, ``StoreUnusable`` when the database, or the key of its audit,
    must not be used: all that is looked at here, once for all workers, and the database made or brought up to
    date.
    """
    _refuse_taken(settings)
    clients = _clients(settings)
    metrics_token(settings.metrics_token_file)
    with closing(Store.open(settings.database)) as store:
        store.audit(settings.keys).prepare(dt.datetime.now(dt.UTC))
    logs.begin()  # a refusal was told in plain words
    server = server_of("parcours", settings.host, settings.port, settings.workers)
    server.on_startup(started)
    try:
        with shared_folder(), shared_ledger(clients) as ledger:
            known = Known(settings, clients, ledger)
            server.on_reload(known.read_again)
            server.serve(target_loader=partial(load_warm, known), wrap_loader=False)
    except SystemExit:
        return 1
    return 0


def server_of(target: str, host: str, port: int, workers: int) -> AbstractServer[Any]:
    """The server of ``target``, with the options of this service."""
    server: AbstractServer[Any] = Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=MAX_HEAD),
        workers=workers,
        workers_max_rss=MAX_WORKER_MIB,
        respawn_interval=START_S,
        backpressure=CONNECTIONS,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_S,
        websockets=False,
        log_dictconfig=logs.configuration(),
        log_level=LogLevels.warning,
        log_access=False,
    )
    return server


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


@dataclass
class Known:
    """What every worker is given: settings, clients, and the accounts of what these ask of all workers."""

    settings: Settings
    clients: Clients
    ledger: Ledger

    def read_again(self) -> None:
        """The clients of today, for the workers that are started from now on.

        A file that is refused meanwhile changes nothing: no worker reads it, and those of before are known.
        """
        try:
            self.clients = _clients(self.settings)
        except SettingsError as error:
            LOGGER.error("clients kept: detail=%s", error)
        else:
            self.ledger = self.ledger.with_names(account_names(self.clients))

    def __reduce__(self) -> tuple[Any, ...]:
        """A worker that is spawned, where none is forked, reads the file itself."""
        return _known_anew, (self.settings, self.ledger)


def _known_anew(settings: Settings, ledger: Ledger) -> Known:
    return Known(settings, _clients(settings), ledger)


def _clients(settings: Settings) -> Clients:
    clients = Clients.load(settings.clients)
    OurKeys(settings.keys).check_for(clients)
    return clients


def load_warm(known: Known) -> Application:
    """An application that has already answered once, out of reach of the garbage collector.

    The first use of a FHIR model builds it (0.1 s), and a full collection that walks those models
    costs more than a request: both are paid here, in each worker, before it listens.
    """
    share_one_heap()
    sys.setswitchinterval(SWITCH_S)
    _end_with_the_parent()
    logs.tell_of_what_is_uncaught()
    store = Store.join(known.settings.database)
    app = create_app(known.settings, store=store, clients=known.clients, ledger=known.ledger)
    # A worker that was forked runs these at its end, the first priority first, and nothing of ``atexit``.
    Finalize(None, app.store.close, exitpriority=0)
    prepare()
    _build_types(msgspec.Struct)
    evaluation = app.service.evaluate(msgspec.json.encode(SAMPLE))
    to_json(answer_bundle(evaluation.decision, evaluation.lecture, dt.datetime.now(dt.UTC)))
    gc.collect()
    gc.freeze()
    if multiprocessing.parent_process():  # who would replace it
        stuck.watch(app.service.turn)
    return app


def _build_types(parent: type[msgspec.Struct]) -> None:
    """msgspec describes a type to itself at its first use, and dies of two threads that do it at once."""
    for kind in parent.__subclasses__():
        msgspec.json.Decoder(kind)
        _build_types(kind)


def _end_with_the_parent() -> None:
    """A worker whose parent was killed would serve, and hold the port, for ever: it stops as if asked to."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        while True:  # a worker that still starts has the ear of its parent, and does not hear the first ones
            os.kill(os.getpid(), signal.SIGTERM)  # to the process: it is the main thread that waits for it
            time.sleep(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


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
