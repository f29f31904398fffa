"""The detail of a card in GitHub-flavoured Markdown: what matters first, no HTML, every word escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def escaped(text: str) -> str:
    """A text that no reader of Markdown takes for a mark, a tag or a link."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def section(title: str, lines: Iterable[str]) -> str:
    """A title and its lines, as a list; nothing without lines."""
    listed = "\n".join(f"- {line}" for line in lines)
    return f"**{escaped(title)}**\n\n{listed}" if listed else ""


def link(label: str, url: str) -> str:
    """A link; its text is escaped, its address is one of ours."""
    return f"[{escaped(label)}]({url})"


def joined(sections: Iterable[str]) -> str:
    """The sections that say something, apart from each other."""
    return "\n\n".join(part for part in sections if part)
