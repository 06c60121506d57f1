#!/bin/sh
# 核对一个证据包，不联网，也不用发出它的任何程序。
# Verifies an evidence bundle without a network, and without any program of those who issued it.
#
#   sh verify.sh BUNDLE.zip|FOLDER [--key VKEY]
#
# Needs a POSIX shell, unzip, grep, sed, GNU coreutils and OpenSSL 3. Stops at the first thing that does
# not hold and names its file. Exit 0: everything that was checked holds. 12: something does not. 64: wrong
# usage. Formats: VERIFY.md in the bundle, RFC 6962, RFC 3161, RFC 9901, c2sp.org.
# shellcheck disable=SC2015 # `a && b || fail`: fail ends the program
# shellcheck disable=SC2094 # a file is read, its name is printed
set -eu
LC_ALL=C.UTF-8 TZ=UTC
export LC_ALL TZ
umask 077

say() { printf '✓ %s｜%s\n' "$1" "$2"; }
omit() { printf -- '- 未核对：%s｜not checked: %s\n' "$1" "$2"; }
fail() { # FILE ZH EN
    printf '✗ %s：%s｜%s: %s\n' "$1" "$2" "$1" "$3"
    printf '结论：不成立｜RESULT: does not hold\n'
    exit 12
}
usage() {
    printf '用法｜usage: sh verify.sh BUNDLE.zip|FOLDER [--key VKEY]\n%s\n' "${1-}" >&2
    exit 64
}

bundle='' pinned=''
while [ "$#" -gt 0 ]; do
    case $1 in
    --key) [ -n "${2-}" ] || usage; pinned=$2; shift ;;
    -*) usage "$1" ;;
    *) [ -z "$bundle" ] || usage "$1"; bundle=$1 ;;
    esac
    shift
