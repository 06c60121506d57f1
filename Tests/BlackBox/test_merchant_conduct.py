"""What merchants and buyers do beside their claims: silence that leads up a ladder, money that leaves, many refunds at
once, trade outside the platform, and abuse. The gateway counts and tells; what hurts somebody a person presses."""

from __future__ import annotations

import collections
import hashlib
import json
import re
import time

import pytest

from harness.gateway import ROOT
from harness.warranty_world import ACTION, DAY, MINUTE, WarrantyWorld, beijing, money, path, policy, words
from harness.wire import call

# The second day of a period of thirty; a Wednesday.
START = beijing(2026, 11, 4, 10)
PRICE = 5000
CAPS = {"per_case": money(6000), "per_day": money(80_000), "backstop": True}
DUE = "merchant.penalty_due"
REFUND = {"remedy": "refund_original", "amount": money(PRICE)}


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "conduct", START, [policy("card-15", "w15", deposit=CAPS)],
                          settings={"rules_directory": str(ROOT / "Config" / "rules")})
    world.account("agent", "platform")
    yield world
    world.close()


def silent(world, merchant: str, count: int) -> list[str]:
    """Claims against a merchant whose two minutes for a first answer passed."""
    claims = [world.claim_on(world.deliver("card-15", merchant=merchant, word="revoked")) for _ in range(count)]
    late = world.now + 2 * MINUTE
    for claim in claims:
        world.rings(claim, "first_response", late)
    return claims


def read(world, at: str, voice=None):
    return call(world.gateway.url, "GET", at, (voice or world.system(None)).headers)


def penalties(world, merchant: str, voice=None) -> list[dict]:
    answer = read(world, f"/v1/merchants/{merchant}/penalties", voice)
    assert answer.status == 200, answer.text
    assert answer.json()["next_cursor"] is None
    return answer.json()["penalties"]


def decides(world, voice, penalty: dict, outcome: str, reason: str | None = "looked at", key: str | None = None):
    said = {"outcome": outcome} | ({} if reason is None else {"reason": reason})
    return world.post(f"/v1/merchants/{penalty['merchant']}/penalties/{penalty['penalty']}/decisions", voice, said, key)


def told(world, merchant: str) -> collections.Counter:
    """How often each row was told of, each event once."""
    heard = {event.id: event.json()["data"] for event in list(world.receiver.events) if event.type == DUE}
    return collections.Counter(data["penalty"] for data in heard.values() if data["merchant"] == merchant)


def is_told(world, merchant: str, rows: list[dict]) -> bool:
    deadline = time.monotonic() + 15
    wanted = collections.Counter(row["penalty"] for row in rows)
    while told(world, merchant) != wanted:
        assert time.monotonic() < deadline, f"{told(world, merchant)} in place of {wanted}"
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def seller(world):
    """A merchant with ten silent claims, and the rows that he reached, as they were after three and after ten."""
    silent(world, "s-1", 3)
    first = penalties(world, "s-1")
    silent(world, "s-1", 7)
    return first, penalties(world, "s-1")


