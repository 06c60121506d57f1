"""`cardproof policy cases` and `policy replay` over the decisions of a real store: real codes, a real issuer, a clock
that is moved by hand, and a policy that is published anew. (D-10)"""

from __future__ import annotations

import json

import pytest
import yaml

from harness import webhook
from harness import cards as made
from harness.gateway import ROOT
from harness.leaks import LeakSearch
from harness.waiting import eventually
from harness.warranty_world import DAY, HOUR, OUT_OF_ORDER, WarrantyWorld, beijing, instant, policy

START = beijing(2026, 11, 2, 10)


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    it = WarrantyWorld(new_gateway, cards, "replay", START, [policy("card-15", "w15"), policy("other", "w30")])
    yield it
    it.close()
    assert it.issuer.deviations == []


@pytest.fixture(scope="module")
def lived(world):
    """Twenty days of a shop: name and order of what became of each code."""
    sold = {name: world.deliver("card-15") for name in ("good", "early", "late", "over", "spent")}
    sold["undecided"] = world.deliver("card-15", word=OUT_OF_ORDER)
    sold["other"] = world.deliver("other")
    # The same key once more: a duplicate at once, about which the issuer is asked all the same.
    sold["duplicate"] = world.deliver("card-15", key=sold["good"].key)
    # Dispensed and looked at, then handed over.
    serial, key = world.cards.voucher()
    order = world.cards.order()
    for stage in ("dispense", None):
        notice = made.delivery(order, [made.item("card-15", key, serial)], stage=stage, delivered_at=world.now)
        assert webhook.send(world.gateway, notice, timestamp=world.clock.timestamp, wait=20).status == 200
    world.clock.jump_to(START + 3 * DAY)
    world.fails(sold["early"])
    world.selftest(sold["good"], "ok_unused")
    world.clock.jump_to(START + 10 * DAY)
    world.fails(sold["late"], "not_found")
    world.fails(sold["other"], "not_found")
    world.issuer.says(sold["spent"].key, "used", world.now - HOUR)
    world.selftest(sold["spent"], "used")
    world.issuer.says(sold["duplicate"].key, "used", world.now - HOUR)
    world.selftest(sold["duplicate"])
    world.clock.jump_to(START + 20 * DAY)
    world.issuer.says(sold["over"].key, "revoked")
    world.selftest(sold["over"], "revoked")
    # The clock stands: what nobody could decide is asked once more now, and not again.
    check = check_of(world, sold["undecided"])
    eventually("the undecided code is asked about again", lambda: [
        case for case in cases_of(world, "--since", made.rfc3339(world.now)) if case["case"] == check])
    return sold | {"dispensed": (order, serial, key)}


def cases_of(world, *arguments: str) -> list[dict]:
    done = world.gateway.cli("policy", "cases", "--platform", "shop", *arguments)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def replay(world, new: str, cases, *arguments: str):
    return world.gateway.cli("policy", "replay", "--policy", str(new), "--cases", str(cases), *arguments)


def answered(done) -> tuple[list[dict], dict]:
    assert done.returncode == 0, done.stderr.decode()
    *changes, summary = [json.loads(line) for line in done.stdout.splitlines()]
    return changes, summary


def published(world, path, version: int, **changes):
    path.write_text(yaml.safe_dump(policy("card-15", "w15", version=version, **changes), sort_keys=False))
    return path


def check_of(world, sold) -> str:
    return world.gateway.delivery(sold.id)["items"][0]["check"]


@pytest.fixture
def exported(world, lived, tmp_path):
    path = tmp_path / "cases.jsonl"
    done = world.gateway.cli("policy", "cases", "--platform", "shop", "--output", str(path))
    assert done.returncode == 0 and done.stdout == b"", done.stderr.decode()
    return path


def test_every_item_that_was_decided_is_one_case_and_tells_of_nobody(world, lived, exported):
    """The file of a running gateway and the lines on standard output are the same."""
    cases = [json.loads(line) for line in exported.read_bytes().splitlines()]
    assert cases == cases_of(world)
    assert len(cases) == len(lived) and len({case["case"] for case in cases}) == len(cases)
    by_check = {case["case"]: case for case in cases}
    for name, sold in lived.items():
        if name == "dispensed":
            continue
        item = world.gateway.delivery(sold.id)["items"][0]
        case = by_check[item["check"]]
        assert case["verdict"]["state"] == item["verdict"]["state"], name
        assert instant(case["delivered_at"]) == START
        assert case["decided"]["policy"]["id"] == sold.product and len(case["decided"]["policy"]["hash"]) == 64
    told = exported.read_text()
    private = {lived["dispensed"][0], "m-77", "b-8841", "pKM"}
    keys = [lived["dispensed"][1], lived["dispensed"][2]]
    for sold in world.sold:
        private |= {sold.id, sold.order, sold.buyer_ref, sold.token}
        keys += [sold.key, sold.serial]
    assert [word for word in private if word in told] == []
    assert LeakSearch(keys).files([exported]) == []


def test_under_the_policy_that_decided_no_case_changes(world, exported, tmp_path):
    """Each judgement is made again from the line alone, and comes to what the store has on record."""
    same = published(world, tmp_path / "same.yaml", 1)
    cases = [line for line in exported.read_text().splitlines() if '"id":"card-15"' in line]
    mine = tmp_path / "mine.jsonl"
    mine.write_text("\n".join(cases) + "\n")
    changes, summary = answered(replay(world, same, mine, "--json"))
    assert changes == [] and summary == {"cases": len(cases), "changed": 0, "against": "as_decided",
                                         "policy": "card-15@1"}


