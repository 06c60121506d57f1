#!/usr/bin/env bash
# Builds the release binary, .build/release/cardproof. Extra arguments go to `swift build`.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(
    --product cardproof
    # An import of a module that the target does not declare is an error.
    --explicit-target-dependency-import-check error
    # The binary runs where no Swift toolchain is installed, and calls the runtime directly.
    --static-swift-stdlib
    # Generic code of one module is specialised for its use in another.
    -Xswiftc -cross-module-optimization
    # The debug build, which the tests run, keeps the checks of overlapping access.
    -Xswiftc -enforce-exclusivity=unchecked
)
exec swift build -c release "${flags[@]}" "$@"
