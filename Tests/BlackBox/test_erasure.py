"""An erased delivery leaves nothing to read, in no file; every proof that was handed out stays as it was."""

from __future__ import annotations

import hashlib
import json
import sqlite3

import pytest
import yaml

from harness import buyer, lived, webhook
from harness import cards as made
from harness.ports import free_port
from harness.wire import call

REQUEST = hashlib.sha256(b"request 2026-0815").hexdigest()


@pytest.fixture(scope="module")
def told(new_gateway, cards, vouchers):
    gateway = new_gateway("erasing", settings={"retention_days": 0}).start()
    yield gateway, lived.live(gateway, cards, vouchers, plain=20)
    gateway.close()


def erase(gateway, delivery: str, *arguments: str) -> dict:
    return gateway.cli_json("evidence", "erase", delivery, *arguments)


def proofs(gateway) -> dict[int, bytes]:
    size = int(call(gateway.url, "GET", "/v1/platforms/shop/log/checkpoint").text.split("\n")[1])
    return {index: call(gateway.url, "GET", f"/v1/platforms/shop/evidence/{index}/proof").body
            for index in range(size)}


def traces(gateway, secrets: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(path.name, name) for path in gateway.data.glob("cardproof.db*")
            for name, secret in secrets.items() if secret in path.read_bytes()]


def private_bytes(gateway, told: lived.Delivered) -> dict[str, bytes]:
    """Everything of a delivery that must be gone, as it lies in the store's rows."""
    store = sqlite3.connect(f"file:{gateway.data}/cardproof.db?mode=ro", uri=True)
    identifier = webhook_delivery(told.id)
    found = {"order": told.order.encode(), "buyer": told.buyer.encode()}
    for number, (serial, key) in enumerate(told.codes):
        found |= {f"serial {number}": serial.encode(), f"key {number}": key.encode()}
    where = "IN (SELECT number FROM notices WHERE delivery = ?)"
    for name, query in {
            "wrapped": f"SELECT wrapped FROM data_keys WHERE notice {where}",
            "record": f"SELECT substr(sealed_record, 1, 40) FROM entries WHERE notice {where}",
            "code": "SELECT sealed_code FROM items WHERE delivery = ?",
            "fingerprint": "SELECT code_fingerprint FROM items WHERE delivery = ?",
            "holder": "SELECT fingerprint FROM holders WHERE item IN "
                      "(SELECT number FROM items WHERE delivery = ?)",
            "webhook": "SELECT webhook_id FROM notices WHERE delivery = ?",
            "body": "SELECT body_code FROM notices WHERE delivery = ?"}.items():
        for number, (value,) in enumerate(store.execute(query, (identifier,))):
            found[f"{name} {number}"] = value.encode() if isinstance(value, str) else value
    store.close()
    return found


def webhook_delivery(text: str) -> bytes:
    """The 16 bytes of an identifier (Crockford's base32)."""
    symbols = "0123456789abcdefghjkmnpqrstvwxyz"
    value = 0
    for symbol in text.removeprefix("dlv_"):
        value = value << 5 | symbols.index(symbol)
    return value.to_bytes(17, "big")[1:]


def test_an_erased_delivery_is_gone_from_every_file_and_its_proofs_are_not(told):
    gateway, deliveries = told
    gone = deliveries["many"]
    secrets = private_bytes(gateway, gone)
    assert len(secrets) > 15 and traces(gateway, secrets), "nothing was there before"
    before = proofs(gateway)
    check = gone.body["items"][0]["check"]
    answer = erase(gateway, gone.id, "--request-sha256", REQUEST)
    assert (answer["status"], answer["traces"]) == ("erased", "complete"), answer
    assert answer["records"] >= 4 and answer["request_sha256"] == REQUEST
    assert traces(gateway, secrets) == []
    after = proofs(gateway)
    assert {index: after[index] for index in before} == before
    leaf = gateway.cli_json(
        "evidence", "show", str(answer["evidence"]["index"]), "--platform", "shop")
    told_leaf = json.loads(leaf["leaf"])
    assert told_leaf["typ"] == "erasure" and told_leaf["count"] == answer["records"]
    assert told_leaf["request_sha256"] == REQUEST and set(told_leaf) == {
        "count", "request_sha256", "t", "typ", "v"}
    # What is asked for it says that it was erased.
    for path in (f"/v1/deliveries/{gone.id}", f"/v1/checks/{check}"):
        refused = gateway.get(path)
        assert (refused.status, refused.json()["reason"]) == (410, "erased"), path
    refused = buyer.selftest(gateway, gone.token)
    assert (refused.status, refused.json()["reason"]) == (410, "erased")
    rows = [row for row in gateway.deliveries() if row["delivery"] == gone.id]
    assert [row["webhook_id"] for row in rows] == [None]
    opened = gateway.cli_json("evidence", "show", str(gone.body["evidence"]["index"]),
                              "--platform", "shop")
    assert opened["fields"] is None and opened["disclosures"] == []
    assert erase(gateway, gone.id)["request_sha256"] == REQUEST, "a second time changes nothing"
    # Another delivery of the same code is no duplicate of something that nobody remembers.
    serial, key = gone.codes[0]
    again = lived.deliver(gateway, "again-" + gone.order[:6], [made.item("voucher", key, serial)])
    assert gateway.delivery(again.id)["items"][0]["verdict"]["state"] == "ok_unused"


