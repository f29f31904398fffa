"""What is known of a visit. A field left ``None`` is a fact nobody gave.

Open facts (``None`` = unknown): birth date, practitioner, his profession and specialty, the
declarations of médecin traitant, the group of the act, and for a referral its author and its date.
Closed facts (absent = not claimed): everything else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from parcours.domain.calendar import Naissance


class Fait:
    """Names of facts, as published in the code system ``pds-cs-fait``."""

    DATE = "visite.date"
    AGE = "patient.age"
    MEDECIN_TRAITANT = "patient.medecin-traitant"
    COUVERTURE = "patient.couverture"
    PARTICIPATIONS = "patient.participations"
    RESIDENCE = "patient.residence"
    MEDECIN = "visite.medecin"
    MODE = "visite.mode"
    LIEU = "visite.lieu"
    ACTE = "visite.acte"
    CIRCONSTANCE = "visite.circonstance"
    PLAN = "visite.plan"
    MEMES_LOCAUX = "visite.memes-locaux"
    PROFESSION = "medecin.profession"
    SPECIALITE = "medecin.specialite"
    SECTEUR = "medecin.secteur"
    OPTAM = "medecin.optam"
    PREMIERE_INSTALLATION = "medecin.premiere-installation"
    ZONE = "medecin.zone"
    REMPLACE = "medecin.remplace"
    ADRESSAGE = "visite.adressage"
    PRESCRIPTEUR = "adressage.prescripteur"
    PRESCRIPTEUR_PROFESSION = "adressage.profession"
    PRESCRIPTEUR_SPECIALITE = "adressage.specialite"
    ADRESSAGE_DATE = "adressage.date"
    FACTURE_ACTE = "facturation.acte"
    FACTURE_NOM = "facturation.medecin.nom"
    FACTURE_PRENOM = "facturation.medecin.prenom"


ORDRE_DES_FAITS = tuple(valeur for nom, valeur in vars(Fait).items() if nom.isupper())
"""Names of facts in the order in which people tell them."""


class Profession(StrEnum):
    """Health professions, as far as the law of the path tells them apart."""

    MEDECIN = "medecin"
    SAGE_FEMME = "sage-femme"
    CHIRURGIEN_DENTISTE = "chirurgien-dentiste"
    INFIRMIER = "infirmier"
    INFIRMIER_PRATIQUE_AVANCEE = "infirmier-pratique-avancee"
    AUTRE = "autre"


class Specialite(StrEnum):
    """A doctor's specialty, as far as the law or a tariff tells them apart."""

    GENERALISTE = "medecine-generale"
    GYNECOLOGIE = "gynecologie"
    OPHTALMOLOGIE = "ophtalmologie"
    PSYCHIATRIE = "psychiatrie"
    STOMATOLOGIE = "stomatologie"
    BIOLOGIE = "biologie"
    PEDIATRIE = "pediatrie"
    CARDIOLOGIE = "cardiologie"
    NEUROLOGIE = "neurologie"
    GERIATRIE = "geriatrie"
    DERMATOLOGIE = "dermatologie"
    AUTRE = "autre"


class GroupeActe(StrEnum):
    """Groups of acts that open specific direct access (``pds-cs-acte-acces-direct``)."""

    EXAMEN_PERIODIQUE = "gynecologie-examen-periodique"
    CONTRACEPTION = "gynecologie-contraception"
    GROSSESSE = "gynecologie-grossesse"
    IVG = "gynecologie-ivg"
    CORRECTION = "ophtalmologie-correction"
    GLAUCOME = "ophtalmologie-glaucome"
    DMLA = "ophtalmologie-dmla"
    BUCCO_DENTAIRE = "stomatologie-soins-bucco-dentaires"
    AUTRE = "autre-acte"


