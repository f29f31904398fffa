"""The engines beside which ours is put: what each is given, and how it is started."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
ENVIRONMENTS = ROOT / "build/peers"
"""Where engines of Python are installed, an environment each; those of Node are beside their rules."""
COUNTRY = "tests.bench.peers.openfisca.parcours_country"


@dataclass(frozen=True)
class Engine:
    """One engine: the folder of its rules and of its manifest, whether it reads FHIR, and what is said of it.

    ``module`` names the judge of an engine of Python; without it the engine runs on Node. ``columns``: it is
    given a million visits at once. ``served``: it is also asked over HTTP.
    """

    name: str
    folder: str
    told: str
    reads_fhir: bool = False
    module: str | None = None
    columns: bool = False
    served: bool = False

    def worker(self, visits: Path) -> list[str]:
        """The command that answers line by line."""
        if self.module is None:
            return [_node(), str(HERE / "node/worker.mjs"), self.folder, str(visits)]
        return [self.python, "-m", "tests.bench.peers.worker", self.module, str(visits)]

    def server(self) -> tuple[str, ...]:
        """The command that serves, with places for ``{port}`` and ``{workers}``."""
        if self.module is None:
            return (_node(), str(HERE / "node/server.mjs"), self.folder, "{port}", "{workers}")
        command = (str(ENVIRONMENTS / self.folder / "bin/openfisca"), "serve", "--country-package", COUNTRY)
        return (*command, "--port", "{port}", "--workers", "{workers}", "--preload")

    @property
    def python(self) -> str:
        """The interpreter of its environment."""
        return str(ENVIRONMENTS / self.folder / "bin/python")


CQL = Engine(
    "cql-execution",
    "cql",
    "CQL, translated to ELM; its source of patients is kept",
    reads_fhir=True,
    served=True,
)
FHIRPATH = Engine(
    "fhirpath.js", "fhirpath", "FHIRPath, compiled, with the model of R4", reads_fhir=True, served=True
)
ZEN = Engine(
    "zen-engine", "zen", "a decision table, compiled, first row that holds; many visits asked at once"
)
JSON_RULES = Engine("json-rules-engine", "json_rules", "rules by priority, stopped at the first that holds")
OPENFISCA = Engine(
    "OpenFisca", "openfisca", "a country of one entity, one situation", module="openfisca.judge", served=True
)
OPENFISCA_MANY = Engine(
    "OpenFisca, in columns", "openfisca", "the same country", module="openfisca.many", columns=True
)
DUCKDB = Engine("DuckDB", "duckdb", "one SQL query, one thread", module="duckdb.judge", columns=True)
ENGINES: Sequence[Engine] = (CQL, FHIRPATH, ZEN, JSON_RULES, OPENFISCA, OPENFISCA_MANY, DUCKDB)


def node_version() -> str:
    """Node and its version, as it tells it."""
    if shutil.which("node") is None:
        return "no Node"
    told = subprocess.run([_node(), "--version"], capture_output=True, text=True, check=True).stdout
    return f"Node {told.strip()}"


def _node() -> str:
    return shutil.which("node") or "node"
