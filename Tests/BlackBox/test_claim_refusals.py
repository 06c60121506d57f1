"""What a claim does not take: refused with the reason, and neither state nor history nor log nor book moves by it."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import json

import pytest

from harness import webhook
from harness import cards as made
from harness.warranty_world import DAY, SECOND, WarrantyWorld, beijing, money, policy
from harness.wire import call

START = beijing(2026, 11, 2, 10)
REFUND = {"remedy": "refund_original", "amount": money(5000)}
LIABLE = {"ruling": "liable", "liable": "merchant"}
AT_ONCE = 8
# Acts for which one person answers, with what belongs to each.
PERSONAL = {
    "liability_proposed": LIABLE | REFUND, "ruled": LIABLE | REFUND, "payout_approved": {},
    "appeal_decided": {"outcome": "upheld"}, "risk_cleared": {}, "fraud_confirmed": {}}


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "refusals", START, [policy("card-15", "w15", deposit={
        "per_case": money(6000), "per_day": money(1_000_000), "backstop": True})])
    world.account("agent-1", "platform")
    world.account("agent-2", "platform")
    world.account("judge", "arbiter")
    world.account("seller", "merchant", "m-77")
    world.account("rival", "merchant", "m-78")
    world.account("carrier", "third_party")
    yield world
    world.settled()
    world.audited()
    world.close()
    assert world.issuer.deviations == []


@dataclasses.dataclass
class Case:
    sold: object
    claim: str


@pytest.fixture
def opened(world) -> Case:
    sold = world.deliver("card-15", word="revoked")
    return Case(sold, world.claim_on(sold))


@pytest.fixture(scope="module")
def standing(world) -> Case:
    """For acts that do not move it."""
    sold = world.deliver("card-15", word="revoked")
    return Case(sold, world.claim_on(sold))


@pytest.fixture(scope="module")
def owed(world) -> dict:
    """A refund that the merchant owes, for receipts that are not about it."""
    return executing(world)[1]


def executing(world: WarrantyWorld, merchant: str = "m-77", **redress) -> tuple[Case, dict]:
    """A claim whose merchant owes a remedy, and that remedy."""
    sold = world.deliver("card-15", merchant, word="revoked")
    claim = world.claim_on(sold)
    world.acts(claim, world.system("merchant"), "message_posted")
    world.acts(claim, world.voices["agent-1"], "review_started")
    told = world.acts(claim, world.voices["agent-1"], "ruled", **LIABLE, **(redress or REFUND))
    assert told["state"] == "executing"
    return Case(sold, claim), world.claim(claim)["remedies"][-1]


def written(world: WarrantyWorld) -> dict:
    """Everything that an act could have moved. Each step of a claim has its leaf."""
    checkpoint = call(world.gateway.url, "GET", f"/v1/platforms/{world.gateway.platform.name}/log/checkpoint")
    assert checkpoint.status == 200, checkpoint.text
    return {"leaves": int(checkpoint.text.splitlines()[1])} | {
        path: world.gateway.all_rows(f"{path}?limit=200", path.rpartition("/")[2])
        for path in ("/v1/claims", "/v1/remedies", "/v1/deliveries", "/v1/deposits/entries")}


@contextlib.contextmanager
def nothing_moves(world: WarrantyWorld):
    before = written(world)
    yield
    assert written(world) == before


def refused(answer, status: int, reason: str) -> None:
    told = answer.json()
    assert (answer.status, told.get("reason")) == (status, reason), answer.text
    assert answer.header("content-type") == "application/problem+json" and told["title"]


# What is no event, or comes at another time


@pytest.mark.parametrize("body, status, reason", [
    ({"event": "claim_closed", "actor": "platform"}, 422, "invalid_fields"),
    ({"event": "timer_rung", "actor": "platform", "timer": "liability"}, 422, "invalid_fields"),
    ({"event": "verdict_recorded", "actor": "platform"}, 422, "invalid_fields"),
    ({"event": "remedy_verified", "actor": "platform", "is_good": True}, 422, "invalid_fields"),
    ({"event": "remedy_receipt", "actor": "platform"}, 422, "invalid_fields"),
    ({"event": 7, "actor": "platform"}, 422, "invalid_fields"),
    ({"actor": "platform"}, 422, "invalid_fields"),
    ({"event": "review_started"}, 422, "invalid_fields"),
    ({"event": "review_started", "actor": "system"}, 422, "invalid_fields"),
    ({"event": "review_started", "actor": "arbiter"}, 422, "invalid_fields"),
    ({"event": "review_started", "actor": "platform", "state": "closed.remedied"}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", "remedy": "refund_original"}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", "remedy": "reissue", "amount": money(5)}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(0)}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(-1)}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(2**63)}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(5000, "cny")}, 422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": {"amount_minor": 5.5, "currency": "CNY"}},
     422, "invalid_fields"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(5001)}, 409, "wrong_amount"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(5000, "USD")}, 409, "wrong_amount"),
    ({"event": "remedy_offered", "actor": "merchant", **REFUND, "amount": money(2**63 - 1)}, 409, "wrong_amount"),
    ({"event": "remedy_offered", "actor": "merchant", "remedy": "refund_plus_three", "amount": money(1)},
     409, "wrong_actor"),
    ({"event": "remedy_answered", "actor": "buyer", "is_accepted": True}, 409, "wrong_state"),
    ({"event": "remedy_answered", "actor": "buyer"}, 422, "invalid_fields"),
    ({"event": "disputed", "actor": "merchant", "evidence": "chat 7"}, 409, "wrong_state"),
    ({"event": "disputed", "actor": "merchant", "evidence": " "}, 422, "invalid_fields"),
    ({"event": "review_extended", "actor": "platform", "by": "PT24H", "reason": "x"}, 409, "wrong_state"),
    ({"event": "review_extended", "actor": "platform", "by": "P1Y", "reason": "x"}, 422, "invalid_fields"),
    ({"event": "review_extended", "actor": "platform", "by": "-PT1H", "reason": "x"}, 422, "invalid_fields"),
    ({"event": "progress_reported", "actor": "platform"}, 409, "wrong_state"),
    ({"event": "appeal_filed", "actor": "buyer"}, 409, "wrong_state"),
    ({"event": "reopened", "actor": "buyer", "evidence": "photo"}, 409, "wrong_state"),
    ({"event": "escalated", "actor": "buyer", "tier": 2}, 409, "tier_not_reached"),
    ({"event": "escalated", "actor": "buyer", "tier": 1}, 422, "invalid_fields"),
    ({"event": "escalated", "actor": "buyer", "tier": 4, "ground": "fraud"}, 409, "tier_not_reached"),
    ({"event": "external_update", "actor": "platform", "outcome": "settled"}, 409, "wrong_state"),
    ({"event": "withdrawn", "actor": "merchant"}, 409, "wrong_actor"),
    ({"event": "withdrawn", "actor": "platform"}, 409, "wrong_actor"),
    ({"event": "demand_stated", "actor": "merchant", "remedy": "coupon"}, 409, "wrong_actor"),
    ({"event": "evidence_requested", "actor": "merchant", "from": "merchant"}, 409, "wrong_actor"),
], ids=lambda value: json.dumps(value)[:72] if isinstance(value, dict) else None)
def test_an_act_that_the_state_or_the_form_does_not_allow(world, standing, body, status, reason):
    """M1-31: an amount above the price, or in another currency, is no remedy."""
    with nothing_moves(world):
        refused(world.post(f"/v1/claims/{standing.claim}/events", world.system(None), body), status, reason)


@pytest.mark.parametrize("body, status, reason", [
    (b"", 400, "not_json"), (b"{", 400, "not_json"), (b'{"event": "\xff"}', 400, "invalid_utf8"),
    (b'{"event": "withdrawn", "event": "message_read", "actor": "buyer"}', 400, "duplicate_key"),
    (b'{"event": "message_read", "actor": "buyer", "pad": "' + b"x" * (16 << 10) + b'"}', 413, "body_too_large"),
    (b"[]", 422, "invalid_fields"), (b'"withdrawn"', 422, "invalid_fields"),
], ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None)
def test_a_body_that_is_no_event(world, standing, body, status, reason):
    with nothing_moves(world):
        answer = world.post(f"/v1/claims/{standing.claim}/events", world.system(None), body)
        assert answer.status == status, answer.text
        assert answer.json()["reason"] == reason


def test_what_comes_after_the_end_is_late(new_gateway, cards):
    """M3-46: a closed claim takes words, and within seven days one appeal against its ruling."""
    world = WarrantyWorld(new_gateway, cards, "refusals-late", START, [policy("card-15", "w15")])
    world.account("agent-1", "platform")
    world.account("judge", "arbiter")
    opened = Case(sold := world.deliver("card-15", word="revoked"), world.claim_on(sold))
    case, remedy = executing(world)
    assert world.receipt(remedy["remedy"], {"result": "done"} | REFUND).status == 200
    world.acts(opened.claim, world.buyer(opened.sold), "withdrawn")
    agent, judge = world.voices["agent-1"], world.voices["judge"]
    with nothing_moves(world):
        for event, members in (("review_started", {}), ("remedy_offered", REFUND), ("ruled", LIABLE | REFUND),
                               ("payout_approved", {}), ("risk_raised", {})):
            refused(world.act(case.claim, agent, event, **members), 409, "claim_is_closed")
        refused(world.act(case.claim, world.buyer(case.sold), "withdrawn"), 409, "claim_is_closed")
        refused(world.act(opened.claim, world.buyer(opened.sold), "appeal_filed"), 409, "claim_is_closed")
        refused(world.act(case.claim, world.buyer(case.sold), "reopened", evidence="photo"), 409, "claim_is_closed")
    world.clock.jump_to(START + 7 * DAY)
    with nothing_moves(world):
        refused(world.act(case.claim, world.buyer(case.sold), "appeal_filed"), 409, "too_late")
        refused(world.act(case.claim, judge, "appeal_decided", outcome="upheld"), 409, "claim_is_closed")
    world.clock.jump_to(START + 7 * DAY - SECOND)
    assert world.acts(case.claim, world.buyer(case.sold), "appeal_filed")["state"] == "appeal"
    # Who withdrew because he was promised something has not given his right away.
    assert world.acts(opened.claim, world.buyer(opened.sold), "reopened", evidence="photo")["state"] == "review.queued"
    with nothing_moves(world):
        # Who ruled does not hear the appeal, and no agent of the platform does.
        refused(world.act(case.claim, agent, "appeal_decided", outcome="upheld"), 409, "wrong_actor")
    world.acts(case.claim, judge, "appeal_decided", outcome="upheld")
    with nothing_moves(world):
        refused(world.act(case.claim, world.buyer(case.sold), "appeal_filed"), 409, "claim_is_closed")
    world.settled()
    world.audited()
    world.close()


# The same twice, and at once


def at_once(world: WarrantyWorld, acts) -> list:
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result() for future in [pool.submit(act) for act in acts]]


def test_one_act_sent_by_many_at_once_under_one_key_happens_once(world, opened):
    before = len(world.claim(opened.claim)["history"])
    answers = at_once(world, [lambda: world.act(opened.claim, world.system("merchant"), "message_posted", "key-1")]
                      * AT_ONCE)
    assert {answer.status for answer in answers} == {200}
    assert {answer.json()["state"] for answer in answers} == {"review.queued"}
    claim = world.claim(opened.claim)
    assert len(claim["history"]) == before + 1 and claim["state"] == "review.queued"
    with nothing_moves(world):
        for members in ({"is_automatic": True}, {"channel": "app"}):
            refused(world.act(opened.claim, world.system("merchant"), "message_posted", "key-1", **members),
                    409, "idempotency_key_reused")
        refused(world.act(opened.claim, world.system("buyer"), "message_posted", "key-1"), 409,
                "idempotency_key_reused")
        assert world.act(opened.claim, world.system("merchant"), "message_posted", "key-1").status == 200


def test_one_act_sent_by_many_at_once_without_a_key_moves_the_claim_once(world, opened):
    world.acts(opened.claim, world.system("merchant"), "message_posted")
    before = len(world.claim(opened.claim)["history"])
    answers = at_once(world, [lambda: world.act(opened.claim, world.voices["agent-1"], "review_started")] * AT_ONCE)
    assert sorted(answer.status for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    assert {answer.json()["reason"] for answer in answers if answer.status == 409} == {"wrong_state"}
    assert len(world.claim(opened.claim)["history"]) == before + 1


def test_of_two_rulings_at_once_one_stands(world, opened):
    world.acts(opened.claim, world.system("merchant"), "message_posted")
    world.acts(opened.claim, world.voices["agent-1"], "review_started")
    rulings = [("agent-1", LIABLE | REFUND), ("agent-2", LIABLE | {"remedy": "reissue"}),
               ("judge", {"ruling": "not_liable", "evidence": "log 3"})] * 3
    answers = at_once(world, [lambda name=name, ruling=ruling: world.act(
        opened.claim, world.voices[name], "ruled", **ruling) for name, ruling in rulings])
    assert [answer.status for answer in answers].count(200) == 1
    claim = world.claim(opened.claim)
    assert [entry["event"] for entry in claim["history"]].count("ruled") == 1
    assert len(claim["remedies"]) == (0 if claim["state"] == "closed.not_covered" else 1)


def test_a_receipt_sent_by_many_at_once_is_one_payment(world):
    assert world.pays_in(5_000, "m-paying").status == 200
    case, remedy = executing(world, "m-paying")
    assert world.receipt(remedy["remedy"], {"result": "refused"}).status == 200
    payout = world.claim(case.claim)["remedies"][-1]
    assert (payout["payer"], payout["state"]) == ("deposit", "requested")
    before = world.book().get("paid", 0)
    answers = at_once(world, [lambda: world.receipt(payout["remedy"], {"result": "done"} | REFUND)] * AT_ONCE)
    assert {answer.status for answer in answers} == {200}
    assert world.book()["paid"] == before + 5_000
    claim = world.claim(case.claim)
    assert [remedy["state"] for remedy in claim["remedies"]] == ["cancelled", "done"]
    with nothing_moves(world):
        refused(world.receipt(payout["remedy"], {"result": "failed"}), 409, "idempotency_key_reused")
        refused(world.receipt(payout["remedy"], {"result": "done", "reference": "2"} | REFUND), 409,
                "idempotency_key_reused")


def test_one_person_at_many_tills_approves_once(world):
    assert world.pays_in(9_000, "m-till").status == 200
    sold = world.deliver("card-15", "m-till", paid=9_000, word="revoked")
    claim = world.claim_on(sold)
    world.acts(claim, world.system("merchant"), "message_posted")
    world.acts(claim, world.voices["agent-1"], "review_started")
    world.acts(claim, world.voices["agent-1"], "ruled", **LIABLE, remedy="refund_original", amount=money(9_000))
    remedy = world.claim(claim)["remedies"][-1]
    assert world.receipt(remedy["remedy"], {"result": "refused"}).status == 200
    answers = at_once(world, [lambda: world.act(claim, world.voices["agent-1"], "payout_approved")] * AT_ONCE)
    assert sorted(answer.status for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    standing = world.claim(claim)
    assert standing["execution"]["payer"] == "deposit_on_approval"
    assert len(standing["execution"]["approvals"]) == 1
    # What waits for people is no remedy that a receipt could be about.
    assert [found["state"] for found in standing["remedies"]] == ["cancelled"]


def test_a_refused_act_leaves_its_key_free(world, opened):
    with nothing_moves(world):
        refused(world.act(opened.claim, world.system("platform"), "progress_reported", "key-2"), 409, "wrong_state")
    world.acts(opened.claim, world.system("merchant"), "message_posted", "key-2")


# Who may


def test_a_merchant_sees_and_moves_his_own_claims_alone(world, opened):
    rival, seller = world.voices["rival"], world.voices["seller"]
    with nothing_moves(world):
        for event, members in (("message_posted", {}), ("remedy_offered", REFUND), ("evidence_added", {}),
                               ("disputed", {"evidence": "x"})):
            refused(world.act(opened.claim, rival, event, **members), 404, "not_found")
        refused(call(world.gateway.url, "GET", f"/v1/claims/{opened.claim}", rival.headers), 404, "not_found")
    for path in ("/v1/claims", "/v1/claims/due?before=2030-01-01T00:00:00Z"):
        answer = call(world.gateway.url, "GET", path, rival.headers)
        assert (answer.status, answer.json()["claims"]) == (200, [])
    listed = call(world.gateway.url, "GET", "/v1/claims?limit=200", seller.headers).json()["claims"]
    assert opened.claim in {claim["claim"] for claim in listed}
    assert {claim["merchant"] for claim in listed} == {"m-77"}
    # What is somebody else's act is not his either.
    with nothing_moves(world):
        for event, members in (("withdrawn", {}), ("review_started", {}), ("ruled", LIABLE | REFUND),
                               ("payout_approved", {}), ("risk_raised", {}), ("fraud_confirmed", {}),
                               ("escalated", {"tier": 2}), ("remedy_answered", {"is_accepted": True})):
            refused(world.act(opened.claim, seller, event, **members), 409, "wrong_actor")
        refused(world.act(opened.claim, dataclasses.replace(seller, actor="buyer"), "withdrawn"), 422,
                "invalid_fields")


def test_a_buyer_acts_for_himself_on_his_own_order(world, opened):
    other = world.deliver("card-15", word="revoked")
    stranger, buyer = world.buyer(other), world.buyer(opened.sold)
    with nothing_moves(world):
        refused(world.act(opened.claim, stranger, "withdrawn"), 404, "not_found")
        refused(call(world.gateway.url, "GET", f"/v1/claims/{opened.claim}", stranger.headers), 404, "not_found")
        refused(call(world.gateway.url, "GET", "/v1/claims", buyer.headers), 401, "wrong_token")
        refused(call(world.gateway.url, "GET", "/v1/claims/due", buyer.headers), 401, "wrong_token")
        for event, members in (("remedy_offered", REFUND), ("review_started", {}), ("ruled", LIABLE | REFUND),
                               ("disputed", {"evidence": "x"}), ("payout_approved", {}), ("risk_cleared", {})):
            refused(world.act(opened.claim, buyer, event, **members), 409, "wrong_actor")


@pytest.mark.parametrize("event", sorted(PERSONAL))
def test_a_personal_act_needs_a_persons_token(world, standing, event):
    """CONTRACT, parties: the platform's own system answers for nobody."""
    with nothing_moves(world):
        for actor in ("platform", "merchant", "buyer"):
            refused(world.act(standing.claim, world.system(actor), event, **PERSONAL[event]), 403, "needs_account")


