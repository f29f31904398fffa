"""Places: what kind, in which département, under which clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from parcours.domain.facts import NatureLieu
from parcours.fhir.dates import couvre, jour
from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import (
    Address,
    Coding,
    Extension,
    Location,
    Organization,
    PractitionerRole,
    Reference,
)
from parcours.fhir.nomenclature import LIEUX
from parcours.fhir.qualifications import codes
from parcours.fhir.systems import EXT_AGREMENT_CENTRE, EXT_INSEE, EXT_ZONE_SOUS_DENSE, R13, TABLES

PARIS: Final = ZoneInfo("Europe/Paris")

_ZONES: Final[Mapping[str, ZoneInfo]] = {
    code: ZoneInfo(name)
    for code, name in {
        "971": "America/Guadeloupe",
        "972": "America/Martinique",
        "973": "America/Cayenne",
        "974": "Indian/Reunion",
        "975": "America/Miquelon",
        "976": "Indian/Mayotte",
        "977": "America/St_Barthelemy",
        "978": "America/Marigot",
        "984": "Indian/Kerguelen",
        "986": "Pacific/Wallis",
        "987": "Pacific/Tahiti",
        "988": "Pacific/Noumea",
    }.items()
}
_OVERSEAS: Final = ("97", "98")
_FRANCE: Final = frozenset({None, "FR", "FRA", "FRANCE"})
_INSEE: Final = re.compile(r"(?:\d\d|2[AB])\d{3}\Z", re.ASCII)
_POSTAL: Final = re.compile(r"\d{5}\Z", re.ASCII)
_MAX_PARENTS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Lieu:
    """A place of care, as far as the request describes it."""

    natures: Mapping[NatureLieu, str]
    departement: str | None = None
    zone: dt.tzinfo = PARIS
    sous_dense_depuis: dt.date | None = None
    agrement_centre: dt.date | None = None


def departement(address: Address) -> str | None:
    """The département (``2A``, ``75``, ``974``) of a French address; the INSEE code first."""
    communes = (e.value_coding for e in address.extension if e.url == EXT_INSEE)
    insee = next((c.code for c in communes if c and _is_of_communes(c)), None)
    if insee and _INSEE.match(insee):
        return _prefix(insee)
    country = address.country.strip().upper() if address.country else None
    postal = address.postal_code.strip() if address.postal_code else ""
    return _of_postal_code(postal) if country in _FRANCE and _POSTAL.match(postal) else None


def zone(departement: str | None) -> ZoneInfo:
    """The clock of a département."""
    return _ZONES.get(departement or "", PARIS)


def residence(addresses: tuple[Address, ...], day: dt.date, clock: dt.tzinfo) -> tuple[int, str] | None:
    """Rank and département of the home on that day: the address marked as home, else the only one."""
    current = [(i, a) for i, a in enumerate(addresses) if a.use != "old" and couvre(a.period, day, clock)]
    homes = [(i, a) for i, a in current if a.use == "home"] or (current if len(current) == 1 else [])
    found = {code: i for i, a in homes if a.use in (None, "home") and (code := departement(a))}
    return next(((i, code) for code, i in found.items()), None) if len(found) == 1 else None


def lieu(
    dossier: Dossier,
    visit: Node[Any],
    locations: list[tuple[Reference | None, str]],
    provider: tuple[Reference | None, str],
    roles: tuple[Node[PractitionerRole], ...],
) -> Lieu:
    """The place of a visit: its locations and its structure, else those of the professional's activity."""
    rooms = [node for ref, path in locations if (node := dossier.follow_as(Location, ref, visit, path))]
    structure = dossier.follow_as(Organization, provider[0], visit, provider[1])
    role = roles[0] if len(roles) == 1 else None
    theirs = _places_of(dossier, role) if role else ([], None)
    known = structure if provider[0] is not None else theirs[1]
    return _lieu(dossier, [*rooms], known, fallback=theirs)


def lieu_de_role(dossier: Dossier, role: Node[PractitionerRole]) -> Lieu:
    """The place of an activity."""
    rooms, structure = _places_of(dossier, role)
    return _lieu(dossier, rooms, structure, fallback=([], None))


def _places_of(
    dossier: Dossier, role: Node[PractitionerRole]
) -> tuple[list[Node[Location]], Node[Organization] | None]:
    refs = enumerate(role.resource.location)
    rooms = [n for i, ref in refs if (n := dossier.follow_as(Location, ref, role, f"location[{i}]"))]
    return rooms, dossier.follow_as(Organization, role.resource.organization, role, "organization")


def _lieu(
    dossier: Dossier,
    rooms: list[Node[Location]],
    structure: Node[Organization] | None,
    *,
    fallback: tuple[list[Node[Location]], Node[Organization] | None],
) -> Lieu:
    structures = list(_upwards(dossier, structure))
    code = _departement(dossier, rooms, structures)
    if code is None:
        code = _departement(dossier, fallback[0], list(_upwards(dossier, fallback[1])))
    described: list[Node[Any]] = [*structures, *rooms]
    return Lieu(
        natures=next((n for node in structures if (n := natures(node))), {}),
        departement=code,
        zone=zone(code),
        sous_dense_depuis=_first_date(described, EXT_ZONE_SOUS_DENSE),
        agrement_centre=_first_date(described, EXT_AGREMENT_CENTRE),
    )


def natures(structure: Node[Organization]) -> dict[NatureLieu, str]:
    """Kinds of place a structure is, each with the FHIRPath of the code that says so."""
    types = ((concept, structure.at(f"type[{i}]")) for i, concept in enumerate(structure.resource.type))
    return {
        nature: code.path
        for code in codes(types)
        for nature in sorted(LIEUX.get(code.table, {}).get(code.code, ()))
    }


def date_extension(extensions: tuple[Extension, ...], url: str, clock: dt.tzinfo = PARIS) -> dt.date | None:
    """The full date an extension carries; a partial one says nothing."""
    return next((found for e in extensions if e.url == url and (found := jour(e.value_date, clock))), None)


def _first_date(nodes: list[Node[Any]], url: str) -> dt.date | None:
    return next((found for n in nodes if (found := date_extension(n.resource.extension, url))), None)


def _upwards(dossier: Dossier, structure: Node[Organization] | None) -> Iterator[Node[Organization]]:
    """A structure and those it is part of."""
    for _ in range(_MAX_PARENTS):
        if structure is None:
            return
        yield structure
        structure = dossier.follow_as(Organization, structure.resource.part_of, structure, "partOf")


def _departement(
    dossier: Dossier, rooms: list[Node[Location]], structures: list[Node[Organization]]
) -> str | None:
    addresses = [room.resource.address for room in rooms if room.resource.address]
    for room in rooms:
        owner = dossier.follow_as(
            Organization, room.resource.managing_organization, room, "managingOrganization"
        )
        addresses += owner.resource.address if owner else ()
    addresses += [address for structure in structures for address in structure.resource.address]
    return next((code for address in addresses if (code := departement(address))), None)


def _is_of_communes(coding: Coding) -> bool:
    return coding.system is None or TABLES.get(coding.system) == R13


def _of_postal_code(postal: str) -> str | None:
    if postal.startswith("20"):
        return "2A" if postal < "20200" else "2B"
    code = _prefix(postal)
    if code.startswith("98") and code not in _ZONES:  # Monaco and others
        return None
    return code if code > "00" else None


def _prefix(commune: str) -> str:
    return commune[:3] if commune.startswith(_OVERSEAS) else commune[:2]
