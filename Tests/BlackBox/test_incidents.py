"""Outages that people declare: what they do to windows, who may declare them, and what is told of them."""

from __future__ import annotations

import json
import sqlite3

import pytest

from harness import buyer, webhook
from harness import cards as made
from harness.warranty_world import DAY, HOUR, SECOND, Voice, WarrantyWorld, beijing, instant, policy
from harness.wire import call

# A Monday; no holiday is near.
START = beijing(2026, 11, 2, 10)
END = START + 9 * DAY
NOTICE = "https://issuer.example/notices/17"
BY_ISSUER = {"kind": "issuer_outage", "scope": "issuer", "name": "told", "reason": NOTICE}


@pytest.fixture
def world_of(new_gateway, cards):
    worlds: list[WarrantyWorld] = []

    def make(name: str, *policies: dict) -> WarrantyWorld:
        world = WarrantyWorld(new_gateway, cards, name, START, list(policies))
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.close()
        assert world.issuer.deviations == []


def declared(world: WarrantyWorld, voice, began=None, key: str | None = None, **body) -> dict:
    """An outage that may be declared."""
    start = {} if began is None else {"started_at": made.rfc3339(began)}
    answer = world.post("/v1/incidents", voice, BY_ISSUER | start | body, key)
    assert answer.status == 201, f"{answer.status} {answer.text}"
    return answer.json()


def ends(world: WarrantyWorld, voice, incident: str, at=None, key: str | None = None):
    body = {} if at is None else {"ended_at": made.rfc3339(at)}
    return world.post(f"/v1/incidents/{incident}/end", voice, body, key)


def refused(answer) -> tuple:
    """Status, reason, and the first place that is wrong."""
    body = answer.json()
    return (answer.status, body["reason"], *[error["pointer"] for error in body["errors"][:1]])


def two_days(world: WarrantyWorld, voice) -> dict:
    """Declared on day 2 as having begun on day 1, ended on day 4 as having been over on day 3."""
    world.clock.jump_to(START + 2 * DAY)
    opened = declared(world, voice, began=START + DAY)
    world.clock.jump_to(START + 4 * DAY)
    ended = ends(world, voice, opened["incident"], START + 3 * DAY)
    assert ended.status == 200, ended.text
    return ended.json()


def public_leaves(world: WarrantyWorld) -> list[dict]:
    """What everybody can read of the log; read beside the running gateway."""
    store = sqlite3.connect(f"file:{world.gateway.data / 'cardproof.db'}?mode=ro", uri=True)
    leaves = [json.loads(leaf) for leaf, in store.execute(
        "SELECT leaf FROM entries WHERE notice IS NULL AND batch IS NULL ORDER BY position")]
    store.close()
    return [leaf for leaf in leaves if leaf.get("typ") == "incident"]


def test_a_declared_outage_prolongs_the_window_to_the_second(world_of):
    """M3-13 M3-14 M3-15 M3-30 (claims.md E3): two days do not count; the last second is in time, the end is not."""
    world = world_of("outage", policy("card-7", "w7"))
    agent = world.account("agent-1", "platform")
    hit, late = world.deliver("card-7"), world.deliver("card-7")
    incident = two_days(world, agent)
    assert (incident["state"], incident["declared_by"], incident["ended_by"]) == ("ended", "agent-1", "agent-1")

    world.clock.jump_to(END - SECOND)
    claim = world.fails(hit)
    assert instant(world.claim(claim)["warranty"]["ends_at"]) == END
    seen = world.selftest(hit)["warranty"]
    assert instant(seen["ends_at"]) == END
    assert (seen["prolonged"]["seconds"], seen["prolonged"]["because"]) == (2 * 86_400, ["issuer_outage"])
    assert "发行方故障" in seen["prolonged"]["text"]["zh-CN"] and "issuer" in seen["prolonged"]["text"]["en"]
    [told] = seen["prolonged"]["incidents"]
    assert (told["incident"], told["reason"]) == (incident["incident"], NOTICE)
    assert (instant(told["started_at"]), instant(told["ended_at"])) == (START + DAY, START + 3 * DAY)

    world.clock.jump_to(END)
    world.issuer.says(late.key, "revoked")
    assert world.selftest(late, "revoked")["no_claim_because"] == "window_over"
    assert len(world.settled()) == 1
    world.audited()


