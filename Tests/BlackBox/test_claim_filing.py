"""A claim that a person files: for what no check finds by itself. What is said opens a claim and decides nothing; people
of the platform find it in their queue, with what is on record beside it."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json

import pytest
import yaml

from harness.warranty_world import DAY, HOUR, WarrantyWorld, beijing, effects, money, path, policy, words
from harness.wire import call

START = beijing(2026, 11, 2, 10)
MILLISECOND = datetime.timedelta(milliseconds=1)
WINDOW = 15 * DAY
PRICE = 5000
ASKED, UNASKED = "card-15", "card-unasked"
VOID_CLAUSE = "一经售出不退换"


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    policies = [policy(ASKED, "w15"), policy(UNASKED, "w15", no_refund_clause=VOID_CLAUSE)]
    products = [
        {"id": ASKED, "issuer": "told", "adapter": "told", "reusable": False, "policy": ASKED},
        # Nobody can be asked about these.
        {"id": UNASKED, "issuer": "unasked", "reusable": False, "policy": UNASKED},
    ]
    world = WarrantyWorld(new_gateway, cards, "filing", START, policies, settings={"products": products})
    world.account("agent", "platform")
    world.account("judge", "arbiter")
    world.account("seller", "merchant", "m-77")
    world.account("carrier", "third_party")
    yield world
    world.settled()
    world.audited()
    world.close()
    assert world.issuer.deviations == []


def files(world, sold, voice=None, problem: str = "used", key: str | None = None, **members):
    body = {"line": 1, "problem": problem} | members
    return world.post(f"/v1/deliveries/{sold.id}/claims", voice or world.buyer(sold), body, key)


def filed(world, sold, problem: str = "used", **members) -> dict:
    """The claim that a buyer's report opened."""
    answer = files(world, sold, problem=problem, **members)
    assert answer.status == 201, f"{answer.status} {answer.text}"
    return answer.json()


def sees(world, claim: str, voice) -> dict:
    answer = call(world.gateway.url, "GET", f"/v1/claims/{claim}", voice.headers)
    assert answer.status == 200, answer.text
    return answer.json()


def refused(answer, status: int, reason: str) -> dict:
    assert (answer.status, answer.json()["reason"]) == (status, reason), answer.text
    return answer.json()


def attach(world, sold, slot: str, content: bytes = b"chat") -> None:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    answer = call(world.gateway.url, "POST", f"/v1/deliveries/{sold.id}/attachments?slot={slot}",
                  world.buyer(sold).headers | {"content-type": "text/plain",
                                               "content-digest": f"sha-256=:{digest}:"}, content)
    assert answer.status == 201, answer.text


def test_a_buyer_files_what_nobody_can_be_asked_about_and_a_person_decides(world):
    """M3-33 M1-35 M3-40: reported online, judged by nobody, ruled on by an agent who has the points before him."""
    sold = world.deliver(UNASKED, paid=PRICE)
    assert sold.body["items"][0]["verdict"]["state"] == "unsupported"
    claim = filed(world, sold, demand="refund_original", statement="兑换时提示已被使用")
    assert (claim["state"], claim["owner"], claim["against"]) == ("review.queued", "platform", "undetermined")
    assert (claim["reported_via"], claim["reported_by"], claim["demand"]) == ("online", "buyer", "refund_original")
    assert (claim["verdict"]["state"], claim["verdict"]["certainty"]) == ("used", "claimed")
    assert [(step["event"], step["actor"]) for step in claim["history"]] == [
        ("problem.reported", "buyer"), ("verdict.recorded", "system")]
    [item] = world.gateway.delivery(sold.id)["items"]
    assert (item["verdict"]["state"], item["claim"]) == ("unsupported", claim["claim"])
    agent = world.voices["agent"]
    reviewed = sees(world, claim["claim"], agent)
    [said] = reviewed["statements"]
    assert (said["by"], said["text"], said["at"]) == ("buyer", "兑换时提示已被使用", reviewed["opened_at"])
    rows = {row["item"]: row for row in reviewed["review_checklist"]}
    assert {row["source"] for row in rows.values()} == {"order_data", "merchant_qualification", "buyer_evidence"}
    assert (rows["order"]["status"], rows["paid"]["status"], rows["hand_over"]["status"]) == ("present",) * 3
    assert (rows["identity"]["status"], rows["communication"]["status"]) == ("missing",) * 2
    assert all(set(row["detail"]) == {"zh-CN", "en"} for row in rows.values())
    for voice in (world.buyer(sold), world.voices["seller"]):
        told = sees(world, claim["claim"], voice)
        assert "review_checklist" not in told and told["statements"] == reviewed["statements"]
    world.acts(claim["claim"], agent, "review_started")
    world.acts(claim["claim"], agent, "ruled", ruling="liable", liable="merchant", remedy="refund_original",
               amount=money(PRICE))
    world.stands(claim["claim"], "executing", "merchant", world.now + 24 * HOUR)
    assert "review_checklist" not in sees(world, claim["claim"], agent)


