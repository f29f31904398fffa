"""One heap for all the threads of a worker.

By itself, glibc gives each thread a heap of its own, up to eight for a processor, and what one has freed
another one does not use: a worker with a hundred threads goes on growing for hours, though nothing leaks.
Python lets one thread allocate at a time anyway, so that nobody waits for the only heap.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

M_ARENA_MAX: Final = -8
"""The name of that limit in glibc's ``malloc.h``."""


def share_one_heap() -> bool:
    """Before there are threads. ``False`` where nothing was changed: the C library is not glibc."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has one heap, and nothing to set
    return mallopt is not None and bool(mallopt(M_ARENA_MAX, 1))
