"""Versions in force over time as SVG: a row for each text, a bar for each version, a line for the day chosen.

Whoever shows one puts the same dates beside it in words. Presentation attributes only, text in
``currentColor``: no policy on styles hinders it, and it prints.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

NOW, BEFORE = "#0072b2", "#5a6b7b"
"""Colours of the last version and of those before: white is read on both, and both are seen on black."""
WIDTH, LABEL, RIGHT = 720, 120, 14
_ROW, _BAR, _TOP, _BELOW = 30, 18, 24, 26
_GAP = 1.5
"""Between two versions, so that a change is seen without any colour."""
_NUMBER_FITS = 16
_EVERY_YEARS = 5

_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'aria-labelledby="{name}-titre {name}-desc" font-family="system-ui, sans-serif" font-size="13" '
    'fill="currentColor">\n<title id="{name}-titre">{title}</title>\n<desc id="{name}-desc">{description}'
    "</desc>\n{content}\n</svg>"
)
_BAR_OF_A_VERSION = Markup(
    '<g><title>{hint}</title><rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="2" '
    'fill="{fill}"/>{number}</g>'
)
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{text}</text>')
_LINE = Markup(
    '<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="currentColor" '
    'stroke-width="{stroke}" stroke-opacity="{opacity}"{dashes}/>'
)
_WHITE = Markup(' fill="#fff" font-weight="bold"')
_DASHES = Markup(' stroke-dasharray="4 3"')


@dataclass(frozen=True, slots=True)
class Span:
    """One version: its days (``end``: the first day it is no longer so), and the same in words."""

    start: dt.date
    end: dt.date | None
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """What has versions, named in a few letters, and its versions in order."""

    label: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    first: dt.date
    last: dt.date

    def x(self, day: dt.date) -> float:
        """Where a day stands; what is before or after stands at the border."""
        part = (day - self.first) / (self.last - self.first)
        return LABEL + (WIDTH - LABEL - RIGHT) * min(max(part, 0.0), 1.0)


def timeline(
    title: str,
    description: str,
    rows: Sequence[Row],
    *,
    first: dt.date,
    last: dt.date,
    day: tuple[dt.date, str],
    name: str,
) -> Markup:
    """Rows in the order given, from ``first`` to ``last``. ``day``: the day chosen, and what to call it.

    ``name`` is unique in the page: it makes the ids.
    """
    scale = _Scale(first, last)
    height = _TOP + len(rows) * _ROW + _BELOW
    drawn = [*_years(scale, height)]
    for index, row in enumerate(rows):
        drawn += _row(row, _TOP + index * _ROW, scale)
    drawn += _day(scale, day, height)
    return _SVG.format(
        width=WIDTH,
        height=height,
        name=name,
        title=title,
        description=description,
        content=Markup("\n").join(drawn),
    )


def _years(scale: _Scale, height: int) -> Iterator[Markup]:
    """A thin line for every year, a name for every fifth."""
    for year in range(scale.first.year, scale.last.year + 1):
        x, named = scale.x(dt.date(year, 1, 1)), year % _EVERY_YEARS == 0
        opacity = "0.45" if named else "0.15"
        yield _line(x, _TOP, height - _BELOW, opacity=opacity)
        if named:
            yield _text(x, height - 8, str(year), "middle")


def _row(row: Row, top: float, scale: _Scale) -> Iterator[Markup]:
    yield _text(LABEL - 10, top + _ROW / 2 + 4.5, row.label, "end")
    for index, span in enumerate(row.spans):
        yield _span(span, index + 1, top, scale)


def _span(span: Span, number: int, top: float, scale: _Scale) -> Markup:
    """The bar of a version, with its number where there is room for it."""
    left = scale.x(span.start)
    width = max(scale.x(span.end or scale.last) - left - _GAP, 1.0)
    middle = top + _ROW / 2
    said = _text(left + width / 2, middle + 4.5, str(number), "middle", _WHITE)
    return _BAR_OF_A_VERSION.format(
        hint=span.told,
        x=left,
        y=middle - _BAR / 2,
        width=width,
        height=_BAR,
        fill=NOW if span.end is None else BEFORE,
        number=said if width >= _NUMBER_FITS else "",
    )


def _day(scale: _Scale, day: tuple[dt.date, str], height: int) -> Iterator[Markup]:
    """The day chosen, over everything else."""
    when, told = day
    x = scale.x(when)
    yield _line(x, _TOP - 6, height - _BELOW, opacity="1", stroke=2, dashes=_DASHES)
    anchor = "end" if x > WIDTH * 0.8 else "middle"
    yield _text(x + (RIGHT if anchor == "end" else 0), 13, told, anchor)


def _line(
    x: float, top: float, bottom: float, *, opacity: str, stroke: int = 1, dashes: Markup | str = ""
) -> Markup:
    return _LINE.format(x=x, top=top, bottom=bottom, opacity=opacity, stroke=stroke, dashes=dashes)


def _text(x: float, y: float, text: str, anchor: str, more: Markup | str = "") -> Markup:
    return _TEXT.format(x=x, y=y, text=text, anchor=anchor, more=more)
