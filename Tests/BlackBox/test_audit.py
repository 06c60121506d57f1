"""What somebody changes on the disk, `cardproof log audit --deep` finds and names; no byte makes it fall over."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import subprocess

import pytest

from harness import lived, webhook
from harness import cards as made
from harness.gateway import Gateway
from harness.ports import free_port
from harness.scale import SEED, count, randomness
from harness.wire import call

BASE_FLIPS = 40
# What every order here was paid with.
PAID = {"amount_minor": 5_000, "currency": "CNY"}

# Columns that no leaf speaks of, and why: what is still to be done, counters, times of our own
# records beside those of the leaves, messages. docs/log-audit.md lists them for operators.
UNCOMMITTED = {
    "platforms": {"events_url", "created_at"},
    "notices": {"body_code", "answer_ignored"},
    "deliveries": {"restricted_at"},
    "checks": {"stage", "adapter", "due_at", "leased_until", "attempts", "first_asked_at",
               "continuation", "polls"},
    "events": {"id", "platform", "type", "created_at", "data", "attempts", "next_attempt_at",
               "delivered_at"},
    "self_test_spending": {"since", "inquiries"},
    "claims": {"number"},
    "remedies": {"number"},
    # When money from outside was booked, and under which of the platform's references.
    "ledger_entries": {"number", "at", "reference"},
    "party_accounts": {"name", "token_digest", "record"},
    # Counts that outlive the deliveries: declared with a grade, and proved by nothing.
    "merchant_deliveries": {"platform", "merchant", "day", "deliveries"},
    "claim_idempotency_keys": {"key", "act_code"},
    # Told in the histories of claims, whose steps are compared; the rows gather them by merchant.
    "merchant_penalties": {"number", "id", "platform", "merchant", "ladder_row", "period", "claim",
                           "record"},
    "checkpoints": {"signed_at"},
    "erasures": {"override_reason"},
    "erased_names": {"id"},
    "degraded_adapters": {"adapter", "canaries", "since"},
    # An order of our own beside that of the leaves.
    "incidents": {"number"},
}


# What other rules than today's made is counted, and is no damage.
COUNTED = ("unrepeated_claims", "unrepeated_judgements", "moved_deadlines")


def audit(gateway: Gateway, *arguments: str):
    done = gateway.cli("log", "audit", "--json", *arguments)
    assert done.returncode in (0, 12), done.stderr.decode(errors="replace")
    return done.returncode, json.loads(done.stdout)


def deep(gateway: Gateway, *arguments: str):
    return audit(gateway, "--deep", *arguments)


@pytest.fixture(scope="module")
def told(new_gateway, cards, vouchers, receiver_url):
    gateway = new_gateway("audited", platform=("--events-url", receiver_url),
                          settings={"retention_days": 0}).start()
    booked = call(gateway.url, "POST", "/v1/deposits", gateway.platform.bearer | {
        "content-type": "application/json", "idempotency-key": "in-1"}, json.dumps(
            {"kind": "deposit", "merchant": "m-77", "amount": PAID | {"amount_minor": 500_000}}).encode())
    assert booked.status == 200, booked.text
    deliveries = lived.live(gateway, cards, vouchers, plain=count(130, 600))
    for row in gateway.deliveries():
        gateway.checked(row["delivery"])
    claim = gateway.claims_of(deliveries["used"].id)[0]["claim"]
    answer = lived.act(gateway, claim, {"event": "message_posted", "actor": "buyer"}, "key-1")
    assert answer.status in (200, 201, 202), answer.text
    remedied(gateway, cards, vouchers)
    gateway.cli("evidence", "erase", deliveries["unknown"].id, check=True)
    early = call(gateway.url, "GET", "/v1/platforms/shop/log/checkpoint").body
    lived.deliver(gateway, cards.order(), [made.item("nobody", cards.licence())])
    gateway.stop()
    (gateway.folder / "early.checkpoint").write_bytes(early)
    return gateway, deliveries


def remedied(gateway: Gateway, cards, vouchers) -> None:
    """A claim on which a remedy was asked for, and of which a filing outside was told."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="used", history=[("used", made.now() - 2 * made.DAY)])
    sold = lived.deliver(gateway, cards.order(), [made.item("voucher", key, serial)])
    claim = gateway.claims_of(sold.id)[0]["claim"]
    for event in ({"event": "remedy_offered", "actor": "merchant", "remedy": "refund_original", "amount": PAID},
                  {"event": "remedy_answered", "actor": "buyer", "is_accepted": True}):
        answer = lived.act(gateway, claim, event)
        assert answer.status == 200, answer.text
    answer = call(gateway.url, "POST", f"/v1/claims/{claim}/filings", {
        "authorization": f"Bearer {sold.token}", "content-type": "application/json"},
        json.dumps({"channel": "heimao", "status": "filed", "reference": "HM-1"}).encode())
    assert answer.status == 200, answer.text


