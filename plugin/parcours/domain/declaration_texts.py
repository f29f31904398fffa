"""What a prepared declaration says to people, in French: one table by code, and the notice of the form.

No sentence holds a value of a patient.
"""

from __future__ import annotations

from typing import Final

from parcours.domain.facts import Avertissement

REFUS: Final = {
    "non-medecin": (
        "Seul un médecin peut être médecin traitant : ce professionnel ne peut pas être déclaré "
        "(CSS L162-5-3)."
    ),
    "remplacant": (
        "Un remplaçant ne peut pas être déclaré médecin traitant : le patient peut choisir le médecin "
        "remplacé, ou un autre médecin."
    ),
    "salarie-hors-structure": (
        "Un médecin salarié ne peut être médecin traitant que dans un hôpital, un centre de santé, un "
        "établissement ou service médico-social, ou une maison de santé (CSS L162-5-3)."
    ),
}

AVERTISSEMENTS: Final = {
    "medecin-absent": "Aucun médecin n'est transmis : le patient choisit librement, puis complète son bloc.",
    "profession-inconnue": "La profession n'est pas transmise : vérifier que c'est bien un médecin.",
    "salarie-structure-inconnue": (
        "Médecin salarié, sans que la nature de la structure soit transmise : vérifier qu'il s'agit d'un "
        "hôpital, d'un centre de santé, d'un établissement médico-social ou d'une maison de santé."
    ),
    "medecine-du-travail": (
        "Un médecin du travail ou de prévention ne devient en principe médecin traitant que pour lui-même et "
        "ses proches : à vérifier."
    ),
    "sante-scolaire": (
        "Un médecin scolaire ne devient en principe médecin traitant que pour lui-même et ses proches : "
        "à vérifier."
    ),
    "praticien-conseil": (
        "Un praticien conseil ne devient en principe médecin traitant que pour lui-même et ses proches : "
        "à vérifier."
    ),
    "medecine-militaire": (
        "Un médecin des armées ne devient en principe médecin traitant que pour lui-même et ses proches : "
        "à vérifier."
    ),
    "retraite": (
        "L'activité de ce médecin semble terminée. Un médecin retraité ne devient en principe "
        "médecin traitant que pour lui-même et ses proches, s'il "
        "reste inscrit à l'Ordre : à vérifier."
    ),
    "en-formation": "Un interne ou un docteur junior n'est pas déclaré en son nom : à vérifier.",
    "deja-declare": "Ce médecin est déjà le médecin traitant du patient : il n'y a rien à déclarer.",
    "changement": (
        "Un autre médecin traitant est déclaré : cette déclaration annulera la sienne ; il n'a pas à en être "
        "prévenu, ni le patient à donner de motif."
    ),
    "traitant-parti": (
        "La déclaration précédente a pris fin (retraite, départ, décès ou fin de la relation) : celle-ci la "
        "remplace."
    ),
    "traitant-inconnu": (
        "On ne sait pas si un médecin traitant est déclaré : le téléservice IMTi le dit ; une nouvelle "
        "déclaration annule de toute façon l'ancienne."
    ),
    "designation-conjointe": (
        "Des médecins de la même spécialité qui exercent dans les mêmes locaux peuvent être désignés "
        "conjointement (CSS L162-5-3) : le formulaire n'a de place que pour un, en parler avec la caisse."
    ),
    "ald": "Affection de longue durée : un protocole de soins sera à établir par le médecin traitant.",
    "identite-non-qualifiee": (
        "L'identité n'est pas qualifiée : aucun matricule INS n'est repris dans la déclaration."
    ),
    "jumeaux": (
        "Naissance multiple : vérifier le prénom et le rang de naissance sur la carte Vitale avant de "
        "choisir le bénéficiaire ; une déclaration par enfant."
    ),
    "numero-de-l-assure": (
        "Le numéro à porter est celui de l'assuré ; le matricule INS du bénéficiaire n'est pas repris, il "
        "peut être différent."
    ),
    "rss-de-passage": (
        "Le numéro commence par 5 ou 6 : assuré de passage, sans déclaration de médecin traitant."
    ),
    "droits-sans-declaration": (
        "Aide médicale de l'État, ressortissant de passage ou étranger de passage : le parcours de soins ne "
        "s'applique pas, il n'y a pas de médecin traitant à déclarer."
    ),
    "camieg-complementaire": (
        "La Camieg peut n'être que la complémentaire : si un autre organisme gère la part de base, c'est à "
        "lui que va la déclaration."
    ),
    "mayotte": (
        "À Mayotte le parcours de soins ne s'applique qu'en partie : se renseigner auprès de la caisse."
    ),
    "en-ligne-incertaine": (
        "La déclaration en ligne n'est pas établie pour ce régime : si elle échoue, l'envoyer par courrier."
    ),
    "enim": "À l'Enim, un parent signe jusqu'aux dix-huit ans de l'enfant.",
}