def test_tokens_that_are_nobodys(world, opened):
    gateway = world.gateway
    leaver = world.account("leaver", "platform")
    gateway.cli("tenant", "account", "revoke", "shop", "leaver", check=True)
    stranger = gateway.platforms.get("stranger") or gateway.add_platform("stranger")
    foreign = world.account("agent-1", "platform", platform=stranger)
    with nothing_moves(world):
        path, body = f"/v1/claims/{opened.claim}/events", json.dumps({"event": "review_started"}).encode()
        headers = {"content-type": "application/json"}
        refused(call(gateway.url, "POST", path, headers, body), 401, "missing_token")
        for token in ("x", world.gateway.platform.token + "x", world.gateway.platform.secret):
            refused(call(gateway.url, "POST", path, headers | {"authorization": f"Bearer {token}"}, body), 401,
                    "wrong_token")
        refused(world.act(opened.claim, leaver, "review_started"), 401, "wrong_token")
        refused(world.act(opened.claim, foreign, "review_started"), 404, "not_found")
        refused(call(gateway.url, "GET", f"/v1/claims/{opened.claim}", stranger.bearer), 404, "not_found")
        for path in ("/v1/deposits", "/v1/deposits/entries", "/v1/remedies"):
            for voice in (world.buyer(opened.sold), world.voices["seller"]):
                answer = call(gateway.url, "GET", path, voice.headers)
                refused(answer, 401, "wrong_token")
                assert answer.json()["detail"].startswith("This path takes the platform's API token."), answer.text
                # What is nobody's token is told the same.
                nobodys = call(gateway.url, "GET", path, {"authorization": "Bearer x"})
                assert nobodys.json()["detail"] == answer.json()["detail"]
        for wrong in ("clm_0", "clm_" + "0" * 26, opened.sold.id):
            refused(world.act(wrong, world.system("platform"), "review_started"), 404, "not_found")
        for wrong in ("KZ-0", "KZ-0000-0000-0000-0000", opened.claim):
            refused(call(gateway.url, "GET", f"/v1/tracking/{wrong}"), 404, "not_found")
    # The names are of one platform each: the token that is bound to this one still acts.
    world.voices["agent-1"] = dataclasses.replace(
        foreign, headers={"authorization": f"Bearer {(gateway.folder / 'shop-agent-1.token').read_text().strip()}"})


