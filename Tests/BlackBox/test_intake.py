"""The delivery webhook: signatures, the 202, repeats, duplicates, reading back."""

from __future__ import annotations

import base64
import concurrent.futures
import datetime
import json
import time

import pytest

from harness import cards as made
from harness import webhook
from harness.merkle import Proof, leaf_hash
from harness.scale import count
from harness.wire import call


def voucher_delivery(cards, vouchers, product="voucher", order=None, **more):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    return made.delivery(order or cards.order(), [made.item(product, key, serial)], **more)


def test_a_good_delivery_is_acknowledged_with_its_receipt(gateway, cards, vouchers):
    delivery = voucher_delivery(cards, vouchers) | {"note": "充值卡自动发货"}
    answer = webhook.send(gateway, delivery)
    assert answer.status == 202, answer.text
    assert answer.header("content-type").startswith("application/json")
    body = answer.json()
    assert body["delivery"].startswith("dlv_")
    assert body["status"] == "accepted"
    assert body["order_token"]
    assert body["ignored"] == ["/note"]
    assert [item["line"] for item in body["items"]] == [1]
    assert body["items"][0]["check"].startswith("chk_")
    proof = Proof.parse(body["evidence"]["proof"])
    leaf = base64.b64decode(body["evidence"]["leaf_hash"], validate=True)
    assert proof.index == body["evidence"]["index"]
    assert proof.checkpoint.origin == gateway.platform.origin
    assert proof.root_from(leaf) == proof.checkpoint.root
    assert leaf_hash(proof.extra) == leaf, "the proof carries the leaf's own bytes"


def test_the_leaf_shows_salted_digests_and_a_time_and_nothing_else(gateway, cards, vouchers):
    answer = webhook.send(gateway, voucher_delivery(cards, vouchers)).json()
    leaf = json.loads(Proof.parse(answer["evidence"]["proof"]).extra)
    assert set(leaf) == {"_sd", "_sd_alg", "t", "v"}
    assert leaf["_sd_alg"] == "sha-256" and leaf["v"] == 1
    assert len(leaf["_sd"]) == 16 and leaf["_sd"] == sorted(set(leaf["_sd"]))


def test_waiting_brings_the_verdict(gateway, cards, vouchers):
    """C-04 M2-08: the delivery itself is the question, nobody has to complain first."""
    answer = webhook.send(gateway, voucher_delivery(cards, vouchers), wait=20)
    assert answer.status == 200, answer.text
    body = answer.json()
    assert body["status"] == "checked"
    item = body["items"][0]
    assert item["verdict"]["state"] == "ok_unused"
    assert item["verdict"]["certainty"] == "authoritative"
    assert item["verdict"]["adapter"].startswith("ericsson-vsip@")
    assert item["liability"] == "none"
    assert item["claim"] is None
    assert item["evidence"]["index"] > body["evidence"]["index"]
    assert gateway.delivery(body["delivery"])["items"][0]["verdict"] == item["verdict"]


def test_a_wait_that_is_too_short_answers_202(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, delay=3)
    delivery = made.delivery(cards.order(), [made.item("voucher", key, serial)])
    answer = webhook.send(gateway, delivery, wait=1)
    assert answer.status == 202, answer.text
    assert gateway.checked(answer.json()["delivery"])["items"][0]["verdict"]["state"] == "ok_unused"


def test_the_verdict_has_a_proof_of_its_own_that_anybody_may_fetch(gateway, cards, vouchers):
    item = webhook.send(gateway, voucher_delivery(cards, vouchers), wait=20).json()["items"][0]
    answer = call(gateway.url, "GET", item["evidence"]["proof_url"])
    assert answer.status == 200, answer.text
    proof = Proof.parse(answer.text)
    leaf = base64.b64decode(item["evidence"]["leaf_hash"])
    assert proof.root_from(leaf) == proof.checkpoint.root