done
[ -n "$bundle" ] || usage
case $bundle in /*) ;; *) bundle=./$bundle ;; esac
[ -r "$bundle" ] || usage "$bundle: 无法读取｜cannot be read"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/files" "$work/entry" "$work/field" "$work/node" "$work/text.d"
for table in names logs witnesses groups paths leaves public encoded opened items anchors anchored stamps; do
    : >"$work/$table"
done

# ---- Numbers and hashes. A hash is kept as 32 escapes \ooo, which printf turns into its bytes. ----------

number() { # whether it is decimal, without leading zeros, and fits
    case $1 in '' | *[!0-9]* | 0?*) return 1 ;; esac
    [ "${#1}" -le 18 ]
}
escape() { # BYTE...: appends them to $hash
    for byte in "$@"; do hash="$hash\\$((byte >> 6))$((byte >> 3 & 7))$((byte & 7))"; done
}
digest() { # FILE: its SHA-256, in hexadecimal in $hex, and in $hash
    sha256sum <"$1" >"$work/sum"
    read -r hex _ <"$work/sum"
    rest=$hex hash=''
    while [ -n "$rest" ]; do
        escape "$((0x${rest%"${rest#??}"}))"
        rest=${rest#??}
    done
}
same() { # FILE FILE: whether their bytes are the same (cmp is not among the coreutils)
    sha256sum "$1" "$2" >"$work/pair"
    { read -r one _ && read -r other _; } <"$work/pair" && [ "$one" = "$other" ]
}
alphabet=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
unbase64() { # TEXT: the 32 bytes it stands for, in $hash; false when it is anything else
    [ "${#1}" = 44 ] || return 1
    case $1 in *[!A-Za-z0-9+/=]* | *=?*) return 1 ;; esac
    symbols=${1%=}A hash=''
    while [ -n "$symbols" ]; do
        bits=0
        for _ in 1 2 3 4; do
            before=${alphabet%%"${symbols%"${symbols#?}"}"*}
            bits=$((bits << 6 | ${#before})) symbols=${symbols#?}
        done
        escape "$((bits >> 16))" "$((bits >> 8 & 255))" "$((bits & 255))"
    done
    case $hash in *\\000) hash=${hash%????} ;; *) return 1 ;; esac
}
read_leaf() { # BASE64: in $leaf, its hash in $hash (RFC 6962: a zero byte before the leaf)
    bytes_of_base64 "$1" "$work/leaf" || return 1
    # What a shell does not read, an end of line or a zero byte, would not be looked at.
    IFS= read -r leaf <"$work/leaf" || :
    printf %s "$leaf" >"$work/line"
    same "$work/line" "$work/leaf" || return 1
    { printf '\000'; cat "$work/leaf"; } >"$work/preimage"
    digest "$work/preimage"
}
node() { # LEFT RIGHT [PLACE]: the node above, in $hash; what was computed for the place is kept
    if [ -n "${3-}" ] && [ -f "$work/node/$3" ]; then
        read -r left right hash <"$work/node/$3"
        [ "$left $right" != "$1 $2" ] || return 0
    fi
    # shellcheck disable=SC2059 # they are escapes for printf, made above
    printf "\\001$1$2" >"$work/preimage"
    digest "$work/preimage"
    [ -z "${3-}" ] || printf '%s\n' "$1 $2 $hash" >"$work/node/$3"
}

# Up a tree from $older, which may be empty, and $newer, by the base64 hashes, a line each on standard
# input: a sibling stands to the left where the index has a bit, and along the right edge. LABEL tells
# trees apart whose nodes are kept.
climb() { # INDEX LAST LABEL
    at=$1 last=$2 level=0
    [ "$at" -le "$last" ] || return 1
    while IFS= read -r line; do
        [ "$last" -gt 0 ] && unbase64 "$line" || return 1
        sibling=$hash
        if [ "$((at & 1))" = 1 ] || [ "$at" = "$last" ]; then
            while [ "$at" != 0 ] && [ "$((at & 1))" = 0 ]; do
                at=$((at >> 1)) last=$((last >> 1)) level=$((level + 1))
            done
            [ -z "$older" ] || { node "$sibling" "$older" && older=$hash; }
            node "$sibling" "$newer" "${3:+$3.$level.$at}"
        else
            node "$newer" "$sibling" "${3:+$3.$level.$at}"
        fi
        newer=$hash at=$((at >> 1)) last=$((last >> 1)) level=$((level + 1))
    done
    [ -z "$line" ] && [ "$last" = 0 ]
}
# Whether hashes lead from $hash at INDEX of a tree of SIZE to ROOT (RFC 9162, 2.1.3.2).
included() { # INDEX SIZE ROOT LABEL
    older='' newer=$hash
    climb "$1" "$(($2 - 1))" "$4" && [ "$newer" = "$3" ]
}
# Whether a log of SIZE with ROOT continues the one of OLD_SIZE with OLD_ROOT (RFC 9162, 2.1.4.2).
consistent() { # OLD_SIZE OLD_ROOT SIZE ROOT
    [ "$1" -gt 0 ] && [ "$1" -le "$3" ] || return 1
    at=$(($1 - 1)) last=$(($3 - 1)) older=$2
    [ "$1" != "$3" ] || at=0 last=0
    while [ "$((at & 1))" = 1 ]; do at=$((at >> 1)) last=$((last >> 1)); done
    [ "$at" = 0 ] || { IFS= read -r line && unbase64 "$line" && older=$hash; } || return 1
    newer=$older
    climb "$at" "$last" '' && [ "$older" = "$2" ] && [ "$newer" = "$4" ]
}

# ---- 1. Container ---------------------------------------------------------------------------------------

accept() { # NAME
    case $1 in
    00-说明.html | 00-说明.pdf) return ;;
    [!A-Za-z0-9_]* | */[!A-Za-z0-9_]* | */ | *[!A-Za-z0-9._/-]*) ;;
    *) [ "${#1}" -gt 255 ] || return 0 ;;
    esac
    fail bundle '有不允许的文件名' 'has a file with a name that is not allowed'
}
little_endian() { # NUMBER COUNT: its bytes, appended to $hash
    escape "$(($1 & 255))" "$(($1 >> 8 & 255))"
    [ "$2" = 2 ] || escape "$(($1 >> 16 & 255))" "$(($1 >> 24))"
}
header() { # NAME LENGTH CRC: the fields that both headers of a file share, in $hash
    case $1 in 00-说明.html) size=14 ;; 00-说明.pdf) size=13 ;; *) size=${#1} ;; esac
    hash='\012\000\000\010\000\000\000\000\041\000'
    little_endian "$((0x$3))" 4
    little_endian "$2" 4
    little_endian "$2" 4
    little_endian "$size" 2
    hash="$hash\\000\\000"
}
list() { # reads the directory with unzip; $work/names and all headers are made of it
    unzip -v "$work/zip" >"$work/list" 2>/dev/null && unzip -Z -s "$work/zip" >"$work/modes" 2>/dev/null ||
        fail "$bundle" '读不出目录' 'its directory cannot be read'
    part=0 total=0 count=0 offset=0
    while read -r length method stored _ _ _ sum name; do
        case $length in --------) part=$((part + 1)); continue ;; esac
        [ "$part" = 1 ] || continue
        accept "$name"
        case $method.$sum in
        *[!A-Za-z0-9.]*) fail "$name" '不是原样存放' 'is not stored as it is' ;;
        Stored.????????) number "$length" && [ "$length" = "$stored" ] ;;
        *) false ;;
        esac || fail "$name" '不是原样存放' 'is not stored as it is'
        count=$((count + 1)) total=$((total + length))
        [ "$count" -le 65000 ] && [ "$total" -le 536870912 ] || fail "$bundle" '太大' 'is too large'
        printf '%s\n' "$name" >>"$work/names"
        header "$name" "$length" "$sum"
        # shellcheck disable=SC2059 # the escapes are the format
        printf "PK\\003\\004$hash%s" "$name" >"$work/header/$count"
        fields="PK\\001\\002\\024\\003$hash\\000\\000\\000\\000\\000\\000\\000\\000\\244\\201" hash=''
        little_endian "$offset" 4
        # shellcheck disable=SC2059
        printf "$fields$hash%s" "$name" >>"$work/central"
        offset=$((offset + 30 + size + length)) central=$((central + 46 + size))
    done <"$work/list"
}
unpack() {
    mkdir "$work/header"
    central=0
    cat -- "$bundle" >"$work/zip"
    # Without a comment, which unzip would print into the list that is read below.
    tail -c 22 "$work/zip" | od -An -v -tu1 -w22 | sed 's/  */ /g' >"$work/end"
    grep -q '^ 80 75 5 6 .* 0 0$' "$work/end" || fail "$bundle" '不是证据包' 'is no bundle'
    list
    # Regular files alone, so that nothing is written elsewhere by a link.
    [ "$(grep -c '^-rw-r--r--  2\.0 unx ' "$work/modes")" = "$count" ] && sort -cu "$work/names" 2>/dev/null ||
        fail "$bundle" '目录不是规定的样子' 'its directory is not as it was written'
    unzip -tqq "$work/zip" >"$work/said" 2>&1 </dev/null &&
        unzip -qq -d "$work/files" "$work/zip" >"$work/said" 2>&1 </dev/null ||
        fail "$bundle" "$(LC_ALL=C sed -n 's/[^[:print:]]//g; 1p' "$work/said")" 'unzip finds it damaged'
    hash=''
    little_endian "$count" 2
    little_endian "$count" 2
    little_endian "$central" 4
    little_endian "$offset" 4
    # shellcheck disable=SC2059
    printf "PK\\005\\006\\000\\000\\000\\000$hash\\000\\000" >>"$work/central"
    set --
    count=0
    while IFS= read -r name; do
        count=$((count + 1))
        set -- "$@" "$work/header/$count" "$work/files/$name"
        if [ "$#" -ge 400 ]; then cat "$@" >>"$work/again"; set --; fi
    done <"$work/names"
    cat "$@" "$work/central" >>"$work/again"
    same "$work/zip" "$work/again" ||
        fail "$bundle" '重写后的 zip 与它不同' 'differs from the zip that these files make'
    folder=$work/files
    say "容器：$count 个文件，重写后逐字节相同" "container: $count files, written again the same bytes"
}
walk() { # FOLDER: the names of its files, to $work/names
    for found in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        [ -e "$found" ] || [ -h "$found" ] || continue
        accept "${found#"$folder"/}"
        if [ -h "$found" ]; then
            fail "${found#"$folder"/}" '是链接' 'is a link'
        elif [ -d "$found" ]; then
            walk "$found"
        else
            [ -f "$found" ] || fail "${found#"$folder"/}" '不是文件' 'is no file'
            printf '%s\n' "${found#"$folder"/}" >>"$work/names"
        fi
    done
}
if [ -d "$bundle" ]; then
    folder=$bundle
    walk "$folder"
    sort -o "$work/names" "$work/names"
    omit '容器（给的是目录）' 'the container: this is a folder'
else
    unpack
fi
cd "$folder"

# ---- 2. Manifest ----------------------------------------------------------------------------------------

need() { [ -f "$1" ] || fail "$1" '缺少' 'is missing'; }
need manifest.sha256
need manifest.sha256.note
set --
while IFS= read -r name; do
    case $name in manifest.sha256 | manifest.sha256.note) continue ;; esac
    set -- "$@" "$name"
    if [ "$#" -ge 400 ]; then sha256sum -- "$@" >>"$work/manifest"; set --; fi
done <"$work/names"
[ "$#" = 0 ] || sha256sum -- "$@" >>"$work/manifest"
if ! same "$work/manifest" manifest.sha256; then
    sha256sum --strict --quiet -c manifest.sha256 >"$work/said" 2>/dev/null || :
    damaged=$(sed -n 's/: FAILED.*//; /^[A-Za-z0-9._\/-]*$/p' "$work/said" | sed -n 1p)
    fail "${damaged:-manifest.sha256}" '与清单不符' 'is not what the manifest lists'
fi
say '清单：列出每个文件，SHA-256 全部相同' 'manifest: lists every file, with the SHA-256 that it has'
digest manifest.sha256
manifest=$hex

