# cardproof: what can be done from a clone. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory

CARDPROOF := .build/release/cardproof
PYTEST := .build/venv/bin/python -m pytest
SOURCES := Sources Adapters Tests Package.swift

.PHONY: help
help: ## list what there is (default)
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)

.PHONY: setup
setup: ## install the packages that building and testing need (root or sudo)
	@scripts/setup.sh build test

.PHONY: build
build: ## build the release binary, .build/release/cardproof
	@scripts/setup.sh build
	@scripts/build-release.sh

.PHONY: demo
demo: build ## show the main job from delivery to verified proof, in a temporary folder
	@scripts/demo.sh $(CARDPROOF)

.PHONY: test
test: ## run every test: Swift's, then the black-box tests, of a debug build
	@scripts/test.sh

.PHONY: test-release
test-release: build ## run the black-box tests against the release binary
	@scripts/setup.sh test
	@scripts/black-box.sh

.PHONY: run
run: build ## serve with the defaults of Config/, data and keys under .build/run
	@[ -f .build/run/keys/master.key ] || $(CARDPROOF) keys init --directory .build/run/keys
	exec env CARDPROOF_DATA=.build/run/data CARDPROOF_KEYS_MASTER=.build/run/keys/master.key \
		$(CARDPROOF) serve --config Config/cardproof.yaml

.PHONY: lint
lint: ## check formatting and style, change nothing
	@scripts/lint.sh

.PHONY: format
format: ## format the Swift sources in place
	swift format format --in-place --parallel --recursive $(SOURCES)

.PHONY: bench
bench: ## audit, intake, proofs and log against their peers, sick issuers, and a policy replayed; five alternations (30 minutes)
	@scripts/setup.sh build bench
	scripts/build-release.sh bench
	for comparison in a1/audit a2/compare a3/log a4/proof_latency b1/sick_issuers c1/replay; do
		.build/bench-venv/bin/python Benchmarks/$$comparison.py || failed="$${failed:-} $$comparison"
	done
	[ -z "$${failed:-}" ] || { echo "missed a target or failed:$$failed"; exit 1; }

.PHONY: soak
soak: build ## every test at its large counts (hours)
	@scripts/setup.sh test soak
	export CARDPROOF_SCALE=soak
	swift build --build-tests
	CARDPROOF_TEST_PYTHON="$$PWD/.build/venv/bin/python" \
		.build/debug/cardproofPackageTests.xctest --testing-library swift-testing --no-parallel
	.build/soak-venv/bin/python -m pytest Tests/BlackBox

.PHONY: fuzz
fuzz: build ## feed damaged input to every parser (FUZZ_SECONDS, default 300)
	@scripts/setup.sh test
	CARDPROOF_FUZZ_SECONDS=$${FUZZ_SECONDS:-300} $(PYTEST) Tests/BlackBox/test_fuzz.py

.PHONY: clean
clean: ## remove everything that was built
	rm -rf .build Benchmarks/.work
