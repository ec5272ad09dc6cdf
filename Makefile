# `make run` and `make test` are all a newcomer needs; both set up what they use.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench bench-setup train-setup lock clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.run ## Prepare .venv with .venv/bin/coolhead (hash-locked)

setup-dev: .venv/.dev ## The same, with the tools that test and check it

run: setup ## Serve Coolhead; without COOLHEAD_UPSTREAM_URL also a local demo model
	$(BIN)/coolhead demo

test: setup-dev check ## Pass all checks and tests
	$(BIN)/python -m pytest

check: setup-dev ## Format, lint, types, import contracts, test docstrings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate --quiet tests

lock: ## Pin every dependency again, with hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/build.in -o requirements/build.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra demo pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra demo --extra dev pyproject.toml -o requirements/dev.txt

clean: ## Remove what make made
	rm -rf .venv .venv-train .mypy_cache .ruff_cache .pytest_cache .hypothesis node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Coolhead needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing Coolhead into .venv (once) ..."
	$(PIP) --require-hashes -r requirements/build.txt
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Installing the test tools into .venv (once) ..."
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
