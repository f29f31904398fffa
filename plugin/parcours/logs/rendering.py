"""From a record to one line: its event and its fields, those that are allowed, short and without a surprise.

A message of ours is an event, and fields by name: ``"store unavailable: code=%s"``. What stands in the
message itself is a constant of this program; what is put into it is kept when its name is in ``FIELDS``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from parcours.logs.fields import ALWAYS, FIELDS
from parcours.tally import Tally

TEMPLATE: Final = re.compile(r"(?P<event>[a-z0-9][a-z0-9 _-]*)(?:: (?P<fields>\w+=%[sd](?: \w+=%[sd])*))?")
"""How a message of ours is written."""
MOST_BYTES: Final = 1024
"""Of one value, in UTF-8; the rest is cut off."""
WITHHELD: Final = "message withheld"
"""The event of a line of somebody else's: nobody knows what his words hold."""
OURS: Final = ("parcours", "_granian")
"""Loggers whose messages are known: ours, and the server's, which says nothing of requests."""

REQUEST: Final = "request"
"""The event of an answered request: the metrics count those by themselves, and better."""
NOTHING: Final = (None, "", "-")
"""A field that has nothing to say is left out."""
ORDER: Final = (*ALWAYS, *sorted(FIELDS))

EVENTS: Final[Tally[tuple[str, str]]] = Tally()
"""Each event that this program told in this process, with its ``reason`` or ``code``."""
DROPPED: Final[Tally[str]] = Tally()
"""Fields that were not allowed, under the one name ``field``: theirs is not known either."""


def formatter(*, terminal: bool) -> structlog.stdlib.ProcessorFormatter:
    """What makes a line of a record: JSON, or for the eyes of a person at a terminal."""
    return structlog.stdlib.ProcessorFormatter(
        use_get_message=False,
        pass_foreign_args=True,
        foreign_pre_chain=[
            _understood,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _allowed,
            _counted,
            *(_for_a_terminal() if terminal else [structlog.processors.JSONRenderer()]),
        ],
    )


def _for_a_terminal() -> list[Processor]:
    return [_printable, structlog.dev.ConsoleRenderer(colors=False)]


def _understood(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event and the fields of a record, by the names in its template."""
    record = event["_record"]
    given = event.pop("positional_args", ())
    event["logger"] = record.name
    if record.name.partition(".")[0] not in OURS:
        event["event"] = WITHHELD
        return event
    event["event"], names = _template(str(record.msg))
    return {**event, **dict(zip(names, _in_order(given), strict=False))}


@lru_cache(maxsize=256)
def _template(message: str) -> tuple[str, Sequence[str]]:
    """The event of a message, and the names of what is put into it."""
    found = TEMPLATE.fullmatch(message)
    if found is None:
        return message, ()
    return found["event"], tuple(field.partition("=")[0] for field in (found["fields"] or "").split())


def _in_order(given: object) -> tuple[object, ...]:
    return given if isinstance(given, tuple) else ()


def _allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Only what is allowed, in a fixed order; what is not is dropped and counted."""
    known = [name for name in ORDER if name in event]
    if len(known) < len(event):
        DROPPED.add("field", len(event) - len(known))
    return {name: _short(event[name]) for name in known if event[name] not in NOTHING}


def _short(value: object) -> object:
    """A number as it is, anything else as a text of bounded length."""
    if isinstance(value, (int, float)):
        return value
    text = str(value).encode("utf-8", "backslashreplace")
    return text[:MOST_BYTES].decode("utf-8", "ignore")


def _counted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if event["logger"].startswith(OURS[0]) and event["event"] != REQUEST:
        EVENTS.add((event["event"], _reason(event)))
    return event


def _reason(event: Mapping[str, Any]) -> str:
    return str(event.get("reason", event.get("code", "")))


def _printable(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What a terminal would obey (ANSI escapes, lines, directions of writing) is spelled out."""
    return {
        name: "".join(c if c.isprintable() else ascii(c)[1:-1] for c in value)
        if isinstance(value, str)
        else value
        for name, value in event.items()
    }