@pytest.fixture(scope="module")
def signers(new_gateway):
    """A gateway with a platform that signs with either of two secrets, or with a key pair."""
    gateway, pair = new_gateway("signatures"), webhook.KeyPair()
    texts = {"old.secret": webhook.new_secret(), "new.secret": webhook.new_secret(),
             "sender.public": pair.public}
    for name, text in texts.items():
        (gateway.folder / name).write_text(text + "\n")
    gateway.add_platform(
        "signed", "--webhook-secret-file", str(gateway.folder / "old.secret"),
        "--webhook-secret-file", str(gateway.folder / "new.secret"),
        "--webhook-public-key-file", str(gateway.folder / "sender.public"))
    yield gateway.start(), texts["old.secret"], texts["new.secret"], pair
    assert gateway.stop() == 0


@pytest.mark.parametrize("how,status", [
    ("old secret", 202), ("new secret", 202), ("v1a", 202), ("v1 behind others", 202),
    ("v1a behind others", 202), ("another secret", 401), ("another key pair", 401),
    ("v1 called v1a", 401), ("v1a called v1", 401)])
def test_every_kind_of_signature_is_accepted_and_no_other(signers, cards, vouchers, how, status):
    """C-08."""
    gateway, old, new, pair = signers
    body = webhook.encode(voucher_delivery(cards, vouchers))
    message_id, now = webhook.new_id(), int(time.time())

    def by(secret: str) -> str:
        return webhook.signature(secret, message_id, now, body)

    by_pair, wrong = pair.sign(message_id, now, body), by(webhook.new_secret())
    headers = webhook.headers(old, message_id, body, now)
    headers["webhook-signature"] = {
        "old secret": by(old), "new secret": by(new), "v1a": by_pair,
        "v1 behind others": " ".join([wrong] * 14 + ["v9,AAAA", by(new)]),
        "v1a behind others": f"{wrong} {by_pair}",
        "another secret": wrong,
        "another key pair": webhook.KeyPair().sign(message_id, now, body),
        "v1 called v1a": by(old).replace("v1,", "v1a,"),
        "v1a called v1": by_pair.replace("v1a,", "v1,"),
    }[how]
    answer = call(gateway.url, "POST", webhook.path("signed"), headers, body)
    assert answer.status == status, answer.text


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_timestamp_within_five_minutes_is_accepted(gateway, cards, vouchers, minutes):
    answer = webhook.send(gateway, voucher_delivery(cards, vouchers),
                          timestamp=int(time.time()) + minutes * 60)
    assert answer.status == 202, answer.text


def test_a_thousand_deliveries_half_of_them_sent_twice(new_gateway, cards, vouchers):
    """C-08: 1,000 stored, every repeat answered byte for byte as the first time."""
    gateway = new_gateway("thousand").start()
    total = count(1_000, 20_000)
    wanted = []
    for number in range(total):
        body = webhook.encode(voucher_delivery(cards, vouchers))
        wanted.append((webhook.new_id(), body))
        if number % 2:
            wanted.append(wanted[-1])
    path, secret = webhook.path("shop"), gateway.platform.secret

    def send(pair):
        message_id, body = pair
        answer = call(gateway.url, "POST", path, webhook.headers(secret, message_id, body), body)
        return message_id, answer.status, answer.body

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, wanted))
    assert {status for _, status, _ in answers} == {202}
    by_id: dict[str, set[bytes]] = {}
    for message_id, _, body in answers:
        by_id.setdefault(message_id, set()).add(body)
    assert len(by_id) == total
    assert all(len(bodies) == 1 for bodies in by_id.values()), "a repeat was answered differently"
    rows = gateway.cli_json("deliveries", "list")["deliveries"]
    assert sorted(row["webhook_id"] for row in rows) == sorted(by_id)
    indexes = [row["evidence"]["index"] for row in rows]
    assert len(set(indexes)) == total, "every notice has a leaf of its own"
    gateway.stop()


