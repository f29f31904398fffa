"""Who may come in, and with which secrets: clients, keys, tokens, the way in from outside."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from parcours.cli.doctor.findings import Constats, Poste, bon, douteux
from parcours.clients import Clients
from parcours.settings import is_loopback
from parcours.settings.token_file import metrics_token
from parcours.smart.our_keys import FILE, OurKeys

OLD_DAYS: Final = 365


def clients(poste: Poste) -> Constats:
    """The clients file and the secret files it names. ``SettingsError`` says what is wrong with them."""
    known = Clients.load(poste.settings.clients)
    if not known:
        yield douteux(
            "Aucun fichier de clients : mode développement, ouvert à quiconque est sur cette machine.",
            "Pour un service partagé, nommer les logiciels dans PARCOURS_CLIENTS (docs/clients.md).",
        )
        return
    yield bon(f"{len(tuple(known))} logiciel(s) peuvent interroger le service.")
    if _others_may(poste.settings.clients, stat.S_IWGRP | stat.S_IWOTH):
        yield douteux("D’autres peuvent modifier le fichier de clients.", "chmod go-w sur ce fichier.")


def adresse(poste: Poste) -> Constats:
    """Where the service listens, and how it is called from outside."""
    settings = poste.settings
    if settings.url.startswith("https://") or is_loopback(settings.host):
        yield bon(f"Le service écoute sur {settings.host}:{settings.port} et se nomme {settings.url}.")
    if settings.public_url.startswith("https://") and not settings.proxy:
        yield douteux(
            "Une adresse https est annoncée, et aucun serveur mandataire n’est nommé (PARCOURS_PROXY).",
            "Le nommer : sans lui les limites se comptent pour tous ensemble (docs/deployment.md).",
        )


def cles(poste: Poste) -> Constats:
    """Our signing keys: needed or not, there or not, and their age."""
    keys = OurKeys(poste.settings.keys)
    keys.check_for(Clients.load(poste.settings.clients))
    if not keys.public()["keys"]:
        yield bon("Aucune clé de signature, et aucun logiciel n’en demande.")
        return
    made = (Path(poste.settings.keys) / FILE).stat().st_mtime
    days = int(poste.now.timestamp() - made) // 86_400
    if days <= OLD_DAYS:
        yield bon(f"Les clés de signature ont {days} jour(s).")
    else:
        yield douteux(f"Les clés de signature ont {days} jours.", "`parcours keys rotate` en fait de neuves.")


def mesures(poste: Poste) -> Constats:
    """Who may read the metrics. ``SettingsError`` for a token file that is refused."""
    if metrics_token(poste.settings.metrics_token_file):
        yield bon("/metrics s’ouvre avec le jeton de son fichier.")
    else:
        yield bon("/metrics ne répond qu’à cette machine.")


def _others_may(path: str, bits: int) -> bool:
    return os.name == "posix" and bool(Path(path).stat().st_mode & bits)
