"""The way of a claim beyond the platform, and claims that are weighed beside others: through the binary, every act by
whom it belongs to."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from harness import webhook
from harness import cards as made
from harness.gateway import ROOT, binary, call
from harness.warranty_world import DAY, HOUR, MINUTE, Sold, WarrantyWorld, beijing, money, policy, rules

START = beijing(2026, 11, 2, 10)
BUYER = {"name": "王小明", "contact": "13800000000"}
CAPS = {"per_case": money(6000), "per_day": money(80_000), "backstop": True}
SELLER = "某某网络科技有限公司"
CHANNELS = ["platform_queue", "12315", "heimao", "tousu_zhitongche", "jutousu", "xiaofeibao", "consumer_association",
            "market_supervision", "payment_wechat", "payment_alipay", "payment_bank", "small_claims_court", "police_110",
            "anti_fraud_app", "notary"]
CONFIRMED = ["accusation_of_fraud", "collective_filing"]


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "escalation", START, [policy("card-15", "w15", deposit=CAPS)],
                          settings={"rules_directory": str(ROOT / "Config" / "rules")})
    world.account("agent", "platform")
    world.account("judge", "arbiter")
    world.account("seller", "merchant", "m-77")
    yield world
    world.close()


@pytest.fixture(scope="module")
def case(world):
    """A claim against a merchant who says nothing, three working days after it was filed."""
    sold = world.deliver("card-15")
    claim = world.fails(sold)
    filed = world.now
    world.rings(claim, "first_response", filed + 2 * MINUTE)
    world.rings(claim, "proposal", filed + 2 * HOUR)
    world.rings(claim, "resolution", filed + 24 * HOUR)
    # Three working days without a move: the next tier is prepared.
    world.clock.jump_to(filed + 7 * DAY)
    world.reaches(claim, "escalate.t2")
    return sold, claim


def way(world: WarrantyWorld, claim: str, language: str = "en", voice=None) -> dict:
    headers = (voice or world.system(None)).headers | {"accept-language": language}
    answer = call(world.gateway.url, "GET", f"/v1/claims/{claim}/escalation", headers)
    assert answer.status == 200, answer.text
    return answer.json()


def packet(world: WarrantyWorld, claim: str, voice, channel: str, language: str = "en", **more):
    headers = voice.headers | {"content-type": "application/json", "accept-language": language}
    return call(world.gateway.url, "POST", f"/v1/claims/{claim}/packets", headers,
                json.dumps({"channel": channel} | more).encode())


def file(world: WarrantyWorld, claim: str, voice, channel: str, status: str, key: str | None = None, **more):
    return world.post(f"/v1/claims/{claim}/filings", voice, {"channel": channel, "status": status} | more, key)


def test_a_claim_that_nobody_moved_goes_to_the_consumer_bodies(world, case):
    """M1-10 M1-20 M1-23 M4-17 M4-32: how complete the evidence is, the tier and what to do next stand
    together; the rows that chose it, the reasons in both languages, what papers lack. M4-12: the platform has three desks."""
    sold, claim = case
    english, chinese = way(world, claim), way(world, claim, "zh-CN")
    assert (english["tier"], english["state"], english["jump"]) == (2, "escalate.t2", None)
    assert english["table"] == "cn-standard@1" and english["rows"][0].startswith("tier.")
    assert english["reasons"] and english["reasons"] != chinese["reasons"]
    assert {channel["tier"] for channel in english["channels"]} <= {1, 2}
    for channel in english["channels"]:
        assert {lack["field"] for lack in channel["missing"]} >= {"complainant", "respondent"}
    assert english["completeness"]["score"] > 0 and english["collective"] is None
    assert "- [x]" in english["plan"] and "- [ ]" in english["plan"]
    # At the platform itself there are three desks (M4-12).
    fresh = world.deliver("card-15", merchant="m-79")
    first = way(world, world.fails(fresh), "zh-CN")
    assert first["tier"] == 1 and first["channels"][0]["desks"] == ["客服中心", "投诉建议", "订单仲裁"]
    private = [word for word in (sold.key, sold.token) if word in json.dumps([english, chinese])]
    assert private == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_papers_and_none_shows_a_key(world, case, channel, language):
    """M0-08 M0-20 M0-21 M0-25 M1-24 M1-25 M4-13: a draft says what it lacks; with a person's words it is ready."""
    sold, claim = case
    buyer = world.buyer(sold)
    draft = packet(world, claim, buyer, channel, language)
    assert draft.status == 200, draft.text
    lacking = draft.json()
    assert lacking["ready"] is (lacking["missing"] == [])
    for lack in lacking["missing"]:
        assert lack["what_to_do"] in lacking["markdown"]
    whole = packet(world, claim, buyer, channel, language, complainant=BUYER, respondent=SELLER, confirmed=CONFIRMED,
                   payment_method="alipay").json()
    assert whole["ready"] is True, whole["missing"]
    assert sold.order in whole["markdown"]
    if channel != "notary":
        assert BUYER["name"] in whole["markdown"] and SELLER in whole["markdown"]
    for text in (draft.text, json.dumps(whole, ensure_ascii=False)):
        assert sold.key not in text and sold.token not in text
        assert sold.serial not in text