# Receipts


@pytest.mark.parametrize("body, status, reason", [
    ({"result": "done"}, 422, "invalid_fields"),
    ({"result": "paid"} | REFUND, 422, "invalid_fields"),
    ({"result": "done", "remedy": "refund_original"}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": money(0)}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": money(-5000)}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": money(2**63)}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": money(10**40)}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": {"amount_minor": "5000", "currency": "CNY"}}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": {"amount_minor": 5000.0, "currency": "CNY"}}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": money(5000, "RMB2")}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"claim": "clm_0"}, 422, "invalid_fields"),
    ({"result": "refused"} | REFUND, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"reference": "x" * 129}, 422, "invalid_fields"),
    ({"result": "done"} | REFUND | {"amount": money(4999)}, 409, "other_remedy"),
    ({"result": "done"} | REFUND | {"amount": money(5001)}, 409, "other_remedy"),
    ({"result": "done"} | REFUND | {"amount": money(2**63 - 1)}, 409, "other_remedy"),
    ({"result": "done"} | REFUND | {"amount": money(5000, "USD")}, 409, "other_remedy"),
    ({"result": "done"} | REFUND | {"remedy": "partial_refund"}, 409, "other_remedy"),
    ({"result": "done", "remedy": "reissue"}, 409, "other_remedy"),
], ids=lambda value: json.dumps(value)[:90] if isinstance(value, dict) else None)
def test_a_receipt_that_is_not_what_was_asked_for(world, owed, body, status, reason):
    with nothing_moves(world):
        refused(world.receipt(owed["remedy"], body), status, reason)


