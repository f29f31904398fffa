"""So many calls out under way that there is room for no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import MAX_CONVERSATIONS, SLOTS, Conversation
from parcours.remote.slots import Slots
from parcours.remote.unreachable import Unreachable


def as_many_as_it_gets(calls: ExitStack, endpoint: Endpoint, slots: Slots = SLOTS) -> int:
    """Begin calls to this server until one is refused, which waits for no place; how many were not."""
    begun = 0
    with suppress(Unreachable):
        while True:
            calls.enter_context(Conversation(endpoint, Deadline.after(0), slots=slots))
            begun += 1
    return begun


@contextmanager
def crowd(slots: Slots = SLOTS, number: int = MAX_CONVERSATIONS) -> Iterator[None]:
    """Calls to other servers hold every slot for as long as this lasts."""
    with ExitStack() as calls:
        ports = range(1, number + 1)
        begun = [
            as_many_as_it_gets(calls, Endpoint.parse(f"http://127.0.0.1:{port}"), slots) for port in ports
        ]
        assert sum(begun) == number
        yield