def test_missed_first_answers_lead_up_the_ladder_each_row_once(world, seller):
    """M2-17 M2-23: 多次未回应, 平台介入; 降权 by itself, 罚款 prepared for a person."""
    first, rows = seller
    assert [(row["row"], row["value"], row["execution"], row["state"]) for row in first] == [
        ("missed_intervene", 2, "automatic", "automatic"), ("missed_downrank", 3, "automatic", "automatic")]
    assert rows[:2] == first
    assert [(row["row"], row["step"], row["value"], row["threshold"], row["execution"], row["state"])
            for row in rows[2:]] == [("missed_fine", "fine", 10, 10, "prepared", "due")]
    for row in rows:
        assert (row["since"], row["until"]) == ("2026-11-03T00:00:00Z", "2026-12-03T00:00:00Z")
        assert set(row["text"]) == {"zh-CN", "en"} and row["decision"] is None
        steps = [entry for entry in world.claim(row["claim"])["history"]
                 if entry["event"] == "penalty.due" and entry["detail"]["penalty"] == row["penalty"]]
        assert [(step["actor"], step["from"] == step["to"]) for step in steps] == [("system", True)]
        assert call(world.gateway.url, "GET", row["evidence"]["proof_url"]).status == 200
    assert is_told(world, "s-1", rows)
    [event] = world.receiver.wait_for(
        lambda event: event.type == DUE and event.json()["data"]["penalty"] == rows[2]["penalty"])
    data = event.json()["data"]
    assert {name: data[name] for name in ("row", "step", "execution", "value", "text")} == {
        name: rows[2][name] for name in ("row", "step", "execution", "value", "text")}
    assert "claim" not in data and "order" not in data


def test_the_operator_lists_what_is_due(world, seller):
    """M2-23."""
    _, rows = seller
    assert world.gateway.cli_json("merchants", "penalties", "--merchant", "s-1")["penalties"] == rows
    assert world.gateway.cli_json("merchants", "penalties", "--merchant", "nobody")["penalties"] == []
    shown = world.gateway.cli("merchants", "penalties", "--limit", "3", check=True).stdout.decode()
    assert "missed_fine" in shown and "prepared" in shown


def test_a_merchant_sees_his_own_and_no_others(world, seller):
    _, rows = seller
    own, other = world.account("desk-1", "merchant", "s-1"), world.account("desk-2", "merchant", "s-9")
    assert penalties(world, "s-1", own) == penalties(world, "s-1", world.voices["agent"]) == rows
    buyer = world.buyer(world.sold[0])
    assert [read(world, "/v1/merchants/s-1/penalties", voice).status for voice in (other, buyer)] == [404, 404]
    assert read(world, "/v1/penalties", own).status == 401
    all_rows = read(world, "/v1/penalties?merchant=s-1").json()["penalties"]
    assert all_rows == rows
    page = read(world, "/v1/penalties?merchant=s-1&limit=2").json()
    rest = read(world, f"/v1/penalties?merchant=s-1&limit=2&cursor={page['next_cursor']}").json()
    assert page["penalties"] + rest["penalties"] == rows


def test_a_penalty_that_waits_for_a_person_is_decided_once_and_by_one(world, seller):
    """M2-23: 罚款 and 暂停 are a person's; what is automatic can be taken back."""
    _, rows = seller
    downrank, fine = rows[1], rows[2]
    agent, desk = world.voices["agent"], world.account("desk-3", "merchant", "s-1")
    assert [(answer.status, answer.json()["reason"]) for answer in (
        decides(world, world.system(None), fine, "confirmed"), decides(world, desk, fine, "confirmed"),
        decides(world, agent, fine, "confirmed", reason=None), decides(world, agent, fine, "banned"),
        decides(world, agent, downrank, "confirmed"))] == [
            (403, "needs_account"), (401, "wrong_token"), (422, "invalid_fields"), (422, "invalid_fields"),
            (409, "wrong_state")]
    assert decides(world, agent, fine | {"merchant": "s-9"}, "confirmed").status == 404
    decided = decides(world, agent, fine, "confirmed", "no answer by phone either", "k-1")
    assert decided.status == 200, decided.text
    row = decided.json()
    assert (row["state"], row["decision"]["account"], row["decision"]["reason"]) == (
        "confirmed", "agent", "no answer by phone either")
    assert call(world.gateway.url, "GET", row["decision"]["evidence"]["proof_url"]).status == 200
    last = world.claim(fine["claim"])["history"][-1]
    assert (last["event"], last["actor"], last["account"]) == ("penalty.confirmed", "platform", "agent")
    # What all claims against him count, and what a person said of it, is not the buyer's.
    at = f"/v1/claims/{fine['claim']}"
    [sold] = [sold for sold in world.sold if sold.id == world.claim(fine["claim"])["delivery"]]
    for voice, shown in ((desk, True), (agent, True), (world.buyer(sold), False)):
        steps = [entry["event"] for entry in read(world, at, voice).json()["history"]]
        assert ("penalty.confirmed" in steps, "penalty.due" in steps) == (shown, shown)
    moved = world.act(fine["claim"], world.buyer(sold), "message_posted").json()
    assert not [entry for entry in moved["history"] if entry["event"].startswith("penalty.")]
    assert decides(world, agent, fine, "confirmed", "no answer by phone either", "k-1").json() == row
    again = decides(world, agent, fine, "dismissed")
    assert (again.status, again.json()["reason"]) == (409, "already_heard")
    assert decides(world, agent, downrank, "dismissed").json()["state"] == "dismissed"


