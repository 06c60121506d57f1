#!/usr/bin/env bash
# The black-box tests of the binary that CARDPROOF_BIN names, by default the release binary.
#
#   scripts/black-box.sh [argument of pytest]...
set -euo pipefail
cd "$(dirname "$0")/.."

# Three files at a time on two processors: most of them wait, for issuers that do not answer or for
# a gateway to start. In the order that Tests/BlackBox/conftest.py gives, the long ones first.
exec .build/venv/bin/python -m pytest Tests/BlackBox --numprocesses 3 --dist loadfile \
    --no-loadscope-reorder "$@"
