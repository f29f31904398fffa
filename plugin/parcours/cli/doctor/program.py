"""The program itself: the law it applies, how it judges FHIR, its fonts, its examples, the directory."""

from __future__ import annotations

import datetime as dt
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from parcours import VERSION_LOGICIEL, installed
from parcours.cli.doctor.findings import Constats, Poste, bon, douteux, mauvais
from parcours.engine import decide
from parcours.fhir.json_door import Limits
from parcours.fhir.reading import read_request
from parcours.fhir.validity import GATE
from parcours.law import droit
from parcours.law.policies import Politiques
from parcours.paper.fonts_installed import check_fonts
from parcours.paper.official_form import OfficialForm
from parcours.remote.annuaire import CALLS_PER_SECOND, Directory, DirectoryUnreachable, Pace
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.store.opening import SERVER

OLD_LAW_DAYS: Final = 400
"""Since the texts were last checked: tariffs change every year."""
NOBODY: Final = "10000000000"
"""An RPPS number that no professional has: its key is wrong."""
PATIENCE_S: Final = 5.0


def versions(poste: Poste) -> Constats:
    """The program and the libraries that its settings call for."""
    yield bon(f"parcours-soins {VERSION_LOGICIEL}.")
    if poste.settings.database.startswith(SERVER) and find_spec("psycopg") is None:
        yield mauvais("Le pilote de PostgreSQL n’est pas là.", "pip install 'parcours-soins[postgres]'")
    if poste.settings.metrics_token_file and find_spec("prometheus_client") is None:
        yield douteux(
            "Un jeton ouvre /metrics, et il n’y a pas de mesures.", "pip install 'parcours-soins[metrics]'"
        )


def loi(poste: Poste) -> Constats:
    """Which law is applied, and when its texts were last checked."""
    version = droit().version
    days = (poste.now.date() - dt.date.fromisoformat(version)).days
    said = f"Droit du {version}, vérifié il y a {days} jour(s)."
    if days <= OLD_LAW_DAYS:
        yield bon(said)
    else:
        yield douteux(said, "Des tarifs ont pu changer : installer la dernière version du programme.")


def porte(_poste: Poste) -> Constats:
    """Is FHIR judged quickly, or by the library alone?"""
    GATE.prepare()
    if not GATE.closed:
        yield bon("La porte rapide est ouverte : les ressources sans reproche sont admises d’emblée.")
        return
    yield douteux(
        f"La porte rapide est fermée : {GATE.closed}. Les réponses sont justes, et plus lentes.",
        "Installer ces versions-là des bibliothèques, ou une version plus récente du programme.",
    )


def papiers(poste: Poste) -> Constats:
    """What the declaration is drawn with. ``SettingsError`` for a form that is refused."""
    check_fonts()
    if poste.settings.s3704_pdf:
        OfficialForm.load(Path(poste.settings.s3704_pdf))
    yield bon("Les polices des formulaires sont là.")


def exemples(_poste: Poste) -> Constats:
    """Do the examples get the answers that were published with them?"""
    law, readings, tried, wrong = droit(), Politiques(), 0, []
    for folder in sorted(installed.examples().glob("*/")):
        if (folder / "expected.json").is_file():
            lecture = read_request((folder / "bundle.json").read_bytes(), limits=Limits())
            expected = json.loads((folder / "expected.json").read_bytes())
            found = decide(lecture.visite, law, readings)
            tried += 1
            if (found.position, found.situation) != (expected["position"], expected["situation"]):
                wrong.append(folder.name)
    if tried and not wrong:
        yield bon(f"Les {tried} exemples ont la réponse attendue.")
    else:
        yield mauvais(
            f"Exemples qui n’ont pas la réponse attendue : {', '.join(wrong) or 'aucun exemple'}.",
            "Réinstaller.",
        )


def annuaire(poste: Poste) -> Constats:
    """The national directory: a key, an answer, and how old is what was kept of it."""
    settings = poste.settings
    if not settings.annuaire_key:
        yield bon("L’Annuaire Santé n’est pas interrogé (aucune clé).")
        return
    cache = Path(settings.annuaire_cache)
    if cache.exists():
        days = int(poste.now.timestamp() - cache.stat().st_mtime) // 86_400
        yield bon(f"Ce que l’Annuaire Santé a dit est gardé ; dernière écriture il y a {days} jour(s).")
    if not poste.reseau:
        yield bon("L’Annuaire Santé a une clé ; il n’a pas été interrogé (--offline).")
        return
    directory = Directory(
        Endpoint.parse(settings.annuaire_url), settings.annuaire_key, Pace(CALLS_PER_SECOND)
    )
    try:
        directory.look_up(NOBODY, Deadline.after(PATIENCE_S))
        yield bon("L’Annuaire Santé répond.")
    except DirectoryUnreachable as error:
        yield douteux(
            f"L’Annuaire Santé ne répond pas ({error.reason}).",
            "Les décisions se font sans lui ; vérifier PARCOURS_ANNUAIRE_KEY et le réseau.",
        )
