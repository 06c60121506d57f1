"""What a case keeps and what it lacks, told alike to everybody in it: the places of its evidence (取证要素) as a bundle
shows them, the issuer's own words, and the terms as they stood when the order was placed."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import time
import zipfile

import pytest
import yaml

from harness import cards as made
from harness import webhook
from harness.gateway import ROOT
from harness.warranty_world import (ACTION, DAY, HOUR, MINUTE, SECOND, WarrantyWorld, beijing, instant, money, policy,
                                    rung)
from harness.wire import call

START = beijing(2026, 11, 2, 10)
# The clocks are looked at so often.
TICK = 1
ISSUERS_WORDS = "卡密已失效 (code 17); contact 10010"
CLASSES = {
    "identity_order": {"order", "payment", "account", "delivery"},
    "problem": {"listing", "terms_disclosed", "issuer_answer", "comparison", "custody", "loss"},
    "communication": {"communication"},
}
NODES = {
    "pre": {"listing", "terms_disclosed"},
    "in": {"order", "payment", "account", "delivery"},
    "post": {"issuer_answer", "comparison", "custody", "communication", "loss"},
}


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "case-evidence", START, [policy("card-15", "w15")])
    world.account("seller", "merchant", "m-77")
    world.account("agent", "platform")
    yield world
    world.audited()
    world.close()
    assert world.issuer.deviations == []


@pytest.fixture(scope="module")
def dead(world):
    """An order of a code that the issuer calls dead, and the claim that opened."""
    sold = world.deliver("card-15", word="revoked", text=ISSUERS_WORDS)
    return sold, world.claim_on(sold)


def bundle(gateway, delivery: str, headers: dict, audience: str | None = None) -> zipfile.ZipFile:
    query = "" if audience is None else f"?for={audience}"
    got = call(gateway.url, "GET", f"/v1/deliveries/{delivery}/bundle{query}", headers)
    assert got.status == 200, got.text
    return zipfile.ZipFile(io.BytesIO(got.body))


def summary(archive: zipfile.ZipFile) -> dict:
    return json.loads(archive.read("summary.json"))


def places(told: dict) -> dict[str, dict]:
    return {slot["slot"]: slot for slot in told["completeness"]["slots"]}


def opened(archive: zipfile.ZipFile, entry: int) -> dict:
    """The opened fields of an entry, by name."""
    lines = archive.read(f"entries/{entry}.disclosures").decode().splitlines()
    told = [json.loads(base64.urlsafe_b64decode(line + "=" * (-len(line) % 4))) for line in lines]
    return {name: value for _, name, value in told}


def attach(gateway, sold, headers: dict, content: bytes, slot: str, media_type: str):
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return call(gateway.url, "POST", f"/v1/deliveries/{sold.id}/attachments?slot={slot}", headers | {
        "content-type": media_type, "content-digest": f"sha-256=:{digest}:"}, content)


# The places


def test_the_notice_alone_fills_who_ordered_and_paid_and_what_was_delivered(world, dead):
    """M0-14 M0-15 M3-52 M4-29: order, payment, account and delivery are kept by the webhook itself, nobody adds them."""
    sold, _ = dead
    archive = bundle(world.gateway, sold.id, world.buyer(sold).headers)
    told, index = summary(archive), sold.body["evidence"]["index"]
    for slot in CLASSES["identity_order"]:
        assert places(told)[slot]["filled_by"] == [f"entry {index}"], slot
    kept = opened(archive, index)
    assert kept["order_ref"] == told["order_ref"] == sold.order
    assert kept["order"]["payment_ref"] == told["transaction_id"] == f"p{sold.order}"
    assert kept["order"]["paid"] == told["paid"] == money(sold.paid)
    assert kept["buyer_ref"] == sold.buyer_ref and kept["serial"] == sold.serial
    assert instant(kept["delivered_at"]) == sold.at and instant(kept["order"]["placed_at"]) == sold.at - 30 * SECOND
    assert sold.key not in json.dumps(kept)


def test_each_place_is_of_a_class_and_a_node_of_the_trade(world, dead):
    """M1-11 M4-29 M4-30 M4-31: three classes (004:23), three nodes (001:13), and the timeline goes by them."""
    sold, _ = dead
    archive = bundle(world.gateway, sold.id, world.buyer(sold).headers)
    slots = places(summary(archive))
    for name, expected in (("group", CLASSES), ("node", NODES)):
        found = {word: {slot for slot, row in slots.items() if row[name] == word} for word in expected}
        assert found == expected
    columns, *rows = [line.split(",") for line in archive.read("timeline.csv").decode().splitlines()]
    nodes = {row[columns.index("type")]: row[columns.index("node")] for row in rows}
    assert nodes == {"delivery": "in", "inquiry": "post", "claim": "post"}


def test_a_dead_codes_case_names_its_gap_until_the_conversation_is_there(world):
    """M0-17 M0-20 M1-19 M3-37 M4-13 M4-14 M4-31: order, issuer's answer and conversation; the bundle carries the claim."""
    sold = world.deliver("card-15", word="revoked")
    claim, buyer = world.claim_on(sold), world.buyer(sold).headers
    archive = bundle(world.gateway, sold.id, buyer)
    before = summary(archive)
    assert json.loads(archive.read(f"claim/{claim}.json"))["claim"] == before["claims"][0]["claim"] == claim
    assert before["completeness"]["missing_and_needed"] == ["communication"]
    assert before["completeness"]["complete"] is False
    assert places(before)["issuer_answer"]["filled_by"] == [f"entry {before['items'][0]['verdict_entry']}"]
    given = {"text/plain": b"the chat", "audio/mpeg": b"the call", "video/mp4": b"the screen",
             "message/rfc822": b"the mail", "image/png": b"the screenshot of the ticket"}
    for media_type, content in given.items():
        answer = attach(world.gateway, sold, buyer, content, "communication", media_type)
        assert answer.status == 201, answer.text
        assert answer.json()["sha256"] == hashlib.sha256(content).hexdigest()
    after = summary(bundle(world.gateway, sold.id, buyer))
    assert after["completeness"]["complete"] is True
    assert after["completeness"]["missing_and_needed"] == []
    assert len(places(after)["communication"]["filled_by"]) == len(given)
    assert after["completeness"]["score"] - before["completeness"]["score"] == places(after)["communication"]["weight"]
    assert attach(world.gateway, sold, buyer, b"PK", "communication", "application/zip").status == 415


