# Two commands for everybody: `make demo`, `make test`. All others are listed by `make help`.
# Works on a bare machine with Python 3.11 or newer, pip, git and make. Everything is installed into .venv, from
# constraints.txt, with hashes; stamp files under .venv/.stamps make repeated calls quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.NOTPARALLEL:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PYTEST_ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A Python without ensurepip (Debian's, without python3-venv) makes an environment without pip:
# then the system's own pip installs into it.
PIP = $(if $(shell test -x $(BIN)/pip && echo own),$(BIN)/python -m pip,$(PYTHON) -m pip --python $(BIN)/python)
# The lock names every package, so nothing is resolved (--no-deps); what comes as source is built by the locked
# setuptools, not by one fetched unhashed behind pip's back (--no-build-isolation).
INSTALL = $(PIP) install -qq --require-hashes --no-deps --no-build-isolation --use-pep517

.PHONY: help demo test test-slow fuzz lint format bench bench-crawl docs lock tools clean

help: ## say what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo: $(STAMPS)/package ## install what a crawl needs, crawl a small bundled web, say what happened
	@$(BIN)/collector demo

test: $(STAMPS)/package $(STAMPS)/test $(STAMPS)/postgres ## install what the tests need, and pass them
	@$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

test-slow: $(STAMPS)/package $(STAMPS)/test $(STAMPS)/postgres ## the tests that take minutes: real pages, large crawls
	@$(BIN)/python -m pytest -m slow --timeout 1800 $(PYTEST_ARGS)

FUZZ_SECONDS ?= 20
fuzz: $(STAMPS)/package $(STAMPS)/test $(STAMPS)/fuzz ## every parser against what a fuzzer thinks of, FUZZ_SECONDS for each
	@$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ_SECONDS)

lint: $(STAMPS)/package $(STAMPS)/test $(STAMPS)/lint ## ruff, mypy strict, the layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMPS)/lint ## lay the code out
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

bench: $(STAMPS)/package $(STAMPS)/test ## every benchmark, one after the other
	@for program in $(filter-out benchmarks/serve.py benchmarks/crawl.py benchmarks/workers.py,$(wildcard benchmarks/*.py)); do \
	    echo "== $$program"; $(BIN)/python $$program; done

bench-crawl: $(STAMPS)/package $(STAMPS)/test ## what a crawl costs beside Scrapy and wget: needs nginx
	@$(BIN)/python benchmarks/crawl.py --pages 2000 --kilobytes 30
	@$(BIN)/python benchmarks/workers.py --workers 2
	@$(BIN)/python benchmarks/crawl.py --pages 500 --kilobytes 120
	@$(BIN)/python benchmarks/crawl.py --pages 500 --kilobytes 30 --text

docs: $(STAMPS)/package ## write docs/rules/, docs/cli.md and policies/schema.json from the code
	@$(BIN)/python docs/generate.py
	@$(BIN)/collector policy schema > $(STAMPS)/schema.json && cp $(STAMPS)/schema.json policies/schema.json

lock: $(STAMPS)/lock ## choose and pin every package anew: writes constraints.txt
	@$(VENV)-lock/bin/python .ci/lock

tools: $(STAMPS)/venv ## outside programs that some tests run (pywb, datatrove), each in an environment of its own
	@program=$$(ls tests/support/make_outside_tools.*); \
	case $$program in *.py) $(BIN)/python $$program;; *) bash $$program;; esac

clean: ## remove what was installed and made; data stays
	rm -rf $(VENV) $(VENV)-lock $(VENV)-tools build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	    .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or newer is needed; $(PYTHON) is {v[0]}.{v[1]}. Name another one: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV); }
	@mkdir -p $(STAMPS) && touch $@

# build before crawl before test before lint: the order in which the sections of the lock build on each other
$(STAMPS)/build: $(STAMPS)/venv constraints.txt
$(STAMPS)/crawl: $(STAMPS)/build
$(STAMPS)/test: $(STAMPS)/crawl
$(STAMPS)/lint $(STAMPS)/postgres $(STAMPS)/fuzz: $(STAMPS)/test

$(STAMPS)/build $(STAMPS)/crawl $(STAMPS)/test $(STAMPS)/lint $(STAMPS)/postgres $(STAMPS)/fuzz:
	@echo "installing: $(@F)"
	@awk -v section=$(@F) '/^## /{on = ($$2 == section)} on' constraints.txt > $@.txt
	@$(INSTALL) -r $@.txt
	@touch $@

$(STAMPS)/package: $(STAMPS)/crawl pyproject.toml collector/__init__.py
	@echo "installing: the collector itself"
	@$(PIP) install -qq --no-deps --no-index --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

$(STAMPS)/lock: $(STAMPS)/venv
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet 'pip-tools>=7.5'
	@touch $@