def test_why_it_was_ruled_so_is_told_to_who_sees_the_claim_and_kept_as_a_statement_is(world):
    """M3-33: without the order's codes, under its key; the history has a digest."""
    sold = world.deliver(UNASKED, paid=PRICE)
    claim = filed(world, sold, statement="兑换时提示已被使用")["claim"]
    agent = world.voices["agent"]
    world.acts(claim, agent, "review_started")
    ruling = {"ruling": "liable", "liable": "merchant", "remedy": "refund_original", "amount": money(PRICE)}
    refused(world.act(claim, agent, "ruled", **ruling, reason="长" * 501), 422, "invalid_fields")
    refused(world.act(claim, agent, "ruled", **ruling, reason=""), 422, "invalid_fields")
    refused(world.act(claim, agent, "progress_reported", reason="x"), 422, "invalid_fields")
    world.acts(claim, agent, "ruled", **ruling, reason=f"发行方记录显示 {sold.key} 在交付前已兑换")
    kept = "发行方记录显示 [redacted] 在交付前已兑换"
    for voice in (agent, world.buyer(sold), world.voices["seller"]):
        told = sees(world, claim, voice)
        assert [(said["by"], said["text"]) for said in told["statements"]] == [
            ("buyer", "兑换时提示已被使用"), ("platform", kept)]
        [step] = [step for step in told["history"] if step["event"] == "ruled"]
        came_with = words(step)[0]
        assert came_with["reason_sha256"] == hashlib.sha256(kept.encode()).hexdigest()
        assert "reason" not in came_with
    stored = b"".join(file.read_bytes() for file in world.gateway.data.rglob("*") if file.is_file())
    assert [secret for secret in (sold.key, "在交付前已兑换") if secret.encode() in stored] == []


def test_why_a_review_takes_longer_is_kept_as_a_rulings_reason_is(world):
    """M3-33: and no reference that stands in the history has a code of the order."""
    sold = world.deliver(UNASKED, paid=PRICE)
    claim, agent = filed(world, sold)["claim"], world.voices["agent"]
    world.acts(claim, world.buyer(sold), "evidence_added", reference=f"截图 {sold.key} 第 3 张")
    world.acts(claim, agent, "review_started")
    refused(world.act(claim, agent, "review_extended", by="PT24H"), 422, "invalid_fields")
    refused(world.act(claim, agent, "review_extended", by="PT24H", reason=""), 422, "invalid_fields")
    world.acts(claim, agent, "review_extended", by="PT24H", reason=f"等待发行方就 {sold.key} 回函")
    world.acts(claim, agent, "ruled", ruling="not_liable", evidence=f"回函 {sold.key}")
    kept = "等待发行方就 [redacted] 回函"
    for voice in (agent, world.buyer(sold), world.voices["seller"]):
        told = sees(world, claim, voice)
        assert [(said["by"], said["text"]) for said in told["statements"]] == [("platform", kept)]
        came = {step["event"]: words(step)[0] for step in told["history"]}
        assert came["evidence_added"] == {"reference": "截图 [redacted] 第 3 张"}
        assert came["review_extended"] == {"by": "PT24H", "reason_sha256": hashlib.sha256(kept.encode()).hexdigest()}
        assert came["ruled"]["ruling"]["evidence"] == "回函 [redacted]", came["ruled"]
    stored = b"".join(file.read_bytes() for file in world.gateway.data.rglob("*") if file.is_file())
    assert [secret for secret in (sold.key, "等待发行方") if secret.encode() in stored] == []


