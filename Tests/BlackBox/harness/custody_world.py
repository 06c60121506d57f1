"""A world in which it is known who held each code when, and when and by whom it was really used.

The gateway sees of it what a gateway can see: signed notices of the platform, and what the issuer says when asked. The
oracle reads the truth, and how exact the clocks are; it never reads what the gateway decided. It shares no code with
it. `custody_fate.py` draws the timelines.

All times are whole seconds since 1970 on the world's own clock, which is the gateway's. The issuer's and the platform's
may be off.
"""

from __future__ import annotations

import dataclasses
import datetime
import zoneinfo

DAY = 86_400
MARGIN = 120
# Days of warranty by product.
WARRANTY = {"voucher": 7, "voucher-w15": 15, "voucher-w30": 30}
MERCHANT, PLATFORM, BUYER = "merchant", "platform", "buyer"
NOBODY, UNDETERMINED = "none", "undetermined"
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")


def local_day(second: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(second, ZONE).date()


def instant(second: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc)


@dataclasses.dataclass(frozen=True)
class IssuerClock:
    """How the issuer of a code tells of its use."""
    tells_time: bool
    # What it adds to the true time.
    offset: int
    # How long after the use it still calls the code unused.
    lag: int


@dataclasses.dataclass
class Code:
    """The truth about one code."""
    product: str
    serial: str
    key: str
    line: int
    issuer: IssuerClock
    # Whether the platform checked it when it took it over from the merchant.
    dispensed: bool
    used_at: int | None = None
    # Who really did it. A merchant who kept a copy can use what the buyer holds.
    used_by: str | None = None
    expires_on: datetime.date | None = None
    # Whether the day of expiry is told, by the issuer or on the label, or by nobody.
    expiry_told_by: str | None = None

    @property
    def dies_of_age_at(self) -> int | None:
        """The first second of the day after the last."""
        if self.expires_on is None:
            return None
        after = self.expires_on + datetime.timedelta(days=1)
        return int(datetime.datetime(after.year, after.month, after.day, tzinfo=ZONE).timestamp())

    def is_shown_used(self, now: int) -> bool:
        return self.used_at is not None and self.used_at + self.issuer.lag <= now

    def is_over(self, now: int) -> bool:
        return self.expires_on is not None and self.dies_of_age_at <= now

    @property
    def told_used_at(self) -> int | None:
        """The time of use in the issuer's words."""
        return self.used_at + self.issuer.offset if self.issuer.tells_time else None

    def as_issuer_shows(self, now: int) -> dict:
        """The voucher, in the words of `VoucherServer.put`."""
        shown: dict = {"serial": self.serial, "expires": instant(now + 3_650 * DAY)}
        if self.expiry_told_by == "issuer":
            shown["expires"] = instant(self.dies_of_age_at - 1).astimezone(ZONE)
        elif self.is_over(now):
            shown["response_code"] = 102
        if self.is_shown_used(now):
            if self.issuer.tells_time:
                shown |= {"state": "used", "history": [("used", instant(self.told_used_at))]}
            elif self.line % 2:
                shown |= {"state": "used"}
            else:
                shown["response_code"] = 11
        return shown


@dataclasses.dataclass
class Order:
    """One order and what happens to it. Nothing is dispensed without a check of each code that `dispensed` marks."""
    id: str
    codes: list[Code]
    dispensed_at: int | None
    # The true hand-over; None when there never is one.
    delivered_at: int | None
    # What the platform's clock adds to it in the notice.
    platform_offset: int
    received_at: int | None
    # When the buyer looks himself.
    tested_at: int | None
    # The product whose warranty ends at one of the checks, or a second beside it.
    ending: str | None = None

    @property
    def told_delivered_at(self) -> int | None:
        return None if self.delivered_at is None else self.delivered_at + self.platform_offset

    def dispense_check_of(self, code: Code) -> int | None:
        return self.dispensed_at if code.dispensed else None

    def good_dispense_of(self, code: Code) -> int | None:
        """t1: when a check at dispense called the code good."""
        checked = self.dispense_check_of(code)
        if checked is None or code.is_shown_used(checked) or code.is_over(checked):
            return None
        return checked

    def dead_dispense_of(self, code: Code) -> int | None:
        """When a check at dispense, before the told hand-over, found the code used or over."""
        checked = self.dispense_check_of(code)
        if checked is None or self.good_dispense_of(code) is not None:
            return None
        return checked if self.told_delivered_at is None or checked <= self.told_delivered_at else None

    def holder(self, code: Code, at: int) -> str:
        """The truth: who held the code then. A hand-over before the check leaves the platform nothing to hold."""
        if self.delivered_at is not None and at > self.delivered_at:
            return BUYER
        taken = self.good_dispense_of(code)
        return PLATFORM if taken is not None and at > taken else MERCHANT

    def steps(self) -> list[tuple[int, str]]:
        told = [(self.dispensed_at, "dispense"), (self.received_at, "receipt"), (self.tested_at, "selftest")]
        return [(at, name) for at, name in told if at is not None]


@dataclasses.dataclass
class Cohort:
    """Orders whose notices come at the same moments."""
    orders: list[Order]

    def steps(self) -> list[tuple[int, str, list[Order]]]:
        moments = sorted({step for order in self.orders for step in order.steps()})
        return [(at, name, [order for order in self.orders if (at, name) in order.steps()])
                for at, name in moments]


@dataclasses.dataclass(frozen=True)
class Expected:
    state: str
    timing: str | None
    party: str
    # Whether a claim stands after this step.
    has_claim: bool


class Oracle:
    """What the gateway has to say, from the truth and from the stated precision alone.

    Where the issuer tells a time farther than the margin from the good dispense check and from the hand-over, the party
    is who really held the code; `undetermined` wherever the times cannot tell. With clocks further off than the margin
    nobody promises the truth: then the told times decide by the same rule. What the gateway's own check at dispense
    found dead died before the hand-over and with the merchant, whatever is told.
    """

    # What a wrong oracle gets wrong.
    margin = MARGIN
    knows_platform = True
    window_includes_end = False
    expects_unknown = True
    knows_contradiction = True
    knows_expiry_day = True
    knows_dead_dispense = True

    def judge(self, order: Order, code: Code, step: str, now: int) -> Expected:
        handed = None if step == "dispense" else order.told_delivered_at
        if code.is_shown_used(now):
            return self._used(order, code, step, now, handed)
        if self._is_expired(code, now, handed):
            return self._expired(order, code, step, now, handed)
        return Expected("ok_unused", None, NOBODY, False)

    # Used

    def _used(self, order: Order, code: Code, step: str, now: int, handed: int | None) -> Expected:
        if handed is None:
            # Nobody but the merchant's side has had it.
            return Expected("used", "unknown", MERCHANT, False)
        if self._was_found_dead(order, code):
            return self._dead_at_dispense("used", code, now, handed)
        told = code.told_used_at
        party = self._party(order, code, told, handed)
        return Expected("used", self._timing(told, handed), party, self._opens(code, party, now, handed))

    def _was_found_dead(self, order: Order, code: Code) -> bool:
        return self.knows_dead_dispense and order.dead_dispense_of(code) is not None

    def _dead_at_dispense(self, state: str, code: Code, now: int, handed: int) -> Expected:
        return Expected(state, "before_delivery", MERCHANT, self._opens(code, MERCHANT, now, handed))

    def is_near(self, told: int, boundary: int) -> bool:
        return abs(told - boundary) <= self.margin

    def _timing(self, told: int | None, handed: int) -> str:
        if told is None or self.is_near(told, handed):
            return "unknown"
        return "before_delivery" if told < handed else "after_delivery"

    def _party(self, order: Order, code: Code, told: int | None, handed: int) -> str:
        checked = order.good_dispense_of(code)
        boundaries = [handed] if checked is None else [checked, handed]
        if told is None or any(self.is_near(told, boundary) for boundary in boundaries):
            return UNDETERMINED if self.expects_unknown else order.holder(code, code.used_at)
        if checked is not None and handed < told < checked and self.knows_contradiction:
            # Handed over, used, and good after that: one of the three is wrong.
            return UNDETERMINED
        at = code.used_at if self.is_precise(order, code) else told
        party = self._holder(order, code, at, handed)
        return MERCHANT if party == PLATFORM and not self.knows_platform else party

    def _holder(self, order: Order, code: Code, at: int, handed: int) -> str:
        if self.is_precise(order, code):
            return order.holder(code, at)
        checked = order.good_dispense_of(code)
        if at > handed:
            return BUYER
        return PLATFORM if checked is not None and at > checked else MERCHANT

    @staticmethod
    def is_precise(order: Order, code: Code) -> bool:
        """Whether the clocks are as exact as the margin says."""
        off = code.issuer.offset
        return abs(off) <= MARGIN and abs(off - order.platform_offset) <= MARGIN

    # Expired

    @staticmethod
    def _is_expired(code: Code, now: int, handed: int | None) -> bool:
        if code.expires_on is None:
            return False
        if code.is_over(now):
            return True
        # A hand-over that is dated ahead, over midnight.
        return code.expiry_told_by is not None and handed is not None and code.expires_on < local_day(handed)

    def _expired(self, order: Order, code: Code, step: str, now: int, handed: int | None) -> Expected:
        if handed is None:
            return Expected("expired", "unknown", MERCHANT, False)
        if code.expiry_told_by is not None:
            is_before = code.expires_on < local_day(handed) or not self.knows_expiry_day
            party = MERCHANT if is_before else BUYER
            timing = "before_delivery" if is_before else "after_delivery"
            return Expected("expired", timing, party, self._opens(code, party, now, handed))
        if self._was_found_dead(order, code):
            return self._dead_at_dispense("expired", code, now, handed)
        return Expected("expired", "unknown", UNDETERMINED, False)

    # The claim

    def _opens(self, code: Code, party: str, now: int, handed: int) -> bool:
        end = handed + WARRANTY[code.product] * DAY
        in_time = now < end or (self.window_includes_end and now == end)
        return party in (MERCHANT, PLATFORM) and in_time


@dataclasses.dataclass(frozen=True)
class Observation:
    """What the gateway said about a code after a step."""
    order: Order
    code: Code
    step: str
    now: int
    answer: dict

    def __str__(self) -> str:
        order, code, verdict = self.order, self.code, self.answer["verdict"] or {}
        zero = order.delivered_at or order.dispensed_at
        since = {name: None if at is None else at - zero for name, at in (
            ("checked at dispense", order.dispense_check_of(code)), ("handed over", order.told_delivered_at),
            ("used", code.used_at), ("told", None if code.used_at is None else code.told_used_at),
            ("asked", self.now))}
        return (f"{code.product} order {order.id} line {code.line}, {self.step}; seconds from the true hand-over: "
                f"{since}; {code.issuer}, platform's clock {order.platform_offset:+}, used by {code.used_by}, expires "
                f"{code.expires_on} ({code.expiry_told_by}); got {verdict.get('state')} {verdict.get('timing')} "
                f"{self.answer['liability']} claim {self.answer['claim']} ({self.answer['no_claim_because']})")


@dataclasses.dataclass
class Judged:
    deviations: list[str] = dataclasses.field(default_factory=list)
    # Parties named, against who really held the code: {(named, true, clocks within the margin)}.
    named: dict[tuple[str, str, bool], int] = dataclasses.field(default_factory=dict)


def judged(observations: list[Observation], oracle: Oracle) -> Judged:
    """Compares, in the order of time: a claim that once stands is there for good, and is the only one."""
    result, claims = Judged(), {}
    for seen in observations:
        expected = oracle.judge(seen.order, seen.code, seen.step, seen.now)
        answer, verdict = seen.answer, seen.answer["verdict"] or {}
        party, claim = answer["liability"], answer["claim"]
        wrong = [f"{what}: {got} in place of {wanted}" for what, got, wanted in (
            ("state", verdict.get("state"), expected.state), ("timing", verdict.get("timing"), expected.timing),
        ) if got != wanted]
        if party != expected.party:
            wrong.append(f"liability: {party} in place of {expected.party}")
        before = claims.get(seen.code.key)
        has_claim = before is not None or expected.has_claim
        if (claim is not None) != has_claim:
            wrong.append(f"claim: {claim} where {'one' if has_claim else 'none'} belongs")
        if before not in (None, claim):
            wrong.append(f"claim: {claim} after {before}")
        if claim is None and expected.party != NOBODY and seen.step != "dispense" and not answer["no_claim_because"]:
            wrong.append("no reason why no claim opened")
        if claim is not None:
            claims[seen.code.key] = claim
        if wrong:
            result.deviations.append(f"{'; '.join(wrong)}\n    {seen}")
        # Before the platform tells of the hand-over, whatever was used was the merchant's.
        if expected.state == "used" and seen.step != "dispense":
            _count(result, seen, party)
    return result


def _count(result: Judged, seen: Observation, party: str) -> None:
    true = seen.order.holder(seen.code, seen.code.used_at)
    place = (party, true, Oracle.is_precise(seen.order, seen.code))
    result.named[place] = result.named.get(place, 0) + 1
