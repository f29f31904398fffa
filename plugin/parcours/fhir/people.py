"""Professionals: who a reference designates, and under which number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

from parcours.domain.facts import Medecin
from parcours.fhir.dates import couvre, finit_avant
from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import HumanName, Practitioner, PractitionerRole, Reference, Resource
from parcours.fhir.identifiers import en_usage, numero_am, rpps

PROFESSIONALS: Final = ("Practitioner", "PractitionerRole")
_ROLE: Final = "PractitionerRole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Professionnel:
    """Whom a reference designates.

    ``roles``: the activity it names, or those of the practitioner it names; several when nothing
    tells which one is exercised here.
    """

    medecin: Medecin
    praticien: Node[Practitioner] | None
    roles: tuple[Node[PractitionerRole], ...]


@dataclass(frozen=True)
class Annuaire:
    """The professionals of one request, on one day."""

    dossier: Dossier
    jour: dt.date
    zone: dt.tzinfo

    def professionnel(
        self, ref: Reference | None, source: Node[Any], relative: str, *, structure: str | None = None
    ) -> Professionnel | None:
        """Whom a reference designates; ``structure``: key of the place, to choose between activities.

        ``None`` when nothing is known of him, or when he is no professional (patient, device…).
        """
        node = self.dossier.follow(ref, source, relative, *PROFESSIONALS, *_OTHERS)
        if ref is None or (node is not None and node.type not in PROFESSIONALS):
            return None
        if node is not None and node.type == _ROLE:
            return self.de_role(cast("Node[PractitionerRole]", node))
        praticien = cast("Node[Practitioner] | None", node)
        medecin = self._medecin(praticien, ref, source, None)
        roles = self._roles_de(medecin, structure)
        if len(roles) == 1:
            medecin = self._medecin(praticien, ref, source, roles[0])
        return Professionnel(medecin=medecin, praticien=praticien, roles=roles)

    def de_role(self, role: Node[PractitionerRole]) -> Professionnel:
        """Who exercises an activity."""
        self.dossier.use(role)
        ref = role.resource.practitioner
        praticien = self.dossier.follow_as(Practitioner, ref, role, "practitioner")
        medecin = self._medecin(praticien, ref, role, role)
        return Professionnel(medecin=medecin, praticien=praticien, roles=(role,))

    def designe(self, ref: Reference | None, source: Node[Any], relative: str) -> Medecin | None:
        """Who a reference designates, with the place only when it is by an activity that he is designated."""
        found = self.professionnel(ref, source, relative)
        if found is None or ref is None:
            return None
        by_role = self.dossier.type_of(ref, source) == _ROLE
        return found.medecin if by_role else self._medecin(found.praticien, ref, source, None)

    @cached_property
    def roles(self) -> list[tuple[Node[PractitionerRole], Medecin]]:
        """Every activity in force that day, and who exercises it."""
        return [
            (role, self._medecin(self._praticien_de(role), role.resource.practitioner, role, role))
            for role in self.dossier.of(PractitionerRole)
            if role.resource.active is not False and couvre(role.resource.period, self.jour, self.zone)
        ]

    def _praticien_de(self, role: Node[PractitionerRole]) -> Node[Practitioner] | None:
        node = self.dossier.find(role.resource.practitioner, role)
        return cast("Node[Practitioner]", node) if node and node.type == "Practitioner" else None

    def _roles_de(self, medecin: Medecin, structure: str | None) -> tuple[Node[PractitionerRole], ...]:
        roles = [role for role, autre in self.roles if autre.meme_que(medecin)]
        here = [r for r in roles if structure and structure == self._structure(r)]
        chosen = here if len(here) == 1 else roles
        for role in chosen:
            self.dossier.use(role)
        return tuple(chosen)

    def _structure(self, role: Node[PractitionerRole]) -> str | None:
        return self.dossier.key_of(role.resource.organization, role)

    def _medecin(
        self,
        praticien: Node[Practitioner] | None,
        ref: Reference | None,
        source: Node[Any],
        role: Node[PractitionerRole] | None,
    ) -> Medecin:
        name = self._nom(praticien.resource.name) if praticien else None
        identifiers = (*(role.resource.identifier if role else ()), *_identifiers(praticien))
        key = praticien.key if praticien else self.dossier.key_of(ref, source)
        return Medecin(
            rpps=self._rpps(praticien, ref, source),
            ressource=key or (role.key if role else None),
            numero_am=numero_am(en_usage(identifiers, self.jour, self.zone)),
            nom=name.family if name else None,
            prenom=next((given for given in name.given if given), None) if name else None,
            cabinet=self._structure(role) if role else None,
        )

    def _rpps(
        self, praticien: Node[Practitioner] | None, ref: Reference | None, source: Node[Any]
    ) -> str | None:
        numbers = {n for i in en_usage(_identifiers(praticien), self.jour, self.zone) if (n := rpps(i))}
        if (
            ref
            and ref.identifier
            and self.dossier.type_of(ref, source) != _ROLE
            and (logical := rpps(ref.identifier))
        ):
            numbers.add(logical)
        where = praticien.at("identifier") if praticien else source.path
        if len(numbers) > 1:
            self.dossier.problem(where, "multiple-matches", "plusieurs numéros RPPS : aucun n'est retenu")
        return numbers.pop() if len(numbers) == 1 else None

    def _nom(self, names: Iterable[HumanName]) -> HumanName | None:
        current = [n for n in names if n.use != "old" and not finit_avant(n.period, self.jour, self.zone)]
        ranked = sorted(current, key=lambda n: _NAME_USES.index(n.use) if n.use in _NAME_USES else 9)
        return next((name for name in ranked if name.family), None)


_OTHERS: Final = (
    "RelatedPerson",
    "Patient",
    "Device",
    "Organization",
    "CareTeam",
    "HealthcareService",
    "Location",
)
_NAME_USES: Final = ("official", "usual", None)


def _identifiers(node: Node[Practitioner] | None) -> tuple[Any, ...]:
    resource: Resource | None = node.resource if node else None
    return resource.identifier if isinstance(resource, Practitioner) else ()
