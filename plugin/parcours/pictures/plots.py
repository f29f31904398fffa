"""Bars and stacked columns as SVG, readable by eye, by ear and in print.

Every picture has a title and a description; whoever shows one puts the table of the same figures beside
it. Colours are told apart by people who confuse some of them, and never speak alone: each part is named in
words. Presentation attributes only, so that no policy on styles hinders them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

COLOURS = ("#0072b2", "#d55e00", "#767676", "#009e73", "#cc79a7", "#8a6d00")
"""Colours of the layers of a stack, in order; each at least 3:1 on white."""

WIDTH = 720
_LABEL, _VALUE = 300, 100
_ROW, _THICKNESS = 26, 16
_STACK_HEIGHT, _LEFT, _BELOW = 200, 60, 22
_LONGEST = 37
"""Characters of a label that fit beside its bar; the whole of it is in the table, and on hovering."""

_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'aria-labelledby="{name}-titre {name}-desc" font-family="system-ui, sans-serif" font-size="13" '
    'fill="currentColor">\n<title id="{name}-titre">{title}</title>\n<desc id="{name}-desc">{description}'
    "</desc>\n{content}\n</svg>"
)
_RECT = Markup('<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>')
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>')
_GROUP = Markup("<g><title>{hint}</title>{content}</g>")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, and its value as people read it ("1 234", "12,50 €")."""

    label: str
    value: float
    told: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stack: its label below, and one whole number per layer, from the bottom up."""

    label: str
    values: tuple[int, ...]


def bars(title: str, description: str, rows: Sequence[Bar], *, name: str) -> Markup:
    """Horizontal bars, in the order given, from zero. ``name`` is unique in the page: it makes the ids."""
    longest = max((bar.value for bar in rows), default=0) or 1
    room = WIDTH - _LABEL - _VALUE
    drawn = (_bar(bar, index * _ROW, room * bar.value / longest) for index, bar in enumerate(rows))
    return _svg(title, description, drawn, max(len(rows), 1) * _ROW, name)


def stacked(
    title: str, description: str, layers: Sequence[str], columns: Sequence[Column], *, name: str
) -> Markup:
    """Columns in the order given, each a stack of the ``layers``, with the scale and the legend in words."""
    highest = max((sum(column.values) for column in columns), default=0) or 1
    drawn = [*_scale(highest), *_columns(columns, layers, highest), *_legend(layers)]
    return _svg(title, description, drawn, _STACK_HEIGHT + 2 * _BELOW + _ROW, name)


def _svg(title: str, description: str, content: Iterable[Markup], height: float, name: str) -> Markup:
    joined = Markup("\n").join(content)
    return _SVG.format(
        width=WIDTH, height=height, name=name, title=title, description=description, content=joined
    )


def _bar(bar: Bar, top: float, length: float) -> Markup:
    middle = top + _ROW / 2 + 4.5
    label = bar.label if len(bar.label) <= _LONGEST else f"{bar.label[: _LONGEST - 1]}…"
    parts = (
        _text(_LABEL - 8, middle, label, "end"),
        _rect(_LABEL, top + (_ROW - _THICKNESS) / 2, length, _THICKNESS, COLOURS[0]),
        _text(_LABEL + length + 6, middle, bar.told),
    )
    return _GROUP.format(hint=f"{bar.label} : {bar.told}", content=Markup("").join(parts))


def _columns(columns: Sequence[Column], layers: Sequence[str], highest: int) -> Iterator[Markup]:
    step = (WIDTH - _LEFT) / max(len(columns), 1)
    every = -(-len(columns) * 56 // (WIDTH - _LEFT)) or 1  # a label is some 56 units wide
    for index, column in enumerate(columns):
        left = _LEFT + index * step
        yield from _stack(column, layers, left + step * 0.12, min(step * 0.76, 60), highest)
        if index % every == 0:
            yield _text(left + min(step * 0.5, 38), _STACK_HEIGHT + _BELOW, column.label, "middle")


def _stack(
    column: Column, layers: Sequence[str], left: float, width: float, highest: int
) -> Iterator[Markup]:
    """The parts of one column, lowest first; what is zero is not drawn."""
    unit = (_STACK_HEIGHT - 10) / highest
    tops = accumulate(column.values)
    for index, (layer, value, top) in enumerate(zip(layers, column.values, tops, strict=True)):
        if value:
            fill = COLOURS[index % len(COLOURS)]
            part = _rect(left, _STACK_HEIGHT - top * unit, width, value * unit, fill)
            yield _GROUP.format(hint=f"{column.label}, {layer} : {value}", content=part)


def _scale(highest: int) -> Iterator[Markup]:
    yield _rect(_LEFT - 4, _STACK_HEIGHT, WIDTH - _LEFT + 4, 1, "currentColor")
    yield _text(_LEFT - 10, _STACK_HEIGHT + 4, "0", "end")
    yield _text(_LEFT - 10, 14, str(highest), "end")


def _legend(layers: Sequence[str]) -> Iterator[Markup]:
    step = (WIDTH - _LEFT) / max(len(layers), 1)
    top = _STACK_HEIGHT + 2 * _BELOW
    for index, layer in enumerate(layers):
        left = _LEFT + index * step
        yield _rect(left, top - 11, 12, 12, COLOURS[index % len(COLOURS)])
        yield _text(left + 18, top, layer)


def _rect(x: float, y: float, width: float, height: float, fill: str) -> Markup:
    return _RECT.format(x=x, y=y, width=width, height=height, fill=fill)


def _text(x: float, y: float, text: str, anchor: str = "start") -> Markup:
    return _TEXT.format(x=x, y=y, text=text, anchor=anchor)