def test_an_open_outage_holds_the_window_open_and_what_was_decided_stays(world_of):
    """M3-14 (CONTRACT, Windows): a decision is not made again by an incident that ends, nor by one that is declared."""
    world = world_of("open-outage", policy("card-7", "w7"))
    agent = world.account("agent-1", "platform")
    early, hit, late = (world.deliver("card-7") for _ in range(3))
    world.clock.jump_to(START + 7 * DAY)
    world.issuer.says(early.key, "revoked")
    assert world.selftest(early, "revoked")["no_claim_because"] == "window_over"
    # Declared when the window was over, of a time when it was not.
    opened = declared(world, agent, began=START + 6 * DAY)
    assert world.gateway.claims() == []
    world.clock.jump_to(START + 20 * DAY)
    claim = world.fails(hit)
    assert instant(world.claim(claim)["warranty"]["ends_at"]) == START + 21 * DAY
    # A fresh self-test is judged with it.
    world.fails(early)
    # It is withdrawn: as if it had not been.
    assert ends(world, agent, opened["incident"], START + 6 * DAY).status == 200
    world.issuer.says(late.key, "revoked")
    assert world.selftest(late, "revoked")["no_claim_because"] == "window_over"
    assert len(world.settled()) == 2
    world.audited()


def test_an_outage_touches_its_product_and_its_platform_alone(world_of):
    """M3-14: scope."""
    world = world_of("scopes", policy("card-7", "w7"), policy("other-7", "w7"))
    agent = world.account("agent-1", "platform")
    bazaar = world.gateway.add_platform("bazaar")
    touched, other = world.deliver("card-7"), world.deliver("other-7")
    serial, key = world.cards.voucher()
    notice = made.delivery(world.cards.order(), [made.item("card-7", key, serial)], delivered_at=START)
    foreign = webhook.send(world.gateway, notice, platform=bazaar, timestamp=world.clock.timestamp, wait=20)
    assert foreign.status == 200, foreign.text
    world.clock.jump_to(START + DAY)
    all_of_it = declared(world, agent, kind="platform_outage", scope="platform", name=None)["incident"]
    world.clock.jump_to(START + DAY + 12 * HOUR)
    one = declared(world, agent, scope="product", name="card-7")["incident"]
    world.clock.jump_to(START + 2 * DAY)
    assert ends(world, agent, all_of_it).status == 200
    world.clock.jump_to(START + 3 * DAY)
    assert ends(world, agent, one).status == 200
    told = {name: sold["warranty"] for name, sold in (
        ("touched", world.selftest(touched)), ("other", world.selftest(other)))}
    assert instant(told["touched"]["ends_at"]) == START + 9 * DAY
    assert told["touched"]["prolonged"]["because"] == ["issuer_outage", "platform_outage"]
    assert instant(told["other"]["ends_at"]) == START + 8 * DAY
    [item] = buyer.awaited_selftest(world.gateway, foreign.json()["order_token"])["items"]
    assert (instant(item["warranty"]["ends_at"]), item["warranty"]["prolonged"]) == (START + 7 * DAY, None)
    assert world.gateway.get_json("/v1/incidents", bazaar)["incidents"] == []
    assert world.gateway.get(f"/v1/incidents/{one}", bazaar).status == 404
    taken = call(world.gateway.url, "POST", f"/v1/incidents/{one}/end",
                 bazaar.bearer | {"content-type": "application/json"}, b"{}")
    assert taken.status == 404
    world.audited()


def test_the_platforms_people_declare_and_nobody_else(world_of):
    """M3-14: person-approved."""
    world = world_of("declarers", policy("card-7", "w7"))
    sold = world.deliver("card-7")
    judge = world.account("judge", "arbiter")
    others = [world.account("seller", "merchant", "m-77"), world.account("carrier", "third_party"), world.buyer(sold)]
    incident = declared(world, judge)["incident"]
    for voice in others:
        for answer in (world.post("/v1/incidents", voice, BY_ISSUER | {"scope": "platform", "name": None}),
                       ends(world, voice, incident)):
            assert refused(answer) == (409, "wrong_actor"), voice.name
    nobody = world.post("/v1/incidents", Voice("nobody", {}), BY_ISSUER)
    assert refused(nobody) == (401, "missing_token")
    ended = ends(world, world.system(None), incident)
    assert (ended.status, ended.json()["ended_by"]) == (200, "system")
    world.audited()


