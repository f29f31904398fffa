"""Numbers of professionals. A number alone designates; a name never does.

The check digit (Luhn) is not asked for: official examples, and numbers in use, do without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from parcours.fhir.dates import finit_avant
from parcours.fhir.elements import Identifier
from parcours.fhir.systems import IDNPS, NUMERO_AM, SYSTEMES_RPPS

_RPPS_DIGITS: Final = 11
_AM_DIGITS: Final = 9


def rpps(identifier: Identifier | None) -> str | None:
    """The RPPS number (11 digits) of a Practitioner's identifier, or of a logical reference to him.

    On a PractitionerRole the same system holds the number of an activity: never ask it there.
    """
    if identifier is None or identifier.system not in SYSTEMES_RPPS or not identifier.value:
        return None
    number = identifier.value.strip()
    if identifier.system == IDNPS:
        number = number.removeprefix("8") if len(number) == _RPPS_DIGITS + 1 else ""
    return number if _digits(number, _RPPS_DIGITS) and identifier.use != "old" else None


def numero_am(identifiers: Iterable[Identifier]) -> str | None:
    """The Assurance Maladie's number (9 digits), when there is one and only one."""
    numbers = {i.value.strip() for i in identifiers if i.system == NUMERO_AM and i.value and i.use != "old"}
    valid = {number for number in numbers if _digits(number, _AM_DIGITS)}
    return valid.pop() if len(valid) == 1 else None


def en_usage(identifiers: Iterable[Identifier], jour: dt.date, zone: dt.tzinfo) -> list[Identifier]:
    """Identifiers neither marked old nor ended before the day."""
    return [i for i in identifiers if i.use != "old" and not finit_avant(i.period, jour, zone)]


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
