# Two commands do all: `make run` opens the editor on a tape of music, `make test` passes all tests.

VENV := .venv
BIN := $(VENV)/bin
# The first Python on this machine that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
WORKFLOW ?= workflows/lofi-tape.json

# The editor is built by Node; where it has been built, Node is not needed.
EDITOR := patchbay/static/index.html
NPM := $(shell command -v npm 2>/dev/null)
PACKAGES := web/node_modules/.package-lock.json
WEB := $(shell find web/src web/public -type f ! -path web/src/api/schema.ts 2>/dev/null) \
	$(wildcard web/*.html web/*.json web/*.js web/*.ts)

.DELETE_ON_ERROR:
.PHONY: run tape editor test check lint types web api format bench clean

run: $(VENV)/.installed $(EDITOR)
	$(BIN)/patchbay serve --open lofi-tape

tape: $(VENV)/.installed
	$(BIN)/patchbay run $(WORKFLOW) --output output

editor: $(EDITOR)

ifneq ($(NPM),)
$(EDITOR): $(WEB) $(PACKAGES)
	cd web && npm run build
	touch $@
else ifeq ($(wildcard $(EDITOR)),)
$(EDITOR):
	@echo "The editor has not been built, and building it needs Node 20.19 or newer with npm: install them, then make again. 'make tape' needs neither" >&2; exit 1
endif

$(PACKAGES): web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

test: $(VENV)/.tested $(if $(NPM)$(wildcard $(EDITOR)),$(EDITOR))
	$(BIN)/python -m pytest -n auto
	$(if $(NPM),cd web && npm test && PATCHBAY_PYTHON=$(abspath $(BIN)/python) npm run test:browser)

check: lint types web test

lint: $(VENV)/.developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.developed
	$(BIN)/mypy

# Format, lint and types of the editor.
web: $(PACKAGES)
	cd web && npm run lint && npm run types

# What the editor knows of the server, written anew from the server's code.
api: $(VENV)/.tested
	$(BIN)/python -m tests.golden.openapi

format: $(VENV)/.developed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(if $(NPM),cd web && npm run format)

bench: $(VENV)/.benched
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Patchbay needs Python 3.11 or newer: install it, then make again" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.tested: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ $(VENV)/.installed

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.tested $(VENV)/.installed

$(VENV)/.benched: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis patchbay/static web/node_modules
