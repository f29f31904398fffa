"""What the national codes say: professions, disciplines, kinds of place, sectors.

A *discipline* is finer than a ``Specialite``: it tells a rheumatologist from a surgeon, so that a
referral to a specialty can be matched across the ordinal table (R38) and the Assurance Maladie's (G100).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from parcours.domain.facts import NatureLieu, Profession, Secteur, Specialite
from parcours.fhir.systems import G15, G100, R02, R38, R39, R40, R66

_R38_MEDECINS: Final = """
anatomie-pathologique SM01 | anesthesie-reanimation SM02 SM76 | biologie SM03 SM63 SM64 SM65 SM66 SM67
cardiologie SM04 SM73 SM79 SM80 SM81 | chirurgie-generale SM05 | chirurgie-maxillo-faciale SM06 SM68 SM77
chirurgie-maxillo-faciale-stomatologie SM07 | orthopedie SM08 | chirurgie-infantile SM09 SM69 SM70
chirurgie-plastique SM10 | chirurgie-thoracique SM11 | urologie SM12 | chirurgie-vasculaire SM13
chirurgie-viscerale SM14 SM78 | dermatologie SM15 | endocrinologie SM16 SM62 | genetique SM17
geriatrie SM18
gynecologie SM19 SM20 SM51 SM52 | hematologie SM21 SM22 SM23 SM71 | gastro-enterologie SM24
medecine-du-travail SM25 | medecine-generale SM26 SM53 SM54 | medecine-interne SM27 SM72
medecine-nucleaire SM28 | medecine-physique SM29 | nephrologie SM30 SM83 | neuro-chirurgie SM31
neurologie SM32 SM84 | psychiatrie SM33 SM42 SM43 SM92 SM93 | orl SM34 SM39 SM86 | oncologie SM35 SM36
radiotherapie SM37 SM45 SM55 | ophtalmologie SM38 SM85 | pediatrie SM40 SM87 SM88 SM89 SM90
pneumologie SM41 SM91 | radiologie SM44 SM74 SM94 | reanimation SM46 SM82 | recherche-medicale SM47
rhumatologie SM48 | sante-publique SM49 SM75 SM95 | stomatologie SM50 | chirurgie-orale SM56
allergologie SM57 | maladies-infectieuses SM58 | medecine-d-urgence SM59 | medecine-legale SM60
medecine-vasculaire SM61
"""

_G100_MEDECINS: Final = """
medecine-generale 01 22 23 | anesthesie-reanimation 02 | cardiologie 03 | chirurgie-generale 04
dermatologie 05 | radiologie 06 | gynecologie 07 70 77 79 | gastro-enterologie 08 | medecine-interne 09
neuro-chirurgie 10 | orl 11 | pediatrie 12 | pneumologie 13 | rhumatologie 14 | ophtalmologie 15 | urologie 16
psychiatrie 17 33 75 | stomatologie 18 | reanimation 20 | medecine-physique 31 | neurologie 32 | geriatrie 34
nephrologie 35 | anatomie-pathologique 37 | biologie 38 | orthopedie 41 | endocrinologie 42
chirurgie-infantile 43 | chirurgie-maxillo-faciale 44 | chirurgie-maxillo-faciale-stomatologie 45
chirurgie-plastique 46 | chirurgie-thoracique 47 | chirurgie-vasculaire 48 | chirurgie-viscerale 49
chirurgie-orale 69 | hematologie 71 | medecine-nucleaire 72 | oncologie 73 | radiotherapie 74 76
genetique 78
sante-publique 80 | maladies-infectieuses 81 | medecine-legale 82 | medecine-d-urgence 83
medecine-vasculaire 84 | allergologie 85
"""

_R39_MEDECINS: Final = "gynecologie C23 C25 C27"
_R40_MEDECINS: Final = "gynecologie CEX22 CEX24 CEX26 | urologie CEX64"


def _by_code(text: str) -> dict[str, str]:
    """``"a X1 X2 | b X3"`` → ``{"X1": "a", "X2": "a", "X3": "b"}``."""
    groups = [group.split() for line in text.splitlines() for group in line.split("|") if group.strip()]
    return {code: name for name, *codes in groups for code in codes}


DISCIPLINES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        R38: _by_code(_R38_MEDECINS),
        G100: _by_code(_G100_MEDECINS),
        R39: _by_code(_R39_MEDECINS),
        R40: _by_code(_R40_MEDECINS),
    }
)
"""Table → code → discipline of a doctor."""

# Convention, art. 17.2 : « stomatologie, chirurgie orale et chirurgie maxillo-faciale » read as one.
_STOMATOLOGIE: Final = (
    "stomatologie",
    "chirurgie-orale",
    "chirurgie-maxillo-faciale",
    "chirurgie-maxillo-faciale-stomatologie",
)


def specialite_de(discipline: str) -> Specialite:
    """The specialty the law or a tariff knows for a discipline."""
    if discipline in _STOMATOLOGIE:
        return Specialite.STOMATOLOGIE
    try:
        return Specialite(discipline)
    except ValueError:
        return Specialite.AUTRE


IPA: Final = frozenset({"SI01", "SI02", "SI03", "SI04", "SI05"})
"""R38: nurses in advanced practice."""

_PROFESSIONS_G15: Final = {
    "10": Profession.MEDECIN,
    "40": Profession.CHIRURGIEN_DENTISTE,
    "50": Profession.SAGE_FEMME,
    "60": Profession.INFIRMIER,
    "69": Profession.INFIRMIER,
}
_AUTRES_G15: Final = "21 26 28 31 32 35 36 37 38 39 70 80 81 82 83 84 85 86 91 92 93 94 95 96 98"
_PROFESSIONS_G100: Final = {
    "19": Profession.CHIRURGIEN_DENTISTE,
    "21": Profession.SAGE_FEMME,
    "24": Profession.INFIRMIER,
    "36": Profession.CHIRURGIEN_DENTISTE,
    "53": Profession.CHIRURGIEN_DENTISTE,
    "54": Profession.CHIRURGIEN_DENTISTE,
    "86": Profession.INFIRMIER_PRATIQUE_AVANCEE,
}
_AUTRES_G100: Final = "25 26 27 28 29 30 39 40 50 51 55 56 57 60 61 62 63 64 65 66 67 68 87 88"

PROFESSIONS: Final[Mapping[str, Mapping[str, Profession]]] = MappingProxyType(
    {
        G15: {**_PROFESSIONS_G15, **dict.fromkeys(_AUTRES_G15.split(), Profession.AUTRE)},
        G100: {
            **_PROFESSIONS_G100,
            **dict.fromkeys(_AUTRES_G100.split(), Profession.AUTRE),
            **dict.fromkeys(DISCIPLINES[G100], Profession.MEDECIN),
        },
        R38: {
            **dict.fromkeys(DISCIPLINES[R38], Profession.MEDECIN),
            **dict.fromkeys(("SCD01", "SCD02", "SCD03"), Profession.CHIRURGIEN_DENTISTE),
            **dict.fromkeys(IPA, Profession.INFIRMIER_PRATIQUE_AVANCEE),
            **dict.fromkeys(("SI06", "SI07", "SI08"), Profession.INFIRMIER),
            **dict.fromkeys(("SP01", "SP02", "SP03", "SP04"), Profession.AUTRE),
        },
    }
)
"""Table → code → profession."""

_HOPITAUX_R66: Final = (
    "101",  # centre hospitalier régional
    "106",  # centre hospitalier, ex-hôpital local
    "114",  # hôpital des armées
    "122",  # soins obstétriques et chirurgico-gynécologiques
    "128",  # soins chirurgicaux
    "129",  # soins médicaux
    "131",  # lutte contre le cancer
    "292",  # hôpital psychiatrique
    "294",  # consultations de cancérologie
    "353",  # hôpital de jour
    "355",  # centre hospitalier
    "362",  # soins de longue durée
    "365",  # soins pluridisciplinaires
    "697",  # groupement de coopération sanitaire
)

LIEUX: Final[Mapping[str, Mapping[str, frozenset[NatureLieu]]]] = MappingProxyType(
    {
        R02: {
            "SA01": frozenset({NatureLieu.HOPITAL}),
            "SA02": frozenset({NatureLieu.HOPITAL, NatureLieu.HOPITAL_ARMEES}),
            "SA03": frozenset({NatureLieu.HOPITAL}),
            "SA04": frozenset({NatureLieu.HOPITAL}),
            "SA05": frozenset({NatureLieu.CENTRE_DE_SANTE}),
            "SA15": frozenset({NatureLieu.SANTE_SEXUELLE}),
            "SA28": frozenset({NatureLieu.HUMANITAIRE}),
            "SA50": frozenset({NatureLieu.PERMANENCE_DES_SOINS}),
            "SA67": frozenset({NatureLieu.PERMANENCE_DES_SOINS}),
        },
        R66: {
            **dict.fromkeys(_HOPITAUX_R66, frozenset({NatureLieu.HOPITAL})),
            "114": frozenset({NatureLieu.HOPITAL, NatureLieu.HOPITAL_ARMEES}),
            **dict.fromkeys(("124", "125", "130", "289", "439"), frozenset({NatureLieu.CENTRE_DE_SANTE})),
            **dict.fromkeys(("228", "230", "231"), frozenset({NatureLieu.SANTE_SEXUELLE})),
        },
    }
)
"""Table → code → kinds of place. A code outside the table says nothing of the path."""

SECTEURS: Final[Mapping[str, Secteur]] = MappingProxyType(
    {
        **dict.fromkeys(("0", "nc"), Secteur.NON_CONVENTIONNE),
        **dict.fromkeys(("1", "c1"), Secteur.SECTEUR_1),
        **dict.fromkeys(("2", "c2"), Secteur.SECTEUR_1_DEPASSEMENT),
        **dict.fromkeys(("3", "c3"), Secteur.SECTEUR_2),
    }
)
"""R282, codes of before and after 28 September 2026."""

REMPLACANT: Final = frozenset({"GENR02", "GENR03", "FON-22", "FON-47", "FON-51"})
"""R22 and R21: this activity is a replacement."""
