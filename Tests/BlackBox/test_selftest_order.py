"""先激活小额面值: a buyer tries the smallest card first, and stops where something is wrong."""

from __future__ import annotations

import json

import pytest

from harness import cards as made
from harness import webhook
from harness.warranty_world import WarrantyWorld, beijing, money, policy
from harness.wire import call

START = beijing(2026, 11, 2, 10)
# By line; the last one has no value that anybody stated.
VALUES = (10_000, 500, 5_000, None)


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "smallest", START, [policy("card-15", "w15")])
    yield world
    world.settled()
    world.audited()
    world.close()
    assert world.issuer.deviations == []


@pytest.fixture
def order(world):
    """An order of four codes; keys by line, and the buyer's token."""
    drawn = [world.cards.voucher() for _ in VALUES]
    items = [made.item("card-15", key, serial, line, **({} if value is None else {"face_value": money(value)}))
             for line, ((serial, key), value) in enumerate(zip(drawn, VALUES), 1)]
    notice = made.delivery(world.cards.order(), items, delivered_at=world.now, merchant="m-77", buyer_ref="b-1")
    answer = webhook.send(world.gateway, notice, timestamp=world.clock.timestamp, wait=20)
    assert answer.status == 200, answer.text
    return [key for _, key in drawn], answer.json()["order_token"]


def answered(world, token: str) -> dict:
    answer = call(world.gateway.url, "POST", "/v1/selftests", {
        "authorization": f"Bearer {token}", "content-type": "application/json"}, b'{"smallest_first": true}')
    assert answer.status == 200, answer.text
    return answer.json()


def lines(told: dict) -> list[int]:
    return [item["line"] for item in told["items"]]


def test_good_codes_are_asked_about_from_the_smallest_to_the_largest(world, order):
    """M3-54: what has no stated value comes last."""
    _, token = order
    told = answered(world, token)
    assert (lines(told), told["not_asked"]) == ([2, 3, 1, 4], [])
    assert [item["verdict"]["state"] for item in told["items"]] == ["ok_unused"] * 4


def test_the_first_failure_ends_it(world, order):
    """M3-54: nobody asks about the codes behind it."""
    keys, token = order
    world.issuer.says(keys[2], "revoked")
    told = answered(world, token)
    assert (lines(told), told["not_asked"]) == ([2, 3], [1, 4])
    assert [item["verdict"]["state"] for item in told["items"]] == ["ok_unused", "revoked"]


def test_the_command_line_says_what_was_not_tested(world, order):
    """M3-54."""
    keys, token = order
    world.issuer.says(keys[1], "revoked")
    file = world.gateway.folder / "order.token"
    file.write_text(token)
    command = ("selftest", "--gateway", world.gateway.url, "--token", str(file), "--smallest-first", "--proofs",
               str(world.gateway.folder), "--lang", "en")
    done = world.gateway.cli(*command, "--json", configured=False)
    assert done.returncode == 10, done.stderr.decode()
    told = json.loads(done.stdout)
    assert (lines(told), told["not_asked"]) == ([2], [1, 3, 4])
    shown = world.gateway.cli(*command, configured=False).stdout.decode()
    assert "Line 3: not tested" in shown and "Line 2: not tested" not in shown
