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
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra demo --extra plots pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra demo --extra plots --extra dev pyproject.toml -o requirements/dev.txt

bench: bench-setup ## Measure Coolhead beside nginx, Portkey and LiteLLM, about 10 minutes (ARGS="--quick": 2)
	$(BIN)/python -m bench.run $(ARGS)

bench-setup: setup-dev bench/out/mock bench/out/loadgen bench/out/portkey/.done bench/out/litellm/.done ## Build the load generator, install the peers
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || echo "nginx is missing and is left out; apt-get install nginx-light"

bench/out/mock bench/out/loadgen: bench/out/%: bench/%.c
	@mkdir -p bench/out
	$(CC) -O2 -Wall -std=gnu11 -o $@ $< -lm

bench/out/portkey/.done: bench/portkey/package.json bench/portkey/package-lock.json
	@echo "Installing the Portkey gateway for comparison (once) ..."
	@mkdir -p $(@D)
	cp bench/portkey/package*.json $(@D)
	-cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund && touch .done

bench/out/litellm/.done: bench/litellm/requirements.txt
	@echo "Installing the LiteLLM proxy for comparison (once) ..."
	$(PYTHON) -m venv $(@D)
	-$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< && touch $@

train-setup: .venv-train/.done ## Prepare .venv-train with .venv-train/bin/coolhead, for `coolhead train`

.venv-train/.done: requirements/run.txt requirements/train.txt
	$(PYTHON) -m venv .venv-train
	@echo "Installing torch and the training tools into .venv-train (once) ..."
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/train.txt
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean: ## Remove what make made
	rm -rf .venv .venv-train .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis node_modules

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