def test_a_broken_promise_that_a_person_confirmed_counts(world):
    """M2-23: 虚假宣传."""
    claim = world.claim_on(world.deliver("card-15", merchant="p-1", word="undervalued"))
    agent = world.voices["agent"]
    world.acts(claim, world.system("merchant"), "message_posted")
    assert penalties(world, "p-1") == []
    world.acts(claim, agent, "review_started")
    world.acts(claim, agent, "ruled", ruling="liable", liable="merchant", **REFUND)
    assert [(row["row"], row["value"], row["claim"]) for row in penalties(world, "p-1")] == [
        ("mismatch_downrank", 1, claim)]


def test_a_buyers_third_refund_request_of_an_hour_waits_for_a_person_and_is_not_rejected(world):
    """M1-41 M1-42 M1-40: 短时间内多次申请退款, 人工介入."""
    sold = [world.deliver("card-15", merchant="r-1", word="revoked", buyer_ref="many-refunds") for _ in range(3)]
    claims = [world.claim_on(order) for order in sold]
    for order, claim in zip(sold, claims):
        world.acts(claim, world.buyer(order), "demand_stated", remedy="refund_original")
    assert [world.claim(claim)["state"] for claim in claims] == ["open", "open", "hold.risk"]
    raised = world.claim(claims[2])["history"][-1]
    [hit] = words(raised)[0]["hits"]
    assert (raised["event"], hit["rule"], hit["subject"]["kind"], hit["counts"]["count"]) == (
        "risk.raised", "refund_burst", "buyer", 3)
    world.acts(claims[2], world.voices["agent"], "risk_cleared")
    assert path(world.claim(claims[2]))[-2:] == ["hold.risk", "open"]
    # The same words again are no further request.
    world.acts(claims[2], world.buyer(sold[2]), "demand_stated", remedy="refund_original")
    assert world.claim(claims[2])["state"] == "open"


def test_what_was_dealt_outside_the_platform_has_no_deposit_behind_it(world):
    """M3-51: 站外交易不受保障; evidence is taken all the same."""
    world.pays_in(50_000, "o-1")
    inside = world.claim_on(world.deliver("card-15", merchant="o-1", word="revoked"))
    held = world.book()
    assert (held["deposit/o-1"], held[f"frozen/{inside}/o-1"]) == (50_000 - PRICE, PRICE)
    assert world.claim(inside)["deposit_backing"] == {
        "is_backed": True, "reason": None, "text": None, "held": money(PRICE)}
    sold = world.deliver("card-15", merchant="o-1", word="revoked", terms={"off_platform": True})
    assert sold.body["ignored"] == []
    claim = world.claim_on(sold)
    opened = world.claim(claim)
    assert (opened["state"], opened["against"]) == ("open", "merchant") and world.book() == held
    backing = opened["deposit_backing"]
    assert (backing["is_backed"], backing["reason"], set(backing["text"])) == (False, "off_platform", {"zh-CN", "en"})
    assert backing["held"] == money(0)
    world.acts(claim, world.buyer(sold), "evidence_added", is_complete=True, reference="photo 1")
    world.acts(claim, world.system("merchant"), "remedy_offered", **REFUND)
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [asked] = world.claim(claim)["remedies"]
    assert world.receipt(asked["remedy"], {"result": "refused"}).status == 200
    left = world.reaches(claim, "escalate.t2")
    assert [remedy["payer"] for remedy in left["remedies"]] == ["merchant"] and world.book() == held