def test_a_receipt_about_nothing_or_by_whom_it_does_not_concern(world):
    case, remedy = executing(world)
    with nothing_moves(world):
        for wrong in ("rem_0", "rem_" + "0" * 26, case.claim):
            refused(world.receipt(wrong, {"result": "refused"}), 404, "not_found")
        for voice in (world.buyer(case.sold), world.voices["judge"]):
            refused(world.receipt(remedy["remedy"], {"result": "refused"}, voice), 409, "wrong_actor")
        # A third party sees what is claimed against it, and nothing else.
        refused(world.receipt(remedy["remedy"], {"result": "refused"}, world.voices["carrier"]), 404,
                "not_found")
        refused(world.receipt(remedy["remedy"], {"result": "done"} | REFUND, world.voices["seller"]), 409,
                "wrong_actor")


def test_a_merchant_reports_on_his_own_remedies_alone(world):
    _, remedy = executing(world)
    with nothing_moves(world):
        refused(world.receipt(remedy["remedy"], {"result": "refused"}, world.voices["rival"]), 404, "not_found")


def test_a_buyer_of_another_order_has_nothing_to_report(world):
    _, remedy = executing(world)
    other = world.deliver("card-15")
    with nothing_moves(world):
        refused(world.receipt(remedy["remedy"], {"result": "refused"}, world.buyer(other)), 404, "not_found")