def test_a_reference_that_grows_by_the_mark_of_a_short_code_is_cut_and_not_refused(world):
    """M3-33."""
    short = "Q7Z4KX9P"
    sold = world.deliver(UNASKED, key=short)
    claim, agent = filed(world, sold)["claim"], world.voices["agent"]
    world.acts(claim, agent, "review_started")
    said = "x" * 247 + f" {short}"
    assert len(said) == 256
    world.acts(claim, agent, "ruled", ruling="not_liable", evidence=said)
    [step] = [step for step in sees(world, claim, agent)["history"] if step["event"] == "ruled"]
    assert words(step)[0]["ruling"]["evidence"] == "x" * 247 + " [redacte"


def test_a_reason_comes_from_a_file(world):
    """A text in which a code may stand is in no list of processes."""
    sold = world.deliver(UNASKED, paid=PRICE)
    claim, folder = filed(world, sold)["claim"], world.gateway.folder
    world.acts(claim, world.voices["agent"], "review_started")
    why = folder / "why.txt"
    act = ("claims", "act", claim, "review_extended", "--by", "PT24H", "--gateway", world.gateway.url, "--token",
           str(folder / "shop-agent.token"), "--reason")
    why.write_text(" \n")
    empty = world.gateway.cli(*act, str(why), configured=False)
    assert empty.returncode == 64 and b"the file is empty" in empty.stderr, empty.stderr
    # What stands in place of the file is not repeated.
    typed = world.gateway.cli(*act, f"waits for {sold.key}", configured=False)
    assert typed.returncode == 64 and sold.key.encode() not in typed.stderr, typed.stderr
    why.write_text("waits for the issuer\n")
    world.gateway.cli(*act, str(why), configured=False, check=True)
    [said] = sees(world, claim, world.voices["agent"])["statements"]
    assert said["text"] == "waits for the issuer"
    twice = world.gateway.cli("claims", "act", claim, "review_extended", "--by", "PT24H", "--gateway",
                              world.gateway.url, "--token", "-", "--reason", "-", configured=False)
    assert twice.returncode == 64 and b"can be read once" in twice.stderr, twice.stderr


def test_a_void_clause_of_the_terms_is_told_with_the_law(world):
    """M1-35: unfair_clause_void, cited in the text of the decision."""
    sold = world.deliver(UNASKED)
    claim = filed(world, sold, "wrong_version")
    [clause] = claim["void_clauses"]
    assert (clause["rule"], clause["clause"], clause["excerpt"]) == (
        "unfair_clause_void", "blanket_no_refund", VOID_CLAUSE)
    assert clause["law"]["id"] == "cn.consumer.26" and "第二十六条" in clause["text"]["zh-CN"]
    assert filed(world, world.deliver(ASKED), "wrong_version")["void_clauses"] == []


def test_the_explanation_of_a_decision_cites_the_void_clause(world):
    """M1-35."""
    folder = world.gateway.folder
    document, case = folder / "void.yaml", folder / "case.json"
    document.write_text(yaml.safe_dump(policy("void", "w15", no_refund_clause=VOID_CLAUSE), allow_unicode=True))
    case.write_text(json.dumps({
        "case": "c-1", "product": "p", "verdict": {"state": "not_found", "certainty": "authoritative"},
        "decided_at": "2026-11-21T08:00:00Z", "delivered_at": "2026-11-20T08:00:00Z"}))
    done = world.gateway.cli("policy", "explain", str(case), "--policy", str(document), "--json", configured=False,
                             check=True)
    told = json.loads(done.stdout)
    assert told["claim"] == "open" and "unfair_clause_void" in told["rules"]["fired"]
    assert [clause["clause"] for clause in told["void_clauses"]] == ["blanket_no_refund"]
    assert "unfair_clause_void" in told["text"]["zh-CN"] and "art. 26" in told["text"]["en"]


