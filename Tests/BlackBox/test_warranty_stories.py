"""The five stories of the requirements, end to end: a clock that is moved by hand, every act by whom it belongs to."""

from __future__ import annotations

import json
import re

import pytest

from harness import buyer, workdays
from harness.warranty_world import (
    DAY, HOUR, MINUTE, OUT_OF_ORDER, SECOND, WarrantyWorld, beijing, effects, instant, money, path, policy, rules, rung, words)

# A Monday; no holiday is near.
START = beijing(2026, 11, 2, 10)
FULL_REFUND = {"remedy": "refund_original", "amount": money(5000)}


@pytest.fixture
def world_of(new_gateway, cards):
    """Makes a world, which is settled and audited at the end of its test."""
    made: list[WarrantyWorld] = []

    def make(name: str, *policies: dict, settings: dict | None = None) -> WarrantyWorld:
        world = WarrantyWorld(new_gateway, cards, name, START, list(policies), settings=settings)
        made.append(world)
        return world

    yield make
    for world in made:
        world.close()
        assert world.issuer.deviations == []


def silent_until_review(world: WarrantyWorld, claim: str, filed) -> None:
    """Nobody of the merchant's says a word for a day; the platform takes over."""
    world.stands(claim, "open", "merchant", filed + 2 * MINUTE)
    assert words(world.rings(claim, "first_response", filed + 2 * MINUTE))[1] == ["breach:first_response"]
    # A time that has passed stays, and shows that he is late.
    world.stands(claim, "open", "merchant", filed + 2 * MINUTE)
    assert words(world.rings(claim, "proposal", filed + 2 * HOUR))[1] == ["platform_joins", "breach:proposal"]
    world.stands(claim, "open", "merchant", filed + 2 * MINUTE)
    entry = world.rings(claim, "resolution", filed + 24 * HOUR)
    assert (entry["from"], entry["to"], entry["actor"]) == ("open", "review.queued", "system")
    assert words(entry)[1] == ["breach:resolution", "platform_intervenes"]
    world.stands(claim, "review.queued", "platform", workdays.after(3, filed + 24 * HOUR))


# (a) A dead card key in a window of fifteen days


def test_a_dead_key_of_a_silent_merchant_whose_replacement_is_bad_is_refunded(world_of):
    """M3-02 M3-05 M3-15 M3-42 M2-02 M2-17 M2-20 M2-22: found on day 10 of 15, reissue ordered, the new code is bad."""
    world = world_of("story-a", policy("card-15", "w15"))
    agent = world.account("agent-1", "platform")
    sold = world.deliver("card-15")
    assert sold.body["items"][0]["verdict"]["state"] == "ok_unused"
    world.clock.jump_to(START + 10 * DAY)
    filed = world.now
    claim = world.fails(sold)
    opened = world.stands(claim, "open", "merchant", filed + 2 * MINUTE)
    assert instant(opened["warranty"]["ends_at"]) == START + 15 * DAY
    assert (opened["price"], opened["demand"], opened["verdict"]["state"]) == (money(5000), "reissue", "revoked")
    assert instant(opened["opened_at"]) == filed
    world.tracked(claim)
    silent_until_review(world, claim, filed)

    world.clock.jump_to(filed + 25 * HOUR)
    world.acts(claim, agent, "review_started")
    world.stands(claim, "review", "platform", filed + 49 * HOUR)
    # The hard limit of 48 hours is the platform's own: nobody takes the claim from its reviewer.
    entry = world.rings(claim, "hard_limit", filed + 48 * HOUR)
    assert (entry["from"], entry["to"]) == ("review", "review")
    world.acts(claim, agent, "liability_proposed", ruling="liable", liable="merchant", remedy="reissue")
    world.stands(claim, "liability", "platform", filed + 72 * HOUR)
    # Nobody disputes it for a day: the finding is the ruling.
    entry = world.rings(claim, "liability", filed + 72 * HOUR)
    assert (entry["from"], entry["to"]) == ("liability", "executing")
    ordered = world.stands(claim, "executing", "merchant", filed + 96 * HOUR)
    assert ordered["ruling"]["redress"]["remedy"] == "reissue"
    [first] = ordered["remedies"]
    assert (first["state"], first["payer"], first["attempt"]) == ("requested", "merchant", 1)
    [asked] = world.receiver.wait_for(lambda event: event.type == "remedy.requested")
    assert asked.json()["data"]["remedy"] == first["remedy"]
    assert instant(asked.json()["data"]["due_at"]) == filed + 96 * HOUR

    world.clock.jump_to(filed + 80 * HOUR)
    serial, bad = world.cards.voucher()
    world.issuer.says(bad, "used")
    assert world.replace(sold, first["remedy"], bad, serial=serial).status == 200
    world.reaches(claim, "verify_remedy", "executing")
    forced = world.stands(claim, "executing", "merchant", filed + 104 * HOUR)
    assert [(remedy["attempt"], remedy["state"], remedy["redress"]["remedy"]) for remedy in forced["remedies"]] == [
        (1, "cancelled", "reissue"), (2, "requested", "refund_original")]
    assert forced["execution"]["redress"] == FULL_REFUND
    second = forced["remedies"][1]["remedy"]
    answer = world.receipt(second, {"result": "done", "reference": "refund-1"} | FULL_REFUND)
    assert answer.status == 200, answer.text
    world.stands(claim, "closed.remedied", None, None)

    [settled] = world.settled()
    assert path(settled) == ["detected", "open", "review.queued", "review", "liability", "executing", "verify_remedy",
                             "executing", "closed.remedied"]
    assert [(ring.timer, ring.due_at) for ring in rung(settled)] == [
        ("first_response", filed + 2 * MINUTE), ("proposal", filed + 2 * HOUR), ("resolution", filed + 24 * HOUR),
        ("hard_limit", filed + 48 * HOUR), ("liability", filed + 72 * HOUR)]
    assert world.book() == {}
    # The bad replacement was never handed over: it is no claim of its own.
    assert len(world.gateway.claims()) == 1
    world.audited()


