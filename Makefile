# `make run` and `make test` are the whole set-up; both need only python3 (3.11 or later, with venv) and make.

PYTHON ?= python3
VENV   := .venv
LINTERS := .linters
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet install
JOBS   ?= 2
# The first start finds the 440 files compiled: 0.6 s.
COMPILE := $(BIN)/python -m compileall -q app search
AUCTIONS := bench/bench_auction.py bench/bench_watchers.py
SEARCH := bench/bench_search.py bench/bench_matching.py
LISTS := bench/bench_lists.py

# Where it is set, each process of the tests would compile 1 000 files anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check lint typecheck imports pytest pure format bench bench-auction bench-search bench-lists chaos browser proxy openapi lint-openapi lock clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run-installed ## Start database, API and worker on 127.0.0.1:8000 (TECHEX_PORT), with the demonstration.
	@$(BIN)/python -m app.cli run

test: $(VENV)/.dev-installed ## Everything that must pass: style, types, imports, tests.
	@$(MAKE) --no-print-directory lint typecheck imports pytest

check: $(VENV)/.dev-installed ## Style, types, imports, structure and rules: what needs no database, within a minute.
	@$(MAKE) --no-print-directory --jobs $(JOBS) lint typecheck imports pure

lint: $(VENV)/.dev-installed ## ruff: rules and format.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

typecheck: $(VENV)/.dev-installed ## mypy, strict.
	@$(BIN)/mypy

imports: $(VENV)/.dev-installed ## import-linter: which package may import which.
	@$(BIN)/lint-imports

pytest: $(VENV)/.dev-installed ## The tests alone.
	@$(BIN)/pytest -n $(JOBS)

pure: $(VENV)/.dev-installed ## The tests that need no database.
	@$(BIN)/pytest -n $(JOBS) -m "not database"

format: $(VENV)/.dev-installed ## Let ruff format and mend what it can.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev-installed ## The benchmarks: one line a figure, against a limit measured in the same run.
	@$(BIN)/python bench/record.py $(filter-out $(AUCTIONS) $(SEARCH) $(LISTS),$(sort $(wildcard bench/bench_*.py)))

bench-auction: $(VENV)/.dev-installed ## The benchmarks of auctions: bids a second, watchers.
	@$(BIN)/python bench/record.py $(AUCTIONS)

bench-search: $(VENV)/.dev-installed ## The benchmarks of search and matching among 100 000 listings (needs npm).
	@$(BIN)/python bench/record.py $(SEARCH)

bench-lists: $(VENV)/.dev-installed ## Each list, order and filter with 100 000 rows in every table.
	@$(BIN)/python bench/record.py $(LISTS)

chaos: $(VENV)/.dev-installed ## The long forms: killed processes, random machines, the fuzzed contract.
	@TECHEX_CHAOS=long $(BIN)/pytest -m chaos

browser: $(VENV)/.dev-installed ## The page /docs in a headless Chromium.
	@WITH_BROWSER=1 $(BIN)/pytest tests/browser

proxy: $(VENV)/.dev-installed ## The sample nginx.conf, run by nginx before the API.
	@WITH_NGINX=1 $(BIN)/pytest tests/proxy

openapi: $(VENV)/.run-installed ## Export openapi/openapi.json from the code.
	@$(BIN)/python -m app.cli openapi export

lint-openapi: ## Redocly and Spectral on openapi/openapi.json, without a finding (needs npm).
	@command -v npm >/dev/null || { echo "make lint-openapi needs npm, with Node.js 20 or later."; exit 1; }
	@npm install --silent --no-audit --no-fund --no-save --prefix $(LINTERS) @redocly/cli@2.77.0 @stoplight/spectral-cli@6.16.3
	@REDOCLY_TELEMETRY=off $(LINTERS)/node_modules/.bin/redocly lint --config openapi/redocly.yaml openapi/openapi.json
	@$(LINTERS)/node_modules/.bin/spectral lint --fail-severity hint --ruleset openapi/spectral.yaml openapi/openapi.json

lock: ## Pin the dependencies again, with hashes (needs uv). What a tool of the tests holds back is held back for all.
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements-dev.lock
	uv pip compile pyproject.toml --constraint requirements-dev.lock --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

clean: ## Remove the virtual environment and caches; data in .data stays.
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp file a lock: an unchanged lock costs nothing, a changed one is installed again.
$(VENV)/.run-installed: requirements.lock | $(BIN)/pip
	@echo "Installing the dependencies (once)."
	@$(PIP) --require-hashes -r requirements.lock
	@$(COMPILE)
	@touch $@

$(VENV)/.dev-installed: requirements-dev.lock | $(BIN)/pip
	@echo "Installing the dependencies of the tests (once)."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(COMPILE)
	@touch $@

# pip is the last thing venv puts in place: an interrupted creation is done again.
$(BIN)/pip:
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: install Python 3.11 or later."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$$($(PYTHON) --version) is too old: install Python 3.11 or later, or run make PYTHON=python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv is missing: install it (on Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