def test_who_complains_is_kept_nowhere(world, case):
    """The store and the log know the complainant no better after the papers were made."""
    sold, claim = case
    assert packet(world, claim, world.buyer(sold), "12315", complainant=BUYER, respondent=SELLER).status == 200
    for path in world.gateway.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert BUYER["contact"].encode() not in content and BUYER["name"].encode() not in content, path
    assert BUYER["contact"] not in world.gateway.log_tail(10_000)


def test_a_filing_is_reported_by_persons_and_never_goes_back(world, case):
    """M1-23 M1-24 M4-18 M4-19: reference number, status, the body's own clocks; each in the history of the claim."""
    sold, claim = case
    buyer, agent, seller = world.buyer(sold), world.voices["agent"], world.voices["seller"]
    assert file(world, claim, seller, "heimao", "filed").json()["reason"] == "wrong_actor"
    # The consumer speaks for himself; an agent does not file in his name.
    assert file(world, claim, agent, "heimao", "filed").json()["reason"] == "wrong_actor"
    assert file(world, claim, agent, "payment_alipay", "filed").json()["reason"] == "tier_not_reached"
    assert file(world, claim, buyer, "heimao", "accepted").json()["reason"] == "wrong_state"
    before = len(world.claim(claim)["history"])
    answer = file(world, claim, buyer, "heimao", "filed", "file-1", reference="HM-2026-0001")
    assert answer.status == 200, answer.text
    assert file(world, claim, buyer, "heimao", "filed", "file-1", reference="HM-2026-0001").status == 200
    assert file(world, claim, buyer, "heimao", "filed", "file-1", reference="HM-2026-0002").status == 409
    assert file(world, claim, buyer, "heimao", "filed").json()["reason"] == "wrong_state"
    [filing] = answer.json()["filings"]
    assert (filing["status"], filing["reference"], filing["filed_by"]) == ("filed", "HM-2026-0001", "buyer")
    assert filing["clocks"] and all(clock["verified"] is False for clock in filing["clocks"])
    steps = world.claim(claim)["history"][before:]
    assert [(step["event"], step["actor"]) for step in steps] == [("filing.filed", "buyer")]
    told = steps[0]["detail"]
    assert (told["channel"], told["status"], told["reference"], told["filed_by"]) == (
        "heimao", "filed", "HM-2026-0001", "buyer")
    assert file(world, claim, buyer, "heimao", "accepted").status == 200
    assert file(world, claim, buyer, "heimao", "resolved").json()["filings"][0]["status"] == "resolved"
    assert file(world, claim, buyer, "heimao", "filed").json()["reason"] == "wrong_state"
    # A buyer complains where he will; the claim need not have come that far.
    assert file(world, claim, buyer, "payment_wechat", "filed", reference="WX1").status == 200
    # A number with a code of the order in it is kept without.
    answer = file(world, claim, buyer, "payment_wechat", "reference_told", reference=f"WX-{sold.key}")
    assert answer.status == 200, answer.text
    assert "WX-(redacted)" in [filing.get("reference") for filing in answer.json()["filings"]]