def test_abuse_is_flagged_to_people_and_moves_nothing(world):
    """M2-19: 恶意评价、威胁."""
    sold = world.deliver("card-15", merchant="a-1", word="revoked")
    claim, seller, buyer = world.claim_on(sold), world.system("merchant"), world.buyer(sold)
    digest = hashlib.sha256("不退款就差评".encode()).hexdigest()
    world.acts(claim, buyer, "message_posted", text_sha256=digest)
    before = world.claim(claim)
    world.acts(claim, seller, "abuse_flagged", kind="malicious_review", text_sha256=digest)
    world.acts(claim, buyer, "abuse_flagged", kind="threat")
    after = world.claim(claim)
    assert {name: after[name] for name in after if name != "history"} == {
        name: before[name] for name in before if name != "history"}
    by_seller, by_buyer = after["history"][-2:]
    assert (by_seller["actor"], by_buyer["actor"]) == ("merchant", "buyer")
    assert words(by_seller) == (
        {"kind": "malicious_review", "text_sha256": digest}, ["notice:platform:abuse_flagged"])
    heard = world.receiver.wait_for(
        lambda event: event.type == ACTION and event.json()["data"].get("claim") == claim
        and event.json()["data"]["notice"] == "abuse_flagged")
    assert {event.json()["data"]["to"] for event in heard} == {"platform"}
    for voice, kind, expected in ((world.voices["agent"], "insult", (409, "wrong_actor")),
                                  (buyer, "rudeness", (422, "invalid_fields"))):
        answer = world.act(claim, voice, "abuse_flagged", kind=kind)
        assert (answer.status, answer.json()["reason"]) == expected
    # A flag is no first answer.
    world.rings(claim, "first_response", world.now + 2 * MINUTE)
    world.acts(claim, world.system("buyer"), "withdrawn")
    world.acts(claim, seller, "abuse_flagged", kind="insult")
    assert world.claim(claim)["state"] == "closed.withdrawn"


def test_one_party_has_a_budget_of_acts_on_one_claim(world):
    """M2-19."""
    sold = world.deliver("card-15", merchant="a-2", word="revoked")
    claim, buyer = world.claim_on(sold), world.buyer(sold)
    answers = [world.act(claim, buyer, "message_posted") for _ in range(121)]
    assert [answer.status for answer in answers] == [200] * 120 + [429]
    refused = answers[-1]
    assert (refused.json()["reason"], refused.headers["retry-after"]) == ("claim_budget_spent", "60")
    assert world.act(claim, world.system("merchant"), "message_posted").status == 200
    other = world.deliver("card-15", merchant="a-2", word="revoked")
    assert world.act(world.claim_on(other), world.buyer(other), "message_posted").status == 200
    world.clock.advance(60)
    assert [world.act(claim, buyer, "message_posted").status for _ in range(2)] == [200, 429]