class Circonstance(StrEnum):
    """Circumstances somebody attests (``pds-cs-circonstance``)."""

    URGENCE = "urgence"
    HORS_RESIDENCE = "hors-residence"
    PERMANENCE_DES_SOINS = "permanence-des-soins"
    TRAITANT_INDISPONIBLE = "medecin-traitant-indisponible"
    CONFRERE_MEME_LOCAUX = "confrere-meme-locaux"
    NOUVEAU_TRAITANT = "nouveau-medecin-traitant"
    ADRESSE_PAR_TRAITANT = "adresse-par-medecin-traitant"
    ADRESSE_PAR_ACCES_DIRECT = "adresse-par-medecin-acces-direct"
    ADRESSE_PAR_GENERALISTE_RECENT = "adresse-par-generaliste-recent"
    ADRESSE_PAR_SAGE_FEMME = "adresse-par-sage-femme"
    ADRESSE_PAR_IPA = "adresse-par-ipa"
    SOINS_ITERATIFS = "soins-iteratifs"
    SEQUENCE_DE_SOINS = "sequence-de-soins"
    ACTE_PREVU_PROTOCOLE_ALD = "acte-prevu-protocole-ald"
    SOIN_EN_RAPPORT_ALD = "soin-en-rapport-ald"
    ADDICTOLOGIE_HOSPITALIERE = "consultation-addictologie-hospitaliere"
    GENETIQUE_FAMILIALE = "consultation-genetique-familiale"
    EXAMEN_OBLIGATOIRE_ENFANT = "examen-obligatoire-enfant"
    SANTE_ETUDIANTE = "service-sante-etudiante"
    PRESCRIPTION_MILITAIRE = "prescription-militaire"
    MEDECINE_HUMANITAIRE = "medecine-humanitaire"
    SANTE_SEXUELLE = "sante-sexuelle"
    DEPISTAGE_ORGANISE = "depistage-organise"
    DETENU = "detenu"
    EHPAD = "ehpad"
    ORGANISATION_TERRITORIALE = "organisation-territoriale"
    TOLERANCE_CAISSE = "tolerance-caisse"


class Couverture(StrEnum):
    """Kinds of coverage (``pds-cs-couverture``)."""

    AMO = "amo"
    ALD = "ald"
    C2S = "c2s"
    AME = "ame"
    ALSACE_MOSELLE = "alsace-moselle"
    MATERNITE = "maternite"
    INVALIDITE = "invalidite"
    AT_MP = "at-mp"
    MAYOTTE = "mayotte"
    CAMIEG = "camieg"
    MILITAIRE = "militaire"
    RSS_DE_PASSAGE = "rss-de-passage"
    ETRANGER_DE_PASSAGE = "etranger-de-passage"
    OUTRE_MER = "outre-mer"


class Mode(StrEnum):
    """How the visit takes place."""

    AMBULATOIRE = "ambulatoire"
    TELECONSULTATION = "teleconsultation"
    URGENCES = "urgences"
    HOSPITALISATION = "hospitalisation"


class NatureLieu(StrEnum):
    """Kinds of place that carry a ground or an effect."""

    HOPITAL = "hopital"
    HOPITAL_ARMEES = "hopital-des-armees"
    CENTRE_DE_SANTE = "centre-de-sante"
    HUMANITAIRE = "structure-humanitaire"
    SANTE_SEXUELLE = "centre-de-sante-sexuelle"
    PERMANENCE_DES_SOINS = "permanence-des-soins"


class Secteur(StrEnum):
    """Secteur de conventionnement (TRE_R282)."""

    NON_CONVENTIONNE = "non-conventionne"
    SECTEUR_1 = "secteur-1"
    SECTEUR_1_DEPASSEMENT = "secteur-1-depassement-permanent"
    SECTEUR_2 = "secteur-2"


class StatutTraitant(StrEnum):
    """What an entry says of the médecin traitant (``pds-cs-statut-mt``); ``INCONNU``: that nobody knows."""

    DECLARE = "declare"
    AUCUN = "aucun"
    INCONNU = "inconnu"


class MotifFin(StrEnum):
    """Why a declaration ended (``pds-cs-motif-fin``)."""

    RETRAITE = "retraite"
    CHANGEMENT_DEPARTEMENT = "changement-departement"
    DECES = "deces"
    FIN_RELATION = "fin-relation"
    NOUVELLE_DECLARATION = "nouvelle-declaration"


class SourceTraitant(StrEnum):
    """Who says so (``pds-cs-source-mt``, and the two FHIR elements that stand in)."""

    IMTI = "imti"
    ADRI = "adri"
    CARTE_VITALE = "carte-vitale"
    PATIENT = "patient"
    LOGICIEL = "logiciel"
    CERCLE_DE_SOINS = "cercle-de-soins"
    MEDECIN_HABITUEL = "medecin-habituel"


class NaturePlan(StrEnum):
    """Kinds of agreed plan (``pds-cs-plan``)."""

    PLAN_DE_SOINS = "plan-de-soins"
    SEQUENCE = "sequence"
    PROTOCOLE_ALD = "protocole-ald"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medecin:
    """Who a professional is: ``rpps`` decides; ``ressource`` (what describes him) helps without it.

    ``cabinet`` is the place by which he was designated, when he was designated by one.
    """

    rpps: str | None = None
    ressource: str | None = None
    numero_am: str | None = None
    nom: str | None = None
    prenom: str | None = None
    cabinet: str | None = None

    def meme_que(self, autre: Medecin) -> bool | None:
        """Is this the same person? ``None`` when two descriptions lack a common key."""
        if self.rpps and autre.rpps:
            return self.rpps == autre.rpps
        if self.ressource and self.ressource == autre.ressource:
            return True
        return None


