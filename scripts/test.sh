#!/usr/bin/env bash
# Every test: Swift's own (debug), then the black-box tests against the release binary.
# Ends with pytest's summary line; any failure makes the exit code non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
# The release build goes on beside everything else, and SwiftPM lets one build at a time into a folder.
beside=.build/beside

scripts/setup.sh build test
# Before both builds, so that neither writes what the other reads.
swift package resolve
# Where both want a processor, debug build and tests have it. In a session of its own, to be ended
# with all that it has started.
setsid nice -n 10 scripts/build-release.sh --scratch-path "$beside" >.build/release.log 2>&1 &
release=$!
trap 'pkill -s "$release" || true' EXIT
swift build --build-tests --explicit-target-dependency-import-check error

export CARDPROOF_TEST_PYTHON="$PWD/.build/venv/bin/python"
# What `swift test` would start. One test after the other: many of them measure time-outs, and two
# cores are soon busy.
.build/debug/cardproofPackageTests.xctest --testing-library swift-testing --no-parallel
wait "$release" || { cat .build/release.log >&2; echo "test: no release build" >&2; exit 1; }
trap - EXIT

# Three files at a time on two processors: most of them wait, for issuers that do not answer or for
# a gateway to start.
export CARDPROOF_BIN="${CARDPROOF_BIN:-$PWD/$beside/release/cardproof}"
exec .build/venv/bin/python -m pytest Tests/BlackBox --numprocesses 3 --dist loadfile "$@"
