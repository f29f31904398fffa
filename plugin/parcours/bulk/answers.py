"""One line in, one line out: a ``Decision``, or an OperationOutcome that gives the number of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import msgspec

from parcours.domain.decision import Decision
from parcours.errors import InputError, Problem
from parcours.fhir.reading import Validate
from parcours.fhir.writing import operation_outcome
from parcours.service import Service

BOM = b"\xef\xbb\xbf"
_JSON = msgspec.json.Encoder()
_EMPTY = Problem("", "informational", "ligne vide : aucune visite", "information")
_FATAL = Problem(
    "", "exception", "cette ligne arrête le programme qui la lit : elle n’est pas traitée", "fatal"
)


class Kind(Enum):
    """What became of a line."""

    DECIDED = auto()
    REFUSED = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to one line, without its newline."""

    text: bytes
    kind: Kind


def decision_json(decision: Decision) -> bytes:
    """A decision as everybody gets it: one line of JSON with the names of the contract."""
    return _JSON.encode(decision)


class Answerer:
    """Answers lines, whatever they hold. The national directory is not asked: nothing leaves the machine."""

    def __init__(self, service: Service, validate: Validate) -> None:
        self.service = service
        self.validate = validate

    def answer(self, number: int, line: bytes) -> Said:
        """The answer to the line of this number, the first being 1. Raises nothing for what a line holds."""
        # The mark that some editors put at the head of a file is the file's, not the visit's.
        body = line.removeprefix(BOM) if number == 1 else line
        if len(body) <= self.service.limits.octets and not body.strip():
            return Said(outcome_json(number, [_EMPTY]), Kind.BLANK)
        try:
            evaluation = self.service.evaluate(body, validate=self.validate)
            return Said(decision_json(evaluation.decision), Kind.DECIDED)
        except InputError as error:
            return _refused(number, error.problems)
        except Exception as error:  # one visit in a million must not stop the others; the type says no value
            text = f"erreur interne du logiciel ({type(error).__name__})"
            return _refused(number, [Problem("", "exception", text, "fatal")])


def fatal(number: int) -> Said:
    """The answer to a line that no process survives."""
    return _refused(number, [_FATAL])


def outcome_json(number: int, problems: Sequence[Problem]) -> bytes:
    """An OperationOutcome on one line; the ``diagnostics`` of each issue name the line of the input."""
    outcome = operation_outcome(problems)
    for issue in outcome["issue"]:
        issue["diagnostics"] = f"ligne {number}"
    return _JSON.encode(outcome)


def _refused(number: int, problems: Sequence[Problem]) -> Said:
    return Said(outcome_json(number, problems), Kind.REFUSED)
