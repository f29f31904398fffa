"""In which language a card speaks: French, or its English where the catalogue knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from parcours.translation import english, in_english

Element = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Langue:
    """How one sentence is said, and one resource of ours. The caller's own words pass through neither."""

    dire: Callable[[str], str]
    ressource: Callable[[Element], Element]


FRANCAIS: Final = Langue(dire=str, ressource=lambda resource: resource)
ANGLAIS: Final = Langue(dire=english, ressource=in_english)