@pytest.mark.parametrize("body, pointer", [
    ({}, "/channel"), ({"channel": "court", "status": "filed"}, "/channel"),
    ({"channel": "12315", "status": "won"}, "/status"),
    ({"channel": "12315", "status": "filed", "reference": "a b"}, "/reference"),
    ({"channel": "12315", "status": "filed", "reference": "x" * 97}, "/reference"),
    ({"channel": "12315", "status": "reference_told"}, "/reference"),
    ({"channel": "12315", "status": "filed", "note": "x"}, ""),
])
def test_a_report_that_is_wrong_is_refused_with_its_place(world, case, body, pointer):
    sold, claim = case
    answer = world.post(f"/v1/claims/{claim}/filings", world.buyer(sold), body)
    assert answer.status == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_others_have_no_business_with_the_papers(world, case):
    _, claim = case
    other = world.deliver("card-15", merchant="m-78")
    rival = world.account("rival", "merchant", "m-78")
    # Nor has the one whom they are about: where the buyer filed is not told to him.
    for answer in (packet(world, claim, world.voices["seller"], "12315"),
                   file(world, claim, world.voices["seller"], "12315", "filed")):
        assert (answer.status, answer.json()["reason"]) == (409, "wrong_actor")
    for voice in (world.buyer(other), rival):
        assert packet(world, claim, voice, "12315").status == 404
        assert file(world, claim, voice, "12315", "filed").status == 404
        headers = voice.headers
        assert call(world.gateway.url, "GET", f"/v1/claims/{claim}/escalation", headers).status == 404


def test_the_commands_show_and_write_the_same(world, case, tmp_path):
    """`claims escalation`, `claims packet` and `claims file`."""
    sold, claim = case
    shown = world.gateway.cli("claims", "escalation", claim, "--json", "--lang", "zh-CN", check=True,
                              env=world.clock.environment)
    assert json.loads(shown.stdout)["tier"] == 2
    (tmp_path / "token").write_text(sold.token)
    (tmp_path / "who").write_text(f"{BUYER['name']}\n{BUYER['contact']}\n")
    access = ("--gateway", world.gateway.url, "--token", str(tmp_path / "token"))
    done = world.gateway.cli(
        "claims", "packet", claim, "--channel", "12315", *access, "--complainant", str(tmp_path / "who"), "--respondent",
        SELLER, "--lang", "zh-CN", "--out", str(tmp_path / "papers.md"), check=True, configured=False)
    papers = tmp_path / "papers.md"
    assert BUYER["name"] in papers.read_text() and papers.stat().st_mode & 0o777 == 0o600
    assert BUYER["name"].encode() not in done.stdout
    report = ("claims", "file", claim, "--channel", "12315", "--status", "filed", "--reference", "12315-1", *access,
              "--lang", "zh-CN")
    told = world.gateway.cli(*report, check=True, configured=False).stdout.decode()
    assert "全国12315平台（12315）" in told and "已提交（filed）" in told, told
    again = world.gateway.cli(*report, configured=False)
    assert again.returncode == 64 and re.search("[\u4e00-\u9fff]", again.stderr.decode()), again.stderr
    shown = world.gateway.cli("claims", "escalation", claim, "--lang", "zh-CN", check=True,
                              env=world.clock.environment).stdout.decode()
    assert "全国12315平台（12315）" in shown and "已提交（filed）" in shown, shown
    filed = {filing["channel"]: filing for filing in way(world, claim)["filings"]}
    assert filed["12315"]["reference"] == "12315-1"


def table(markdown: str, heading: str) -> list[list[str]]:
    """The rows of a table of the papers, without its head."""
    section = markdown.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def papers(world: WarrantyWorld, claim: str, sold, channel: str = "12315", language: str = "en") -> dict:
    answer = packet(world, claim, world.buyer(sold), channel, language, complainant=BUYER, respondent=SELLER,
                    confirmed=CONFIRMED, payment_method="alipay")
    assert answer.status == 200, answer.text
    return answer.json()