def test_a_shorter_window_changes_what_was_found_after_it_and_says_why(world, lived, exported, tmp_path):
    shorter = published(world, tmp_path / "shorter.yaml", 2, window={"length": "P7D"})
    runs = [replay(world, shorter, exported, "--json") for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    changes, summary = answered(runs[0])
    found = {change["case"]: change for change in changes}
    expected = {check_of(world, lived[name]): name for name in ("late", "spent", "other")}
    assert {expected.get(case, case) for case in found} == set(expected.values())
    assert (summary["cases"], summary["changed"]) == (len(lived), 3)
    late = found[check_of(world, lived["late"])]
    assert late["against"] == "card-15@1"
    assert {change["what"]: (change["before"], change["after"]) for change in late["changes"]} == {
        "claim": ("open", "window_over"), "remedy": ("reissue", "none"),
        "window_ends_at": (made.rfc3339(START + 15 * DAY), made.rfc3339(START + 7 * DAY))}
    assert late["rules"]["before"].startswith("liability.not_found")
    assert found[check_of(world, lived["other"])]["against"] == "other@1"
    spent = {change["what"]: (change["before"], change["after"])
             for change in found[check_of(world, lived["spent"])]["changes"]}
    assert spent["claim"] == ("used_after_delivery", "window_over")
    # For people, one line a case and the count.
    plain = replay(world, shorter, exported).stdout.decode().splitlines()
    assert len(plain) == 4 and plain[-1] == f"{len(lived)} cases, 3 changed: as_decided → card-15@2"


def test_the_tables_of_the_configuration_judge_both_times(world, exported, tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    table = (ROOT / "Config" / "rules" / "liability.yaml").read_text()
    assert "{id: liability.not_found, " in table
    (folder / "liability.yaml").write_text(table.replace("{id: liability.not_found, ", "{id: own.not_found, "))
    config = tmp_path / "cardproof.yaml"
    config.write_text(yaml.safe_dump(
        yaml.safe_load(world.gateway.config.read_text()) | {"rules_directory": str(folder)}, sort_keys=False))
    shorter = published(world, tmp_path / "shorter.yaml", 2, window={"length": "P7D"})

    def fired(*arguments: str) -> set[str]:
        done = world.gateway.run("policy", "replay", "--policy", str(shorter), "--cases", str(exported), "--json",
                                 "--config", str(config), *arguments)
        changes, _ = answered(done)
        return {word.split()[0] for change in changes for word in change["rules"].values()}

    for against in ((), ("--against", "w15")):
        assert "own.not_found" in fired(*against) and "liability.not_found" not in fired(*against)
    (folder / "liability.yaml").write_text(table.replace("state: not_found,", "state: nowhere,"))
    broken = world.gateway.run("policy", "replay", "--policy", "w7", "--against", "w15", "--cases", str(exported),
                               "--config", str(config))
    assert broken.returncode == 64 and b"liability.yaml" in broken.stderr


def test_a_part_of_the_decisions_is_written_by_time_and_by_policy(world, lived):
    assert {case["decided"]["policy"]["id"] for case in cases_of(world, "--policy", "other")} == {"other"}
    assert cases_of(world, "--policy", "nobody's") == []
    late = cases_of(world, "--since", made.rfc3339(START + 20 * DAY))
    assert check_of(world, lived["over"]) in {case["case"] for case in late}
    everything = cases_of(world)
    assert 0 < len(late) < len(everything)
    assert late == [case for case in everything if instant(case["decided_at"]) >= START + 20 * DAY]


def test_what_cannot_be_held_against_anything_is_named_with_its_line(world, lived, exported, tmp_path):
    for arguments in (["--platform", "nobody"], ["--platform", "shop", "--since", "soon"],
                      ["--platform", "shop", "--data", str(tmp_path)]):
        done = world.gateway.cli("policy", "cases", *arguments)
        assert done.returncode == 64 and done.stdout == b"", done.stderr
    lines = exported.read_text().splitlines()
    first = json.loads(lines[0])
    undecided = tmp_path / "undecided.jsonl"
    undecided.write_text("\n\n" + json.dumps({name: first[name] for name in first if name != "decided"}) + "\n")
    done = replay(world, "w7", undecided)
    assert done.returncode == 64 and b"line 3" in done.stderr and b"--against" in done.stderr
    assert answered(replay(world, "w7", undecided, "--against", "w15", "--json"))[1]["cases"] == 1
    stranger = tmp_path / "cardproof.yaml"
    stranger.write_text(yaml.safe_dump({"data": str(tmp_path)}))
    elsewhere = world.gateway.run("policy", "replay", "--policy", "w7", "--cases", str(exported), "--config",
                                  str(stranger))
    assert elsewhere.returncode == 64 and b"line 1" in elsewhere.stderr and b"card-15@1" in elsewhere.stderr


def test_an_order_is_held_against_what_it_pinned_after_the_policy_was_published_anew(world, lived, tmp_path):
    """The folder has version 2 alone; version 1 is in the store, which nobody is writing any more."""
    before = cases_of(world)
    assert world.gateway.stop() == 0
    config = yaml.safe_load(world.gateway.config.read_text())
    folder = config["policies_directory"]
    newer = policy("card-15", "w15", version=2, window={"length": "P7D"})
    with open(f"{folder}/card-15.yaml", "w") as file:
        file.write(yaml.safe_dump(newer, sort_keys=False))
    world.start()
    sold = world.deliver("card-15")
    assert world.gateway.stop() == 0
    after = cases_of(world)
    assert after[:-1] == before and after[-1]["decided"]["policy"]["version"] == 2
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in after))
    changes, _ = answered(replay(world, f"{folder}/card-15.yaml", path, "--json"))
    assert {change["against"] for change in changes} == {"card-15@1", "other@1"} and len(changes) == 3
    world.start()
    assert check_of(world, sold) not in {change["case"] for change in changes}
