"""The command line: exit codes, JSON, languages, and no secret on it."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest

from harness import cards as made
from harness import webhook


@pytest.mark.parametrize("arguments", [
    (), ("serve",), ("deliver",), ("deliveries",), ("audit",), ("selftest",), ("verify",),
    ("claims",), ("policy",), ("evidence",), ("log",), ("adapter",), ("sandbox",), ("keys",), ("tenant",),
    ("config",), ("doctor",)])
def test_every_command_explains_itself(gateway, arguments):
    done = gateway.run(*arguments, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 80
    assert b"\x1b[" not in done.stdout


def test_the_version_is_told(gateway):
    done = gateway.run("--version")
    assert done.returncode == 0 and done.stdout.strip()


@pytest.mark.parametrize("arguments", [("nonsense",), ("verify",), ("serve", "--nonsense"),
                                       ("audit", "--stock", "/nonexistent/stock")])
def test_wrong_usage_exits_64(gateway, arguments):
    done = gateway.run(*arguments)
    assert done.returncode == 64
    assert done.stderr and not done.stdout


def test_an_unreachable_gateway_exits_20(gateway, tmp_path):
    from harness.ports import free_port
    notice = tmp_path / "delivery.json"
    notice.write_text("{}")
    done = gateway.run("deliver", "--gateway", f"http://127.0.0.1:{free_port()}", "--platform",
                       "shop", "--secret-file", str(gateway.platform.folder / "webhook.secret"),
                       "--file", str(notice))
    assert done.returncode == 20, done.stderr.decode()


def deliver(gateway, notice: dict, *more: str):
    return gateway.run(
        "deliver", "--gateway", gateway.url, "--platform", "shop", "--secret-file",
        str(gateway.platform.folder / "webhook.secret"), "--file", "-", *more,
        stdin=webhook.encode(notice))


def test_deliver_sends_a_signed_delivery(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    done = deliver(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)]),
                   "--json")
    assert done.returncode == 0, done.stderr.decode()
    sent = json.loads(done.stdout)
    assert gateway.checked(sent["delivery"])["items"][0]["verdict"]["state"] == "ok_unused"


def test_deliver_of_a_refused_delivery_says_why(gateway):
    done = deliver(gateway, {"order": {}})
    assert done.returncode == 64
    assert b"/merchant" in done.stderr and not done.stdout


def test_a_self_test_on_the_command_line_speaks_both_languages(gateway, cards, vouchers, tmp_path):
    """C-09 M1-43: one command with the token of the order, no account with anybody; a verdict in words, a saved proof."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    gateway.checked(sent["delivery"])
    token = tmp_path / "token"
    token.write_text(sent["order_token"] + "\n")
    said = {}
    for language in ("en", "zh-CN"):
        proofs = tmp_path / language
        proofs.mkdir()
        done = gateway.run("selftest", "--gateway", gateway.url, "--token", str(token),
                           "--lang", language, "--proofs", str(proofs))
        assert done.returncode == 0, done.stderr.decode()
        said[language] = done.stdout.decode()
        [proof] = proofs.iterdir()
        assert str(proof) in said[language]
        assert gateway.run("verify", str(proof), "--key", gateway.platform.vkey).returncode == 0
    assert any("\u4e00" <= symbol <= "\u9fff" for symbol in said["zh-CN"])
    assert not any("\u4e00" <= symbol <= "\u9fff" for symbol in said["en"])
    assert key not in "".join(said.values())


