# `make run` and `make test` need GNU make 3.81 or newer and Python 3.11 or newer; the rest goes into .venv.
#
#   PORT=8080 make run                                            another port
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu     the small CPU build of torch, on Linux

SHELL := /bin/sh
PORT ?= 8000
HOST ?= 127.0.0.1
CORPUS ?= $(if $(FAQ_CORPUS_DIR),$(FAQ_CORPUS_DIR),corpus)
INDEX ?= $(if $(FAQ_INDEX_DIR),$(FAQ_INDEX_DIR),var/index)
QUESTIONS ?= $(addprefix ../shared/eval/,dev.jsonl dev2.jsonl)
INTENTS ?= ../shared/eval/public/clinc150_train_val.json
FAQ ?= ../shared/eval/public/stackfaq.json
HELP_DESK ?= $(addprefix ../shared/eval/public/hint3_sofmattress_,train.csv test.csv)
MINUTES ?= 30
WORKERS ?= 1
PYTEST ?=
PROCESSES ?= logical
SEED ?= 1
export PYTHON TORCH_INDEX

BIN := .venv/bin
PY := $(BIN)/python

# Recipes share .venv and var/.
.NOTPARALLEL:
# A process for each core; tests of one module stay in one process, with what it shares.
TEST = $(PY) -m pytest --numprocesses $(PROCESSES) --dist loadfile --durations=10
FAST = tests/unit tests/integration tests/browser/test_main_path.py
COVERED = $(TEST) --hypothesis-profile=thorough --random-order --random-order-seed=$(SEED) --cov

.PHONY: help run test test-all check package fix index eval bench soak fairness audit sbom lock environment tools

help: ## Show this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+): .*## /  make \1	/' | expand -t 16

run: environment ## Build the index when there is none, and serve on http://127.0.0.1:8000, with the studio
	@test -f $(INDEX)/current || $(PY) scripts/build_index.py --corpus $(CORPUS) --out $(INDEX)
	@exec env FAQ_INDEX_DIR=$(INDEX) FAQ_CORPUS_DIR=$(CORPUS) $(PY) -m service --host $(HOST) --port $(PORT) --sign-in

test: tools ## What to run before each commit: everything in process, one real server, one real browser
	$(TEST) --hypothesis-profile=fast $(FAST) $(PYTEST)

test-all: tools ## Every test: browsers, databases, Milvus, S3, replicas, proxies, crashes, fuzzing
	@sh scripts/setup.sh servers
	$(TEST) --hypothesis-profile=thorough $(PYTEST)

check: tools ## Format, lint, types, import contracts, content, then every test in random order with coverage
	@sh scripts/setup.sh servers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(PY) scripts/check_version.py
	$(PY) scripts/check_content.py
	if command -v npm >/dev/null; then $(MAKE) --no-print-directory package; fi
	$(COVERED) --cov-report= --cov-fail-under=0 $(PYTEST) tests/unit tests/integration tests/slow
	COVERAGE_CONCURRENCY=greenlet $(COVERED) --cov-append --cov-report=term $(PYTEST) tests/browser

package: environment ## Pack the widget for npm: var/careers-faq-VERSION.tgz
	$(PY) scripts/build_npm_package.py --out var/npm
	npm pack ./var/npm --pack-destination var

fix: tools ## Repair what a tool can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

index: environment ## Check the content, build the index and publish it
	$(PY) scripts/build_index.py --out $(INDEX)

eval: environment ## Measure the answers on labelled questions and public bots, and what is left out: QUESTIONS=file.jsonl
	@for file in $(QUESTIONS) $(HELP_DESK) $(INTENTS) $(FAQ); do test -f "$$file" || \
	    { echo "$$file is not there. Name your own: make eval QUESTIONS=file.jsonl HELP_DESK= INTENTS= FAQ=" >&2; exit 1; }; done
	$(PY) scripts/build_index.py --out $(INDEX)
	for file in $(QUESTIONS); do $(PY) scripts/evaluate.py "$$file" --index $(INDEX) \
	    --report "var/reports/$$(basename "$$file" .jsonl)" || exit 1; done
	$(PY) scripts/evaluate.py --leave-out --index $(INDEX) --report var/reports \
	    $(if $(HELP_DESK),--help-desk $(HELP_DESK)) $(if $(INTENTS),--intents $(INTENTS)) $(if $(FAQ),--faq $(FAQ))

bench: index ## Measure speed and memory of the service beside two peers: some seven minutes
	$(PY) scripts/benchmark.py --txtai --edits 20 --json var/bench/result.json \
	    --markdown var/bench/table.md --plot docs/images/benchmark.svg

soak: index ## Keep a service under mixed load, watch its memory, measure fairness: MINUTES=30 WORKERS=1
	$(PY) scripts/soak.py --index $(INDEX) --minutes $(MINUTES) --workers $(WORKERS)

fairness: index ## Measure what one hostile client costs another visitor, with one and two workers
	for workers in 1 2; do $(PY) scripts/measure_fairness.py --index $(INDEX) --workers $$workers --rounds 3 || exit 1; done

audit: tools ## Look every pinned package up among the known vulnerabilities; asks the network
	$(BIN)/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip

sbom: tools ## Write var/sbom.json: every package that serving consists of, CycloneDX
	$(PY) -m venv --clear --without-pip var/serving
	$(PY) -m pip --python var/serving install --quiet -c constraints.txt .
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --sv 1.6 --output-reproducible \
	    --of JSON --output-file var/sbom.json var/serving/bin/python

lock: tools ## Write constraints.txt and serving.txt again with the newest versions that fit together
	$(PY) -m venv --clear var/newest
	var/newest/bin/pip install --quiet '.[build,dev,import,postgres,tracing]'
	{ grep '^#' constraints.txt; var/newest/bin/pip freeze --exclude careers-faq | sed 's/+.*//'; } > var/newest.txt
	mv var/newest.txt constraints.txt
	var/newest/bin/pip install --quiet uv
	{ grep '^#' serving.txt; var/newest/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-annotate --no-header --no-emit-index-url -c constraints.txt pyproject.toml; } > var/newest.txt
	mv var/newest.txt serving.txt

environment:
	@sh scripts/setup.sh build

tools:
	@sh scripts/setup.sh dev
