"""Several calls out at the same moment: how many, under which deadline, and what becomes of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from tests.remote.loopback import Listen, Play, Server, Talk, content, hangs

from parcours.remote import lanes as module
from parcours.remote.deadline import Deadline
from parcours.remote.http import MAX_CONVERSATIONS, Conversation
from parcours.remote.lanes import EXTRA, Lanes
from parcours.remote.slots import Slots
from parcours.remote.unreachable import Reason, Unreachable

SOON = 0.3
"""Seconds of the deadline when the server is slow on purpose."""
LATE = 5.0


def asking(number: int) -> Callable[[Conversation], Any]:
    return lambda conversation: conversation.get(f"/fhir/{number}")


def echo(talk: Talk) -> None:
    talk.sock.sendall(content({"asked": talk.target}))


def together(parties: int) -> Play:
    """Answers when so many ask at the same moment, and never before."""
    barrier = threading.Barrier(parties)

    def play(talk: Talk) -> None:
        barrier.wait(timeout=LATE)
        echo(talk)

    return play


@contextmanager
def lanes(server: Server, seconds: float = LATE, client: str | None = None) -> Iterator[Lanes]:
    with Lanes(server.base(), Deadline.after(seconds), "secret", client) as opened:
        yield opened


def test_calls_are_made_three_at_a_time_and_answered_in_their_order(listen: Listen) -> None:
    server = listen(together(1 + EXTRA))
    with lanes(server) as opened:
        found = opened.all([asking(number) for number in range(6)])
        assert found == [{"asked": f"/fhir/{number}"} for number in range(6)]
        assert opened.all([asking(number) for number in range(3)]) == found[:3]
    assert server.connections == 1 + EXTRA
    assert all(b"Authorization: Bearer secret" in head for head in server.heads)


@pytest.mark.parametrize(("tasks", "connections"), [(0, 0), (1, 1), (2, 2)])
def test_no_connection_is_opened_without_work_for_it(listen: Listen, tasks: int, connections: int) -> None:
    server = listen(together(tasks) if tasks else echo)
    with lanes(server) as opened:
        assert len(opened.all([asking(number) for number in range(tasks)])) == tasks
    assert server.connections == connections


def test_where_there_is_no_room_for_more_one_connection_does(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SLOTS", Slots(0))
    server = listen(echo)
    with lanes(server) as opened:
        assert len(opened.all([asking(number) for number in range(4)])) == 4
    assert server.connections == 1


def test_one_that_fails_stops_the_others_and_is_told(listen: Listen) -> None:
    server = listen(echo)

    def fails(_conversation: Conversation) -> Any:
        raise Unreachable(Reason.SCOPE)

    with lanes(server) as opened, pytest.raises(Unreachable) as refusal:
        opened.all([fails, *(asking(number) for number in range(50))])
    assert refusal.value.reason is Reason.SCOPE
    assert len(server.heads) < 50


def test_nothing_is_under_way_any_more_when_one_has_failed(listen: Listen) -> None:
    everybody, here, ended = threading.Barrier(1 + EXTRA), threading.current_thread(), []

    def task(_conversation: Conversation) -> None:
        everybody.wait(timeout=LATE)
        if threading.current_thread() is here:
            raise Unreachable(Reason.SCOPE)
        threading.Event().wait(0.1)
        ended.append(threading.current_thread())

    with lanes(listen(echo)) as opened:
        with pytest.raises(Unreachable):
            opened.all([task] * (1 + EXTRA))
        assert len(ended) == EXTRA


def test_nothing_outlives_the_deadline(listen: Listen) -> None:
    server = listen(hangs)
    begun = time.monotonic()
    with lanes(server, SOON) as opened, pytest.raises(Unreachable) as refusal:
        opened.all([asking(number) for number in range(20)])
    assert refusal.value.reason is Reason.TIMEOUT
    assert time.monotonic() - begun < SOON + 0.5
    assert len(server.heads) <= 1 + EXTRA, "what was not yet asked is not asked any more"


def test_threads_are_bounded_for_the_whole_process_and_places_are_given_back(listen: Listen) -> None:
    server = listen(echo)
    for _ in range(3):
        with ExitStack() as calls:
            opened = [calls.enter_context(lanes(server)) for _ in range(MAX_CONVERSATIONS // 2)]
            for each in opened:
                each.all([asking(number) for number in range(3)])
    fetching = [thread for thread in threading.enumerate() if thread.name.startswith("fetch")]
    assert len(fetching) <= EXTRA * MAX_CONVERSATIONS


def test_a_client_leaves_a_place_on_its_server_to_another_one(listen: Listen) -> None:
    server = listen(echo)
    with ExitStack() as calls:
        with suppress(Unreachable):
            while True:
                calls.enter_context(lanes(server, client="a"))
        other = calls.enter_context(lanes(server, client="b"))
        assert other.all([asking(1)]) == [{"asked": "/fhir/1"}]