def test_a_claim_that_opened_by_itself_is_nobodys_attempt_to_reach_the_merchant(world):
    """M2-16: the notice of the claim is told as what it is, and counts once the merchant's time is over."""
    sold = world.deliver("card-15", merchant="m-80")
    claim = world.fails(sold)
    opened = world.now
    early = papers(world, claim, sold, language="zh-CN")
    assert [lack["field"] for lack in early["missing"]] == ["contact_attempt"]
    [[_, by, result]] = table(early["markdown"], "联系记录")
    assert by == "平台内申诉通知" and result.startswith("等待答复，截至 ")
    assert "- [ ] 在线客服" in way(world, claim, "zh-CN")["plan"]
    world.rings(claim, "first_response", opened + 2 * MINUTE)
    late = papers(world, claim, sold)
    assert late["ready"] is True, late["missing"]
    assert [row[1:] for row in table(late["markdown"], "Contact attempts")] == [
        ["the platform's notice of the claim", "no answer"]]
    assert "- [ ] online service" in way(world, claim)["plan"]
    world.clock.jump_to(world.now + MINUTE)
    world.acts(claim, world.buyer(sold), "message_posted", channel="phone")
    asked = table(papers(world, claim, sold)["markdown"], "Contact attempts")
    assert [row[1] for row in asked] == ["the platform's notice of the claim", "telephone"]
    assert asked[1][2].startswith("waiting for an answer until ")
    assert "- [x] telephone" in way(world, claim)["plan"]
    world.clock.jump_to(world.now + 2 * MINUTE)
    assert table(papers(world, claim, sold)["markdown"], "Contact attempts")[1][2] == "no answer"


def test_papers_hold_the_evidence_of_their_own_claim(world):
    """Two dead codes of one order are two claims: neither has the other's answers, nor the merchant's words there."""
    codes = [world.cards.voucher() for _ in range(2)]
    for _, key in codes:
        world.issuer.says(key, "revoked")
    order = world.cards.order()
    items = [made.item("card-15", key, serial, line) for line, (serial, key) in enumerate(codes, start=1)]
    notice = made.delivery(order, items, delivered_at=world.now, merchant="m-81", buyer_ref="b-two",
                           order={"paid": money(10_000) | {"payment_ref": f"p{order}"}})
    answer = webhook.send(world.gateway, notice, timestamp=world.clock.timestamp, wait=20)
    assert answer.status == 200, answer.text
    body = answer.json()
    sold = Sold(body["delivery"], order, "m-81", "card-15", codes[0][0], codes[0][1], "b-two", 10_000,
                body["order_token"], world.now, body)
    first, second = [found["claim"] for found in sorted(world.gateway.claims_of(sold.id), key=lambda one: one["line"])]
    world.acts(second, world.account("seller-81", "merchant", "m-81"), "message_posted")
    for claim, replies in ((first, 0), (second, 1)):
        slots = [row[1] for row in table(papers(world, claim, sold)["markdown"], "Evidence")]
        assert slots.count("record of the issuer's answer") == 1, slots
        assert slots.count("the merchant's written reply") == replies, slots


