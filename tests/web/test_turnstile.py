"""One request computes at a time in a process; a line that is too long, or too slow, is refused."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from parcours.errors import Overloaded
from parcours.fhir.writing import to_json
from parcours.service import Service
from parcours.settings import Settings
from parcours.turnstile import FEW, TURNED_AWAY, Turnstile
from parcours.web import create_app
from parcours.web.pages import rules
from parcours.web.server import SAMPLE

BODY = to_json(SAMPLE)


def test_only_one_is_inside_at_a_time() -> None:
    turnstile, inside, most = Turnstile(), 0, 0

    def pass_through() -> None:
        nonlocal inside, most
        for _ in range(200):
            with turnstile:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=pass_through) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_a_full_line_refuses_at_once_and_a_slow_one_after_a_while() -> None:
    full, slow = Turnstile(line=0, patience=60), Turnstile(line=1, patience=0.01)
    for turnstile in (full, slow):
        with turnstile, pytest.raises(Overloaded), turnstile:
            pass
        with turnstile:  # whoever was refused holds nothing
            pass


def test_a_turn_is_given_back_after_a_failure() -> None:
    turnstile = Turnstile(line=0)
    with pytest.raises(ZeroDivisionError), turnstile:
        raise ZeroDivisionError
    with turnstile:
        pass


def test_a_service_with_too_much_to_do_answers_503_and_says_when_to_come_back() -> None:
    service = Service(Settings())
    service.turn = Turnstile(line=0, patience=0)
    client = create_app(Settings(), service).test_client()
    with service.turn:
        busy = client.post("/fhir/$evaluate-parcours", data=BODY, content_type="application/fhir+json")
        assert client.get("/health/live").status_code == 200
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert busy.json is not None
    assert busy.json["issue"][0]["code"] == "transient"
    freed = client.post("/fhir/$evaluate-parcours", data=BODY, content_type="application/fhir+json")
    assert freed.status_code == 200


def test_pages_of_everybody_wait_in_a_line_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(Settings()).test_client()
    begun, let, many = threading.Event(), threading.Event(), FEW + 1

    def slow() -> Sequence[object]:
        begun.set()
        assert let.wait(timeout=20)
        return []

    monkeypatch.setattr(rules, "themes", slow)
    before = TURNED_AWAY.counts().get("line", 0)
    with ThreadPoolExecutor(many + 1) as people:
        asked = [people.submit(client.get, "/regles/valeurs") for _ in range(many + 1)]
        assert begun.wait(timeout=20)
        refused = next(as_completed(asked, timeout=20)).result()
        decided = client.post("/fhir/$evaluate-parcours", data=BODY, content_type="application/fhir+json")
        let.set()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert TURNED_AWAY.counts()["line"] == before + 1
    assert decided.status_code == 200
    assert sorted(page.result().status_code for page in asked) == [200] * many + [503]
