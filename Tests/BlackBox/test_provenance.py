"""Where a code came from and whom it went to, by one question; each step with a proof that this suite verifies itself."""

from __future__ import annotations

import json

import pytest

from harness import foreign, merkle
from harness.warranty_world import WarrantyWorld, beijing, policy
from harness.wire import call

START = beijing(2026, 11, 2, 10)


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "provenance", START, [policy("card-15", "w15")])
    yield world
    world.close()


@pytest.fixture(scope="module")
def registered(world):
    """A batch of three codes, released; the first is sold and dead, replaced, and sold a second time to somebody else."""
    codes = [world.cards.voucher() for _ in range(3)]
    for _, key in codes:
        world.issuer.says(key, "ok_unused")
    headers = world.gateway.platform.bearer | {"content-type": "application/json"}

    def post(path: str, body: dict, key: str | None = None):
        answer = call(world.gateway.url, "POST", path, headers | ({"idempotency-key": key} if key else {}),
                      json.dumps(body).encode())
        assert answer.status in (200, 201), answer.text
        return answer.json()

    batch = post("/v1/batches", {"merchant": "m-77", "product": "card-15", "name": "invoice-7", "supplier": "s-1",
                                 "lines": 3, "as_of": "2026-11-01"}, "batch-1")["batch"]
    post(f"/v1/batches/{batch}/codes", {"offset": 0, "lines": [
        {"line": number + 1, "serial": serial, "key": key, "classes": []}
        for number, (serial, key) in enumerate(codes)]})
    post(f"/v1/batches/{batch}/seal", {})
    post(f"/v1/batches/{batch}/release", {})
    sold = sell(world, codes[0])
    claim = world.fails(sold)
    world.acts(claim, world.system("merchant"), "remedy_offered", remedy="reissue")
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [remedy] = world.claim(claim)["remedies"]
    assert world.replace(sold, remedy["remedy"], codes[1][1], serial=codes[1][0]).status in (200, 202)
    world.reaches(claim, "closed.remedied")
    again = sell(world, codes[0])
    return batch, codes, sold, again, claim


def sell(world: WarrantyWorld, code: tuple[str, str]):
    """The same way as `deliver`, with a code of our own."""
    serial, key = code
    original = world.cards.voucher
    world.cards.voucher = lambda: (serial, key)
    try:
        return world.deliver("card-15", key=key, word=world.issuer.words.get(key, {"code": "ok_unused"})["code"],
                             buyer_ref=f"b-{world.cards.order()}")
    finally:
        del world.cards.voucher
        assert world.cards.voucher == original


def find(world, body: dict, headers=None):
    headers = world.gateway.platform.bearer if headers is None else headers
    return call(world.gateway.url, "POST", "/v1/provenance", headers | {"content-type": "application/json"},
                json.dumps(body).encode())


def read(world, delivery: str, line: int = 1, headers=None):
    return call(world.gateway.url, "GET", f"/v1/deliveries/{delivery}/items/{line}/provenance",
                world.gateway.platform.bearer if headers is None else headers)


def pointers(value) -> list[dict]:
    """Every place of a leaf that an answer names."""
    if isinstance(value, dict):
        own = [value] if set(value) >= {"index", "proof_url"} else []
        return own + [found for member in value.values() for found in pointers(member)]
    if isinstance(value, list):
        return [found for member in value for found in pointers(member)]
    return []


def test_one_question_follows_a_code_from_its_batch_to_every_buyer(world, registered):
    """M0-13 M4-38: import batch, merchant, orders, buyers as keyed hashes; the claim and the code that replaced it."""
    batch, codes, sold, again, claim = registered
    trail = find(world, {"product": "card-15", "serial": codes[0][0], "key": codes[0][1]}).json()
    assert trail["complete"] is True
    [line] = trail["registrations"]
    assert (line["batch"], line["line"], line["merchant"], line["supplier"], line["stands"]) == (
        batch, 1, "m-77", "s-1", True)
    assert line["line_proof_url"] == f"/v1/batches/{batch}/lines/1/proof" and line["sold_at"]
    first, second = trail["deliveries"]
    assert (first["delivery"], second["delivery"]) == (sold.id, again.id)
    assert (first["order"], first["merchant"]) == (sold.order, "m-77")
    assert first["buyer_code"] and first["buyer_code"] != second["buyer_code"]
    assert [notice["stage"] for notice in first["notices"]] == ["receipt"]
    assert second["verdict"] == "duplicate_delivery" and first["verdict"] == "revoked"
    assert claim in [found["claim"] for found in first["claims"]] and first["replaced_by"]
    # By the delivery the same, and the code that came in its place.
    own, replacement = read(world, sold.id).json()["codes"]
    assert own == trail
    [placed] = replacement["deliveries"]
    assert placed["check"] == first["replaced_by"] and placed["replaces"] == first["check"]
    assert [found["line"] for found in replacement["registrations"]] == [2]