def test_a_reissue_is_not_reported_by_a_receipt(world):
    """openapi, receiveRemedy: the code comes as a delivery, and nothing is done before it."""
    remedy = executing(world, remedy="reissue")[1]
    with nothing_moves(world):
        answer = world.receipt(remedy["remedy"], {"result": "done", "remedy": "reissue"})
        assert answer.status in (409, 422), answer.text


# Replacements


def test_a_replacement_for_another_order_is_refused_whole(world):
    mine, reissue = executing(world, remedy="reissue")
    other, other_reissue = executing(world, remedy="reissue")
    _, refund = executing(world)
    closed, done = executing(world)
    assert world.receipt(done["remedy"], {"result": "done"} | REFUND).status == 200
    serial, key = world.cards.voucher()

    def replaced(**more):
        return world.replace(mine.sold, **({"key": key, "serial": serial, "remedy": reissue["remedy"]} | more))

    with nothing_moves(world):
        for answer in (
                replaced(remedy=other_reissue["remedy"]), replaced(remedy=refund["remedy"]),
                replaced(remedy=done["remedy"]), replaced(remedy="rem_" + "0" * 26), replaced(line=2),
                replaced(order=other.sold.order), replaced(order=world.cards.order()), replaced(stage=None)):
            assert answer.status == 422, answer.text
            [error] = answer.json()["errors"]
            assert (error["pointer"], error["reason"]) == ("/items/0/remedy", "other_remedy")
            assert "at stage `dispense` first" in error["detail"] and "remedy.verified" in error["detail"]
        for wrong in ("rem_0", 7, mine.claim):
            answer = replaced(remedy=wrong)
            assert answer.status == 422 and answer.json()["errors"][0]["pointer"] == "/items/0/remedy", answer.text
    # Nobody took the code: it is fresh for the next buyer.
    fresh = world.deliver("card-15", key=key)
    assert fresh.body["items"][0]["verdict"]["state"] == "ok_unused"


