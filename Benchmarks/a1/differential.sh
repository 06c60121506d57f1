#!/bin/bash
# Compares `cardproof audit` with the C reference and with the generator's own truth, over random
# seeds, sizes, formats, thread counts and memory limits. Every report must be exact.
#
#   CARDPROOF=.build/release/cardproof Benchmarks/a1/differential.sh [SEEDS [SIZES]]
#
# SEEDS: how many (default 20). SIZES: rows a file (default "10 1000 10000 100000 1000000").
# Ends with 1 at the first report that differs, and says how to repeat it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cardproof=${CARDPROOF:-$here/../../.build/release/cardproof}
seeds=${1:-20}
sizes=${2:-10 1000 10000 100000 1000000}
as_of=2026-11-20
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/gen" "$here/gen.c"
cc -O3 -o "$work/reference" "$here/ref_audit.c"

# "line<TAB>class<TAB>first line of a dup", in the order of CONTRACT.
columns() {
    awk -F'\t' '{ split("dup malformed expired sold", order, " ")
        for (i in order) if (order[i] == $2) rank = i
        print $1 "\t" rank "\t" $2 "\t" ($2 == "dup" ? $3 : "") }' "$1" | sort -n -k1,1 -k2,2
}

for seed in $(seq "$seeds"); do
    for size in $sizes; do
        form=$([ $((RANDOM % 2)) = 0 ] && echo csv || echo txt)
        threads=$((1 + RANDOM % 4))
        memory=$([ $((RANDOM % 2)) = 0 ] && echo 64M || echo 1G)
        stock=$work/stock.$form
        "$work/gen" --n "$size" --seed "$seed" --fmt "$form" --out "$stock" \
            --truth "$work/truth" --history "$work/history" --hn "$size" 2>/dev/null
        status=0
        "$cardproof" audit --stock "$stock" --format "${form/txt/lines}" \
            --history "$work/history" --card-format "$here/card-format.yaml" --as-of $as_of \
            --threads $threads --memory $memory --report "$work/report" 2>"$work/talk" || status=$?
        run="seed $seed, $size rows, $form, $threads threads, $memory"
        case $status in 0 | 10 | 13) ;; *)
            echo "FAILED ($status): $run"
            cat "$work/talk"
            exit 1
            ;;
        esac
        "$here/check.py" "$work/truth" "$work/report" >"$work/verdict" || {
            echo "MISMATCH with the truth: $run"
            cat "$work/verdict"
            exit 1
        }
        "$work/reference" "$stock" "$form" "$work/history" $as_of "$work/expected" >/dev/null
        if ! diff <(columns "$work/expected") <(columns "$work/report") >"$work/diff"; then
            echo "MISMATCH with the reference: $run"
            head "$work/diff"
            exit 1
        fi
    done
done
echo "EXACT: $seeds seeds of each of: $sizes"
