# make serve   everything needed into .venv, then the server with the sample configuration
# make test    everything needed into .venv, then everything that .ci/run runs

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help serve test check-code unit-tests tools format constraints bench clean

help:  ## Say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 serve" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml constraints.txt
	$(BIN)/pip install -q -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	@touch $@

serve: $(VENV)/installed  ## Serve the sample configuration on http://127.0.0.1:8080
	$(BIN)/aggregator serve --config config/aggregator.yaml

test: check-code unit-tests  ## Everything that .ci/run runs

check-code: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

unit-tests: $(VENV)/installed-dev tools
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest -n 2
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

tools:  # what tests want of Debian's packages, where it can be installed
	@tests/install_tools.sh

format: $(VENV)/installed-dev  ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

constraints: $(VENV)/installed-dev  ## Write the versions that are installed to constraints.txt
	$(BIN)/pip freeze --exclude-editable | sed 's/ @ .*//' > constraints.txt

bench: $(VENV)/installed-dev  ## Measure speed (benchmarks/README.md)
	$(BIN)/python benchmarks/run.py

clean:  ## Remove what was built, and nothing that was served
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