def test_a_replacement_is_verified_before_it_is_handed_over_and_closes_the_claim(world_of):
    """M3-02 M3-42 M2-01 (claims.md E2): offered, accepted, checked at dispense, closed, and only then the buyer's."""
    world = world_of("story-a2", policy("card-15", "w15"))
    merchant = world.account("seller", "merchant", "m-77")
    sold = world.deliver("card-15")
    world.clock.jump_to(START + 10 * DAY)
    filed = world.now
    claim = world.fails(sold, "not_found")
    world.clock.advance(60)
    # A machine's answer is nobody's.
    world.acts(claim, merchant, "message_posted", is_automatic=True)
    world.stands(claim, "open", "merchant", filed + 2 * MINUTE)
    world.acts(claim, merchant, "remedy_offered", remedy="reissue")
    world.stands(claim, "remedy.offered", "buyer", filed + MINUTE + 24 * HOUR)
    world.clock.advance(3_600)
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    ordered = world.stands(claim, "executing", "merchant", filed + 25 * HOUR + MINUTE)
    [remedy] = ordered["remedies"]
    world.clock.advance(600)
    serial, good = world.cards.voucher()
    first = world.replace(sold, remedy["remedy"], good, serial=serial, message="msg_replacement")
    assert first.status == 200, first.text
    world.reaches(claim, "verify_remedy", "closed.remedied")
    # The platform lost the answer and sends it again: it is answered, and nothing more happens.
    again = world.replace(sold, remedy["remedy"], good, serial=serial, message="msg_replacement")
    assert (again.status, again.json()["delivery"]) == (200, sold.id)
    closed = world.stands(claim, "closed.remedied", None, None)
    assert closed["remedies"][0]["state"] == "done"
    verified = [event.json()["data"] for event in world.receiver.wait_for(lambda event: event.type == "remedy.verified")]
    assert [(data["remedy"], data["state"]) for data in verified] == [(remedy["remedy"], "done")]
    # Checked, and not yet the buyer's.
    assert [step["event"] for step in closed["history"][-2:]] == ["remedy.receipt", "remedy.verified"]
    handed = world.replace(sold, None, good, stage=None, serial=serial)
    assert handed.status == 200, handed.text
    states = [item["verdict"]["state"] for item in world.gateway.delivery(sold.id)["items"]]
    assert sorted(states) == ["not_found", "ok_unused"]
    [settled] = world.settled()
    assert path(settled) == ["detected", "open", "remedy.offered", "executing", "verify_remedy", "closed.remedied"]
    assert rung(settled) == []
    world.audited()


def test_a_replacement_that_somebody_else_holds_is_bad_at_once(world_of):
    """D-1, M0-10: nobody has to be asked about a code that another buyer has; it is the second failure."""
    world = world_of("story-a4", policy("card-15", "w15"))
    holder, sold = world.deliver("card-15"), world.deliver("card-15", word="revoked")
    claim = world.claim_on(sold)
    world.acts(claim, world.system("merchant"), "remedy_offered", remedy="reissue")
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [remedy] = world.claim(claim)["remedies"]
    world.clock.advance(600)
    assert world.replace(sold, remedy["remedy"], holder.key, serial=holder.serial).status == 200
    forced = world.stands(claim, "executing", "merchant", world.now + 24 * HOUR)
    assert path(forced)[-3:] == ["executing", "verify_remedy", "executing"]
    assert [(found["state"], found["redress"]) for found in forced["remedies"]] == [
        ("cancelled", {"remedy": "reissue", "amount": None}), ("requested", FULL_REFUND)]
    # It was not handed over, so it is nobody's claim, and the holder keeps what he has.
    assert len(world.gateway.claims()) == 1
    assert world.selftest(holder, "ok_unused")["claim"] is None
    assert world.receipt(forced["remedies"][1]["remedy"], {"result": "done"} | FULL_REFUND).status == 200
    world.stands(claim, "closed.remedied", None, None)
    world.settled()
    world.audited()


