"""The real server, on a given database: started, asked, and killed when wanted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """``parcours serve`` in a process group of its own."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        """Where it listens, on this machine."""
        return int(self.url.rpartition(":")[2])

    def session(self) -> requests.Session:
        """A client that waits for the server to listen."""
        session = requests.Session()
        session.trust_env = False
        retry = Retry(total=None, connect=80, backoff_factor=0.05, backoff_max=0.25)
        session.mount("http://", HTTPAdapter(max_retries=retry))
        return session

    def workers(self) -> list[int]:
        """The processes that answer."""
        return [
            int(pid)
            for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> tuple[int, str]:
        """Ask it to stop: its exit code, and what it said."""
        self.process.terminate()
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def served(database: str, workers: int = 2) -> AbstractContextManager[Server]:
    """A server on this database (a path, or a URL), gone at the end."""
    port = free_port()
    command = ("-m", "parcours", "serve", "--port", str(port), "--workers", str(workers))
    return running(command, port, PARCOURS_DATABASE=database)


@contextmanager
def running(command: Sequence[str], port: int, **environ: str) -> Iterator[Server]:
    """A server that Python runs so, gone at the end."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        yield server
    finally:
        if process.poll() is None:
            server.kill()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
