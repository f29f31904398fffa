"""A signed declaration handed over to the software's own bridge, and the receipt kept with its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from parcours.errors import StaleVersion
from parcours.fhir.declaration_handover import (
    check_person,
    check_signed,
    handed_over,
    package,
    read_receipt,
    read_receipts,
)
from parcours.fhir.declaration_resources import Element
from parcours.fhir.writing import to_json
from parcours.following import Following, Version
from parcours.remote.bridge import Bridge
from parcours.remote.deadline import Deadline
from parcours.remote.unreachable import Reason, Unreachable

SECONDS = 10.0
"""What a person is made to wait, at most, whatever the bridge does."""
KINDS = ("Task", "QuestionnaireResponse", "DocumentReference")
"""What leaves with the form, in the order of the package."""


class Overtaken(StaleVersion):
    """The bridge took a declaration that somebody moved meanwhile: only its ``receipt`` tells of it."""

    def __init__(self, receipt: str) -> None:
        self.receipt = receipt
        super().__init__("la déclaration a changé d'état pendant sa transmission")


class Handover:
    """The declarations of one tenant, and the bridge of the software that speaks for it.

    ``base`` is the address of the FHIR server; ``clock`` gives the hour at which the receipt came.
    """

    def __init__(
        self, following: Following, bridge: Bridge, base: str, clock: Callable[[], dt.datetime]
    ) -> None:
        self._following = following
        self._bridge = bridge
        self._base, self._clock = base, clock

    def hand_over(self, id: str, version: int, who: str) -> Version[Element]:
        """Hand over a declaration that stands signed at this version, on the act of a person.

        Nothing moves before the receipt. When it could not be kept, or was lost, the same call sends the
        same package under the same key. Raises ``UnknownDeclaration``, ``StaleVersion`` (``Overtaken`` when
        it left all the same), ``StoreUnavailable``, ``UnreadableBundle`` when it is not signed or nobody is
        named, and ``Unreachable``.
        """
        check_person(who)  # after the receipt it would be too late
        resources = tuple(self._at(kind, id, version) for kind in KINDS)
        task = resources[0]
        check_signed(task)
        sent = package(resources, self._following.pdf(id).content, self._base)
        answer = self._bridge.deliver(to_json(sent), f"{id}-{version}", Deadline.after(SECONDS))
        receipt = read_receipt(answer)
        if receipt is None:
            raise Unreachable(Reason.UNREADABLE)
        moved = to_json(handed_over(task, who, receipt))
        try:
            return self._following.advance(id, version, moved, self._clock())
        except StaleVersion:
            if read_receipts(self._following.read("Task", id).content) == [receipt]:
                raise  # another call of the same hand-over was first
        raise Overtaken(receipt)

    def _at(self, kind: str, id: str, version: int) -> Element:
        found = self._following.read(kind, id)
        if found.version != version:
            raise StaleVersion("une version plus récente existe")
        return found.content
