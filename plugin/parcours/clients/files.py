"""The clients file and those that it names: read when nobody else can write them, or read what is secret.

Raises ``SettingsError``, which says where and never what.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from parcours.errors import SettingsError
from parcours.settings import CLIENTS

_SECRET: Final = re.compile(rb"[\x21-\x7e]{1,4096}\s*", re.ASCII)


def refused(why: str) -> SettingsError:
    """What to raise for a file that is wrong."""
    return SettingsError(f"{CLIENTS.name} : {why}.")


def content(file: Path, where: str = "") -> bytes:
    """The bytes of a file that nobody else can write; ``where`` it is named, for who must mend it."""
    try:
        if os.name == "posix" and file.stat().st_mode & stat.S_IWOTH:
            raise refused(f"{where}fichier que tout le monde peut modifier")
        return file.read_bytes()
    except OSError:
        pass
    raise refused(f"{where}fichier illisible")


def secret(file: Path, where: str) -> str:
    """The word that stands alone in a file that nobody else can read."""
    text = content(file, where)
    assert_private(file, where)
    if not _SECRET.fullmatch(text):
        raise refused(f"{where}un jeton, seul dans le fichier, est attendu")
    return text.decode("ascii").strip()


def assert_private(file: Path, where: str) -> None:
    """``SettingsError`` when others can read a file."""
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise refused(f"{where}d’autres peuvent lire ce fichier ; chmod 600")
