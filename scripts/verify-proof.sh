#!/usr/bin/env bash
# Verifies one .tlog-proof with openssl, sed, awk and coreutils alone: no cardproof, no network, no server.
#
#   scripts/verify-proof.sh FILE.tlog-proof 'NAME+HASH+KEY'
#
# Checks the inclusion of the leaf that the proof carries (RFC 6962), and the log's Ed25519 signature
# over the checkpoint. Exit 0: both hold. Exit 1: one does not. Formats: c2sp.org/tlog-proof,
# c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
set -euo pipefail
[ "$#" = 2 ] || { echo "usage: $0 FILE.tlog-proof VKEY" >&2; exit 64; }
proof=$1 vkey=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

sha256() { openssl dgst -sha256 -binary; }
base64_of() { basenc --base64 -w0; }

# The parts: head (index, hashes), then the checkpoint: its signed text, and the signature lines.
[ "$(sed -n 1p "$proof")" = c2sp.org/tlog-proof@v1 ] || fail "not a .tlog-proof file"
sed '/^$/,$d' "$proof" >"$work/head"
sed '1,/^$/d' "$proof" >"$work/checkpoint"
sed '/^$/,$d' "$work/checkpoint" >"$work/text"
index=$(sed -n 's/^index //p' "$work/head")
size=$(sed -n 2p "$work/text")
root=$(sed -n 3p "$work/text")
[[ $index =~ ^[0-9]+$ && $size =~ ^[0-9]+$ && $index -lt $size ]] || fail "the index is not in the tree"

# Inclusion: from the leaf up to the root (RFC 9162, 2.1.3.2).
sed -n 's/^extra //p' "$work/head" | basenc -d --base64 >"$work/leaf" || fail "the leaf is not base64"
{ printf '\000'; cat "$work/leaf"; } | sha256 >"$work/node"
echo "leaf hash   $(base64_of <"$work/node")"
node=$index last=$((size - 1))
while IFS= read -r line; do
    printf %s "$line" | basenc -d --base64 >"$work/sibling" || fail "a hash is not base64"
    ((last > 0)) || fail "the path is too long"
    if ((node % 2 == 1 || node == last)); then
        { printf '\001'; cat "$work/sibling" "$work/node"; } | sha256 >"$work/next"
        while ((node % 2 == 0 && node > 0)); do ((node /= 2, last /= 2, 1)); done
    else
        { printf '\001'; cat "$work/node" "$work/sibling"; } | sha256 >"$work/next"
    fi
    mv "$work/next" "$work/node"
    ((node /= 2, last /= 2, 1))
done < <(sed '1d; /^extra /d; /^index /d' "$work/head")
((last == 0)) || fail "the path is too short"
[ "$(base64_of <"$work/node")" = "$root" ] || fail "the path does not lead to the checkpoint's root"
echo "root        $root (entry $index of $size): the entry is in the log"

# The log's signature: the key is the last part of the verifier key, after one type byte.
name=${vkey%%+*}
encoded=${vkey#*+*+}
printf %s "$encoded" | basenc -d --base64 >"$work/typed" || fail "the verifier key is not base64"
[ "$(head -c1 "$work/typed" | od -An -tx1 | tr -d ' ')" = 01 ] || fail "not an Ed25519 verifier key"
{ printf '0*0\005\006\003+ep\003!\000'; tail -c +2 "$work/typed"; } >"$work/key.der"
[ "$(sed -n 1p "$work/text")" = "$name" ] || fail "the checkpoint is of another log than $name"
# A line is: em dash, name, base64(4 bytes of key hash, 64 of signature).
awk -v name="$name" 'signed && $2 == name { print $3 } /^$/ { signed = 1 }' "$work/checkpoint" \
    | sed -n 1p | basenc -d --base64 >"$work/line" || fail "the log's signature is not base64"
hash=$(head -c4 "$work/line" | od -An -tx1 | tr -d ' ')
[ "$hash" = "$({ printf '%s\n' "$name"; cat "$work/typed"; } | sha256 | head -c4 | od -An -tx1 \
    | tr -d ' ')" ] || fail "the signature is of another key"
tail -c +5 "$work/line" >"$work/signature"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/text" \
    -sigfile "$work/signature" >"$work/said" 2>&1 || fail "the log's signature: $(cat "$work/said")"
echo "signature   by $name: holds"