def test_a_payment_number_is_optional_and_counts_and_an_order_number_is_neither(world):
    """M1-14."""
    sold = world.deliver("card-15", word="revoked")
    bare = world.deliver("card-15", word="revoked", terms={"paid": money(5000)})
    scores = {}
    for order in (sold, bare):
        told = summary(bundle(world.gateway, order.id, world.buyer(order).headers))
        scores[order.id] = told["completeness"]["score"]
        assert ("payment" in told["completeness"]["missing"]) == (order is bare)
    assert scores[sold.id] - scores[bare.id] == 10
    notice = made.delivery(world.cards.order(), [made.item("card-15", world.cards.licence())], delivered_at=world.now)
    del notice["order"]["id"]
    refused = webhook.send(world.gateway, notice, timestamp=world.clock.timestamp)
    assert refused.status == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/order/id"]


def test_a_snapshot_of_the_terms_is_held_against_the_hash_that_the_order_named(world):
    """M0-12 M1-12: hash and time come with the order; a snapshot is kept by its hash, and is told apart from another."""
    page, shown_at = "质保说明：15天内无法激活可补发或退款。".encode(), START - HOUR
    named = hashlib.sha256(page).hexdigest()
    sold = world.deliver("card-15", word="revoked", terms={
        "terms_sha256": named, "terms_disclosed_at": made.rfc3339(shown_at)})
    buyer = world.buyer(sold).headers
    for content in (page, page + b" changed later"):
        assert attach(world.gateway, sold, buyer, content, "listing", "text/plain").status == 201
    archive = bundle(world.gateway, sold.id, buyer)
    told = summary(archive)
    assert (told["terms_sha256"], instant(told["terms_disclosed_at"])) == (named, shown_at)
    assert [row["matches_terms_sha256"] for row in told["attachments"]] == [True, False]
    assert places(told)["terms_disclosed"]["filled_by"] == [f"entry {sold.body['evidence']['index']}"]
    assert len(places(told)["listing"]["filled_by"]) == 2
    kept = opened(archive, told["attachments"][0]["entry"])
    assert kept["attachment"]["sha256"] == named
    # What the order was promised for how long is in it too, as it stood.
    pinned = told["items"][0]["warranty"]["policy"]
    document = archive.read(f"listing/policy-{pinned['hash']}.json")
    assert hashlib.sha256(document).hexdigest() == pinned["hash"]
    assert json.loads(document)["window"]["length"] == "P15D"


