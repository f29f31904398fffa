"""The threads of a worker share one heap, so that it does not grow with what each of them once held."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAPS = """
import ctypes, sys, threading
from parcours.web.heap import share_one_heap

if sys.argv[1] == "shared" and not share_one_heap():
    sys.exit(3)
libc = ctypes.CDLL(None)
met = threading.Barrier(8)

def work():
    met.wait()
    kept = [bytes(20_000) for _ in range(50)]
    met.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = ctypes.c_int, ctypes.c_void_p
libc.fflush.argtypes = [ctypes.c_void_p]
out = libc.fdopen(1, b"w")
libc.malloc_info(0, out)
libc.fflush(out)
"""


def heaps(kind: str) -> int:
    run = subprocess.run([sys.executable, "-c", HEAPS, kind], capture_output=True, text=True, check=False)
    if run.returncode == 3:
        pytest.skip("this C library is not glibc: it has one heap, or none to be told")
    assert run.returncode == 0, run.stderr
    return run.stdout.count("<heap nr=")


def test_eight_threads_have_one_heap_and_would_have_had_several() -> None:
    assert heaps("shared") == 1
    assert heaps("by itself") > 1
