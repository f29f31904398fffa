"""So many calls out under way that there is room for no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import MAX_CONVERSATIONS, Conversation
from parcours.remote.unreachable import Unreachable


def as_many_as_it_gets(calls: ExitStack, endpoint: Endpoint) -> int:
    """Begin calls to this server until one is refused; how many were not."""
    begun = 0
    with suppress(Unreachable):
        while True:
            calls.enter_context(Conversation(endpoint, Deadline.after(5)))
            begun += 1
    return begun


@contextmanager
def crowd() -> Iterator[None]:
    """Calls to other servers hold every slot for as long as this lasts."""
    with ExitStack() as calls:
        ports = range(1, MAX_CONVERSATIONS + 1)
        begun = [as_many_as_it_gets(calls, Endpoint.parse(f"http://127.0.0.1:{port}")) for port in ports]
        assert sum(begun) == MAX_CONVERSATIONS
        yield
