"""Who pays what of a bill: one bar cut into shares, and each share in words below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from markupsafe import Markup

WIDTH = 360
_THICKNESS = 30
_ROW = 24
_GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the bill: who bears it, how much, how it is written. ``kind`` is its class for the style."""

    kind: str
    label: str
    amount: Decimal
    told: str


_SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" class="euros" viewBox="0 0 {width} {height}" role="img" '
    'aria-labelledby="{name}-titre {name}-desc" font-size="14" fill="currentColor">\n'
    '<title id="{name}-titre">{title}</title>\n<desc id="{name}-desc">{description}</desc>\n'
    '<defs><pattern id="{name}-hachures" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V6" stroke="#fff" stroke-width="3" stroke-opacity=".45"/>'
    "</pattern></defs>\n{content}\n</svg>"
)
_RECT = Markup('<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}"{fill}/>')
_HATCHED = Markup(' fill="url(#{name}-hachures)"')
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')
_STRONG = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="bold">{text}</text>')

BORNE_BY_THE_PATIENT = frozenset({"majoration", "participation_forfaitaire", "depassement", "reste"})
"""Kinds that are hatched: what the patient bears is told from the rest without colour."""


def bar(title: str, description: str, shares: Sequence[Share], *, name: str) -> Markup:
    """The picture, shares in the order given; one of nothing is not drawn. ``name`` makes the ids."""
    drawn = [share for share in shares if share.amount > 0]
    content = Markup("\n").join([*_segments(drawn, name), *_legend(drawn, name)])
    height = _THICKNESS + 10 + _ROW * len(drawn)
    return _SVG.format(
        width=WIDTH, height=height, name=name, title=title, description=description, content=content
    )


def _segments(shares: Sequence[Share], name: str) -> Iterator[Markup]:
    total = sum((share.amount for share in shares), Decimal(0)) or Decimal(1)
    ends = [WIDTH * float(end / total) for end in accumulate(share.amount for share in shares)]
    starts = [0.0, *ends][:-1]
    for share, start, end in zip(shares, starts, ends, strict=True):
        yield from _painted(share, name, start, 0, max(end - start - _GAP, 1), _THICKNESS)


def _legend(shares: Sequence[Share], name: str) -> Iterator[Markup]:
    for index, share in enumerate(shares):
        y = _THICKNESS + 10 + index * _ROW
        yield from _painted(share, name, 0, y + 3, 14, 14)
        yield _TEXT.format(x=22, y=y + 15, anchor="start", text=share.label)
        yield _STRONG.format(x=WIDTH, y=y + 15, anchor="end", text=share.told)


def _painted(share: Share, name: str, x: float, y: int, width: float, height: int) -> Iterator[Markup]:
    yield _RECT.format(kind=share.kind, x=x, y=y, width=width, height=height, fill="")
    if share.kind in BORNE_BY_THE_PATIENT:
        hatched = _HATCHED.format(name=name)
        yield _RECT.format(kind="hachures", x=x, y=y, width=width, height=height, fill=hatched)
