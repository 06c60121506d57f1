"""What a buyer asks for and what he is given: words of a list with amounts that have bounds, and never free text alone;
what was said outside the platform's channel is told apart."""

from __future__ import annotations

import hashlib

import pytest

from harness.warranty_world import HOUR, WarrantyWorld, beijing, money, path, policy, words

START = beijing(2026, 11, 2, 10)
PRICE = 5000


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "demands", START, [policy("card-15", "w15")])
    world.account("agent", "platform")
    yield world
    world.settled()
    world.audited()
    world.close()
    assert world.issuer.deviations == []


@pytest.fixture
def case(world):
    sold = world.deliver("card-15", paid=PRICE, word="revoked")
    return sold, world.claim_on(sold)


@pytest.mark.parametrize("remedy", ["refund_original", "reissue", "compensate_delay"])
def test_a_demand_is_a_word_of_the_list(world, case, remedy):
    """M1-15 M1-31: 申请全额退款, 更换有效卡密, 赔偿延迟损失."""
    sold, claim = case
    assert world.acts(claim, world.buyer(sold), "demand_stated", remedy=remedy)["demand"] == remedy
    assert words(world.claim(claim)["history"][-1])[0] == {"remedy": remedy}
    for members in ({"remedy": "要求退款50元"}, {"remedy": "refund"}, {"text": "要求退款50元"}, {}):
        answer = world.act(claim, world.buyer(sold), "demand_stated", **members)
        assert (answer.status, answer.json()["reason"]) == (422, "invalid_fields"), members
        assert "/remedy" in [error["pointer"] for error in answer.json()["errors"]]
    assert world.claim(claim)["demand"] == remedy


@pytest.mark.parametrize("remedy, amount, status", [
    ("refund_original", PRICE, 200), ("refund_original", PRICE + 1, 409), ("refund_original", PRICE - 1, 409),
    ("refund_original", 1, 409), ("partial_refund", 1, 200), ("refund_original", None, 422),
    ("compensate_delay", 500, 200), ("compensate_delay", PRICE + 1, 409), ("compensate_delay", None, 422),
    ("reissue", None, 200), ("reissue", PRICE, 422)])
def test_a_remedy_that_pays_has_an_amount_within_the_price_and_no_other_has_one(world, case, remedy, amount, status):
    """M1-31."""
    _, claim = case
    paid = {} if amount is None else {"amount": money(amount)}
    answer = world.act(claim, world.system("merchant"), "remedy_offered", remedy=remedy, **paid)
    assert answer.status == status, answer.text
    offered = {"remedy": remedy, "amount": None if amount is None else money(amount)} if status == 200 else None
    assert world.claim(claim)["offer"] == offered


@pytest.mark.parametrize("remedy", ["coupon", "points", "upgrade"])
def test_what_the_platform_owes_of_its_own_is_asked_of_it_by_a_callback(world, case, remedy):
    """M3-43: neither code nor money; done when the platform says so."""
    _, claim = case
    agent = world.voices["agent"]
    world.acts(claim, world.system("merchant"), "message_posted")
    world.acts(claim, agent, "review_started")
    world.acts(claim, agent, "ruled", ruling="liable", liable="platform", remedy=remedy)
    world.stands(claim, "executing", "platform", world.now + 24 * HOUR)
    [asked] = world.claim(claim)["remedies"]
    assert (asked["state"], asked["payer"], asked["redress"]) == (
        "requested", "platform", {"remedy": remedy, "amount": None})
    [told] = world.receiver.wait_for(
        lambda event: event.type == "remedy.requested" and event.json()["data"]["remedy"] == asked["remedy"])
    assert told.json()["data"]["redress"]["remedy"] == remedy
    assert world.receipt(asked["remedy"], {"result": "done", "remedy": remedy, "reference": "v-1"}).status == 200
    closed = world.stands(claim, "closed.remedied", None, None)
    assert path(closed)[-2:] == ["executing", "closed.remedied"]


def test_what_was_said_elsewhere_is_taken_and_told_apart(world, case):
    """M0-22: the thread of the claim keeps that something was said, by whom, where, and its digest."""
    sold, claim = case
    digest = hashlib.sha256("卡密失效，请更换".encode()).hexdigest()
    world.acts(claim, world.buyer(sold), "message_posted", text_sha256=digest, channel="claim")
    world.acts(claim, world.buyer(sold), "message_posted", text_sha256=digest, channel="wechat", off_channel=True)
    inside, outside = world.claim(claim)["history"][-2:]
    assert [(step["event"], step["actor"]) for step in (inside, outside)] == [("message_posted", "buyer")] * 2
    assert words(inside)[0] == {"text_sha256": digest, "channel": "claim"}
    assert words(outside)[0] == {"text_sha256": digest, "channel": "wechat", "off_channel": "true"}
