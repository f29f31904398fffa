"""What if: a visit as a person supposes it, fact by fact, with the law's own hypotheses.

An open fact is forgotten, then given one of the values that it might have had; a ground that nobody claimed
is claimed. What was supposed says so: its origin is ``suppose``, whatever the caller had sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from parcours.domain.facts import Fait, Visite
from parcours.law.cas import Cas
from parcours.law.hypotheses import Hypothese
from parcours.law.missing_values import valeurs
from parcours.law.policies import Politiques
from parcours.law.registry import Droit
from parcours.law.retained_facts import faits_retenus
from parcours.law.unclaimed_grounds import motifs_non_invoques

TOUJOURS = (Fait.AGE, Fait.MEDECIN_TRAITANT, Fait.SPECIALITE, Fait.SECTEUR, Fait.ACTE)
"""Open facts that may be supposed otherwise even where they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppositions:
    """What a person supposes: a value for open facts, by name of fact, and grounds that nobody claimed.

    Both are the phrases of the law's hypotheses. Those it does not know, or which the others exclude, are
    left aside.
    """

    valeurs: Mapping[str, str] = field(default_factory=dict)
    motifs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.valeurs or self.motifs)


@dataclass(frozen=True, slots=True)
class Supposee:
    """A visit under suppositions, and those that were retained, in words."""

    visite: Visite
    retenues: tuple[str, ...]


class EtSi:
    """One law and one set of readings, to suppose visits otherwise."""

    def __init__(self, droit: Droit, politiques: Politiques) -> None:
        self._droit = droit
        self._politiques = politiques

    def valeurs(self, visite: Visite, fait: str) -> tuple[str, ...]:
        """The values that an open fact may be supposed to have; none for a fact that cannot be supposed."""
        return tuple(dict.fromkeys(texte for texte, _ in self._valeurs(visite, fait)))

    def motifs(self, visite: Visite) -> tuple[str, ...]:
        """The grounds that nobody claimed."""
        return tuple(texte for texte, _ in motifs_non_invoques(self._cas(visite)))

    def supposer(self, visite: Visite, suppositions: Suppositions) -> Supposee:
        """The visit as it is supposed: values first, then grounds, each on top of those before."""
        retenues: list[str] = []
        supposee = visite
        for fait, texte in suppositions.valeurs.items():
            supposee = self._selon(supposee, texte, self._valeurs(supposee, fait), retenues, fait)
        for texte in suppositions.motifs:
            supposee = self._selon(supposee, texte, motifs_non_invoques(self._cas(supposee)), retenues)
        return Supposee(supposee, tuple(retenues))

    def _cas(self, visite: Visite) -> Cas:
        return Cas.de(visite, self._droit.applicable(visite).parametres, self._politiques)

    def _valeurs(self, visite: Visite, fait: str) -> Iterator[Hypothese]:
        oubli = _OUBLIS.get(fait)
        return valeurs(fait, self._cas(oubli(visite) if oubli else visite))

    def _selon(
        self, visite: Visite, texte: str, hypotheses: Iterable[Hypothese], retenues: list[str], *faits: str
    ) -> Visite:
        """The visit under the hypothesis of this text, which is then retained; unchanged without one."""
        trouvee = next((supposee for dit, supposee in hypotheses if dit == texte), None)
        if trouvee is None:
            return visite
        retenues.append(texte)
        return self._dite_supposee(visite, trouvee, faits)

    def _dite_supposee(self, avant: Visite, apres: Visite, faits: Iterable[str]) -> Visite:
        """Where a fact was read is no longer its origin once it is supposed."""
        connus = {(f.fait, f.valeur) for f in faits_retenus(self._cas(avant))}
        changes = [f for f in faits_retenus(self._cas(apres)) if (f.fait, f.valeur) not in connus]
        sans = {*faits, *(f.fait for f in changes), *(f"{f.fait}:{f.valeur}" for f in changes)}
        return replace(apres, origines={cle: o for cle, o in apres.origines.items() if cle not in sans})


# ---------------------------------------------------------------- forgetting what is known


def _sans_praticien(**oublies: Any) -> Callable[[Visite], Visite]:
    """A visit without these facts of the professional consulted."""

    def oubli(visite: Visite) -> Visite:
        if visite.praticien is None:
            return visite
        return replace(visite, praticien=replace(visite.praticien, **oublies))

    return oubli


_OUBLIS: dict[str, Callable[[Visite], Visite]] = {
    Fait.AGE: lambda visite: replace(visite, naissance=None),
    Fait.MEDECIN_TRAITANT: lambda visite: replace(visite, declarations=None),
    Fait.ACTE: lambda visite: replace(visite, actes=None),
    Fait.SPECIALITE: _sans_praticien(profession=None, specialite=None),
    Fait.SECTEUR: _sans_praticien(secteur=None, optam=None),
}
