"""The directory is asked once a day about somebody, and left alone while it fails."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import NoReturn

import pytest
from tests.fhir.builders import DOC
from tests.remote.directory import (
    KEY,
    TODAY,
    activity,
    annuaire,
    asked,
    page,
    person,
    plays,
)
from tests.remote.loopback import Listen, Talk, answer, content, says

from parcours.remote.annuaire import Annuaire, Directory, DirectoryUnreachable, Pace
from parcours.remote.breaker import Breaker
from parcours.remote.deadline import Deadline
from parcours.remote.directory_cache import DirectoryCache
from parcours.remote.unreachable import Reason

SOON = 0.3
KNOWN = page(person(), activity())


def test_a_professional_is_asked_about_once_a_day(listen: Listen, tmp_path: Path) -> None:
    server = listen(plays({"Practitioner": KNOWN}))
    day = [TODAY]
    service = annuaire(server.base(), tmp_path, lambda: day[0])
    assert service.releves(DOC) == service.releves(DOC)
    assert len(server.heads) == 1
    day[0] += dt.timedelta(days=1)
    (releve,) = service.releves(DOC)
    assert (releve.depuis, releve.jusqu_a, len(server.heads)) == (TODAY, day[0], 2)


def test_it_is_not_asked_when_the_request_has_no_time_left(listen: Listen, tmp_path: Path) -> None:
    server = listen(plays({"Practitioner": KNOWN}))
    service = annuaire(server.base(), tmp_path)
    assert service.releves(DOC, Deadline.after(0.1)) == ()
    assert server.heads == []
    assert len(service.releves(DOC, Deadline.after(5))) == 1


def test_what_it_says_anew_begins_on_the_day_it_says_so(listen: Listen, tmp_path: Path) -> None:
    told = [KNOWN]
    server = listen(lambda talk: talk.sock.sendall(content(told[0])))
    day = [TODAY]
    service = annuaire(server.base(), tmp_path, lambda: day[0])
    service.releves(DOC)
    day[0] += dt.timedelta(days=3)
    told[0] = page(person("SM54"), activity())
    before, after = service.releves(DOC)
    assert (before.depuis, before.jusqu_a) == (TODAY, TODAY)
    assert (after.depuis, after.jusqu_a) == (day[0], day[0])
    assert service.kept(DOC) == (before, after)
    told[0] = page(person("SM42"))
    assert [r.depuis for r in annuaire(server.base(), tmp_path, lambda: day[0]).ask(DOC)] == [TODAY, day[0]]


class Counted:
    """A directory that fails in one way, and counts."""

    def __init__(self, reason: Reason, wait: float | None = None) -> None:
        self.error = DirectoryUnreachable(reason, wait)
        self.calls = 0

    def look_up(self, *_: object, **__: object) -> NoReturn:
        self.calls += 1
        raise self.error


@pytest.mark.parametrize(
    ("reason", "wait", "calls"),
    [
        pytest.param(Reason.STATUS, None, 5, id="F-051 after five failures"),
        pytest.param(Reason.STATUS, 0.0, 1, id="F-050 at once when it says so"),
        pytest.param(Reason.REFUSED, 0.0, 1, id="F-052 at once when the key is refused"),
        pytest.param(Reason.BUSY, None, 20, id="not when we were busy ourselves"),
    ],
)
def test_a_directory_that_fails_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, reason: Reason, wait: float | None, calls: int
) -> None:
    failing = Counted(reason, wait)
    service = Annuaire(failing, DirectoryCache(tmp_path / "annuaire.sqlite"), lambda: TODAY)
    assert [service.releves(DOC) for _ in range(20)] == [()] * 20
    assert failing.calls == calls
    alarms = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(alarms) == (1 if reason is Reason.REFUSED else 0)
    with pytest.raises(DirectoryUnreachable):
        service.ask(DOC)
    assert failing.calls == calls + 1, "a person who asks is not refused for that"


def test_f051_in_a_storm_of_502_among_answers_few_calls_are_made(listen: Listen, tmp_path: Path) -> None:
    """June 2026: every second answer was one. Each time it is about another professional."""
    now, numbers = [0.0], [f"1010000{n:04}" for n in range(100)]

    def play(talk: Talk) -> None:
        asked_for = asked(server)[-1][1]["identifier"][0]
        ill = len(server.heads) % 2 == 0
        whole = answer(b"<html>", "502 Bad Gateway") if ill else content(page(person(number=asked_for)))
        talk.sock.sendall(whole)

    server = listen(play)
    service = annuaire(server.base(), tmp_path, breaker=Breaker(lambda: now[0]))
    known = [len(service.releves(number)) for number in numbers]
    assert len(server.heads) == 10, "five answers, five failures, and nobody asks any more"
    assert known == [1, 0] * 5 + [0] * 90
    calls = []
    for now[0], number in zip((29.9, 30.0, 30.0), numbers[-3:], strict=True):
        service.releves(number)
        calls.append(len(server.heads))
    assert calls == [10, 11, 12], "a probe after thirty seconds; it was answered, and the way is open again"


@pytest.mark.parametrize(
    ("status", "after", "wait"),
    [
        ("429 Too Many", "3600", 3600.0),
        ("429 Too Many", "-1", 0.0),
        ("429 Too Many", "Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("429 Too Many", "abc", 0.0),
        ("429 Too Many", "٣", 0.0),
        ("429 Too Many", "", 0.0),
        ("503 Unavailable", "7", 7.0),
        ("503 Unavailable", "", None),
        ("502 Bad Gateway", "7", None),
        ("401 Unauthorized", "7", 0.0),
        ("403 Forbidden", "", 0.0),
    ],
)
def test_f050_what_it_asks_for_is_heard(listen: Listen, status: str, after: str, wait: float | None) -> None:
    whole = answer(b"", status).replace(b"\r\n\r\n", f"\r\nRetry-After: {after}\r\n\r\n".encode())
    with pytest.raises(DirectoryUnreachable) as caught:
        Directory(listen(says(whole)).base(), KEY, Pace(1e6)).look_up(DOC, Deadline.after(5))
    assert caught.value.wait == wait