def test_two_reports_of_one_family_are_one_claim(world):
    """M3-33: later problems of the family join it; another family has a claim of its own."""
    sold = world.deliver(UNASKED)
    first = filed(world, sold, "used")
    again = files(world, sold, problem="not_found", reported_via="ticket")
    assert again.status == 200, again.text
    joined = again.json()
    assert (joined["claim"], joined["attached_defects"]) == (first["claim"], ["not_found"])
    assert joined["reported_via"] == "online" and len(joined["history"]) == 3
    told, followed = words(joined["history"][-1])
    assert (told["reported_via"], told["reported_by"]) == ("ticket", "buyer")
    assert followed == ["defect_attached:not_found"]
    assert len(files(world, sold, problem="used").json()["history"]) == 3
    other = filed(world, sold, "late_delivery")
    assert other["claim"] != first["claim"] and len(world.gateway.claims_of(sold.id)) == 2


def test_the_words_of_a_report_that_joins_a_claim_are_kept(world):
    """M3-33: what a check has found already is reported, with words and a demand."""
    sold = world.deliver(ASKED, word="revoked")
    claim = world.claim_on(sold)
    answer = files(world, sold, problem="revoked", statement="店主让我自己联系发行方", demand="refund_original")
    assert answer.status == 200 and answer.json()["claim"] == claim, answer.text
    told = sees(world, claim, world.voices["agent"])
    assert [(said["by"], said["text"]) for said in told["statements"]] == [("buyer", "店主让我自己联系发行方")]
    assert told["demand"] == "refund_original"
    assert [step["event"] for step in told["history"][-2:]] == ["problem.reported", "demand_stated"]


def test_what_only_people_can_tell_no_answer_of_the_issuer_ends(world):
    """M3-33: the code is good, and the buyer has not got it."""
    sold = world.deliver(ASKED)
    claim = filed(world, sold, "extraction_failed")["claim"]
    world.selftest(sold)
    assert world.claim(claim)["state"] == "review.queued"


def test_the_same_report_under_its_key_is_one(world):
    """M3-33."""
    sold = world.deliver(UNASKED)
    first = files(world, sold, key="report-1")
    again = files(world, sold, key="report-1")
    assert (first.status, again.status) == (201, 200)
    assert first.json()["claim"] == again.json()["claim"]
    refused(files(world, sold, key="report-1", problem="late_delivery"), 409, "idempotency_key_reused")
    assert len(world.gateway.claims_of(sold.id)) == 1


def test_a_closed_claim_takes_no_report(world):
    """M3-33: new evidence opens it again, and a report does not."""
    sold = world.deliver(UNASKED)
    claim = filed(world, sold)["claim"]
    world.acts(claim, world.buyer(sold), "withdrawn")
    refused(files(world, sold, problem="not_found"), 409, "claim_is_closed")
    assert world.claim(claim)["state"] == "closed.withdrawn"


def test_an_issuers_good_answer_is_not_outvoted_by_a_statement(world):
    """M3-33: what he would see is refused with the reason, what he cannot see is taken."""
    sold = world.deliver(ASKED)
    problem = refused(files(world, sold, problem="used"), 409, "not_covered")
    assert problem["no_claim_because"] == "found_good"
    assert world.gateway.claims_of(sold.id) == []
    assert filed(world, sold, "account_mismatch", reported_via="phone")["reported_via"] == "phone"


def test_claims_that_a_check_opened_say_so(world):
    """M3-33: automatic where the gateway found it, self_test where the buyer's check did."""
    found = world.deliver(ASKED, word="revoked")
    claim = world.claim(world.claim_on(found))
    assert (claim["reported_via"], claim["reported_by"]) == ("automatic", "system")
    sold = world.deliver(ASKED)
    claim = world.claim(world.fails(sold, "revoked"))
    assert (claim["reported_via"], claim["reported_by"]) == ("self_test", "system")


def test_the_platform_files_for_a_buyer_and_nobody_else_does(world):
    """M3-33: its agent or its system; not the other side, and not who judges."""
    sold = world.deliver(UNASKED)
    for name in ("seller", "judge", "carrier"):
        refused(files(world, sold, world.voices[name]), 409, "wrong_actor")
    assert world.gateway.claims_of(sold.id) == []
    answer = files(world, sold, world.voices["agent"], reported_via="phone")
    assert (answer.status, answer.json()["reported_by"]) == (201, "platform")
    by_system = files(world, world.deliver(UNASKED), world.system(None), actor="buyer", reported_via="ticket")
    assert (by_system.status, by_system.json()["reported_by"]) == (201, "buyer")