def test_a_deposit_that_leaves_while_nobody_answers_waits_for_a_person(world):
    """M4-09 M0-26 M1-42: 卷款跑路."""
    world.pays_in(100_000, "g-1")
    good = world.deliver("card-15", merchant="g-1")
    silent(world, "g-1", 3)
    world.clock.jump_to(world.now + 4 * DAY)
    held = world.book()["deposit/g-1"]
    leaving = {"kind": "withdrawal", "merchant": "g-1", "amount": money(60_000)}
    answer = world.post("/v1/deposits", world.system(None), leaving, "leaving-1")
    assert (answer.status, answer.json()["reason"]) == (409, "withdrawal_held")
    assert world.book()["deposit/g-1"] == held == 100_000 - 3 * PRICE
    desk = world.account("desk-g", "merchant", "g-1")
    assert world.post("/v1/deposits", desk, leaving, "leaving-2").status == 401
    pressed = world.post("/v1/deposits", world.voices["agent"], leaving, "leaving-3")
    assert pressed.status == 200, pressed.text
    claim = world.claim(world.fails(good))
    [noted] = [entry for entry in claim["history"] if entry["event"] == "risk.noted"]
    [hit] = words(noted)[0]["hits"]
    assert (hit["rule"], hit["suggested_tier"], claim["automation_held"]) == ("merchant_gone", 4, True)
    # M4-09: the advice goes to the law directly; a person decides and files.
    assert read(world, f"/v1/claims/{claim['claim']}/escalation").json()["tier"] == 4
    rows = {row["row"]: row for row in penalties(world, "g-1")}
    assert {"gone_downrank", "gone_suspend"} <= set(rows) and "absconded_ban" not in rows
    assert rows["gone_suspend"]["state"] == "due"
    # One claim led to both, and a key is one act's.
    assert rows["gone_downrank"]["claim"] == rows["gone_suspend"]["claim"]
    agent = world.voices["agent"]
    assert decides(world, agent, rows["gone_downrank"], "dismissed", key="gone-1").status == 200
    reused = decides(world, agent, rows["gone_suspend"], "dismissed", key="gone-1")
    assert (reused.status, reused.json()["reason"]) == (409, "idempotency_key_reused")
    # Only a person's word leads to what bans.
    assert decides(world, world.voices["agent"], rows["gone_suspend"], "confirmed").status == 200
    ban = penalties(world, "g-1")[-1]
    assert (ban["row"], ban["step"], ban["execution"], ban["state"]) == ("absconded_ban", "ban", "person", "due")


def test_a_merchant_who_delivers_takes_his_deposit_back_unasked(world):
    """M4-09: one sign alone holds nothing."""
    world.pays_in(100_000, "g-2")
    silent(world, "g-2", 3)
    world.clock.jump_to(world.now + 4 * DAY)
    world.deliver("card-15", merchant="g-2")
    leaving = {"kind": "withdrawal", "merchant": "g-2", "amount": money(60_000)}
    assert world.post("/v1/deposits", world.system(None), leaving, "staying-1").status == 200


def test_a_new_period_begins_anew(world):
    """M2-23."""
    silent(world, "n-1", 2)
    world.clock.jump_to(beijing(2026, 12, 3, 8))
    silent(world, "n-1", 1)
    assert [row["row"] for row in penalties(world, "n-1")] == ["missed_intervene"]
    silent(world, "n-1", 1)
    rows = penalties(world, "n-1")
    assert [(row["row"], row["value"], row["since"]) for row in rows] == [
        ("missed_intervene", 2, "2026-11-03T00:00:00Z"), ("missed_intervene", 2, "2026-12-03T00:00:00Z")]
    assert is_told(world, "n-1", rows)


def test_a_person_decides_by_command_line(world, tmp_path):
    """M2-23."""
    silent(world, "s-2", 10)
    [fine] = [row for row in penalties(world, "s-2") if row["state"] == "due"]
    token = world.gateway.folder / f"{world.gateway.platform.name}-agent.token"
    (tmp_path / "why").write_text("the shop was closed by flood\n")
    given = ("--merchant", "s-2", "--outcome", "dismissed", "--reason", str(tmp_path / "why"),
             "--gateway", world.gateway.url, "--token", str(token))
    sold = world.deliver("card-15", merchant="s-2")
    (tmp_path / "key").write_text(f"sold {sold.key} twice")
    keyed = world.gateway.cli("merchants", "decide", fine["penalty"], *given, "--reason", str(tmp_path / "key"),
                              configured=False)
    assert keyed.returncode == 64 and b"/reason" in keyed.stderr and b"sold" not in keyed.stderr, keyed.stderr
    done = world.gateway.cli("merchants", "decide", fine["penalty"], *given, "--json", configured=False, check=True)
    row = json.loads(done.stdout)
    assert (row["state"], row["decision"]["reason"]) == ("dismissed", "the shop was closed by flood")
    again = world.gateway.cli("merchants", "decide", fine["penalty"], *given, configured=False)
    assert again.returncode == 64 and b"already_heard" in again.stderr, again.stderr
    assert world.gateway.cli("merchants", "decide", "pen_1", *given, configured=False).returncode == 64


