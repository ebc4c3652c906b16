# make serve   everything needed into .venv, then the server with the sample configuration
# make test    everything needed into .venv, then everything that .ci/run runs

# The first Python that is new enough; python3 where none is, so that the complaint names it.
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done) python3)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Every program that a test starts would compile the packages anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check-code unit-tests soak tools format constraints bench figures fuzz screenshots licences sbom outdated audit clean

help:  ## Say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

$(VENV)/created:
	@$(PYTHON) -c '$(IS_NEW_ENOUGH)' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 serve" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml constraints.txt
	$(BIN)/pip install -q -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/created pyproject.toml constraints.txt
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	@touch $(VENV)/installed $@

$(VENV)/installed-bench: $(VENV)/installed-dev
	$(BIN)/pip install -q -c constraints.txt -e '.[bench]'
	@touch $@

$(VENV)/installed-fuzz: $(VENV)/installed-dev
	$(BIN)/pip install -q -c constraints.txt -e '.[fuzz]'
	@touch $@

serve: $(VENV)/installed  ## Serve the sample configuration on http://127.0.0.1:8080
	$(BIN)/aggregator serve --config config/aggregator.yaml

test: check-code unit-tests  ## Everything that .ci/run runs

check-code: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# loadfile: the tests of a file share what is slow to make, such as a server or an environment. Files go in the order of tests/conftest.py,
# where xdist would leave those with few tests, the longest, for the end.
PYTEST := -m pytest -n 2 --dist loadfile --no-loadscope-reorder
# What looks at the code from within, and reaches all of it. To measure that takes half as much again, so what looks from without is not.
MEASURED := tests/feeds tests/aggregator

unit-tests: $(VENV)/installed-dev tools
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run $(PYTEST) $(MEASURED)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report
	$(BIN)/python $(PYTEST) $(addprefix --ignore=,$(MEASURED))

# One after the other: they measure memory and delays.
soak: $(VENV)/installed-dev tools  ## Kill, load and wear out the server: an hour and a half (SOAK_SECONDS=3600)
	$(BIN)/python -m pytest -m soak -rA

tools:  # what tests and make bench want of Debian's packages and npm's, where it can be installed
	@tests/install_tools.sh

format: $(VENV)/installed-dev  ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# From an environment of its own: what somebody tried out in .venv is no dependency.
constraints:  ## Write the newest versions that fit to constraints.txt
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install -q '.[dev,bench,fuzz]'
	build/constraints/bin/pip list --format=freeze --exclude feed-aggregator --exclude pip --exclude setuptools > build/constraints.txt
	{ echo "# Written by make constraints: the versions that CI, the image and make install."; cat build/constraints.txt; } > constraints.txt

bench: $(VENV)/installed-bench tools  ## Measure speed, every row of docs/performance.md
	mkdir -p build
	$(BIN)/python -m benchmarks --json build/bench.json

figures: $(VENV)/installed-bench  ## Write the table and plots of docs/performance.md from what make bench measured
	$(BIN)/python -m benchmarks.figures build/bench.json

# FUZZ_SECONDS is for each target; FUZZ names targets, none: all of them. docs/hostile-input.md says more.
fuzz: $(VENV)/installed-fuzz  ## Fuzz what reads other people's input, five minutes a target
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),300) $(BIN)/python tests/fuzz/campaign.py $(FUZZ)

screenshots: $(VENV)/installed-dev tools  ## Take the screenshots of the README anew
	$(BIN)/python -m pytest tests/browser/screenshots.py

licences: $(VENV)/installed-dev  ## Write docs/licences.md from what the installed packages say
	$(BIN)/python -m supply_chain.licences > docs/licences.md

sbom: $(VENV)/installed-dev  ## Write the bill of materials to build/feed-aggregator.cdx.json (CycloneDX)
	@mkdir -p build
	$(BIN)/python -m supply_chain.bill_of_materials > build/feed-aggregator.cdx.json

# Both ask servers elsewhere, and answer differently every day: no part of make test.
outdated: $(VENV)/installed-dev  ## Say which constraints are behind the package index, or yanked there
	rm -rf build/outdated
	$(PYTHON) -m venv build/outdated
	build/outdated/bin/pip install -q --upgrade 'pip>=23.3'
	build/outdated/bin/pip install -q --dry-run --ignore-installed --report build/newest.json '.[dev]'
	build/outdated/bin/pip install -q --dry-run --ignore-installed --no-deps --report build/pinned.json -r constraints.txt
	$(BIN)/python -m supply_chain.releases build/newest.json build/pinned.json

# OSV_URL is asked in its place: the query address of a server that speaks the interface of osv.dev.
audit:  ## Ask the advisory database of PyPI about every constraint (pip-audit)
	rm -rf build/audit
	$(PYTHON) -m venv build/audit
	build/audit/bin/pip install -q pip-audit
	build/audit/bin/pip-audit --no-deps --disable-pip $(if $(OSV_URL),-s osv --osv-url $(OSV_URL)) -r constraints.txt

clean:  ## Remove what was built, and nothing that was served
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
