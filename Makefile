# Two commands for people: `make run` and `make test`. Everything installs itself into .venv and tests/clients.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test check bench nightly lock clean help

run: .venv/base.stamp ## Install and start the server on http://127.0.0.1:9787
	@$(BIN)/groundfog serve --greet

test: .venv/test.stamp tests/clients/node_modules/.stamp ## Install what the tests need and run them
	$(BIN)/python -m pytest

check: .venv/check.stamp ## Lint, strict types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

bench: .venv/test.stamp tests/clients/node_modules/.stamp .venv/litellm/.stamp bench/node/node_modules/.stamp ## Measure speed: a table, and JSON under bench/results
	$(BIN)/python -m bench

nightly: test bench ## What is too long for every change
	$(BIN)/python -m bench gateway_soak
	$(BIN)/python -m tools.chat_model.evaluate
	$(BIN)/python -m tools.chat_model.build --quick

lock: .venv/bin/python ## Resolve the locked versions again
	$(PIP) install uv
	$(BIN)/python tools/lock.py

clean: ## Remove what the other targets installed
	rm -rf .venv tests/clients/node_modules bench/node/node_modules

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 16

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "groundfog needs Python 3.11 or newer on the PATH."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "groundfog needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make virtual environments here; on Debian: apt install python3-venv"; exit 1; }

.venv/base.stamp: requirements/base.lock pyproject.toml | .venv/bin/python
	@echo "Installing groundfog into .venv (once) …"
	@$(PIP) install --require-hashes -r requirements/base.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/check.stamp: requirements/test.lock .venv/base.stamp
	@$(PIP) install --require-hashes -r requirements/test.lock
	@touch $@

.venv/test.stamp: requirements/reference.lock .venv/check.stamp
	@$(PIP) install -r requirements/reference.lock
	@touch $@

tests/clients/node_modules/.stamp: tests/clients/package-lock.json
	npm ci --prefix tests/clients --no-audit --no-fund --loglevel=error
	@touch $@

bench/node/node_modules/.stamp: bench/node/package-lock.json
	npm ci --prefix bench/node --no-audit --no-fund --loglevel=error
	@touch $@

.venv/litellm/.stamp: requirements/litellm.lock | .venv/bin/python
	@$(PYTHON) -m venv .venv/litellm
	@.venv/litellm/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/litellm.lock
	@touch $@
