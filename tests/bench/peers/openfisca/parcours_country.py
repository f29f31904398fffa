"""The ten rules as an OpenFisca country of one entity, the visit."""

# OpenFisca lives in an environment of its own, so its types are unknown where this file is checked:
# mypy: disable-error-code="import-not-found", allow-subclassing-any

from __future__ import annotations

from typing import Any

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

VISITE = build_entity(key="visite", plural="visites", label="Visite", is_person=True)


class Specialite(Enum):
    """Codes of TRE_R38."""

    SM04 = "Cardiologie"
    SM20 = "Gynécologie"
    SM38 = "Ophtalmologie"
    SM50 = "Stomatologie"
    SM54 = "Médecine générale"


class Acte(Enum):
    """Groups of acts of direct access."""

    gynecologie_examen_periodique = "gynecologie-examen-periodique"
    gynecologie_contraception = "gynecologie-contraception"
    gynecologie_grossesse = "gynecologie-grossesse"
    ophtalmologie_correction = "ophtalmologie-correction"
    ophtalmologie_glaucome = "ophtalmologie-glaucome"
    ophtalmologie_dmla = "ophtalmologie-dmla"
    stomatologie_soins_bucco_dentaires = "stomatologie-soins-bucco-dentaires"
    autre_acte = "autre-acte"


class Reponse(Enum):
    """Position and code, in the order in which the rules are tried."""

    DANS_X = "dans-parcours X"
    DANS_T = "dans-parcours T"
    DANS_R = "dans-parcours R"
    DANS_O = "dans-parcours O"
    DANS_J = "dans-parcours J"
    DANS_U = "dans-parcours U"
    DANS_H = "dans-parcours H"
    DANS_D = "dans-parcours D"
    HORS_S1 = "hors-parcours S1"
    HORS_D = "hors-parcours D"
    HORS_S2 = "hors-parcours S2"


NEVER = {"default_value": -1}
INPUTS: dict[str, dict[str, Any]] = {
    "age": {"value_type": int},
    "medecin": {"value_type": int},
    "specialite": {"value_type": Enum, "possible_values": Specialite, "default_value": Specialite.SM54},
    "acte": {"value_type": Enum, "possible_values": Acte, "default_value": Acte.autre_acte},
    "installe_ans": {"value_type": int, **NEVER},
    "traitant": {"value_type": int},
    "declare_jours": {"value_type": int, **NEVER},
    "remplace": {"value_type": int},
    "prescripteur": {"value_type": int},
    "adresse_jours": {"value_type": int, **NEVER},
    "urgence": {"value_type": bool},
    "hors_residence": {"value_type": bool},
}
"""The facts of a flat row."""
PARAMETERS = {
    name: {"values": {"2006-01-01": {"value": years}}}
    for name, years in {"age_seuil": 16, "duree_installation": 5}.items()
}


def moins_de_seize_ans(visite: Any, period: Any, parameters: Any) -> Any:
    return visite("age", period) < parameters(period).age_seuil


def declare(visite: Any, period: Any) -> Any:
    return visite("traitant", period) != 0


def medecin_traitant(visite: Any, period: Any) -> Any:
    lui_meme = visite("traitant", period) == visite("medecin", period)
    return visite("declare", period) * lui_meme * (visite("declare_jours", period) >= 1)


def remplacant(visite: Any, period: Any) -> Any:
    return visite("declare", period) * (visite("remplace", period) == visite("traitant", period))


def adresse_par_le_traitant(visite: Any, period: Any) -> Any:
    depuis = visite("adresse_jours", period)
    ecrite = (depuis >= 0) * (visite("declare_jours", period) >= depuis)
    return visite("declare", period) * (visite("prescripteur", period) == visite("traitant", period)) * ecrite


def recemment_installe(visite: Any, period: Any, parameters: Any) -> Any:
    annees = visite("installe_ans", period)
    recente = (annees >= 0) * (annees < parameters(period).duree_installation)
    return (visite("specialite", period) == Specialite.SM54) * recente


def ouverte(visite: Any, period: Any) -> Any:
    de = visite("specialite", period)
    return (de == Specialite.SM20) + (de == Specialite.SM38) + (de == Specialite.SM50)


def liste(visite: Any, period: Any) -> Any:
    de, quoi = visite("specialite", period), visite("acte", period)
    gynecologie = (
        (quoi == Acte.gynecologie_examen_periodique)
        + (quoi == Acte.gynecologie_contraception)
        + (quoi == Acte.gynecologie_grossesse)
    )
    ophtalmologie = (
        (quoi == Acte.ophtalmologie_correction)
        + (quoi == Acte.ophtalmologie_glaucome)
        + (quoi == Acte.ophtalmologie_dmla)
    )
    return (
        (de == Specialite.SM20) * gynecologie
        + (de == Specialite.SM38) * ophtalmologie
        + (de == Specialite.SM50) * (quoi == Acte.stomatologie_soins_bucco_dentaires)
    )


def reponse(visite: Any, period: Any) -> Any:
    """The index, in ``Reponse``, of the first rule that holds."""
    listee = visite("liste", period)
    rules = [
        visite("moins_de_seize_ans", period),
        visite("medecin_traitant", period),
        visite("remplacant", period),
        visite("adresse_par_le_traitant", period),
        visite("recemment_installe", period),
        visite("urgence", period),
        visite("hors_residence", period),
        listee * visite("declare", period),
        visite("ouverte", period) * ~listee,
        listee,
    ]
    return numpy.select(rules, range(len(rules)), len(rules))


RULES = (
    moins_de_seize_ans,
    declare,
    medecin_traitant,
    remplacant,
    adresse_par_le_traitant,
    recemment_installe,
    ouverte,
    liste,
)


class CountryTaxBenefitSystem(TaxBenefitSystem):
    """The country, under the name that the web API of OpenFisca looks for."""

    def __init__(self) -> None:
        super().__init__([VISITE])
        self.parameters = ParameterNode("", data=PARAMETERS)
        answer = {
            "value_type": Enum,
            "possible_values": Reponse,
            "default_value": Reponse.HORS_S2,
            "formula": reponse,
        }
        self.add_variables(
            *(_variable(name, **attributes) for name, attributes in INPUTS.items()),
            *(_variable(rule.__name__, value_type=bool, formula=rule) for rule in RULES),
            _variable("reponse", **answer),
        )


def _variable(name: str, **attributes: Any) -> type:
    """A variable of a visit: told for ever, or computed on a day (OpenFisca 46 fails on eternal formulas).

    A class each, for OpenFisca reads the attributes of the class itself and none that it inherits.
    """
    period = DateUnit.DAY if "formula" in attributes else DateUnit.ETERNITY
    common = {"entity": VISITE, "definition_period": period, "label": name}
    return type(name, (Variable,), {**common, **attributes})
