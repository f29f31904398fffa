"""What a browser began elsewhere, and what comes back for it: once, in time, and to that browser alone."""

from __future__ import annotations

import datetime as dt
from typing import Final, TypeVar

import msgspec

from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.store.sessions import Lancements

STATE: Final = "state"
"""What the ``state`` of a request is drawn for, from the secret of the browser."""
T = TypeVar("T")


def taken(
    store: Lancements, secret: Secret, state: str, reader: msgspec.json.Decoder[T], now: dt.datetime
) -> T:
    """What this browser began, when the answer is to it; ``Refused`` else. A wrong state spends nothing."""
    if not secret.proves(STATE, state):
        raise Refused(Refus.STATE, "foreign")
    sealed = store.take(secret.name, now)
    pending = secret.open(sealed, reader) if sealed else None
    if pending is None:
        raise Refused(Refus.STATE, "spent")
    return pending
