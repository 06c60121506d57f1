"""How claims ended is published: whoever has the exported log and the file computes the grades that the gateway shows,
and misses what was left out."""

from __future__ import annotations

import json
import pathlib
import sqlite3
import time

import pytest
import yaml

from harness import lived
from harness.warranty_world import WarrantyWorld, beijing, money, policy
from harness.wire import call
from test_audit import columns, update_one
from test_merchant_grade import agrees, run

# A Monday; no holiday is near.
START = beijing(2026, 11, 2, 10)
SELLER, OTHER = "m-77", "店铺 2"
FULL_REFUND = {"remedy": "refund_original", "amount": money(5000)}
PROFILE = {
    "merchant": SELLER, "identity": {"name": "Example Digital Ltd", "registration_number": "91310000MA1FL0000X"},
    "icp_number": "ICP-00000000", "marks": ["gold_merchant"],
    "qualifications": [{"kind": "business_licence", "number": "3101", "valid_until": "2027-06-30"}],
    "human_channel": {"contact": "+86 21 5555 0100", "hours": "7x24"}}
RESULTS = ["refunded"] * 8 + ["withdrawn", "not_covered", "withdrawn", "recovered", "withdrawn"]


def refunded(world: WarrantyWorld, merchant, sold) -> None:
    claim = world.claim_on(sold)
    world.clock.advance(60)
    world.acts(claim, merchant, "remedy_offered", **FULL_REFUND)
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [remedy] = world.claim(claim)["remedies"]
    answer = world.receipt(remedy["remedy"], {"result": "done", "reference": "refund"} | FULL_REFUND)
    assert answer.status == 200, answer.text
    world.stands(claim, "closed.remedied", None, None)


def closes_all(world: WarrantyWorld) -> None:
    """Thirteen outcomes of twelve claims: one was opened again and closed in another way."""
    merchant, agent = world.account("seller", "merchant", SELLER), world.account("agent-1", "platform")
    for _ in range(8):
        refunded(world, merchant, world.deliver("card-15", word="revoked"))
    silent = world.deliver("card-15", word="revoked")
    world.clock.advance(600)
    world.acts(world.claim_on(silent), world.buyer(silent), "withdrawn")
    refused = world.claim_on(world.deliver("card-15", word="revoked"))
    world.acts(refused, agent, "review_started")
    world.acts(refused, agent, "ruled", ruling="not_liable", evidence="log 3")
    world.stands(refused, "closed.not_covered", None, None)
    other = world.deliver("card-15", merchant=OTHER, word="revoked")
    world.acts(world.claim_on(other), world.buyer(other), "withdrawn")
    cured = world.deliver("card-15")
    claim = world.fails(cured, "not_found")
    world.acts(claim, merchant, "message_posted")
    world.issuer.says(cured.key, "ok_unused")
    world.selftest(cured, "ok_unused")
    world.reaches(claim, "closed.recovered")
    world.acts(claim, world.buyer(cured), "reopened", evidence="photo")
    world.acts(claim, world.buyer(cured), "withdrawn")


def stated(world: WarrantyWorld) -> int:
    """How many outcomes the health leaves state; read beside the running gateway."""
    store = sqlite3.connect(f"file:{world.gateway.data / 'cardproof.db'}?mode=ro", uri=True)
    leaves = [json.loads(leaf) for leaf, in store.execute("SELECT leaf FROM entries WHERE notice IS NULL")]
    store.close()
    return max([0, *(leaf.get("outcomes", 0) for leaf in leaves if leaf.get("typ") == "health")])


@pytest.fixture(scope="module")
def world(new_gateway, cards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "seller.yaml").write_text(yaml.safe_dump(PROFILE, allow_unicode=True))
    world = WarrantyWorld(new_gateway, cards, "outcomes", START, [policy("card-15", "w15")], settings={
        "merchants_directory": str(folder), "retention_days": 0, "time_stamps": {"health_interval": "1s"}})
    closes_all(world)
    deadline = time.monotonic() + 30
    while stated(world) < len(RESULTS):
        # The clock stands; a health leaf is written a second after the last.
        world.clock.advance(2)
        assert time.monotonic() < deadline, f"health leaves state {stated(world)} outcomes"
        time.sleep(0.5)
    yield world
    world.close()


def exported(world: WarrantyWorld, name: str) -> tuple[pathlib.Path, int]:
    folder = world.gateway.export(name)
    return folder, int((folder / "checkpoint").read_text().splitlines()[1])


def published(world: WarrantyWorld, name: str, *arguments: str) -> pathlib.Path:
    path = world.gateway.folder / f"{name}.jsonl"
    done = world.gateway.cli("merchants", "outcomes", "--platform", world.gateway.platform.name,
                             "--output", str(path), *arguments, check=True)
    assert done.stdout == b""
    return path