@pytest.mark.parametrize("word", ["repair", "wait"])
def test_a_repaired_code_is_asked_about_before_the_claim_closes(world_of, word):
    """M3-02 M3-30: what the merchant says works again works when the issuer says so."""
    world = world_of(f"story-a5-{word}", policy("card-15", "w15"))
    merchant = world.account("seller", "merchant", "m-77")
    sold = world.deliver("card-15", word="revoked")
    claim = world.claim_on(sold)
    world.acts(claim, merchant, "remedy_offered", remedy=word)
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [remedy] = world.claim(claim)["remedies"]
    world.issuer.says(sold.key, "ok_unused")
    world.clock.advance(600)
    assert world.receipt(remedy["remedy"], {"result": "done", "remedy": word}, merchant).status == 200
    closed = world.reaches(claim, "executing", "verify_remedy", "closed.remedied")
    assert closed["remedies"][0]["state"] == "done"
    world.settled()
    world.audited()


def test_a_replacement_nobody_can_judge_is_waited_for_twice_and_then_refunded(world_of):
    """claims.md E2 `verify_remedy`: an hour, a day more, and the money goes back."""
    world = world_of("story-a6", policy("card-15", "w15"))
    sold = world.deliver("card-15", word="revoked")
    claim = world.claim_on(sold)
    world.acts(claim, world.system("merchant"), "remedy_offered", remedy="reissue")
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [remedy] = world.claim(claim)["remedies"]
    serial, key = world.cards.voucher()
    world.issuer.says(key, OUT_OF_ORDER)
    came = world.now
    world.replace(sold, remedy["remedy"], key, serial=serial, wait=None)
    world.stands(claim, "verify_remedy", "system", came + HOUR)
    world.rings(claim, "verification", came + HOUR)
    world.stands(claim, "verify_remedy", "system", came + 25 * HOUR)
    world.rings(claim, "verification", came + 25 * HOUR, round=2)
    forced = world.stands(claim, "executing", "merchant", came + 49 * HOUR)
    assert forced["execution"]["redress"] == FULL_REFUND
    assert world.receipt(forced["remedies"][-1]["remedy"], {"result": "done"} | FULL_REFUND).status == 200
    # The answer that comes after all changes nothing any more.
    world.issuer.says(key, "ok_unused")
    world.clock.advance(8 * 3_600)
    world.selftest(world.deliver("card-15"))
    world.stands(claim, "closed.remedied", None, None)
    world.settled()
    world.audited()


def test_a_replacement_has_the_rest_of_the_window_and_a_week_at_least(world_of):
    """E3 `window.replacement`, M3-15: handed over on day 11 of 15, so covered until day 18."""
    world = world_of("story-a3", policy("card-15", "w15"))
    merchant = world.account("seller", "merchant", "m-77")
    sold = world.deliver("card-15")
    world.clock.jump_to(START + 11 * DAY)
    claim = world.fails(sold, "not_found")
    world.acts(claim, merchant, "remedy_offered", remedy="reissue")
    ordered = world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    serial, good = world.cards.voucher()
    remedy = world.claim(ordered["claim"])["remedies"][0]["remedy"]
    assert world.replace(sold, remedy, good, serial=serial).status == 200
    world.reaches(claim, "verify_remedy", "closed.remedied")
    assert world.replace(sold, None, good, stage=None, serial=serial).status == 200
    world.clock.jump_to(START + 17 * DAY)
    world.issuer.says(good, "revoked")
    buyer.awaited_selftest(world.gateway, sold.token)
    [second] = [found for found in world.gateway.claims_of(sold.id) if found["claim"] != claim]
    assert instant(second["warranty"]["ends_at"]) == START + 18 * DAY
    world.settled()
    world.audited()


def test_the_parties_act_by_command_line(world_of):
    """M0-07 M2-04: act, track, due, show, remedies and receipt of `cardproof claims`, each with the token of who uses it."""
    world = world_of("story-cli", policy("card-15", "w15"))
    world.account("seller", "merchant", "m-77")
    sold = world.deliver("card-15", word="revoked")
    claim = world.claim_on(sold)
    folder = world.gateway.folder
    (folder / "order.token").write_text(sold.token)
    reach = ("--gateway", world.gateway.url, "--token")

    def act(token: str, *arguments: str) -> dict:
        done = world.gateway.cli("claims", "act", claim, *arguments, *reach, str(folder / token), "--json",
                                 configured=False)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    for amount in ("-1000:CNY", "0:CNY", "5000:cny", "5000", "50.00:CNY"):
        wrong = world.gateway.cli("claims", "act", claim, "remedy_offered", "--remedy", "refund_original",
                                  f"--amount={amount}", *reach, str(folder / "shop-seller.token"), configured=False)
        assert wrong.returncode == 64 and wrong.stderr.count(b"minor units above 0 and a currency") == 1, wrong.stderr
    offered = act("shop-seller.token", "remedy_offered", "--remedy", "refund_original", "--amount", "5000:CNY")
    assert (offered["state"], offered["owner"]) == ("remedy.offered", "buyer")
    early = world.gateway.cli("claims", "act", claim, "review_started", *reach, str(folder / "order.token"),
                              configured=False)
    assert early.returncode != 0 and b"Somebody else has to do this" in early.stderr, early.stderr
    assert act("order.token", "remedy_answered", "--accept")["state"] == "executing"
    due = world.gateway.cli_json("claims", "due", "--before", "2026-12-01T00:00:00Z", env=world.clock.environment)
    assert [(row["claim"], row["owner"]) for row in due["claims"]] == [(claim, "merchant")]
    asked = world.gateway.cli_json("claims", "remedies", "--state", "requested")["remedies"]
    assert [(row["claim"], row["redress"]) for row in asked] == [(claim, FULL_REFUND)]
    table = world.gateway.cli("claims", "remedies", "--lang", "zh-CN", check=True).stdout.decode()
    assert table.startswith("请求时间") and not re.search("requested|refund_original|merchant", table), table
    (folder / "api.token").write_text(world.gateway.platform.token)
    receipt = ("claims", "receipt", asked[0]["remedy"], "--result", "done", "--remedy", "refund_original",
               "--reference", "pay-881", *reach, str(folder / "api.token"), "--amount")
    wrong = world.gateway.cli(*receipt, "4999:CNY", configured=False)
    assert wrong.returncode == 64 and b"other_remedy" in wrong.stderr, wrong.stderr
    done = world.gateway.cli(*receipt, "5000:CNY", "--lang", "zh-CN", configured=False, check=True).stdout.decode()
    assert "报告了补救的执行结果（remedy_receipt）" in done and "已结束：已补救（closed.remedied）" in done, done
    tracked = world.gateway.cli("claims", "track", offered["tracking"].replace("-", "").lower(), "--gateway",
                                world.gateway.url, "--json", configured=False, check=True)
    assert json.loads(tracked.stdout) == world.tracked(claim)
    assert world.gateway.cli_json("claims", "show", claim) == world.claim(claim)
    world.settled()
    world.audited()


