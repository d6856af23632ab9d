# `make demo` shows what ectsim does, `make test` tests it; both first set up .venv from the locks, once.
PYTHON ?= python3.12
BIN := .venv/bin
UV := $(BIN)/uv pip
# every extra but npe, whose PyTorch weighs gigabytes
EXTRAS := cluster discovery pdf query territory workshop
COMPILE := $(UV) compile pyproject.toml --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header --quiet

# uv reads its own settings, not pip's: an index chosen for pip in the environment is passed on
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
ifdef PIP_EXTRA_INDEX_URL
export UV_INDEX ?= $(PIP_EXTRA_INDEX_URL)
endif

.PHONY: demo test docs setup locks

demo: .venv/requirements.installed
	$(BIN)/ectsim compare scenarios/spontaneous.yaml scenarios/one_call_a_year.yaml --out results/demo

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not browser and not pdf and not slurm and not shared"

# the documentation site, in build/site; the theme's notice about its future is known
docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

setup: .venv/requirements-dev.installed

# `make locks UPGRADE=--upgrade` moves every package to its newest version
locks: $(BIN)/uv
	$(COMPILE) $(UPGRADE) --group build --output-file requirements.lock
	$(COMPILE) $(UPGRADE) $(EXTRAS:%=--extra %) --group dev --constraints requirements.lock --output-file requirements-dev.lock

.venv/%.installed: %.lock pyproject.toml | $(BIN)/uv
	$(UV) install --python .venv --require-hashes --requirements $<
	$(UV) install --python .venv --no-deps --no-build-isolation --editable .
	touch $@

$(BIN)/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install uv
