"""Parcours de soins coordonnés: is this visit in the path, why, and what is missing when nobody can say."""

from importlib.metadata import version

VERSION_LOGICIEL = version("parcours-soins")
"""The version of this software, carried by every ``Decision`` so that an answer can be replayed."""

__all__ = ["VERSION_LOGICIEL"]