def test_the_command_line_speaks_of_claims_in_words(world_of):
    """States, clocks, actors and events in both languages; an act is answered in a few lines."""
    world = world_of("story-words", policy("card-15", "w15"))
    world.account("seller", "merchant", "m-77")
    sold = world.deliver("card-15", word="revoked")
    claim = world.claim_on(sold)
    folder = world.gateway.folder
    (folder / "order.token").write_text(sold.token)
    reach = ("--gateway", world.gateway.url, "--token")

    def said(*arguments: str, lang: str = "zh-CN", configured: bool = False) -> str:
        return world.gateway.cli("claims", *arguments, "--lang", lang, configured=configured, check=True,
                                 env=world.clock.environment).stdout.decode()

    offered = said("act", claim, "remedy_offered", "--remedy", "reissue", *reach, str(folder / "shop-seller.token"))
    assert len(offered.splitlines()) < 10, offered
    for words in (claim, "提出补救方案（remedy_offered）", "已提出补救方案，等待买家答复（remedy.offered）", "买家（buyer）",
                  world.claim(claim)["due_at"]):
        assert words in offered, offered
    whole = said("act", claim, "message_read", "--verbose", *reach, str(folder / "order.token"), lang="en")
    assert "event: a message was read (message_read)" in whole and "history:" in whole
    early = world.gateway.cli("claims", "act", claim, "review_started", "--lang", "zh-CN", *reach,
                              str(folder / "order.token"), configured=False)
    assert "此操作应由他人进行" in early.stderr.decode()
    tracking = world.claim(claim)["tracking"]
    for shown in (said("show", claim, configured=True), said("track", tracking, "--gateway", world.gateway.url)):
        assert "state: 已提出补救方案，等待买家答复（remedy.offered）" in shown and "owner: 买家（buyer）" in shown, shown
    due = said("due", "--before", "2027-01-01T00:00:00Z", configured=True)
    assert due.splitlines()[0].startswith("最迟") and "等待买家答复" in due and "remedy.offered" not in due
    said("act", claim, "remedy_answered", "--refuse", *reach, str(folder / "order.token"))
    for lang, words in (("zh-CN", "等待平台审核"), ("en", "waits for the platform's review")):
        queue = said("queue", lang=lang, configured=True)
        assert words in queue and "review.queued" not in queue, queue


# (b) A membership of thirty days that dies on day 3


