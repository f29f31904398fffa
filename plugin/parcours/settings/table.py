"""Each setting: named, typed, bounded and explained, once."""

from __future__ import annotations

from parcours.settings.forms import (
    Setting,
    addresses,
    database,
    directory_key,
    directory_url,
    header_name,
    host,
    public_url,
    share,
    whole,
)

MAX_BYTES = whole(
    "PARCOURS_MAX_BYTES",
    2 * 1024 * 1024,
    1024,
    64 * 1024 * 1024,
    "Taille maximale d’une requête, en octets ; au-delà, 413 sans la lire. Une visite en fait vingt mille.",
)
MAX_ENTRIES = whole(
    "PARCOURS_MAX_ENTRIES",
    500,
    1,
    10_000,
    "Nombre maximal de ressources d’une requête : compté avant de rien construire.",
)
MAX_DEPTH = whole(
    "PARCOURS_MAX_DEPTH",
    50,
    10,
    100,
    "Profondeur maximale du JSON : au-delà, les lecteurs de FHIR épuisent leur pile.",
)
HOST = Setting(
    "PARCOURS_HOST",
    "127.0.0.1",
    host,
    "une adresse IP ou localhost",
    "Adresse d’écoute. Sans fichier de clients, le service n’écoute que sur la machine elle-même.",
)
PORT = whole("PARCOURS_PORT", 8080, 1, 65_535, "Port d’écoute.")
WORKERS = whole(
    "PARCOURS_WORKERS",
    1,
    1,
    64,
    "Nombre de processus qui répondent ; compter un par cœur et 90 Mio pour chacun.",
)

GATE_SAMPLE = Setting(
    "PARCOURS_GATE_SAMPLE",
    0.01,
    share,
    "un nombre de 0 à 1, comme 0.01",
    "Part des ressources admises d’emblée que fhir.resources juge aussi ; un désaccord est journalisé.",
)

S3704_PDF = Setting(
    "PARCOURS_S3704_PDF",
    "",
    str,
    "le chemin d’un PDF à champs, ou rien",
    "Formulaire officiel à remplir à la place du nôtre ; son tableau de champs est à côté, en .toml.",
)

CLIENTS = Setting(
    "PARCOURS_CLIENTS",
    "",
    str,
    "le chemin d’un fichier TOML, ou rien",
    "Qui peut interroger les services CDS ; sans ce fichier, quiconque est sur cette machine, et lui seul.",
)
PUBLIC_URL = Setting(
    "PARCOURS_PUBLIC_URL",
    "",
    public_url,
    "https://… (http:// sur la machine elle-même), sans barre finale, ou rien",
    "Début de nos URL vu du dehors : les liens en sont faits, et les jetons doivent le nommer.",
)
PROXY = Setting(
    "PARCOURS_PROXY",
    "",
    addresses,
    "des adresses IP entre virgules, ou rien",
    "Adresses du serveur placé devant celui-ci : lui seul est cru quand il dit de qui vient une requête.",
)
CERTIFICATE_HEADER = Setting(
    "PARCOURS_CERTIFICATE_HEADER",
    "",
    header_name,
    "le nom d’un en-tête HTTP, en un mot sans tiret, ou rien",
    "En-tête où ce serveur écrit le certificat vérifié du logiciel (TLS mutuel) ; exige PARCOURS_PROXY.",
)
SESSION_IDLE = whole(
    "PARCOURS_SESSION_IDLE_MINUTES",
    30,
    1,
    24 * 60,
    "Minutes au bout desquelles une session dont on ne se sert pas prend fin.",
)
SESSION_LIFE = whole(
    "PARCOURS_SESSION_HOURS",
    8,
    1,
    24,
    "Heures au bout desquelles une session prend fin dans tous les cas : une journée de consultations.",
)
QUOTA = whole(
    "PARCOURS_QUOTA",
    6000,
    1,
    1_000_000,
    "Ce qu’un cabinet peut demander par minute, si le fichier de clients n’en dit rien ; une décision : 1.",
)
DATABASE = Setting(
    "PARCOURS_DATABASE",
    "",
    database,
    "le chemin d’un fichier sur un disque de cette machine, ou postgresql://…",
    "Où sont gardées les déclarations ; sans elle, un fichier du dossier personnel de l’utilisateur.",
)
KEYS = Setting(
    "PARCOURS_KEYS",
    "",
    str,
    "le chemin d’un dossier que nul autre ne lit",
    "Où sont nos clés de signature (`parcours keys`) ; sans elle, un dossier personnel de l’utilisateur.",
)
RETENTION_PREPARED = whole(
    "PARCOURS_RETENTION_PREPARED_DAYS",
    90,
    1,
    36_500,
    "Jours pendant lesquels une déclaration jamais signée est gardée après sa dernière étape.",
)
RETENTION = whole(
    "PARCOURS_RETENTION_DAYS",
    1826,
    1,
    36_500,
    "Jours pendant lesquels toute autre déclaration est gardée après sa dernière étape : cinq ans.",
)

RETENTION_AUDIT = whole(
    "PARCOURS_RETENTION_AUDIT_DAYS",
    365,
    180,
    3_650,
    "Jours pendant lesquels l’audit est gardé : de six mois à un an, conseille la CNIL.",
)

ANNUAIRE_KEY = Setting(
    "PARCOURS_ANNUAIRE_KEY",
    "",
    directory_key,
    "une clé d’API de 1 à 255 caractères ASCII visibles, ou rien",
    "Clé de l’API de l’Annuaire Santé ; sans elle, rien ne lui est demandé.",
)
ANNUAIRE_URL = Setting(
    "PARCOURS_ANNUAIRE_URL",
    "https://gateway.api.esante.gouv.fr/fhir/v2",
    directory_url,
    "une adresse https (http : cette machine seulement)",
    "Base FHIR de l’Annuaire Santé, version 2.",
)
ANNUAIRE_CACHE = Setting(
    "PARCOURS_ANNUAIRE_CACHE",
    "",
    str,
    "le chemin d’un fichier sur un disque de cette machine",
    "Où est gardé trente jours ce qu’a dit l’Annuaire Santé ; sans elle, un fichier du dossier personnel.",
)

METRICS_TOKEN_FILE = Setting(
    "PARCOURS_METRICS_TOKEN_FILE",
    "",
    str,
    "le chemin d’un fichier que nul autre ne lit, ou rien",
    "Jeton qui ouvre /metrics ; sans ce fichier, /metrics ne répond qu’à cette machine.",
)

SETTINGS: tuple[Setting[int] | Setting[float] | Setting[str], ...] = (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_DEPTH,
    HOST,
    PORT,
    WORKERS,
    GATE_SAMPLE,
    S3704_PDF,
    CLIENTS,
    PUBLIC_URL,
    PROXY,
    CERTIFICATE_HEADER,
    SESSION_IDLE,
    SESSION_LIFE,
    QUOTA,
    DATABASE,
    KEYS,
    RETENTION_PREPARED,
    RETENTION,
    RETENTION_AUDIT,
    ANNUAIRE_KEY,
    ANNUAIRE_URL,
    ANNUAIRE_CACHE,
    METRICS_TOKEN_FILE,
)
