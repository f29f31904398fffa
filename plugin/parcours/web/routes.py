"""How the address of a route is written: as OpenAPI does, each of its alternatives by its own name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from flask import Request
from werkzeug.routing import Rule

NONE: Final = "none"
"""What the log and the metrics call an address that leads nowhere: never the address."""

_ALTERNATIVES: Final = re.compile(r"<any\((?P<values>[^)]*)\):(?P<name>\w+)>")
_VARIABLE: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def asked(request: Request) -> str:
    """The pattern of the address of this request: as many as there are routes, whatever is asked."""
    if request.url_rule is None:
        return NONE
    return _written(request.url_rule.rule, request.view_args or {})


def addresses(rule: Rule) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each address of a rule, and the alternatives that it stands for."""
    choices = {found["name"]: _values(found["values"]) for found in _ALTERNATIVES.finditer(rule.rule)}
    for chosen in product(*choices.values()):
        given = dict(zip(choices, chosen, strict=True))
        yield _written(rule.rule, given), given


def _written(rule: str, given: Mapping[str, Any]) -> str:
    alternatives = _ALTERNATIVES.sub(lambda found: str(given.get(found["name"], "{kind}")), rule)
    return _VARIABLE.sub(r"{\1}", alternatives)


def _values(listed: str) -> list[str]:
    return [value.strip(" '\"") for value in listed.split(",")]
