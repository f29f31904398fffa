"""The fonts of our papers: there or not, told without the library that draws with them (0.3 s to load)."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from parcours.errors import SettingsError

FONTS: Final = {"": "DejaVuSansCondensed.ttf", "B": "DejaVuSansCondensed-Bold.ttf"}
"""Font files by style."""


def font_file(name: str) -> Traversable:
    """A font of this package."""
    return files("parcours.paper") / "fonts" / name


def check_fonts() -> None:
    """Raise ``SettingsError`` unless the fonts are there: better no start than blank paper."""
    missing = [name for name in FONTS.values() if not font_file(name).is_file()]
    if missing:
        raise SettingsError(f"polices absentes de l’installation : {', '.join(missing)} ; réinstaller.")
