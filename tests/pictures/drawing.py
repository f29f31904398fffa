"""A picture read again, as a browser would."""

from __future__ import annotations

from xml.etree import ElementTree


def parsed(picture: str) -> ElementTree.Element:
    """The tree of a picture; fails when it is not well formed."""
    return ElementTree.fromstring(picture)  # noqa: S314 - the pictures are drawn by the test that reads them
