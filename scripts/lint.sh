#!/usr/bin/env bash
# Formatting and style, without changing anything. Exit 1 on a finding.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
swift format lint --strict --parallel --recursive Sources Adapters Tests Package.swift || failed=1
while IFS= read -r script; do
    bash -n "$script" || failed=1
done < <(find scripts Benchmarks .ci -type f \( -name '*.sh' -o -path '*/.ci/run' \))
sh -n Sources/Gateway/Evidence/Bundle/verify.sh || failed=1
python3 - <<'PY' || failed=1
import pathlib, sys
bad = 0
for path in (path for folder in ("Tests", "Benchmarks", "docs") for path in
             pathlib.Path(folder).rglob("*.py")):
    try:
        compile(path.read_bytes(), str(path), "exec")
    except SyntaxError as error:
        print(f"{path}:{error.lineno}: {error.msg}", file=sys.stderr)
        bad = 1
sys.exit(bad)
PY
if [ "$failed" = 0 ]; then echo "lint: clean"; else echo "lint: findings above" >&2; fi
exit "$failed"
