"""Registered stock: one line proven without its neighbours, stages, quarantine, and a recall that
tells every order once. Through the real binary, with an issuer of another make."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import time
import zipfile

import pytest

from harness import cards as made
from harness import webhook
from harness.gateway import ROOT, binary, environment
from harness.receiver import Receiver
from harness.scale import randomness
from harness.waiting import eventually
from harness.wire import call

MERCHANT = "m-77"


@pytest.fixture(scope="module")
def receiver():
    it = Receiver()
    yield it
    it.stop()


@pytest.fixture(scope="module")
def shop(new_gateway, receiver):
    gateway = new_gateway("batches", platform=("--events-url", receiver.url)).start()
    yield gateway
    gateway.close()


def stock_file(folder, name: str, cards, count: int):
    codes = [cards.voucher() for _ in range(count)]
    path = folder / name
    path.write_text("".join(f"{serial}----{key}\n" for serial, key in codes))
    return path, codes


def access(gateway, url: str | None = None) -> list[str]:
    return ["--gateway", url or gateway.url, "--token", str(gateway.platform.folder / "api.token")]


def register(gateway, path, *more: str):
    return gateway.cli("audit", "--stock", str(path), "--product", "voucher", "--register",
                       "--merchant", MERCHANT, *access(gateway), "--json", *more)


def registered(gateway, path, *more: str) -> dict:
    done = register(gateway, path, *more)
    assert done.returncode in (0, 10, 13), done.stderr.decode()
    return json.loads(done.stdout)["batch"]


def batches(gateway, *arguments: str) -> dict:
    done = gateway.run("batches", *arguments, *access(gateway), "--json")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def hand_over(gateway, cards, code, stage: str | None = None, order: str | None = None):
    serial, key = code
    return webhook.send(gateway, made.delivery(
        order or cards.order(), [made.item("voucher", key, serial)], stage=stage))


def refused(answer, reason: str) -> None:
    assert answer.status == 422, answer.text
    problem = answer.json()
    assert problem["reason"] == reason
    assert [error["pointer"] for error in problem["errors"]] == ["/items/0/key"]


def test_one_line_is_proven_and_its_neighbours_are_not_shown(shop, scratch, cards):
    path, codes = stock_file(scratch, "proven.txt", cards, 700)
    with open(path, "a") as file:
        file.write(f"{codes[0][0]}----{codes[0][1]}\nnot a code at all\n")
    batch = registered(shop, path, "--supplier", "S-1")
    assert batch["state"] == "held" and batch["lines"] == 702 and batch["good"] == 700
    assert batch["classes"]["dup"] == 1 and batch["classes"]["malformed"] == 1
    assert batch["evidence"]["proof"].startswith("c2sp.org/tlog-proof@v1")
    for line, (serial, key) in [(1, codes[0]), (300, codes[299]), (701, codes[0])]:
        out = scratch / f"line-{line}.zip"
        batches(shop, "prove", batch["batch"], "--line", str(line), "--out", str(out))
        done = shop.run("verify", str(out), "--key", shop.platform.vkey, "--json")
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        assert key not in done.stdout.decode()
        plain = shop.run("verify", str(out), "--key", shop.platform.vkey, "--lang", "en").stdout.decode()
        what = "dup" if line == 701 else "no defect at its audit"
        assert f"proves line {line} of proven.txt, batch {batch['batch']}: {what}, serial {serial}" in plain
        assert f"key ending in {key[-4:]}" in plain and key not in plain
        with zipfile.ZipFile(out) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())
            records = [name for name in archive.namelist() if name.endswith(".json")]
            checked = subprocess.run(
                ["sh", "-c", "unzip -p \"$1\" verify.sh > \"$1.sh\" && sh \"$1.sh\" \"$1\"",
                 "sh", str(out)], capture_output=True)
        assert checked.returncode == 0, checked.stdout.decode()
        foreign = subprocess.run(
            [sys.executable, str(ROOT / "docs/verify/cardproof_verify.py"), str(out), "--key",
             shop.platform.vkey], capture_output=True)
        assert foreign.returncode == 0, foreign.stdout.decode() + foreign.stderr.decode()
        assert len([name for name in records if "/item" in name or ".item-" in name]) == 1
        shown = opened(everything, out)
        assert serial in shown and f'"line",{line}]' in shown and key not in shown
        for other_serial, other_key in codes[:400]:
            assert other_key not in shown
            if other_serial != serial:
                assert other_serial not in shown
        bent = bytearray(out.read_bytes())
        place = bent.find(b'"_sd"')
        bent[place + 12] ^= 1
        out.write_bytes(bytes(bent))
        assert shop.run("verify", str(out), "--key", shop.platform.vkey).returncode == 12
    none = call(shop.url, "GET", f"/v1/batches/{batch['batch']}/lines/703/proof",
                shop.platform.bearer)
    assert none.status == 404


def opened(everything: bytes, path) -> str:
    """All that a bundle says in clear, its disclosures decoded."""
    texts = [everything.decode(errors="replace")]
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith("disclosures"):
                for line in archive.read(name).decode().split():
                    texts.append(base64.urlsafe_b64decode(line + "=" * (-len(line) % 4)).decode())
    return "\n".join(texts)


@pytest.mark.parametrize("change, kind", [
    ("UPDATE stock_codes SET classes = 'expired' WHERE position = 7", "code"),
    ("UPDATE stock_codes SET sealed_code = (SELECT sealed_code FROM stock_codes WHERE position = 8)"
     " WHERE position = 7", "code"),
    ("UPDATE stock_codes SET hash = zeroblob(32) WHERE position = 7", "code"),
    ("UPDATE stock_nodes SET hash = zeroblob(32)", "node"),
    ("DELETE FROM stock_codes WHERE position = 299", "batch"),
    ("UPDATE stock_batches SET record = CAST(replace(CAST(record AS TEXT), '\"good\":300',"
     " '\"good\":301') AS BLOB)", "batch"),
    ("UPDATE entries SET batch = NULL", "leaf"),
])
def test_an_auditor_finds_stock_that_was_changed(lived_stock, change, kind):
    gateway, store, clean = lived_stock
    store.write_bytes(clean)
    whole = gateway.cli("log", "audit", "--deep", "--json")
    report = json.loads(whole.stdout)
    assert whole.returncode == 0, report
    assert report["checked"]["batches"] == 1 and report["checked"]["stock_lines"] == 300
    with sqlite3.connect(store) as database:
        database.execute(change)
    database.close()
    damaged = gateway.cli("log", "audit", "--deep", "--json")
    assert damaged.returncode == 12
    assert kind in {finding["kind"] for finding in json.loads(damaged.stdout)["findings"]}


@pytest.fixture(scope="module")
def lived_stock(new_gateway, scratch, cards):
    """A store with one batch, closed, and its bytes."""
    gateway = new_gateway("audited-stock").start()
    path, _ = stock_file(scratch, "audited.txt", cards, 300)
    registered(gateway, path)
    gateway.stop()
    store = gateway.data / "cardproof.db"
    clean = store.read_bytes()
    yield gateway, store, clean
    # Every store is audited again at the end.
    store.write_bytes(clean)


def test_the_same_file_again_is_the_same_batch(shop, scratch, cards):
    path, _ = stock_file(scratch, "again.txt", cards, 3)
    first = registered(shop, path)
    assert registered(shop, path)["batch"] == first["batch"]
    known = register(shop, path, "--batch", "a third name")
    assert known.returncode == 13 and b"(duplicate_stock 3)" in known.stderr, known.stderr.decode()
    path.write_text("serial,key,expires_on\n" + "{},{},2001-01-01\n".format(*cards.voucher()))
    expired = register(shop, path, "--fail-on", "sold")
    assert expired.returncode == 0 and b"(expired 1)" in expired.stderr, expired.stderr.decode()
    path, _ = stock_file(scratch, "again.txt", cards, 3)
    registered(shop, path)
    other = registered(shop, path, "--batch", "another name")
    assert other["batch"] != first["batch"]
    assert other["good"] == 0 and other["classes"]["duplicate_stock"] == 3


def test_a_batch_registered_by_mistake_is_withdrawn_and_its_file_registered_again(shop, scratch, cards):
    path, codes = stock_file(scratch, "mistaken.txt", cards, 3)
    wrong = registered(shop, path, "--supplier", "not he")["batch"]
    refused(hand_over(shop, cards, codes[0]), "batch_not_released")
    assert batches(shop, "withdraw", wrong)["state"] == "withdrawn"
    assert batches(shop, "withdraw", wrong)["state"] == "withdrawn"
    # As of codes that are in no batch.
    assert hand_over(shop, cards, codes[0]).status == 202
    right = registered(shop, path, "--supplier", "he")
    assert right["good"] == 2 and right["classes"]["sold"] == 1 and right["classes"]["duplicate_stock"] == 0
    same = registered(shop, path, "--supplier", "not he")
    assert same["batch"] not in (wrong, right["batch"]) and same["classes"]["duplicate_stock"] == 2
    sealing = call(shop.url, "POST", f"/v1/batches/{wrong}/seal", {**shop.platform.bearer, "content-type": "application/json"}, b"{}")
    assert sealing.status == 409 and sealing.json()["reason"] == "batch_withdrawn"
    assert batches(shop, "release", right["batch"], "--first", "1")["released"] == 1
    late = shop.run("batches", "withdraw", right["batch"], *access(shop))
    assert late.returncode == 64 and b"batch_released" in late.stderr, late.stderr
    assert hand_over(shop, cards, codes[1]).status == 202


def test_what_the_issuer_said_at_the_audit_stands_in_the_proof_of_a_line(shop, scratch, cards, vouchers):
    codes = [cards.voucher() for _ in range(7)]
    for (serial, key), state in zip(codes, ({}, {"state": "stolen"}, {}, {}, {})):
        vouchers.put(key, serial=serial, **state)
    path, history = scratch / "asked.csv", scratch / "asked.sold"
    days = ["2099-01-01", "2099-01-01", "2099-01-01", "2001-01-01", "", "2099-01-01", "2099-01-01"]
    path.write_text("serial,key,expires_on\n" + "".join(
        f"{serial},{key},{day}\n" for (serial, key), day in zip(codes, days)))
    history.write_text("----".join(codes[2]) + "\n")
    batch = registered(shop, path, "--online", "all", "--journal", str(scratch / "asked.journal"),
                       "--history", str(history))
    # Lines 4 and 5 are the file's own defects, between codes that are good by their issuer.
    assert {name: n for name, n in batch["classes"].items() if n} == {"sold": 1, "expired": 1, "issuer": 3}
    assert batch["good"] == 2
    for line, state in ((2, "ok_unused"), (3, "revoked"), (6, "ok_unused"), (7, "not_found")):
        out = scratch / f"asked-{line}.zip"
        batches(shop, "prove", batch["batch"], "--line", str(line), "--out", str(out))
        with zipfile.ZipFile(out) as archive:
            shown = opened(b"".join(archive.read(name) for name in archive.namelist()), out)
        assert f'"issuer_state","{state}"]' in shown, (line, state)


def test_codes_that_are_none_of_the_products_format_are_not_registered_as_good(shop, scratch, cards):
    path, _ = stock_file(scratch, "short.txt", cards, 2)
    path.write_text(path.read_text() + f"{cards.voucher()[0]}----12345678\n")
    done = register(shop, path, "--card-format", "generic")
    assert done.returncode == 64 and b"/lines/2/key" in done.stderr, done.stderr.decode()
    done = shop.cli("audit", "--stock", str(path), "--product", "vouchre", "--card-format", "cmcc", "--register",
                    "--merchant", MERCHANT, *access(shop), "--json")
    assert done.returncode == 64 and b"vouchre" in done.stderr, done.stderr.decode()


def test_stages_quarantine_and_what_was_sold(shop, scratch, cards, vouchers):
    """M0-30 M0-31 M0-32: a first stage is tried, the next waits until it was found good; what is held is not sold."""
    path, codes = stock_file(scratch, "stages.txt", cards, 4)
    for serial, key in codes:
        vouchers.put(key, serial=serial)
    batch = registered(shop, path)["batch"]
    refused(hand_over(shop, cards, codes[0], "dispense"), "batch_not_released")
    refused(hand_over(shop, cards, codes[0]), "batch_not_released")
    assert batches(shop, "release", batch, "--first", "1")["released"] == 1
    refused(hand_over(shop, cards, codes[1], "dispense"), "batch_not_released")
    early = shop.run("batches", "release", batch, *access(shop))
    assert early.returncode == 64 and b"stage_not_verified" in early.stderr
    order = cards.order()
    sent = hand_over(shop, cards, codes[0], "dispense", order)
    assert sent.status == 202, sent.text
    shop.checked(sent.json()["delivery"])
    eventually("the first code is verified",
               lambda: batches(shop, "show", batch)["verified"] == 1)
    assert batches(shop, "release", batch)["released"] == 4
    batches(shop, "quarantine", batch)
    refused(hand_over(shop, cards, codes[2], "dispense"), "batch_quarantined")
    refused(hand_over(shop, cards, codes[2]), "batch_quarantined")
    # What was dispensed before is completed.
    assert hand_over(shop, cards, codes[0], order=order).status == 202
    again = registered(shop, path, "--batch", "returned")
    assert again["classes"]["sold"] == 1 and again["good"] == 0
    shown = batches(shop, "show", batch)
    assert [step["act"] for step in shown["history"]] == ["seal", "release", "release", "quarantine"]
    assert batches(shop, "release", batch)["state"] == "released"
    assert hand_over(shop, cards, codes[2]).status == 202


def test_a_batch_with_dead_codes_is_recalled_and_each_order_told_once(
        shop, scratch, cards, vouchers, receiver):
    """M0-33: the rate of failures of a batch is watched over its deliveries, and stops and tells of itself."""
    path, codes = stock_file(scratch, "recall.txt", cards, 1_000)
    dead = set(randomness("recall").sample(range(1_000), 50))
    for place, (serial, key) in enumerate(codes):
        vouchers.put(key, serial=serial, **({"state": "stolen"} if place in dead else {}))
    batch = registered(shop, path)
    threshold = batch["recall_at"]
    assert threshold == 10
    identifier = batch["batch"]
    batches(shop, "release", identifier)
    orders: list[str] = []
    bad = 0
    stopped = None
    for place, code in enumerate(codes):
        order = cards.order()
        answer = hand_over(shop, cards, code, order=order)
        if answer.status == 422:
            refused(answer, "batch_quarantined")
            stopped = place
            break
        assert answer.status == 202, answer.text
        orders.append(order)
        shop.checked(answer.json()["delivery"])
        bad += place in dead
        assert bad <= threshold, "handed over beyond the threshold"
    assert stopped is not None and bad == threshold
    for code in codes[stopped:stopped + 20]:
        refused(hand_over(shop, cards, code, "dispense"), "batch_quarantined")
        refused(hand_over(shop, cards, code), "batch_quarantined")
    shown = eventually("the holders are told", lambda: (
        lambda now: now if now["holders_told"] else None)(batches(shop, "show", identifier)))
    assert shown["state"] == "recalled" and shown["bad"] == threshold
    assert shown["history"][-1]["actor"] == "gateway"

    def told() -> list[str]:
        return [event.json()["data"]["order"] for event in list(receiver.events)
                if event.type == "batch.recall"
                and event.json()["data"]["batch"] == identifier]
    eventually("an event for each order", lambda: len(set(told())) == len(orders), 60)
    time.sleep(2)
    assert sorted(told()) == sorted(orders)
    keys = [key for _, key in codes]
    for event in list(receiver.events):
        assert not any(key in event.body.decode() for key in keys[:stopped])
    assert shop.run("batches", "release", identifier, *access(shop)).returncode == 64


def test_a_recall_goes_on_after_a_kill_and_tells_nobody_twice(
        new_gateway, scratch, cards, receiver):
    gateway = new_gateway("recall-kill", platform=("--events-url", receiver.url)).start()
    path, codes = stock_file(scratch, "kill.txt", cards, 600)
    done = gateway.cli("audit", "--stock", str(path), "--product", "offline-card", "--register",
                       "--merchant", MERCHANT, *access(gateway), "--json", check=True)
    identifier = json.loads(done.stdout)["batch"]["batch"]
    batches(gateway, "release", identifier)
    orders = []
    for start in range(0, 600, 2):
        order = cards.order()
        pair = codes[start:start + 2]
        answer = webhook.send(gateway, made.delivery(order, [
            made.item("offline-card", key, serial, line=line)
            for line, (serial, key) in enumerate(pair, start=1)]))
        assert answer.status == 202, answer.text
        orders.append(order)
    act = call(gateway.url, "POST", f"/v1/batches/{identifier}/recall",
               gateway.platform.bearer | {"content-type": "application/json"}, b"{}")
    assert act.status == 200
    gateway.kill()
    gateway.start()

    def told() -> list[dict]:
        return [event.json()["data"] | {"id": event.id} for event in list(receiver.events)
                if event.type == "batch.recall"
                and event.json()["data"]["batch"] == identifier]
    eventually("an event for each order",
               lambda: len({data["order"] for data in told()}) == len(orders), 60)
    # The same event may be sent twice around a kill; a second one for an order may not be made.
    assert len({data["id"] for data in told()}) == len(orders)
    assert all(data["lines"] == [1, 2] for data in told())
    gateway.close()


def test_a_registration_goes_on_after_the_gateway_was_killed(new_gateway, scratch, cards):
    gateway = new_gateway("register-kill").start()
    path, codes = stock_file(scratch, "resume.txt", cards, 20_000)
    arguments = ["audit", "--stock", str(path), "--product", "voucher", "--register",
                 "--merchant", MERCHANT, *access(gateway), "--json"]
    victim = subprocess.Popen(
        [str(binary()), *arguments, "--config", str(gateway.config)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd=gateway.folder, env=environment(gateway.folder))

    def received() -> int:
        rows = gateway.get_json("/v1/batches")["batches"]
        return rows[0]["received"] if rows else 0
    eventually("some lines are there", lambda: received() >= 1_000)
    gateway.kill()
    assert victim.wait(60) == 20
    gateway.start()
    before = received()
    assert 1_000 <= before < 20_000
    batch = registered(gateway, path)
    assert batch["state"] == "held" and batch["good"] == 20_000
    assert len(gateway.get_json("/v1/batches")["batches"]) == 1
    out = scratch / "resumed.zip"
    batches(gateway, "prove", batch["batch"], "--line", str(before), "--out", str(out))
    assert gateway.run("verify", str(out), "--key", gateway.platform.vkey).returncode == 0
    gateway.close()


def test_registering_needs_all_it_needs(shop, scratch, cards):
    path, _ = stock_file(scratch, "needs.txt", cards, 1)
    common = ["audit", "--stock", str(path), "--product", "voucher"]
    for arguments in [["--register"], ["--merchant", "m-1"],
                      ["--register", "--merchant", "m-1", "--gateway", shop.url]]:
        assert shop.cli(*common, *arguments).returncode == 64
    wrong = shop.folder / "wrong.token"
    wrong.write_text("nobody")
    wrong.chmod(0o600)
    done = shop.cli(*common, "--register", "--merchant", "m-1", "--gateway", shop.url,
                    "--token", str(wrong))
    assert done.returncode == 64 and b"wrong_token" in done.stderr


def test_a_product_that_is_sold_from_registered_stock_alone(shop, scratch, cards):
    """M0-32: stock that nobody audited is not handed over, nor what failed its audit."""
    path, codes = stock_file(scratch, "only.txt", cards, 2)
    (serial, key), expired = codes[0], cards.voucher()
    path.write_text(f"serial,key,expires_on\n{serial},{key},2035-12-31\n{expired[0]},{expired[1]},2020-12-31\n")
    batch = registered(shop, path)["batch"]
    batches(shop, "release", batch)

    def send(code):
        return webhook.send(shop, made.delivery(
            cards.order(), [made.item("voucher-registered", code[1], code[0])], stage="dispense"))
    refused(send(codes[1]), "code_not_registered")
    refused(send(expired), "code_failed_audit")
    assert send(codes[0]).status == 202


def test_the_next_stage_is_not_waited_for_where_the_buyer_waives_it(shop, scratch, cards):
    """M0-31."""
    path, codes = stock_file(scratch, "waived.txt", cards, 2)
    batch = registered(shop, path)["batch"]
    batches(shop, "release", batch, "--first", "1")
    early = shop.run("batches", "release", batch, *access(shop))
    assert early.returncode == 64 and b"stage_not_verified" in early.stderr
    refused(hand_over(shop, cards, codes[1], "dispense"), "batch_not_released")
    assert batches(shop, "release", batch, "--waived")["released"] == 2
    assert hand_over(shop, cards, codes[1], "dispense").status == 202


def test_audit_delivery_and_claim_are_about_one_code(shop, scratch, cards, vouchers):
    """C-06 M2-33: what the audit registered, the delivery asked about and the claim is for is one record, found from each."""
    path, codes = stock_file(scratch, "loop.txt", cards, 5)
    for place, (serial, key) in enumerate(codes):
        vouchers.put(key, serial=serial, **({"state": "stolen"} if place == 3 else {}))
    batch = registered(shop, path)["batch"]
    batches(shop, "release", batch)
    sent = hand_over(shop, cards, codes[3]).json()
    item = shop.checked(sent["delivery"])["items"][0]
    assert item["verdict"]["state"] == "revoked"
    [claim] = shop.claims_of(sent["delivery"])
    assert claim["claim"] == item["claim"] and claim["merchant"] == MERCHANT
    # The verdict counts against the batch, and the audit knows the code as handed over.
    shown = eventually("the batch knows", lambda: (
        lambda now: now if now["bad"] == 1 else None)(batches(shop, "show", batch)))
    assert shown["state"] == "released"
    again = registered(shop, path, "--batch", "loop again")
    assert (again["classes"]["sold"], again["classes"]["duplicate_stock"]) == (1, 4)
    second = hand_over(shop, cards, codes[3]).json()
    assert shop.checked(second["delivery"])["items"][0]["verdict"]["state"] == "duplicate_delivery"


def test_an_order_that_is_erased_takes_its_code_out_of_the_stock(shop, scratch, cards, vouchers):
    path, codes = stock_file(scratch, "erased.txt", cards, 3)
    for serial, key in codes:
        vouchers.put(key, serial=serial)
    batch = registered(shop, path)["batch"]
    batches(shop, "release", batch)
    sent = hand_over(shop, cards, codes[1])
    delivery = sent.json()["delivery"]
    shop.checked(delivery)
    erased = shop.cli("evidence", "erase", delivery, "--override-hold", "a test")
    assert erased.returncode == 0, erased.stderr.decode()
    gone = call(shop.url, "GET", f"/v1/batches/{batch}/lines/2/proof", shop.platform.bearer)
    assert gone.status == 404
    for line in (1, 3):
        out = scratch / f"beside-{line}.zip"
        batches(shop, "prove", batch, "--line", str(line), "--out", str(out))
        assert shop.run("verify", str(out), "--key", shop.platform.vkey).returncode == 0
    done = shop.cli("log", "audit", "--deep", "--json")
    assert done.returncode == 0, done.stdout.decode()
