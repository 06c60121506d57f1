#!/usr/bin/env bash
# Installs what building and testing need: Debian packages (as root or by sudo) and a Python
# environment in .build/venv. Does nothing, quickly, when everything is already there.
#
#   scripts/setup.sh [build|test|soak|bench]...     default: build test
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(ca-certificates git binutils libc6-dev libstdc++-12-dev libncurses6 libxml2
    libcurl4-openssl-dev libsqlite3-dev zlib1g-dev libssl-dev pkg-config openssl curl unzip)
# The renderer's: libraries that draw, the fonts of what it draws, and those that read workbooks.
build_packages+=(libcairo2-dev libpango1.0-dev libqrencode-dev fonts-noto-cjk fonts-liberation
    libarchive-dev libexpat1-dev)
test_packages=(python3-venv golang-go golang-golang-x-mod-dev prometheus sqlite3 shellcheck
    poppler-utils zbar-tools faketime strace procps chromium libreoffice-calc-nogui)
bench_packages=(python3-venv golang-go golang-golang-x-mod-dev wrk nginx-light)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Prints those of the named packages that are not installed.
missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] \
            || printf '%s\n' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root for: $*; run it as root, or install sudo"
    fi
}

install_packages() {
    command -v dpkg-query >/dev/null || { say "not a Debian system; install by hand: $*"; return; }
    local wanted
    mapfile -t wanted < <(missing "$@")
    [ "${#wanted[@]}" -gt 0 ] || return 0
    say "installing ${wanted[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
    # No service is wanted, only the tools that come with it (promtool, nginx).
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -qq --no-install-recommends "${wanted[@]}" </dev/null >/dev/null
}

# Makes the environment .build/$1 from the requirements file $2; again only when that file changed.
python_environment() {
    local folder=".build/$1" requirements="$2" stamp
    stamp="$(sha256sum "$requirements" | cut -d' ' -f1)"
    [ "$(cat "$folder/.requirements" 2>/dev/null || true)" = "$stamp" ] && return 0
    say "Python environment $folder"
    rm -rf "$folder"
    mkdir -p .build
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --requirement "$requirements" </dev/null
    printf '%s' "$stamp" >"$folder/.requirements"
}

check_toolchain() {
    command -v swift >/dev/null || fail "no swift in PATH; install Swift 6.2 or newer (swift.org/install)"
    # A pipe into head would end swift by SIGPIPE, and with pipefail that is a failure.
    local version
    version="$(swift --version 2>/dev/null)"
    say "$(sed -n 1p <<<"$version")"
}

[ "$#" -gt 0 ] || set -- build test
for part in "$@"; do
    case "$part" in
    build) install_packages "${build_packages[@]}"; check_toolchain ;;
    test) install_packages "${test_packages[@]}"; python_environment venv Tests/BlackBox/requirements.txt ;;
    soak) install_packages "${test_packages[@]}"; python_environment soak-venv Tests/BlackBox/requirements-soak.txt ;;
    bench) install_packages "${bench_packages[@]}"; python_environment bench-venv Benchmarks/requirements.txt ;;
    *) fail "unknown part '$part' (build, test, soak, bench)" ;;
    esac
done