@pytest.fixture(scope="module")
def receiver_url():
    return f"http://127.0.0.1:{free_port()}/events"


@pytest.fixture
def twin(told, tmp_path):
    return lived.copied(told[0], tmp_path / "twin")


def test_a_store_with_a_past_passes_with_and_without_a_running_gateway(told):
    gateway, _ = told
    code, report = deep(gateway)
    assert (code, report["findings"]) == (0, []), report
    assert report["checked"]["records"] > 250 and report["checked"]["deliveries"] > 130
    assert report["checked"]["unknown_fingerprints"] == 0
    # Every claim and judgement is made again, and every line of the book is followed.
    assert [report["checked"][name] for name in COUNTED] == [0, 0, 0]
    assert report["checked"]["book_entries"] > 1
    gateway.start()
    try:
        assert deep(gateway)[0] == 0
        assert audit(gateway)[1]["checked"]["records"] == 0
    finally:
        gateway.stop()


def test_a_statement_that_nothing_bore_out_is_not_confirmed_by_a_write(new_gateway, cards, vouchers, tmp_path):
    """M1-30: it would count for a collective case. A claim that opened on an answer has no such time either."""
    gateway = new_gateway("unconfirmed").start()
    said = lived.deliver(gateway, cards.order(), [made.item("nobody", cards.licence())])
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="used", history=[("used", made.now() - 2 * made.DAY)])
    lived.deliver(gateway, cards.order(), [made.item("voucher", key, serial)])
    filed = call(gateway.url, "POST", f"/v1/deliveries/{said.id}/claims", {
        "authorization": f"Bearer {said.token}", "content-type": "application/json"},
        json.dumps({"line": 1, "problem": "used"}).encode())
    assert filed.status == 201, filed.text
    gateway.stop()
    assert deep(gateway)[0] == 0
    seen = set()
    for number in (1, 2):
        twin = lived.copied(gateway, tmp_path / f"{number}")
        store = lived.open_store(twin)
        record, filed_at = store.execute(
            "SELECT record, filed_at FROM claims WHERE number = ?", (number,)).fetchone()
        record = json.loads(record)
        seen.add(record["verdict"]["certainty"])
        record["confirmed_at"] = filed_at + 60_000
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        store.execute("UPDATE claims SET record = ? WHERE number = ?", (text.encode(), number))
        store.close()
        code, report = deep(twin)
        assert code == 12
        assert [(found["table"], found["column"], found["detail"]) for found in report["findings"]] == [
            ("claims", "record", "has a `confirmed_at` at which nothing was found")]
    assert "claimed" in seen and len(seen) == 2


