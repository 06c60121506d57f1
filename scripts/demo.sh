#!/usr/bin/env bash
# The main job on real input, from the delivery to the verified proof: a sandbox issuer, a gateway on
# SQLite, signed deliveries over HTTP. Everything lives in a temporary folder and is gone at the end.
#
#   scripts/demo.sh [path/to/cardproof]
set -euo pipefail
cd "$(dirname "$0")/.."
cardproof=$(realpath "${1:-.build/release/cardproof}")
repository=$PWD
home=$(mktemp -d "${TMPDIR:-/tmp}/cardproof-demo.XXXXXX")
processes=()

finish() {
    local code=$? process
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    if [ "$code" != 0 ]; then
        printf '\nThe demo failed (exit %s). The end of the gateway'\''s log:\n' "$code" >&2
        tail -n 20 "$home/gateway.log" >&2 2>/dev/null || true
    fi
    rm -rf "$home"
    exit "$code"
}
trap finish EXIT
step() { printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi; }
show() { printf '$ %s\n' "$*"; }
# Runs a command whose exit code says what was found, and fails unless it is the wanted one.
expect() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" = "$wanted" ] || { echo "exit $code instead of $wanted: $*" >&2; exit 1; }
}
await_file() {
    for _ in $(seq 300); do [ -s "$1" ] && return 0; sleep 0.1; done
    echo "no $1 after 30 s" >&2
    exit 1
}
member() { grep -o "\"$2\": *\"\?[^\",}]*" "$1" | sed -n 1p | sed 's/^"[^"]*": *"\?//'; }

cd "$home"
step "1. An issuer to practise on, and a gateway"
"$cardproof" sandbox --ports-file issuer.json >/dev/null 2>sandbox.log &
processes+=($!)
await_file issuer.json
"$cardproof" keys init --directory keys >/dev/null
printf 'synthetic-password' >voucher.password
chmod 600 voucher.password
cat >cardproof.yaml <<CONFIG
listen: 127.0.0.1:0
metrics: {listen: "127.0.0.1:0"}
data: $home/data
keys: {master: $home/keys/master.key}
log: {origin: demo.example}
outbound: {allow_private: ["127.0.0.0/8"]}
adapters:
  ericsson-vsip:
    settings: {endpoint: "$(member issuer.json vsip)", username: demo}
    secret_files: {password: $home/voucher.password}
products:
  - {id: cmcc-50, issuer: cmcc, format: cmcc, adapter: ericsson-vsip, policy: w7,
     face_value: {amount_minor: 5000, currency: CNY}}
CONFIG
"$cardproof" tenant add shop --secrets-directory secrets --json --config cardproof.yaml >tenant.json
"$cardproof" serve --config cardproof.yaml 2>gateway.log &
processes+=($!)
await_file data/listen.address
gateway="http://$(cat data/listen.address)"
echo "The issuer answers at $(member issuer.json vsip), the gateway listens at $gateway."

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
item() { printf '{"line":%s,"product":"cmcc-50","serial":"%s","key":"%s"}' "$1" "$2" "$3"; }
notice() {
    printf '{"order":{"id":"%s","placed_at":"%s"},"merchant":"m-77","delivered_at":"%s","items":[%s]}' \
        "$1" "$now" "$now" "$2"
}
deliver() {
    "$cardproof" deliver --gateway "$gateway" --platform shop --secret-file secrets/webhook.secret \
        --wait 20 "$@"
}
# The sandbox reads what a code is from its first digits (docs/sandbox.md).
good="990000000000000017" used="997010000000000018" expired="990030000000000019"

step "2. An order of three codes is delivered: one good, one used two days ago, one expired yesterday"
notice KM-1 "$(item 1 10111281010000117 $good),$(item 2 10111281010000118 $used),$(item 3 10111281010000119 $expired)" >first.json
show "cardproof deliver --gateway … --platform shop --secret-file … --file first.json"
expect 10 deliver --file first.json
notice KM-4 "$(item 1 10111281010000120 990000000000000020)" >quiet.json

step "3. The good code is sold a second time, in another order"
notice KM-2 "$(item 1 10111281010000117 $good)" >second.json
expect 13 deliver --file second.json

step "4. The claims that opened by themselves"
show "cardproof claims list"
"$cardproof" claims list --config cardproof.yaml

step "5. A buyer looks at his own code, with the order token and nothing else"
deliver --file quiet.json --json >quiet.answer.json
member quiet.answer.json order_token >token
chmod 600 token
show "cardproof selftest --gateway … --token token"
"$cardproof" selftest --gateway "$gateway" --token token --lang en
"$cardproof" selftest --gateway "$gateway" --token token --lang zh-CN

step "6. A merchant checks his stock before he sells it"
printf '%s\n' "10111281010000131----110412000012345631" "10111281010000132----110412000012345632" \
    "10111281010000131----110412000012345631" "10111281010000133----11041200001" >stock.txt
show "cardproof audit --stock stock.txt --card-format cmcc"
expect 10 "$cardproof" audit --stock stock.txt --card-format cmcc

step "7. The evidence bundle: one zip that an arbitrator checks alone"
delivery=$("$cardproof" claims list --config cardproof.yaml --json | grep -o 'dlv_[0-9a-z]*' | head -n 1)
show "cardproof evidence bundle $delivery --for buyer --out bundle.zip"
"$cardproof" evidence bundle "$delivery" --for buyer --out bundle.zip --config cardproof.yaml

step "8. The proofs: verified without the gateway"
curl -sS -o proof.tlog-proof "$gateway/v1/platforms/shop/evidence/$(member quiet.answer.json index)/proof"
vkey=$(curl -sS "$gateway/v1/platforms/shop/log/vkey")
"$cardproof" log export exported --platform shop --config cardproof.yaml >/dev/null
kill "${processes[@]}"
wait "${processes[@]}" 2>/dev/null || true
processes=()
echo "Issuer and gateway are stopped."
show "unzip -p bundle.zip verify.sh >verify.sh; sh verify.sh bundle.zip      # unzip, coreutils and openssl alone"
unzip -p bundle.zip verify.sh >verify.sh
sh verify.sh bundle.zip --key "$vkey"
show "cardproof verify bundle.zip"
"$cardproof" verify bundle.zip --key "$vkey"
show "cardproof verify proof.tlog-proof"
"$cardproof" verify proof.tlog-proof --key "$vkey"
show "cardproof verify exported"
"$cardproof" verify exported --key "$vkey"
show "scripts/verify-proof.sh proof.tlog-proof VKEY      # openssl and coreutils alone"
"$repository/scripts/verify-proof.sh" proof.tlog-proof "$vkey"

step "What next"
cat <<'TEXT'
  README.md                 how it works, and how to connect a shop
  make run                  a gateway with the defaults of Config/
  cardproof sandbox --help  the issuer to practise on: every verdict and every failure
  cardproof adapter list    the issuers that can be asked
TEXT
