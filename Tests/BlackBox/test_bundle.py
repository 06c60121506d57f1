"""Evidence bundles from the real gateway: who gets which, what they open, and that they verify alone."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
import zipfile

import pytest

from harness import cards as made
from harness import webhook
from harness.scale import randomness
from harness.wire import call


@pytest.fixture(scope="module")
def sold(new_gateway, cards, vouchers):
    """A gateway with one order each of: a used code, a duplicate of it, many codes."""
    gateway = new_gateway("bundles").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="used", history=[("used", made.now() - made.DAY)])
    first = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)], buyer_ref="b-8841")).json()
    again = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    many = []
    for line in range(1, 6):
        own_serial, own_key = cards.voucher()
        vouchers.put(own_key, serial=own_serial)
        many.append(made.item("voucher", own_key, own_serial, line=line))
    several = webhook.send(gateway, made.delivery(cards.order(), many)).json()
    for sent in (first, again, several):
        gateway.checked(sent["delivery"])
    yield gateway, {"used": first, "duplicate": again, "many": several}, (serial, key), many
    gateway.close()


def bundle(gateway, delivery, folder, *arguments) -> bytes:
    path = folder / ("revealed.zip" if "--reveal" in arguments else "bundle.zip")
    gateway.cli("evidence", "bundle", delivery, "--out", str(path), *arguments, check=True)
    return path.read_bytes()


def opened(archive: zipfile.ZipFile, suffix: str = ".disclosures") -> list[list]:
    """Every opened field of a bundle, as [salt, name, value]."""
    fields = []
    for name in archive.namelist():
        if name.endswith(suffix):
            for line in archive.read(name).decode().splitlines():
                fields.append(json.loads(base64.urlsafe_b64decode(line + "=" * (-len(line) % 4))))
    return fields


@pytest.mark.parametrize("audience", ["buyer", "merchant", "platform"])
@pytest.mark.parametrize("which", ["used", "duplicate", "many"])
def test_each_bundle_verifies_under_the_platforms_key(sold, tmp_path, which, audience):
    gateway, orders, _, _ = sold
    bundle(gateway, orders[which]["delivery"], tmp_path, "--for", audience)
    done = gateway.run("verify", str(tmp_path / "bundle.zip"), "--key", gateway.platform.vkey, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["findings"]
    assert report["authenticated"] and report["subject"] == "bundle"
    assert {"files", "manifest_signature", "entries", "disclosures", "timeline"} <= set(report["checks"])
    assert {"further_entries", "content"} <= set(report["not_checked"])


def test_two_runs_give_the_same_bytes(sold, tmp_path):
    gateway, orders, _, _ = sold
    delivery = orders["used"]["delivery"]
    assert bundle(gateway, delivery, tmp_path) == bundle(gateway, delivery, tmp_path)


def test_a_key_is_in_no_bundle_unless_it_is_revealed(sold, tmp_path):
    """M0-16: the serial in clear, the key only sealed and by its last four."""
    gateway, orders, (serial, key), _ = sold
    closed = zipfile.ZipFile(io.BytesIO(bundle(gateway, orders["used"]["delivery"], tmp_path)))
    for name in closed.namelist():
        assert key.encode() not in closed.read(name), name
    names = {name for _, name, _ in opened(closed)}
    assert "key" not in names and {"serial", "key_last4", "verdict", "transcripts"} <= names
    shown = zipfile.ZipFile(io.BytesIO(
        bundle(gateway, orders["used"]["delivery"], tmp_path, "--reveal", "key")))
    assert ["key", key] in [[name, value] for _, name, value in opened(shown)]


def test_a_bundle_with_a_key_is_its_owners_alone_and_replaces_no_file(sold, tmp_path):
    gateway, orders, _, _ = sold
    path = tmp_path / "revealed.zip"
    delivery = orders["used"]["delivery"]
    bundle(gateway, delivery, tmp_path, "--reveal", "key")
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    again = gateway.cli("evidence", "bundle", delivery, "--out", str(path), "--reveal", "key")
    assert again.returncode == 64 and b"exists already" in again.stderr
    assert path.read_bytes() == before


def test_the_merchants_bundle_does_not_name_the_buyer(sold, tmp_path):
    gateway, orders, _, _ = sold
    archive = zipfile.ZipFile(io.BytesIO(
        bundle(gateway, orders["used"]["delivery"], tmp_path, "--for", "merchant")))
    for name in archive.namelist():
        assert b"b-8841" not in archive.read(name), name
    assert "buyer_ref" not in {name for _, name, _ in opened(archive)}


def test_a_duplicates_bundle_shows_both_sales_and_not_the_other_order(sold, tmp_path):
    gateway, orders, (serial, _), _ = sold
    archive = zipfile.ZipFile(io.BytesIO(
        bundle(gateway, orders["duplicate"]["delivery"], tmp_path)))
    others = [name for name in archive.namelist() if name.startswith("duplicates/")]
    assert any(name.endswith(".tlog-proof") for name in others)
    fields = {}
    for name in others:
        if name.endswith(".disclosures"):
            for line in archive.read(name).decode().splitlines():
                _, field, value = json.loads(base64.urlsafe_b64decode(line + "=" * (-len(line) % 4)))
                fields[field] = value
    assert fields["serial"] == serial
    assert not {"order_ref", "buyer_ref", "merchant", "key", "event_id", "order"} & set(fields)


def test_another_sale_that_is_kept_for_a_hold_alone_is_counted_and_not_shown(
        new_gateway, cards, vouchers, tmp_path):
    gateway = new_gateway("withheld-sale").start()
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    first, again = (webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json() for _ in range(2))
    gateway.checked(again["delivery"])
    assert gateway.cli_json("evidence", "erase", first["delivery"])["status"] == "restricted"
    archive = zipfile.ZipFile(io.BytesIO(bundle(gateway, again["delivery"], tmp_path)))
    assert not [name for name in archive.namelist() if name.startswith("duplicates/")]
    missing = json.loads(archive.read("summary.json"))["not_included"]
    assert [row["en"] for row in missing if row["what"] == "other_sales"][0].startswith("1 other sale")
    done = gateway.run("verify", str(tmp_path / "bundle.zip"), "--key", gateway.platform.vkey)
    assert done.returncode == 0, done.stdout
    gateway.close()


def test_who_asked_about_the_other_sale_is_not_told(sold, tmp_path):
    gateway, orders, _, _ = sold
    archive = zipfile.ZipFile(io.BytesIO(bundle(gateway, orders["duplicate"]["delivery"], tmp_path)))
    others = {name.split("/")[1].split(".")[0] for name in archive.namelist()
              if name.startswith("duplicates/")}
    rows = [row.split(",") for row in archive.read("timeline.csv").decode().splitlines()[1:]]
    shown = [row for row in rows if row[0] in others]
    assert any(row[5] == "inquiry" for row in shown)
    assert all(row[7] == "" for row in shown if row[5] in ("inquiry", "duplicate"))


def test_a_bundle_that_is_made_while_its_delivery_changes_verifies(sold, cards, vouchers, tmp_path):
    gateway, _, _, _ = sold
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    random = randomness("changing delivery")
    done = threading.Event()

    def upload():
        number = 0
        while not done.is_set() and number < 45:
            content = random.randbytes(2_000)
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            call(gateway.url, "POST", f"/v1/deliveries/{sent['delivery']}/attachments?slot=loss",
                 {"authorization": f"Bearer {sent['order_token']}", "content-type": "image/png",
                  "content-digest": f"sha-256=:{digest}:"}, content)
            number += 1

    sender = threading.Thread(target=upload)
    sender.start()
    try:
        for number in range(5):
            answer = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/bundle",
                          gateway.platform.bearer)
            if answer.status == 503:
                continue
            path = tmp_path / f"{number}.zip"
            path.write_bytes(answer.body)
            verified = gateway.run("verify", str(path), "--key", gateway.platform.vkey)
            assert verified.returncode == 0, verified.stdout
    finally:
        done.set()
        sender.join()


def test_each_item_of_many_is_opened_with_its_path(sold, tmp_path):
    gateway, orders, _, many = sold
    archive = zipfile.ZipFile(io.BytesIO(bundle(gateway, orders["many"]["delivery"], tmp_path)))
    serials = {value for _, name, value in opened(archive) if name == "serial"}
    assert serials == {item["serial"] for item in many}
    assert len([name for name in archive.namelist() if name.endswith(".path")]) == len(many)


def test_the_summary_says_what_is_missing_and_what_is_not_proved(sold, tmp_path):
    """M1-19: the score is the sum of the weights of the places that are filled, each of which the file shows."""
    gateway, orders, _, _ = sold
    archive = zipfile.ZipFile(io.BytesIO(bundle(gateway, orders["used"]["delivery"], tmp_path)))
    summary = json.loads(archive.read("summary.json"))
    item = summary["items"][0]
    assert item["verdict"]["state"] == "used" and item["liability"] == "merchant"
    assert item["meaning"]["zh-CN"].startswith("发行方返回")
    completeness = summary["completeness"]
    weights = {slot["slot"]: slot["weight"] for slot in completeness["slots"]}
    assert sum(weights.values()) == 100
    assert completeness["score"] == sum(
        slot["weight"] for slot in completeness["slots"] if slot["filled_by"])
    assert "communication" in completeness["missing_and_needed"]
    assert summary["does_not_prove"]
    assert summary["claims"][0]["state"]


def test_a_bundle_goes_to_its_buyer_and_its_platform_alone(sold):
    gateway, orders, _, _ = sold
    sent = orders["used"]
    path = f"/v1/platforms/shop/evidence/{sent['evidence']['index']}/bundle"
    assert call(gateway.url, "GET", path).status == 401
    wrong = {"authorization": "Bearer cpt_wrong"}
    assert call(gateway.url, "GET", path, headers=wrong).status == 401
    buyer = {"authorization": f"Bearer {sent['order_token']}"}
    answer = call(gateway.url, "GET", path, headers=buyer)
    assert answer.status == 200 and answer.headers["content-type"] == "application/zip"
    assert json.loads(zipfile.ZipFile(io.BytesIO(answer.body)).read("summary.json"))["audience"] == "buyer"
    other = {"authorization": f"Bearer {orders['duplicate']['order_token']}"}
    assert call(gateway.url, "GET", path, headers=other).status == 404
    for query in ("?for=platform", "?reveal=key"):
        assert call(gateway.url, "GET", path + query, headers=buyer).status == 422
    platform = gateway.platform.bearer
    answer = call(gateway.url, "GET", path + "?for=merchant", headers=platform)
    assert answer.status == 200
    assert call(gateway.url, "GET", path + "?reveal=key", headers=platform).status == 422
    by_delivery = call(gateway.url, "GET", f"/v1/deliveries/{sent['delivery']}/bundle", headers=platform)
    assert by_delivery.status == 200


def test_a_self_test_saves_the_buyers_bundle(sold, tmp_path):
    gateway, orders, _, _ = sold
    token = tmp_path / "token"
    token.write_text(orders["used"]["order_token"])
    token.chmod(0o600)
    path = tmp_path / "mine.zip"
    done = gateway.run("selftest", "--gateway", gateway.url, "--token", str(token), "--bundle", str(path),
                       "--proofs", str(tmp_path), "--json")
    assert done.returncode == 10, done.stderr
    assert json.loads(done.stdout)["saved_bundle"] == str(path)
    assert json.loads(zipfile.ZipFile(path).read("summary.json"))["audience"] == "buyer"
    assert gateway.run("verify", str(path), "--key", gateway.platform.vkey).returncode == 0


def test_a_self_test_without_a_gateway_saves_a_bundle_of_its_own_log(sold, cards, vouchers, tmp_path):
    gateway, _, _, _ = sold
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    codes = tmp_path / "codes"
    codes.write_text(f"{serial}----{key}\n")
    path = tmp_path / "own.zip"
    done = gateway.cli("selftest", "--product", "voucher", "--code", str(codes), "--bundle", str(path),
                       "--proofs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert gateway.run("verify", str(path)).returncode == 0


def test_a_bundle_of_a_delivery_without_a_verdict_yet_verifies(sold, cards, vouchers, tmp_path):
    gateway, _, _, _ = sold
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, delay=3)
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    bundle(gateway, sent["delivery"], tmp_path)
    done = gateway.run("verify", str(tmp_path / "bundle.zip"), "--key", gateway.platform.vkey)
    assert done.returncode == 0, done.stdout.decode()
    gateway.checked(sent["delivery"])


def test_a_bundle_with_a_large_attachment_is_made_and_verified(sold, tmp_path):
    gateway, orders, _, _ = sold
    picture = tmp_path / "screen.png"
    picture.write_bytes(randomness("picture").randbytes(18 << 20))
    gateway.cli("evidence", "attach", orders["many"]["delivery"], str(picture), "--slot", "loss",
                "--by", "buyer", check=True)
    data = bundle(gateway, orders["many"]["delivery"], tmp_path)
    assert len(data) > 18 << 20
    assert gateway.run("verify", str(tmp_path / "bundle.zip"), "--key",
                       gateway.platform.vkey).returncode == 0