def test_what_was_sold_stands_beside_what_was_found(gateway, cards, vouchers):
    """M4-30: the comparison is made by the gateway, from the order and the issuer's answer."""
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, value="3000")
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("voucher", key, serial)])).json()
    assert gateway.checked(sent["delivery"])["items"][0]["verdict"]["state"] == "undervalued"
    told = summary(bundle(gateway, sent["delivery"], gateway.platform.bearer))
    [item] = told["items"]
    assert item["comparison"] == {"expected": money(5000), "actual": money(3000)}
    assert places(told)["comparison"]["filled_by"] == ["entry " + str(item["verdict_entry"])]
    assert (told["breach"]["status"], "comparison" in told["breach"]["shown_by"]) == ("present", True)


# The issuer's words


def test_the_issuers_words_are_kept_verbatim_with_the_verdict(world, dead):
    """M0-18 M4-07: the buyer has no error screen to show; the exchange itself is the proof."""
    sold, _ = dead
    [item] = sold.body["items"]
    assert item["verdict"]["issuer"] == {"code": "revoked", "text": ISSUERS_WORDS, "at": None}
    archive = bundle(world.gateway, sold.id, world.buyer(sold).headers)
    index = item["evidence"]["index"]
    kept = opened(archive, index)
    assert kept["verdict"]["issuer"]["text"] == ISSUERS_WORDS
    assert instant(item["decided_at"]) == sold.at
    reply = archive.read(f"transcript/{index}.0.rep")
    assert json.loads(reply.partition(b"\r\n\r\n")[2]) == {"code": "revoked", "text": ISSUERS_WORDS}
    [exchange] = kept["transcripts"]
    assert exchange["reply_sha256"] == hashlib.sha256(reply).hexdigest()
    assert sold.key.encode() not in archive.read(f"transcript/{index}.0.req")


def test_every_party_reads_the_same_facts_in_both_languages(world, dead):
    """M0-09: verdict, times, the issuer's words and the rule are one text for buyer, merchant and platform."""
    sold, claim = dead
    readers = [world.buyer(sold), world.voices["seller"], world.voices["agent"], world.system(None)]
    read = [call(world.gateway.url, "GET", f"/v1/claims/{claim}", reader.headers) for reader in readers]
    assert {answer.status for answer in read} == {200}
    assert len({answer.text for answer in read}) == 1
    told = read[0].json()
    assert told["verdict"]["issuer"]["text"] == ISSUERS_WORDS
    assert told["policy"] == "card-15@1" and instant(told["opened_at"]) == sold.at
    platform = world.system(None).headers
    shown = [summary(bundle(world.gateway, sold.id, platform, audience)) for audience in ("buyer", "merchant", "platform")]
    for name in ("items", "claims", "breach", "agreement"):
        assert shown[0][name] == shown[1][name] == shown[2][name]
    [item] = shown[0]["items"]
    assert item["verdict"] == told["verdict"]
    assert "作废" in item["meaning"]["zh-CN"] and "revoked the code" in item["meaning"]["en"]


def test_the_answer_at_the_hand_over_is_kept_for_years(new_gateway, cards):
    """M3-34: asked at once, before any claim or complaint, and still there when the limitation of three years is over."""
    world = WarrantyWorld(new_gateway, cards, "case-years", START, [policy("card-15", "w15")])
    sold = world.deliver("card-15", text="active since 2026")
    assert sold.body["items"][0]["verdict"]["certainty"] == "authoritative"
    world.clock.jump_to(START + 4 * 366 * DAY)
    assert world.gateway.stop() == 0
    world.start()
    archive = bundle(world.gateway, sold.id, world.buyer(sold).headers)
    assert b"active since 2026" in archive.read("transcript/1.0.rep")
    assert world.gateway.claims() == []
    world.audited()
    world.close()


