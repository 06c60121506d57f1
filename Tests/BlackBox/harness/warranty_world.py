"""A platform with merchants, agents and deposits, an issuer that says what a test tells it, and a clock that it moves.

    world = WarrantyWorld(new_gateway, "story", START, policies=[policy("w15-story", "w15")])
    order = world.deliver("w15-story")
    world.issuer.says(order.key, "revoked")
    claim = world.selftest(order)
    world.rings(claim, "first_response", at=world.now + 2 * MINUTE)
"""

from __future__ import annotations

import atexit
import collections
import dataclasses
import datetime
import functools
import json
import pathlib
import shutil
import tempfile
import time

import yaml

from issuers.strict import Answer as Reply
from issuers.strict import Question, StrictIssuer

from . import buyer, claim_world, webhook
from . import cards as made
from .clock import FakeClock
from .gateway import ROOT
from .receiver import Receiver
from .wire import Answer, call

SECOND = datetime.timedelta(seconds=1)
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
CURRENCY = "CNY"
# The zone of every policy that ships.
BEIJING = datetime.timezone(8 * HOUR)
# Within a tick of the clocks (1 s), and a look at the answer.
RING_SECONDS = 15
STATES = ("ok_unused", "ok_activated_by_buyer", "not_found", "not_activated", "used", "expired", "revoked", "locked",
          "term_shortened", "service_interrupted", "temporarily_unusable", "issuer_delay", "undervalued")
# What it says of nothing: it answers 503.
OUT_OF_ORDER = "out_of_order"
ACTION, REQUESTED, VERIFIED = "claim.action_required", "remedy.requested", "remedy.verified"


@functools.cache
def _scratch() -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cardproof-warranty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def money(minor: int, currency: str = CURRENCY) -> dict:
    return {"amount_minor": minor, "currency": currency}


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def beijing(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime.datetime:
    local = datetime.datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
    return local.astimezone(datetime.timezone.utc)


def policy(identifier: str, preset: str, **changes) -> dict:
    """A policy that ships, under another id and with some of its sections' fields changed."""
    document = yaml.safe_load((ROOT / "Config/policies" / f"{preset}.yaml").read_text())
    document["policy"] = identifier
    for section, value in changes.items():
        if isinstance(value, dict):
            document[section] = document.get(section, {}) | value
        else:
            document[section] = value
    return document


class ToldIssuer(StrictIssuer):
    """Answers `POST /check` with the word that a test put there for the key; a good code otherwise."""

    def __init__(self):
        self.words: dict[str, dict] = {}
        super().__init__()

    def says(self, key: str, word: str, used_at: datetime.datetime | None = None, text: str | None = None) -> None:
        told = {} if used_at is None else {"used_at": made.rfc3339(used_at)}
        self.words[key] = {"code": word} | told | ({} if text is None else {"text": text})

    def answer(self, question: Question) -> Reply:
        question.require("POST", "/check")
        asked = question.json_object({"pin": str}, {"serial": str})
        told = self.words.get(asked["pin"], {"code": "ok_unused"})
        if told["code"] == OUT_OF_ORDER:
            return Reply.text(503, "out of order")
        return Reply.json(200, told)

    def manifest(self) -> dict:
        return {
            "id": "told", "version": 1, "name": {"en": "Told issuer", "zh": "受控发行方"},
            "operations": {"inquire": {"effect": "read_only"}},
            "settings": {"endpoint": {"kind": "url", "default": "https://told.example"}},
            "request": {"method": "POST", "url": "{settings.endpoint}/check",
                        "json": {"serial": "{serial?}", "pin": "{key}"}},
            "retry_safe": True,
            "response": {
                "issuer_code": "/code", "issuer_text": "/text", "first_use": {"path": "/used_at", "as": "rfc3339"},
                "rules": [{"table": {"path": "/code", "codes": {state: state for state in STATES}}}]},
        }


@dataclasses.dataclass(frozen=True)
class Voice:
    """A token, and for whom it speaks where it is the platform's."""
    name: str
    headers: dict[str, str]
    actor: str | None = None


@dataclasses.dataclass
class Sold:
    """What the platform knows of an order of one code."""
    id: str
    order: str
    merchant: str
    product: str
    serial: str
    key: str
    buyer_ref: str
    paid: int
    token: str
    at: datetime.datetime
    body: dict


def rules(folder: pathlib.Path, **changed: dict[str, str]) -> pathlib.Path:
    """The tables that ship, with some words of them changed."""
    shutil.copytree(ROOT / "Config" / "rules", folder / "rules")
    for name, words in changed.items():
        file = folder / "rules" / f"{name}.yaml"
        text = file.read_text()
        for old, new in words.items():
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text)
    return folder / "rules"