def avertissement(code: str) -> Avertissement:
    """A warning by its code."""
    return Avertissement(code, AVERTISSEMENTS[code])


def refus(code: str) -> Avertissement:
    """A reason why a professional cannot be declared."""
    return Avertissement(code, REFUS[code])


# ---------------------------------------------------------------- who signs

ADULTE: Final = "Le bénéficiaire des soins choisit et signe."
MOINS_DE_SEIZE: Final = (
    "Un parent au moins, ou le titulaire de l'autorité parentale, choisit le médecin et signe."
)
JEUNE: Final = "Le jeune choisit et signe."
JEUNE_PARENT: Final = (
    "Un parent au moins, ou le titulaire de l'autorité parentale, donne son accord et signe aussi."
)
ASE: Final = (
    "L'enfant est confié à l'aide sociale à l'enfance : le titulaire de l'autorité parentale choisit "
    "et signe."
)
ASE_JEUNE: Final = (
    "Le jeune est confié à l'aide sociale à l'enfance : le titulaire de l'autorité parentale "
    "donne son accord "
    "et signe aussi."
)
CURATELLE: Final = "Curatelle : le bénéficiaire choisit et signe lui-même."
TUTELLE: Final = (
    "Tutelle ou habilitation familiale : le bénéficiaire choisit et signe s'il en est capable ; sinon son "
    "représentant signe et joint le justificatif de la mesure."
)
AGE_INCONNU: Final = (
    "La date de naissance manque ou est incomplète : à partir de seize ans le bénéficiaire signe ; avant, un "
    "parent ou le titulaire de l'autorité parentale."
)
MEDECIN: Final = "Le médecin choisi accepte et signe."

DEMANDER_EMANCIPE: Final = (
    "Le jeune est-il émancipé, ou assuré à titre personnel ? Si oui, voir avec la caisse si l'accord d'un "
    "parent reste nécessaire ; cela ne bloque pas la préparation."
)
DEMANDER_ASSURE: Final = (
    "Le bénéficiaire est-il l'assuré, ou l'ayant droit d'un autre ? Le numéro est celui de l'assuré."
)
DEMANDER_PARENT: Final = "Quel parent, ou titulaire de l'autorité parentale, signe ?"
DEMANDER_MESURE: Final = (
    "De quelle mesure s'agit-il : curatelle (le bénéficiaire signe), ou tutelle ou habilitation (le "
    "représentant signe si le bénéficiaire n'en est pas capable, avec le justificatif) ?"
)
DEMANDER_CAPABLE: Final = "Le bénéficiaire est-il capable de choisir et de signer lui-même ?"
DEMANDER_AGE: Final = "Quelle est la date de naissance complète du bénéficiaire ?"
DEMANDER_ACCORD: Final = (
    "Le médecin accepte-t-il d'être le médecin traitant ? Le patient en est-il informé et d'accord ?"
)
DEMANDER_TRAITANT: Final = "Un médecin traitant est-il déjà déclaré (téléservice IMTi) ?"

# ---------------------------------------------------------------- how, where

VOIE_EN_LIGNE: Final = "En ligne, par le médecin, sur son espace professionnel (amelipro, téléservice DMTi)"
PREREQUIS_EN_LIGNE: Final = (
    "la carte CPS du médecin",
    "la carte Vitale du bénéficiaire (ou de l'assuré dont il est l'ayant droit)",
    "la case « patient informé », cochée par le médecin en présence du patient",
    "la case « acceptation d'être le médecin traitant », cochée par le médecin",
)
VOIE_COURRIER: Final = "Par courrier, ou déposée à l'accueil de la caisse"
PREREQUIS_COURRIER: Final = (
    "le formulaire S3704 vérifié et complété",
    "les signatures du bénéficiaire ou de son représentant, et du médecin",
    "une copie gardée par le patient, une par le cabinet",
)
ADRESSE_ATTESTATION: Final = "adresse portée sur l'attestation de droits"
RECHERCHE_CAISSE: Final = "https://www.ameli.fr/assure/adresses-et-contacts"
"""Where the Assurance maladie lets anyone look up his caisse by postal code."""
CAISSE_INCONNUE: Final = "caisse d'assurance maladie du bénéficiaire"
DOUTE_ORGANISME: Final = (
    "Le régime n'est pas transmis : l'organisme est déduit du département de résidence, à vérifier sur "
    "l'attestation de droits."
)
DOUTE_CAISSE: Final = "Ni le régime ni le département ne sont transmis : voir l'attestation de droits."