def test_what_the_platform_refused_for_good_can_be_filed_outside(world):
    """M3-46 M4-10 M4-19: after the appeal the platform's ways are exhausted; filings are kept, and open nothing."""
    sold = world.deliver("card-15", merchant="m-83")
    claim = world.fails(sold)
    buyer, agent = world.buyer(sold), world.voices["agent"]
    world.acts(claim, agent, "review_started")
    world.acts(claim, agent, "ruled", ruling="not_liable", evidence="log 3")
    world.stands(claim, "closed.not_covered", None, None)
    assert way(world, claim)["rows"][0] == "tier.platform_first"
    world.acts(claim, buyer, "appeal_filed")
    world.acts(claim, world.voices["judge"], "appeal_decided", outcome="upheld")
    world.stands(claim, "closed.final", None, None)
    told = way(world, claim)
    assert (told["tier"], told["rows"][0]) == (2, "tier.platform_exhausted")
    assert file(world, claim, buyer, "heimao", "filed", "final-1", reference="HM-9").status == 200
    assert file(world, claim, buyer, "heimao", "filed", "final-1", reference="HM-9").status == 200
    world.clock.jump_to(world.now + MINUTE)
    # Nothing goes back, and nothing is told twice.
    same = {"reference": "HM-9"}
    for status, more in (("prepared", {}), ("filed", same), ("reference_told", same)):
        answer = file(world, claim, buyer, "heimao", status, **more)
        assert (answer.status, answer.json()["reason"]) == (409, "wrong_state"), status
    world.stands(claim, "closed.final", None, None)
    assert [step["event"] for step in world.claim(claim)["history"]].count("filing.filed") == 1
    assert file(world, claim, buyer, "12315", "prepared").status == 200
    world.clock.jump_to(world.now + MINUTE)
    assert file(world, claim, buyer, "12315", "prepared").json()["reason"] == "wrong_state"
    # Papers tell all of it in their own language.
    court = papers(world, claim, sold, "small_claims_court", "zh-CN")["markdown"]
    raw = ("filing.filed", "ok_unused", "ok\\_unused", "revoked", "appeal_filed", "closed.final", "review_started")
    assert [word for word in raw if word in court] == [], court
    assert "站外投诉，黑猫投诉：已提交" in court and "申请复核" in court
    assert table(court, "违约事实")[0][1:] == ["这张卡密有效，尚未使用。", "发行方已作废这张卡密。"]


def test_words_that_nobody_confirmed_and_claims_that_were_withdrawn_are_no_bad_codes(world):
    """M1-30: five findings are a case; a report about a good code is none of them, nor what the buyer took back."""
    sold = [world.deliver("card-15", merchant="m-84") for _ in range(6)]
    reported = world.post(f"/v1/deliveries/{sold[5].id}/claims", world.buyer(sold[5]),
                          {"line": 1, "problem": "wrong_version"})
    assert reported.status == 201, reported.text
    claims = [world.fails(one) for one in sold[:4]]
    assert [way(world, claim)["collective"] for claim in claims] == [None] * 4
    claims.append(world.fails(sold[4]))
    for claim in claims:
        assert sorted(way(world, claim)["collective"]["claims"]) == sorted(claims)
    assert way(world, reported.json()["claim"])["collective"] is None
    formed = [claim for claim in claims
              if "collective.formed" in [step["event"] for step in world.claim(claim)["history"]]]
    assert formed == claims[-1:]
    text = papers(world, claims[0], sold[0], "market_supervision", "zh-CN")["markdown"]
    assert "- 问题卡密申诉数量：5\n" in text
    assert "collective.formed" not in papers(world, claims[-1], sold[4], "market_supervision", "zh-CN")["markdown"]
    world.acts(claims[0], world.buyer(sold[0]), "withdrawn")
    assert way(world, claims[1])["collective"] is None


# Claims beside others


def orders_of_one_buyer(world: WarrantyWorld, merchant: str, count: int, ref: str) -> list[str]:
    claims = []
    for _ in range(count):
        serial, key = world.cards.voucher()
        world.issuer.says(key, "ok_unused")
        notice = made.delivery(world.cards.order(), [made.item("card-15", key, serial)], delivered_at=world.now,
                               merchant=merchant, buyer_ref=ref)
        answer = webhook.send(world.gateway, notice, timestamp=world.clock.timestamp, wait=20)
        assert answer.status == 200, answer.text
        body = answer.json()
        world.issuer.says(key, "revoked")
        world.clock.jump_to(world.now + MINUTE)
        sold = Sold(body["delivery"], "", merchant, "card-15", serial, key, ref, 5000,
                                       body["order_token"], world.now, body)
        world.selftest(sold, "revoked")
        claims.append(world.claim_on(sold))
    return claims


