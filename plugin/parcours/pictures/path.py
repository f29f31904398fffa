"""The path of a visit as a line with stops: the questions in order, what answered each, and where it ends.

Drawn narrow, so that it reads on a telephone and scales up in print; text is broken into lines here, since
SVG does not. Colours come from the style sheet by class and never speak alone: each stop has its sign, and
its answer in a word. Every stop links to its article: to a screen reader this is a group, and no image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

WIDTH = 360
_SPINE = 16
_TEXT = 38
_ROOM = WIDTH - _TEXT - 8
_LINE = 19
_SIZE = 14
_DENSITY = {"titre": 0.96, "code": 0.6}
"""How much of a line texts that are bold or large may fill, against the ordinary ones."""


class Mark(StrEnum):
    """What a stop says at a glance; also its class in the style sheet."""

    OUI = "oui"
    NON = "non"
    INCONNU = "inconnu"
    NEUTRE = "neutre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One question: its answer in a word, the facts that gave it, and the article it rests on.

    ``sign`` is what it answered, ``tone`` what that means; ``decides``: the line ends here, or might.
    """

    question: str
    sign: Mark
    tone: Mark
    answer: str
    facts: str = ""
    href: str | None = None
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Stops that go together, under a title."""

    title: str
    stops: Sequence[Stop]


@dataclass(frozen=True, slots=True)
class Terminus:
    """Where the line ends: the code, the position in words; ``after`` tells of what was not reached."""

    code: str
    text: str
    mark: Mark
    after: str = ""


def path(title: str, description: str, stretches: Sequence[Stretch], end: Terminus, *, name: str) -> Markup:
    """The picture. ``name`` is unique in the page: it makes the ids."""
    pen = _Pen()
    for stretch in stretches:
        pen.heading(stretch.title)
        for stop in stretch.stops:
            pen.stop(stop)
    pen.terminus(end)
    return _SVG.format(
        width=WIDTH, height=pen.y, name=name, title=title, description=description, content=pen.drawn()
    )


# ---------------------------------------------------------------- drawing

_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" class="chemin" viewBox="0 0 {width} {height}" role="group" '
    'aria-labelledby="{name}-titre" aria-describedby="{name}-desc" font-size="14" fill="currentColor">\n'
    '<title id="{name}-titre">{title}</title>\n<desc id="{name}-desc">{description}</desc>\n{content}\n</svg>'
)
_LINK = Markup('<a href="{href}">{content}</a>')
_LINES = Markup('<text class="{kind}" x="{x}" y="{y}">{spans}</text>')
_SPAN = Markup('<tspan x="{x}" dy="{dy}">{text}</tspan>')
_RAIL = Markup('<path class="rail" d="M{x} {top}V{bottom}" fill="none" stroke="currentColor"/>')
_BOX = Markup(
    '<rect class="cadre {mark}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="none" '
    'stroke="currentColor"/>'
)
_DOT = Markup('<circle class="arret {tone}" cx="{x}" cy="{y}" r="9"/>{sign}')
_SIGN = Markup(
    '<path class="signe" d="{d}" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"/>'
)
_SIGNS = {
    Mark.OUI: "m-4 0l3 3.5l5.5-7",
    Mark.NON: "m-3.5-3.5l7 7m0-7l-7 7",
    Mark.NEUTRE: "m-4 0h8",
    Mark.INCONNU: "m-3-2q0-3 3-3q3 0 3 2.6q0 2.2-3 3v1.4m0 3v.1",
}
"""What each mark draws, from the middle of its stop."""


class _Pen:
    """Draws from top to bottom; ``y`` is where the next thing goes."""

    def __init__(self) -> None:
        self.y = 6
        self._above: list[Markup] = []
        self._dots: list[int] = []

    def drawn(self) -> Markup:
        """All of it, the line below everything."""
        rail = _RAIL.format(x=_SPINE, top=self._dots[0], bottom=self._dots[-1]) if self._dots else Markup()
        return Markup("\n").join([rail, *self._above])

    def heading(self, title: str) -> None:
        self.y += 8
        self._above.append(self._text(title, "titre", _TEXT))
        self.y += 4

    def stop(self, stop: Stop) -> None:
        top = self.y
        self.y += 6
        parts = [
            self._dot(stop, self.y + 10),
            self._text(stop.question, "question", _TEXT),
            self._text(_told(stop), f"reponse {stop.tone}", _TEXT),
        ]
        self.y += 6
        if stop.decides:
            parts.insert(0, self._box(stop.tone, top, self.y))
            self.y += 4
        drawn = Markup("").join(parts)
        self._above.append(_LINK.format(href=stop.href, content=drawn) if stop.href else drawn)

    def terminus(self, end: Terminus) -> None:
        self.y += 14
        top = self.y
        self._dots.append(top)
        self.y += 8
        parts = [self._text(end.code, "code", 14, _LINE + 8)] if end.code else []
        parts.append(self._text(end.text, "question", 14))
        self.y += 10
        self._above += [self._box(end.mark, top, self.y, "terminus"), *parts]
        if end.after:
            self.y += 6
            self._above.append(self._text(end.after, "titre", 14))
        self.y += 8

    def _dot(self, stop: Stop, y: int) -> Markup:
        self._dots.append(y)
        sign = _SIGN.format(d=f"M{_SPINE} {y}{_SIGNS[stop.sign]}")
        return _DOT.format(tone=stop.tone, x=_SPINE, y=y, sign=sign)

    def _box(self, mark: Mark, top: int, bottom: int, more: str = "") -> Markup:
        return _BOX.format(mark=f"{mark} {more}".strip(), x=2, y=top, width=WIDTH - 4, height=bottom - top)

    def _text(self, text: str, kind: str, x: int, line: int = _LINE) -> Markup:
        """A text in as many lines as it takes."""
        lines = wrapped(text, (WIDTH - x - 8) * _DENSITY.get(kind, 1))
        spans = Markup("").join(
            _SPAN.format(x=x, dy=0 if index == 0 else line, text=told) for index, told in enumerate(lines)
        )
        drawn = _LINES.format(kind=kind, x=x, y=self.y + line - 5, spans=spans)
        self.y += line * len(lines)
        return drawn


def _told(stop: Stop) -> str:
    return f"{stop.answer} – {stop.facts}" if stop.facts else stop.answer


# ---------------------------------------------------------------- measuring

_TOGETHER = re.compile(r" (?=[?:;%€»])|(?<=RPPS) ")
"""Spaces where no line ends: before high punctuation and signs, and within a number that is named."""
_NARROW, _WIDE = "iljtfrI.,;:'’!|()[]- \N{NO-BREAK SPACE}", "mwMWOQGDÉ@%—…"


def wrapped(text: str, room: float) -> list[str]:
    """A text in lines no wider than ``room``, by an estimate that is rather too large than too small."""
    lines: list[str] = []
    for word in _words(_TOGETHER.sub("\N{NO-BREAK SPACE}", text), room):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and _width(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines or [""]


def _words(text: str, room: float) -> Iterator[str]:
    """Words; one that is wider than a line is cut."""
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and _width(rest) > room:
            fits = next(n for n in range(len(rest), 0, -1) if n == 1 or _width(rest[:n]) <= room)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _width(text: str) -> float:
    """About how wide a text is in the fonts of most screens."""
    return _SIZE * sum(0.36 if c in _NARROW else 0.95 if c in _WIDE else 0.62 for c in text)
