# voxquote: `make demo` and `make test` need nothing but Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := $(PIP) install --no-deps --require-hashes
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
READY_CLUSTER := $(VENV)/.ready-cluster
LOCK_ALL := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
            --no-header --no-annotate
LOCK := $(LOCK_ALL) --excludes .install/excluded.txt

.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

$(READY): .install/build.lock .install/runtime.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "voxquote needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing voxquote into $(VENV) (once)"
	@$(LOCKED) -r .install/build.lock -r .install/runtime.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(READY_DEV): $(READY) .install/dev.lock
	@echo "installing the test tools into $(VENV) (once)"
	@$(LOCKED) -r .install/dev.lock
	@touch $@

$(READY_CLUSTER): $(READY_DEV) .install/cluster.lock
	@echo "installing the extra 'cluster' into $(VENV) (once)"
	@$(LOCKED) -r .install/cluster.lock
	@touch $@

install: $(READY)  ## set up .venv with the voxquote command

demo: $(READY)  ## transcribe, translate and check the sample notes with the starter models
	@rm -rf demo-case
	@$(BIN)/voxquote run audio_samples/telegram_export audio_samples/*.ogg \
	  --article audio_samples/article_en.html --article audio_samples/article_ru.txt --case demo-case; \
	  case $$? in \
	    0) ;; \
	    3) echo "(exit code 3: one voice note is missing from the export, as the samples intend)" ;; \
	    4) echo "(exit code 4: the check found quotes that differ, as the samples intend)" ;; \
	    *) exit 1 ;; \
	  esac

test: $(READY_DEV)  ## set up and run the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(READY_DEV)  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY_DEV)  ## speed, as ratios measured in one run
	@$(BIN)/python -m tests.bench

quality: $(READY_DEV)  ## matching, measured on the benchmarks; fails below the pinned floors
	@$(BIN)/python -m tests.quality.run

samples: $(READY)  ## make audio_samples/ again (needs espeak-ng and festival)
	@$(BIN)/python audio_samples/make_samples.py

starter-models: $(READY_DEV)  ## train the starter models again (hours; installs torch, needs espeak-ng and festival)
	@$(PIP) install torch
	@$(BIN)/python -m models.training.build

docs: $(READY_DEV)  ## write docs/cli.md again from the help texts
	@$(BIN)/python -m tests.docs

lock:  ## pin the dependencies again (needs uv)
	@$(LOCK) --output-file .install/runtime.lock pyproject.toml
	@$(LOCK) --output-file .install/build.lock .install/build.in
	@$(LOCK) --constraint .install/runtime.lock --output-file .install/dev.lock .install/dev.in
	@$(LOCK_ALL) --constraint .install/dev.lock --output-file .install/cluster.lock .install/cluster.in

clean:  ## remove what the targets made
	@rm -rf $(VENV) demo-case build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help install demo test lint bench quality samples starter-models docs lock clean
