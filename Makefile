# parcours-soins: from a fresh clone, `make run` answers and serves, `make test` proves, `make check` inspects.

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
T ?= tests
JOBS ?= auto
EXAMPLE = $(firstword $(sort $(wildcard examples/*/bundle.json)))

# The first interpreter that runs, is recent enough and can make a virtual environment.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$python; break; fi; done)
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The law and the engine: every branch of them is tested, or `make test` fails.
LAW = */parcours/domain/*,*/parcours/law/*,*/parcours/engine.py
# What builds and checks the FHIR profiles: Node, Java and Maven, needed by nobody else.
GUIDE := fhir_profiles
NODE := $(GUIDE)/node_modules
VALIDATOR := $(GUIDE)/tools/validator
# A public CDS Hooks client that the tests put against the service (Node).
CDS_CLIENT := tests/cds/client
SECONDS ?= 20
SAMPLE ?= 200
SEED ?= 1
MINUTES ?= 60
ROUNDS ?= 60
LINES ?= 1000000
PDS = PYTHONPATH=$(GUIDE)/tools $(BIN)/python -m

.DEFAULT_GOAL := help
.PHONY: help run test check format profiles profiles-check gate conformance cds-client faults load soak fuzz mutants evidence bench bench-peers million spark screenshots sbom clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "parcours needs Python 3.11 or newer with the venv module (on Debian: apt install python3-venv)." \
	  "None was found; name one: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.package: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.package

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test,dev]'
	@touch $@ $(VENV)/.package $(VENV)/.test

run: $(VENV)/.package ## evaluate every example, then serve on 127.0.0.1 (PORT=8080)
	@$(BIN)/parcours evaluate examples
	@echo
	@echo "Pages, for people:  http://127.0.0.1:$(PORT)/"
	@echo "FHIR, for software: http://127.0.0.1:$(PORT)/fhir/metadata"
	@echo "Ask it, from another terminal in this folder:"
	@echo
	@echo "  curl -s -H 'Content-Type: application/fhir+json' --data-binary @$(EXAMPLE) \\"
	@echo "    'http://127.0.0.1:$(PORT)/fhir/Encounter/\$$evaluate-parcours'"
	@echo
	@echo "Ctrl-C stops it."
	@$(BIN)/parcours serve --port $(PORT)

test: $(VENV)/.test ## run the tests with coverage (T=tests/law for a part, JOBS=0 in one process)
	$(BIN)/pytest $(T) --numprocesses $(JOBS) --cov --cov-report=
ifeq ($(T),tests)
	@$(BIN)/coverage report --fail-under=97
	@$(BIN)/coverage report --include='$(LAW)' --fail-under=100
endif

check: $(VENV)/.dev ## format, lint, types, layers, security, build of the wheel
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml plugin
	$(BIN)/python -m build --wheel --outdir dist . >/dev/null

format: $(VENV)/.dev ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(NODE)/.installed: $(GUIDE)/package.json
	cd $(GUIDE) && npm install --no-package-lock --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(VALIDATOR)/target/.built: $(VALIDATOR)/pom.xml $(wildcard $(VALIDATOR)/src/main/java/example/parcours/*.java)
	mvn --batch-mode --quiet --file $(VALIDATOR)/pom.xml compile
	@touch $@

profiles: $(VENV)/.test $(NODE)/.installed ## rebuild the FHIR profiles from the program and the FSH (Node)
	@$(PDS) pds.generate
	@$(PDS) pds.sushi

profiles-check: $(VENV)/.test $(NODE)/.installed
	$(BIN)/pytest tests/profiles/test_generated.py --numprocesses 0

conformance: $(VENV)/.test $(VALIDATOR)/target/.built ## HL7's validator over profiles, examples and answers (Java, Maven)
	@$(PDS) pds.conformance

$(CDS_CLIENT)/node_modules/.installed: $(CDS_CLIENT)/package.json
	cd $(CDS_CLIENT) && npm install --no-package-lock --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

cds-client: $(CDS_CLIENT)/node_modules/.installed

gate: $(VENV)/.test ## rewrite the gate from the classes of fhir.resources
	@$(PDS) pds.gate

spark: $(VENV)/.test ## the tests of Spark, on a cluster of two workers (Java; installs half a gigabyte)
	$(PIP) --no-compile --editable '.[test,spark]'
	$(BIN)/pytest tests/bulk/test_spark.py --numprocesses 0

sbom: $(VENV)/.dev ## the list of what a release is made of, into build/sbom.json (CycloneDX)
	rm -rf build/sbom && mkdir -p build/sbom
	$(BIN)/python -m build --wheel --outdir build/sbom . >/dev/null
	$(BIN)/python -m venv --without-pip build/sbom/alone
	$(BIN)/python -m pip --python build/sbom/alone install --quiet --disable-pip-version-check "$$(ls build/sbom/*.whl)[postgres,metrics]"
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --spec-version 1.6 --output-format JSON \
	  --output-file build/sbom.json build/sbom/alone
	$(BIN)/python -m tests.duties.sbom build/sbom.json

screenshots: $(VENV)/.test ## the main pages as pictures, into docs/images (Chromium)
	$(BIN)/python -m tests.browser.screenshots

evidence: $(VENV)/.test ## the page of what the runs above came to, into docs/evidence.md
	$(BIN)/python -m tests.evidence

bench: $(VENV)/.test ## what things cost, into docs/performance.md (wrk)
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.billion

bench-peers: $(VENV)/.test ## our rules in other engines, into docs/peers.md (Node, wrk; installs them)
	$(BIN)/python -m tests.bench.peers
	$(BIN)/python -m tests.bench.scaling

million: $(VENV)/.test ## many visits in one file, killed ten times and resumed (LINES=1000000)
	$(BIN)/python -m tests.bench.batch_million --lines $(LINES) --folder build/million

soak: $(VENV)/.test ## an hour at a hundred requests a second: does anything grow? (MINUTES=60)
	$(BIN)/python -m tests.load.soak --minutes $(MINUTES) --seed $(SEED)

build/fhir-test-cases.jar:
	mvn --batch-mode --quiet dependency:copy -Dartifact=org.hl7.fhir.testcases:fhir-test-cases:1.7.69 \
	  -DoutputDirectory=build -Dmdep.stripVersion=true

fuzz: $(VENV)/.test build/fhir-test-cases.jar ## inputs nobody thought of, and HL7's (SEED=1; half an hour; Java, Maven)
	$(PIP) --editable '.[test,fuzz]'
	$(BIN)/python -m tests.fuzz --seed $(SEED)

mutants: $(VENV)/.test ## small lies in the law, the engine, the reading: do the tests notice? (SAMPLE=200 SEED=1)
	$(BIN)/python -m tests.mutants --sample $(SAMPLE) --seed $(SEED)

faults: $(VENV)/.test ## power cuts, disk errors, kills, on both databases (ROUNDS=60 SEED=1; strace, PostgreSQL)
	$(BIN)/python -m tests.faults --rounds $(ROUNDS) --seed $(SEED)

load: $(VENV)/.test ## L-001 to L-004, L-013, L-014, CDS Hooks: what it carries, and what past it (SECONDS=20)
	$(BIN)/python -m tests.load --seconds $(SECONDS) --seed $(SEED)

clean: ## remove what the targets above made
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf $(CDS_CLIENT)/node_modules $(NODE) $(GUIDE)/.build $(VALIDATOR)/target
	find plugin tests -name __pycache__ -type d -prune -exec rm -rf {} +
