#!/usr/bin/env bash
# Every test: Swift's own (debug), then the black-box tests against the release binary.
# Ends with pytest's summary line; any failure makes the exit code non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
guard=(--explicit-target-dependency-import-check error)

scripts/setup.sh build test
swift build --build-tests "${guard[@]}"

# Swift's tests mostly wait, so the release build goes on beside them; where both want a processor,
# the tests have it. In a session of its own, to be ended with all that it has started.
setsid nice -n 19 scripts/build-release.sh >.build/release.log 2>&1 &
release=$!
trap 'pkill -s "$release" || true' EXIT
export CARDPROOF_TEST_PYTHON="$PWD/.build/venv/bin/python"
# What `swift test` would start, which itself wants the build folder that the release build holds.
# One test after the other: many of them measure time-outs, and two cores are soon busy.
.build/debug/cardproofPackageTests.xctest --testing-library swift-testing --no-parallel
wait "$release" || { cat .build/release.log >&2; echo "test: no release build" >&2; exit 1; }
trap - EXIT

# Two files at a time: most of them wait, for issuers that do not answer or for a gateway to start.
exec .build/venv/bin/python -m pytest Tests/BlackBox --numprocesses 2 --dist loadfile "$@"