def test_the_book_of_deposits_is_kept_by_command_line(world):
    """M3-27: pay in, withdraw, fund, show and entries of `cardproof deposits`."""
    token = world.gateway.folder / "api.token"
    token.write_text(world.gateway.platform.token)
    reach = ("--gateway", world.gateway.url, "--token", str(token))

    def deposits(*arguments: str, refused: bool = False):
        done = world.gateway.cli("deposits", *arguments, *reach, "--json", configured=False, check=not refused)
        return done if refused else json.loads(done.stdout)

    paid = ("--merchant", "d-1", "--amount", "9000:CNY", "--reference", "bank-1", "--idempotency-key", "in-1")
    held = deposits("pay-in", *paid)
    assert held["balances"] == [{"account": "deposit/d-1", "balance": money(9000)}]
    assert deposits("pay-in", *paid) == held
    out = ("withdraw", "--merchant", "d-1", "--amount")
    left = deposits(*out, "2000:CNY", "--idempotency-key", "out-1")
    assert left == deposits("show", "--merchant", "d-1") and left["balances"][0]["balance"] == money(7000)
    refused = deposits(*out, "7001:CNY", "--idempotency-key", "out-2", refused=True)
    assert refused.returncode == 64 and b"insufficient_funds" in refused.stderr, refused.stderr
    funded = deposits("fund", "--amount", "100:CNY", "--idempotency-key", "fund-1")
    assert {row["account"] for row in funded["balances"]} >= {"backstop", "outside", "deposit/d-1"}
    entries = [entry for entry in deposits("entries")["entries"] if entry["merchant"] == "d-1"]
    assert [(entry["kind"], entry["reference"]) for entry in entries] == [("deposit", "bank-1"), ("withdrawal", None)]
    every = deposits("entries")
    first = deposits("entries", "--limit", "1")
    rest = deposits("entries", "--cursor", first["next_cursor"])
    assert len(first["entries"]) == 1 and rest["next_cursor"] is every["next_cursor"] is None
    assert first["entries"] + rest["entries"] == every["entries"]
    assert deposits("entries", "--limit", "1000")["entries"] == every["entries"]
    for wrong in (("--limit", "0"), ("--cursor", "x&limit=1")):
        assert deposits("entries", *wrong, refused=True).returncode == 64
    (world.gateway.folder / "no.token").write_text("none")
    nobody = ("--gateway", world.gateway.url, "--token", str(world.gateway.folder / "no.token"), "--lang", "zh-CN")
    for command in ("show", "entries"):
        unknown = world.gateway.cli("deposits", command, *nobody, configured=False)
        assert unknown.returncode == 64 and "令牌" in unknown.stderr.decode(), unknown.stderr
    shown = world.gateway.cli("deposits", "entries", *reach, configured=False, check=True).stdout.decode()
    assert re.search(r"deposit +deposit/d-1 +9000 +CNY +bank-1", shown), shown
    assert deposits("pay-in", "--merchant", "d-1", "--amount", "9000", "--idempotency-key", "in-2",
                    refused=True).returncode == 64


def test_the_world_is_settled_and_its_log_holds(world):
    world.settled()
    world.audited()
