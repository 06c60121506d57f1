#!/usr/bin/env bash
# Every test: Swift's own (debug), then the black-box tests against the release binary.
# Ends with pytest's summary line; any failure makes the exit code non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
# The release build goes on beside everything else, and SwiftPM lets one build at a time into a folder.
beside=.build/beside
# What only computes is tested in a process of its own. The other tests measure time-outs, and two
# cores are soon busy: they run one after the other.
computing='^(CardModelTests|EvidenceLogTests|StoreConformanceTests|TidyTests|WireFormatTests)\.'

scripts/setup.sh build test
# Before both builds, so that neither writes what the other reads.
swift package resolve
# In a session of its own, to be ended with all that it has started.
setsid scripts/build-release.sh --scratch-path "$beside" >.build/release.log 2>&1 &
release=$!
trap 'pkill -s "$release" || true; kill "${computed:-$release}" 2>/dev/null || true' EXIT
swift build --build-tests --explicit-target-dependency-import-check error

export CARDPROOF_TEST_PYTHON="$PWD/.build/venv/bin/python"
# What `swift test` would start.
swift_tests=(.build/debug/cardproofPackageTests.xctest --testing-library swift-testing --no-parallel)
"${swift_tests[@]}" --filter "$computing" >.build/computing.log 2>&1 &
computed=$!
"${swift_tests[@]}" --skip "$computing"
wait "$computed" || { cat .build/computing.log >&2; exit 1; }
tail -n 1 .build/computing.log
wait "$release" || { cat .build/release.log >&2; echo "test: no release build" >&2; exit 1; }
trap - EXIT

# Three files at a time on two processors: most of them wait, for issuers that do not answer or for
# a gateway to start. In the order that Tests/BlackBox/conftest.py gives, the long ones first.
export CARDPROOF_BIN="${CARDPROOF_BIN:-$PWD/$beside/release/cardproof}"
exec .build/venv/bin/python -m pytest Tests/BlackBox --numprocesses 3 --dist loadfile \
    --no-loadscope-reorder "$@"
