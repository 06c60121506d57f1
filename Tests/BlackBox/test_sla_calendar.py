"""Every clock of a claim around National Day 2026: at its second, once, over restarts, a week of downtime and a clock
that is set back. The working days are those of `harness/workdays.py`."""

from __future__ import annotations

import dataclasses
import datetime
import time

import pytest

from harness.scale import randomness
from harness.warranty_world import (
    HOUR, MINUTE, SECOND, WarrantyWorld, beijing, effects, instant, path, policy, rung)
from harness.workdays import after, end_of

# A Tuesday; Wednesday is worked, then comes a week of holidays. Saturday the 10th is worked.
START = beijing(2026, 9, 29, 10)
EVENING = beijing(2026, 9, 30, 20)
# More than a tick, in which what is due would have rung.
LOOK_SECONDS = 1.4


def day_end(month: int, day: int) -> datetime.datetime:
    return end_of(datetime.date(2026, month, day))


@dataclasses.dataclass
class Stage:
    """Five claims that are in the middle of something when the holidays begin."""
    world: WarrantyWorld
    claims: dict[str, str]

    def expected(self) -> list[tuple[datetime.datetime, str, str]]:
        """What rings until the holidays, whatever comes then."""
        silent = [(START + 2 * MINUTE, "first_response"), (START + 2 * HOUR, "proposal"),
                  (START + 24 * HOUR, "resolution")]
        answered = silent[1:]
        # The merchant answered by asking. The buyer's own clocks, and those of the others less the time for which he
        # was waited for.
        waited = [(START + MINUTE + 22 * HOUR, "buyer_reminder"), (beijing(2026, 9, 30, 10, 59), "proposal")]
        return sorted((due, name, timer) for name, dues in (
            ("silent", silent), ("queued", answered), ("reviewed", answered), ("asked", waited)) for due, timer in dues)


@pytest.fixture
def stage_of(new_gateway, cards):
    made: list[WarrantyWorld] = []

    def make(name: str) -> Stage:
        # One that names its calendar, and one that goes by the default, which is the same.
        world = WarrantyWorld(new_gateway, cards, name, START, [
            policy("card-named", "w15", calendar="cn-2026"), policy("card-default", "w15")])
        made.append(world)
        world.account("agent-1", "platform")
        products = {"silent": "card-named", "queued": "card-default", "reviewed": "card-named",
                    "appealed": "card-default", "asked": "card-named"}
        return Stage(world, {name: world.claim_on(world.deliver(product, word="revoked"))
                             for name, product in products.items()})

    yield make
    for world in made:
        world.close()
        assert world.issuer.deviations == []


def until_the_holidays(stage: Stage) -> None:
    """From Tuesday morning to Wednesday evening. What rings is found at its second."""
    world, claims = stage.world, stage.claims
    agent, merchant = world.voices["agent-1"], world.system("merchant")
    buyer = world.buyer(world.sold[-1])
    for claim in claims.values():
        world.stands(claim, "open", "merchant", START + 2 * MINUTE)

    def answered() -> None:
        for name in ("queued", "reviewed", "appealed"):
            world.acts(claims[name], merchant, "message_posted")
            world.stands(claims[name], "review.queued", "platform", day_end(10, 9))
        world.acts(claims["asked"], merchant, "evidence_requested", **{"from": "buyer"})
        world.stands(claims["asked"], "evidence", "buyer", START + MINUTE + 24 * HOUR)

    def refused() -> None:
        world.acts(claims["appealed"], agent, "review_started")
        world.acts(claims["appealed"], agent, "ruled", ruling="not_liable", evidence="log 3")
        world.stands(claims["appealed"], "closed.not_covered", None, None)

    def brought() -> None:
        world.acts(claims["asked"], buyer, "evidence_added", is_complete=True)
        world.stands(claims["asked"], "review.queued", "platform", day_end(10, 10))

    def started() -> None:
        world.acts(claims["reviewed"], agent, "review_started")
        world.stands(claims["reviewed"], "review", "platform", beijing(2026, 10, 1, 18))

    def appealed() -> None:
        world.acts(claims["appealed"], world.buyer(world.sold[3]), "appeal_filed")
        world.stands(claims["appealed"], "appeal", "arbiter", day_end(10, 10))

    acts = [(START + MINUTE, answered), (START + 3 * MINUTE, refused), (beijing(2026, 9, 30, 9), brought),
            (beijing(2026, 9, 30, 12), lambda: world.acts(claims["queued"], agent, "message_posted")),
            (beijing(2026, 9, 30, 18), started), (EVENING, appealed)]
    steps = [(due, False, lambda name=name, timer=timer, due=due: world.rings(claims[name], timer, due))
             for due, name, timer in stage.expected()]
    steps += [(at, True, act) for at, act in acts]
    for at, is_act, step in sorted(steps, key=lambda found: found[:2]):
        if at > world.now:
            world.clock.jump_to(at)
        step()