# ---------------------------------------------------------------- the notice

NOTICE: Final = (
    (
        "Les cinq missions du médecin traitant",
        (
            "il est le premier recours : il vous reçoit et vous soigne",
            "il vous oriente vers les autres professionnels de santé",
            "il tient votre dossier médical à jour",
            "il établit le protocole de soins en cas d'affection de longue durée (ALD)",
            "il assure la prévention : dépistages, vaccinations, conseils",
        ),
    ),
    (
        "Un libre choix, avec l'accord du médecin",
        (
            "généraliste ou spécialiste, conventionné ou non, seul, en groupe, en centre de santé ou à "
            "l'hôpital, près de chez vous ou non",
            "avant seize ans, un parent au moins ou le titulaire de l'autorité parentale choisit et signe",
            "une déclaration par personne, valable tant que le patient et le médecin en sont d'accord",
        ),
    ),
    (
        "Changer, à tout moment",
        (
            "sans donner de motif, par la même démarche",
            "la nouvelle déclaration annule l'ancienne ; l'ancien médecin n'a pas à être prévenu",
        ),
    ),
    (
        "Si le médecin refuse",
        (
            "il peut refuser ; en choisir un autre, ou demander l'aide du conciliateur de la caisse",
            "trouver un médecin et ses tarifs : https://annuairesante.ameli.fr",
        ),
    ),
)

# ---------------------------------------------------------------- why a field is missing or doubtful

CLE_FAUSSE: Final = "la clé ne correspond pas au numéro"
FORME: Final = "ce n'est pas la forme attendue"
SANS_CLE: Final = "la clé (deux derniers chiffres) manque"
LUHN: Final = "la clé de contrôle ne correspond pas : à vérifier, sans plus"

NON_TRANSMIS: Final = "non transmis : à compléter"
NUMERO_DE_QUI: Final = "on ne sait pas qui est l'assuré : à compléter d'après la carte Vitale"
NUMERO_ABSENT: Final = "le numéro de l'assuré n'est pas transmis : à compléter d'après la carte Vitale"
NUMERO_DEPUIS_INS: Final = (
    "repris du matricule INS d'une identité qualifiée : presque toujours le même, à comparer à la "
    "carte Vitale"
)
NUMERO_ATTENTE: Final = "numéro d'attente (NIA), provisoire : à vérifier"
NUMERO_ESSAI: Final = "numéro de test ou de démonstration : ne pas envoyer tel quel"
NUMERO_PASSAGE: Final = "le numéro commence par 5 ou 6 : assuré de passage"
NUMERO_CONTREDIT: Final = "le numéro dit une autre année ou un autre mois de naissance : à vérifier"
PLUSIEURS_NUMEROS: Final = "plusieurs numéros différents sont transmis : aucun n'est retenu"
ASSURE_SUPPOSE: Final = (
    "l'assuré n'est pas transmis : un adulte l'est presque toujours lui-même, à vérifier sur la carte Vitale"
)
NOM_SANS_USAGE: Final = "nom de naissance ou nom d'usage : ce n'est pas précisé"
NAISSANCE_PARTIELLE: Final = "la date de naissance est incomplète"
CARACTERES: Final = "des caractères ne peuvent pas être imprimés : à compléter à la main"
REPRESENTANT_AMBIGU: Final = "plusieurs personnes peuvent signer : à choisir"
REPRESENTANT_ABSENT: Final = "le parent ou le représentant qui signe n'est pas transmis : à compléter"
REPRESENTANT_SI_BESOIN: Final = "à ne garder que si le bénéficiaire n'est pas capable de signer lui-même"
EFFACE: Final = "effacé : à compléter"
MEDECIN_REFUSE: Final = "ce professionnel ne peut pas être déclaré : à compléter avec un autre médecin"
