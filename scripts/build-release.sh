#!/usr/bin/env bash
# Builds the release binaries, .build/release/cardproof and .build/release/cardproof-render. The
# second is left out where one of its own libraries is missing; the first never needs them.
#
#   scripts/build-release.sh [bench] [argument of swift build]...
#
# `bench` builds .build/release/cardproof-bench besides, which is never installed.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(
    # An import of a module that the target does not declare is an error.
    --explicit-target-dependency-import-check error
    # The binary runs where no Swift toolchain is installed, and calls the runtime directly.
    --static-swift-stdlib
    # Generic code of one module is specialised for its use in another.
    -Xswiftc -cross-module-optimization
    # The debug build, which the tests run, keeps the checks of overlapping access.
    -Xswiftc -enforce-exclusivity=unchecked
)
products=(cardproof)
if [ "${1:-}" = bench ]; then
    products+=(cardproof-bench)
    shift
fi
for product in "${products[@]}"; do
    swift build -c release --product "$product" "${flags[@]}" "$@"
done
if pkg-config --exists pangocairo cairo libqrencode libarchive expat; then
    swift build -c release --product cardproof-render "${flags[@]}" "$@"
else
    echo "build: no cardproof-render: install libpango1.0-dev libcairo2-dev libqrencode-dev" \
        "libarchive-dev libexpat1-dev" >&2
fi
