"""Convention médicale et pratique : ce que tout médecin peut faire sans passer par le médecin traitant."""

from __future__ import annotations

from parcours.domain.facts import Circonstance, GroupeActe
from parcours.domain.finding import Finding
from parcours.law.cas import Cas
from parcours.law.registry import Rang, rule


@rule("ivg", Rang.TOUT_MEDECIN, "pratique")
def ivg(cas: Cas) -> Finding:
    """Interruption volontaire de grossesse, quel que soit le médecin."""
    return cas.acte_declare(GroupeActe.IVG)


@rule("depistage-organise", Rang.TOUT_MEDECIN, "pratique")
def depistage_organise(cas: Cas) -> Finding:
    """Dépistage organisé, quel que soit le médecin."""
    return cas.circonstance(Circonstance.DEPISTAGE_ORGANISE)
