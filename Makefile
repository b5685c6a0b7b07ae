# `make demo` runs the main job on this machine, `make test` the tests. Both need Python 3.11+ and Go, nothing else.
PYTHON ?= python3
BIN := .venv/bin
# Where compiled Python isn't kept, each of the many commands that demo and tests run would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test unit check fmt docs engine scanner clients schema clean
.DEFAULT_GOAL := demo

demo: .venv/installed engine        ## platform up, two releases, a bad one refused; leaves the sandbox up
	$(BIN)/python -m examples.demo

test: .venv/installed scanner clients schema engine check  ## lint, types and all tests, three files at a time: they mostly wait
	$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder

unit: .venv/installed               ## only the tests that need neither engine nor sandbox
	$(BIN)/pytest -q -m "not engine and not sandbox"

check: .venv/installed              ## style, types and the direction of imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

fmt: .venv/installed                ## put the code into the house style
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: .venv/installed               ## the docs as a site with a search, in .docs
	$(BIN)/python docs/site/build.py .docs

engine: .venv/installed             ## find or build the Pulumi engine
	@$(BIN)/python -m driver.adapters.pulumi.find_engine > /dev/null

scanner: .venv/scanner/installed    ## the security scanner that a test runs; it wants packages of its own

clients: .venv/clients/installed    ## what others deploy and count jobs with, which tests let loose on what Slipway has made

schema: .venv/installed             ## Grafana's own types, which a test holds dashboards against where there is node
	@[ -e .venv/npm/installed ] || { npm install --prefix .venv/npm --no-save --ignore-scripts --no-audit --no-fund \
	  --loglevel=error @grafana/schema@13.2.3 typescript@5.9.3 && touch .venv/npm/installed; } \
	  || echo "no types of Grafana: node and npm are needed; the test that uses them is skipped"

clean:                              ## stop the sandbox and remove what was made here
	-$(BIN)/slipway sandbox down --yes
	rm -rf .sandbox .venv

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[sandbox,dev]"
	touch $@

.venv/scanner/installed: .venv/installed
	$(PYTHON) -m venv .venv/scanner
	.venv/scanner/bin/pip install --quiet --disable-pip-version-check checkov==3.3.30
	touch $@

.venv/clients/installed: .venv/installed
	$(PYTHON) -m venv .venv/clients
	.venv/clients/bin/pip install --quiet --disable-pip-version-check ecs-deploy==1.17.0 \
		hirefire-resource==1.0.4 hirefire==1.1 judoscale==1.14.0 fakeredis==2.41.0 lupa==2.8 rq==3.0.0 celery==5.7.0 flask==3.1.3
	touch $@