def test_one_good_item_does_not_carry_a_wrong_one(world):
    mine, reissue = executing(world, remedy="reissue")
    serials = [world.cards.voucher() for _ in range(2)]
    items = [made.item("card-15", serials[0][1], serials[0][0], 1, remedy=reissue["remedy"]),
             made.item("card-15", serials[1][1], serials[1][0], 2, remedy="rem_" + "0" * 26)]
    notice = made.delivery(mine.sold.order, items, stage="dispense", delivered_at=world.now, merchant="m-77",
                           buyer_ref=mine.sold.buyer_ref)
    with nothing_moves(world):
        answer = webhook.send(world.gateway, notice, timestamp=world.clock.timestamp)
        assert answer.status == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/items/1/remedy"]


# The book


@pytest.mark.parametrize("body, status, reason", [
    ({"kind": "withdrawal", "merchant": "m-book", "amount": money(10_001)}, 409, "insufficient_funds"),
    ({"kind": "withdrawal", "merchant": "m-book", "amount": money(2**63 - 1)}, 409, "insufficient_funds"),
    ({"kind": "withdrawal", "merchant": "m-book", "amount": money(1, "USD")}, 409, "insufficient_funds"),
    ({"kind": "withdrawal", "merchant": "m-nobody", "amount": money(1)}, 409, "insufficient_funds"),
    ({"kind": "deposit", "merchant": "m-book", "amount": money(2**63 - 1)}, 409, "insufficient_funds"),
    ({"kind": "deposit", "merchant": "m-book", "amount": money(2**63)}, 422, "invalid_fields"),
    ({"kind": "deposit", "merchant": "m-book", "amount": money(0)}, 422, "invalid_fields"),
    ({"kind": "deposit", "merchant": "m-book", "amount": money(-1)}, 422, "invalid_fields"),
    ({"kind": "deposit", "merchant": "m-book", "amount": money(1, "cny")}, 422, "invalid_fields"),
    ({"kind": "deposit", "merchant": "m-book"}, 422, "invalid_fields"),
    ({"kind": "deposit", "amount": money(1)}, 422, "invalid_fields"),
    ({"kind": "deposit", "merchant": "", "amount": money(1)}, 422, "invalid_fields"),
    ({"kind": "payout", "merchant": "m-book", "amount": money(1)}, 422, "invalid_fields"),
    ({"kind": "backstop_funding", "merchant": "m-book", "amount": money(1)}, 422, "invalid_fields"),
    ({"kind": "deposit", "merchant": "m-book", "amount": money(1), "claim": "clm_0"}, 422, "invalid_fields"),
], ids=lambda value: json.dumps(value)[:90] if isinstance(value, dict) else None)
def test_the_book_takes_no_money_that_is_not_there(world, body, status, reason):
    if "deposit/m-book" not in world.book():
        assert world.pays_in(10_000, "m-book").status == 200
    with nothing_moves(world):
        refused(world.post("/v1/deposits", world.system(None), body, f"key-{world.cards.order()}"), status, reason)