# What lies in these folders is checked below, so nothing else may lie there.
n='(0|[1-9][0-9]{0,17})'
grep -E '^(entries|duplicates|transcript|attachments|listing|time|trust)/' "$work/names" >"$work/proven" || :
if stray=$(grep -vxE "(entries|duplicates)/$n\.(tlog-proof|disclosures|item-$n\.(json|disclosures|path))|\
transcript/$n\.$n\.(req|rep)|attachments/$n\.[A-Za-z0-9]+|listing/policy-[0-9a-f]{64}\.json|\
time/$n\.(checkpoint|consistency|[A-Za-z0-9_-]+\.(tsr|stamped|place|chain\.pem|crl\.pem))|\
trust/(policy\.txt|(log|witnesses)\.vkey|keys-history\.jsonl|succession-$n\.tlog-proof|tsa-ca\.pem)" "$work/proven"); then
    fail "${stray%%
*}" '不该在这里' 'is no file that belongs there'
fi
# A shell drops the zero bytes of what it reads, so no text that is read here may have one.
zeros() { # FILE...
    [ "$(cat -- "$@" | tr -d -c '\000' | wc -c)" != 0 ] || return 0
    for name in "$@"; do
        [ "$(tr -d -c '\000' <"$name" | wc -c)" = 0 ] || fail "$name" '含有零字节' 'has a zero byte'
    done
}
need timeline.csv
set -- timeline.csv
while IFS= read -r name; do
    case $name in
    *.tsr | transcript/* | attachments/* | listing/* | trust/keys-history.jsonl) ;;
    *) set -- "$@" "$name" ;;
    esac
    if [ "$#" -ge 400 ]; then zeros "$@"; set --; fi
done <"$work/proven"
[ "$#" = 0 ] || zeros "$@"

# ---- 3. Keys: c2sp.org/signed-note, c2sp.org/tlog-policy ------------------------------------------------

bytes_of_base64() { # TEXT FILE: strictly
    case $1 in
    '' | *[!A-Za-z0-9+/=]* | *=[!=]* | *===) return 1 ;;
    *[!AQgw]== | *[!AEIMQUYcgkosw048=]=) return 1 ;;
    esac
    [ "$((${#1} % 4))" = 0 ] || return 1
    printf %s "$1" >"$work/base64"
    basenc -d --base64 "$work/base64" >"$2" 2>/dev/null
}
key() { # VKEY: its $key_name, $key_id, $key_type; the key itself as DER in $work/key.$key_id
    case $1 in *+*+*) ;; *) return 1 ;; esac
    key_name=${1%%+*} encoded=${1#*+}
    key_id=${encoded%%+*} encoded=${encoded#*+}
    case $key_id in *[!0-9a-f]*) return 1 ;; ????????) ;; *) return 1 ;; esac
    [ -n "$key_name" ] && bytes_of_base64 "$encoded" "$work/typed" || return 1
    { printf '%s\n' "$key_name"; cat "$work/typed"; } >"$work/preimage"
    digest "$work/preimage"
    case $encoded in # the type byte: 1, 4, 6
    A[Q-Za-f]*) key_type=1 ;;
    B[A-P]*) key_type=4 ;;
    B[g-v]*) key_type=6 ;;
    *) key_type=unknown; return ;;
    esac
    case $hex in "$key_id"*) ;; *) return 1 ;; esac
    [ "$key_type" = 6 ] && return
    [ "${#encoded}" = 44 ] || return 1
    { printf '0*0\005\006\003+ep\003!\000'; tail -c 32 "$work/typed"; } >"$work/key.$key_id"
}
b='[A-Za-z0-9+/]'
note() { # FILE: its text to $work/text, the lines of its signatures to $work/lines
    ! grep -q '[[:cntrl:]]' "$1" && [ -z "$(tail -c 1 "$1")" ] || return 1
    sed '/^$/,$d' "$1" >"$work/text"
    sed '1,/^$/d' "$1" >"$work/lines"
    { cat "$work/text"; echo; cat "$work/lines"; } >"$work/expected"
    same "$work/expected" "$1" && [ -s "$work/lines" ] && [ "$(wc -l <"$work/lines")" -le 100 ] &&
        ! grep -qvxE "— [^[:space:]+]+ ($b{4})+($b{4}|$b{2}[AEIMQUYcgkosw048]=|$b{4}${b}[AQgw]==)" "$work/lines"
}
# How many lines of the note are by this key, in $signatures. One that is wrong is a failure of FILE.
signed_by() { # NAME ID TYPE FILE
    signatures=0
    while IFS=' ' read -r _ name encoded; do
        [ "$name" = "$1" ] && bytes_of_base64 "$encoded" "$work/payload" &&
            [ "$(od -An -v -tx1 -N4 "$work/payload" | sed 's/ //g')" = "$2" ] || continue
        message=$work/text skip=5
        if [ "$3" = 4 ]; then
            posix=$(od -An -v -tu8 --endian=big -j4 -N8 "$work/payload" | sed 's/ //g')
            message=$work/message skip=13
            { printf 'cosignature/v1\ntime %s\n' "$posix"; cat "$work/text"; } >"$message"
        fi
        tail -c +"$skip" "$work/payload" >"$work/signature"
        openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.$2" -rawin -in "$message" \
            -sigfile "$work/signature" >"$work/said" 2>&1 ||
            fail "$4" "$1 的签名不对" "the signature of $1 is wrong"
        signatures=$((signatures + 1))
    done <"$work/lines"
}

need trust/policy.txt
set -f
quorum='' defined=' none ' members=' ' known=' ' log_vkey=''
row=0
bad_policy() { fail trust/policy.txt "第 $row 行不合格式" "line $row does not have the form of a policy"; }
while IFS= read -r line; do
    row=$((row + 1))
    # shellcheck disable=SC2086 # into words
    set -- $line
    case ${1-}.$# in
    .0 | '#'*) ;;
    log.2 | log.3)
        key "$2" || bad_policy
        case $known in *" log:$encoded "*) bad_policy ;; esac
        known="${known}log:$encoded "
        printf '%s %s\n' "$2" "$key_name" >>"$work/logs"
        ;;
    witness.3 | witness.4)
        key "$3" || bad_policy
        case $known$defined in *" witness:$encoded "* | *" $2 "*) bad_policy ;; esac
        case $key_type in 4 | 6) ;; *) bad_policy ;; esac
        known="${known}witness:$encoded " defined="$defined$2 "
        printf '%s\n' "$2 $key_name $key_id $key_type $3" >>"$work/witnesses"
        ;;
    group.[0-3] | quorum.[!2]* | *.1) bad_policy ;;
    group.*)
        name=$2 threshold=$3
        case $defined in *" $name "*) bad_policy ;; esac
        shift 3
        case $threshold in any) threshold=1 ;; all) threshold=$# ;; esac
        number "$threshold" && [ "$threshold" -ge 1 ] && [ "$threshold" -le "$#" ] || bad_policy
        for member in "$@"; do
            case $members in *" $member "*) bad_policy ;; esac
            case ${defined#' none'} in *" $member "*) members="$members$member " ;; *) bad_policy ;; esac
        done
        defined="$defined$name "
        printf '%s\n' "$name $threshold $*" >>"$work/groups"
        ;;
    quorum.2)
        case $defined in *" $2 "*) [ -z "$quorum" ] || bad_policy ;; *) bad_policy ;; esac
        quorum=$2
        ;;
    *) bad_policy ;;
    esac
done <trust/policy.txt
[ -n "$quorum" ] && [ -z "$line" ] || bad_policy
! tr -d '\t' <trust/policy.txt | LC_ALL=C grep -q '[[:cntrl:]]' || bad_policy
# The files of keys hold the policy's, so that nobody is led to another.
sed 's/ .*//' "$work/logs" >"$work/log.vkey"
sed 's/.* //' "$work/witnesses" >"$work/witnesses.vkey"
for name in log witnesses; do
    [ ! -f "trust/$name.vkey" ] || same "$work/$name.vkey" "trust/$name.vkey" ||
        fail "trust/$name.vkey" '不是策略里的公钥' 'does not hold the keys of the policy'
