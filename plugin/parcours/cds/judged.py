"""A visit judged for a card: the decision, what was understood, and the declaration worth proposing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parcours.cds.language import Element
from parcours.domain.decision import Decision
from parcours.fhir.reading import Lecture


@dataclass(frozen=True, slots=True)
class Judged:
    """One evaluation. ``proposed``: QuestionnaireResponse and Task of a declaration, or nothing."""

    decision: Decision
    lecture: Lecture
    proposed: Sequence[Element]


Judge = Callable[[bytes], Judged]
"""From the body of a request to its evaluation; raises ``InputError``."""