def test_another_orders_token_files_nothing(world):
    """M3-33."""
    sold, other = world.deliver(UNASKED), world.deliver(UNASKED)
    refused(files(world, sold, world.buyer(other)), 404, "not_found")
    address, body = f"/v1/deliveries/{sold.id}/claims", {"line": 1, "problem": "used"}
    kind = {"content-type": "application/json"}
    refused(call(world.gateway.url, "POST", address, kind, json.dumps(body).encode()), 401, "missing_token")
    refused(call(world.gateway.url, "POST", address, kind | {"authorization": "Bearer none"},
                 json.dumps(body).encode()), 401, "wrong_token")
    missing = refused(files(world, sold, line=2), 404, "not_found")
    assert missing["detail"] == "The delivery has no line 2; the lines it has (1): 1."
    # Whose order it is not is told nothing of its lines.
    stranger = refused(files(world, sold, world.buyer(other), line=2), 404, "not_found")
    assert "line" not in stranger["detail"]
    assert world.gateway.claims_of(sold.id) == []


@pytest.mark.parametrize("members, pointer", [
    ({"problem": "unsupported"}, "/problem"), ({"problem": "ok_unused"}, "/problem"),
    ({"problem": "duplicate_delivery"}, "/problem"), ({"problem": "卡密无效"}, "/problem"),
    ({"demand": "refund_plus_three"}, "/demand"), ({"reported_via": "automatic"}, "/reported_via"),
    ({"statement": "长" * 2001}, "/statement"), ({"line": 0}, "/line"), ({"remark": "x"}, ""),
    ({"actor": "buyer"}, "")])
def test_a_report_is_words_of_lists(world, members, pointer):
    """M3-33."""
    sold = world.deliver(UNASKED)
    problem = refused(files(world, sold, **members), 422, "invalid_fields")
    told = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert pointer in told
    if pointer == "":
        assert told[""].startswith("It holds a member that is not known. Known are: check, demand, "), told
    assert world.gateway.claims_of(sold.id) == []


def test_neither_key_nor_words_of_a_report_reach_events_or_log(world):
    """M3-33: the log keeps a digest of the words as they are kept: without codes, under the order's key."""
    sold = world.deliver(UNASKED)
    said = f"我的卡密是 {sold.key}，请退款"
    claim = filed(world, sold, statement=said)
    told = words(claim["history"][0])[0]
    kept = said.replace(sold.key, "[redacted]")
    assert told["statement_sha256"] == hashlib.sha256(kept.encode()).hexdigest()
    assert told == {"problem": "used", "reported_via": "online", "statement_sha256": told["statement_sha256"]}
    world.receiver.wait_for(
        lambda event: event.type == "claim.opened" and event.json()["data"]["claim"] == claim["claim"])
    secrets = [sold.key.encode(), "请退款".encode()]
    heard = b"".join(event.body for event in list(world.receiver.events))
    exported = world.gateway.export("filing-log")
    written = b"".join(file.read_bytes() for file in exported.rglob("*") if file.is_file())
    stored = b"".join(file.read_bytes() for file in world.gateway.data.rglob("*") if file.is_file())
    logged = world.gateway.log_path.read_bytes()
    for place in (heard, written, stored, logged):
        assert place and [secret for secret in secrets if secret in place] == []


def test_complete_cases_come_first_of_one_day(world):
    """M3-38: and each says what it lacks."""
    empty, full = world.deliver(ASKED), world.deliver(ASKED)
    first = filed(world, empty, "not_delivered")
    second = filed(world, full, "not_delivered")
    assert first["due_at"] == second["due_at"]
    attach(world, full, "communication")
    agent = world.voices["agent"]
    answer = call(world.gateway.url, "GET", "/v1/claims/queue", agent.headers)
    assert answer.status == 200, answer.text
    queue = answer.json()["claims"]
    places = [claim["claim"] for claim in queue]
    assert places.index(second["claim"]) < places.index(first["claim"])
    shown = {claim["claim"]: claim["completeness"] for claim in queue}
    assert shown[second["claim"]]["complete"] and not shown[first["claim"]]["complete"]
    assert shown[first["claim"]]["missing_and_needed"] == ["communication"]
    assert all(claim["state"] in ("review.queued", "review", "liability", "appeal", "hold.risk") for claim in queue)
    days = [claim["due_at"][:10] for claim in queue]
    assert days == sorted(days)
    # A page is the head of the whole queue.
    page = call(world.gateway.url, "GET", "/v1/claims/queue?limit=1", agent.headers)
    assert [claim["claim"] for claim in page.json()["claims"]] == places[:1]
    for voice in (world.buyer(full), world.voices["seller"], world.voices["carrier"]):
        refused(call(world.gateway.url, "GET", "/v1/claims/queue", voice.headers), 401, "wrong_token")
    rows = {row["item"]: row["status"] for row in sees(world, first["claim"], agent)["review_checklist"]}
    # The platform's own record says that it came.
    assert rows["hand_over"] == "contradicts"