def test_what_cannot_be_is_refused_and_leaves_nothing(world_of):
    """M3-14: start and end."""
    world = world_of("refused", policy("card-7", "w7"))
    agent = world.account("agent-1", "platform")

    def declares(**body):
        return world.post("/v1/incidents", agent, BY_ISSUER | body)

    assert refused(declares(started_at=made.rfc3339(START + SECOND))) == (422, "invalid_fields", "/started_at")
    assert refused(declares(started_at=made.rfc3339(START - 30 * DAY - SECOND))) == (
        422, "invalid_fields", "/started_at")
    assert refused(declares(name="tolled")) == (422, "invalid_fields", "/name")
    assert refused(declares(reason="x" * 301)) == (422, "invalid_fields", "/reason")
    # Buyers read it: a code in it would be anybody's.
    for code in ("123456789012345678", "1234-5678-9012-3456", "１２３４ ５６７８ ９０１２ ３４５６"):
        answer = declares(reason=f"卡密 {code} 无法充值")
        assert refused(answer) == (422, "invalid_fields", "/reason")
        assert code not in answer.text and "12" in answer.text
    assert public_leaves(world) == [] and world.gateway.get_json("/v1/incidents")["incidents"] == []
    incident = declared(world, agent, began=START - 30 * DAY)["incident"]
    assert refused(declares()) == (409, "incident_already_open")
    assert refused(ends(world, agent, incident, START + SECOND)) == (422, "invalid_fields", "/ended_at")
    assert refused(ends(world, agent, incident, START - 30 * DAY - SECOND)) == (422, "invalid_fields", "/ended_at")
    assert ends(world, agent, incident, START - HOUR).status == 200
    assert refused(ends(world, agent, incident, START - HOUR)) == (409, "incident_already_ended")
    assert ends(world, agent, incident[:-1] + ("0" if incident[-1] != "0" else "1")).status == 404
    assert len(public_leaves(world)) == 2
    world.audited()


def test_both_ends_of_an_outage_are_told_once_and_stand_in_the_log(world_of):
    """M3-14 (claims.md E2): events, leaves without a person, and the same act under its key."""
    world = world_of("told", policy("card-7", "w7"))
    agent = world.account("agent-1", "platform")
    opened = declared(world, agent, key="outage-17")
    again = world.post("/v1/incidents", agent, BY_ISSUER, "outage-17")
    assert (again.status, again.json()) == (200, opened)
    other = world.post("/v1/incidents", agent, BY_ISSUER | {"reason": "another"}, "outage-17")
    assert refused(other) == (409, "idempotency_key_reused")
    world.clock.jump_to(START + HOUR)
    ended = ends(world, agent, opened["incident"], key="over-17")
    assert ended.status == 200, ended.text
    assert ends(world, agent, opened["incident"], key="over-17").json() == ended.json()

    for name, state in (("incident.opened", "open"), ("incident.closed", "ended")):
        world.receiver.wait_for(lambda event, name=name: event.type == name)
        [data] = {event.id: event.json()["data"] for event in world.receiver.events if event.type == name}.values()
        assert (data["incident"], data["state"], data["name"]) == (opened["incident"], state, "told")
        assert "agent-1" not in json.dumps(data)
    first, second = public_leaves(world)
    assert (first["state"], second["state"]) == ("open", "ended")
    assert instant(second["ended_at"]) == START + HOUR
    for leaf in (first, second):
        assert leaf["incident"] == opened["incident"]
        assert not {"agent-1", NOTICE} & set(leaf.values())
    for evidence in (ended.json()["evidence"], ended.json()["end_evidence"]):
        assert world.gateway.get(evidence["proof_url"]).status == 200
    world.audited()