def test_one_command_keeps_what_the_issuer_said_and_the_buyers_screenshot(gateway, cards, vouchers, tmp_path):
    """M1-16: a failed activation is recorded at once: the transcript of the answer, and a picture by its digest."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="stolen")
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    gateway.checked(sent["delivery"])
    picture, bundle = tmp_path / "failed.png", tmp_path / "out.zip"
    picture.write_bytes(b"\x89PNG not opened by anybody")
    refused = gateway.run("selftest", "--gateway", gateway.url, "--token", "-", "--screenshot", str(tmp_path / "none.png"),
                          stdin=sent["order_token"])
    assert refused.returncode == 64 and "--screenshot" in refused.stderr.decode()
    done = gateway.run("selftest", "--gateway", gateway.url, "--token", "-", "--screenshot", str(picture), "--bundle",
                       str(bundle), "--proofs", str(tmp_path), "--json", stdin=sent["order_token"])
    assert done.returncode == 10, done.stderr.decode()
    answer = json.loads(done.stdout)
    with zipfile.ZipFile(bundle) as archive:
        assert archive.read(f"attachments/{answer['screenshot_entry']}.png") == picture.read_bytes()
        [checked] = [item["evidence"]["index"] for item in answer["items"]]
        assert any(name.startswith(f"transcript/{checked}.") for name in archive.namelist()), archive.namelist()
        assert checked < answer["screenshot_entry"]
    assert gateway.run("verify", str(bundle), "--key", gateway.platform.vkey).returncode == 0


@pytest.mark.parametrize("state,code", [("stolen", 10), ("reserved", 11)])
def test_a_self_test_exits_by_what_it_found(gateway, cards, vouchers, state, code):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state=state)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    gateway.checked(sent["delivery"])
    done = gateway.run("selftest", "--gateway", gateway.url, "--token", "-",
                       stdin=sent["order_token"])
    assert done.returncode == code, (done.stdout + done.stderr).decode()


def test_claims_and_evidence_are_listed(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="stolen")
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    claim = gateway.checked(sent["delivery"])["items"][0]["claim"]
    rows = gateway.cli_json("claims", "list")["claims"]
    assert claim in [row["claim"] for row in rows]
    assert gateway.cli_json("claims", "show", claim)["claim"] == claim
    shown = gateway.cli_json("evidence", "show", str(sent["evidence"]["index"]),
                             "--platform", "shop")
    assert shown["index"] == sent["evidence"]["index"]
    assert shown["leaf_hash"] == sent["evidence"]["leaf_hash"]


# The stock audit

STOCK = [
    "10000000000000011----200000000000000011",
    "10000000000000012----200000000000000012",
    "",
    "10000000000000011----200000000000000011",
    "10000000000000013----20000000000000001",
    "10000000000000014----200000000000000014",
    "10000000000000012----200000000000000099",
    "not a card",
]
HISTORY = ["10000000000000014----200000000000000014"]
EXPECTED = [(4, "dup", "1"), (5, "malformed", None), (6, "sold", None), (7, "conflict", "2"),
            (8, "malformed", None)]


def rows(tsv: str) -> list[tuple[int, str, str | None]]:
    found = []
    for line in tsv.splitlines():
        number, kind, *detail = line.split("\t")
        shown = detail[0].split()[0] if detail and kind in ("dup", "conflict") else None
        found.append((int(number), kind, shown))
    return found


@pytest.mark.parametrize("encoding,ending", [
    ("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("utf-16", "\n"), ("gb18030", "\r")])
def test_an_audit_finds_each_class(gateway, tmp_path, encoding, ending):
    stock, history = tmp_path / "stock.txt", tmp_path / "sold.txt"
    stock.write_bytes((ending.join(STOCK) + ending).encode(encoding))
    history.write_text("\n".join(HISTORY) + "\n")
    done = gateway.run("audit", "--stock", str(stock), "--card-format", "cmcc",
                       "--history", str(history))
    assert done.returncode == 10, done.stderr.decode()
    assert rows(done.stdout.decode()) == EXPECTED


def test_an_audit_of_a_csv_with_a_header_finds_what_expired(gateway, tmp_path):
    stock = tmp_path / "stock.csv"
    stock.write_text("serial,key,expires_on\n"
                     "10000000000000011,200000000000000011,2026-01-01\n"
                     "10000000000000012,200000000000000012,2026-06-01\n"
                     "10000000000000013,200000000000000013,\n"
                     "10000000000000014,200000000000000014,2026-05-31\n")
    report = tmp_path / "report.tsv"
    done = gateway.run("audit", "--stock", str(stock), "--as-of", "2026-06-01",
                       "--report", str(report))
    assert done.returncode == 10, done.stderr.decode()
    assert [row[:2] for row in rows(report.read_text())] == [(2, "expired"), (5, "expired")]


def test_a_clean_stock_exits_0_and_only_duplicates_13(gateway, tmp_path):
    stock = tmp_path / "stock.txt"
    stock.write_text(STOCK[0] + "\n" + STOCK[1] + "\n")
    assert gateway.run("audit", "--stock", str(stock)).returncode == 0
    stock.write_text(STOCK[0] + "\n" + STOCK[1] + "\n" + STOCK[0] + "\n")
    assert gateway.run("audit", "--stock", str(stock)).returncode == 13


def test_an_audit_reads_stdin_and_gzip(gateway, tmp_path):
    text = "\n".join(STOCK).encode()
    packed = tmp_path / "stock.txt.gz"
    packed.write_bytes(gzip.compress(text))
    piped = gateway.run("audit", "--stock", "-", "--card-format", "cmcc", stdin=text)
    unpacked = gateway.run("audit", "--stock", str(packed), "--card-format", "cmcc")
    assert piped.returncode == unpacked.returncode == 10
    assert piped.stdout == unpacked.stdout and piped.stdout


@pytest.mark.parametrize("text", [b"", b"\n\n\n", b"\xef\xbb\xbf"])
def test_a_stock_without_codes_exits_64(gateway, tmp_path, text):
    stock = tmp_path / "stock.txt"
    stock.write_bytes(text)
    assert gateway.run("audit", "--stock", str(stock)).returncode == 64


def test_the_report_and_its_json_summary_do_not_both_go_to_stdout(gateway, tmp_path):
    stock = tmp_path / "stock.txt"
    stock.write_text("\n".join(STOCK))
    both = gateway.run("audit", "--stock", str(stock), "--json", "--report", "-")
    assert both.returncode == 64
    done = gateway.run("audit", "--stock", str(stock), "--json", "--card-format", "cmcc")
    assert done.returncode == 10
    assert json.loads(done.stdout)


def test_an_unreadable_key_file_is_an_error_that_names_it(gateway, tmp_path):
    done = gateway.run("verify", str(tmp_path), "--key", str(tmp_path / "no.vkey"))
    assert done.returncode == 64
    assert b"no.vkey" in done.stderr
