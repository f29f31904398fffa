"""Days and anniversaries as the law counts them; partial birth dates."""

from __future__ import annotations

import datetime as dt

import pytest

from parcours.domain.calendar import Naissance, anniversary, within_years

D = dt.date
NE_UN_29_FEVRIER = D(2004, 2, 29)


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (D(2010, 3, 10), 16, D(2026, 3, 10)),
        (D(2010, 3, 10), 0, D(2010, 3, 10)),
        (NE_UN_29_FEVRIER, 16, D(2020, 2, 29)),
        (NE_UN_29_FEVRIER, 17, D(2021, 3, 1)),
        (NE_UN_29_FEVRIER, 18, D(2022, 3, 1)),
        (D(2084, 2, 29), 16, D(2100, 3, 1)),  # 2100 is a common year
        (D(2010, 12, 31), 5, D(2015, 12, 31)),
    ],
)
def test_anniversary(day: dt.date, years: int, expected: dt.date) -> None:
    assert anniversary(day, years) == expected


@pytest.mark.parametrize(
    ("since", "day", "expected"),
    [
        (D(2021, 3, 10), D(2021, 3, 9), False),
        (D(2021, 3, 10), D(2021, 3, 10), True),
        (D(2021, 3, 10), D(2026, 3, 9), True),
        (D(2021, 3, 10), D(2026, 3, 10), False),
        (D(2020, 2, 29), D(2025, 2, 28), True),
        (D(2020, 2, 29), D(2025, 3, 1), False),
    ],
)
def test_a_period_of_years_includes_its_first_day_and_not_its_anniversary(
    since: dt.date, day: dt.date, expected: bool
) -> None:
    assert within_years(since, 5, day) is expected


FEVRIER_2010 = Naissance(D(2010, 2, 1), D(2010, 2, 28))
LE_10_MARS_2010 = Naissance(D(2010, 3, 10), D(2010, 3, 10))
ANNEE_2010 = Naissance(D(2010, 1, 1), D(2010, 12, 31))


@pytest.mark.parametrize(
    ("naissance", "jour", "expected"),
    [
        # B-077 of the reliability notes: birth month only
        (FEVRIER_2010, D(2026, 1, 31), False),
        (FEVRIER_2010, D(2026, 2, 1), None),
        (FEVRIER_2010, D(2026, 2, 15), None),
        (FEVRIER_2010, D(2026, 2, 27), None),
        (FEVRIER_2010, D(2026, 2, 28), True),
        (FEVRIER_2010, D(2026, 3, 1), True),
        # B-078, B-079: the birthday itself, and the day before
        (LE_10_MARS_2010, D(2026, 3, 10), True),
        (LE_10_MARS_2010, D(2026, 3, 9), False),
        # birth year only
        (ANNEE_2010, D(2025, 12, 31), False),
        (ANNEE_2010, D(2026, 1, 1), None),
        (ANNEE_2010, D(2026, 12, 30), None),
        (ANNEE_2010, D(2026, 12, 31), True),
        # born on 29 February, or perhaps
        (Naissance(NE_UN_29_FEVRIER, NE_UN_29_FEVRIER), D(2020, 2, 28), False),
        (Naissance(NE_UN_29_FEVRIER, NE_UN_29_FEVRIER), D(2020, 2, 29), True),
        (Naissance(D(2004, 2, 1), NE_UN_29_FEVRIER), D(2020, 2, 28), None),
        (Naissance(D(2004, 2, 1), NE_UN_29_FEVRIER), D(2020, 2, 29), True),
    ],
)
def test_sixteen_years_reached_or_not_or_too_vague(
    naissance: Naissance, jour: dt.date, expected: bool | None
) -> None:
    assert naissance.age_atteint(16, jour) is expected


def test_who_was_born_on_29_february_comes_of_age_on_1_march_in_a_common_year() -> None:
    naissance = Naissance(NE_UN_29_FEVRIER, NE_UN_29_FEVRIER)
    assert naissance.age_atteint(18, D(2022, 2, 28)) is False
    assert naissance.age_atteint(18, D(2022, 3, 1)) is True


@pytest.mark.parametrize(
    ("naissance", "jour", "expected"),
    [
        (LE_10_MARS_2010, D(2026, 3, 9), (15, 15)),
        (LE_10_MARS_2010, D(2026, 3, 10), (16, 16)),
        (ANNEE_2010, D(2026, 6, 1), (15, 16)),
        (FEVRIER_2010, D(2026, 1, 31), (15, 15)),
        (Naissance(NE_UN_29_FEVRIER, NE_UN_29_FEVRIER), D(2022, 2, 28), (17, 17)),
        (Naissance(NE_UN_29_FEVRIER, NE_UN_29_FEVRIER), D(2022, 3, 1), (18, 18)),
        (Naissance(D(2026, 3, 10), D(2026, 3, 10)), D(2026, 3, 10), (0, 0)),
    ],
)
def test_youngest_and_oldest_age(naissance: Naissance, jour: dt.date, expected: tuple[int, int]) -> None:
    assert naissance.ages(jour) == expected
