"""What a line of the log may say: these fields, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, str]] = {
    "actions": "how many system actions a CDS answer proposes",
    "cards": "the ids that we gave to the cards of a CDS answer",
    "client": "the id of a software in the clients file",
    "code": "what a database calls its failure",
    "count": "how many",
    "decisions": "the ids of the decisions that were told",
    "detail": "which of our own words says more than the reason; a status",
    "duration_ms": "how long a request took here, in milliseconds",
    "instance": "the `hookInstance` of a CDS call, which its software made up",
    "kind": "the type of a failure",
    "method": "of a request",
    "named": "whether a launch said who the person is",
    "reason": "why, as one of our own codes",
    "reference": "the number that the person who met a failure was given",
    "request_id": "the same in every line of one request, and in its answer",
    "route": "the pattern of the address that was asked, as `/openapi.json` writes it",
    "service": "which CDS service was called",
    "status": "of an answer: ours, or that of another server",
    "tenant": "the practice, as the clients file calls it",
    "type": "the type of a FHIR resource",
    "visits": "how many visits",
    "where": "module and line of this program",
}
"""Each field, and what it holds. None holds a word that a request or a person gave, but for two that are made
up to be quoted: the id of a request and that of a hook call."""

ALWAYS: Final = ("timestamp", "level", "logger", "event")
"""What every line says first."""
