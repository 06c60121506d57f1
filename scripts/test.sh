#!/usr/bin/env bash
# Every test: Swift's own, then the black-box tests, of one debug build: it has the checks that the
# optimiser leaves out, and is there in half the time. `make test-release` is about the release.
# Ends with pytest's summary line; any failure makes the exit code non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
# What only computes is tested in a process of its own. The other tests measure time-outs, and two
# cores are soon busy: they run one after the other.
computing='^(CardModelTests|EvidenceLogTests|StoreConformanceTests|TidyTests|WireFormatTests)\.'

scripts/setup.sh build test
CARDPROOF_TEST_BUILD=1 swift build --build-tests --explicit-target-dependency-import-check error

export CARDPROOF_TEST_PYTHON="$PWD/.build/venv/bin/python"
# What `swift test` would start.
swift_tests=(.build/debug/cardproofPackageTests.xctest --testing-library swift-testing --no-parallel)
"${swift_tests[@]}" --filter "$computing" >.build/computing.log 2>&1 &
computed=$!
trap 'kill "$computed" 2>/dev/null || true' EXIT
"${swift_tests[@]}" --skip "$computing"
wait "$computed" || { cat .build/computing.log >&2; exit 1; }
tail -n 1 .build/computing.log
trap - EXIT

CARDPROOF_BIN="${CARDPROOF_BIN:-$PWD/.build/debug/cardproof}" exec scripts/black-box.sh "$@"
