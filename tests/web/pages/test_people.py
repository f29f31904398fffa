"""Who looks at the pages of a practice: whoever signed in from its software, and nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from tests.fhir.builders import encode
from tests.fhir.declarations import demande
from tests.web.pages.office import HTML, LIST, NEW, TICKS, WHO, Office, errors, proof
from tests.web.receiver import Bridge, says

from parcours.remote import bridge as remote
from parcours.settings import Settings
from parcours.smart.identity import Identite
from parcours.smart.secret import Secret
from parcours.smart.signed_in import Register
from parcours.smart.visits import Visits
from parcours.web import create_app
from parcours.web.application import Application
from parcours.web.pages.people import Person
from parcours.web.smart import Smart

PUBLIC = "https://parcours.example"
COOKIE = "__Host-parcours"
DOCTOR = Identite(sujet="1", source="psc", nom="Alex EXEMPLE", rpps="10100000002")
UNNAMED = Identite(sujet="2", source="fhirUser", utilisateur="Practitioner/2")
NOW = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)

Enter = Callable[..., Office]


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    monkeypatch.setattr(remote, "PAUSES", (0.01, 0.01))
    listening = Bridge()
    yield listening
    listening.close()


@pytest.fixture
def app(tmp_path: Path, bridge: Bridge) -> Iterator[Application]:
    """Two practices, each with its software; the first has a bridge."""
    file = tmp_path / "clients.toml"
    file.write_text(
        software("nord", f'[client.bridge]\nurl = "{bridge.url}"\n') + software("sud", ""), encoding="utf-8"
    )
    settings = Settings(clients=str(file), public_url=PUBLIC, database=str(tmp_path / "kept.sqlite"))
    with time_machine.travel(NOW, tick=True):
        yield create_app(settings)


def software(name: str, more: str) -> str:
    address = f"https://{name}.example"
    return (
        f'[[client]]\nid = "logiciel-{name}"\nissuer = "{address}"\ntenant = "{name}"\n'
        f'fhir_base = "{address}/fhir"\njwks_url = "{address}/jwks"\n'
        f'[client.smart]\nclient_id = "parcours"\n{more}'
    )


@pytest.fixture
def enter(app: Application) -> Enter:
    """Somebody's browser, once he signed in from a software."""

    def come(who: Identite = DOCTOR, practice: str = "nord") -> Office:
        held: Smart = app.extensions["parcours.smart"]
        register: Register = held.visits._register
        secret = register.begin(f"logiciel-{practice}", who, dt.datetime.now(dt.UTC))
        client = app.test_client()
        client.set_cookie(COOKIE, secret.text, domain="parcours.example", secure=True)
        return Office(client, PUBLIC)

    return come


@pytest.mark.parametrize("path", [LIST, NEW, f"{LIST}/x", f"{LIST}/x/formulaire.pdf", f"{LIST}/x/corriger"])
def test_nothing_is_shown_to_who_did_not_sign_in(app: Application, path: str) -> None:
    reply = app.test_client().get(path, headers=HTML, base_url=PUBLIC)
    assert reply.status_code == 403
    assert "Cette page n’est plus ouverte" in reply.text


def test_nothing_is_done_for_who_did_not_sign_in(app: Application) -> None:
    for path in ("preparer", "x/signer", "x/annuler", "x/confier"):
        assert app.test_client().post(f"{LIST}/{path}", headers=HTML, base_url=PUBLIC).status_code == 403


def test_who_signed_in_acts_under_his_own_name_whatever_a_form_says(enter: Enter) -> None:
    office = enter()
    address = office.prepared(demande())
    assert 'name="qui"' not in office.get(address)
    office.done(f"{address}/signer", version=1, qui="Quelqu’un d’autre", **TICKS)
    page = office.get(address)
    assert "Alex EXEMPLE, RPPS 10100000002" in page
    assert "Quelqu’un d’autre" not in page


def test_who_signed_in_without_a_name_is_asked_for_it(enter: Enter) -> None:
    office = enter(UNNAMED)
    address = office.prepared(demande())
    assert set(errors(office.post(f"{address}/signer", version=1, **TICKS).text)) == {"qui-signature"}
    office.done(f"{address}/signer", version=1, qui=WHO, **TICKS)
    assert WHO in office.get(address)


