# Thin: each target is one crmlib or pytest call in .venv, which is made on first use.
# The Python to make it with: make run PYTHON=python3.12

PYTHON ?= python3
BIN = .venv/bin
unexport PYTHONDONTWRITEBYTECODE   # without bytecode every start takes four times as long

.PHONY: run test bench refresh constraints environment

run: .venv/installed
	@status=0; for language in en zh; do \
	    $(BIN)/crmlib run --language $$language || status=$$?; done; exit $$status

test: .venv/installed-test
	$(BIN)/python -m pytest -n 2

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks

refresh: .venv/installed
	$(BIN)/crmlib refresh

constraints: .venv/uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	    --no-header --no-annotate --upgrade -o constraints.txt

environment: .venv/uv
	$(BIN)/python .ci/environment.py

INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt

.venv/uv:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
	    echo "The course needs Python 3.11 or newer, and $(PYTHON) is older or missing; \
	name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	@touch $@

.venv/installed: .venv/uv pyproject.toml constraints.txt
	@echo "Installing the libraries of the course into .venv; the first time takes a minute."
	$(INSTALL) -e ".[handouts]"
	@touch $@

.venv/installed-%: .venv/installed
	$(INSTALL) -e ".[$*]"
	@touch $@