def columns(store) -> list[tuple[str, str]]:
    tables = [name for name, in store.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'grdb_%' ORDER BY name")]
    return [(table, column[1]) for table in tables
            for column in store.execute(f"PRAGMA table_info({table})")]


def bent(value, store, table: str, column: str) -> list:
    """Other values of the same kind, as somebody would write them who wants to pass unseen."""
    if isinstance(value, bytes):
        # What is sealed begins with a brace too, once in 256.
        text = edited(value.decode(errors="ignore")) if value.startswith(b"{") else None
        return [text.encode()] if text else [value[:-1] + bytes([value[-1] ^ 1])]
    if isinstance(value, int):
        # A leaf tells seconds.
        return [value + (1_000 if column == "erased_at" else 1), value + 1_000_003]
    others = [other for other, in store.execute(
        f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> ?", (value,))]
    return [*others[:1], value + "x"]


def edited(text: str) -> str | None:
    """The first member of a stored JSON text that can be another of its kind."""
    for before, after in (('"used"', '"expired"'), ('"merchant":"m-77"', '"merchant":"m-78"'),
                          ('"state":"ok_unused"', '"state":"used"'), ('"detected"', '"closed"'),
                          ('"line":1', '"line":2')):
        if before in text:
            return text.replace(before, after, 1)
    return None


# What another table tells of first.
TOLD_BY = {("notices", "accepted_at"): "deliveries", ("platforms", "origin"): "logs",
           ("platforms", "log_ordinal"): "logs", ("platforms", "number"): "erasures"}


def test_each_column_that_is_updated_is_named(told, tmp_path):
    store = lived.open_store(told[0])
    listed = columns(store)
    store.close()
    wrong, looked_at = [], 0
    for number, (table, column) in enumerate(listed):
        if column in UNCOMMITTED.get(table, set()):
            continue
        twin = lived.copied(told[0], tmp_path / f"{number}")
        if not update_one(twin, table, column):
            continue
        looked_at += 1
        code, report = deep(twin)
        named = {finding["table"] for finding in report["findings"]}
        if code != 12 or TOLD_BY.get((table, column), table) not in named:
            wrong.append((table, column, code, report["findings"]))
        shutil.rmtree(twin.data)
    assert not wrong
    assert looked_at > 60


def update_one(twin: Gateway, table: str, column: str) -> bool:
    """Writes something else into one row; false when no row has a value there."""
    store = lived.open_store(twin)
    try:
        rows = store.execute(f"SELECT * FROM {table} WHERE {column} IS NOT NULL").fetchmany(1)
        if not rows:
            return False
        names = [name[1] for name in store.execute(f"PRAGMA table_info({table})")]
        where = " AND ".join(f"{name} IS ?" for name in names)
        value = rows[0][names.index(column)]
        for other in bent(value, store, table, column):
            try:
                done = store.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {where}", (other, *rows[0]))
            except sqlite3.IntegrityError:
                continue
            assert done.rowcount == 1, (table, column)
            return True
        # A constraint lets nothing else stand there.
        assert (table, column) == ("deployment_secrets", "one")
        return False
    finally:
        store.close()


@pytest.mark.parametrize("table", [
    "entries", "nodes", "checkpoints", "log_heads", "notices", "data_keys", "deliveries", "items",
    "checks", "claims", "claim_history", "claim_rings", "remedies", "filings", "code_repeats", "ledger_entries",
    "ledger_balances", "policies", "deployment_secrets", "platforms"])
def test_each_row_that_is_deleted_is_missed(twin, table):
    store = lived.open_store(twin)
    # A policy that an order pins, and the newest checkpoint; of everything else the first row.
    which = {"policies": "hash = (SELECT unhex_pin(terms) FROM items LIMIT 1)",
             "checkpoints": "size = (SELECT max(size) FROM checkpoints)"}
    store.create_function("unhex_pin", 1, lambda terms: bytes.fromhex(
        json.loads(terms)["policy"]["hash"]))
    key = primary_key(store, table)
    where = which.get(table, f"({key}) = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)")
    store.execute(f"DELETE FROM {table} WHERE {where}")
    assert store.execute("SELECT changes()").fetchone() == (1,)
    store.close()
    code, report = deep(twin)
    assert code == 12, f"a row of {table} is gone, and nothing is missed"


def primary_key(store, table: str) -> str:
    rows = store.execute(f"PRAGMA table_info({table})").fetchall()
    return ", ".join(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])


def test_a_leaf_rewritten_with_its_hash_is_found_by_the_checkpoint_over_it(twin):
    store = lived.open_store(twin)
    position, leaf = store.execute("SELECT position, leaf FROM entries LIMIT 1 OFFSET 7").fetchone()
    other = bytearray(leaf)
    # The last digest's last symbol but one: still base64url, still in order.
    place = leaf.index(b'"],"_sd_alg"') - 2
    other[place] = ord("A") if leaf[place] != ord("A") else ord("B")
    store.execute("UPDATE entries SET leaf = ?, hash = ? WHERE position = ?",
                  (bytes(other), hashlib.sha256(b"\0" + bytes(other)).digest(), position))
    store.close()
    code, report = audit(twin)
    assert code == 12
    named = {finding["kind"]: finding for finding in report["findings"]}
    assert "checkpoint" in named and "7" in named["checkpoint"]["detail"], report


DAMAGED = [("entries", "leaf"), ("entries", "hash"), ("entries", "sealed_record"),
           ("nodes", "hash"), ("checkpoints", "note"), ("log_heads", "range"),
           ("data_keys", "wrapped")]
SLICE = 24


def values(twin: Gateway, table: str, column: str) -> list[bytes]:
    store = lived.open_store(twin)
    try:
        return [value for value, in store.execute(f"SELECT {column} FROM {table}")]
    finally:
        store.close()


def places(whole: bytes, known: list[bytes]):
    """Where in the file a byte of one of these values may lie; a hash stands in more than one table."""
    for value in known:
        for start in range(0, len(value) - SLICE + 1, SLICE):
            for found in re.finditer(re.escape(value[start:start + SLICE]), whole):
                yield found.start() + SLICE // 2


def write_byte(path, place: int, value: int) -> None:
    subprocess.run(["dd", f"of={path}", "bs=1", f"seek={place}", "conv=notrunc", "status=none"],
                   input=bytes([value]), check=True)


@pytest.mark.parametrize("table, column", DAMAGED)
def test_a_byte_written_by_dd_into_a_leaf_a_seal_or_a_tile_is_named(twin, table, column):
    path = twin.data / "cardproof.db"
    whole, known = path.read_bytes(), values(twin, table, column)
    for place in places(whole, known):
        write_byte(path, place, whole[place] ^ 1)
        if values(twin, table, column) != known:
            break
        write_byte(path, place, whole[place])
    else:
        raise AssertionError(f"no value of {table}.{column} is found in the file")
    code, report = deep(twin)
    assert code == 12, f"a byte of {table}.{column} is another, and nothing is missed"
    assert table in {finding["table"] for finding in report["findings"]}, report["findings"]


# The oracle of the byte flips: what the flipped store holds, read by another program.

# What of a stored text nothing commits to: fractions of seconds, when a question was put, by what an
# issuer's clock may differ, and whether an answer was the second of its kind.
LOOSE = [(re.compile(rb'"(decided_at|dispense_good_at|dispense_bad_at|first_verification_at|buyer_saw_good_at'
                     rb'|undecided_since)":(\d+)\d{3}'), rb'"\1":\2'),
         (re.compile(rb'(\[\d+)\d{3}(?=[,\]])'), rb'\1'), (re.compile(rb'(,\d+)\d{3}\]'), rb'\1]'),
         (re.compile(rb'"asked_at":\d+,'), b''),
         (re.compile(rb'"skew_margin_s":\d+,'), b''), (re.compile(rb'"same_answers":[12]'), b'')]


def committed(column: str, value):
    if isinstance(value, bytes) and value.startswith(b"{"):
        for pattern, kept in LOOSE:
            value = pattern.sub(kept, value)
    if column in ("accepted_at", "erased_at") and isinstance(value, int):
        return value // 1_000
    return value


def contents(path, listed) -> dict | None:
    """All committed columns, sorted; None when they cannot be read any more."""
    try:
        store = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        tables: dict[str, list[str]] = {}
        for table, column in listed:
            if column not in UNCOMMITTED.get(table, set()):
                tables.setdefault(table, []).append(column)
        try:
            return {table: sorted(
                repr([committed(*pair) for pair in zip(names, row)]) for row in store.execute(
                    f"SELECT {', '.join(names)} FROM {table} NOT INDEXED"))
                for table, names in tables.items()}
        finally:
            store.close()
    except (sqlite3.DatabaseError, OverflowError, UnicodeDecodeError):
        return None


def test_a_flipped_byte_lies_in_a_free_place_or_is_named(told, tmp_path):
    rnd = randomness("byte flips of the store")
    gateway, _ = told
    twin = lived.copied(gateway, tmp_path / "flipped")
    path = twin.data / "cardproof.db"
    whole = path.read_bytes()
    store = lived.open_store(twin)
    listed = columns(store)
    store.close()
    truth = contents(path, listed)
    missed = []
    for number in range(count(BASE_FLIPS, 3_000)):
        offset, bit = rnd.randrange(len(whole)), 1 << rnd.randrange(8)
        damaged = bytearray(whole)
        damaged[offset] ^= bit
        for leftover in twin.data.glob("cardproof.db-*"):
            leftover.unlink()
        path.write_bytes(damaged)
        done = twin.cli("log", "audit", "--deep", "--json")
        assert done.returncode in (0, 12), (
            f"seed {SEED}, offset {offset} bit {bit}: exit {done.returncode}\n"
            + done.stderr.decode(errors="replace"))
        # What was counted for another rule's is no finding, and not passed over either.
        counted = any(json.loads(done.stdout)["checked"][name] for name in COUNTED)
        if done.returncode == 0 and not counted and contents(path, listed) != truth:
            missed.append((offset, bit))
    assert not missed, f"seed {SEED}: these flips change what is stored, and pass: {missed}"


def test_a_checkpoint_kept_outside_finds_a_rollback_and_a_rewrite(told, twin):
    gateway, deliveries = told
    early = gateway.folder / "early.checkpoint"
    proof = gateway.folder / "kept.tlog-proof"
    proof.write_text(deliveries["offline"].body["evidence"]["proof"])
    code, report = audit(twin, "--old", str(early), "--old", str(proof))
    assert code == 0, report
    assert [old["standing"] for old in report["old"]] == ["continued", "continued"]
    # The log as it was earlier: consistent in itself, and shorter than what was signed.
    store = lived.open_store(twin)
    kept, = store.execute("SELECT max(size) FROM checkpoints WHERE size < 100").fetchone()
    cut(store, kept)
    store.close()
    code, report = audit(twin)
    assert code == 0, report
    code, report = audit(twin, "--old", str(early))
    assert code == 12
    assert [finding["kind"] for finding in report["findings"]] == ["old"]
    assert "rolled back" in report["findings"][0]["detail"]


def cut(store, size: int) -> None:
    """Takes a log back to an earlier checkpoint, as whoever holds the file can."""
    hashes = [row[0] for row in store.execute(
        "SELECT hash FROM entries WHERE (position & 0xFFFFFFFFFF) < ? ORDER BY position", (size,))]
    stack: list[tuple[int, bytes]] = []
    for leaf in hashes:
        stack.append((1, leaf))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            right, left = stack.pop(), stack.pop()
            stack.append((2 * left[0], hashlib.sha256(b"\1" + left[1] + right[1]).digest()))
    store.execute("DELETE FROM entries WHERE (position & 0xFFFFFFFFFF) >= ?", (size,))
    store.execute("DELETE FROM checkpoints WHERE size > ?", (size,))
    store.execute("DELETE FROM nodes WHERE (position + 1) * (1 << (8 * level)) > ?", (size,))
    store.execute("UPDATE log_heads SET size = ?, range = ?",
                  (size, b"".join(node for _, node in stack)))


def test_fsck_says_after_a_restore_what_became_of_the_log_and_what_to_do(told, twin):
    gateway, _ = told
    early = gateway.folder / "early.checkpoint"
    done = twin.cli("log", "fsck", "--old", str(early))
    assert done.returncode == 0 and b"may be started" in done.stdout, done.stdout
    store = lived.open_store(twin)
    kept, = store.execute("SELECT max(size) FROM checkpoints WHERE size < 100").fetchone()
    cut(store, kept)
    store.close()
    done = twin.cli("log", "fsck", "--old", str(early))
    assert done.returncode == 12 and b"Do not start the gateway" in done.stdout, done.stdout
    done = twin.cli("log", "fsck", "--old", str(early), "--lang", "zh-CN")
    assert done.returncode == 12 and "不要启动网关".encode() in done.stdout
    # Started in spite of it, the log goes on in another way than was signed.
    twin.start()
    for _ in range(70):
        webhook.send(twin, made.delivery(f"again-{_}", [made.item("nobody", f"AGAIN{_:012d}")]))
    twin.stop()
    newest = twin.data / "fork.checkpoint"
    newest.write_bytes(twin.cli("log", "checkpoint", "--platform", "shop", check=True).stdout)
    done = twin.cli("log", "fsck", "--old", str(early), "--json")
    assert done.returncode == 12
    assert [old["standing"] for old in json.loads(done.stdout)["old"]] in (["forked"], ["rolled_back"])
    done = gateway.cli("log", "fsck", "--old", str(newest), "--json")
    assert json.loads(done.stdout)["old"][0]["standing"] == "forked"