def test_a_buyers_fifth_complaint_waits_for_a_person(world):
    """M1-40 M1-42: it is held and queued, never refused; a person lets it go on where it was."""
    claims = orders_of_one_buyer(world, "m-90", 5, "b-often")
    states = [world.claim(claim)["state"] for claim in claims]
    assert states == ["open"] * 4 + ["hold.risk"]
    held = world.claim(claims[-1])
    [raised] = [entry for entry in held["history"] if entry["event"] == "risk.raised"]
    assert (held["owner"], raised["from"], raised["to"]) == ("platform", "open", "hold.risk")
    [hit] = raised["detail"]["event"]["hits"]
    assert (hit["rule"], hit["counts"]["count"], hit["subject"]["kind"]) == ("repeat_complainant", 5, "buyer")
    assert "b-often" not in json.dumps(held)
    assert world.act(claims[-1], world.system("buyer"), "risk_cleared").status in (403, 409, 422)
    assert world.acts(claims[-1], world.voices["agent"], "risk_cleared")["state"] == "open"


def test_a_merchants_bad_codes_keep_the_deposit_from_paying_by_itself(world):
    """M1-02 M1-42: beyond chance; the claims go on, and what the deposit pays waits for two people."""
    assert world.pays_in(100_000, "m-91").status in (200, 201)
    orders = [world.deliver("card-15", merchant="m-91") for _ in range(10)]
    claims = [world.fails(sold) for sold in orders]
    told = [world.claim(claim) for claim in claims]
    assert [claim["state"] for claim in told] == ["open"] * 10
    assert [claim["automation_held"] for claim in told] == [False] * 9 + [True]
    [noted] = [entry for entry in told[-1]["history"] if entry["event"] == "risk.noted"]
    [hit] = noted["detail"]["event"]["hits"]
    assert (hit["rule"], hit["counts"]["count"]) == ("merchant_dead_rate", 10)
    event = world.receiver.wait_for(lambda event: event.type == "claim.action_required"
                                    and event.json()["data"].get("notice") == "risk_found")[0].json()["data"]
    assert (event["claim"], event["to"]) == (claims[-1], "platform")
    seller = world.account("seller-91", "merchant", "m-91")
    for sold, claim in ((orders[0], claims[0]), (orders[-1], claims[-1])):
        world.acts(claim, seller, "remedy_offered", remedy="refund_original", amount=money(5000))
        world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
        remedy = world.claim(claim)["remedies"][0]["remedy"]
        assert world.receipt(remedy, {"result": "refused"}).status == 200
    payers = [world.claim(claim)["execution"]["payer"] for claim in (claims[0], claims[-1])]
    assert payers == ["deposit", "deposit_on_approval"]


def test_the_decision_names_its_row_and_the_leaf_its_tables(world, case):
    """D-10: which row of which tables decided, beside the verdict and in the log."""
    sold, claim = case
    item = world.gateway.get_json(f"/v1/deliveries/{sold.id}")["items"][0]
    assert item["liability_rule"].startswith("liability.revoked")
    index = world.claim(claim)["evidence"]["index"]
    leaf = json.loads(world.gateway.cli("evidence", "show", str(index), "--platform", world.gateway.platform.name,
                                        "--json", check=True, env=world.clock.environment).stdout)
    rules = leaf["fields"]["rules"]
    assert rules["liability"].startswith("cn-standard@") and rules["liability_rule"] == item["liability_rule"]
    assert len(rules["hash"]) == 64


def test_the_world_is_settled_and_its_log_holds(world, case):
    world.settled()
    world.audited()


@pytest.mark.parametrize("name, old, new, told", [
    ("tiers", "tier: law", "tier: heaven", "tiers.yaml"),
    ("risk", "version: 1", "version: 0", "risk.yaml"),
    ("penalties", "threshold: 30, step: suspend", "threshold: 30, step: ban", "penalties.yaml"),
    ("liability", "party: merchant", "party: nobody", "liability.yaml"),
    ("law", "cn.consumer.55", "cn.consumer.5555", "cn.consumer.55"),
])
def test_a_table_that_is_wrong_is_refused_at_the_start(tmp_path, name, old, new, told):
    """A table of the operator's own is read whole, and a fault names its file."""
    folder = rules(tmp_path, **{name: {old: new}})
    (tmp_path / "cardproof.yaml").write_text(f"rules_directory: {folder}\n")
    done = subprocess.run([binary(), "config", "check", "--config", tmp_path / "cardproof.yaml"], capture_output=True)
    assert done.returncode != 0 and told.encode() in done.stderr + done.stdout
