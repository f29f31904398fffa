"""A sheet of A4 in French: embedded fonts, plain text only, the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import unicodedata
from importlib.resources import as_file
from typing import Final

from fpdf import FPDF, XPos, YPos
from fpdf.prefs import ViewerPreferences

from parcours.paper.fonts_installed import FONTS, font_file

FAMILY: Final = "dejavu"
REPLACEMENT: Final = "□"
MARGIN: Final = 12.0
WIDTH: Final = 210.0 - 2 * MARGIN
_SMALLEST: Final = 6.0
_LINE: Final = 0.42
"""Height of a line in millimetres, for one point of type."""


class Sheet(FPDF):
    """Pages with the header and the footer of a prepared declaration. Lengths are in millimetres."""

    def __init__(self, title: str, footer: str, day: dt.date) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._footer = footer
        self.alias_nb_pages("")  # or a person called "{nb}" would be printed as a number
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=False)
        for style, name in FONTS.items():
            with as_file(font_file(name)) as path:
                self.add_font(FAMILY, style, path)
        self.set_title(title)
        self.set_lang("fr-FR")
        self.set_author("parcours-soins")
        self.set_creator("parcours-soins")
        self.set_producer("parcours-soins")
        # The day of preparation, not the clock: the same declaration prints to the same bytes.
        self.set_creation_date(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.unprintable = False

    def footer(self) -> None:
        """The verification code, on every page."""
        self.write_at(MARGIN, 285, self._footer, 6.5)
        self.write_at(MARGIN, 289, f"Page {self.page_no()}", 6.5)

    def clean(self, text: str) -> str:
        """Text these fonts can print; what they cannot becomes an empty square, and is remembered."""
        composed = unicodedata.normalize("NFC", text)
        cmap = self.fonts[FAMILY].cmap  # type: ignore[union-attr]  # a TTF font: it was added as one
        printed = "".join(c if c == "\n" or ord(c) in cmap else REPLACEMENT for c in composed)
        self.unprintable = self.unprintable or printed != composed
        return printed

    def write_at(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """One line, nothing interpreted in it."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_xy(x, y)
        self.cell(text=self.clean(text))

    def paragraph(self, x: float, y: float, w: float, text: str, size: float, *, bold: bool = False) -> float:
        """Wrapped lines; returns the ordinate under them."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_xy(x, y)
        self.multi_cell(w, size * _LINE, self.clean(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return float(self.get_y())

    def lines(self, w: float, text: str, size: float) -> list[str]:
        """The lines that a text makes in this width; the font is left at this size."""
        self.set_font(FAMILY, "", size)
        self.set_x(MARGIN)
        found = self.multi_cell(w, size * _LINE, self.clean(text), align="L", dry_run=True, output="LINES")
        return found if isinstance(found, list) else []

    def fitted(self, x: float, y: float, w: float, h: float, text: str, size: float = 10) -> bool:
        """A value inside a rectangle, smaller if it must be; ``False``, and nothing, when it cannot fit."""
        while size >= _SMALLEST:
            if len(self.lines(w, text, size)) * size * _LINE <= h:
                self.set_xy(x, y)
                self.multi_cell(w, size * _LINE, self.clean(text), align="L")
                return True
            size -= 0.5
        return False

    def boxes(self, x: float, y: float, text: str, groups: tuple[int, ...], side: float = 5.0) -> None:
        """One character per box, in groups with a gap between them."""
        rank = 0
        for group in groups:
            for _ in range(group):
                self.rect(x, y, side, side + 1)
                if rank < len(text):
                    self.set_font(FAMILY, "", 10)
                    self.set_xy(x, y)
                    self.cell(side, side + 1, self.clean(text[rank]), align="C")
                rank, x = rank + 1, x + side
            x += 1.5