@pytest.mark.parametrize("word", ["term_shortened", "service_interrupted", "revoked"])
def test_b_membership_that_dies_on_day_three_is_refunded_though_the_merchant_shirks(world_of, word):
    """M3-06 M3-10 M3-26 M3-25: the issuer says it twice, the merchant says it is not his fault, a person rules."""
    world = world_of(f"story-b-{word}", policy("member-30", "membership-30"))
    merchant, agent = world.account("seller", "merchant", "m-77"), world.account("agent-1", "platform")
    sold, bystander = world.deliver("member-30", paid=3000), world.deliver("member-30")
    world.clock.jump_to(START + DAY)
    world.issuer.says(sold.key, "ok_activated_by_buyer", START + 12 * HOUR)
    world.selftest(sold, "ok_activated_by_buyer")
    world.clock.jump_to(START + 3 * DAY)
    world.issuer.says(sold.key, word)
    world.selftest(sold, word)
    if word != "revoked":
        # Nobody is blamed before the issuer was asked again.
        assert world.gateway.claims() == []
        world.clock.advance(35 * 60)
        # A clock that jumps wakes nobody: another question does.
        world.selftest(bystander)
        world.receiver.wait_for(lambda event: event.type == "claim.opened")
    filed = world.now
    claim = world.claim_on(sold)
    opened = world.stands(claim, "open", "merchant", filed + 2 * MINUTE)
    assert instant(opened["warranty"]["ends_at"]) == START + 30 * DAY
    assert opened["family"] == ("code_unusable" if word == "revoked" else "service")
    world.clock.advance(60)
    world.acts(claim, merchant, "message_posted")
    world.stands(claim, "review.queued", "platform", workdays.after(3, world.now))
    world.acts(claim, agent, "review_started")
    world.stands(claim, "review", "platform", world.now + 24 * HOUR)
    refund = {"remedy": "refund_original", "amount": money(3000)}
    world.acts(claim, agent, "ruled", ruling="liable", liable="merchant", **refund)
    ordered = world.stands(claim, "executing", "merchant", world.now + 24 * HOUR)
    [remedy] = ordered["remedies"]
    # Not even the merchant who owes it says that the money is there.
    said = world.receipt(remedy["remedy"], {"result": "done"} | refund, merchant)
    assert (said.status, said.json()["reason"]) == (409, "wrong_actor")
    world.clock.advance(3_600)
    assert world.receipt(remedy["remedy"], {"result": "done", "reference": f"wx-1 {sold.key}"} | refund).status == 200
    closed = world.stands(claim, "closed.remedied", None, None)
    assert closed["remedies"][0]["state"] == "done"
    assert words(closed["history"][-1])[0] == {
        "remedy": remedy["remedy"], "result": "done", "reference": "wx-1 [redacted]"}
    [settled] = world.settled()
    assert path(settled) == ["detected", "open", "review.queued", "review", "executing", "closed.remedied"]
    world.audited()


# (c) An outage of the carrier's tolls the window


def test_c_days_on_which_the_carrier_does_not_answer_do_not_count(world_of):
    """M3-30 D-5 M3-13: no answer from day 4 to day 7 of 7; day 9 is in time, and so is the last second of day 10."""
    world = world_of("story-c", policy("carrier-7", "w7"))
    hit, at_end, late, plain = (world.deliver("carrier-7") for _ in range(4))
    world.clock.jump_to(START + 4 * DAY)
    for sold in (hit, at_end, late):
        world.issuer.says(sold.key, OUT_OF_ORDER)
        world.selftest(sold, "indeterminate")
    for day in (5, 6):
        world.clock.jump_to(START + day * DAY)
    assert world.gateway.claims() == []
    for sold in (hit, at_end, late):
        world.issuer.says(sold.key, "ok_unused")
    world.clock.jump_to(START + 7 * DAY)
    for sold in (hit, at_end, late):
        world.selftest(sold, "ok_unused")

    world.clock.jump_to(START + 9 * DAY)
    claim = world.fails(hit)
    opened = world.stands(claim, "open", "merchant", world.now + 2 * MINUTE)
    assert instant(opened["warranty"]["ends_at"]) == START + 10 * DAY
    world.issuer.says(plain.key, "revoked")
    assert world.selftest(plain, "revoked")["no_claim_because"] == "window_over"
    world.clock.jump_to(START + 10 * DAY - SECOND)
    assert instant(world.claim(world.fails(at_end))["warranty"]["ends_at"]) == START + 10 * DAY
    world.clock.jump_to(START + 10 * DAY)
    world.issuer.says(late.key, "revoked")
    assert world.selftest(late, "revoked")["no_claim_because"] == "window_over"
    assert len(world.settled()) == 2
    world.audited()


def test_c_a_publishers_maintenance_is_followed_and_the_window_waits(world_of):
    """M3-28 M3-29 M3-30 M3-31 M3-44: three days of `temporarily_unusable`, the buyer is told daily, then it works."""
    world = world_of("story-c2", policy("carrier-7", "w7"))
    agent = world.account("agent-1", "platform")
    sold = world.deliver("carrier-7")
    began = START + 4 * DAY
    world.clock.jump_to(began)
    claim = world.fails(sold, "temporarily_unusable")
    opened = world.stands(claim, "waiting.third_party", "platform", began + 24 * HOUR)
    assert opened["against"] == "third_party"
    # A missing word to the buyer is a breach; a word starts the day anew.
    assert "breach:third_party_notice" in words(world.rings(claim, "third_party_notice", began + 24 * HOUR))[1]
    world.stands(claim, "waiting.third_party", "platform", began + 48 * HOUR)
    world.clock.jump_to(began + 36 * HOUR)
    world.acts(claim, agent, "progress_reported")
    world.stands(claim, "waiting.third_party", "platform", began + 60 * HOUR)
    world.clock.jump_to(START + 7 * DAY)
    world.rings(claim, "third_party_notice", round=3)
    world.issuer.says(sold.key, "ok_unused")
    world.selftest(sold, "ok_unused")
    world.stands(claim, "closed.recovered", None, None)
    [settled] = world.settled()
    assert path(settled) == ["detected", "waiting.third_party", "closed.recovered"]
    assert "breach:first_response" not in effects(settled)
    world.audited()


