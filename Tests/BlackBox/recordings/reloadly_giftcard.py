"""Reloadly: orders of every status, and their cards against the delivered one."""

from __future__ import annotations

import itertools
import json

from issuers import reloadly_server
from issuers.reloadly_server import ACCEPT, TOKEN_PATH, ReloadlyServer, problem
from issuers.strict import JSON, Answer
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

CLIENT, SECRET, AUDIENCE = "syntheticClientId", "mark-Rl-Client-Secret-9931", "https://giftcards.reloadly.com"
NUMBER, PIN = "6120200345149064", "40817263"
OTHER, OTHER_PIN = "6120200345140000", "55554444"
SAME = {"state": "unsupported", "certainty": "authoritative", "issuer_code": "SUCCESSFUL",
        "issuer_text": "The code is one that was issued for the order; its state cannot be asked."}
DIFFERS = {"state": "conflict", "certainty": "conflict", "issuer_code": "SUCCESSFUL",
           "issuer_text": "The code is none of those that were issued for the order."}


def recording() -> Recording:
    # Tokens that a new recording gives again.
    numbers = itertools.count()
    server = ReloadlyServer(CLIENT, SECRET, AUDIENCE, generator=lambda *_: f"synthetic-token-{next(numbers):04}-Zq7Km4Xw")
    cases: list[Case] = []

    def case(name: str, expect: dict, delivered: dict | None = None, asks: int = 3, **order) -> None:
        transaction = 48_210_000_000_000 + len(cases)
        if order:
            server.put(transaction, **order)
        # The request for a token comes first; whoever has one already needs two answers less.
        requests = [token(), get(f"/reports/transactions/{transaction}", len(cases)),
                    get(f"/orders/transactions/{transaction}/cards", len(cases))]
        cases.append(Case(name, {**(delivered or {"serial": NUMBER, "key": PIN}), "issuer_reference": str(transaction)},
                          requests[:asks], expect))

    both = [(NUMBER, PIN)]
    case("issued", SAME, cards=both)
    case("issued with others", SAME, cards=[(OTHER, OTHER_PIN), (NUMBER, PIN)])
    case("a number alone", SAME, {"key": NUMBER}, cards=[(NUMBER, None)])
    case("a PIN alone", SAME, {"key": PIN}, cards=[(None, PIN)])
    case("a PIN that is delivered with a number of the shop's", SAME, {"serial": "SHOP-1", "key": PIN}, cards=[(None, PIN)])
    case("issued and delivered crosswise", SAME, {"serial": PIN, "key": NUMBER}, cards=both)
    case("another card", DIFFERS, cards=[(OTHER, OTHER_PIN)])
    case("another PIN", DIFFERS, cards=[(NUMBER, OTHER_PIN)])
    case("parts of two cards", DIFFERS, cards=[(NUMBER, OTHER_PIN), (OTHER, PIN)])
    waiting = {"state": "indeterminate", "cause": "in_progress"}
    case("no cards yet", waiting, cards=[])
    case("pending", {**waiting, "issuer_code": "PENDING"}, asks=2, status="PENDING")
    case("processing", {**waiting, "issuer_code": "PROCESSING"}, asks=2, status="PROCESSING")
    case("failed", {"state": "indeterminate", "cause": "ambiguous_answer", "issuer_code": "FAILED"}, asks=2, status="FAILED")
    case("refunded", {"state": "revoked", "issuer_code": "REFUNDED"}, asks=2, status="REFUNDED", cards=both)
    case("a status nobody documented", {"state": "indeterminate", "cause": "unmapped"}, asks=2, status="ASLEEP")
    case("unknown to our account", {"state": "indeterminate", "cause": "our_request", "issuer_code": "TRANSACTION_NOT_FOUND"}, asks=2)
    malformed = {"state": "indeterminate", "cause": "malformed_answer"}
    case("no status", malformed, asks=2, raw_status=Answer.json(200, {"transactionId": 1}))
    case("cards that are none", malformed, raw_cards=Answer.json(200, {"content": []}))
    case("a card without number and PIN", malformed, raw_cards=Answer.json(200, [{"cardNumber": None, "pinCode": None}]))
    case("cards that are not found", {"state": "indeterminate", "cause": "our_request"},
         raw_cards=problem(404, "CARDS_NOT_FOUND", "Synthetic"))
    case("cards that are refused", {"state": "indeterminate", "cause": "our_account"},
         raw_cards=problem(403, "FORBIDDEN", "Synthetic"))
    case("cards while the service is down", {"state": "indeterminate", "cause": "issuer_unavailable"},
         raw_cards=problem(503, "UNAVAILABLE", "Synthetic"))
    case("a refusal nobody documented", {"state": "indeterminate", "cause": "unmapped", "issuer_code": "ASLEEP"}, asks=2,
         raw_status=problem(409, "ASLEEP", f"The order {ECHO} is asleep"))
    return Recording(
        "reloadly-giftcard", server,
        {"endpoint": "http://127.0.0.1:3000", "token_url": f"http://127.0.0.1:3000{TOKEN_PATH}", "audience": AUDIENCE,
         "client_id": CLIENT},
        cases, {"good": "issued", "unmapped": "a status nobody documented", "echo": "a refusal nobody documented"},
        {"client_secret": SECRET}, {"format": "generic", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})


def token() -> Ask:
    call = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "audience": AUDIENCE}
    return Ask("POST", TOKEN_PATH, {"Content-Type": JSON, "Accept": JSON}, json.dumps(call).encode())


def get(path: str, number: int) -> Ask:
    """With the token of the case's own request for one."""
    return Ask("GET", path, {"Accept": ACCEPT, "Authorization": f"Bearer synthetic-token-{number:04}-Zq7Km4Xw"})