def test_a_repeat_may_have_another_timestamp_but_a_valid_one(gateway, cards, vouchers):
    body = webhook.encode(voucher_delivery(cards, vouchers))
    message_id, now = webhook.new_id(), int(time.time())
    first = webhook.send(gateway, body, message_id, timestamp=now - 100)
    again = webhook.send(gateway, body, message_id, timestamp=now)
    assert (again.status, again.body) == (202, first.body)
    stale = webhook.send(gateway, body, message_id, timestamp=now - 400)
    assert stale.status == 401, stale.text


def test_the_same_id_with_another_body_is_a_conflict(gateway, cards, vouchers):
    message_id = webhook.new_id()
    first = webhook.send(gateway, voucher_delivery(cards, vouchers), message_id)
    assert first.status == 202
    other = webhook.send(gateway, voucher_delivery(cards, vouchers), message_id)
    assert other.status == 409, other.text
    assert other.header("content-type").startswith("application/problem+json")
    assert other.json()["status"] == 409


def test_a_refused_delivery_does_not_use_its_id_up(gateway, cards, vouchers):
    delivery = voucher_delivery(cards, vouchers)
    message_id = webhook.new_id()
    refused = webhook.send(gateway, delivery | {"merchant": 7}, message_id)
    assert refused.status == 422, refused.text
    assert webhook.send(gateway, delivery, message_id).status == 202


def test_a_repeat_with_wait_gets_the_verdicts_of_now(gateway, cards, vouchers):
    body = webhook.encode(voucher_delivery(cards, vouchers))
    message_id = webhook.new_id()
    first = webhook.send(gateway, body, message_id).json()
    again = webhook.send(gateway, body, message_id, wait=20)
    assert again.status == 200, again.text
    assert again.json()["items"][0]["verdict"]["state"] == "ok_unused"
    assert again.json()["delivery"] == first["delivery"]


def test_a_second_message_about_the_same_delivery_is_not_a_duplicate(gateway, cards, vouchers):
    delivery = voucher_delivery(cards, vouchers)
    first = webhook.send(gateway, delivery, wait=20).json()
    second = webhook.send(gateway, delivery, wait=20).json()
    assert second["delivery"] == first["delivery"]
    assert second["items"][0]["repeats"] == first["delivery"]
    assert second["evidence"]["index"] != first["evidence"]["index"]
    assert second["items"][0]["verdict"]["state"] == "ok_unused"
    rows = [r for r in gateway.deliveries() if r["delivery"] == first["delivery"]]
    assert len(rows) == 2


def spell(key: str, how: str) -> str:
    match how:
        case "as it was":
            return key
        case "dashes":
            return "-".join(key[at:at + 4] for at in range(0, len(key), 4))
        case "spaces":
            return " " + key[:9] + "  " + key[9:] + " "
        case "full width":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in key)
        case "zero width":
            return key[:5] + "\u200b" + key[5:] + "\ufeff"
    raise ValueError(how)


SPELLINGS = ["as it was", "dashes", "spaces", "full width", "zero width"]