def test_the_audit_calls_it_erased_and_finds_a_forged_erasure(told, tmp_path):
    gateway, deliveries = told
    erase(gateway, deliveries["offline"].id)
    gateway.stop()
    try:
        done = gateway.cli("log", "audit", "--deep", "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 0 and report["checked"]["erased"] >= 1, report
        for number, damage in enumerate((
                "DELETE FROM data_keys WHERE notice = (SELECT max(notice) FROM data_keys)",
                "UPDATE erasures SET records = records + 1",
                "UPDATE erasures SET request_sha256 = zeroblob(32)",
                "UPDATE erasures SET leaf_index = 0",
                "DELETE FROM erasures")):
            twin = lived.copied(gateway, tmp_path / f"{number}")
            store = lived.open_store(twin)
            store.execute(damage)
            store.close()
            assert twin.cli("log", "audit", "--deep").returncode == 12, damage
    finally:
        gateway.start()


def test_events_forget_the_order_too(new_gateway, cards, vouchers):
    gateway = new_gateway("erasing-events", settings={"retention_days": 0}, platform=(
        "--events-url", f"http://127.0.0.1:{free_port()}/events")).start()
    deliveries = lived.live(gateway, cards, vouchers)
    first, second = deliveries["good"], deliveries["duplicate"]
    secrets = {"order": first.order.encode()}
    assert traces(gateway, secrets)
    erase(gateway, first.id)
    assert traces(gateway, secrets) == []
    store = sqlite3.connect(f"file:{gateway.data}/cardproof.db?mode=ro", uri=True)
    events = [json.loads(data) for data, in store.execute(
        "SELECT data FROM events WHERE type = 'duplicate.found'")]
    store.close()
    assert [event["first"]["order"] for event in events if event["delivery"] == second.id] == [None]


def test_while_a_hold_stands_it_is_restricted_and_the_operator_alone_reads_it(
        new_gateway, cards, vouchers):
    """M4-23: an open claim, and the time of limitation, keep all that is known of an order."""
    gateway = new_gateway("holding").start()
    deliveries = lived.live(gateway, cards, vouchers)
    kept = deliveries["good"]
    answer = erase(gateway, kept.id)
    assert (answer["status"], answer["hold"]) == ("restricted", ["retention"])
    assert answer["erasable_at"] > "2029"
    for path in (f"/v1/deliveries/{kept.id}", f"/v1/checks/{kept.body['items'][0]['check']}"):
        refused = gateway.get(path)
        assert (refused.status, refused.json()["reason"]) == (403, "restricted")
    assert buyer.selftest(gateway, kept.token).status == 403
    listed = gateway.cli_json("deliveries", "list")["deliveries"]
    assert kept.id in [row["delivery"] for row in listed]
    assert gateway.cli_json("evidence", "erase", "--due") == {"erased": 0, "waiting": 1}
    # A claim that is open holds it, and says no date.
    answer = erase(gateway, deliveries["used"].id)
    assert set(answer["hold"]) == {"open_claim", "retention"} and answer["erasable_at"] is None
    # A stated reason passes over both, and is recorded.
    assert gateway.cli("evidence", "erase", kept.id, "--override-hold", " ").returncode == 64
    answer = erase(gateway, kept.id, "--override-hold", "court order 123")
    assert (answer["status"], answer["override_reason"]) == ("erased", "court order 123")
    assert gateway.get(f"/v1/deliveries/{kept.id}").status == 410
    assert gateway.cli("evidence", "erase", "dlv_00000000000000000000000000").returncode == 64
    gateway.stop()
    assert gateway.cli("log", "audit", "--deep").returncode == 0
    # Without a gateway the command does the same.
    answer = erase(gateway, deliveries["many"].id, "--override-hold", "withdrawn consent 9")
    assert answer["status"] == "erased" and answer["traces"] == "complete"
    assert traces(gateway, {"key": deliveries["many"].codes[0][1].encode()}) == []


def test_a_hold_that_has_ended_lets_go(new_gateway, cards, vouchers):
    gateway = new_gateway("ended").start()
    deliveries = lived.live(gateway, cards, vouchers)
    for name in ("good", "unknown"):
        assert erase(gateway, deliveries[name].id)["status"] == "restricted"
    gateway.stop()
    text = yaml.safe_load(gateway.config.read_text()) | {"retention_days": 0}
    gateway.config.write_text(yaml.safe_dump(text))
    gateway.start()
    assert gateway.cli_json("evidence", "erase", "--due") == {"erased": 2, "waiting": 0}
    assert gateway.get(f"/v1/deliveries/{deliveries['good'].id}").status == 410
    assert gateway.cli_json("evidence", "compact") == {"traces": "complete"}


def test_the_order_may_come_again_under_a_new_delivery(told, cards):
    gateway, deliveries = told
    gone = deliveries["unknown"]
    assert erase(gateway, gone.id)["status"] == "erased"
    answer = webhook.send(gateway, made.delivery(gone.order, [made.item("nobody", cards.licence())]))
    assert answer.status == 202 and answer.json()["delivery"] != gone.id
