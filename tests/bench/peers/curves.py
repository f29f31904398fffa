"""One curve as SVG: few points, each with its value in words, on a horizontal axis of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BELOW = 40, 600, 60, 240
_COLOUR = "#0072b2"
_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'aria-label="{title}. {told}" font-family="system-ui, sans-serif" font-size="13" fill="#1b1b1b">\n'
    '<rect width="{width}" height="{height}" fill="#ffffff"/>\n{content}\n</svg>\n'
)
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{text}</text>')
_BOLD = Markup(' font-weight="600"')
_LINE = Markup('<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
_AXIS = Markup('<line x1="{x1}" y1="{y}" x2="{x2}" y2="{y}" stroke="#767676"/>')
_DOT = Markup('<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')


@dataclass(frozen=True)
class Point:
    """One measure: where on the horizontal axis and how high (both above zero), and both in words."""

    x: float
    y: float
    label: str
    told: str


@dataclass(frozen=True)
class Curve:
    """A picture: its title, what its horizontal axis counts, at least two points from left to right.

    ``powers``: the vertical axis is one of powers of ten too, on which what is proportional is a straight
    line; else it begins at zero.
    """

    title: str
    axis: str
    points: Sequence[Point]
    powers: bool = False


def drawn(curve: Curve) -> str:
    """The picture, a whole file."""
    places = [(_across(curve, point), _up(curve, point)) for point in curve.points]
    told = ", ".join(f"{point.label}: {point.told}" for point in curve.points)
    content = Markup("\n").join(_content(curve, places))
    return str(_SVG.format(width=WIDTH, height=HEIGHT, title=curve.title, told=told, content=content))


def _content(curve: Curve, places: Sequence[tuple[float, float]]) -> Iterator[Markup]:
    yield _TEXT.format(x=_LEFT, y=24, anchor="start", more=_BOLD, text=curve.title)
    yield _AXIS.format(x1=_LEFT, x2=_RIGHT, y=_BELOW)
    if not curve.powers:
        yield _TEXT.format(x=_LEFT - 8, y=_BELOW + 4, anchor="end", more="", text="0")
    yield _LINE.format(points=" ".join(f"{x:.1f},{y:.1f}" for x, y in places), colour=_COLOUR)
    for point, (x, y) in zip(curve.points, places, strict=True):
        yield _DOT.format(x=x, y=y, colour=_COLOUR)
        yield _TEXT.format(x=x, y=y - 12, anchor="middle", more="", text=point.told)
        yield _TEXT.format(x=x, y=_BELOW + 20, anchor="middle", more="", text=point.label)
    yield _TEXT.format(x=(_LEFT + _RIGHT) / 2, y=_BELOW + 44, anchor="middle", more="", text=curve.axis)


def _across(curve: Curve, point: Point) -> float:
    """Powers of ten, within margins that leave room for the words of the first and of the last point."""
    return _LEFT + 40 + _share([p.x for p in curve.points], point.x) * (_RIGHT - _LEFT - 80)


def _up(curve: Curve, point: Point) -> float:
    values = [p.y for p in curve.points]
    share = 0.05 + 0.95 * _share(values, point.y) if curve.powers else point.y / max(values)
    return _BELOW - share * (_BELOW - _TOP)


def _share(values: Sequence[float], value: float) -> float:
    """Where a value is between the least and the greatest, as powers of ten: from 0 to 1."""
    least, greatest = min(values), max(values)
    return math.log(value / least) / math.log(greatest / least) if greatest > least else 0.5
