"""``/metrics``: what is counted, who may see it, and that no request makes a new series."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.faults.served import served

from parcours.errors import SettingsError
from parcours.fhir.validity import GATE
from parcours.logs.rendering import DROPPED, EVENTS
from parcours.logs.writer import LOST
from parcours.remote.http import CALLS
from parcours.service import Evaluation
from parcours.settings import Settings
from parcours.turnstile import TURNED_AWAY
from parcours.web import create_app, metrics, numbers
from parcours.web.openapi_schemas import EXAMPLES

TOKEN = "a-token-of-the-operator"
EVALUATE = "/fhir/Encounter/$evaluate-parcours"
FHIR = {"Content-Type": "application/fhir+json"}


def value(text: str, name: str, **labels: str) -> float:
    """The value of one series; nothing counted is zero."""
    wanted = {f'{label}="{content}"' for label, content in labels.items()}
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and wanted <= set(re.findall(r'\w+="[^"]*"', found[1] or "")):
            return float(found[2])
    return 0.0


def series(text: str) -> set[str]:
    """The series, with their labels."""
    return {line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")}


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return file


def test_requests_are_counted_and_timed_by_route_method_and_class(client: FlaskClient) -> None:
    client.get("/health/live")
    client.get("/health/live")
    client.get("/nowhere")
    text = client.get("/metrics").text
    assert value(text, "parcours_requests_total", route="/health/live", method="GET", status="2xx") == 2
    assert value(text, "parcours_requests_total", route="none", status="4xx") == 1
    assert value(text, "parcours_request_seconds_count", route="/health/live") == 2


def test_decisions_are_counted_by_position(client: FlaskClient, evaluation: Evaluation) -> None:
    client.post(EVALUATE, headers=FHIR, data=b"{}")
    text = client.get("/metrics").text
    assert value(text, "parcours_decisions_total", position=str(evaluation.decision.position)) == 1


@pytest.mark.parametrize(
    ("happen", "name", "labels"),
    [
        (lambda: EVENTS.add(("store unavailable", "SQLITE_FULL")), "events", {"event": "store unavailable"}),
        (lambda: CALLS.add("timeout"), "upstream_calls", {"reason": "timeout"}),
        (lambda: TURNED_AWAY.add("line"), "turned_away", {"reason": "line"}),
        (lambda: LOST.add("full"), "log_lost", {"reason": "full"}),
        (lambda: DROPPED.add("field"), "log_lost", {"reason": "field"}),
    ],
    ids=["events", "upstream", "turned away", "lost", "dropped"],
)
def test_what_is_counted_elsewhere_is_followed(
    client: FlaskClient, happen: Callable[[], None], name: str, labels: dict[str, str]
) -> None:
    def told() -> float:
        return value(client.get("/metrics").text, f"parcours_{name}_total", **labels)

    before = told()
    happen()
    assert told() == before + 1


def test_a_disagreement_of_the_gate_and_its_closing_are_seen(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert value(client.get("/metrics").text, "parcours_gate_closed") == 0
    monkeypatch.setattr(GATE, "closed", "another version")
    monkeypatch.setattr(GATE, "disagreements", GATE.disagreements + 1)
    text = client.get("/metrics").text
    assert value(text, "parcours_gate_closed") == 1
    assert value(text, "parcours_gate_disagreements_total") == 1
    assert client.get("/health/ready").get_json()["gate"] == "closed"


def test_a097_no_request_makes_a_new_series() -> None:
    client = create_app(Settings()).test_client()

    def storm() -> set[str]:
        for _ in range(8):
            word = uuid.uuid4().hex
            headers = {"X-Request-Id": word, "Host": "localhost", "X-Tenant": word}
            client.open(f"/{word}", method=word[:6].upper(), headers=headers)
            client.get(f"/fhir/Task/{word}?patient={word}", headers=headers)
            client.get(f"/fhir/{word}/{word}", headers=headers)
            client.get(f"/regles/{word}", headers=headers)
            client.post(f"/cds-services/{word}", json={"hook": word}, headers=headers)
        return series(client.get("/metrics").text)

    storm()  # the first one makes those of the routes, and of /metrics itself
    assert storm() == storm()


# ---------------------------------------------------------------- who may see it


def test_without_a_token_file_only_this_machine_is_answered(client: FlaskClient) -> None:
    def asked(peer: str, **headers: str) -> int:
        named = {name.replace("_", "-"): content for name, content in headers.items()}
        return client.get("/metrics", environ_base={"REMOTE_ADDR": peer}, headers=named).status_code

    assert [asked("127.0.0.1"), asked("::1"), asked("::ffff:127.0.0.1")] == [200, 200, 200]
    assert asked("192.168.1.10") == 403
    assert {asked("127.0.0.1", **{name.replace("-", "_"): "x"}) for name in metrics.FORWARDED} == {403}


def test_a_proxy_of_this_machine_is_not_this_machine() -> None:
    client = create_app(Settings(proxy="127.0.0.1")).test_client()
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        ("", 401),
        (TOKEN, 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer ", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
    ],
)
def test_with_a_token_file_its_token_opens_and_nothing_else(
    token_file: Path, given: str, status: int
) -> None:
    client = create_app(Settings(metrics_token_file=str(token_file))).test_client()
    reply = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert reply.status_code == status
    assert TOKEN not in reply.text
    assert ("WWW-Authenticate" in reply.headers) == (status == 401)


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        (TOKEN, 0o644),
        (TOKEN, 0o640),
        ("", 0o600),
        ("short", 0o600),
        (f"{TOKEN} {TOKEN}", 0o600),
        ("é" * 20, 0o600),
    ],
)
def test_a086_a_token_file_that_others_read_or_that_holds_no_token_stops_the_start(
    token_file: Path, content: str, mode: int
) -> None:
    token_file.write_text(content)
    token_file.chmod(mode)
    with pytest.raises(SettingsError, match="PARCOURS_METRICS_TOKEN_FILE") as caught:
        create_app(Settings(metrics_token_file=str(token_file)))
    assert TOKEN not in str(caught.value)
    assert str(token_file) not in str(caught.value)


def test_a086_a_token_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PARCOURS_METRICS_TOKEN_FILE"):
        create_app(Settings(metrics_token_file=str(tmp_path / "none")))


# ---------------------------------------------------------------- without the extra, with several workers


def test_without_the_extra_there_is_nothing_and_the_service_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str, *_: object) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(numbers, "import_module", absent)
    client = create_app(Settings()).test_client()
    assert client.get("/health/live").status_code == 200
    reply = client.get("/metrics")
    assert (reply.status_code, reply.mimetype) == (404, "text/plain")
    assert "parcours-soins[metrics]" in reply.text


def test_the_workers_of_a_server_add_up(tmp_path: Path) -> None:
    asked = 40
    with served(str(tmp_path / "base.sqlite"), workers=2) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=60).status_code == 200
        assert len(server.workers()) >= 2
        for _ in range(asked):
            # Each on a connection of its own: it is the connections that the workers share out.
            session.post(
                f"{server.url}{EVALUATE}",
                json=EXAMPLES["Visit"](),
                headers={**FHIR, "Connection": "close"},
                timeout=30,
            )
        found = {
            session.get(f"{server.url}/metrics", headers={"Connection": "close"}, timeout=30).text
            for _ in range(5)
        }
        code, said = server.stop()
    assert {value(text, "parcours_requests_total", route=EVALUATE, status="2xx") for text in found} == {asked}
    assert {value(text, "parcours_decisions_total", position="dans-parcours") for text in found} == {asked}
    assert code == 0
    assert said.count(f'"route": "{EVALUATE}"') == asked


def test_the_folder_of_the_workers_is_gone_at_the_end_unless_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with numbers.shared_folder():
        folder = Path(os.environ[numbers.SHARED])
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()
    assert numbers.SHARED not in os.environ
    monkeypatch.setenv(numbers.SHARED, str(tmp_path))
    with numbers.shared_folder():
        assert os.environ[numbers.SHARED] == str(tmp_path)
    assert tmp_path.is_dir()


def test_a_worker_that_ended_is_no_longer_in_what_is_true_now(tmp_path: Path) -> None:
    dead, alive = tmp_path / "gauge_livemax_999999999.db", tmp_path / f"gauge_livemax_{os.getpid()}.db"
    counted = tmp_path / "counter_999999999.db"
    for file in (dead, alive, counted):
        file.touch()
    numbers.forget_the_dead(tmp_path)
    assert [file.exists() for file in (dead, alive, counted)] == [False, True, True]


def test_what_a_killed_service_left_is_removed_by_the_next_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed, strange = tmp_path / f"{numbers.FOLDER}killed", tmp_path / f"{numbers.FOLDER}strange"
    for folder in (killed, strange):
        folder.mkdir()
    (killed / numbers.LOCK).touch()
    with numbers.shared_folder():
        alive = os.environ.pop(numbers.SHARED)
        with numbers.shared_folder():
            assert {path.name for path in tmp_path.iterdir()} >= {strange.name, Path(alive).name}
            assert not killed.exists()
        os.environ[numbers.SHARED] = alive
    assert [path.name for path in tmp_path.iterdir()] == [strange.name]
