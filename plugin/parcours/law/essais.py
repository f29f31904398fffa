"""A visit judged again under hypotheses: what a hypothesis does not touch stays as it was found.

What is found of the visit as it is (a row of the code table, an effect, the amounts) is kept with the names
of the facts that were read to find it. Under a hypothesis that changes none of them, the same reading would
find the same: only the rest is asked again. Nobody has to say what a rule depends on; it is seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from parcours.domain.facts import Circonstance, Couverture, Declaration, Praticien, Visite
from parcours.domain.finding import Finding
from parcours.law.cas import Cas
from parcours.law.policies import Politiques
from parcours.law.registry import Ligne
from parcours.law.traitant import Traitant

T = TypeVar("T")
Lus = set[str]
"""Names of facts that were read: fields of the visit, ``praticien.secteur``, a circumstance, a policy."""

_FAITS = tuple(field.name for field in fields(Visite))
_CHAMPS_DU_PRATICIEN = tuple(field.name for field in fields(Praticien))
_DU_PRATICIEN = tuple(f"praticien.{nom}" for nom in _CHAMPS_DU_PRATICIEN)


class Essais:
    """The visit as it is, and what was found of it so far."""

    def __init__(self, cas: Cas) -> None:
        self.trouves: dict[Hashable, tuple[Any, Lus]] = {}
        self._ouvertes: set[int] = set()
        self._lectrices: defaultdict[str, list[int]] = defaultdict(list)
        self.parametres = cas.parametres
        self._cas = cas
        self._lus: Lus = set()
        self._observe = _CasLu(cas, self._lus)

    def cas(self, visite: Visite) -> Cas:
        """The case of a hypothesis: the same day, other facts."""
        base = self._cas
        changes = _changes(base.visite, visite)
        if "declarations" in changes:
            return self._suppose(Cas.de(visite, base.parametres, base.politiques), changes)
        return _CasSuppose(self, changes, visite, base.politiques, base.declarations, base.traitant)

    def sous(self, politiques: Politiques, nom: str) -> Cas:
        """The case under another reading of one policy: the same facts."""
        cas = Cas.de(self._cas.visite, self._cas.parametres, politiques)
        # When nothing was tried before, judging once costs less than seeing what is read.
        return self._suppose(cas, {nom}) if self.trouves else cas

    def _suppose(self, cas: Cas, changes: Lus) -> Cas:
        if cas.declarations is not self._cas.declarations:
            changes.add("declarations")
        return _CasSuppose(self, changes, cas.visite, cas.politiques, cas.declarations, cas.traitant)

    def lignes(self, lignes: Sequence[Ligne], changes: Lus) -> list[Ligne]:
        """The rows that may matter: those that changes touch, and those not simply denied as things are."""
        if not self._lectrices:
            self._lire(lignes)
        touchees = [self._lectrices[fait] for fait in changes if fait in self._lectrices]
        return [lignes[numero] for numero in sorted(self._ouvertes.union(*touchees))]

    def _lire(self, lignes: Sequence[Ligne]) -> None:
        """See which rows are open as it is, and which read each fact."""
        for numero, ligne in enumerate(lignes):
            finding, lus = self.trouver(ligne.rang, ligne.holds)
            if finding.holds is not False or finding.contradicted:
                self._ouvertes.add(numero)
            for fait in lus:
                self._lectrices[fait].append(numero)

    def trouver(self, cle: Hashable, calcul: Callable[[Cas], Any]) -> tuple[Any, Lus]:
        """What is found of the visit as it is, and the facts that were read to find it."""
        self._lus.clear()
        valeur = calcul(self._observe)
        trouve = self.trouves[cle] = valeur, set(self._lus)
        return trouve


class _CasSuppose(Cas):
    """A case of which only some facts differ from those of the visit as it is."""

    __slots__ = ("_changes", "_essais")
    _essais: Essais
    _changes: Lus

    def __init__(
        self,
        essais: Essais,
        changes: Lus,
        visite: Visite,
        politiques: Politiques,
        declarations: tuple[Declaration, ...] | None,
        traitant: Traitant,
    ) -> None:
        super().__init__(visite, essais.parametres, politiques, declarations, traitant, set())
        object.__setattr__(self, "_essais", essais)
        object.__setattr__(self, "_changes", changes)

    def trouver(self, cle: Hashable, calcul: Callable[[Cas], T], /) -> T:
        valeur: T
        valeur, lus = self._essais.trouves.get(cle) or self._essais.trouver(cle, calcul)
        return valeur if lus.isdisjoint(self._changes) else calcul(self)

    def lignes(self, lignes: Sequence[Ligne]) -> Sequence[Ligne]:
        return self._essais.lignes(lignes, self._changes)


# ---------------------------------------------------------------- seeing what is read


class _VisiteLue(Visite):
    """A visit that notes which of its facts are read."""

    _lu: Visite
    _lus: Lus

    def __init__(self, visite: Visite, lus: Lus) -> None:
        object.__setattr__(self, "_lu", visite)
        object.__setattr__(self, "_lus", lus)

    @property
    def praticien(self) -> Praticien | None:
        """That there is one is a fact; what he is, others."""
        self._lus.add("praticien")
        praticien = self._lu.praticien
        return None if praticien is None else _PraticienLu(praticien, self._lus)


class _PraticienLu(Praticien):
    """The professional consulted, who notes what is read of him."""

    _lu: Praticien
    _lus: Lus

    def __init__(self, praticien: Praticien, lus: Lus) -> None:
        object.__setattr__(self, "_lu", praticien)
        object.__setattr__(self, "_lus", lus)


class _CasLu(Cas):
    """A case that notes what is read of it; of circumstances, coverages and policies, one by one."""

    __slots__ = ("_lu", "_lus")
    _lu: Cas
    _lus: Lus

    def __init__(self, cas: Cas, lus: Lus) -> None:
        object.__setattr__(self, "_lu", cas)
        object.__setattr__(self, "_lus", lus)
        object.__setattr__(self, "parametres", cas.parametres)
        object.__setattr__(self, "visite", _VisiteLue(cas.visite, lus))

    def choix(self, nom: str) -> str:
        self._lus.add(nom)
        return self._lu.politiques.choix(nom)

    def circonstance(self, *circonstances: Circonstance) -> Finding:
        self._lus.update(circonstances)
        return self._lu.circonstance(*circonstances)

    def couverture(self, *couvertures: Couverture) -> Finding:
        self._lus.update(couvertures)
        return self._lu.couverture(*couvertures)


def _note(nom: str, fait: str) -> property:
    """A field that is read elsewhere, and of which the reading is noted."""
    lire = attrgetter(f"_lu.{nom}")

    def lu(self: Any) -> Any:
        self._lus.add(fait)
        return lire(self)

    return property(lu)


for _nom in {*_FAITS} - {"praticien"}:
    setattr(_VisiteLue, _nom, _note(_nom, _nom))
for _nom, _fait in zip(_CHAMPS_DU_PRATICIEN, _DU_PRATICIEN, strict=True):
    setattr(_PraticienLu, _nom, _note(_nom, _fait))
for _nom in ("declarations", "traitant"):  # the second is drawn from the first
    setattr(_CasLu, _nom, _note(_nom, "declarations"))


# ---------------------------------------------------------------- what a hypothesis changes

_du_praticien = attrgetter(*_CHAMPS_DU_PRATICIEN)


def _changes(avant: Visite, apres: Visite) -> Lus:
    """The facts that are not the very same objects in both."""
    a, b = vars(avant), vars(apres)
    changes: Lus = set()
    for nom in [nom for nom in _FAITS if a[nom] is not b[nom]]:
        changes.update(_details(nom, a[nom], b[nom]))
    return changes


def _details(nom: str, avant: object, apres: object) -> Iterable[str]:
    """What differs: of a set, which values too; of a professional who is another, which of his facts."""
    if isinstance(avant, Praticien) and isinstance(apres, Praticien):
        faits = zip(_DU_PRATICIEN, _du_praticien(avant), _du_praticien(apres), strict=True)
        return [fait for fait, a, b in faits if a is not b]
    if isinstance(avant, frozenset) and isinstance(apres, frozenset):
        return {nom, *(avant ^ apres)}
    return (nom,)