@pytest.mark.parametrize(
    ("nom", "rpps", "qui"),
    [
        ("A B", "10100000002", "A B, RPPS 10100000002"),
        ("A B", None, "A B"),
        (None, "10100000002", "RPPS 10100000002"),
        (None, None, None),
    ],
)
def test_a_person_is_written_by_name_and_number(nom: str | None, rpps: str | None, qui: str | None) -> None:
    assert Person(tenant="t", client="c", jeton="j", nom=nom, rpps=rpps).qui == qui


def test_a_declaration_of_another_practice_is_unknown_however_it_is_asked_for(enter: Enter) -> None:
    ours, theirs = enter(), enter(practice="sud")
    address = ours.prepared(demande())
    for end in ("", "/corriger", "/espace-pro", "/formulaire.pdf", "/exemplaire-cabinet.pdf"):
        theirs.get(f"{address}{end}", 404)
    for end in ("signer", "transmettre", "reponse", "annuler", "corriger"):
        form = {**TICKS, "voie": "courrier", "issue": "enregistree", "motif": "x"}
        assert theirs.post(f"{address}/{end}", version=1, **form).status_code == 404
    assert address not in theirs.get(LIST)
    assert address not in theirs.post(LIST, mots="PAT-TROIS").text


def test_a_form_of_somebody_else_changes_nothing(enter: Enter) -> None:
    mine, other = enter(), enter(UNNAMED)
    address = mine.prepared(demande())
    theirs = proof(other.get(NEW))
    assert mine.post(f"{address}/signer", jeton=theirs, version=1, **TICKS).status_code == 403


def test_what_is_read_of_the_open_visit_is_prepared(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Secret | None, str]] = []

    class Read:
        body = encode(demande())

    def read(_: Visits, secret: Secret | None, page: str, _now: dt.datetime) -> Read:
        asked.append((secret, page))
        return Read()

    monkeypatch.setattr(Visits, "read", read)
    office = enter()
    address = office.done(f"{LIST}/preparer", page="la-page")
    assert "PAT-TROIS" in office.get(address)
    ((secret, page),) = asked
    assert (secret is not None, page) == (True, "la-page")


def test_a_visit_that_is_not_of_this_session_prepares_nothing(enter: Enter) -> None:
    assert enter().post(f"{LIST}/preparer", page="x" * 43).status_code == 403


# ---------------------------------------------------------------- the bridge of the software


def test_a_person_hands_a_signed_declaration_over_to_the_software(enter: Enter, bridge: Bridge) -> None:
    office = enter()
    address = office.prepared(demande())
    office.signed(address)
    assert f'action="{address}/confier"' in office.get(address)
    assert bridge.heard == []
    office.done(f"{address}/confier", version=2)
    page = office.get(address)
    assert "AR-1" in page
    assert "Noter la réponse de la caisse" in page


def test_a_hand_over_that_fails_is_said_and_moves_nothing(enter: Enter, bridge: Bridge) -> None:
    office = enter()
    address = office.prepared(demande())
    office.signed(address)
    bridge.plays.append(says(422, b"<script>alert('pont')</script>"))
    reply = office.post(f"{address}/confier", version=2)
    assert reply.status_code == 502
    assert "Le pont DMTi du logiciel refuse la déclaration" in reply.text
    assert "alert(" not in reply.text
    assert f'action="{address}/confier"' in office.get(address)


def test_what_is_not_signed_or_changed_meanwhile_is_not_handed_over(enter: Enter, bridge: Bridge) -> None:
    office = enter()
    address = office.prepared(demande())
    reply = office.post(f"{address}/confier", version=1)
    assert (reply.status_code, bridge.heard) == (422, [])
    office.signed(address)
    assert office.post(f"{address}/confier", version=1).status_code == 412
    assert bridge.heard == []


def test_a_software_without_a_bridge_is_handed_nothing(enter: Enter) -> None:
    office = enter(practice="sud")
    address = office.prepared(demande())
    office.signed(address)
    assert "/confier" not in office.get(address)
    assert office.post(f"{address}/confier", version=2).status_code == 404
