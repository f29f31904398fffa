"""Each engine from its manifest, apart from the others: one that is not to be had hinders nobody."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.peers.engines import ENVIRONMENTS, HERE, Engine

NPM = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--no-update-notifier")
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement")
_PINNED = re.compile(r"^([\w.-]+)(?:\[.*\])?==(\S+)$", re.MULTILINE)


def versions(folder: str) -> dict[str, str]:
    """The packages of a manifest, each with its version."""
    manifest = HERE / folder / "package.json"
    if manifest.exists():
        found: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))["dependencies"]
        return found
    return dict(_PINNED.findall((HERE / folder / "requirements.txt").read_text(encoding="utf-8")))


def install(engine: Engine) -> bool:
    """Install what a manifest asks, unless that was done. Its own words go to stderr; did it succeed?"""
    folder = HERE / engine.folder
    if engine.module is None:
        command = (*NPM, "--loglevel=error", "--prefix", str(folder))
        return _done(folder / "package.json", folder / "node_modules", [command])
    manifest, place = folder / "requirements.txt", ENVIRONMENTS / engine.folder
    return _done(
        manifest, place, [(sys.executable, "-m", "venv", str(place)), (engine.python, *PIP, str(manifest))]
    )


def _done(manifest: Path, place: Path, commands: Sequence[Sequence[str]]) -> bool:
    """The manifest is copied beside what it brought: equal, there is nothing to do."""
    copy = place / ".installed"
    if copy.exists() and copy.read_bytes() == manifest.read_bytes():
        return True
    if any(_failed(command) for command in commands):
        return False
    shutil.copyfile(manifest, copy)
    return True


def _failed(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0
    except FileNotFoundError:  # there is no such tool on this machine
        return True
