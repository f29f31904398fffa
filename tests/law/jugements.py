"""A verdict without its explanation: what the enumerations ask for, some hundred thousand times.

``test_hiding`` checks on every case that the whole decision says the same.
"""

from __future__ import annotations

from parcours.domain.facts import Visite
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.policies import Politiques
from parcours.law.verdict import Reponses, Verdict, juger

DEFAUT = Politiques()


def verdict(visite: Visite, politiques: Politiques = DEFAUT) -> Verdict:
    """Judge one visit by the law of its day, without reasons."""
    jour = droit().du_jour(visite.date)
    prepared = Cas.de(visite, jour.parametres, politiques)
    return juger(Reponses.demander(jour, prepared, jusqu_au_bout=False), prepared)
