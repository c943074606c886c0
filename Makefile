# make demo: try it · make test: run everything · make help: the rest
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The time that the wheel's files bear: of the last commit, so that everyone builds the same wheel.
DAY := $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)
# What of bot/ may be covered in part.
PARTLY := bot/__main__.py,bot/check/*,bot/backoffice/*,bot/research/*,bot/demo/*,bot/delivery/dispatcher.py,bot/storage/engine.py,bot/loading/knowledge.py,bot/delivery/send_rate.py,bot/channels/telegram/transport.py,bot/app/process.py,bot/app/settings.py,bot/channels/terminal.py,bot/channels/telegram/client.py,bot/delivery/typesetting.py

# Without compiled files each process that a test starts, and pytest in each of its own, compiles the tree again.
export PYTHONDONTWRITEBYTECODE :=

# Four processes on two cores, for some tests wait. A file stays in one process, which keeps what its tests share.
SPREAD := --numprocesses=4 --dist=loadfile --no-loadscope-reorder
# The tests that try more at full length: docs/reference/lengths.md.
LONGER = $(shell grep -rlE --include='test_*.py' 'tests\.lengths|@given' tests)

.PHONY: help demo office test coverage check regenerate train bench faults world load learning towns sbom fuzz prove mutants emulators wheel lock clean
help:
	@echo "demo   set up, start the bot with a local Telegram double, print the chat page's address"
	@echo "office  set up what report, simulate and retrain need"
	@echo "test   set up, check style and types, run all tests"
	@echo "coverage  which lines and branches the quick tests reach (needs PostgreSQL)"
	@echo "check  lint questions, knowledge, templates and models"
	@echo "regenerate  make every generated file anew and list what changed (NAMES='wordings transcripts' only those)"
	@echo "train  fit the models again from the published tables"
	@echo "bench  measure, as ratios side by side"
	@echo "faults kill the simulated service 100,000 times (half an hour; the tests do 2,000)"
	@echo "world  what the world does to real processes: troubles, stops, an update, a failover (hours; PostgreSQL)"
	@echo "load   an evening's rush of 10,000 workers, then a soak (two hours; needs PostgreSQL's programs)"
	@echo "learning  which samples would change a model: crowds of every kind against the gate (half an hour)"
	@echo "towns  4,000 imagined workers talk to the bot; the office finds what was put in (half an hour)"
	@echo "sbom   list all parts in CycloneDX: dist/sbom.cdx.json"
	@echo "fuzz   throw inputs at what reads strangers' bytes and words (SECONDS=300 each)"
	@echo "prove  every property at full length (docs/reference/lengths.md; hours)"
	@echo "mutants change the code and see which tests notice (hours; SAMPLE=400 so many at random)"
	@echo "emulators  hold the talk at two emulators of Telegram by others (needs Node.js)"
	@echo "wheel  build what is installed, twice, and compare"
	@echo "lock   pin the dependencies after a change in pyproject.toml (UPGRADE=--upgrade: all to their newest)"

$(VENV)/serve: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements.txt
	touch $@

$(VENV)/dev: requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-dev.txt
	touch $@ $(VENV)/serve $(VENV)/office

$(VENV)/office: requirements-office.txt $(VENV)/serve
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-office.txt
	touch $@

office: $(VENV)/office

demo: $(VENV)/serve
	$(BIN)/python -m bot demo

check: $(VENV)/serve
	$(BIN)/python -m bot check

regenerate: $(VENV)/dev
	$(BIN)/python -m tests.regenerate $(NAMES)

train: $(VENV)/dev
	$(BIN)/python -m models train
	$(BIN)/python -m models train-alarm
	$(BIN)/python -m models train-swindle
	$(BIN)/python -m models train-scope

# Types are checked beside the tests, for mypy keeps one core busy; what `bot check` looks at, the tests do too.
test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy & types=$$!; $(BIN)/python -m pytest $(SPREAD) --durations=12; tests=$$?; wait $$types && exit $$tests

# Line and branch of the pure core, intake, storage and privacy, by the quick tests (some of it only PostgreSQL reaches).
coverage: $(VENV)/dev
	$(BIN)/python -m pytest $(SPREAD) -m "not slow" --cov --cov-report=term:skip-covered
	$(BIN)/coverage report --precision=2 --skip-covered --fail-under=98.5 --include="bot/*" --omit="$(PARTLY)"

bench: $(VENV)/dev
	if command -v npm; then $(MAKE) .grammy/made; fi
	$(BIN)/python -m tests.benchmarks

faults: $(VENV)/dev
	$(BIN)/python -m tests.faults --kills 100000 --processes 2

# An hour of troubles on each database, then what can't be mixed with them.
world: $(VENV)/dev
	$(BIN)/python -m tests.world --minutes 60 --database sqlite
	$(BIN)/python -m tests.world --minutes 60 --database postgresql
	$(BIN)/python -m tests.world --minutes 60 --database polling
	$(BIN)/python -m tests.world --stops 200 --database postgresql
	$(BIN)/python -m tests.world --rolling
	$(BIN)/python -m tests.world --failover
	$(BIN)/python -m tests.deploy

load: $(VENV)/dev
	$(BIN)/python -m tests.load rush
	$(BIN)/python -m tests.load soak

learning: $(VENV)/dev
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.learning

towns: $(VENV)/dev
	$(BIN)/python -m tests.office --people 5000

$(VENV)/hunt: requirements-hunt.txt $(VENV)/dev
	$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-hunt.txt
	touch $@

sbom: $(VENV)/dev
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.cdx.json

fuzz: $(VENV)/hunt
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),300)

prove: $(VENV)/dev
	LONG=1 $(BIN)/python -m pytest $(SPREAD) --timeout=7200 tests/privacy $(LONGER)

mutants: $(VENV)/hunt
	$(BIN)/python -m tests.mutants

.grammy/made: tests/benchmarks/package-lock.json
	mkdir -p .grammy
	cp tests/benchmarks/package.json tests/benchmarks/package-lock.json .grammy/
	npm ci --prefix .grammy --ignore-scripts --no-audit --no-fund
	touch $@

.emulators/made: tests/emulators/requirements.txt tests/emulators/package-lock.json
	$(PYTHON) -m venv .emulators
	.emulators/bin/pip install --quiet --require-hashes --no-deps -r tests/emulators/requirements.txt
	cp tests/emulators/package.json tests/emulators/package-lock.json .emulators/
	npm ci --prefix .emulators --ignore-scripts --no-audit --no-fund
	touch $@

emulators: $(VENV)/dev .emulators/made
	$(BIN)/python -m pytest tests/emulators/talk.py

wheel: $(VENV)/dev
	rm -rf dist build
	SOURCE_DATE_EPOCH=$(DAY) $(BIN)/python -m hatchling build -t wheel -d dist
	SOURCE_DATE_EPOCH=$(DAY) $(BIN)/python -m hatchling build -t wheel -d build
	cd build && sha256sum *.whl | tee ../dist/SHA256SUMS
	cd dist && sha256sum --check SHA256SUMS

# uv.lock is the one lock; the hashed files are exports of it, for pip.
EXPORT = $(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate
lock: $(VENV)/dev
	$(BIN)/uv lock $(UPGRADE)
	$(EXPORT) --output-file requirements.txt
	$(EXPORT) --extra office --output-file requirements-office.txt
	$(EXPORT) --extra dev --output-file requirements-dev.txt
	$(EXPORT) --extra hunt --output-file requirements-hunt.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UPGRADE) tests/emulators/requirements.in --output-file tests/emulators/requirements.txt

clean:
	rm -rf $(VENV) .emulators var dist build mutants test-artefacts .pytest_cache .mypy_cache .ruff_cache
