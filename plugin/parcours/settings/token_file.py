"""A token that the service holds in a file of its own: read when it starts, and never shown."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from parcours.errors import SettingsError
from parcours.settings.table import METRICS_TOKEN_FILE

_TOKEN: Final = re.compile(rb"([A-Za-z0-9._~+/-]{16,4096}=*)\s*", re.ASCII)


def metrics_token(path: str) -> bytes:
    """The token that opens the metrics; nothing without a file.

    ``SettingsError`` for a file that cannot be read, that others can, or that holds no token.
    """
    if not path:
        return b""
    name, file = METRICS_TOKEN_FILE.name, Path(path)
    try:
        content, mode = file.read_bytes(), stat.S_IMODE(file.stat().st_mode)
    except OSError:
        content, mode = b"", 0
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(f"{name} : d’autres peuvent lire le jeton ; chmod 600 sur ce fichier.")
    found = _TOKEN.fullmatch(content)
    if found is None:
        raise SettingsError(
            f"{name} : ce fichier doit contenir un jeton de 16 caractères ou plus, et rien d’autre."
        )
    return found[1]
