"""Where things are kept when nobody says where: the folder of whoever starts the service."""

from __future__ import annotations

import os
from pathlib import Path


def user_data() -> Path:
    """The folder of whoever starts the service, where this system keeps such things."""
    given = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_DATA_HOME")
    data = Path(given) if given else Path.home() / ".local" / "share"
    return data / "parcours-soins"


def user_database() -> str:
    """The file of declarations in that folder."""
    return str(user_data() / "parcours.sqlite")


def user_directory_cache() -> str:
    """What the Annuaire Santé said, in that folder."""
    return str(user_data() / "annuaire.sqlite")


def user_keys() -> str:
    """Our keys in that folder."""
    return str(user_data() / "keys")