def test_each_step_has_a_proof_that_verifies(world, registered, scratch, tmp_path):
    """M4-38: the leaves of batch, notices, verdicts and claims, each by its own .tlog-proof."""
    _, codes, sold, *_ = registered
    trail = find(world, {"product": "card-15", "key": codes[0][1]}).json()
    found = pointers(trail)
    assert len({pointer["index"] for pointer in found}) >= 5
    entries = entries_of(world, "provenance-log")
    for pointer in found:
        served = call(world.gateway.url, "GET", pointer["proof_url"], {})
        assert served.status == 200, served.text
        proof = merkle.Proof.parse(served.text)
        assert proof.index == pointer["index"]
        assert proof.root_from(merkle.leaf_hash(entries[proof.index])) == proof.checkpoint.root
        file = tmp_path / f"{proof.index}.tlog-proof"
        file.write_text(served.text)
        done = foreign.verify_proof(scratch, file, world.gateway.platform.vkey)
        assert done.returncode == 0, done.stdout + done.stderr
    line = call(world.gateway.url, "GET", trail["registrations"][0]["line_proof_url"], world.gateway.platform.bearer)
    assert line.status == 200 and line.header("content-type") == "application/zip"


def entries_of(world, folder) -> list[bytes]:
    """Every entry of the log as it is exported; the proofs are held against these bytes."""
    return merkle.exported_entries(world.gateway.export(str(folder)))


def test_no_answer_shows_a_key_or_a_buyer(world, registered):
    """M0-13: the code stands in the question's body alone."""
    _, codes, sold, again, _ = registered
    for answer in (find(world, {"product": "card-15", "key": codes[0][1]}), read(world, sold.id)):
        shown = [word for word in (codes[0][1], codes[0][0], sold.buyer_ref, again.buyer_ref, sold.token) if word in answer.text]
        assert shown == []
    assert codes[0][1] not in world.gateway.log_tail(10_000)


def test_only_the_platforms_own_token_is_answered(world, registered):
    _, codes, sold, *_ = registered
    question = {"product": "card-15", "key": codes[0][1]}
    for headers in ({}, {"authorization": f"Bearer {sold.token}"}, world.account("clerk", "platform").headers):
        assert find(world, question, headers).status in (401, 403)
        assert read(world, sold.id, headers=headers).status in (401, 403)
    other = world.gateway.add_platform("other")
    assert find(world, question, other.bearer).json() == {"registrations": [], "deliveries": [], "complete": True}
    assert read(world, sold.id, headers=other.bearer).status == 404


@pytest.mark.parametrize("body, pointer", [
    ({"key": "1"}, "/product"), ({"product": "card-15"}, "/key"), ({"product": "card-15", "key": "x" * 513}, "/key"),
    ({"product": "card-15", "key": "1", "order": "2"}, "")])
def test_a_question_that_is_wrong_is_refused_with_its_place(world, body, pointer):
    answer = find(world, body)
    assert answer.status == 422 and pointer in answer.text


def test_a_code_nobody_saw_and_a_line_that_is_not_there(world, registered):
    _, _, sold, *_ = registered
    unseen = find(world, {"product": "card-15", "key": world.cards.voucher()[1]}).json()
    assert unseen == {"registrations": [], "deliveries": [], "complete": True}
    assert read(world, sold.id, line=2).status == 404


def test_the_command_asks_the_same(world, registered, tmp_path):
    """M0-13."""
    _, codes, sold, *_ = registered
    token = tmp_path / "token"
    token.write_text(world.gateway.platform.bearer["authorization"].removeprefix("Bearer "))
    file = tmp_path / "code"
    file.write_text(f"{codes[0][0]}----{codes[0][1]}\n")
    access = ("--gateway", world.gateway.url, "--token", str(token), "--json")
    by_code = world.gateway.cli("deliveries", "provenance", "--code", str(file), "--product", "card-15", *access,
                                configured=False, check=True)
    by_line = world.gateway.cli("deliveries", "provenance", sold.id, "--line", "1", *access, configured=False, check=True)
    assert json.loads(by_code.stdout) == json.loads(by_line.stdout)["codes"][0]
    assert codes[0][1].encode() not in by_code.stdout + by_line.stdout
    wrong = world.gateway.cli("deliveries", "provenance", sold.id, *access, configured=False)
    assert wrong.returncode == 64