def test_what_claims_hold_cannot_be_withdrawn(world):
    """M3-27: 7,000 paid in, 5,000 held."""
    assert world.pays_in(7_000, "m-held").status == 200
    sold = world.deliver("card-15", "m-held", word="revoked")
    claim = world.claim_on(sold)
    assert world.book()[f"frozen/{claim}/m-held"] == 5_000
    with nothing_moves(world):
        refused(world.pays_in(2_001, "m-held", "withdrawal"), 409, "insufficient_funds")
        refused(world.post("/v1/deposits", world.system(None),
                           {"kind": "withdrawal", "merchant": "m-held", "amount": money(1)}), 400,
                "missing_idempotency_key")
    # However many try at once, what is free goes once.
    answers = at_once(world, [lambda: world.pays_in(900, "m-held", "withdrawal")] * AT_ONCE)
    assert sorted(answer.status for answer in answers) == [200] * 2 + [409] * (AT_ONCE - 2)
    assert world.book()["deposit/m-held"] == 200
    # With the claim the hold ends.
    world.acts(claim, world.buyer(sold), "withdrawn")
    assert world.book()["deposit/m-held"] == 5_200


def test_a_change_of_the_book_is_written_once_under_its_key(world):
    key = f"key-{world.cards.order()}"
    answers = at_once(world, [lambda: world.pays_in(1_000, "m-once", key=key)] * AT_ONCE)
    assert {answer.status for answer in answers} == {200}
    assert world.book()["deposit/m-once"] == 1_000
    with nothing_moves(world):
        refused(world.pays_in(1_001, "m-once", key=key), 409, "idempotency_key_reused")
        refused(world.pays_in(1_000, "m-other", key=key), 409, "idempotency_key_reused")
        assert world.pays_in(1_000, "m-once", key=key).status == 200


