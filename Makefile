# Everything a person or a machine does with this checkout. `make help` lists it.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# The lock files are complete, so pip resolves nothing (it cannot match `pandas[parquet]` to a hash of pandas).
export DO_NOT_TRACK = 1

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@

$(VENV)/.dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@touch $@ $(VENV)/.app

setup: $(VENV)/.app ## create .venv from the lock; afterwards .venv/bin/golive exists

dev: $(VENV)/.dev ## the same with everything the tests need

app: $(VENV)/.app ## start the dashboard on http://127.0.0.1:8501 with the sample session (PORT= overrides)
	$(BIN)/golive app --port $(PORT)

browser: $(VENV)/.dev ## find Chromium, or install it
	@$(BIN)/python tests/browser/chromium.py

lint: $(VENV)/.dev ## ruff and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint browser ## everything that CI runs, browser tests included
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: $(VENV)/.dev ## speed and memory as ratios, printed
	$(BIN)/python -m pytest tests/benchmarks -s

format: $(VENV)/.dev ## let ruff rewrite the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## renew the lock files (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock

clean: ## remove what the build and the tests leave behind
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help setup dev app browser lint test bench format lock clean