def test_the_command_line_files_and_lists(world):
    """M3-33 M3-38."""
    sold = world.deliver(UNASKED)
    token, said = world.gateway.folder / "order.token", world.gateway.folder / "said.txt"
    token.write_text(sold.token)
    said.write_text("客服电话登记\n")
    done = world.gateway.cli(
        "claims", "open", "--gateway", world.gateway.url, "--token", str(token), "--delivery", sold.id, "--line", "1",
        "--problem", "account_compromised", "--via", "phone", "--demand", "refund_original", "--statement", str(said),
        "--json", configured=False, check=True)
    claim = json.loads(done.stdout)
    assert (claim["reported_via"], claim["verdict"]["state"]) == ("phone", "account_compromised")
    listed = world.gateway.cli_json("claims", "queue")["claims"]
    assert claim["claim"] in [row["claim"] for row in listed]


def test_a_code_of_the_order_in_a_statement_is_shown_to_nobody(world):
    """His words go to the merchant and the platform, and a key that still works would be anybody's."""
    sold = world.deliver(UNASKED, paid=PRICE)
    spelled = "-".join(sold.key[at:at + 4] for at in range(0, len(sold.key), 4))
    claim = filed(world, sold, statement=f"卡密 {sold.key}（{spelled}）兑换时提示已被使用")
    for voice in (world.voices["agent"], world.buyer(sold), world.voices["seller"]):
        [said] = sees(world, claim["claim"], voice)["statements"]
        assert said["text"] == "卡密 [redacted]（[redacted]）兑换时提示已被使用"


def test_nothing_is_paid_or_held_on_a_statement(world):
    """M3-33: whatever clocks ring, no remedy and no hold of the deposit follows without a person."""
    world.pays_in(100_000, "m-99")

    def book():
        return {name: held for name, held in world.book().items() if "m-99" in name}

    before = book()
    assert sum(before.values()) == 100_000
    sold = world.deliver(UNASKED, merchant="m-99")
    claim = filed(world, sold, demand="refund_original")["claim"]
    assert book() == before
    # Nobody looks: at the end of the third working day the next tier is prepared, and nothing else.
    world.rings(claim, "no_progress", at=datetime.datetime.fromisoformat(world.claim(claim)["due_at"]))
    told = world.claim(claim)
    assert told["remedies"] == [] and book() == before
    assert [word for word in effects(told) if word.startswith(("remedy", "deposit"))] == []
    assert path(told) == ["detected", "review.queued", "escalate.t2"]


def test_at_the_end_of_the_window_a_report_is_too_late(world):
    """M3-33: the filing time counts, to the millisecond, and the reason stands beside the verdict."""
    early, late = world.deliver(UNASKED), world.deliver(UNASKED)
    world.clock.jump_to(early.at + WINDOW - MILLISECOND)
    claim = filed(world, early)
    assert claim["opened_at"] < claim["warranty"]["ends_at"]
    world.clock.jump_to(late.at + WINDOW)
    assert refused(files(world, late), 409, "not_covered")["no_claim_because"] == "window_over"
    [item] = world.gateway.delivery(late.id)["items"]
    assert (item["claim"], item["no_claim_because"]) == (None, "window_over")
    assert world.gateway.claims_of(late.id) == []
    # A second charge is no defect of the goods: no warranty bounds it.
    assert filed(world, late, "double_charged")["family"] == "payment"
