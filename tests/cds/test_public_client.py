"""A doctor's software made of other people's code: Medplum's client and FHIR server, over sockets."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.cds.calls import CDS, NO_MT, WITH_MT, Json, folder, profession
from tests.cds.conformance import response_defects
from tests.listening import POLL_S
from werkzeug.serving import WSGIRequestHandler, make_server

from parcours.cds.services import SERVICES
from parcours.service import Service
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import create_app

CLIENT = Path(__file__).with_name("client")
NODE = CLIENT / "node_modules/node/bin/node"
ISSUER = "https://logiciel.example"
SCOPE = "patient/*.read user/*.read"


def node() -> str:
    if not NODE.exists() or not (CLIENT / "node_modules/@medplum/fhir-router").is_dir():
        pytest.skip("tool absent: make cds-client (Medplum's client, and the Node it needs)")
    return str(NODE)


class Ehr:
    """Medplum's FHIR server holding one example; ``asked`` is what it was asked, once it is stopped."""

    def __init__(self, number: str) -> None:
        self._process = subprocess.Popen(
            [node(), "server.mjs", str(folder(number) / "bundle.json")],
            cwd=CLIENT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['port']}/"

    def stop(self) -> list[Json]:
        self._process.terminate()
        said, _ = self._process.communicate(timeout=10)
        return [json.loads(line) for line in said.splitlines()]


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


class Running:
    """The service on a free port, trusting the one client whose key this is."""

    def __init__(self, folder: Path, ehr: str, key: ECKey) -> None:
        self._server = make_server("127.0.0.1", 0, lambda *_: [], request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}{CDS}"
        file = folder / "clients.toml"
        public = {k: v for k, v in key.as_dict(private=False).items() if isinstance(v, str)}
        table = ", ".join(f'{name} = "{value}"' for name, value in public.items())
        file.write_text(
            f'[[client]]\nid = "medplum"\nissuer = "{ISSUER}"\ntenant = "cabinet"\n'
            f'fhir_base = "{ehr}fhir/R4"\nkeys = [{{ {table} }}]\n',
            encoding="utf-8",
        )
        settings = Settings(clients=str(file), port=self._server.server_port)
        store = Store.open(str(folder / "parcours.sqlite"))
        self._server.app = create_app(settings, Service(settings), store).wsgi_app
        self._thread = threading.Thread(target=self._server.serve_forever, args=[POLL_S])
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def token(key: ECKey, audience: str) -> str:
    now = int(dt.datetime.now(dt.UTC).timestamp())
    claims = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + 240, "jti": uuid.uuid4().hex}
    return jwt.encode({"alg": "ES384", "kid": "k", "typ": "JWT"}, claims, key, algorithms=["ES384"])


def contexts() -> Json:
    """What the software has on its screen at each moment it calls."""
    chart = {"userId": "Practitioner/medecin-consulte", "patientId": "patient"}
    order = {
        "resourceType": "ServiceRequest",
        "id": "lettre",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/patient"},
        "requester": {"reference": "Practitioner/medecin-consulte"},
        "performerType": profession("10"),
        "performer": [{"reference": "Practitioner/confrere"}],
    }
    visit = {
        "resourceType": "Appointment",
        "id": "rendez-vous",
        "status": "proposed",
        "start": "2026-06-02T10:00:00+02:00",
        "participant": [
            {"actor": {"reference": "Patient/patient"}, "status": "accepted"},
            {"actor": {"reference": "PractitionerRole/role-consulte"}, "status": "accepted"},
        ],
    }
    return {
        "patient-view": chart,
        "encounter-start": {**chart, "encounterId": "visite"},
        "encounter-discharge": {**chart, "encounterId": "visite"},
        "order-sign": {**chart, "draftOrders": collection(order)},
        "appointment-book": {**chart, "appointments": collection(visit)},
    }


def collection(resource: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}


