# Everything a person or a machine does with this checkout. `make help` lists it.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# What pyproject.toml offers beside the application itself; each has a lock of its own.
KNOWN_EXTRAS := auth secure spark
EXTRAS ?=
$(foreach extra,$(EXTRAS),$(if $(filter $(extra),$(KNOWN_EXTRAS)),,$(error '$(extra)' is no extra; there are: $(KNOWN_EXTRAS))))
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

$(VENV)/.extra-%: requirements-%.lock $(VENV)/.app
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r $<
	@touch $@

setup: $(VENV)/.app $(EXTRAS:%=$(VENV)/.extra-%) ## create .venv from the lock (EXTRAS="auth secure" adds sign-in and encryption)

dev: $(VENV)/.dev ## the same with everything the tests need

app: setup ## start the dashboard on http://127.0.0.1:8501 with the sample session (PORT= overrides)
	$(BIN)/golive app --port $(PORT)

browser: $(VENV)/.dev ## find Chromium, or install it
	@$(BIN)/python tests/browser/chromium.py

lint: $(VENV)/.dev ## ruff and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Coverage is held to its floors by a whole run only.
TESTS ?= tests
COVERAGE := build/coverage.json

test: lint browser ## everything that CI runs, browser tests included (TESTS= names a part)
ifeq ($(TESTS),tests)
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=json:$(COVERAGE)
	$(BIN)/python tests/coverage_floor.py $(COVERAGE)
else
	$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)
endif

bounds: $(VENV)/.dev ## the fast tests on the lowest and on the newest versions that pyproject.toml allows
	$(BIN)/python tests/bounds.py

bench: $(VENV)/.dev ## speed and memory as ratios, printed
	$(BIN)/python -m pytest tests/benchmarks -s

docs: $(VENV)/.dev ## draw the picture of docs/architecture.md from the imports
	$(BIN)/python docs/draw_architecture.py

format: $(VENV)/.dev ## let ruff rewrite the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# One resolution that every extra can join comes first; each lock is cut out of it, so what is installed is what is tested.
# An extra's lock holds only what it adds. `UPGRADE=--upgrade` takes newer versions; without it only what must move does.
UV ?= $(if $(wildcard $(BIN)/uv),$(BIN)/uv,uv)
LOCK = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate $(UPGRADE) pyproject.toml
SHARED := build/extras.lock

lock: ## renew the lock files (with the uv of `make dev`; UPGRADE=--upgrade takes newer versions)
	@mkdir -p $(dir $(SHARED)) && cp requirements-dev.lock $(SHARED)
	$(LOCK) $(KNOWN_EXTRAS:%=--extra %) -o $(SHARED)
	$(LOCK) -c $(SHARED) -o requirements.lock
	@set -e; for extra in $(KNOWN_EXTRAS); do \
	  echo "requirements-$$extra.lock"; \
	  $(LOCK) -c $(SHARED) --extra $$extra -o requirements-$$extra.lock \
	    $$(sed -nE 's/^([A-Za-z0-9._-]+)==.*/--no-emit-package \1/p' requirements.lock); \
	  sed -i.bak '/^#/d' requirements-$$extra.lock && rm requirements-$$extra.lock.bak; \
	done
	$(LOCK) -c $(SHARED) --extra dev -o requirements-dev.lock

clean: ## remove what the build and the tests leave behind
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help setup dev app browser lint test bounds bench docs format lock clean
