"""Ericsson UCIP: every response code and fault of Refill."""

from __future__ import annotations

import xmlrpc.client

from issuers import ucip_server
from issuers.strict import Answer
from issuers.ucip_server import AirServer, fault, response
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

USER, PASSWORD, AGENT = "gateway", "mark-Air-Password-3318", "UGw Server/5.0/1.0"
SUBSCRIBER, OTHER_SUBSCRIBER = "8613800000001", "8613900000002"
SERIAL = "0012345678901234"
CNY = {"amount_minor": 5000, "currency": "CNY"}
SETTLED = {109: "not_activated", 110: "expired", 111: "revoked", 112: "revoked", 114: "unsupported", 119: "not_found"}
OF_THE_SUBSCRIBER = [102, 103, 104, 115, 120, 126]
REQUEST_FAULTS = [1000, 1001, 1002, 1003]


def recording() -> Recording:
    server = AirServer(USER, PASSWORD)
    cases: list[Case] = []

    def case(name: str, expect: dict, **voucher) -> None:
        key, number = f"90411730086{len(cases):06}", 7_000_000_000_001 + len(cases)
        if voucher:
            server.put(key, **{"serial": SERIAL, **voucher})
        question = {
            "operation": "redeem", "serial": SERIAL, "key": key, "face_value": CNY,
            "order": {"number": number, "placed_at": "2026-11-20T08:04:59Z", "beneficiary": SUBSCRIBER}}
        cases.append(Case(name, question, [ask(key, number)], {**expect, "requests": 1}))

    def settled(name: str, state: str, said: int, **voucher) -> None:
        case(name, {"disposition": "settled", "state": state, "certainty": "authoritative", "issuer_code": str(said)}, **voucher)

    def undecided(name: str, disposition: str, cause: str, **voucher) -> None:
        more = {"retry_after_seconds": 86_400} if voucher.get("code") == 104 else {}
        case(name, {"disposition": disposition, "state": "indeterminate", "cause": cause, **more}, **voucher)

    settled("spent", "ok_activated_by_buyer", 0, code=0)
    settled("spent with notice", "ok_activated_by_buyer", 1, code=1)
    settled("spent with another notice", "ok_activated_by_buyer", 2, code=2)
    settled("used by the same subscriber before", "used", 107, used_by=SUBSCRIBER)
    settled("used by another subscriber", "used", 108, used_by=OTHER_SUBSCRIBER)
    settled("unknown", "not_found", 119)
    for code, state in SETTLED.items():
        settled(f"response code {code}", state, code, code=code)
    for code in OF_THE_SUBSCRIBER:
        undecided(f"response code {code}", "not_taken", "our_request", code=code)
    undecided("response code 113", "not_taken", "reserved", code=113)
    for code in [100, 999]:
        undecided(f"response code {code}", "unknown", "issuer_unavailable", code=code)
    for code in [3, 99, 777]:
        undecided(f"response code {code}, which nobody documented", "unknown", "unmapped", code=code)
    for code in REQUEST_FAULTS:
        undecided(f"fault {code}", "not_taken", "our_request", fault=(code, "Synthetic"))
    undecided("fault 1004", "not_taken", "not_supported_by_issuer", fault=(1004, "Unknown operation"))
    undecided("fault 1005", "unknown", "issuer_unavailable", fault=(1005, "Internal server error"))
    undecided("fault 1007", "not_taken", "issuer_unavailable", fault=(1007, "Overload"))
    undecided("fault 4242", "unknown", "unmapped", fault=(4242, f"The voucher {ECHO} is asleep"))
    case("another serial than the delivered one", {"disposition": "settled", "state": "conflict", "certainty": "conflict"},
         serial="0099999999999999")
    undecided("an answer to another call", "unknown", "malformed_answer", raw=response("42", 0))
    undecided("no response code", "unknown", "malformed_answer", raw=Answer.xml(
        xmlrpc.client.dumps(({"originTransactionID": "42"},), methodresponse=True)))
    undecided("a page in place of XML", "unknown", "malformed_answer",
              raw=Answer.text(200, "<!DOCTYPE html><h1>Login</h1>", "text/html"))
    undecided("HTTP 400", "unknown", "malformed_answer", raw=Answer(400, b""))
    undecided("HTTP 503", "unknown", "issuer_unavailable", raw=Answer(503, b"", (("Retry-After", "30"),)))
    undecided("credentials refused", "not_taken", "our_account",
              raw=Answer(401, b"", (("WWW-Authenticate", 'Basic realm="/Air"'),)))
    undecided("a version that the node does not support", "not_taken", "our_account", raw=Answer(403, b""))
    return Recording(
        "ericsson-ucip", server,
        {"endpoint": "http://127.0.0.1:3000/Air", "username": USER, "origin_host_name": "gateway1"}, cases,
        {"redeemed": "spent", "unmapped": "response code 777, which nobody documented", "echo": "fault 4242"},
        {"password": PASSWORD}, {"format": "ericsson-voucher", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT},
        file="redemptions.yaml")


def ask(key: str, number: int) -> Ask:
    headers, body = ucip_server.call(USER, PASSWORD, AGENT, {
        "originNodeType": "EXT", "originHostName": "gateway1", "originTransactionID": str(number),
        "originTimeStamp": xmlrpc.client.DateTime("20261120T08:04:59+0000"), "subscriberNumberNAI": 1,
        "subscriberNumber": SUBSCRIBER, "voucherActivationCode": key})
    return Ask("POST", ucip_server.PATH, headers, body)
