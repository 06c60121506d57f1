"""What the design card asks of the product as a whole: what it is made of, what it links, and where things lie."""

from __future__ import annotations

import re
import subprocess

from harness import cards as made
from harness import webhook
from harness.gateway import ROOT, binary

COMMANDS = {"serve", "selftest", "audit", "verify", "adapter"}


def linked() -> set[str]:
    done = subprocess.run(["ldd", str(binary())], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {line.split()[0].partition(".so")[0] for line in done.stdout.splitlines()}


def test_one_program_in_swift_is_gateway_command_line_and_host_of_adapters(gateway):
    """C-01."""
    package = (ROOT / "Package.swift").read_text()
    tools = re.match(r"// swift-tools-version: (\d+)", package)
    assert tools and int(tools[1]) >= 6
    assert '.executable(name: "cardproof"' in package
    shown = gateway.run("--help").stdout.decode()
    assert COMMANDS <= set(re.findall(r"^  ([a-z]+)\s", shown, re.MULTILINE))


def test_the_binary_links_what_set_up_installs_and_keeps_its_store_in_sqlite(gateway, cards, vouchers):
    """C-02: libcurl asks the issuer, SQLite keeps what it said."""
    script = (ROOT / "scripts/setup.sh").read_text()
    for package, library in (("libcurl4-openssl-dev", "libcurl"), ("libsqlite3-dev", "libsqlite3")):
        assert package in script and library in linked()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    assert gateway.checked(sent["delivery"])["items"][0]["verdict"]["certainty"] == "authoritative"
    assert (gateway.data / "cardproof.db").read_bytes()[:16] == b"SQLite format 3\0"
    # Nothing else of Swift's that asks over HTTP is used.
    for path in [*(ROOT / "Sources").rglob("*.swift"), *(ROOT / "Adapters").rglob("*.swift")]:
        text = path.read_text(encoding="utf-8")
        assert "URLSession" not in text and "AsyncHTTPClient" not in text, path


def test_the_five_entries_of_the_top_level_are_there():
    """C-03."""
    assert (ROOT / "Package.swift").is_file()
    for name in ("Sources", "Tests", "Adapters", "Config"):
        assert (ROOT / name).is_dir()
    # Reference adapters: one that asks nobody, a carrier's, and one for software keys.
    for name in ("offline", "ericsson-vsip", "keygen"):
        assert (ROOT / "Adapters" / name / f"{name}.yaml").is_file()
    assert {"w7.yaml", "w15.yaml", "w30.yaml"} <= {path.name for path in (ROOT / "Config/policies").iterdir()}
    assert {"cn-2025.yaml", "cn-2026.yaml"} <= {path.name for path in (ROOT / "Config/calendars").iterdir()}