def played(number: str, folder: Path) -> tuple[Json, list[Json]]:
    """What the client got, and what its own server was asked."""
    key = ECKey.generate_key("P-384", {"kid": "k", "alg": "ES384", "use": "sig"})
    ehr = Ehr(number)
    service = Running(folder, ehr.url, key)
    try:
        asked = {
            "fhir": ehr.url,
            "services": service.url,
            "user": "Practitioner/medecin-consulte",
            "contexts": contexts(),
            "tokens": {id: [token(key, f"{service.url}/{id}") for _ in range(3)] for id in SERVICES},
            "lent": {"access_token": "lent", "token_type": "Bearer", "scope": SCOPE},
        }
        done = subprocess.run(
            [node(), "doctor.mjs", json.dumps(asked)],
            cwd=CLIENT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        service.stop()
        heard = ehr.stop()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), heard


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> tuple[Json, list[Json]]:
    return played(NO_MT, tmp_path_factory.mktemp("without"))


@pytest.fixture(scope="module")
def with_mt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Json, list[Json]]:
    return played(WITH_MT, tmp_path_factory.mktemp("with"))


def every_answer(played: Json) -> Iterator[Json]:
    for answer in played["answers"].values():
        yield from (answer["prefetched"], answer["fetched"])


def test_it_discovers_the_services_and_fills_their_prefetch(without: tuple[Json, list[Json]]) -> None:
    got, _ = without
    assert set(got["services"]) == set(SERVICES)
    for hook, answer in got["answers"].items():
        assert answer["keys"] == list(SERVICES[f"parcours-{hook}"].prefetch)


def test_every_answer_it_gets_is_right_by_the_assertions(
    without: tuple[Json, list[Json]], with_mt: tuple[Json, list[Json]]
) -> None:
    for got, _ in (without, with_mt):
        assert [defect for answer in every_answer(got) for defect in response_defects(answer)] == []


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
@pytest.mark.parametrize("how", ["prefetched", "fetched"])
def test_a_visit_out_of_the_path_is_told_whether_data_is_sent_or_fetched(
    without: tuple[Json, list[Json]], hook: str, how: str
) -> None:
    answer = without[0]["answers"][hook][how]
    (card,) = answer["cards"]
    assert card["summary"].startswith("Hors parcours, indicateur de parcours S2")
    assert [a["type"] for a in card["suggestions"][0]["actions"]] == ["create"] * 3
    (action,) = answer["systemActions"]
    assert (action["resource"]["resourceType"], action["resource"]["id"]) == ("Encounter", "visite")


@pytest.mark.parametrize("how", ["prefetched", "fetched"])
def test_a_visit_to_come_out_of_the_path_is_told_before_it_is_booked(
    without: tuple[Json, list[Json]], how: str
) -> None:
    answer = without[0]["answers"]["appointment-book"][how]
    (card,) = answer["cards"]
    assert card["summary"].startswith("Rendez-vous du 02/06/2026 : Hors parcours")
    assert card["extension"] == {"davinci-crd.associated-resource": ["Appointment/rendez-vous"]}
    (action,) = answer["systemActions"]
    assert (action["resource"]["resourceType"], action["resource"]["id"]) == ("Appointment", "rendez-vous")


@pytest.mark.parametrize("how", ["prefetched", "fetched"])
def test_a_record_without_medecin_traitant_gets_the_hint(without: tuple[Json, list[Json]], how: str) -> None:
    (card,) = without[0]["answers"]["patient-view"][how]["cards"]
    assert card["summary"].startswith("Aucun médecin traitant déclaré")


@pytest.mark.parametrize("how", ["prefetched", "fetched"])
def test_the_medecin_traitant_is_left_in_peace_and_her_letter_recognised(
    with_mt: tuple[Json, list[Json]], how: str
) -> None:
    answers = with_mt[0]["answers"]
    assert answers["encounter-start"][how]["cards"] == []
    assert answers["appointment-book"][how]["cards"] == []
    (card,) = answers["order-sign"][how]["cards"]
    assert card["summary"].startswith("Lettre du médecin traitant")


def test_the_lent_token_is_used_on_its_server_and_only_for_what_was_not_sent(
    without: tuple[Json, list[Json]],
) -> None:
    _, heard = without
    fetched = [line["asked"] for line in heard if line["token"] == "Bearer lent"]
    assert {"/Patient/patient", "/Encounter/visite"} <= set(fetched)
    assert {line["token"] for line in heard} == {None, "Bearer lent"}


def test_a_broken_call_is_an_operation_outcome_that_the_client_reads(
    without: tuple[Json, list[Json]],
) -> None:
    assert without[0]["refused"] == "required"
