"""A machine on which the deployment page is followed, its commands and its files, in a folder for ``/``.

The commands run as they are written, but for the places of the file system. What would change the machine
itself (``apt-get``, ``adduser``, owners of files, ``systemctl``) is played by a few lines; PostgreSQL, nginx,
``pip`` and the service are the real ones.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.conftest import ROOT
from tests.store.databases import Cluster

PAGE: Final = ROOT / "docs" / "deployment.md"
FILES: Final = ROOT / "docs" / "deployment"
NAME: Final = "parcours.example"
PLACES: Final = (
    "/opt/parcours",
    "/etc/parcours",
    "/etc/systemd/system",
    "/etc/nginx/conf.d",
    "/usr/local/sbin",
    "/var/backups/parcours",
    "/var/lib/parcours",
    "/var/log/nginx",
)
PLAYED: Final = {
    "apt-get": "exit 0",
    "adduser": "exit 0",
    "install": """set -- "$@" end
while [ "$1" != end ]; do
  case "$1" in -o|-g) shift ;; *) set -- "$@" "$1" ;; esac
  shift
done
shift
exec /usr/bin/install "$@" """,
    "runuser": """user=$2
shift 3
if [ "$user" = postgres ]; then PGUSER=postgres; export PGUSER; fi
exec "$@" """,
    "python3": """{python} "$@" || exit
echo {packages} > "$3/lib/python{version}/site-packages/neighbours.pth" """,
    "nginx": 'exec {nginx} -c {root}/nginx.conf -e {root}/nginx.log "$@"',
    "systemctl": 'PYTHONPATH={source} exec {python} -m tests.deployment.systemctl {root} "$@"',
}
MAIN: Final = """daemon on;
pid {root}/nginx.pid;
error_log {root}/nginx.log;
worker_processes 2;
events {{ worker_connections 768; }}
http {{
    access_log {root}/access.log;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    include {root}/etc/nginx/conf.d/*.conf;
}}
"""
"""What Debian's own ``nginx.conf`` says, with folders of ours."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def commands(section: str) -> str:
    """What the page tells to run under one of its titles."""
    text = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S)
    assert text is not None, f"the page has no section {section}"
    return "\n".join(re.findall(r"^```bash\n(.*?)^```", text[1], re.M | re.S))


@dataclass
class Machine:
    """A folder that stands for a machine; ``work`` is where the commands are run."""

    root: Path
    cluster: Cluster
    service: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.work = self.root / "work"
        self.programs = self.root / "bin"
        for folder in (self.programs, self.root / "tmp", *(self.root / place[1:] for place in PLACES)):
            folder.mkdir(parents=True, exist_ok=True)
        self._play()
        self._copy_files()
        (self.root / "nginx.conf").write_text(MAIN.format(root=self.root))
        (self.root / ".curlrc").write_text(
            f"cacert = {self.authority}\nconnect-to = {NAME}:443:127.0.0.1:{self.https}\n"
        )

    @property
    def authority(self) -> str:
        """The certificate that is to be trusted."""
        return str(self.root / "etc/parcours/tls/cert.pem")

    def follow(self, section: str) -> str:
        """Run the commands of a section of the page, to the first that fails; what they say."""
        done = subprocess.run(
            ["/bin/bash", "-euxo", "pipefail", "-c", self._placed(commands(section))],
            cwd=self.work,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"{section}\n{done.stdout}\n{done.stderr}\n{self.said()}"
        return done.stdout

    def said(self) -> str:
        """What the service and nginx wrote."""
        logs = [*self.root.glob("*.log"), *(self.root / "tmp").glob("*.log")]
        return "\n".join(f"--- {log.name}\n{log.read_text('utf-8', 'replace')[-4000:]}" for log in logs)

    def end(self) -> None:
        """Stop what was started."""
        for program in (["systemctl", "stop", "parcours.service"], ["nginx", "-s", "stop"]):
            subprocess.run(
                [str(self.programs / program[0]), *program[1:]], env=self._environment(), capture_output=True
            )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARCOURS_", "PG"))}
        path = (self.programs, self.root / "usr/local/sbin", self.cluster.programs, kept["PATH"])
        return {
            **kept,
            "PATH": ":".join(map(str, path)),
            "PGHOST": str(self.cluster.folder),
            "CURL_HOME": str(self.root),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def _play(self) -> None:
        values = {
            "root": self.root,
            "source": ROOT,
            "python": sys.executable,
            "packages": sysconfig.get_path("purelib"),
            "version": sysconfig.get_python_version(),
            "nginx": shutil.which("nginx"),
        }
        for name, lines in PLAYED.items():
            script = self.programs / name
            said = lines.format(**values) if name in ("python3", "nginx", "systemctl") else lines
            script.write_text(f"#!/bin/sh\n{said}\n")
            script.chmod(0o755)

    def _copy_files(self) -> None:
        copies = self.work / "docs" / "deployment"
        copies.mkdir(parents=True)
        for file in FILES.iterdir():
            (copies / file.name).write_text(self._placed(file.read_text("utf-8")), "utf-8")
        with (copies / "parcours.env").open("a", encoding="utf-8") as env:
            env.write(f"PARCOURS_PORT={self.service}\n")

    def _placed(self, text: str) -> str:
        """The same text, for this folder, these ports and this PostgreSQL."""
        text = re.sub(rf"(?<![\w/])(?={'|'.join(map(re.escape, PLACES))})", str(self.root), text)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
        return (
            text.replace("listen 80;", f"listen 127.0.0.1:{self.http};")
            .replace("listen 443 ssl;", f"listen 127.0.0.1:{self.https} ssl;")
            .replace("127.0.0.1:8080", f"127.0.0.1:{self.service}")
            .replace("/var/run/postgresql", str(self.cluster.folder))
            .replace("/usr/bin/pg_dump", str(self.cluster.programs / "pg_dump"))
        )