@pytest.mark.parametrize("how", SPELLINGS)
def test_a_code_sold_twice_is_a_duplicate_on_exactly_the_second(gateway, cards, vouchers, how):
    """C-06: in two orders, and in two spellings."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    first = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)]), wait=20).json()
    second = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", spell(key, how), serial)], merchant="m-78")).json()
    found = gateway.checked(second["delivery"])["items"][0]
    assert found["verdict"]["state"] == "duplicate_delivery"
    assert found["verdict"]["certainty"] == "derived"
    assert found["liability"] == "merchant"
    assert found["claim"].startswith("clm_")
    held = gateway.delivery(first["delivery"])["items"][0]
    assert held["verdict"]["state"] == "ok_unused"
    assert held["claim"] is None
    assert len(gateway.claims_of(second["delivery"])) == 1
    assert gateway.claims_of(first["delivery"]) == []


def test_the_duplicate_stands_at_the_202_and_the_issuers_word_is_added_later(
        gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, delay=2)
    item = made.item("voucher", key, serial)
    webhook.send(gateway, made.delivery(cards.order(), [item]))
    second = webhook.send(gateway, made.delivery(cards.order(), [item])).json()
    at_once = gateway.delivery(second["delivery"])["items"][0]
    assert at_once["verdict"]["state"] == "duplicate_delivery"
    assert at_once["claim"] is not None
    deadline = time.monotonic() + 20
    while gateway.delivery(second["delivery"])["items"][0]["verdict"].get("issuer_state") is None:
        assert time.monotonic() < deadline, "the issuer's own word never came"
        time.sleep(0.1)
    later = gateway.delivery(second["delivery"])["items"][0]
    assert later["verdict"]["state"] == "duplicate_delivery"
    assert later["verdict"]["issuer_state"] == "ok_unused"
    assert later["claim"] == at_once["claim"]


def test_another_line_of_the_same_order_is_a_duplicate(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    answer = webhook.send(gateway, made.delivery(cards.order(), [
        made.item("voucher", key, serial, line=1), made.item("voucher", key, serial, line=2)]))
    assert answer.status == 202, answer.text
    states = [item["verdict"]["state"]
              for item in gateway.checked(answer.json()["delivery"])["items"]]
    assert states == ["ok_unused", "duplicate_delivery"]


@pytest.mark.parametrize("serial_again", [None, "another"])
def test_a_long_key_is_the_same_code_under_another_serial_or_none(
        gateway, cards, vouchers, serial_again):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)]))
    other = cards.voucher()[0] if serial_again else None
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, other)])).json()
    state = gateway.delivery(answer["delivery"])["items"][0]["verdict"]["state"]
    assert state == "duplicate_delivery"


def test_a_reusable_product_has_no_duplicates(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    for _ in range(2):
        answer = webhook.send(gateway, made.delivery(
            cards.order(), [made.item("voucher-reusable", key, serial)]), wait=20).json()
        assert answer["items"][0]["verdict"]["state"] == "ok_unused"


def test_the_same_code_in_many_orders_at_once_leaves_one_holder(gateway, cards, vouchers):
    for _ in range(count(10, 500)):
        serial, key = cards.voucher()
        vouchers.put(key, serial=serial)
        notices = [made.delivery(cards.order(), [made.item("voucher", key, serial)])
                   for _ in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda notice: webhook.send(gateway, notice), notices))
        states = [gateway.checked(answer.json()["delivery"])["items"][0]["verdict"]["state"]
                  for answer in answers]
        assert sorted(states) == ["duplicate_delivery"] * 7 + ["ok_unused"]


def test_copies_of_one_message_sent_at_once_are_stored_once(gateway, cards, vouchers):
    for _ in range(count(10, 500)):
        body = webhook.encode(voucher_delivery(cards, vouchers))
        message_id = webhook.new_id()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(
                lambda _: webhook.send(gateway, body, message_id), range(20)))
        assert {answer.status for answer in answers} == {202}
        assert len({answer.body for answer in answers}) == 1
        key = json.loads(body)["items"][0]["key"]
        gateway.checked(answers[0].json()["delivery"])
        assert vouchers.calls(key) == 1


def test_an_unknown_product_is_accepted_and_unsupported(gateway, cards):
    answer = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("no-such-product", cards.licence())]), wait=20)
    assert answer.status == 200, answer.text
    item = answer.json()["items"][0]
    assert item["verdict"]["state"] == "unsupported"
    assert item["claim"] is None


def test_a_delivery_is_found_by_its_webhook_id_and_by_its_own(gateway, cards, vouchers):
    message_id = webhook.new_id()
    sent = webhook.send(gateway, voucher_delivery(cards, vouchers), message_id).json()
    by_id = gateway.get_json(f"/v1/deliveries/{sent['delivery']}")
    by_webhook = gateway.get_json(f"/v1/deliveries?webhook_id={message_id}")
    assert by_id["delivery"] == by_webhook["delivery"] == sent["delivery"]
    assert by_id["evidence"]["index"] == sent["evidence"]["index"]


def test_reading_needs_the_platforms_own_token(new_gateway, cards, vouchers):
    gateway = new_gateway("tokens")
    other = gateway.add_platform("other")
    gateway.start()
    sent = webhook.send(gateway, voucher_delivery(cards, vouchers)).json()
    path = f"/v1/deliveries/{sent['delivery']}"
    assert call(gateway.url, "GET", path).status == 401
    assert call(gateway.url, "GET", path, {"authorization": "Bearer nonsense"}).status == 401
    assert gateway.get(path, other).status in (403, 404)
    assert gateway.get(path).status == 200
    assert gateway.get_json("/v1/deliveries", other)["deliveries"] == []
    gateway.stop()


def test_the_list_is_read_page_by_page_without_gaps(new_gateway, cards, vouchers):
    gateway = new_gateway("pages").start()
    ids = []
    for _ in range(25):
        ids.append(webhook.new_id())
        webhook.send(gateway, voucher_delivery(cards, vouchers), ids[-1])
    page = gateway.get_json("/v1/deliveries?limit=10")
    assert len(page["deliveries"]) == 10 and page["next_cursor"]
    rows = gateway.all_rows("/v1/deliveries?limit=10", "deliveries")
    assert sorted(row["webhook_id"] for row in rows) == sorted(ids)
    future = made.rfc3339(made.now() + datetime.timedelta(hours=1))
    assert gateway.get_json(f"/v1/deliveries?since={future}")["deliveries"] == []
    gateway.stop()


def test_one_of_64_callers_that_hangs_up_costs_the_others_nothing(gateway, cards):
    """Callers that go away in the middle of a batch: everybody else is answered and stored."""
    import socket

    from harness.load import raw_request, receive
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    for round_number in range(count(10, 200)):
        requests = [raw_request(gateway.platform.secret, "shop", made.delivery(
            cards.order(), [made.item("no-such-product", cards.licence())])) for _ in range(64)]
        peers = [socket.create_connection((host, int(port)), 10) for _ in requests]
        for peer, (_, request) in zip(peers, requests):
            peer.sendall(request)
        gone = round_number % 64
        peers[gone].close()
        for number, peer in enumerate(peers):
            if number != gone:
                status, body = receive(peer)
                assert status == 202, body
                peer.close()
    stored = {row["webhook_id"] for row in gateway.deliveries()}
    assert {name for number, (name, _) in enumerate(requests) if number != gone} <= stored


def test_unknown_fields_are_kept_out_and_named(gateway, cards):
    """No fault: the answer holds their pointers, escaped as RFC 6901 says."""
    delivery = made.delivery(cards.order(), [made.item("no-such-product", cards.licence())])
    delivery |= {"a/b": 1, "t~e": {"x": 1}}
    delivery["items"][0]["colour"] = "red"
    delivery["order"]["深"] = 1
    answer = webhook.send(gateway, delivery)
    assert answer.status == 202, answer.text
    assert sorted(answer.json()["ignored"]) == sorted(
        ["/a~1b", "/t~0e", "/items/0/colour", "/order/深"])


@pytest.mark.parametrize("pointer,length", [("key", 512), ("serial", 512)])
def test_a_string_at_its_limit_is_accepted(gateway, cards, pointer, length):
    item = made.item("no-such-product", cards.licence())
    item[pointer] = (cards.licence() * 20)[:length]
    assert webhook.send(gateway, made.delivery(cards.order(), [item])).status == 202


def test_a_thousand_items_are_accepted(gateway, cards):
    items = [made.item("no-such-product", cards.licence(), line=number + 1)
             for number in range(1_000)]
    answer = webhook.send(gateway, made.delivery(cards.order(), items))
    assert answer.status == 202, answer.text
    assert [item["line"] for item in answer.json()["items"]] == list(range(1, 1_001))


def test_nesting_at_its_limit_is_accepted(gateway, cards):
    """The body itself is the first of the 32 levels."""
    body = webhook.encode(made.delivery(
        cards.order(), [made.item("no-such-product", cards.licence())]))
    body = body[:-1] + b',"note":' + b"[" * 31 + b"]" * 31 + b"}"
    assert webhook.send(gateway, body).status == 202
