"""What systemd does with our units, as far as the page needs it: ``tests.deployment.systemctl FOLDER …``."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path


class Units:
    """The units in a folder that stands for a machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def start(self, name: str) -> None:
        """Start what it requires, then it: in the background, or to its end when it is ``oneshot``."""
        for required in self._said(name, "Requires"):
            self.start(required)
        for command in self._said(name, "ExecStart"):
            if self._said(name, "Type") == ["oneshot"]:
                subprocess.run(shlex.split(command), env=self._environment(name), check=True)
            else:
                self._launch(name, command)

    def stop(self, name: str) -> None:
        """Ask it to stop, and wait until it has."""
        held = self._pid(name)
        if not held.exists():
            return
        pid = int(held.read_text())
        held.unlink()
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + float(self._said(name, "TimeoutStopSec")[0])
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.05)

    def reload_nginx(self) -> None:
        """Start it, or let it read its files again."""
        program = str(self._root / "bin" / "nginx")
        held = self._root / "nginx.pid"
        running = held.exists() and held.read_text()  # `nginx -t` leaves an empty one
        subprocess.run([program, *(["-s", "reload"] if running else [])], check=True)

    def _launch(self, name: str, command: str) -> None:
        log = (self._root / "tmp" / f"{name}.log").open("a")
        environment = self._environment(name)
        process = subprocess.Popen(
            shlex.split(command), env=environment, stdout=log, stderr=log, start_new_session=True
        )
        self._pid(name).write_text(str(process.pid))

    def _pid(self, name: str) -> Path:
        return self._root / "tmp" / f"{name}.pid"

    def _said(self, name: str, key: str) -> list[str]:
        unit = (self._root / "etc/systemd/system" / name).read_text("utf-8")
        return re.findall(rf"^{key}=(.+)$", unit, re.M)

    def _environment(self, name: str) -> dict[str, str]:
        """Only what systemd would give: nothing of whoever calls."""
        given = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"}
        for file in self._said(name, "EnvironmentFile"):
            for line in Path(file).read_text("utf-8").splitlines():
                if line and not line.startswith("#"):
                    variable, _, value = line.partition("=")
                    given[variable] = value.strip("'\"")
        if self._said(name, "User") == ["postgres"]:
            given |= {"PGHOST": os.environ["PGHOST"], "PGUSER": "postgres"}
        return given


def main(root: str, verb: str, *names: str) -> None:
    """One command of ``systemctl``."""
    units = Units(Path(root))
    services = [name for name in names if name.endswith(".service")]
    if (verb, *names) == ("reload", "nginx"):
        units.reload_nginx()
    for name in services:
        if verb in ("stop", "restart"):
            units.stop(name)
        if verb in ("start", "restart", "enable"):
            units.start(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
