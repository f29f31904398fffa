"""Days and anniversaries as the law counts them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


def anniversary(day: dt.date, years: int) -> dt.date:
    """The day ``years`` later; who is born on 29 February comes of age on 1 March in common years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def within_years(since: dt.date, years: int, day: dt.date) -> bool:
    """Is ``day`` in the half-open period of ``years`` that starts on ``since``?"""
    return since <= day < anniversary(since, years)


@dataclass(frozen=True, slots=True)
class Naissance:
    """A birth date as precise as it was given: some day between two days, both included."""

    au_plus_tot: dt.date
    au_plus_tard: dt.date

    def age_atteint(self, age: int, jour: dt.date) -> bool | None:
        """Has the person reached ``age`` on ``jour``? ``None`` when the birth date is too vague."""
        if anniversary(self.au_plus_tard, age) <= jour:
            return True
        if anniversary(self.au_plus_tot, age) > jour:
            return False
        return None

    def ages(self, jour: dt.date) -> tuple[int, int]:
        """Youngest and oldest age in full years that the person may have on ``jour``."""
        return _age(self.au_plus_tard, jour), _age(self.au_plus_tot, jour)


def _age(naissance: dt.date, jour: dt.date) -> int:
    annees = jour.year - naissance.year
    return annees if anniversary(naissance, annees) <= jour else annees - 1