done

# ---- 4, 5. Head and manifest note -----------------------------------------------------------------------

need checkpoint
bad_note() { fail "$1" '不是签名文本' 'is no signed note'; }
checkpoint() { # FILE: its $origin, $size, $root as text and as hash; false when it is none
    note "$1" || bad_note "$1"
    { IFS= read -r origin && IFS= read -r size && IFS= read -r root; } <"$work/text" || return 1
    [ -n "$origin" ] && number "$size" && unbase64 "$root"
}
checkpoint checkpoint || fail checkpoint '格式不对' 'is malformed'
head_origin=$origin head_size=$size head_root=$hash
while IFS=' ' read -r vkey name; do
    [ -n "$log_vkey" ] || [ "$name" != "$origin" ] || [ -n "$pinned" ] || log_vkey=$vkey
    [ "$vkey" != "$pinned" ] || log_vkey=$vkey
done <"$work/logs"
[ -s "$work/logs" ] || log_vkey=$pinned
[ -n "$log_vkey" ] || fail trust/policy.txt "没有日志 $origin 的公钥，或不是您给的公钥" \
    "does not name the log $origin, or not with the key you gave"
key "$log_vkey" || usage "$log_vkey"
[ "$key_type" = 1 ] && [ "$key_name" = "$origin" ] || fail checkpoint '不是这把公钥的日志' 'is of another log'
log_id=$key_id
signed_by "$origin" "$log_id" 1 checkpoint
[ "$signatures" -gt 0 ] || fail checkpoint '没有日志的签名' "is not signed by the log's key"
if [ -n "$pinned" ]; then
    say "签名：由您给的公钥 $log_vkey" "signed by the key you gave"
else
    say "签名：由 $log_vkey" "signed by this key"
    omit '公钥是谁的（它来自包内；请用 --key 给出平台公布的公钥）' \
        'whose key it is: it came with the bundle; give the published one with --key'
fi
cosigned=' none '
while IFS=' ' read -r witness name identifier type _; do
    [ "$type" = 4 ] || continue
    signed_by "$name" "$identifier" 4 checkpoint
    [ "$signatures" = 0 ] || cosigned="$cosigned$witness "
done <"$work/witnesses"
while IFS=' ' read -r name threshold rest; do
    count=0
    for member in $rest; do
        case $cosigned in *" $member "*) count=$((count + 1)) ;; esac
    done
    [ "$count" -lt "$threshold" ] || cosigned="$cosigned$name "
done <"$work/groups"
case $cosigned in
*" $quorum "*) ;;
*) fail checkpoint "见证人联署不够（quorum $quorum）" "lacks cosignatures for the quorum $quorum" ;;
esac
if [ "$quorum" = none ]; then
    omit '见证人（包内的策略没有要求）' 'witnesses: the policy in the bundle itself asks for none'
else
    say "见证人联署：达到包内策略的 $quorum" "cosignatures: quorum $quorum of the bundle's own policy"
    omit '见证人是谁（由出具证据包的一方选定）' 'who the witnesses are: the maker of the bundle chose them'
fi