def recovered_and_dead(world: WarrantyWorld) -> tuple[str, dict]:
    """Followed from day 4 to day 7 of 7, closed as recovered, and dead on day 9."""
    sold = world.deliver("carrier-7")
    world.clock.jump_to(START + 4 * DAY)
    followed = world.fails(sold, "temporarily_unusable")
    world.clock.jump_to(START + 7 * DAY)
    world.issuer.says(sold.key, "ok_unused")
    world.selftest(sold, "ok_unused")
    world.stands(followed, "closed.recovered", None, None)
    world.clock.jump_to(START + 9 * DAY)
    world.issuer.says(sold.key, "revoked")
    seen = world.selftest(sold, "revoked")
    assert instant(seen["warranty"]["ends_at"]) == START + 10 * DAY
    return followed, seen


def test_c_a_code_that_dies_after_the_outage_it_recovered_from_has_its_claim(world_of):
    """M3-30 D-5 (claims.md E3, rule 10): there is one claim of the family, and it opens again, against the merchant."""
    world = world_of("story-c3", policy("carrier-7", "w7"))
    followed, seen = recovered_and_dead(world)
    [claim] = world.gateway.claims()
    assert claim["claim"] == seen["claim"] == followed
    world.stands(followed, "open", "merchant", world.now + 2 * MINUTE)
    assert claim["against"] == "merchant"
    world.rings(followed, "first_response", world.now + 2 * MINUTE)
    [settled] = world.settled()
    assert path(settled) == ["detected", "waiting.third_party", "closed.recovered", "open"]


def test_c_a_claim_that_opens_again_shows_the_window_it_is_in(world_of):
    world = world_of("story-c4", policy("carrier-7", "w7"))
    followed, _ = recovered_and_dead(world)
    assert instant(world.claim(followed)["warranty"]["ends_at"]) == START + 10 * DAY


@pytest.mark.parametrize("way", ["opened_again", "ruled"])
def test_the_audit_knows_that_a_claim_turns_against_another(world_of, way):
    """M3-19: by a later answer, or by a ruling, somebody else is liable than who was when it opened."""
    world = world_of(f"story-turned-{way}", policy("carrier-7", "w7"))
    agent = world.account("agent-1", "platform")
    if way == "opened_again":
        claim, _ = recovered_and_dead(world)
        assert world.claim(claim)["against"] == "merchant"
    else:
        claim = world.claim_on(world.deliver("carrier-7", word="revoked"))
        world.acts(claim, agent, "review_started")
        world.acts(claim, agent, "ruled", ruling="liable", liable="platform", **FULL_REFUND)
        assert world.claim(claim)["against"] == "platform"
    world.audited()


# (d) A silent merchant is paid for out of his deposit


