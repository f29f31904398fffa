"""Under which names this service answers while it believes whoever reaches it.

Without a clients file it listens on this machine only, and asks nobody who he is. A page of the Web may give
its own name the address of this machine (DNS rebinding), and would then read what is here: but the browser
still says that name.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import MisdirectedRequest

from parcours.clients import Clients
from parcours.settings import Settings, is_loopback


def register(app: Flask, settings: Settings, clients: Clients) -> None:
    """Let an application without clients answer to the names of this machine, and to that of its settings."""
    if not clients:
        app.before_request(partial(_require_own_name, _name(urlsplit(settings.url).netloc)))


def _require_own_name(ours: str) -> None:
    asked = _name(request.host)
    if asked != ours and not is_loopback(asked):
        raise MisdirectedRequest


def _name(host: str) -> str:
    """A host without its port; nothing when it cannot be one."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
