"""The software's own bridge to DMTi, the téléservice of declarations: one package, one receipt.

An answer may be lost after the package arrived. It is then sent again under the same key, by which the
bridge knows it: whoever writes a bridge answers the same key with the same receipt, and acts once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.slots import Slots
from parcours.remote.unreachable import Reason, Unreachable

PAUSES: Final = (0.25, 1.0)
"""Seconds before the second try, and before the third."""
BUSY: Final = frozenset({409, 429, 502, 503, 504})
"""Statuses of a moment, after which the same may succeed. 409: a try whose answer was lost may still be under
way there; what came of it is the answer to the next one (draft-ietf-httpapi-idempotency-key-header, 2.7)."""
MAX_HANDOVERS: Final = 4
"""Hand-overs that wait at once in one process, apart from what is read for answers: neither waits for the
other."""
FHIR_JSON: Final = "application/fhir+json"


SLOTS: Final = Slots(MAX_HANDOVERS)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where one client takes signed declarations, and what proves who brings them. The token is not shown."""

    endpoint: Endpoint
    token: str | None = field(default=None, repr=False)

    def deliver(
        self, package: bytes, key: str, deadline: Deadline, pause: Callable[[float], None] = time.sleep
    ) -> Any:
        """The JSON that the bridge answers to this FHIR package, under this idempotency key.

        Tried three times before the deadline, when nobody answers or it is a matter of a moment. Raises
        ``Unreachable``, with the status when one was answered.
        """
        for wait in PAUSES:
            try:
                return self._sent(package, key, deadline)
            except Unreachable as gone:
                if not _may_be_tried_again(gone):
                    raise
            _wait(wait, deadline, pause)
        return self._sent(package, key, deadline)

    def _sent(self, package: bytes, key: str, deadline: Deadline) -> Any:
        headers = {"Content-Type": FHIR_JSON, "Idempotency-Key": key}
        with Conversation(self.endpoint, deadline, self.token, SLOTS) as conversation:
            return conversation.post(self.endpoint.path, package, headers)


def _may_be_tried_again(gone: Unreachable) -> bool:
    return gone.reason is Reason.CONNECT or gone.status in BUSY


def _wait(seconds: float, deadline: Deadline, pause: Callable[[float], None]) -> None:
    """Wait, unless it would be past the deadline: then there is no next try."""
    if deadline.end - time.monotonic() <= seconds:
        raise Unreachable(Reason.TIMEOUT)
    pause(seconds)
