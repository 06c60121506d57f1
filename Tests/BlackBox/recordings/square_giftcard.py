"""Square gift cards: every state, every error code the adapter knows, and histories that help or fail."""

from __future__ import annotations

import json

from issuers import square_server
from issuers.square_server import problem
from issuers.strict import JSON, Answer
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

TOKEN = "mark-Sq9-Bearer-Zk41-4410"
VERSION = "2025-01-23"
USED_AT = "2026-11-18T03:12:00Z"
LATER = "2026-11-19T09:30:00Z"
ACTIVATED = ("ACTIVATE", "2026-10-01T09:00:00.000Z", 5000, 5000)


def recording() -> Recording:
    server = square_server.SquareServer(TOKEN)
    cases: list[Case] = []

    def case(name: str, expect: dict, asks: int = 1, face: dict | None = USD, **card) -> None:
        gan = f"77833200067{len(cases):05}"
        if card:
            server.put(gan, id=identity(len(cases)), **card)
        question = {"key": gan, **({"face_value": face} if face else {})}
        cases.append(Case(name, question, [lookup(gan), activities(len(cases))][:asks], {**expect, "requests": asks}))

    def refused(name: str, expect: dict, status: int, category: str, code: str, detail: str = "Synthetic.") -> None:
        case(name, {**expect, "issuer_code": code}, raw=problem(status, category, code, detail))

    good = {"state": "ok_unused", "certainty": "authoritative", "issuer_code": "ACTIVE"}
    case("active", {**good, "actual_value": USD, "issuer_text": "balance 50.00 USD"}, balance=5000)
    case("active, more than promised", good, balance=7000)
    case("active, part of the money gone", {"state": "partially_used", "certainty": "derived", "issuer_at": USED_AT}, 2,
         balance=1200, activities=[ACTIVATED, ("REDEEM", USED_AT, 3000, 2000, {"payment_id": "p1", "status": "COMPLETED"}),
                                   ("ADJUST_DECREMENT", LATER, 800, 1200, {"reason": "SUSPICIOUS_ACTIVITY"})])
    case("active, nothing left", {"state": "used", "issuer_at": USED_AT}, 2,
         balance=0, activities=[ACTIVATED, ("REDEEM", USED_AT, 5000, 0)])
    case("nothing left, and a redemption that was cancelled before", {"state": "used", "issuer_at": LATER}, 2,
         balance=0, activities=[ACTIVATED, ("REDEEM", USED_AT, 5000, 5000, {"status": "CANCELED"}),
                                ("CLEAR_BALANCE", LATER, 5000, 0, {"reason": "REUSE_GIFTCARD"})])
    case("nothing left, and a use that was refunded before", {"state": "used", "issuer_at": LATER}, 2,
         balance=0, activities=[ACTIVATED, ("REDEEM", "2026-10-05T10:00:00Z", 5000, 0),
                                ("REFUND", "2026-10-06T10:00:00Z", 5000, 5000),
                                ("TRANSFER_BALANCE_FROM", LATER, 5000, 0, {"transfer_to_gift_card_id": "gftc:other"})])
    case("nothing left, and more activities than one page", {"state": "used"}, 2, balance=0,
         activities=[ACTIVATED, *[("LOAD", USED_AT, 1, 5001)] * 100, ("REDEEM", LATER, 5100, 0)])
    case("nothing left, and the history fails", {"state": "used"}, 2, balance=0, raw_activities=problem(
        500, "API_ERROR", "INTERNAL_SERVER_ERROR", "Synthetic."))
    case("nothing left, and the history is not ours to read", {"state": "used"}, 2, balance=0, raw_activities=problem(
        403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES", "Synthetic."))
    case("nothing left, and the history is of another card", {"state": "used"}, 2, balance=0, raw_activities=Answer.json(
        200, {"gift_card_activities": [{"id": "x", "type": "REDEEM", "created_at": USED_AT, "gift_card_id": "gftc:other"}]}))
    case("another currency, never used", {"state": "ok_unused"}, 2, balance=4000, currency="CAD", activities=[ACTIVATED])
    case("another currency, and used", {"state": "partially_used", "certainty": "derived", "issuer_at": USED_AT}, 2,
         balance=4000, currency="CAD", activities=[ACTIVATED, ("REDEEM", USED_AT, 1000, 4000)])
    case("nothing promised, and used", {"state": "partially_used", "issuer_at": USED_AT}, 2, None,
         balance=4000, activities=[ACTIVATED, ("REDEEM", USED_AT, 1000, 4000)])
    case("nothing promised, and the history fails", {"state": "ok_unused"}, 2, None, raw_activities=problem(
        503, "API_ERROR", "SERVICE_UNAVAILABLE", "Synthetic."))
    case("pending", {"state": "not_activated", "issuer_code": "PENDING"}, state="PENDING", balance=0)
    case("blocked", {"state": "revoked", "issuer_code": "BLOCKED", "issuer_at": LATER}, 2, state="BLOCKED",
         activities=[ACTIVATED, ("BLOCK", USED_AT, None, 5000), ("UNBLOCK", USED_AT, None, 5000), ("BLOCK", LATER, None, 5000)])
    case("deactivated", {"state": "revoked", "issuer_code": "DEACTIVATED", "issuer_at": LATER}, 2, state="DEACTIVATED",
         activities=[ACTIVATED, ("DEACTIVATE", LATER, None, 0, {"reason": "SUSPICIOUS_ACTIVITY"})])
    case("a state nobody documented", {"state": "indeterminate", "cause": "unmapped"}, state="FROZEN")
    malformed = {"state": "indeterminate", "cause": "malformed_answer"}
    case("active without a balance", malformed, balance=None)
    case("an answer about another card", malformed, named="7783320006799999")
    case("neither card nor errors", malformed, raw=Answer.json(200, {}))
    case("unknown", {"state": "not_found", "issuer_code": "NOT_FOUND"})
    for code in ["BAD_REQUEST", "INVALID_VALUE", "MISSING_REQUIRED_PARAMETER", "VALUE_TOO_LONG", "VALUE_TOO_SHORT",
                 "INVALID_SQUARE_VERSION_FORMAT"]:
        refused(code, {"state": "indeterminate", "cause": "our_request"}, 400, "INVALID_REQUEST_ERROR", code)
    for code in ["ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED", "CLIENT_DISABLED"]:
        refused(code, {"state": "indeterminate", "cause": "our_account"}, 401, "AUTHENTICATION_ERROR", code)
    for code in ["FORBIDDEN", "INSUFFICIENT_SCOPES"]:
        refused(code, {"state": "indeterminate", "cause": "our_account"}, 403, "AUTHENTICATION_ERROR", code)
    case("RATE_LIMITED", {"state": "indeterminate", "cause": "rate_limited"},
         raw=problem(429, "RATE_LIMIT_ERROR", "RATE_LIMITED", "Synthetic."))
    for status, code in [(500, "INTERNAL_SERVER_ERROR"), (503, "SERVICE_UNAVAILABLE"), (504, "GATEWAY_TIMEOUT")]:
        case(code, {"state": "indeterminate", "cause": "issuer_unavailable"}, raw=problem(status, "API_ERROR", code, "Synthetic."))
    refused("not found, but not with 404", {"state": "indeterminate", "cause": "ambiguous_answer"},
            400, "INVALID_REQUEST_ERROR", "NOT_FOUND")
    refused("a wrong address", {"state": "indeterminate", "cause": "our_request"}, 404, "INVALID_REQUEST_ERROR", "NOT_FOUND",
            "API endpoint for URL path `/v3/gift-cards/from-gan` and HTTP method `POST` is not found.")
    refused("an error nobody documented", {"state": "indeterminate", "cause": "unmapped"},
            400, "INVALID_REQUEST_ERROR", "GIFT_CARD_ASLEEP", f"The card {ECHO} is asleep.")
    return Recording(
        "square-giftcard", server, {"endpoint": "http://127.0.0.1:3000", "square_version": VERSION}, cases,
        {"good": "active", "unmapped": "a state nobody documented", "echo": "an error nobody documented"},
        {"access_token": TOKEN}, {"format": "square", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})


USD = {"amount_minor": 5000, "currency": "USD"}


HEADERS = {"Accept": JSON, "Square-Version": VERSION, "Authorization": f"Bearer {TOKEN}"}


def lookup(gan: str) -> Ask:
    return Ask("POST", square_server.LOOKUP, {**HEADERS, "Content-Type": JSON}, json.dumps({"gan": gan}).encode())


def identity(number: int) -> str:
    return f"gftc:{number:08x}6cbacbb64cf54e2ca9f573d6"


def activities(number: int) -> Ask:
    card = identity(number).replace(":", "%3A")
    return Ask("GET", f"{square_server.ACTIVITIES}?gift_card_id={card}&sort_order=ASC&limit=100", HEADERS)
