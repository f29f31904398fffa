"""FHIR dates: a text of some precision, hence an interval of days; never compared as text.

The day of an instant is the day it was at the place of care.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Final

from parcours.fhir.elements import Period

_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?\Z", re.ASCII
)
_MAX_OFFSET: Final = dt.timedelta(hours=14)

Jours = tuple[dt.date, dt.date]
"""First and last day, both included."""


def bornes(text: str | None, zone: dt.tzinfo) -> Jours | None:
    """The days a date, a dateTime or an instant may designate; ``None`` when absent or not a FHIR date."""
    match = _DATE.match(text) if text else None
    if match is None:
        return None
    try:
        return _bornes(match, zone)
    except (ValueError, OverflowError):
        return None


def jour(text: str | None, zone: dt.tzinfo) -> dt.date | None:
    """The one day designated; ``None`` when absent, partial or not a FHIR date."""
    days = bornes(text, zone)
    return days[0] if days and days[0] == days[1] and text and len(text) >= len("2026-01-01") else None


def est_une_date(text: str) -> bool:
    """Is this a FHIR date of any precision, with a zone when it has a time?"""
    return bornes(text, dt.UTC) is not None


def couvre(period: Period | None, day: dt.date, zone: dt.tzinfo) -> bool:
    """Does the period cover the day? An end it does not give is open; a partial one counts whole."""
    if period is None:
        return True
    start, end = bornes(period.start, zone), bornes(period.end, zone)
    return (start is None or start[0] <= day) and (end is None or day <= end[1])


def finit_avant(period: Period | None, day: dt.date, zone: dt.tzinfo) -> bool:
    """Is the period over before the day?"""
    end = bornes(period.end, zone) if period else None
    return end is not None and end[1] < day


def est_renversee(period: Period) -> bool:
    """Does the period end before it starts?"""
    start, end = bornes(period.start, dt.UTC), bornes(period.end, dt.UTC)
    return start is not None and end is not None and end[1] < start[0]


def _bornes(match: re.Match[str], zone: dt.tzinfo) -> Jours:
    year, month, day = (int(part) if part else None for part in match.group(1, 2, 3))
    if year is None or month is None:
        return dt.date(year or 0, 1, 1), dt.date(year or 0, 12, 31)
    if day is None:
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    date = dt.date(year, month, day)
    if match.group(4):
        date = _instant(date, match).astimezone(zone).date()
    return date, date


def _instant(date: dt.date, match: re.Match[str]) -> dt.datetime:
    hour, minute, second = (int(part) for part in match.group(4, 5, 6))
    leap = second == 60  # a leap second belongs to the minute it closes
    time = dt.time(hour, minute, 59 if leap else second, tzinfo=dt.timezone(_offset(match.group(7))))
    return dt.datetime.combine(date, time)


def _offset(text: str) -> dt.timedelta:
    if text == "Z":
        return dt.timedelta()
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    if offset > _MAX_OFFSET or minutes > 59:
        raise ValueError("offset")
    return -offset if text[0] == "-" else offset
