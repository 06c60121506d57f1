"""Ericsson VSIP: every state by name and by number, every response code and fault, dates, values and histories."""

from __future__ import annotations

import datetime
import xmlrpc.client

from issuers import vsip_server
from issuers.strict import Answer
from issuers.vsip_server import VoucherServer
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

USER, PASSWORD = "gateway", "mark-Zr41-Password-0077"
CNY = {"amount_minor": 5000, "currency": "CNY"}
CHINA = datetime.timezone(datetime.timedelta(hours=8))
DETAILS, HISTORY = ["GetVoucherDetails"], ["GetVoucherDetails", "GetVoucherHistory"]

# The word, the number of older servers, and what both mean.
STATES = [
    ("unavailable", "5", "not_activated", None), ("damaged", "2", "revoked", None), ("stolen", "3", "revoked", None),
    ("pending", "4", "indeterminate", "reserved"), ("reserved", "6", "indeterminate", "reserved"),
]
UNSEEN_NUMBERS = {"2", "3", "4", "6"}
RESPONSE_CODES = {
    10: "not_found", 11: "used", 12: "revoked", 13: "not_activated", 100: "used", 101: "reserved", 102: "expired",
    104: "ambiguous_answer", 105: "ambiguous_answer", 106: "ambiguous_answer", 107: "revoked", 108: "reserved",
    109: "issuer_unavailable", 110: "ambiguous_answer", 111: "ambiguous_answer", 200: "ambiguous_answer",
    201: "ambiguous_answer",
}
FAULTS = {1000: "our_request", 1001: "our_request", 1002: "our_request", 1003: "our_request", 1004: "unsupported",
          1005: "issuer_unavailable", 1007: "issuer_unavailable", 4242: "unmapped"}
DECIDED = {"not_found", "used", "revoked", "not_activated", "expired", "unsupported"}
# States that began at an instant which the history tells.
DATED = {"used", "revoked"}


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=CHINA)


MADE = [("unavailable", at(9, 1, 8)), ("available", at(9, 2, 8))]


def recording() -> Recording:
    server = VoucherServer(USER, PASSWORD)
    cases: list[Case] = []

    def case(name: str, verdict: str, cause: str | None = None, known: bool = True, delivered: bool = True,
             expect: dict | None = None, **voucher) -> None:
        number = len(cases)
        key, serial = f"2049117300862{54_971 + number}", f"10111281010000{123 + number}"
        if known:
            expires = datetime.datetime(2027, 12, 31, tzinfo=CHINA)
            server.put(key, **{"serial": serial, "expires": expires, **voucher})
        question = {**({"serial": serial} if delivered else {}), "key": key, "face_value": CNY}
        methods = HISTORY if verdict in DATED else DETAILS
        meaning = {"state": verdict, **({"cause": cause} if cause else {"certainty": "authoritative"})}
        cases.append(Case(name, question, [ask(method, key) for method in methods],
                          {**meaning, **(expect or {}), "requests": len(methods)}))

    def told(name: str, meaning: str, expect: dict, **voucher) -> None:
        """`meaning` is a state, or the cause of none."""
        state_and_cause = (meaning,) if meaning in DECIDED else ("indeterminate", meaning)
        case(name, *state_and_cause, expect=expect, **voucher)

    case("available", "ok_unused", expect={
        "issuer_code": "0", "issuer_text": "state=available", "expires_on": "2027-12-31", "actual_value": CNY})
    case("available, by number", "ok_unused", state="0", expect={"issuer_text": "state=0"})
    used = at(11, 18, 11, 12)
    case("used, with its history", "used", state="used", history=[*MADE, ("used", used)],
         expect={"issuer_code": "0", "issuer_at": "2026-11-18T03:12:00Z"})
    case("used by number, history by number", "used", state="1",
         history=[("5", at(9, 1, 8)), ("0", at(9, 2, 8)), ("1", used)], expect={"issuer_at": "2026-11-18T03:12:00Z"})
    case("used again after a roll-back", "used", state="used",
         history=[*MADE, ("used", at(10, 1, 8)), ("available", at(10, 1, 9)), ("used", at(11, 19, 8))],
         expect={"issuer_at": "2026-11-19T00:00:00Z"})
    case("used, and the history is refused", "used", state="used", history_fault=(1004, "unknown operation"))
    case("used, and the history has no offset", "used", state="used", history=[("used", used.replace(tzinfo=None))])
    for word, number, verdict, cause in STATES:
        since = {"history": [*MADE, (word, at(11, 19, 10))]} if verdict in DATED else {}
        dated = {"issuer_at": "2026-11-19T02:00:00Z"} if since else {}
        case(f"state {word}", verdict, cause, state=word, expect={"issuer_text": f"state={word}", **dated}, **since)
        unseen = {"certainty": "derived"} if number in UNSEEN_NUMBERS and not cause else {}
        case(f"state number {number}", verdict, cause, state=number,
             expect={"issuer_text": f"state={number}", **unseen})
    case("a state nobody documented", "indeterminate", "unmapped", state="melted",
         expect={"issuer_text": "state=melted"})
    case("expired by flag", "expired", expired=True)
    case("expired by date", "expired", expires=datetime.datetime(2026, 11, 19, 23, 59, 59, tzinfo=CHINA),
         expect={"certainty": "derived", "expires_on": "2026-11-19"})
    case("good on its last day", "ok_unused", expires=at(11, 20, 0), expect={"expires_on": "2026-11-20"})
    case("worth less than promised", "undervalued", value="3000",
         expect={"certainty": "derived", "actual_value": {**CNY, "amount_minor": 3000}})
    case("worth more than promised", "ok_unused", value="10000",
         expect={"actual_value": {**CNY, "amount_minor": 10000}})
    case("worth something in another currency", "ok_unused", value="3000", currency="USD")
    case("another serial than the delivered one", "conflict", serial="10111281010000999",
         expect={"certainty": "conflict", "issuer_code": "0"})
    case("no serial delivered", "ok_unused", delivered=False)
    for code, meaning in RESPONSE_CODES.items():
        told(f"response code {code}", meaning, {"issuer_code": str(code)}, response_code=code)
    case("a voucher that is not there", "not_found", known=False, expect={"issuer_code": "10"})
    case("a response code nobody documented", "indeterminate", "unmapped", response_code=999,
         expect={"issuer_code": "999"})
    case("no response code", "indeterminate", "malformed_answer",
         raw=Answer.xml(xmlrpc.client.dumps(({"state": "used"},), methodresponse=True)))
    for code, meaning in FAULTS.items():
        told(f"fault {code}", meaning, {"issuer_code": str(code), "issuer_text": "synthetic fault"},
             fault=(code, "synthetic fault"))
    case("a fault whose text repeats what was asked", "indeterminate", "our_request",
         fault=(1003, f"activationCode {ECHO} is out of bounds"))
    return Recording(
        "ericsson-vsip", server, {"endpoint": "http://127.0.0.1:10021/RPC2", "username": USER}, cases,
        {"good": "available", "unmapped": "a response code nobody documented",
         "echo": "a fault whose text repeats what was asked"},
        {"password": PASSWORD}, {"format": "cmcc", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})


def ask(method: str, key: str) -> Ask:
    return Ask("POST", vsip_server.PATH, *vsip_server.ask(USER, PASSWORD, method, {"activationCode": key}))