def rungs(stage: Stage) -> list[tuple[datetime.datetime, str, str]]:
    """Everything that rang so far, each round once."""
    found = []
    for name, identifier in stage.claims.items():
        rang = rung(stage.world.claim(identifier))
        assert len({(entry.timer, entry.round) for entry in rang}) == len(rang), rang
        found += [(entry.due_at, name, entry.timer) for entry in rang]
    return sorted(found)


HOLIDAYS = [
    # Hours run through the holidays; days of work do not.
    (beijing(2026, 10, 1, 8, 59), "asked", "resolution"), (beijing(2026, 10, 1, 10), "queued", "hard_limit"),
    (beijing(2026, 10, 1, 10), "reviewed", "hard_limit"), (beijing(2026, 10, 1, 10), "silent", "hard_limit"),
    (beijing(2026, 10, 1, 18), "reviewed", "review"), (beijing(2026, 10, 2, 8, 59), "asked", "hard_limit")]


def test_every_clock_rings_at_its_second_around_national_day(stage_of):
    """M1-20 M1-34 M2-20 M2-21 M2-22 M3-39 M3-45 M4-16 M4-17: 1 to 7 October off, Saturday 10 October worked."""
    stage = stage_of("sla-week")
    world, claims = stage.world, stage.claims
    until_the_holidays(stage)
    before = stage.expected()
    assert rungs(stage) == before
    for due, name, timer in HOLIDAYS:
        world.rings(claims[name], timer, due)
    # The review takes a working day more: that is the 8th.
    world.clock.jump_to(beijing(2026, 10, 2, 12))
    world.acts(claims["reviewed"], world.voices["agent-1"], "review_extended", by="P1WD", reason="carrier closed")
    extended = world.stands(claims["reviewed"], "review", "platform", day_end(10, 8))
    assert extended["due_is_provisional"] is False
    # Killed on a holiday, and back the day after.
    world.clock.jump_to(beijing(2026, 10, 3, 3))
    world.gateway.kill()
    world.clock.jump_to(beijing(2026, 10, 4, 4))
    world.start()
    for name, due in (("queued", day_end(10, 9)), ("asked", day_end(10, 10)), ("appealed", day_end(10, 10)),
                      ("reviewed", day_end(10, 8)), ("silent", day_end(10, 10))):
        assert instant(world.claim(claims[name])["due_at"]) == due, name
    later = [(day_end(10, 8), "reviewed", "review"), (day_end(10, 9), "queued", "review_start"),
             (day_end(10, 9), "silent", "no_progress"), (beijing(2026, 10, 10, 9), "asked", "no_progress"),
             (day_end(10, 10), "appealed", "appeal"), (day_end(10, 10), "appealed", "no_progress"),
             (day_end(10, 10), "queued", "no_progress"), (day_end(10, 10), "reviewed", "no_progress")]
    later += [(day_end(10, 12), name, "outside_follow_up") for name in ("asked", "queued", "reviewed", "silent")]
    known = sorted(before + HOLIDAYS)
    for due in sorted({due for due, _, _ in later}):
        # Not a second before.
        world.clock.jump_to(due - SECOND)
        time.sleep(LOOK_SECONDS)
        assert rungs(stage) == known, f"before {due}"
        now_due = [(name, timer) for at, name, timer in later if at == due]
        world.clock.jump_to(due)
        for name, timer in now_due:
            world.rings(claims[name], timer, due, round=last_round(world, claims[name], timer))
        known = sorted(known + [(due, name, timer) for name, timer in now_due])
        assert rungs(stage) == known, f"at {due}"
    for name in ("asked", "queued", "reviewed", "silent"):
        escalated = world.claim(claims[name])
        assert path(escalated)[-1] == "escalate.t2"
        # Prepared by the gateway and told to the buyer, who files it himself.
        assert "escalation_prepared:2" in effects(escalated) and escalated["owner"] == "buyer"
        assert instant(world.claim(claims[name])["due_at"]) == after(1, day_end(10, 12))
    assert world.claim(claims["appealed"])["state"] == "appeal"
    world.settled()
    world.audited()


