"""Several calls out for one request at the same moment: a few connections, a bounded number of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Final, TypeVar

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import MAX_CONVERSATIONS, SLOTS, Conversation
from parcours.remote.slots import Slots
from parcours.remote.unreachable import Unreachable

EXTRA: Final = 2
"""Connections of one request beside its first: a practice's server has others to serve."""

Found = TypeVar("Found")
Task = Callable[[Conversation], Found]

# As many as all conversations may want: one that is open never waits for a thread.
_SLOTS = Slots(EXTRA * MAX_CONVERSATIONS)
_THREADS = ThreadPoolExecutor(max_workers=EXTRA * MAX_CONVERSATIONS, thread_name_prefix="fetch")


class Lanes:
    """Conversations with one endpoint under one deadline. Use it in a ``with``, which may be ``Unreachable``.

    The first holds one of the slots that all calls out share; the others are opened when there is work for
    them and room, and each is spoken on by one thread at a time. ``client``: for whom the slots are taken.
    """

    def __init__(self, endpoint: Endpoint, deadline: Deadline, token: str | None, client: str | None) -> None:
        slots, more = (SLOTS, _SLOTS) if client is None else (SLOTS.of(client), _SLOTS.of(client))
        self.first = Conversation(endpoint, deadline, token, slots)
        self._another = partial(Conversation, endpoint, deadline, token, more)
        self._others: list[Conversation] = []
        self._open = ExitStack()

    def __enter__(self) -> Lanes:
        self._open.enter_context(self.first)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def all(self, tasks: Sequence[Task[Found]]) -> list[Found]:
        """What each task finds, in their order. None is under way any more when this returns or raises."""
        waiting, found = deque(enumerate(tasks)), dict[int, Found]()
        work = partial(_work, waiting, found)
        helpers = [_THREADS.submit(work, lane) for lane in self._beside(len(tasks) - 1)]
        try:
            work(self.first)
        finally:
            wait(helpers)  # each ends with its read, and a read with the deadline
        for helper in helpers:
            helper.result()
        return [found[number] for number in range(len(tasks))]

    def _beside(self, wanted: int) -> Iterator[Conversation]:
        for number in range(min(wanted, EXTRA)):
            if number == len(self._others):
                try:
                    self._others.append(self._open.enter_context(self._another()))
                except Unreachable:
                    return  # others need the room: it takes longer, that is all
            yield self._others[number]


def _work(
    waiting: deque[tuple[int, Task[Found]]], found: dict[int, Found], conversation: Conversation
) -> None:
    while waiting:
        try:
            number, task = waiting.popleft()
        except IndexError:  # another thread took the last one
            return
        try:
            found[number] = task(conversation)
        except BaseException:
            waiting.clear()  # nobody will have what the others would find
            raise
