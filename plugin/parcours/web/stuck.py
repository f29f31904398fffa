"""A worker in which a computation never ends answers nobody any more: it ends itself, and is replaced.

Python cannot end one thread. Whoever computes has the turn of the whole worker, though, and the others wait
in vain: nothing is lost with it that a ``kill -9`` would not lose either.
"""

from __future__ import annotations

import faulthandler
import sysconfig
import threading
import time
from typing import Final

from parcours.turnstile import Turnstile

STUCK_S: Final = 60.0
"""No request computes for a hundredth of that."""


def can_watch() -> bool:
    """Does the timer count seconds? With an older C library, or musl, it follows the hour.

    There a clock that is set would end healthy workers.
    """
    return bool(sysconfig.get_config_var("HAVE_SEM_CLOCKWAIT"))


def watch(turn: Turnstile, limit: float = STUCK_S) -> None:
    """From now on this process lives only as long as its turn passes from one to the other.

    The timer is no thread of Python: it ends the process even when the computation lets no other thread run
    (a regular expression, say). On stderr it leaves what every thread was at, in names of functions and
    numbers of lines.
    """
    if not can_watch():
        return
    faulthandler.dump_traceback_later(limit, exit=True)  # what hinders it is told here, not in a thread

    def put_off() -> None:
        while True:
            time.sleep(limit / 20)
            if turn.held() < limit / 10:
                faulthandler.dump_traceback_later(limit, exit=True)

    threading.Thread(target=put_off, name="stuck", daemon=True).start()