def test_a_key_of_the_book_stands_for_one_change_of_whatever_kind(world):
    """openapi, postDeposit: the change is written once under the key."""
    key = f"key-{world.cards.order()}"
    assert world.pays_in(1_000, "m-kinds", key=key).status == 200
    with nothing_moves(world):
        refused(world.pays_in(1_000, "m-kinds", "withdrawal", key=key), 409, "idempotency_key_reused")


# What nobody may take the gateway down with. Each has a world of its own: it does not survive where it deviates.


@pytest.fixture
def own_world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "refusals-own", START, [policy("card-15", "w15")])
    world.account("agent-1", "platform")
    yield world
    world.close()


def still_serves(world: WarrantyWorld) -> None:
    assert world.gateway.get("/v1/claims").status == 200
    assert world.gateway.process.poll() is None, world.gateway.log_tail(3)
    world.deliver("card-15")


def test_a_code_that_comes_after_a_receipt_of_its_reissue(own_world):
    mine, remedy = executing(own_world, remedy="reissue")
    own_world.receipt(remedy["remedy"], {"result": "done", "remedy": "reissue"})
    answer = own_world.replace(mine.sold, remedy["remedy"])
    assert answer.status in (200, 422), answer.text
    still_serves(own_world)


def test_more_money_than_can_be_counted(own_world):
    assert own_world.pays_in(2**63 - 1, "m-all").status == 200
    refused(own_world.pays_in(5, "m-77"), 409, "insufficient_funds")
    assert own_world.pays_in(2**63 - 1, "m-all", "withdrawal").status == 200
    assert own_world.pays_in(5, "m-77").status == 200
    still_serves(own_world)


def test_a_claim_that_closes_twice_while_the_clock_stands(own_world):
    world = own_world
    assert world.pays_in(5_000, "m-77").status == 200
    sold, bystander = world.deliver("card-15"), world.deliver("card-15")
    world.issuer.says(sold.key, "not_activated")
    world.selftest(sold, "not_activated")
    world.clock.advance(35 * 60)
    world.selftest(bystander)
    world.receiver.wait_for(lambda event: event.type == "claim.opened")
    claim = world.claim_on(sold)
    world.issuer.says(sold.key, "ok_unused")
    world.selftest(sold, "ok_unused")
    world.stands(claim, "closed.recovered", None, None)
    world.acts(claim, world.buyer(sold), "reopened", evidence="photo")
    world.acts(claim, world.buyer(sold), "withdrawn")
    assert world.book() == {"deposit/m-77": 5_000, "outside": -5_000}
    still_serves(world)


def test_the_code_itself_is_no_replacement_of_it(own_world):
    mine, remedy = executing(own_world, remedy="reissue")
    with nothing_moves(own_world):
        answer = own_world.replace(mine.sold, remedy["remedy"], mine.sold.key, serial=mine.sold.serial)
        assert answer.status == 422 and answer.json()["errors"][0]["pointer"] == "/items/0/remedy", answer.text
