"""Lines of text on a terminal, or in a file or a pipe."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


def printable(text: str) -> str:
    """Text that cannot steer a terminal: what a caller wrote may hold escape sequences."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def counted(number: int, word: str) -> str:
    """``1 ligne``, ``2 lignes``: in French none is singular as well."""
    return f"{number} {word}{'s' if number > 1 else ''}"


def line(console: Console, text: str, style: str = "") -> None:
    """Print one line. A terminal wraps; a file or a pipe gets whole lines, which can be searched."""
    console.print(Text(printable(text), style=style), soft_wrap=not console.is_terminal)


def section(console: Console, heading: str, lines: list[str]) -> None:
    """Print a heading and its lines; nothing when there is no line."""
    if not lines:
        return
    line(console, heading, "bold")
    for told in lines:
        line(console, f"  {told}" if told.startswith(" ") else f"  • {told}")