@dataclass(frozen=True, kw_only=True)  # no slots: what hypotheses copy, they copy fast
class Praticien:
    """A professional in a role: the one consulted, or the one who refers.

    ``installation`` is the start of his activity in this place; ``zone_depuis`` the day he set up in
    an under-served zone; ``lieu_zone_depuis`` the day the zoning took in the place itself;
    ``agrement_centre`` the day the centre de santé was approved.
    """

    medecin: Medecin
    profession: Profession | None = None
    specialite: Specialite | None = None
    secteur: Secteur | None = None
    optam: bool | None = None
    remplacant: bool = False
    remplace: Medecin | None = None
    premiere_installation: dt.date | None = None
    installation: dt.date | None = None
    zone_depuis: dt.date | None = None
    lieu_zone_depuis: dt.date | None = None
    agrement_centre: dt.date | None = None
    armees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One entry of the history of the médecin traitant. ``fin`` is the last day in force.

    ``medecins`` empty: a médecin traitant is declared and nobody said who. Several: jointly designated.
    The date of ``origine`` is the day on which ``source`` said so.
    """

    statut: StatutTraitant
    medecins: tuple[Medecin, ...] = ()
    debut: dt.date | None = None
    fin: dt.date | None = None
    motif_fin: MotifFin | None = None
    source: SourceTraitant | None = None
    origine: Origine | None = None

    @property
    def releve(self) -> dt.date | None:
        """The day on which its source said it, when that is known."""
        return self.origine.date if self.origine else None

    def en_vigueur(self, jour: dt.date) -> bool:
        """Does this entry cover ``jour``? Without ``debut`` it always did; ``fin`` is included."""
        return (self.debut is None or self.debut <= jour) and (self.fin is None or jour <= self.fin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adressage:
    """A referral to the doctor consulted. ``origines``: every referral it goes back to, each once.

    ``destinataire_incertain``: the fact for want of which nobody can tell that it is addressed to him.
    """

    prescripteur: Praticien | None
    date: dt.date | None
    origines: tuple[Adressage, ...] = ()
    destinataire_incertain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan in force that day which names the doctor consulted or his specialty.

    ``destinataire_incertain``: the fact for want of which nobody can tell that it names him.
    """

    nature: NaturePlan
    auteurs: tuple[Medecin, ...]
    destinataire_incertain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActeFacture:
    """One line of the bill, in euros: ``base`` as the caller knows it, ``facture`` what is charged.

    ``code`` is a code of the NGAP (``nomenclature`` ``"ngap"``) or of the CCAM (``"ccam"``). ``quantite``
    is how many times the act is charged, ``coefficient`` what its price is multiplied by; both amounts are
    those of the whole line.
    """

    sequence: int
    code: str | None = None
    nomenclature: str | None = None
    base: Decimal | None = None
    facture: Decimal | None = None
    quantite: Decimal = Decimal(1)
    coefficient: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationsRetenues:
    """Participations forfaitaires already withheld: euros this year, number that day by this doctor."""

    annee: Decimal | None = None
    jour: int | None = None


@dataclass(frozen=True, slots=True)
class Origine:
    """Where a fact came from: a FHIRPath, or ``assertion``, ``annuaire``, ``politique``, ``suppose``."""

    chemin: str
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Avertissement:
    """A coded warning (``pds-cs-avertissement``) with its sentence."""

    code: str
    texte: str


@dataclass(frozen=True, kw_only=True)  # no slots: see Praticien
class Visite:
    """One visit, on one day, at its place of care.

    ``origines`` says where each known fact was read, by name of fact (a repeated one as
    ``name:value``); ``chemins`` where each missing one would be.
    """

    date: dt.date
    naissance: Naissance | None = None
    praticien: Praticien | None = None
    declarations: tuple[Declaration, ...] | None = None
    actes: frozenset[GroupeActe] | None = None
    circonstances: frozenset[Circonstance] = frozenset()
    couvertures: frozenset[Couverture] = frozenset()
    adressages: tuple[Adressage, ...] = ()
    plans: tuple[Plan, ...] = ()
    mode: Mode | None = None
    lieux: frozenset[NatureLieu] = frozenset()
    memes_locaux: tuple[Medecin, ...] = ()
    departement_residence: str | None = None
    departement_lieu: str | None = None
    regime: str | None = None
    caisse: str | None = None
    actes_factures: tuple[ActeFacture, ...] = ()
    participations: ParticipationsRetenues = ParticipationsRetenues()
    origines: Mapping[str, Origine] = field(default_factory=dict)
    chemins: Mapping[str, str] = field(default_factory=dict)
    avertissements: tuple[Avertissement, ...] = ()