def last_round(world: WarrantyWorld, claim: str, timer: str) -> int:
    """Clocks that are started again with every act are in a later round; which, is told by the ring."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        rounds = [entry.round for entry in rung(world.claim(claim))
                  if (entry.timer, entry.at) == (timer, world.now)]
        if rounds:
            return rounds[-1]
        time.sleep(0.05)
    raise AssertionError(f"{timer} does not ring at {world.now}: {world.claim(claim)['history'][-3:]}")


def test_a_week_in_which_nobody_was_there_rings_each_clock_once_and_in_order(stage_of):
    """claims.md E2: on restart each overdue rung rings once; killed while it catches up, it goes on where it was."""
    stage = stage_of("sla-down")
    world, claims = stage.world, stage.claims
    until_the_holidays(stage)
    before = stage.expected()
    world.gateway.kill()
    back = beijing(2026, 10, 12, 9)
    world.clock.jump_to(back)
    rnd = randomness("sla-down")
    for _ in range(3):
        world.gateway.start(ready=False, env=world.clock.environment)
        time.sleep(0.2 + rnd.random() * 0.4)
        world.gateway.kill()
    world.start()
    overdue = HOLIDAYS + [
        (day_end(10, 9), "queued", "review_start"), (day_end(10, 9), "silent", "no_progress"),
        (beijing(2026, 10, 10, 9), "asked", "no_progress"), (day_end(10, 10), "appealed", "appeal"),
        (day_end(10, 10), "appealed", "no_progress"), (day_end(10, 10), "queued", "no_progress"),
        (day_end(10, 10), "reviewed", "no_progress")]
    wanted = sorted(before + overdue)
    deadline = time.monotonic() + 15
    while rungs(stage) != wanted:
        assert time.monotonic() < deadline, (
            f"missing {sorted(set(wanted) - set(rungs(stage)))}, too much {sorted(set(rungs(stage)) - set(wanted))}")
        time.sleep(0.1)
    time.sleep(LOOK_SECONDS)
    assert rungs(stage) == wanted
    for name, identifier in claims.items():
        claim = world.claim(identifier)
        late = [entry for entry in rung(claim) if entry.at == back]
        assert [entry.due_at for entry in late] == sorted(entry.due_at for entry in late), name
        assert sorted((entry.due_at, name, entry.timer) for entry in late) == [
            found for found in sorted(overdue) if found[1] == name]
        # What begins now has its time from now: nobody is late for what he could not know.
        due = after(1, back) if name != "appealed" else day_end(10, 10)
        assert instant(claim["due_at"]) == due, name
    # What was on its way when the gateway was killed is sent again after a while, which a clock that stands has not.
    world.clock.advance(300)
    world.settled()
    world.audited()


def test_a_clock_that_is_set_back_rings_nothing_twice(stage_of):
    stage = stage_of("sla-back")
    world, claims = stage.world, stage.claims
    until_the_holidays(stage)
    for due, name, timer in HOLIDAYS[:4]:
        world.rings(claims[name], timer, due)
    known = rungs(stage)
    for back in (SECOND, HOUR, 40 * HOUR):
        world.clock.jump_to(beijing(2026, 10, 1, 10) - back)
        time.sleep(LOOK_SECONDS)
        assert rungs(stage) == known
    # Somebody acts meanwhile, before the last step of the history.
    world.acts(claims["queued"], world.voices["agent-1"], "message_posted")
    world.gateway.kill()
    world.start()
    time.sleep(LOOK_SECONDS)
    world.clock.jump_to(beijing(2026, 10, 1, 10))
    time.sleep(LOOK_SECONDS)
    assert rungs(stage) == known
    world.rings(claims["reviewed"], "review", beijing(2026, 10, 1, 18))
    world.settled()
    world.audited()
