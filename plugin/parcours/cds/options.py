"""Which kinds of answer a client wants (Da Vinci CRD dev-4 to 17): advertised, honoured, never required."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from parcours.cds.language import Element, Langue

EXTENSION_VERSION: Final = "davinci-crd.version"
EXTENSION_OPTIONS: Final = "davinci-crd.configuration-options"
EXTENSION_CONFIGURATION: Final = "davinci-crd.configuration"
MAX_CARDS: Final = "max-cards"


class Sujet(StrEnum):
    """What a card is about, or ``ANNOTATION`` for what is written on the resource (CRD card types)."""

    COUT = "cost"
    FACTURE = "claim"
    DECLARATION = "insurance"
    ADRESSAGE = "network"
    ANNOTATION = "coverage-info"


@dataclass(frozen=True, slots=True)
class Option:
    """One switch as discovery tells it."""

    code: str
    name: str
    description: str
    default: bool | int


OPTIONS: Final[Mapping[str, Option]] = {
    option.code: option
    for option in (
        Option(
            Sujet.COUT,
            "Visite hors parcours",
            "Une carte quand la visite est hors du parcours de soins coordonnés, et ce que cela change.",
            True,
        ),
        Option(
            Sujet.FACTURE,
            "Informations manquantes",
            "Une carte quand il manque une information pour situer la visite ou pour la facturer.",
            True,
        ),
        Option(
            Sujet.DECLARATION,
            "Médecin traitant à déclarer",
            "Une carte quand aucun médecin traitant n’est déclaré, avec la déclaration préparée.",
            True,
        ),
        Option(
            Sujet.ADRESSAGE,
            "Adressage par le médecin traitant",
            "Une carte quand la lettre signée place la visite du confrère dans le parcours.",
            True,
        ),
        Option(
            Sujet.ANNOTATION,
            "Annotation de la visite",
            "La réponse écrite sur la visite, le rendez-vous ou la demande (coverage-information).",
            True,
        ),
        Option(MAX_CARDS, "Nombre de cartes", "Nombre de cartes au plus dans une réponse.", 10),
    )
}


@dataclass(frozen=True, slots=True)
class Options:
    """The switches of one call. ``launch``: where the client's software opens this service, if it does."""

    values: Mapping[str, bool | int]
    launch: str | None = None

    @classmethod
    def of(cls, *layers: Mapping[str, Any], launch: str | None = None) -> Options:
        """Ours, then each layer over it: the client's settings, then the call. What is unknown is ignored."""
        values = {code: option.default for code, option in OPTIONS.items()}
        for layer in layers:
            values |= {code: value for code, value in layer.items() if _fits(code, value)}
        return cls(values, launch)

    def wants(self, sujet: Sujet) -> bool:
        """Does this client want to be told about this?"""
        return bool(self.values[sujet])

    @property
    def max_cards(self) -> int:
        """How many cards at most."""
        return int(self.values[MAX_CARDS])

    def are_enough(self, sujets: Iterable[Sujet]) -> bool:
        """Would another card beside these be left out?"""
        return sum(map(self.wants, sujets)) >= self.max_cards


def _fits(code: str, value: object) -> bool:
    if code not in OPTIONS:
        return False
    if code == MAX_CARDS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, bool)


def advertised(codes: tuple[str, ...], langue: Langue) -> list[Element]:
    """The switches of one service, as discovery tells them."""
    return [_told(OPTIONS[code], langue) for code in codes]


def _told(option: Option, langue: Langue) -> Element:
    return {
        "code": str(option.code),
        "type": "boolean" if isinstance(option.default, bool) else "integer",
        "name": langue.dire(option.name),
        "description": langue.dire(option.description),
        "default": option.default,
    }