# Of a log that has ended there is no private key: its last leaf names the next one, which signs.
newline='
'
signer=$head_origin signer_id=$log_id number=1
while [ -f "trust/succession-$number.tlog-proof" ]; do
    path=trust/succession-$number.tlog-proof
    bad_proof() { fail "$path" "$1" "$2"; }
    exec 3<"$path"
    { IFS= read -r version && IFS= read -r extra && IFS= read -r place; } <&3 ||
        bad_proof '格式不对' 'is malformed'
    text="$version$newline$extra$newline$place$newline" hashes=''
    while IFS= read -r line <&3 && [ -n "$line" ]; do hashes="$hashes$line$newline"; done
    cat <&3 >"$work/note"
    exec 3<&-
    { printf '%s\n' "$text$hashes"; cat "$work/note"; } >"$work/expected"
    same "$work/expected" "$path" && note "$work/note" && checkpoint "$work/note" ||
        bad_proof '格式不对' 'is malformed'
    [ "$number" -gt 1 ] || same "$work/note" checkpoint ||
        bad_proof '不以包内的检查点结尾' "does not end in the bundle's checkpoint"
    last=$((size - 1)) ended=$size ended_root=$hash
    [ "$origin" = "$signer" ] || bad_proof '不是上一把公钥的日志' 'is of another log than the key before'
    signed_by "$signer" "$signer_id" 1 "$path"
    [ "$signatures" -gt 0 ] || bad_proof '没有上一把公钥的签名' 'is not signed by the key before'
    [ "$version.$place" = "c2sp.org/tlog-proof@v1.index $last" ] && [ "${extra#extra }" != "$extra" ] &&
        read_leaf "${extra#extra }" ||
        bad_proof '不是最后一条记录的证明' "is no proof of the log's last entry"
    printf %s "$hashes" >"$work/path"
    included "$last" "$ended" "$ended_root" "succession$number" <"$work/path" ||
        bad_proof '到不了检查点的根' "does not lead to the checkpoint's root"
    printf '%s\n' "$leaf" >"$work/named"
    date='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z' string='"[^"\\]+"'
    grep -qxE "\{\"next_origin\":$string,\"next_vkey\":$string,\"t\":\"$date\",\"typ\":\"key_change\",\"v\":1\}" \
        "$work/named" || bad_proof '没有指明下一把公钥' 'does not name the next key'
    signer=${leaf#*\"next_origin\":\"} signer=${signer%%\"*}
    vkey=${leaf#*\"next_vkey\":\"} vkey=${vkey%%\"*}
    key "$vkey" && [ "$key_type" = 1 ] && [ "$key_name" = "$signer" ] ||
        bad_proof '指明的公钥不对' 'names a key that is not of the next log'
    signer_id=$key_id number=$((number + 1))
    say "日志已结束，其最后一条记录指明 $vkey" 'the log has ended; its last entry names this key'
done
[ "$(grep -c '^trust/succession-' "$work/names")" = "$((number - 1))" ] ||
    fail "trust/succession-$number.tlog-proof" '缺少' 'is missing'

note manifest.sha256.note || bad_note manifest.sha256.note
printf 'cardproof.bundle/v1\n%s\n%s\n' "$head_origin" "$manifest" >"$work/expected"
same "$work/expected" "$work/text" ||
    fail manifest.sha256.note '签的不是这份清单' 'is signed for another list of files'
signed_by "$signer" "$signer_id" 1 manifest.sha256.note
[ "$signatures" = 1 ] && [ "$(wc -l <"$work/lines")" = 1 ] ||
    fail manifest.sha256.note '不是日志的唯一签名' "does not have the log's one signature"
say "日志 $head_origin，$head_size 条，清单由 $signer 签名" "log of $head_size entries; its key, or the next, signed the manifest"

# ---- 6. Entries -----------------------------------------------------------------------------------------

head_text=$(cat checkpoint)
while IFS= read -r path; do
    case $path in entries/*.tlog-proof | duplicates/*.tlog-proof) ;; *) continue ;; esac
    index=${path#*/} index=${index%.tlog-proof}
    bad_proof() { fail "$path" "$1" "$2"; }
    [ ! -f "$work/entry/$index" ] || bad_proof '出现两次' 'is of an entry that is here already'
    exec 3<"$path"
    { IFS= read -r version && IFS= read -r extra && IFS= read -r place; } <&3 ||
        bad_proof '格式不对' 'is malformed'
    text="$version$newline$extra$newline$place$newline" hashes=''
    while IFS= read -r line <&3 && [ -n "$line" ]; do hashes="$hashes$line$newline"; done
    exec 3<&-
    printf '%s\n%s\n' "$text$hashes" "$head_text" >"$work/expected"
    same "$work/expected" "$path" ||
        bad_proof '不以包内的检查点结尾' "does not end in the bundle's checkpoint"
    [ "$version.$place" = "c2sp.org/tlog-proof@v1.index $index" ] && [ "${extra#extra }" != "$extra" ] &&
        read_leaf "${extra#extra }" || bad_proof '格式不对' 'is malformed'
    entry_hash=$hash
    printf %s "$hashes" >"$work/path"
    included "$index" "$head_size" "$head_root" log <"$work/path" ||
        bad_proof '到不了检查点的根' "does not lead to the checkpoint's root"
    time=${leaf#*\"t\":\"} time=${time%%\"*}
    printf '%s\n' "$path $time $entry_hash" >"$work/entry/$index"
    printf '%s\n' "$path" >>"$work/paths"
    printf '%s\n' "$leaf" >>"$work/leaves"
    case $leaf in
    '{"_sd":'*) printf '%s\n' "$leaf" >"$work/text.d/$index" ;;
    *'"typ":"'*)
        : >"$work/text.d/$index"
        type=${leaf#*\"typ\":\"}
        printf '%s\n' "\"${type%%\"*}\"" >"$work/field/$index.typ"
        printf '%s\n' "$leaf" >>"$work/public"
        token=${leaf#*\"tsr_sha256\":\"}
        [ "${type%%\"*}" != anchor ] || printf '%s\n' "$index ${token%%\"*} $leaf" >>"$work/anchors"
        printf '%s\n' "$leaf" | grep -oE '[{,]"[a-z][a-z0-9_]*":' | sed 's/^.//' | sort -cu 2>/dev/null ||
            bad_proof '条目不是规范形式' 'holds a leaf that is not canonical'
        ;;
    esac
done <"$work/names"
[ -s "$work/paths" ] || fail entries '没有条目' 'proves no entry'

# The forms of leaves: sealed (16 digests in order), or readable and of a type about the log itself.
string='"([^"\\]|\\["\\bfnrt]|\\u00[01][0-9a-f])*"'
plain="($string|0|-?[1-9][0-9]{0,15}|true|false)"
plain="($plain|\\[($plain(,$plain)*)?\\])"
hash64='"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"'
moment='"t":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"'
member="\"[a-z][a-z0-9_]*\":$plain"
sealed="\\{\"_sd\":\\[($hash64,){15}$hash64\\],\"_sd_alg\":\"sha-256\",$moment,\"v\":1\\}"
type='"typ":"(anchor|health|erasure|incident|key_change)"'
readable="\\{($member,)*$moment(,$member)*,$type,($member,)*\"v\":1(,$member)*\\}"
nth_path() { sed -n "${1%%:*}p" "$work/$2"; } # LINE[:REST] TABLE
if wrong=$(grep -anvxE "$sealed|$readable" "$work/leaves"); then
    fail "$(nth_path "$wrong" paths)" '条目不是规范形式' 'holds a leaf that is not canonical'
fi
ordered() { # FILE TABLE: the digests of each line are in ascending order
    grep -anoE "$hash64" "$1" | sort -cu -t: -k1,1n -k2,2 2>"$work/said" || {
        wrong=$(sed -n 's/.*disorder: //p' "$work/said")
        fail "$(nth_path "${wrong:-1}" "$2")" '摘要没有按序' 'does not have its digests in order'
    }
}
ordered "$work/leaves" paths
say "条目：$(wc -l <"$work/paths") 条，全部在日志内" "entries: all are in the log"

# Disclosures: base64url of ["salt","name",value], a line each; their digests stand in a leaf or a record.
total=0
while IFS= read -r path; do
    case $path in entries/* | duplicates/*) ;; *) continue ;; esac
    stem=${path%.*}
    case $path in
    *.tlog-proof) continue ;;
    *.item-*.json)
        stem=${path%.item-*}
        [ -f "$stem.tlog-proof" ] || fail "$path" '没有它的条目' 'is of no entry that is here'
        printf '%s\n' "$path" >>"$work/items"
        continue
        ;;
    *.item-*) owner=$stem.json ;;
    *) owner=$work/text.d/${stem#*/} ;;
    esac
    case $path in *.item-*) [ -f "$owner" ] ;; *) [ -f "$stem.tlog-proof" ] ;; esac ||
        fail "$path" '没有它所属的条目或记录' 'belongs to nothing that is here'
    case $path in *.path) continue ;; esac
    [ -s "$path" ] || fail "$path" '是空的' 'is empty'
    while IFS= read -r line; do
        case $line in '' | *[!A-Za-z0-9_-]*) fail "$path" '格式不对' 'is malformed' ;; esac
        total=$((total + 1))
        printf %s "$line" >"$work/text.d/-$total"
        case $((${#line} % 4)) in 2) line="$line==" ;; 3) line="$line=" ;; esac
        printf '%s\nCg==\n' "$line" >>"$work/encoded" # with a newline after it
        printf '%s\n' "$total $path $owner" >>"$work/opened"
    done <"$path"
    [ -z "$line" ] || fail "$path" '末行没有换行' 'does not end in a newline'
done <"$work/names"
set --
while IFS=' ' read -r count _; do
    set -- "$@" "$work/text.d/-$count"
    if [ "$#" -ge 400 ]; then sha256sum "$@" >>"$work/sums"; set --; fi
done <"$work/opened"
[ "$#" = 0 ] || sha256sum "$@" >>"$work/sums"
: >>"$work/sums"
# A zero byte after the 32 makes groups of 44 symbols, whose last stands for the zero alone.
sed 's/ .*/00/; y/abcdef/ABCDEF/' "$work/sums" | basenc -d --base16 | basenc --base64url -w 44 |
    sed 's/.$//' >"$work/digests"
echo >>"$work/digests"
basenc -d --base64url "$work/encoded" >"$work/json" 2>/dev/null ||
    fail entries '披露不是 base64url' 'has disclosures that are not base64url'
# JSON without white space: literals become V, then arrays and objects of V, until one V is left.
sed -E "s/$string/S/g; s/(0|-?[1-9][0-9]{0,15}|true|false|null)/V/g; :a
s/\\[\\]|\\{\\}|\\[[SV](,[SV])*\\]|\\{S:[SV](,S:[SV])*\\}/V/g; ta" "$work/json" >"$work/reduced"
malformed=''
if wrong=$(grep -anvx V "$work/reduced") || wrong=$(grep -anE '[[:cntrl:]]' "$work/json") ||
    wrong=$(grep -anvE '^\["[A-Za-z0-9_-]{22,}","[a-z][a-z0-9_]{0,63}",.*\]$' "$work/json"); then
    malformed=${wrong%%:*}
fi
[ "$(wc -l <"$work/json")" = "$total" ] || malformed=${malformed:-1}
exec 3<"$work/digests" 4<"$work/json"
last=''
while IFS=' ' read -r count path owner; do
    IFS= read -r digest <&3
    IFS= read -r json <&4
    [ "$count" != "$malformed" ] || fail "$path" '披露格式不对' 'opens a malformed field'
    [ "$owner" = "$last" ] || IFS= read -r record <"$owner" || :
    last=$owner
    case $record in
    *"\"$digest\""*) ;;
    *) fail "$path" '披露不属于它的条目' 'opens a field of another entry' ;;
    esac
    json=${json#*\",\"} stem=${path%.disclosures}
    name=${json%%\"*} value=${json#*\",} value=${value%]}
    field=$work/field/${stem#*/}.$name
    [ ! -f "$field" ] || fail "$path" "$name 出现两次" "opens $name twice"
    printf '%s\n' "$value" >"$field"
done <"$work/opened"
exec 3<&- 4<&-

# Records of items, which lead to the field items_root of their entry.
while IFS= read -r path; do
    stem=${path%.json} index=${path#*/}
    index=${index%%.*} item=${stem##*-}
    bad_item() { fail "$path" '到不了 items_root' "does not lead to the entry's items_root"; }
    [ -f "$work/field/$index.items_root" ] || bad_item
    read -r value <"$work/field/$index.items_root"
    case $value in '{"count":'*',"root":"'*'"}') ;; *) bad_item ;; esac
    count=${value#*:} count=${count%%,*}
    root=${value##*:\"} root=${root%\"\}}
    number "$count" && unbase64 "$root" || bad_item
    root=$hash
    { printf '\000'; cat "$path"; } >"$work/preimage"
    digest "$work/preimage"
    proof=/dev/null
    [ ! -f "$stem.path" ] || proof=$stem.path
    included "$item" "$count" "$root" "items$index" <"$proof" || bad_item
    ! IFS= read -r record <"$path" || bad_item
    printf '%s\n' "$record" >>"$work/records"
done <"$work/items"
if [ -s "$work/items" ]; then
    record="\\{\"_sd\":\\[($hash64(,$hash64){0,15})?\\],\"_sd_alg\":\"sha-256\"\\}"
    if wrong=$(grep -anvxE "$record" "$work/records"); then
        fail "$(nth_path "$wrong" items)" '不是规范形式' 'is no record in canonical form'
    fi
    ordered "$work/records" items
    say "商品：$(wc -l <"$work/items") 件，全部在其交付条目内" 'items: all belong to their delivery'
fi
say "披露：$total 项，全部属于其条目" "disclosures: $total, each of its entry"

# ---- 7. Contents ----------------------------------------------------------------------------------------

text_of() { # FILE NAME NUMBER: the text of member NAME of element NUMBER, or of the one there is, in $hex
    hex=''
    [ ! -f "$1" ] || IFS= read -r hex <"$1"
    at=0
    while [ "$at" -le "$3" ]; do
        case $hex in *"\"$2\":"*) hex=${hex#*\""$2"\":} ;; *) hex='' ;; esac
        at=$((at + 1))
    done
    case $hex in \"*) hex=${hex#?} hex=${hex%%\"*} ;; *) hex='' ;; esac
}
policies=' '
cat "$work/paths" "$work/items" >"$work/owners"
while IFS= read -r path; do
    stem=${path#*/} stem=${stem%.*}
    text_of "$work/field/$stem.policy" hash 0
    policies="$policies$hex "
done <"$work/owners"
count=0
while read -r own path; do
    index=${path#*/} index=${index%%.*}
    case $path in
    transcript/*)
        exchange=${path#*.} exchange=${exchange%.*}
        case $path in *.req) name=request_sha256 ;; *) name=reply_sha256 ;; esac
        text_of "$work/field/$index.transcripts" "$name" "$exchange"
        ;;
    attachments/*) text_of "$work/field/$index.attachment" sha256 0 ;;
    listing/*)
        hex=${path#listing/policy-} hex=${hex%.json}
        case $policies in *" $hex "*) ;; *) hex='' ;; esac
        ;;
    *) continue ;;
    esac
    count=$((count + 1))
    [ "$hex" = "$own" ] || fail "$path" '不是披露所写的内容' 'is not what an opened field names'
done <manifest.sha256
say "内容：往来记录、附件、条款 $count 个，与披露相同" "contents: $count, as opened fields name them"

# ---- 8. Time --------------------------------------------------------------------------------------------

blocks() { # FILE: its PEM blocks, each a file $work/block.N, their number in $blocks
    blocks=0
    while IFS= read -r line; do
        case $line in '-----BEGIN '*) blocks=$((blocks + 1)); : >"$work/block.$blocks" ;; esac
        [ "$blocks" = 0 ] || printf '%s\n' "$line" >>"$work/block.$blocks"
    done <"$1"
}
pem() { # x509|crl FILE: its blocks, which have the one spelling that openssl writes
    blocks "$2"
    : >"$work/spelled"
    count=0
    while [ "$count" -lt "$blocks" ]; do
        count=$((count + 1))
        openssl "$1" -in "$work/block.$count" >>"$work/spelled" 2>/dev/null || break
    done
    same "$work/spelled" "$2" || fail "$2" '不是规定写法的 PEM' 'is not PEM in its one spelling'
}
# Whether a certificate of $work/certificates stands in a list of FILE, and no stamp of SECONDS by it counts:
# RFC 3161, 4: taken back before, or without a reason, or because the key was lost.
revoked_for() { # FILE SECONDS
    serials=' '
    blocks "$work/certificates"
    while [ "$blocks" -gt 0 ]; do
        serials="$serials$(openssl x509 -in "$work/block.$blocks" -noout -serial 2>/dev/null | sed 's/.*=//') "
        blocks=$((blocks - 1))
    done
    blocks "$1"
    : >"$work/revoked"
    while [ "$blocks" -gt 0 ]; do
        openssl crl -in "$work/block.$blocks" -noout -text 2>/dev/null | sed -n \
            's/^ *Serial Number: /S /p; s/^ *Revocation Date: /D /p; /Reason Code:/{n;s/^ */R /p;}' >>"$work/revoked"
        blocks=$((blocks - 1))
    done
    serial='' day='' reason=''
    while IFS= read -r line; do
        case $line in
        'S '*) taken_back "$2" && return 0; serial=${line#S } day='' reason='' ;;
        'D '*) day=${line#D } ;;
        'R '*) reason=${line#R } ;;
        esac
    done <"$work/revoked"
    taken_back "$2"
}
taken_back() { # SECONDS
    case $serials in *" $serial "*) ;; *) return 1 ;; esac
    case $reason in Unspecified | 'Affiliation Changed' | Superseded | 'Cessation Of Operation') ;; *) return 0 ;; esac
    [ "$(date -u -d "$day" +%s)" -le "$1" ]
}
in_place() { # whether $name.place leads from the checkpoint to what $name.stamped says
    { IFS= read -r position && IFS= read -r logs; } <"$name.place" || return 1
    top=$(sed -n 3p "$name.stamped")
    printf '%s\n' cardproof.stamp/v1 "$logs" "$top" >"$work/expected"
    unbase64 "$top" || return 1
    top=$hash
    number "$position" && number "$logs" && same "$work/expected" "$name.stamped" || return 1
    { printf '\000'; cat "$stem.checkpoint"; } >"$work/preimage"
    digest "$work/preimage"
    sed 1,2d "$name.place" >"$work/path"
    included "$position" "$logs" "$top" "stamp${name#time/}" <"$work/path"
}
stamp() { # TSR: verifies it; a line for the brackets to $work/stamps
    name=${1%.tsr} stamped=$stem.checkpoint
    if [ -f "$name.stamped" ]; then
        stamped=$name.stamped
        [ -f "$name.place" ] || fail "$stamped" '没有 place 文件' 'is without the place of this log in it'
        in_place || fail "$name.place" '到不了盖了时间戳的文本' 'does not lead to what was stamped'
    elif [ -f "$name.place" ]; then
        fail "$name.place" '没有它的文本' 'is without the text that it is a place in'
    fi
    # One spelling: a sequence of the status 0, alone in its own, and the token.
    hash='' length=$(($(wc -c <"$1") - 4))
    escape "$((length >> 8 & 255))" "$((length & 255))"
    # shellcheck disable=SC2059 # they are escapes for printf, made above
    printf "0\\202${hash}0\\003\\002\\001\\000" >"$work/expected"
    head -c 9 "$1" >"$work/text"
    same "$work/expected" "$work/text" || fail "$1" '不是规定的写法' 'is no granted answer, or says more'
    openssl ts -reply -in "$1" -text >"$work/reply" 2>/dev/null || fail "$1" '不是时间戳回执' 'is no response'
    # The last lines of these names are of the signed part; what precedes it anybody could write.
    moment='' accuracy='' digest=''
    while IFS= read -r line; do
        case $line in
        'Time stamp: '*) moment=${line#*: } ;;
        'Accuracy: '*) accuracy=${line#*: } ;;
        'Hash Algorithm: '*) digest=${line#*: } ;;
        esac
    done <"$work/reply"
    case $digest in sha256 | sha384 | sha512) ;; *) fail "$1" '摘要算法不可用' 'uses another digest' ;; esac
    micros=$(date -u -d "$moment" +%s%6N 2>/dev/null) || fail "$1" '时间读不出' 'has no time'
    need trust/tsa-ca.pem
    pem x509 trust/tsa-ca.pem
    response=$1 chain=/dev/null posix=${micros%??????}
    set -- ts -verify -data "$stamped" -in "$response"
    if [ -f "$name.chain.pem" ]; then
        chain=$name.chain.pem
        pem x509 "$chain"
        set -- "$@" -untrusted "$chain"
    fi
    if ! openssl "$@" -CAfile trust/tsa-ca.pem -attime "$posix" >"$work/said" 2>&1; then
        reason=$(sed -n 's/.*Verify error://p; s/.*routines:[^:]*:\([^:]*\):.*/\1/p' "$work/said")
        fail "$response" "时间戳不对（${reason%%"$newline"*}）" 'does not verify'
    fi
    # Seconds, milli- and microseconds, as hexadecimal numbers with their names, or "unspecified".
    margin=0 unit=1000000 least=0 most=3155760000
    [ "$accuracy" != unspecified ] || {
        margin=60000000
        omit "$response 有多准（机构没有写明，按前后各 60 秒）" "how exact $response is: 60 s were taken"
    }
    for part in $accuracy; do
        case $part in
        -0x* | 0x*) [ "$((part))" -ge "$least" ] && [ "$((part))" -le "$most" ] ||
            fail "$response" '精度不合规' 'has an accuracy out of range'
            margin=$((margin + part * unit)) ;;
        *,) unit=$((unit / 1000)) least=1 most=999 ;;
        esac
    done
    if [ -f "$name.crl.pem" ]; then
        cat trust/tsa-ca.pem "$name.crl.pem" >"$work/lists"
        # Of the signer's issuer there has to be a list; further up one counts when it is there. None may
        # have run out before the stamp.
        pem crl "$name.crl.pem"
        while [ "$blocks" -gt 0 ]; do
            day=$(openssl crl -in "$work/block.$blocks" -noout -nextupdate 2>/dev/null) &&
                [ "$(date -u -d "${day#*=}" +%s)" -ge "$posix" ] ||
                fail "$name.crl.pem" '吊销列表在时间戳之前已过期' 'has a list that ran out before the stamp'
            blocks=$((blocks - 1))
        done
        openssl "$@" -CAfile "$work/lists" -crl_check -no_check_time >"$work/said" 2>&1 ||
            grep -q 'certificate revoked' "$work/said" ||
            fail "$name.crl.pem" '没有签发者的吊销列表' 'is no revocation list of this authority'
        if ! openssl "$@" -CAfile "$work/lists" -crl_check_all -no_check_time >"$work/said" 2>&1; then
            grep -qE 'certificate revoked|unable to get certificate CRL' "$work/said" ||
                fail "$name.crl.pem" '吊销列表不对' 'is no revocation list of this authority'
            openssl ts -reply -in "$response" -token_out -out "$work/token" 2>/dev/null
            openssl pkcs7 -inform DER -in "$work/token" -print_certs -out "$work/certificates" 2>/dev/null
            cat "$chain" >>"$work/certificates"
            ! revoked_for "$name.crl.pem" "$posix" ||
                fail "$response" '签发证书已吊销' 'was signed by a certificate that was revoked'
        fi
    else
        omit "$response 的证书是否吊销" "whether the certificate of $response was revoked"
    fi
    digest "$response"
    anchor=none
    while IFS=' ' read -r index token leaf; do
        case $token$leaf in "$hex"*"\"size\":$old,"*) ;; *) continue ;; esac
        [ "$anchor" != none ] && [ "$anchor" -le "$index" ] || anchor=$index
        printf '%s\n' "$index" >>"$work/anchored"
    done <"$work/anchors"
    printf '%s\n' "${stem#*/} $anchor $((micros - margin)) $((micros + margin))" >>"$work/stamps"
    say "时间戳 $response：$moment" "time stamp, at $moment"
}
while IFS= read -r path; do
    case $path in time/*) ;; *) continue ;; esac
    old=${path#time/} old=${old%%.*}
    stem=time/$old
    [ -f "$stem.checkpoint" ] || fail "$path" '没有它的检查点' 'is of no checkpoint that is here'
    case $path in
    *.checkpoint)
        checkpoint "$path" && [ "$origin.$size" = "$head_origin.$old" ] ||
            fail "$path" '不是此日志的检查点' 'is no checkpoint of this log'
        old_root=$hash proof=/dev/null
        signed_by "$origin" "$log_id" 1 "$path"
        [ "$signatures" -gt 0 ] || fail "$path" '没有日志的签名' "is not signed by the log's key"
        [ ! -f "$stem.consistency" ] || proof=$stem.consistency
        consistent "$old" "$old_root" "$head_size" "$head_root" <"$proof" ||
            fail "$path" '不是此日志的较早状态' 'is not an earlier state of this log'
        ;;
    *.tsr) stamp "$path" ;;
    *.*.*) owner=${path#time/*.} owner=$stem.${owner%%.*}.tsr
        [ -f "$owner" ] || fail "$path" "没有它的 $owner" "belongs to $owner, which is not here" ;;
    esac
done <"$work/names"
while IFS=' ' read -r index _; do
    grep -qx "$index" "$work/anchored" || {
        read -r path _ <"$work/entry/$index"
        fail "$path" '它指向的时间戳不在这里' 'anchors a stamp that is not here'
    }
done <"$work/anchors"
if [ -s "$work/stamps" ]; then
    omit '时间戳机构的身份（根证书来自包内）' \
        'who the time stamping authorities are: their roots came with the bundle'
else
    omit '时间（包内没有外部时间戳）' 'the time: no outside stamp is in the bundle'
fi

# ---- 9. Brackets ----------------------------------------------------------------------------------------

shown() { # MICROSECONDS, or nothing: in $shown
    shown='?'
    [ -z "$1" ] || shown=$(date -u -d "@${1%??????}.${1#"${1%??????}"}" +%FT%T.%3NZ)
}
while IFS= read -r path; do
    index=${path#*/} index=${index%.tlog-proof}
    read -r _ time _ <"$work/entry/$index"
    printf '%s\n' "$time" >>"$work/times"
