"""What each kind of call is answered: one handler per type of resource that a service judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parcours.cds.cards import card
from parcours.cds.case import Answer, Case
from parcours.cds.language import Element
from parcours.cds.letters import orders, record
from parcours.cds.options import Sujet
from parcours.cds.visits import appointments, encounter

__all__ = ["HANDLERS", "Answer", "Case", "answered"]

HANDLERS: Final[Mapping[str, Callable[[Case, Answer], None]]] = {
    "Encounter": encounter,
    "Appointment": appointments,
    "ServiceRequest": orders,
    "Patient": record,
}


def answered(case: Case) -> tuple[Element, Answer]:
    """The body of the response, and what was said in it. Raises ``InputError``."""
    answer = Answer()
    HANDLERS[case.call.service.subject](case, answer)
    told = [carte for carte in answer.cards if case.options.wants(carte.sujet)][: case.options.max_cards]
    body: Element = {"cards": [card(carte, case.call.instance, case.langue) for carte in told]}
    if answer.actions and case.options.wants(Sujet.ANNOTATION):
        body["systemActions"] = answer.actions
    return body, answer
