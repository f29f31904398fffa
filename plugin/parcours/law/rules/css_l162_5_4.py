"""Code de la sécurité sociale, articles L162-5-4 et D162-1-8 : généralistes nouvellement installés.

L'article couvre les consultations « assurées ou prescrites » par ces médecins : d'où la règle d'adressage.
"""

from __future__ import annotations

import datetime as dt

from parcours.domain.facts import Adressage, Circonstance, Fait, Praticien
from parcours.domain.finding import NO, Finding, all_of, any_of
from parcours.law.cas import Cas
from parcours.law.orientation import autre_que_le_consulte, valable
from parcours.law.registry import Rang, rule

CINQ_ANS = dt.date(2006, 1, 3)
CENTRES = dt.date(2010, 2, 26)


@rule("generaliste-recemment-installe", Rang.INSTALLE, "L162-5-4", since=CINQ_ANS)
def generaliste_recemment_installe(cas: Cas) -> Finding:
    """Généraliste installé pour la première fois depuis moins de cinq ans."""
    praticien = cas.visite.praticien
    return NO if praticien is None else cas.recemment_installe(praticien, cas.jour, Fait.SPECIALITE)


@rule("generaliste-en-zone", Rang.ZONE, "L162-5-4", since=CINQ_ANS)
def generaliste_en_zone(cas: Cas) -> Finding:
    """Généraliste installé depuis moins de cinq ans dans une zone sous-dense."""
    praticien = cas.visite.praticien
    return NO if praticien is None else cas.installe_en_zone(praticien, cas.jour, Fait.SPECIALITE)


@rule("centre-de-sante-en-zone", Rang.ZONE, "L162-5-4", since=CENTRES)
def centre_de_sante_en_zone(cas: Cas) -> Finding:
    """Généraliste d'un centre de santé agréé depuis moins de cinq ans dans une zone sous-dense."""
    praticien = cas.visite.praticien
    return NO if praticien is None else cas.centre_agree_en_zone(praticien, cas.jour, Fait.SPECIALITE)


@rule("adressage-generaliste-recent", Rang.AUTRE_ADRESSEUR, "L162-5-4", since=CINQ_ANS)
def adressage_generaliste_recent(cas: Cas) -> Finding:
    """Patient adressé par un généraliste récemment installé, ou installé en zone sous-dense."""
    lettres = (adresse_par_installe(cas, a) for a in cas.visite.adressages)
    return any_of(cas.circonstance(Circonstance.ADRESSE_PAR_GENERALISTE_RECENT), *lettres)


def adresse_par_installe(cas: Cas, adressage: Adressage) -> Finding:
    """Was the patient sent by such a doctor? He is judged on the day he wrote."""
    prescripteur = autre_que_le_consulte(cas, adressage)
    if not isinstance(prescripteur, Praticien):
        return prescripteur
    jour = adressage.date or cas.jour
    return all_of(
        any_of(
            cas.recemment_installe(prescripteur, jour, Fait.PRESCRIPTEUR_SPECIALITE),
            cas.installe_en_zone(prescripteur, jour, Fait.PRESCRIPTEUR_SPECIALITE),
            cas.centre_agree_en_zone(prescripteur, jour, Fait.PRESCRIPTEUR_SPECIALITE),
        ),
        valable(cas, adressage),
    )
