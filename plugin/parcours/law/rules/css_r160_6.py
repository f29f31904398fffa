"""Code de la sécurité sociale, article R160-6 : la majoration ne vise que les actes des médecins."""

from __future__ import annotations

from parcours.domain.finding import Finding
from parcours.law.cas import Cas
from parcours.law.registry import Rang, rule


@rule("professionnel-non-medecin", Rang.HORS_CHAMP, "R160-6", "al. 1")
def professionnel_non_medecin(cas: Cas) -> Finding:
    """Professionnel de santé qui n'est pas médecin : le parcours ne s'applique pas."""
    return ~cas.est_medecin()
