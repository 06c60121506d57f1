#!/usr/bin/env bash
# Every test: Swift's own (debug), then the black-box tests against the release binary.
# Ends with pytest's summary line; any failure makes the exit code non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
guard=(--explicit-target-dependency-import-check error)

# Starts what is done beside something else, under a name.
beside() {
    local name="$1"
    shift
    setsid "$@" >".build/$name.log" 2>&1 &
    process=$!
    # With all that it has started.
    trap 'kill -- "-$process" 2>/dev/null || true' EXIT
}
finished() {
    trap - EXIT
    wait "$process" || { cat ".build/$1.log" >&2; echo "test: $1 failed" >&2; exit 1; }
}

scripts/setup.sh build
mkdir -p .build
beside setup scripts/setup.sh test
swift build --build-tests "${guard[@]}"
finished setup

# Swift's tests mostly wait, so the release build goes on beside them; where both want a processor,
# the tests have it.
beside release nice -n 19 scripts/build-release.sh
export CARDPROOF_TEST_PYTHON="$PWD/.build/venv/bin/python"
# What `swift test` would start, which itself wants the build folder that the release build holds.
# One test after the other: many of them measure time-outs, and two cores are soon busy.
.build/debug/cardproofPackageTests.xctest --testing-library swift-testing --no-parallel
finished release

# Two files at a time: most of them wait, for issuers that do not answer or for a gateway to start.
exec .build/venv/bin/python -m pytest Tests/BlackBox --numprocesses 2 --dist loadfile "$@"
