"""Reading from a software of other people's making with an access of our own."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path

import pytest
from tests.smart.browsing import PUBLIC, Desk
from tests.web.tokens import EC, claims, public, token

from parcours.clients import Clients
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Ehr
from parcours.smart.backend import Backend
from parcours.smart.discovery import Discovery
from parcours.smart.our_keys import OurKeys
from parcours.web import create_app


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
@pytest.mark.parametrize(
    "registration", ['client_id = "parcours-signe"\nauth = "private_key_jwt"\nbackend_scopes = "system/*.rs"']
)
def test_the_software_is_read_with_our_own_access_where_that_was_agreed(desk: Desk, algorithm: str) -> None:
    clients = Path(desk.settings.clients)
    clients.write_text(f'{clients.read_text("utf-8")}algorithm = "{algorithm}"\n', encoding="utf-8")

    (client,) = Clients.load(str(clients))
    backend = Backend(OurKeys(desk.settings.keys), Discovery(lambda: 0.0))
    now, deadline = dt.datetime.now(dt.UTC), Deadline.after(5)
    before = desk.software.calls("/token")
    ours = backend.authorization(client, now, deadline)
    assert ours is not None
    assert client.fhir_base is not None
    with Ehr(client.fhir_base, ours, "patient", deadline) as ehr:
        assert ehr.read("Patient", "patient")["birthDate"] == "1958-09-30"
    assert backend.authorization(client, now + dt.timedelta(seconds=280), deadline) == ours
    assert desk.software.calls("/token") == before + 1
    assert backend.authorization(client, now + dt.timedelta(seconds=295), deadline) != ours
    assert desk.software.calls("/token") == before + 2


@pytest.mark.parametrize(
    "registration", ['client_id = "parcours-signe"\nauth = "private_key_jwt"\nbackend_scopes = "system/*.rs"']
)
def test_a_hook_that_lends_no_token_is_completed_with_our_own_access(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcours.web.cds_hooks.FETCHING", 20.0)  # a machine may be busy
    file = Path(desk.settings.clients)
    keys = json.dumps(public(EC)).replace('":', '" =')
    file.write_text(file.read_text("utf-8").replace("tenant =", f"keys = {keys}\ntenant =", 1), "utf-8")
    asked = {
        "hook": "encounter-start",
        "hookInstance": str(uuid.uuid4()),
        "fhirServer": desk.software.iss,
        "context": {"userId": "Practitioner/medecin", "patientId": "patient", "encounterId": "encounter"},
    }
    path = "/cds-services/parcours-encounter-start"
    signed = token(claims(iss=desk.software.origin, aud=f"{PUBLIC}{path}"))
    before = desk.software.calls("/token")
    reply = (
        create_app(desk.settings)
        .test_client()
        .post(path, json=asked, headers={"Authorization": f"Bearer {signed}"})
    )
    assert (reply.status_code, desk.software.calls("/token")) == (200, before + 1)