class WarrantyWorld:
    """Set up and started; the clock stands unless told otherwise."""

    def __init__(self, new_gateway, cards, name: str, start: datetime.datetime, policies: list[dict],
                 stands: bool = True, settings: dict | None = None):
        self.cards, self.receiver, self.issuer = cards, Receiver(), ToldIssuer()
        self.clock = FakeClock(start, stands=stands)
        products = [{"id": document["policy"], "issuer": "told", "adapter": "told", "reusable": False,
                     "policy": document["policy"]} for document in policies]
        # `tenant add` reads the configuration, so the folders are there before the gateway's own.
        self._documents = _scratch() / self.clock.file.name
        self._write("policies", {document["policy"]: document for document in policies})
        self._write("adapters", {"told": self.issuer.manifest()})
        # One merchant's many bad codes are no news here: patterns are found where a test asks for them.
        calm = rules(self._documents, tiers={"count: 5,": "count: 1000,"},
                     risk={"claims: 5": "claims: 999999", "dead: 3": "dead: 999999", "dead: 10": "dead: 999999",
                           "merchant: 20": "merchant: 999999", "mismatches: 5": "mismatches: 999999"},
                     penalties={"missed_responses, threshold: ": "missed_responses, threshold: 999",
                                "confirmed_mismatches, threshold: ": "confirmed_mismatches, threshold: 999",
                                "threshold: 100000,": "threshold: 999998,", "threshold: 300000,": "threshold: 999999,",
                                "threshold: 500000,": "threshold: 1000000,"})
        limits = {"concurrency": 16, "requests_per_second": 500, "burst": 100}
        self.gateway = new_gateway(
            name, platform=("--events-url", self.receiver.url),
            settings={
                "products": products, "policies_directory": str(self._documents / "policies"),
                "adapters_directory": str(self._documents / "adapters"),
                "adapters": {"told": {"settings": {"endpoint": self.issuer.url}, "limits": limits}},
                "checks": {"reask": ["30m", "6h"], "breaker": ["200ms", "500ms"], "own_fault": ["200ms", "500ms"]},
                "rules_directory": str(calm), "events": {"retry": ["200ms", "500ms"]}, "selftest": {"budget_per_code": 1_000},
            } | (settings or {}))
        self.voices: dict[str, Voice] = {}
        self.sold: list[Sold] = []
        self.start()

    def _write(self, folder: str, documents: dict[str, dict]) -> None:
        place = self._documents / folder
        place.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            (place / f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))

    def start(self) -> None:
        self.gateway.start(env=self.clock.environment)

    def close(self) -> None:
        self.gateway.close()
        self.receiver.stop()
        self.issuer.stop()

    @property
    def now(self) -> datetime.datetime:
        return self.clock.now

    # Who speaks

    def account(self, name: str, role: str, merchant: str | None = None, platform=None) -> Voice:
        """Adds an account; whoever has it acts under its own token."""
        platform = platform or self.gateway.platform
        file = self.gateway.folder / f"{platform.name}-{name}.token"
        bound = () if merchant is None else ("--merchant", merchant)
        self.gateway.cli("tenant", "account", "add", platform.name, name, "--role", role, *bound, "--token-file",
                         str(file), check=True)
        self.voices[name] = Voice(name, {"authorization": f"Bearer {file.read_text().strip()}"})
        return self.voices[name]

    def system(self, actor: str | None) -> Voice:
        """The platform's own system, which carries the words of others."""
        return Voice("system", self.gateway.platform.bearer, actor)

    @staticmethod
    def buyer(sold: Sold) -> Voice:
        return Voice("buyer", {"authorization": f"Bearer {sold.token}"})

    def post(self, path: str, voice: Voice, body: dict | bytes, key: str | None = None) -> Answer:
        headers = voice.headers | {"content-type": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return call(self.gateway.url, "POST", path, headers, data)

    def act(self, claim: str, voice: Voice, event: str, key: str | None = None, **members) -> Answer:
        actor = {} if voice.actor is None else {"actor": voice.actor}
        return self.post(f"/v1/claims/{claim}/events", voice, {"event": event} | actor | members, key)

    def acts(self, claim: str, voice: Voice, event: str, key: str | None = None, **members) -> dict:
        """An act that is allowed; the claim afterwards."""
        answer = self.act(claim, voice, event, key, **members)
        assert answer.status == 200, f"{event} by {voice.name} on {claim}: {answer.status} {answer.text}"
        return answer.json()

    def receipt(self, remedy: str, body: dict, voice: Voice | None = None) -> Answer:
        return self.post(f"/v1/remedies/{remedy}/receipt", voice or self.system(None), body)

    # Orders and codes

    def deliver(self, product: str, merchant: str = "m-77", paid: int = 5000, key: str | None = None,
                word: str = "ok_unused", wait: int = 20, text: str | None = None, terms: dict | None = None,
                buyer_ref: str | None = None) -> Sold:
        """Hands a code over of which the issuer says `word`, in the words of `text`; `terms` are further members of
        the order; a buyer of its own, unless one is named."""
        serial, fresh = self.cards.voucher()
        key = key or fresh
        self.issuer.says(key, word, text=text)
        order, ref = self.cards.order(), buyer_ref or f"buyer-{serial}"
        notice = made.delivery(order, [made.item(product, key, serial)], delivered_at=self.now, merchant=merchant,
                               buyer_ref=ref, order={"paid": money(paid) | {"payment_ref": f"p{order}"}} | (terms or {}))
        answer = webhook.send(self.gateway, notice, timestamp=self.clock.timestamp, wait=wait)
        assert answer.status == 200, f"{answer.status} {answer.text}"
        body = answer.json()
        sold = Sold(body["delivery"], order, merchant, product, serial, key, ref, paid, body["order_token"],
                    self.now, body)
        self.sold.append(sold)
        return sold

    def replace(self, sold: Sold, remedy: str | None, key: str | None = None, stage: str | None = "dispense",
                line: int = 1, order: str | None = None, wait: int | None = 20, serial: str | None = None,
                message: str | None = None) -> Answer:
        """The code that comes in place of a bad one, told of as any other."""
        if key is None:
            serial, key = self.cards.voucher()
        named = {} if remedy is None else {"remedy": remedy}
        notice = made.delivery(
            order or sold.order, [made.item(sold.product, key, serial, line, **named)],
            **({"stage": stage} if stage else {}), delivered_at=self.now, placed_at=sold.at - 30 * SECOND,
            merchant=sold.merchant, buyer_ref=sold.buyer_ref,
            order={"paid": money(sold.paid) | {"payment_ref": f"p{sold.order}"}})
        return webhook.send(self.gateway, notice, message, timestamp=self.clock.timestamp, wait=wait)

    def selftest(self, sold: Sold, state: str | None = None) -> dict:
        """What the buyer sees of his code, once it is in `state`: a question of his that waits to be asked again is
        answered with what was known, and asked again at once when its time has come."""
        deadline = time.monotonic() + RING_SECONDS
        while True:
            item = buyer.awaited_selftest(self.gateway, sold.token)["items"][0]
            if state in (None, item["verdict"]["state"]):
                return item
            assert time.monotonic() < deadline, f"not {state}: {item}"
            time.sleep(0.05)

    def claim_on(self, sold: Sold) -> str:
        """The one claim about an order."""
        [claim] = self.gateway.claims_of(sold.id)
        return claim["claim"]

    def fails(self, sold: Sold, word: str = "revoked") -> str:
        """The code is dead, and the buyer finds it out; the claim that follows by itself."""
        self.issuer.says(sold.key, word)
        self.selftest(sold, word)
        return self.claim_on(sold)

    # Claims

    def claim(self, identifier: str) -> dict:
        return self.gateway.get_json(f"/v1/claims/{identifier}")

    def reaches(self, identifier: str, *states: str) -> dict:
        """The claim, once it went through these states one after the other and stands in the last one."""
        deadline = time.monotonic() + RING_SECONDS
        while (claim := self.claim(identifier))["state"] != states[-1] or path(claim)[-len(states):] != list(states):
            assert time.monotonic() < deadline, f"not {states}: {path(claim)}"
            time.sleep(0.05)
        return claim

    def stands(self, identifier: str, state: str, owner: str | None, due: datetime.datetime | None) -> dict:
        """The claim, which is in that state, with that owner and exactly that due time."""
        claim = self.claim(identifier)
        told = (claim["state"], claim["owner"], claim["due_at"] and instant(claim["due_at"]))
        assert told == (state, owner, due), f"{told} in place of {(state, owner, due)}: {json.dumps(claim['history'])}"
        return claim

    def rings(self, identifier: str, timer: str, at: datetime.datetime | None = None, round: int = 1) -> dict:
        """Moves the clock to `at`, where it is ahead, and gives the entry of the ring that is due then."""
        if at is not None and at > self.now:
            self.clock.jump_to(at)
        deadline = time.monotonic() + RING_SECONDS
        while True:
            claim = self.claim(identifier)
            found = [entry for entry in rung(claim) if (entry.timer, entry.round) == (timer, round)]
            if found:
                assert len(found) == 1, f"{timer} rang {len(found)} times"
                assert at is None or (found[0].due_at, found[0].at) == (at, self.now), f"{found[0]} in place of {at}"
                return found[0].entry
            assert time.monotonic() < deadline, (
                f"{timer} (round {round}) does not ring at {self.now}: {json.dumps(claim['history'][-4:])}, due "
                f"{claim['due_at']}\n{self.gateway.log_tail(5)}")
            time.sleep(0.05)

    def tracked(self, identifier: str) -> dict:
        """The page of the tracking number, which tells of the claim what its history does and nothing of anybody."""
        claim = self.claim(identifier)
        answer = call(self.gateway.url, "GET", f"/v1/tracking/{claim['tracking']}")
        assert answer.status == 200, answer.text
        page = answer.json()
        assert page == {
            "tracking": claim["tracking"], "state": claim["state"], "owner": claim["owner"],
            "opened_at": claim["opened_at"], "due_at": claim["due_at"],
            "due_is_provisional": claim["due_is_provisional"],
            # What a merchant's other claims have led to is no business of one claim's followers.
            "steps": [{"at": step["at"], "to": step["to"], "by": step["actor"]} for step in claim["history"]
                      if not step["event"].startswith("penalty.")]}
        private = {claim["claim"], claim["delivery"]} | set(self.voices)
        for sold in self.sold:
            private |= {sold.id, sold.order, sold.key, sold.serial, sold.buyer_ref, sold.merchant, sold.token}
        shown = [call(self.gateway.url, "GET", f"/claims/{claim['tracking']}?lang={language}")
                 for language in ("zh-CN", "en")]
        for html in shown:
            assert html.status == 200 and html.headers["content-type"] == "text/html; charset=utf-8", html.text
            times = {step["at"] for step in page["steps"]} | {claim["opened_at"], claim["due_at"] or claim["opened_at"]}
            # Exactly for programs, and to the minute where the policy's people live.
            assert all(f'<time datetime="{at}">{instant(at).astimezone(BEIJING):%Y-%m-%d %H:%M} +08:00<' in html.text
                       for at in times), html.text
        for text in [answer.text] + [html.text for html in shown]:
            told = [word for word in private if word in text]
            assert told == [], f"the tracking page tells {told}: {text}"
        return page

    # The book

    def pays_in(self, amount: int, merchant: str | None = None, kind: str | None = None, key: str | None = None,
                currency: str = CURRENCY) -> Answer:
        kind = kind or ("backstop_funding" if merchant is None else "deposit")
        bound = {} if merchant is None else {"merchant": merchant}
        return self.post("/v1/deposits", self.system(None), {"kind": kind, "amount": money(amount, currency)} | bound,
                         key or f"{kind}-{self.cards.order()}")

    def book(self) -> dict[str, int]:
        """What each account holds, in minor units; all together is zero, and only what is outside is below it."""
        balances: dict[str, int] = {}
        for row in self.gateway.get_json("/v1/deposits")["balances"]:
            assert row["balance"]["currency"] == CURRENCY
            balances[row["account"]] = row["balance"]["amount_minor"]
        assert sum(balances.values()) == 0, balances
        assert [name for name, held in balances.items() if held < 0 and name != "outside"] == []
        return {name: held for name, held in balances.items() if held}

    # The end

    def settled(self, seconds: float = 30) -> list[dict]:
        """All claims with their histories, once every event that they owe has come, each under one id."""
        deadline = time.monotonic() + seconds
        while found := self._discrepancies():
            assert time.monotonic() < deadline, "\n".join(found)
            time.sleep(0.1)
        # Nothing more comes that nobody is owed; what happens meanwhile has its events on the way.
        time.sleep(0.5)
        while found := self._discrepancies():
            assert time.monotonic() < deadline + seconds, "\n".join(found)
            time.sleep(0.1)
        claims = [self.claim(claim["claim"]) for claim in self.gateway.claims()]
        for claim in claims:
            self.tracked(claim["claim"])
        self.book()
        return claims

    def _discrepancies(self) -> list[str]:
        claims = [self.claim(claim["claim"]) for claim in self.gateway.claims()]
        told = claim_world.told(self.receiver)
        # The ids of what happens while the clock stands are in no order.
        found = claim_world.discrepancies(claims, told, ordered=not self.clock.stands)
        return found + [line for claim in claims for line in discrepancies(claim, self.receiver)]

    def audited(self) -> None:
        """Stopped in good order, and the store is what it signed."""
        if self.gateway.process is not None:
            assert self.gateway.stop() == 0
        done = self.gateway.cli("log", "audit", "--deep", env=self.clock.environment)
        assert done.returncode == 0, done.stdout.decode()


@dataclasses.dataclass(frozen=True)
class Rung:
    timer: str
    round: int
    due_at: datetime.datetime
    at: datetime.datetime
    entry: dict = dataclasses.field(compare=False, hash=False)


def words(entry: dict) -> tuple[dict | None, list[str]]:
    """What a step came with, and what followed from it."""
    detail = entry["detail"]
    if isinstance(detail, dict) and "effects" in detail:
        return detail.get("event"), detail["effects"]
    return detail, []


def rung(claim: dict) -> list[Rung]:
    """The clocks that rang, in the order of the history."""
    found = []
    for entry in claim["history"]:
        if entry["event"] == "timer.rung":
            told, _ = words(entry)
            found.append(Rung(told["timer"], told["round"], instant(told["due_at"]), instant(entry["at"]), entry))
    return found


def path(claim: dict) -> list[str]:
    """The states it went through."""
    return [entry["to"] for entry in claim["history"] if entry["from"] != entry["to"]]


def effects(claim: dict) -> list[str]:
    return [word for entry in claim["history"] for word in words(entry)[1]]


def owed(claim: dict) -> collections.Counter:
    """The notices and requests that the history of a claim asks for. What its opening tells stands in no entry."""
    owed: collections.Counter = collections.Counter()
    owed[ACTION, "buyer", "claim_opened"] += 1
    # Whoever may turn out to be liable is told of what a person reported, too.
    if claim["history"][1]["to"] == "open" or claim["history"][0]["event"] == "problem.reported":
        owed[ACTION, "merchant", "claim_opened"] += 1
        if claim["deposit_backing"]["reason"] is not None:
            owed[ACTION, "buyer", claim["deposit_backing"]["reason"]] += 1
    for word in effects(claim):
        name, _, rest = word.partition(":")
        if name == "notice":
            actor, _, notice = rest.partition(":")
            owed[ACTION, actor, notice] += 1
        elif name == "escalation_prepared":
            owed[ACTION, "buyer", f"escalation_ready {rest}"] += 1
        elif name == "remedy_requested":
            owed[REQUESTED, rest] += 1
    owed[ACTION, "platform", "collective_case"] += sum(
        entry["event"] == "collective.formed" for entry in claim["history"])
    for remedy in claim["remedies"]:
        if remedy["state"] in ("done", "cancelled") and remedy["redress"]["remedy"] in ("reissue", "repair", "wait"):
            owed[VERIFIED, str(remedy["attempt"])] += 1
    return +owed


def heard(claim: str, receiver: Receiver) -> collections.Counter:
    """The same as the platform heard it, once for each id."""
    seen: dict[str, dict] = {event.id: event.json() for event in list(receiver.events)}
    counted: collections.Counter = collections.Counter()
    for event in seen.values():
        data = event["data"]
        if data.get("claim") != claim:
            continue
        if event["type"] == ACTION and "notice" in data:
            tier = f" {data['tier']}" if data["notice"] == "escalation_ready" else ""
            counted[ACTION, data["to"], data["notice"] + tier] += 1
            assert set(data["text"]) == {"zh-CN", "en"}
        elif event["type"] in (REQUESTED, VERIFIED):
            counted[event["type"], str(data["attempt"])] += 1
    return counted


def discrepancies(claim: dict, receiver: Receiver) -> list[str]:
    expected, got = owed(claim), heard(claim["claim"], receiver)
    return [] if expected == got else [
        f"{claim['claim']}: owed and not heard {dict(expected - got)}, heard and not owed {dict(got - expected)}"]