def lines_of(path: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def grades(world: WarrantyWorld, *arguments: str) -> dict:
    return world.gateway.cli_json("merchants", "grade", "--platform", world.gateway.platform.name, *arguments)


def test_anybody_computes_the_grades_that_the_gateway_shows(world):
    """M2-12 M2-32 M1-38 D-17 M0-10 M2-10."""
    folder, size = exported(world, "computed")
    path = published(world, "computed", "--size", str(size))
    head, *lines = lines_of(path)
    assert [line["outcome"]["result"] for line in lines] == RESULTS
    assert [line["outcome"]["number"] for line in lines] == list(range(1, len(RESULTS) + 1))
    assert head["merchants"][SELLER] == {"deliveries": 11, "human_channel_7x24": True, "qualification": "valid"}
    assert head["merchants"][OTHER] == {"deliveries": 1, "human_channel_7x24": False, "qualification": "missing"}
    code, found = run(folder, path)
    assert (code, found["holds"], found["outcomes"], found["missing"]) == (0, True, len(RESULTS), 0), found
    shown = grades(world)
    assert (shown["as_of"], shown["formula"]) == (head["as_of"], head["formula"])
    assert [row["merchant"] for row in shown["merchants"]] == sorted(head["merchants"])
    for row in shown["merchants"]:
        agrees(found["merchants"][row["merchant"]], row["rating"])
        assert row["declared"] == head["merchants"][row["merchant"]]
    agrees(found["platform"], shown["whole"]["rating"])
    one = grades(world, "--merchant", SELLER)
    assert one["rating"]["grade"] in "ABCDE" and one["rating"]["formula"] == "merchant-grade@1"
    assert one["rating"]["metrics"]["answerable"] == 10
    assert one["profile"]["icp_number"] == PROFILE["icp_number"]
    assert one["profile"]["marks"] == ["gold_merchant"]
    assert grades(world, "--merchant", OTHER)["rating"]["grade"] == "unrated"


def test_times_are_those_of_the_claim(world):
    """M2-02 M2-20: a person's first answer, the first remedy, the closing."""
    path = published(world, "times")
    outcomes = [line["outcome"] for line in lines_of(path)[1:]]
    first, silent = outcomes[0], outcomes[8]
    assert first["first_response_at"] == first["proposal_at"] == first["closed_at"]
    assert first["opened_at"] == START.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "first_response_at" not in silent and "proposal_at" not in silent
    assert outcomes[9]["liable"] == "none" and first["liable"] == "merchant"
    text = path.read_text()
    private = [word for sold in world.sold for word in (sold.id, sold.order, sold.key, sold.serial, sold.buyer_ref)]
    private += [claim["claim"] for claim in world.gateway.claims()]
    assert [word for word in private if word in text] == []


def test_a_line_that_is_left_out_is_missed_at_the_end_as_well(world):
    """D-17."""
    folder, size = exported(world, "left-out")
    path = published(world, "left-out", "--size", str(size))
    whole = path.read_bytes().splitlines(keepends=True)
    for number in (4, len(RESULTS)):
        path.write_bytes(b"".join(line for place, line in enumerate(whole) if place != number))
        code, found = run(folder, path)
        assert (code, found["missing"], found["missing_numbers"]) == (12, 1, [number]), found


def test_a_claim_that_was_opened_again_replaces_its_outcome(world):
    folder, size = exported(world, "replaced")
    path = published(world, "replaced", "--size", str(size))
    *_, earlier, later = [line["outcome"] for line in lines_of(path)[1:]]
    assert (earlier["result"], later["result"]) == ("recovered", "withdrawn")
    assert later["replaces"] == earlier["number"] and "replaces" not in earlier
    assert later["opened_at"] == earlier["opened_at"]
    _, found = run(folder, path)
    # Eight refunds, one withdrawn in silence, and the claim that closed twice; the refused one is answered by nobody.
    assert found["merchants"][SELLER]["answerable"] == 10
    assert earlier["number"] not in grades(world, "--merchant", SELLER)["rating"]["metrics"]["numbers"]


def test_the_file_is_public_and_the_grades_are_for_whom_they_concern(world):
    name, url = world.gateway.platform.name, world.gateway.url
    path = published(world, "public")
    base = f"/v1/platforms/{name}/log"
    for place in (f"{base}/outcomes.jsonl", f"{base}/1/outcomes.jsonl"):
        answer = call(url, "GET", place)
        assert (answer.status, answer.body) == (200, path.read_bytes())
    numbered = published(world, "numbered", "--log", "1").read_bytes()
    named = published(world, "named", "--log", world.gateway.platform.origin).read_bytes()
    assert numbered == named == path.read_bytes()
    assert call(url, "GET", f"{base}/2/outcomes.jsonl").status == 404
    for query in ("size=some", "as_of=yesterday", "merchant=m-77"):
        assert call(url, "GET", f"{base}/outcomes.jsonl?{query}").status == 422
    assert world.gateway.get_json("/v1/merchants") == grades(world)
    assert world.gateway.get_json(f"/v1/merchants/{SELLER}/grade") == grades(world, "--merchant", SELLER)
    seller, agent = world.voices["seller"].headers, world.voices["agent-1"].headers
    assert call(url, "GET", f"/v1/merchants/{SELLER}/grade", seller).status == 200
    assert call(url, "GET", "/v1/merchants/%E5%BA%97%E9%93%BA%202/grade", seller).status == 404
    assert call(url, "GET", "/v1/merchants/%E5%BA%97%E9%93%BA%202/grade", agent).json()["merchant"] == OTHER
    assert call(url, "GET", "/v1/merchants/nobody/grade", agent).status == 404
    assert call(url, "GET", "/v1/merchants", seller).status == 401
    assert call(url, "GET", "/v1/merchants").status == 401
    assert call(url, "GET", f"/v1/merchants/{SELLER}/grade").status == 401


def test_an_earlier_instant_has_the_claims_that_were_closed_by_then(world):
    lines = lines_of(published(world, "earlier"))
    before = lines[4]["outcome"]["closed_at"]
    at = grades(world, "--merchant", SELLER, "--as-of", before)
    assert at["as_of"] == before and at["rating"]["metrics"]["numbers"] == [1, 2, 3]
    assert at["rating"]["grade"] == "unrated"
    head = lines_of(published(world, "then", "--as-of", before))[0]
    assert head["as_of"] == before
    done = world.gateway.cli("merchants", "grade", "--platform", world.gateway.platform.name, "--as-of", "yesterday")
    assert done.returncode == 64


def test_the_commands_speak_two_languages(world):
    platform = ("--platform", world.gateway.platform.name)
    for language, word in (("zh-CN", "评级"), ("en", "Grade")):
        one = world.gateway.cli("merchants", "grade", *platform, "--merchant", SELLER, "--lang", language, check=True)
        assert word in one.stdout.decode() and "merchant-grade@1" in one.stdout.decode()
        assert "resolution_rate" in one.stdout.decode()
        every = world.gateway.cli("merchants", "grade", *platform, "--lang", language, check=True)
        assert SELLER in every.stdout.decode() and OTHER in every.stdout.decode()
    unknown = world.gateway.cli("merchants", "grade", *platform, "--merchant", "nobody")
    assert unknown.returncode == 64 and b"nobody" in unknown.stderr


def test_the_line_of_an_erased_delivery_verifies_as_before(world):
    """What is erased is the delivery; the outcome names nothing of it, and its leaf stays."""
    before = lines_of(published(world, "before-erasure"))
    world.gateway.cli("evidence", "erase", world.sold[0].id, check=True)
    folder, size = exported(world, "erased")
    path = published(world, "erased", "--size", str(size))
    after = lines_of(path)
    assert after[1:] == before[1:]
    assert after[0]["merchants"] == before[0]["merchants"]
    code, found = run(folder, path)
    assert (code, found["holds"], found["missing"]) == (0, True, 0), found


def test_the_audit_names_an_outcome_that_was_changed_on_the_disk(world, tmp_path):
    world.audited()
    gateway = world.gateway

    def deep(twin):
        done = twin.cli("log", "audit", "--deep", "--json", env=world.clock.environment)
        assert done.returncode in (0, 12), done.stderr.decode(errors="replace")
        return done.returncode, {finding["table"] for finding in json.loads(done.stdout)["findings"]}

    store = lived.open_store(gateway)
    known = [column for table, column in columns(store) if table == "claim_outcomes"]
    store.close()
    assert len(known) == 6
    for column in known:
        twin = lived.copied(gateway, tmp_path / column)
        assert update_one(twin, "claim_outcomes", column), column
        code, named = deep(twin)
        assert code == 12 and "claim_outcomes" in named, (column, code, named)
    # The first was of a delivery that is erased, the last is the newest.
    for number in (1, len(RESULTS)):
        twin = lived.copied(gateway, tmp_path / f"without-{number}")
        store = lived.open_store(twin)
        store.execute("DELETE FROM claim_outcomes WHERE number = ?", (number,))
        store.close()
        code, named = deep(twin)
        assert code == 12 and "claim_outcomes" in named, (number, code, named)


def test_the_commands_work_without_a_running_gateway(world):
    """The last: the gateway was stopped by the test before."""
    assert world.gateway.process is None
    environment = world.clock.environment
    platform = ("--platform", world.gateway.platform.name)
    path = world.gateway.folder / "offline.jsonl"
    world.gateway.cli("merchants", "outcomes", *platform, "--output", str(path), env=environment, check=True)
    assert [line["outcome"]["result"] for line in lines_of(path)[1:]] == RESULTS
    shown = world.gateway.cli_json("merchants", "grade", *platform, env=environment)
    assert [row["merchant"] for row in shown["merchants"]] == sorted([SELLER, OTHER])
    done = world.gateway.cli("merchants", "outcomes", "--platform", "nowhere", env=environment)
    assert done.returncode == 64
