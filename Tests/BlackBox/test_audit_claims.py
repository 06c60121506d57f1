"""What stands beside a claim is held against the claim's own steps: clocks, attempts, filings and the book of deposits.

The claims here rang, were paid out of a deposit, were given a replacement, and were filed outside.
"""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from harness import lived
from harness.warranty_world import HOUR, MINUTE, WarrantyWorld, beijing, money, policy

START = beijing(2026, 11, 2, 10)
CAPS = {"per_case": money(6000), "per_day": money(80_000), "backstop": True}
COUNTED = ("unrepeated_claims", "unrepeated_judgements", "moved_deadlines")


@pytest.fixture(scope="module")
def world(new_gateway, cards):
    world = WarrantyWorld(new_gateway, cards, "audited-claims", START, [policy("card-15", "w15", deposit=CAPS)])
    agent = world.account("agent", "platform")
    world.account("seller", "merchant", "m-77")
    assert world.pays_in(20_000, "m-77").status == 200
    assert world.pays_in(1_000).status == 200
    paid_out(world, agent)
    replaced(world)
    filed(world)
    assert world.gateway.stop() == 0
    yield world
    world.close()


def paid_out(world: WarrantyWorld, agent) -> None:
    """A merchant who says nothing: his clocks ring, and his deposit pays, at the second attempt."""
    claim = world.fails(world.deliver("card-15"))
    opened = world.now
    for timer, wait in (("first_response", 2 * MINUTE), ("proposal", 2 * HOUR), ("resolution", 24 * HOUR)):
        world.rings(claim, timer, opened + wait)
    world.acts(claim, agent, "review_started")
    world.acts(claim, agent, "liability_proposed", ruling="liable", liable="merchant", remedy="refund_original",
               amount=money(5_000))
    proposed = world.now
    world.rings(claim, "liability", proposed + 24 * HOUR)
    world.rings(claim, "execution", proposed + 48 * HOUR)
    [remedy] = [found for found in world.claim(claim)["remedies"] if found["state"] == "requested"]
    assert remedy["payer"] == "deposit"
    done = {"result": "done", "remedy": "refund_original", "amount": money(5_000)}
    assert world.receipt(remedy["remedy"], done).status == 200
    world.reaches(claim, "closed.remedied")


def replaced(world: WarrantyWorld) -> None:
    """A code that is given in place of a bad one, and works."""
    sold = world.deliver("card-15")
    claim = world.fails(sold)
    world.acts(claim, world.voices["seller"], "remedy_offered", remedy="reissue")
    world.acts(claim, world.buyer(sold), "remedy_answered", is_accepted=True)
    [remedy] = [found for found in world.claim(claim)["remedies"] if found["state"] == "requested"]
    assert world.replace(sold, remedy["remedy"]).status in (200, 202)
    world.reaches(claim, "closed.remedied")


def filed(world: WarrantyWorld) -> None:
    """A claim that is open and with a body outside."""
    sold = world.deliver("card-15")
    claim = world.fails(sold)
    for status in ("filed", "accepted"):
        answer = world.post(f"/v1/claims/{claim}/filings", world.buyer(sold), {"channel": "12315", "status": status})
        assert answer.status == 200, answer.text
    world.acts(claim, world.buyer(sold), "evidence_added", reference="photo-1", is_complete=True)
    world.acts(claim, world.system("buyer"), "evidence_requested", **{"from": "merchant"})


def audit(world: WarrantyWorld, gateway) -> tuple[int, dict]:
    done = gateway.cli("log", "audit", "--deep", "--json", env=world.clock.environment)
    assert done.returncode in (0, 12), done.stderr.decode(errors="replace")
    return done.returncode, json.loads(done.stdout)


def test_claims_are_made_again_from_their_steps(world):
    code, report = audit(world, world.gateway)
    assert (code, report["findings"]) == (0, [])
    assert [report["checked"][name] for name in COUNTED] == [0, 0, 0], report["checked"]
    # Two from outside, three holds, a payout and its settlement, and what was left of the holds.
    assert report["checked"]["book_entries"] >= 7


