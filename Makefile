# make demo: try it · make test: run everything · make help: the rest
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PARTLY := bot/__main__.py,bot/lint/*,bot/office/*,bot/simulator/*,bot/adapters/courier.py,bot/adapters/database.py,bot/adapters/files.py,bot/adapters/pace.py,bot/adapters/request.py,bot/adapters/running.py,bot/adapters/settings.py,bot/adapters/te*.py,bot/adapters/typesetting.py

.PHONY: help demo test check train bench faults sbom fuzz prove mutants lock clean
help:
	@echo "demo   set up, start the bot with a local Telegram double, print the chat page's address"
	@echo "test   set up, check style and types, run all tests"
	@echo "check  lint questions, knowledge, templates and models"
	@echo "train  fit the models again from the published tables"
	@echo "bench  measure, as ratios side by side"
	@echo "faults kill the simulated service 100,000 times (half an hour; the tests do 2,000)"
	@echo "sbom   list all parts in CycloneDX: dist/sbom.cdx.json"
	@echo "fuzz   throw inputs at what reads strangers' bytes and words (SECONDS=300 each)"
	@echo "prove  privacy at full length: 10,000 races, 100,000 taps of others, 100,000 mutated requests"
	@echo "mutants change the code and see which tests notice (an hour)"
	@echo "lock   pin the dependencies again (after a change in pyproject.toml)"

$(VENV)/serve: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements.txt
	touch $@

$(VENV)/dev: requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-dev.txt
	touch $@ $(VENV)/serve

demo: $(VENV)/serve
	$(BIN)/python -m bot demo

check: $(VENV)/serve
	$(BIN)/python -m bot check

train: $(VENV)/dev
	$(BIN)/python -m models train

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bot check
	$(BIN)/python -m pytest --numprocesses=2 --cov --cov-report=term:skip-covered --durations=12
	@# Whole, line and branch: the pure core, intake, storage, privacy. Some of it only PostgreSQL reaches.
	test -z "$$TEST_POSTGRES_URL" || $(BIN)/coverage report --precision=2 --skip-covered --fail-under=100 --include="bot/*" --omit="$(PARTLY)"

bench: $(VENV)/dev
	$(BIN)/python -m tests.benchmarks

faults: $(VENV)/dev
	$(BIN)/python -m tests.faults --kills 100000 --processes 2

$(VENV)/hunt: requirements-hunt.txt $(VENV)/dev
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-hunt.txt
	touch $@

sbom: $(VENV)/dev
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.cdx.json

fuzz: $(VENV)/hunt
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),300)

prove: $(VENV)/dev
	LONG=1 $(BIN)/python -m pytest --numprocesses=2 tests/privacy

mutants: $(VENV)/hunt
	$(BIN)/python -m tests.mutants

lock: $(VENV)/dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml --output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraints requirements-dev.txt pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra hunt --constraints requirements-dev.txt pyproject.toml --output-file requirements-hunt.txt

clean:
	rm -rf $(VENV) var test-artefacts .pytest_cache .mypy_cache .ruff_cache