def test_the_buyer_is_reminded_before_his_right_lapses(new_gateway, cards):
    """M4-33: once, half a year before the three years are over, of a claim that closed without a remedy."""
    world = WarrantyWorld(new_gateway, cards, "case-limitation", START, [policy("card-15", "w15")])
    refused, remedied = (world.deliver("card-15", word="revoked") for _ in range(2))
    claim, other = world.claim_on(refused), world.claim_on(remedied)
    agent, seller = world.account("agent", "platform"), world.account("seller", "merchant", "m-77")
    world.acts(claim, agent, "review_started")
    world.acts(claim, agent, "ruled", ruling="not_liable", evidence="log 3")
    refund = {"remedy": "refund_original", "amount": money(5000)}
    world.acts(other, seller, "remedy_offered", **refund)
    world.acts(other, world.buyer(remedied), "remedy_answered", is_accepted=True)
    [remedy] = world.claim(other)["remedies"]
    assert world.receipt(remedy["remedy"], {"result": "done", "reference": "refund"} | refund).status == 200
    told = world.stands(claim, "closed.not_covered", None, None)
    assert instant(told["limitation_ends_at"]) == beijing(2029, 11, 3)
    reminds_at = instant(told["limitation_remind_at"])
    assert reminds_at == beijing(2029, 11, 3) - 180 * DAY

    world.clock.jump_to(reminds_at - SECOND)
    assert world.gateway.stop() == 0
    world.start()
    time.sleep(2 * TICK)
    assert "limitation" not in {ring.timer for ring in rung(world.claim(claim))}
    world.clock.jump_to(reminds_at + SECOND)
    world.rings(claim, "limitation")
    world.stands(claim, "closed.not_covered", None, None)
    assert world.gateway.stop() == 0
    world.start()
    world.settled()
    [event] = {event.id: event for event in world.receiver.wait_for(
        lambda event: event.type == ACTION and event.json()["data"].get("notice") == "limitation_near")}.values()
    assert (event.json()["data"]["claim"], event.json()["data"]["to"]) == (claim, "buyer")
    assert world.claim(other)["limitation_ends_at"] is None
    world.audited()
    world.close()


def test_how_long_the_buyer_took_to_report_is_there_to_be_read(world):
    """M3-55: the claim opens by itself with his own look, and hand-over and report stand in it to the second."""
    sold = world.deliver("card-15")
    world.clock.advance(90 * 60)
    claim = world.fails(sold)
    told = summary(bundle(world.gateway, sold.id, world.buyer(sold).headers))
    assert told["claims"][0]["claim"] == claim
    assert instant(told["claims"][0]["filed_at"]) - instant(told["delivered_at"]) == 90 * MINUTE


# The terms


def test_an_order_is_judged_under_the_terms_it_was_placed_under(new_gateway, cards, tmp_path):
    """M1-13: the shop shortens its warranty afterwards; earlier orders keep theirs, and the difference can be shown."""
    world = WarrantyWorld(new_gateway, cards, "case-terms", START, [policy("card-15", "w15")])
    early = world.deliver("card-15")
    assert world.gateway.stop() == 0
    shorter = policy("card-15", "w7") | {"version": 2}
    world._write("policies", {"card-15": shorter})
    world.start()
    late = world.deliver("card-15")
    world.clock.jump_to(START + 10 * DAY)
    claim = world.claim(world.fails(early))
    assert (claim["policy"], instant(claim["warranty"]["ends_at"])) == ("card-15@1", START + 15 * DAY)
    world.issuer.says(late.key, "revoked")
    assert world.selftest(late, "revoked")["no_claim_because"] == "window_over"
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(shorter, allow_unicode=True))
    case = {"case": early.order, "product": "card-15", "verdict": {"state": "revoked", "certainty": "authoritative"},
            "decided_at": made.rfc3339(world.now), "delivered_at": made.rfc3339(early.at)}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case) + "\n")
    done = world.gateway.run("policy", "replay", "--policy", str(ROOT / "Config/policies/w15.yaml"), "--against",
                             str(tmp_path / "new.yaml"), "--cases", str(tmp_path / "cases.jsonl"), "--json")
    assert done.returncode == 0, done.stderr
    change, _ = [json.loads(line) for line in done.stdout.splitlines()]
    assert change["case"] == early.order and "claim" in {row["what"] for row in change["changes"]}
    world.settled()
    world.audited()
    world.close()