# A column, one of the rows that a step tells of, and what somebody might write there.
EDITS = [
    ("claim_rings", "due_at", "rung_at IS NOT NULL", "due_at + 1"),
    ("claim_rings", "rung_at", "rung_at IS NOT NULL", "rung_at + 1000"),
    ("claim_rings", "rung_at", "rung_at IS NOT NULL", "NULL"),
    ("claim_rings", "rung_at", "rung_at IS NULL", "due_at"),
    ("claim_rings", "round", "rung_at IS NOT NULL", "round + 1"),
    ("claim_rings", "timer", "rung_at IS NOT NULL AND timer = 'proposal'", "'appeal'"),
    ("remedies", "state", "state = 'done'", "'requested'"),
    ("remedies", "replacement", "replacement IS NOT NULL", "NULL"),
    ("remedies", "record", "state = 'done'", "CAST(replace(record, '\"state\":\"done\"', '\"state\":\"cancelled\"') AS BLOB)"),
    ("remedies", "record", "CAST(record AS TEXT) LIKE '%5000%'", "CAST(replace(record, '5000', '6000') AS BLOB)"),
    ("remedies", "record", "CAST(record AS TEXT) LIKE '%deposit%'", "CAST(replace(record, '\"deposit\"', '\"platform\"') AS BLOB)"),
    ("filings", "record", "1", "CAST(replace(record, '\"accepted\"', '\"resolved\"') AS BLOB)"),
    ("filings", "channel", "1", "'heimao'"),
    ("ledger_entries", "at", "claim IS NOT NULL", "at + 1"),
    ("ledger_entries", "merchant", "kind = 'payout'", "'m-78'"),
    ("ledger_entries", "kind", "kind = 'freeze'", "'release'"),
    ("ledger_entries", "currency", "kind = 'settlement'", "'USD'"),
    ("ledger_entries", "posted", "kind = 'freeze'", "CAST(replace(posted, '5000', '4999') AS BLOB)"),
    ("ledger_entries", "posted", "kind = 'deposit'", "CAST(replace(posted, '20000', '30000') AS BLOB)"),
    ("ledger_balances", "minor_units", "account = 'paid'", "minor_units - 1"),
    ("ledger_balances", "account", "account = 'backstop'", "'deposit/m-1'"),
    ("claims", "due_at", "due_at IS NOT NULL", "due_at + 86400000"),
    ("claims", "record", "state = 'closed.remedied'", "CAST(replace(record, '\"holds\":1', '\"holds\":2') AS BLOB)"),
    ("claims", "record", "state <> 'closed.remedied'",
     "CAST(replace(record, '\"is_evidence_complete\":true', '\"is_evidence_complete\":false') AS BLOB)"),
    ("claims", "record", "CAST(record AS TEXT) LIKE '%\"first_response\":{\"round\":1%'",
     "CAST(replace(record, '\"first_response\":{\"round\":1', '\"first_response\":{\"round\":2') AS BLOB)"),
    ("checks", "decision", "CAST(decision AS TEXT) LIKE '%\"claim\":\"clm_%'",
     "CAST(replace(decision, '\"liability\":\"merchant\"', '\"liability\":\"platform\"') AS BLOB)"),
    ("checks", "decision", "CAST(decision AS TEXT) LIKE '%\"liability_rule\":\"%'",
     "CAST(replace(decision, '\"liability_rule\":\"', '\"liability_rule\":\"x') AS BLOB)"),
    ("checks", "decision", "CAST(decision AS TEXT) LIKE '%\"judgement\":{\"claim\":\"open\"%'",
     "CAST(replace(decision, '\"judgement\":{\"claim\":\"open\"', '\"judgement\":{\"claim\":\"no_defect\"') AS BLOB)"),
]


def edit(gateway, statement: str) -> None:
    store = lived.open_store(gateway)
    try:
        store.execute(statement)
        assert store.execute("SELECT changes()").fetchone() == (1,), statement
    finally:
        store.close()


@pytest.mark.parametrize("table, column, which, other", EDITS)
def test_an_edit_that_no_step_tells_of_is_named(world, tmp_path, table, column, which, other):
    twin = lived.copied(world.gateway, tmp_path / "twin")
    key = primary_key(twin, table)
    changed = f"({which}) AND {column} IS NOT ({other})"
    edit(twin, f"UPDATE {table} SET {column} = {other} WHERE ({key}) = (SELECT {key} FROM {table} WHERE {changed} LIMIT 1)")
    code, report = audit(world, twin)
    assert code == 12, "nothing is missed"
    # Of lines of the book that agree with themselves the balances tell.
    accepted = {table, "ledger_balances"} if table == "ledger_entries" else {table}
    assert accepted & {finding["table"] for finding in report["findings"]}, report["findings"]
    shown = json.dumps(report)
    assert [sold.key for sold in world.sold if sold.key in shown or sold.buyer_ref in shown] == []
    shutil.rmtree(twin.data)


@pytest.mark.parametrize("table, which", [
    ("claim_rings", "rung_at IS NOT NULL"), ("claim_rings", "rung_at IS NULL"), ("remedies", "state = 'cancelled'"),
    ("filings", "1"), ("ledger_entries", "kind = 'settlement'"), ("ledger_entries", "kind = 'payout'"),
    ("ledger_balances", "account = 'paid'")])
def test_a_row_that_a_step_tells_of_is_missed(world, tmp_path, table, which):
    twin = lived.copied(world.gateway, tmp_path / "twin")
    key = primary_key(twin, table)
    edit(twin, f"DELETE FROM {table} WHERE ({key}) = (SELECT {key} FROM {table} WHERE {which} LIMIT 1)")
    assert audit(world, twin)[0] == 12


def primary_key(gateway, table: str) -> str:
    store: sqlite3.Connection = lived.open_store(gateway)
    try:
        rows = store.execute(f"PRAGMA table_info({table})").fetchall()
        return ", ".join(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])
    finally:
        store.close()


def test_lines_of_the_book_outlive_the_claims_that_were_erased(world, tmp_path):
    twin = lived.copied(world.gateway, tmp_path / "twin")
    twin.cli("evidence", "erase", world.sold[0].id, "--override-hold", "the test says so", env=world.clock.environment,
             check=True)
    code, report = audit(world, twin)
    assert (code, report["findings"]) == (0, [])
