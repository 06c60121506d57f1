#!/usr/bin/env bash
# Every test: Swift's own (debug), then the black-box tests against the release binary.
# Ends with pytest's summary line; any failure makes the exit code non-zero.
set -euo pipefail
cd "$(dirname "$0")/.."
guard=(--explicit-target-dependency-import-check error)

scripts/setup.sh build test
export CARDPROOF_TEST_PYTHON="$PWD/.build/venv/bin/python"
swift build --build-tests "${guard[@]}"
# One test after the other: many of them measure time-outs, and two cores are soon busy.
swift test --skip-build --no-parallel "${guard[@]}"
scripts/build-release.sh
# Two files at a time: most of them wait, for issuers that do not answer or for a gateway to start.
exec .build/venv/bin/python -m pytest Tests/BlackBox --numprocesses 2 --dist loadfile "$@"