def test_d_a_silent_merchants_deposit_pays_within_its_caps(world_of):
    """M3-27 M2-13 M2-20 M2-21 M2-22 M0-34 (claims.md E4): caps, two people above them, backstop, and the end of both."""
    caps = {"per_case": money(6000), "per_day": money(8000), "backstop": True}
    world = world_of("story-d", policy("card-15", "w15", deposit=caps))
    first, second = world.account("agent-1", "platform"), world.account("agent-2", "platform")
    judge = world.account("judge", "arbiter")
    assert world.pays_in(10_000, "m-deep").status == 200
    assert world.pays_in(20_000, "m-rich").status == 200
    assert world.pays_in(1_000, "m-thin").status == 200
    assert world.pays_in(500, "m-bare").status == 200
    assert world.pays_in(4_000).status == 200
    assert world.book() == {"deposit/m-deep": 10_000, "deposit/m-rich": 20_000, "deposit/m-thin": 1_000,
                            "deposit/m-bare": 500, "backstop": 4_000, "outside": -35_500}
    sold = {name: world.deliver("card-15", merchant, paid, word="revoked") for name, merchant, paid in (
        ("within", "m-deep", 5_000), ("above", "m-rich", 9_000), ("daily", "m-deep", 5_000), ("backed", "m-thin", 5_000),
        ("short", "m-bare", 3_000))}
    claims = {name: world.claim_on(order) for name, order in sold.items()}

    def frozen(name: str) -> str:
        return f"frozen/{claims[name]}/{sold[name].merchant}"

    held = {frozen("within"): 5_000, frozen("above"): 9_000, frozen("daily"): 5_000, frozen("backed"): 1_000,
            frozen("short"): 500}
    assert world.book() == held | {"deposit/m-rich": 11_000, "backstop": 4_000, "outside": -35_500}
    for timer, wait in (("first_response", 2 * MINUTE), ("proposal", 2 * HOUR), ("resolution", 24 * HOUR)):
        for claim in claims.values():
            world.rings(claim, timer, START + wait)
    proposed = {}
    for name, claim in claims.items():
        world.stands(claim, "review.queued", "platform", workdays.after(3, world.now))
        world.acts(claim, first, "review_started")
        paid = {"remedy": "refund_original", "amount": money(sold[name].paid)}
        world.acts(claim, first, "liability_proposed", ruling="liable", liable="merchant", **paid)
        world.stands(claim, "liability", "platform", world.now + 24 * HOUR)
        proposed[name] = world.now
        world.clock.advance(1)
    # One is ruled; the others stand undisputed until the clock rules them.
    world.acts(claims["above"], judge, "ruled", ruling="liable", liable="merchant", remedy="refund_original",
               amount=money(9_000))
    ruled = world.now
    world.stands(claims["above"], "executing", "merchant", ruled + 24 * HOUR)
    silent = ("within", "daily", "backed", "short")
    for name in silent:
        world.rings(claims[name], "liability", proposed[name] + 24 * HOUR)
        world.stands(claims[name], "executing", "merchant", proposed[name] + 48 * HOUR)
    assert world.book() == held | {"deposit/m-rich": 11_000, "backstop": 4_000, "outside": -35_500}

    # Above the cap of a case: two people, and each of them once.
    assert "default:merchant" in words(world.rings(claims["above"], "execution", ruled + 24 * HOUR))[1]
    waiting = world.stands(claims["above"], "executing", "platform", ruled + 48 * HOUR)
    assert waiting["execution"]["payer"] == "deposit_on_approval"
    assert [remedy["state"] for remedy in waiting["remedies"]] == ["cancelled"]
    unasked = world.act(claims["above"], world.system("platform"), "payout_approved")
    assert (unasked.status, unasked.json()["reason"]) == (403, "needs_account")
    world.acts(claims["above"], first, "payout_approved")
    again = world.act(claims["above"], first, "payout_approved")
    assert (again.status, again.json()["reason"]) == (409, "same_person")
    assert world.book()[frozen("above")] == 9_000
    world.acts(claims["above"], second, "payout_approved")
    paying = world.stands(claims["above"], "executing", "platform", ruled + 48 * HOUR)
    assert (paying["execution"]["payer"], paying["remedies"][-1]["state"]) == ("deposit", "requested")
    assert world.book()[f"payable/{claims['above']}/{paying['execution']['attempt']}"] == 9_000
    pay(world, claims["above"], 9_000)

    # A day after the rulings the merchants have carried nothing out; one after the other, as they fall due.
    for name, payer in (("within", "deposit"), ("daily", "deposit_on_approval"), ("backed", "deposit"), ("short", None)):
        assert "default:merchant" in words(world.rings(claims[name], "execution", proposed[name] + 48 * HOUR))[1]
        execution = world.claim(claims[name])["execution"] or {}
        # The second of one merchant on one day is above what a day pays without a person.
        assert execution.get("payer") == payer, f"{name}: {execution}"
        if payer:
            world.stands(claims[name], "executing", "platform", world.now + 24 * HOUR)
    book = world.book()
    assert (book[f"payable/{claims['backed']}/2"], book.get("backstop", 0)) == (5_000, 0)
    assert book[f"payable/{claims['within']}/2"] == 5_000 and frozen("within") not in book
    pay(world, claims["within"], 5_000)
    pay(world, claims["backed"], 5_000)

    # The merchant pays, too, when the deposit has: refused, but kept and told to people, once.
    [late, _] = world.claim(claims["within"])["remedies"]
    for _ in range(2):
        answer = world.receipt(late["remedy"], {"result": "done", "remedy": "refund_original", "amount": money(5_000),
                                                "reference": "wx-9"})
        assert (answer.status, answer.json()["reason"]) == (409, "claim_is_closed")
    twice = world.claim(claims["within"])
    assert [step["event"] for step in twice["history"]].count("remedy.done_late") == 1
    told, followed = words(twice["history"][-1])
    assert (told["remedy"], told["reference"]) == (late["remedy"], "wx-9")
    assert followed == ["notice:platform:remedy_done_late"]
    assert [bool(remedy["done_late_at"]) for remedy in twice["remedies"]] == [True, False]

    # Neither deposit nor fund reaches: the claim leaves the platform.
    outside = world.stands(claims["short"], "escalate.t2", "buyer", workdays.after(1, world.now))
    assert outside["execution"] is None
    assert {"default:merchant", "notice:buyer:funds_short", "escalation_prepared:2"} <= set(
        words(outside["history"][-1])[1])

    # A payout that fails goes back where it was taken.
    for agent in (first, second):
        world.acts(claims["daily"], agent, "payout_approved")
    before = world.book()
    attempt = world.claim(claims["daily"])["remedies"][-1]
    assert world.receipt(attempt["remedy"], {"result": "failed"}).status == 200
    world.stands(claims["daily"], "review.queued", "platform", workdays.after(3, world.now))
    after = world.book()
    assert before[f"payable/{claims['daily']}/{attempt['attempt']}"] == 5_000 and frozen("daily") not in before
    assert after[frozen("daily")] == 5_000 and f"payable/{claims['daily']}/{attempt['attempt']}" not in after
    assert after == {frozen("daily"): 5_000, frozen("short"): 500, "deposit/m-rich": 11_000, "paid": 19_000,
                     "outside": -35_500}
    paid_out = [entry for entry in world.gateway.all_rows("/v1/deposits/entries", "entries")
                if entry["kind"] == "settlement"]
    assert sorted(entry["claim"] for entry in paid_out) == sorted(
        claims[name] for name in ("within", "above", "backed"))
    world.settled()
    world.audited()