done <"$work/paths"
date -u -f "$work/times" +%s >"$work/seconds" 2>/dev/null || fail entries '时间读不出' 'has a malformed time'
from='' to='' from_of='' to_of=''
# Lines PLACE BOUND, or PLACE - for an entry. Lower bounds are found on the way up, upper ones on the
# way down; at one place the entry comes first, which is not bound by it.
sed 's|.*/||; s|\.tlog-proof$| -|' "$work/paths" >"$work/places"
sed -n '/ none /!s/^[^ ]* \([^ ]*\) \([^ ]*\) .*/\1 \2/p' "$work/stamps" >"$work/lower"
sed 's/^\([^ ]*\) .* /\1 /' "$work/stamps" >"$work/upper"
bound() { # lower|upper SORT SIGN: keeps the tightest bound of each entry
    best=''
    sort -s -k1,1"$2" "$work/places" "$work/$1" >"$work/sorted"
    while IFS=' ' read -r place value; do
        if [ "$value" = - ]; then
            printf '%s\n' "$best" >"$work/entry/$place.$1"
        elif [ -z "$best" ] || [ "$(((value - best) * $3))" -gt 0 ]; then
            best=$value
        fi
    done <"$work/sorted"
}
bound lower n 1
bound upper nr -1
exec 3<"$work/seconds"
while IFS= read -r path; do
    read -r posix <&3
    index=${path#*/} index=${index%.tlog-proof}
    read -r earliest <"$work/entry/$index.lower"
    read -r latest <"$work/entry/$index.upper"
    micros=$((posix * 1000000)) type=''
    [ -z "$earliest" ] || [ "$((micros + 5000000))" -ge "$earliest" ] || type=outside
    [ -z "$latest" ] || [ "$((micros - 5000000))" -le "$latest" ] || type=outside
    [ -z "$type" ] || fail "$path" '自称的时间在时间戳区间之外' 'says a time outside of its stamps'
    type='"?"'
    [ ! -f "$work/field/$index.typ" ] || read -r type <"$work/field/$index.typ"
    type=${type#\"} type=${type%\"}
    case $type in *[!a-z_]*) type='?' ;; esac
    read -r _ time _ <"$work/entry/$index"
    [ -n "$earliest$latest" ] || {
        say "条目 $index $type：自称 $time，没有外部时间戳" "entry $index: $type, by the log's own clock"
        continue
    }
    [ -n "$from" ] && [ "$earliest" = "$from_of" ] || { shown "$earliest" && from=$shown from_of=$earliest; }
    [ -n "$to" ] && [ "$latest" = "$to_of" ] || { shown "$latest" && to=$shown to_of=$latest; }
    say "条目 $index $type：自称 $time，介于 $from 与 $to" "entry $index: $type, between these times"
done <"$work/paths"
exec 3<&-

# ---- 10. Timeline ---------------------------------------------------------------------------------------

rows=0
bad_row() { fail timeline.csv "第 $((rows + 1)) 行与条目不符" "row $((rows + 1)) is not as its entry"; }
while IFS= read -r line; do
    case $rows.$line in
    0.index,leaf_hash,time | 0.index,leaf_hash,time,*) rows=1; continue ;;
    0.*) bad_row ;;
    esac
    index=${line%%,*} rest=${line#*,}
    text=${rest%%,*} rest=${rest#*,}
    number "$index" && [ -f "$work/entry/$index" ] && [ ! -f "$work/entry/$index.row" ] && unbase64 "$text" ||
        bad_row
    read -r _ time entry_hash <"$work/entry/$index"
    [ "$hash.${rest%%,*}" = "$entry_hash.$time" ] || bad_row
    : >"$work/entry/$index.row"
    rows=$((rows + 1))
done <timeline.csv
[ -z "$line" ] && [ "$((rows - 1))" = "$(wc -l <"$work/paths")" ] ||
    fail timeline.csv '漏了条目' 'leaves entries out'
say '时间线：每行与条目相同' 'timeline: every row is as its entry'
omit '发行方的回答是否属实，卡由谁使用；日志是否对所有人相同；没有披露的内容，没有放进包里的条目' \
    'the issuer'\''s honesty; who used the card; if all see this log; unopened fields; entries left out'
printf '结论：所核对的内容全部成立｜RESULT: everything that was checked holds\n'
