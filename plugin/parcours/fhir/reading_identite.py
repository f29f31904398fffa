"""Persons as a form asks for them: names, address, numbers. An INS only from a qualified identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from parcours.domain.declaration_facts import Identite, Lu, NatureNumero, Numero
from parcours.fhir.dates import couvre, finit_avant
from parcours.fhir.declaration_elements import PostalAddress, TypedIdentifier
from parcours.fhir.declaration_systems import (
    IDENTIFIER_TYPES,
    IDENTITY_STATUS,
    INS_ESSAIS,
    INS_NIA,
    INS_NIR,
    NH,
    NSS,
    QUALIFIED,
    RELIABILITY,
)
from parcours.fhir.dossier import Node
from parcours.fhir.elements import Extension, HumanName


@dataclass(frozen=True, slots=True)
class Moment:
    """The day of preparation, and the clock it is told by."""

    jour: dt.date
    zone: dt.tzinfo


def identite(
    node: Node[Any], names: Sequence[HumanName], addresses: Sequence[PostalAddress], moment: Moment
) -> Identite:
    """Birth name, name in use, first given name, address, each with its FHIRPath."""
    current = [
        (i, name) for i, name in enumerate(names) if not finit_avant(name.period, moment.jour, moment.zone)
    ]
    naissance = _family(node, current, "official", "maiden")
    usage = _family(node, current, "usual")
    return Identite(
        nom_naissance=naissance,
        nom_usage=usage if usage and (naissance is None or usage.valeur != naissance.valeur) else None,
        nom=_family(node, current, None),
        prenom=_given(node, current),
        adresse=adresse(node, addresses, moment),
    )


def _family(node: Node[Any], names: list[tuple[int, HumanName]], *uses: str | None) -> Lu[str] | None:
    for use in uses:
        for i, name in names:
            family = propre(name.family)
            if name.use == use and family:
                return Lu(family, node.at(f"name[{i}].family"))
    return None


def _given(node: Node[Any], names: list[tuple[int, HumanName]]) -> Lu[str] | None:
    for use in ("official", "maiden", None, "usual"):
        for i, name in names:
            if name.use != use:
                continue
            for j, given in enumerate(name.given):
                text = propre(given)
                if text:
                    return Lu(text, node.at(f"name[{i}].given[{j}]"))
    return None


def adresse(node: Node[Any], addresses: Sequence[PostalAddress], moment: Moment) -> Lu[str] | None:
    """The address in use that day, as lines: that of the home first, then of work."""
    current = [(i, a) for i, a in enumerate(addresses) if couvre(a.period, moment.jour, moment.zone)]
    for use in ("home", None, "work", "temp"):
        for i, address in current:
            lines = lignes(address)
            if address.use == use and lines:
                return Lu(lines, node.at(f"address[{i}]"))
    return None


def lignes(address: PostalAddress) -> str:
    """An address as it is written on an envelope, one line under the other."""
    lines = [line for raw in address.line if (line := propre(raw))]
    town = " ".join(part for part in (propre(address.postal_code), propre(address.city)) if part)
    if not lines and address.text:
        return "\n".join(line for raw in address.text.splitlines() if (line := propre(raw)))
    country = propre(address.country)
    abroad = [country] if country and country.upper() not in ("FR", "FRA", "FRANCE") else []
    return "\n".join([*lines, *([town] if town else []), *abroad])


def propre(text: str | None) -> str:
    """A text on one line, without control characters or invisible marks; spaces at the ends dropped."""
    kept = "".join(c if c.isprintable() else " " for c in text or "")
    return " ".join(kept.split())


# ---------------------------------------------------------------- numbers


def est_qualifiee(extensions: Iterable[Extension]) -> bool:
    """Is the identity said to be qualified? Anything but that, in a system we know, is no."""
    stated = {
        (part.value_coding.system, part.value_coding.code)
        for extension in extensions
        if extension.url in RELIABILITY
        for part in extension.extension
        if part.url == IDENTITY_STATUS and part.value_coding
    }
    return bool(stated) and stated <= QUALIFIED


def numeros(
    node: Node[Any], identifiers: Sequence[TypedIdentifier], moment: Moment, *, qualifiee: bool
) -> Iterator[Numero]:
    """The social security numbers of a person; his INS only when his identity is qualified."""
    for i, identifier in enumerate(identifiers):
        value = compact(identifier.value)
        nature = _nature(identifier)
        ended = identifier.use == "old" or finit_avant(identifier.period, moment.jour, moment.zone)
        if value and nature and not ended and (qualifiee or nature is NatureNumero.SECURITE_SOCIALE):
            yield Numero(value, nature, node.at(f"identifier[{i}].value"))


def _nature(identifier: TypedIdentifier) -> NatureNumero | None:
    """Before FR Core 2.2.0 the insurer's number bore the system of the INS: its type told them apart."""
    coded = identifier.type.coding if identifier.type else ()
    of_insurer = any(coding.code == NH and coding.system in IDENTIFIER_TYPES for coding in coded)
    if identifier.system == NSS or (identifier.system == INS_NIR and of_insurer):
        return NatureNumero.SECURITE_SOCIALE
    if identifier.system in INS_ESSAIS:
        return NatureNumero.INS_ESSAI
    return {INS_NIR: NatureNumero.INS_NIR, INS_NIA: NatureNumero.INS_NIA}.get(identifier.system or "")


def compact(text: str | None) -> str:
    """A number without the spaces, dots and dashes people put in it."""
    return "".join(c for c in propre(text) if c not in " .-").upper()
