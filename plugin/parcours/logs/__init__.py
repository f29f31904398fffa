"""Logs: one line of JSON for each event, on stderr, of a few known fields.

Every module logs with the standard library, in one form of message (see ``rendering``); this package says
what becomes of it when the service runs. Nothing of a request is in a log but the pattern of its address.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
import traceback
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any

import click

from parcours.logs.rendering import formatter
from parcours.logs.writer import Writer

LOGGER = logging.getLogger("parcours")


class _Advice(logging.Filter):
    """The server thinks that it was given many threads. It was, on purpose: most of them wait."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Is this anything else?"""
        return "Python threads" not in record.getMessage()


def begin() -> None:
    """From now on this process logs as configured, and what nobody caught as well."""
    logging.config.dictConfig(configuration())
    tell_of_what_is_uncaught()


def configuration() -> dict[str, Any]:
    """What ``logging.config.dictConfig`` makes of the loggers: for a person when stderr is a terminal."""
    terminal = sys.stderr.isatty()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": partial(formatter, terminal=terminal)}},
        "filters": {"advice": {"()": _Advice}},
        "handlers": {"stderr": {"()": Writer, "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "_granian": {"handlers": [], "level": "WARNING", "propagate": True, "filters": ["advice"]},
            "parcours": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }


def tell_of_what_is_uncaught() -> None:
    """From now on an error, or a warning, that nobody caught leaves one line: its text may hold a patient."""
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def say(sentence: str) -> None:
    """Tell whoever starts the service something on stderr; one that is full or gone stops nobody."""
    with suppress(OSError):
        click.echo(sentence, err=True)


def where(trace: TracebackType | None) -> str:
    """Module and line that an error went through last, in this program if it did: no value is in it."""
    places = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in traceback.walk_tb(trace)]
    ours = [place for place in places if place.startswith("parcours")]
    return (ours or places or ["-"])[-1]


def _uncaught(kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    LOGGER.error("uncaught: kind=%s where=%s", kind.__name__, where(trace))
