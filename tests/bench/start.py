"""From nothing to the first answer of a warm server, and what its workers hold."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import requests
from tests.bench.served import free_port, wait_for


def to_first_answer(body: bytes) -> float:
    """Seconds from the command to the first answer on a visit."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "parcours", "serve", "--port", str(port), "--workers", "1"]
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env={**os.environ, "XDG_DATA_HOME": folder}, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(port)
            address = f"http://127.0.0.1:{port}/fhir/$evaluate-parcours"
            headers = {"Content-Type": "application/fhir+json"}
            requests.post(address, body, headers=headers, timeout=30).raise_for_status()
            return time.perf_counter() - start
        finally:
            process.terminate()
            process.wait(timeout=30)
