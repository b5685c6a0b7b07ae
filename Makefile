# `make demo` runs the main job on this machine, `make test` the tests. Both need Python 3.11+ and Go, nothing else.
PYTHON ?= python3
BIN := .venv/bin
LOCKED := pip install --quiet --disable-pip-version-check --require-hashes --requirement
COMPILE := .venv/audit/bin/uv pip compile --quiet --universal --generate-hashes --no-header $(UPGRADE)
# Where compiled Python isn't kept, each of the many commands that demo and tests run would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test unit check fmt docs engine scanner clients schema lock audit clean
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

lock: .venv/audit/installed         ## write the locks anew after a change of requirements; UPGRADE=--upgrade takes newer ones
	$(COMPILE) pyproject.toml --extra sandbox --extra dev --output-file requirements/all.lock
	$(COMPILE) pyproject.toml --constraint requirements/all.lock --output-file requirements/product.lock
	for name in scanner clients audit; do $(COMPILE) requirements/$$name.in --output-file requirements/$$name.lock; done

audit: .venv/audit/installed        ## known holes in what is shipped, and its licences
	.venv/audit/bin/pip-licenses --python $(BIN)/python --partial-match --allow-only="$$(cat requirements/licences.txt)" \
		--packages $$(sed -n 's/^\([a-zA-Z0-9._-]*\)==.*/\1/p' requirements/product.lock)
	.venv/audit/bin/pip-audit --disable-pip --require-hashes --requirement requirements/product.lock

clean:                              ## stop the sandbox and remove what was made here
	-$(BIN)/slipway sandbox down --yes
	rm -rf .sandbox .venv

.venv/installed: pyproject.toml requirements/all.lock
	$(PYTHON) -m venv .venv
	$(BIN)/$(LOCKED) requirements/all.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/%/installed: .venv/installed requirements/%.lock
	$(PYTHON) -m venv .venv/$*
	.venv/$*/bin/$(LOCKED) requirements/$*.lock
	touch $@