def pay(world: WarrantyWorld, claim: str, amount: int) -> None:
    """The platform pays what was taken from the deposit, and says so twice: it is one payment."""
    [remedy] = [found for found in world.claim(claim)["remedies"] if found["state"] == "requested"]
    assert remedy["payer"] == "deposit"
    receipt = {"result": "done", "remedy": "refund_original", "amount": money(amount), "reference": "bank-1"}
    before = world.book().get("paid", 0)
    for _ in range(2):
        answer = world.receipt(remedy["remedy"], receipt)
        assert answer.status == 200, answer.text
    world.stands(claim, "closed.remedied", None, None)
    assert world.book()["paid"] == before + amount


# (e) One code sold on three orders


def as_one_case(world: WarrantyWorld, agent, first: str, second: str) -> None:
    """Each of the claims shows both; the case formed with the second of them, which the platform was told once."""
    for claim in (first, second):
        way = world.gateway.get_json(f"/v1/claims/{claim}/escalation")
        assert way["collective"]["claims"] == [first, second] and way["collective"]["merchant"] == "m-77"
        assert (way["tier"], way["jump"], way["rows"][0]) == (4, "systemic_batch", "tier.systemic")
        assert way["channels"][0]["channel"] == "market_supervision"
        assert way["needs_person"] is True and way["filings"] == []
    formed = {claim: [entry for entry in world.claim(claim)["history"] if entry["event"] == "collective.formed"]
              for claim in (first, second)}
    assert formed[first] == [] and [entry["detail"]["claims"] for entry in formed[second]] == [[first, second]]
    told = world.receiver.wait_for(
        lambda event: event.type == "claim.action_required"
        and event.json()["data"].get("notice") == "collective_case")[0].json()["data"]
    assert (told["claim"], told["to"], told["detail"]["claims"]) == (second, "platform", [first, second])

    # The papers wait for a person's word, and the filing for the person.
    asked = {"channel": "market_supervision", "complainant": {"name": "王小明", "contact": "13800000000"},
             "respondent": "某某网络科技有限公司"}
    draft = world.post(f"/v1/claims/{first}/packets", agent, asked)
    assert draft.status == 200, draft.text
    assert [lack["field"] for lack in draft.json()["missing"]] == ["person_confirmation"]
    ready = world.post(f"/v1/claims/{first}/packets", agent, asked | {"confirmed": ["collective_filing"]}).json()
    assert ready["ready"] is True and ready["missing"] == [], ready
    for shown in ("王小明", "某某网络科技有限公司", world.claim(first)["tracking"]):
        assert shown in ready["markdown"]


def test_e_one_code_on_three_orders_is_two_claims_and_one_case(world_of, tmp_path):
    """M1-30 M4-33 M0-10 M3-04 (claims.md E1): second and third holder at once, the first is warned; two bad codes of one
    merchant are one collective case where the operator's table says so, and a person brings it to the regulator."""
    world = world_of("story-e", policy("card-15", "w15"),
                     settings={"rules_directory": str(rules(tmp_path, tiers={"count: 5,": "count: 2,"}))})
    agent = world.account("agent-1", "platform")
    merchant = world.account("seller", "merchant", "m-77")
    _, key = world.cards.voucher()
    orders = []
    for number in range(3):
        world.clock.jump_to(START + number * HOUR)
        orders.append(world.deliver("card-15", key=key))
    first, second, third = orders
    assert [sold.body["items"][0]["verdict"]["state"] for sold in orders] == [
        "ok_unused", "duplicate_delivery", "duplicate_delivery"]
    assert world.gateway.claims_of(first.id) == []
    claims = {sold.id: world.claim_on(sold) for sold in (second, third)}
    for sold in (second, third):
        claim = world.stands(claims[sold.id], "open", "merchant", sold.at + 2 * MINUTE)
        assert (claim["against"], claim["merchant"], claim["verdict"]["state"]) == (
            "merchant", "m-77", "duplicate_delivery")
    world.receiver.wait_for(
        lambda event: event.type == "duplicate.found" and event.json()["data"]["order"] == third.order)
    warnings = {event.id: event.json()["data"] for event in world.receiver.events if event.type == "duplicate.found"}
    assert sorted((data["order"], data["first"]["order"]) for data in warnings.values()) == sorted(
        (sold.order, first.order) for sold in (second, third))

    as_one_case(world, agent, claims[second.id], claims[third.id])

    # Each claim has its own remedy.
    world.acts(claims[second.id], merchant, "remedy_offered", remedy="reissue")
    world.acts(claims[third.id], merchant, "remedy_offered", **FULL_REFUND)
    for sold in (second, third):
        world.stands(claims[sold.id], "remedy.offered", "buyer", world.now + 24 * HOUR)
        world.acts(claims[sold.id], world.buyer(sold), "remedy_answered", is_accepted=True)
    reissue, refund = (world.claim(claims[sold.id])["remedies"][0]["remedy"] for sold in (second, third))
    serial, good = world.cards.voucher()
    assert world.replace(second, reissue, good, serial=serial).status == 200
    assert world.receipt(refund, {"result": "done"} | FULL_REFUND).status == 200
    world.reaches(claims[second.id], "verify_remedy", "closed.remedied")
    for sold in (second, third):
        world.stands(claims[sold.id], "closed.remedied", None, None)
    assert world.replace(second, None, good, stage=None, serial=serial).status == 200
    assert world.gateway.claims_of(first.id) == []
    assert len(world.settled()) == 2
    world.audited()
