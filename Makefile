# One word does each job; `make` alone lists them. All it needs is make and a Python of 3.11 or newer.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench screenshots docs messages format requirements clean
MAKEFLAGS += --no-print-directory

# The Python to build with; left empty, the first that is new enough is found.
PYTHON ?=
# How many tests run side by side.
WORKERS ?= 2

BIN := .venv/bin
SETUP := @PYTHON='$(PYTHON)' sh tools/bootstrap.sh

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## install, load the sample company and serve it (PORT, STAMMIS_DATA)
	$(SETUP) run
	@exec $(BIN)/stammis demo

test: check ## everything: the checks, then all tests
	@$(BIN)/python tools/debian.py install test
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup --server debian-15 tests/rooms
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

check: ## linters, types and the agreements of the house
	$(SETUP) develop
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo 'Run «make format» first: these files are not formatted:'; $(BIN)/ruff format --check . ; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -q tests/test_house.py tests/house

bench: ## measure, each figure beside its yardstick
	$(SETUP) develop
	@$(BIN)/python tools/debian.py install bench
	@$(BIN)/python -m benchmarks

screenshots: ## draw the pictures of the README anew
	$(SETUP) develop
	@$(BIN)/python tools/debian.py install test
	@$(BIN)/python tools/screenshots.py

docs: ## write the generated pages anew, build the documentation into site/
	$(SETUP) develop
	@$(BIN)/python -m tools.reference write
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo 'The documentation is in site/index.html'

messages: ## collect the texts, refresh the catalogues, compile them
	$(SETUP) develop
	@$(BIN)/python tools/messages.py update

format: ## let ruff lay the code out
	$(SETUP) develop
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

requirements: ## pin what pyproject.toml asks for, with hashes (needs uv)
	@sh tools/requirements.sh

clean: ## remove what the other words made
	rm -rf .venv site build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
