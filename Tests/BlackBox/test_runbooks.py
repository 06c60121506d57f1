"""The runbooks on keys, backups and erasure, typed command by command as they stand in docs/."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from harness import cards as made
from harness import lived, webhook
from harness.gateway import ROOT, binary, environment
from harness.wire import call

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What `sqlite3 FILE ".backup 'TO'"` does, where the machine has no sqlite3.
SQLITE3 = """#!{python}
import re, sqlite3, sys
target = re.fullmatch(r"\\.backup '(.+)'", sys.argv[2]).group(1)
with sqlite3.connect(sys.argv[1]) as source, sqlite3.connect(target) as copy:
    source.backup(copy)
"""


class Operator:
    """Types blocks of a page; the machine's folders are folders of the test's own."""

    def __init__(self, gateway, page: str):
        self.gateway = gateway
        self.blocks = BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
        self.folders = {"/etc/cardproof": gateway.folder / "keys",
                        "/var/lib/cardproof": gateway.data,
                        "/var/backups": gateway.folder / "backups"}
        (gateway.folder / "backups").mkdir(exist_ok=True)
        programs = gateway.folder / "programs"
        programs.mkdir(exist_ok=True)
        link = programs / "cardproof"
        if not link.exists():
            link.symlink_to(binary().resolve())
        shim = programs / "sqlite3"
        shim.write_text(SQLITE3.format(python=sys.executable))
        shim.chmod(0o755)
        self.environment = environment(gateway.folder)
        self.environment["PATH"] = f"{programs}:{self.environment['PATH']}"

    def type(self, first_words: str, wanted: int = 0, **names: str) -> str:
        """The one block that begins so, with other names in the places of the page's."""
        found = [block for block in self.blocks if block.startswith(first_words)]
        assert len(found) == 1, f"{len(found)} blocks begin with `{first_words}`"
        text = found[0]
        for documented, here in self.folders.items():
            text = text.replace(documented, str(here))
        for documented, here in names.items():
            text = text.replace(documented, here)
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", text], text=True,
                              capture_output=True, cwd=self.gateway.folder, timeout=120,
                              env=self.environment)
        assert done.returncode == wanted, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def lively(new_gateway, cards, vouchers, request):
    gateway = new_gateway(f"runbook-{request.node.name[5:25]}").start()
    told = lived.live(gateway, cards, vouchers)
    return gateway, told


def test_the_page_on_keys(lively, tmp_path):
    gateway, told = lively
    operator = Operator(gateway, "keys.md")
    # The key is there already, and is not overwritten.
    operator.type("cardproof keys init", wanted=64)
    operator.folders["/etc/cardproof"] = tmp_path / "etc"
    operator.type("cardproof keys init")
    assert (tmp_path / "etc" / "master.key").stat().st_mode & 0o777 == 0o600
    printed = operator.type("cardproof keys rotate --master")
    new, retired = map(pathlib.Path, printed.split())
    assert new.exists() and retired.exists() and new.read_bytes() != retired.read_bytes()
    operator.type("cardproof doctor")
    assert gateway.get(f"/v1/deliveries/{told['good'].id}").status == 200


def test_the_page_on_keys_when_a_log_key_is_replaced(lively, cards):
    gateway, told = lively
    operator = Operator(gateway, "keys.md")
    old = gateway.platform.vkey
    assert "rotated" in operator.type("cardproof log checkpoint")
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("nobody", cards.licence())]))
    assert answer.status == 202 and "cardproof.example/shop/2" in answer.text
    listed = operator.type("cardproof log list")
    assert old in listed and "cardproof.example/shop/2" in listed
    exported = gateway.folder / "backups" / "shop-log-1"
    assert gateway.run("verify", str(exported), "--key", old, "--old",
                       str(gateway.folder / "backups" / "shop-before.checkpoint")).returncode == 0
    bundle = gateway.folder / "old.zip"
    gateway.cli("evidence", "bundle", told["good"].id, "--out", str(bundle), check=True)
    assert gateway.run("verify", str(bundle), "--key", old).returncode == 0


def test_the_page_on_backups_when_nothing_was_lost(lively):
    gateway, told = lively
    operator = Operator(gateway, "backup.md")
    (gateway.folder / "chat.txt").write_text("synthetic conversation")
    gateway.cli("evidence", "attach", told["many"].id, str(gateway.folder / "chat.txt"), "--slot",
                "communication", check=True)
    operator.type("sqlite3 ")
    operator.type("cardproof log checkpoint")
    gateway.stop()
    (gateway.data / "cardproof.db").write_bytes(b"not a database any more")
    shutil.rmtree(gateway.data / "attachments")
    operator.type("mkdir -p")
    operator.type("cp ")
    assert "may be started" in operator.type("cardproof log audit --deep")
    operator.type("cardproof doctor")
    gateway.start()
    assert gateway.get(f"/v1/deliveries/{told['many'].id}").status == 200


def test_the_page_on_backups_when_deliveries_came_after_it(lively, cards):
    gateway, _ = lively
    operator = Operator(gateway, "backup.md")
    operator.type("sqlite3 ")
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("nobody", cards.licence())]))
    assert answer.status == 202
    operator.type("cardproof log checkpoint")
    gateway.stop()
    operator.type("mkdir -p")
    operator.type("cp ")
    printed = operator.type("cardproof log audit --deep", wanted=12)
    assert "Do not start the gateway" in printed and "rolled back" in printed


def test_the_page_on_erasure(lively):
    gateway, told = lively
    operator = Operator(gateway, "erasure.md")
    (gateway.folder / "request.txt").write_text("a request\n")
    named = "dlv_01m8h2yk4c9p4s0v6w8x2z3a5b"
    printed = operator.type("cardproof evidence erase dlv_01m8h2yk4c9p4s0v6w8x2z3a5b --request",
                            **{named: told["good"].id})
    assert "restricted" in printed
    assert "waiting" in operator.type("cardproof evidence erase --due")
    printed = operator.type("cardproof evidence erase dlv_01m8h2yk4c9p4s0v6w8x2z3a5b --override",
                            **{named: told["good"].id})
    assert "erased" in printed and "court order 123" in printed
    assert call(gateway.url, "GET", f"/v1/deliveries/{told['good'].id}",
                gateway.platform.bearer).status == 410


def test_the_page_on_the_audit(lively):
    gateway, told = lively
    operator = Operator(gateway, "log-audit.md")
    (gateway.folder / "shop-2026-11-20.checkpoint").write_bytes(
        call(gateway.url, "GET", "/v1/platforms/shop/log/checkpoint").body)
    (gateway.folder / "receipt.tlog-proof").write_text(told["good"].body["evidence"]["proof"])
    operator.type("cardproof log audit  ")
    operator.type("cardproof log audit --old")