def test_the_command_declares_lists_shows_and_ends(world_of):
    world = world_of("command", policy("card-7", "w7"))
    world.account("agent-1", "platform")
    token = world.gateway.folder / f"{world.gateway.platform.name}-agent-1.token"

    def incidents(*arguments: str):
        done = world.gateway.cli("incidents", *arguments, "--gateway", world.gateway.url, "--token", str(token),
                                 "--json", configured=False, check=True)
        return json.loads(done.stdout)

    opened = incidents("declare", "platform_outage", "--whole-platform", "--reason", "系统维护", "--start",
                       made.rfc3339(START - HOUR))
    assert (opened["kind"], opened["scope"], opened["name"]) == ("platform_outage", "platform", None)
    assert incidents("list", "--open")["incidents"] == [opened]
    ended = incidents("end", opened["incident"], "--at", made.rfc3339(START))
    assert instant(ended["ended_at"]) == START
    assert incidents("show", opened["incident"]) == ended
    assert incidents("list", "--open")["incidents"] == []
    assert incidents("list")["incidents"] == incidents("list", "--limit", "1")["incidents"] == [ended]
    wrong = world.gateway.cli("incidents", "declare", "issuer_outage", "--reason", "x", "--gateway", world.gateway.url,
                              "--token", str(token), configured=False)
    assert wrong.returncode == 64, wrong.stderr.decode()


def test_a_replay_knows_the_outages_of_its_cases(world_of, tmp_path):
    """D-10: the case holds what was known, so the policy it was decided under decides the same again."""
    world = world_of("replayed", policy("card-7", "w7"))
    agent = world.account("agent-1", "platform")
    sold = world.deliver("card-7")
    two_days(world, agent)
    world.clock.jump_to(END - SECOND)
    claim = world.fails(sold)
    cases = tmp_path / "cases.jsonl"
    done = world.gateway.cli("policy", "cases", "--platform", "shop", "--output", str(cases))
    assert done.returncode == 0, done.stderr.decode()
    [case] = [json.loads(line) for line in cases.read_bytes().splitlines()]
    [incident] = case["incidents"]
    assert (incident["kind"], instant(incident["started_at"]), instant(incident["ended_at"])) == (
        "issuer_outage", START + DAY, START + 3 * DAY)
    same = tmp_path / "same.yaml"
    same.write_text(json.dumps(policy("card-7", "w7", version=2)))
    untolled = tmp_path / "untolled.yaml"
    untolled.write_text(json.dumps(policy("card-7", "w7", version=2, window={"tolling": ["platform_outage"]})))
    for file, changed in ((same, 0), (untolled, 1)):
        done = world.gateway.cli("policy", "replay", "--policy", str(file), "--cases", str(cases), "--json")
        assert json.loads(done.stdout.splitlines()[-1])["changed"] == changed, done.stdout.decode()
    assert world.claim(claim)["state"] == "open"
    world.audited()


def test_an_outage_that_is_edited_on_the_disk_is_found(world_of):
    """The audit holds each against its leaves."""
    world = world_of("edited", policy("card-7", "w7"))
    two_days(world, world.account("agent-1", "platform"))
    world.audited()
    store = sqlite3.connect(world.gateway.data / "cardproof.db", isolation_level=None)
    [(before,)] = store.execute("SELECT record FROM incidents").fetchall()
    for old, new in ((b'"issuer_outage"', b'"platform_outage"'), (b'"told"', b'"tolled"')):
        assert old in before
        store.execute("UPDATE incidents SET record = ?", (before.replace(old, new, 1),))
        done = world.gateway.cli("log", "audit", "--deep", "--json")
        assert done.returncode == 12, done.stdout.decode()
        assert {finding["table"] for finding in json.loads(done.stdout)["findings"]} == {"incidents"}
    # Its two leaves stay, and tell of what no row has.
    row = store.execute("SELECT * FROM incidents").fetchone()
    store.execute("DELETE FROM incidents")
    done = world.gateway.cli("log", "audit", "--deep", "--json")
    assert done.returncode == 12, done.stdout.decode()
    [untold] = [found for found in json.loads(done.stdout)["findings"] if found["table"] == "incidents"]
    assert "no row keeps" in untold["detail"] and untold["count"] == 2, untold
    store.execute(f"INSERT INTO incidents VALUES ({', '.join('?' * len(row))})", row)
    store.execute("UPDATE incidents SET record = ?", (before,))
    store.close()
    world.audited()
