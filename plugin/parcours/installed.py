"""Where files that come with the program stand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


def examples() -> Path:
    """The examples: in the installed package, or beside the code in a checkout."""
    installed = _PACKAGE / "_examples"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "examples"
