"""Givex: balances, and every reason that the sources name."""

from __future__ import annotations

import json

from issuers.givex_server import GivexServer, METHOD, PATH
from issuers.strict import JSON, Answer
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

USER, PASSWORD = "mark-Gx-User-5512", "mark-Gx-Password-8830"
CAD = {"amount_minor": 5000, "currency": "CAD"}


def recording() -> Recording:
    server = GivexServer(USER, PASSWORD)
    cases: list[Case] = []

    def case(name: str, expect: dict, face: dict | None = CAD, question: dict | None = None, **card) -> None:
        number, pin, code = f"60362819{len(cases):011}", "48213907", str(7_000_000_000 + len(cases))
        if card:
            server.put(number, pin=pin, **card)
        asked = {"serial": number, "key": pin, "nonce": int(code), **({"face_value": face} if face else {}), **(question or {})}
        pin = asked["key"] if "serial" in asked else ""
        cases.append(Case(name, {name: value for name, value in asked.items() if value is not None},
                          [ask(code, number, asked["key"])], expect))

    def refused(text: str, state: str, cause: str | None = None, code: str = "9") -> None:
        case(text, {"state": state, **({"cause": cause} if cause else {}), "issuer_code": code, "issuer_text": text},
             refusal=(code, text))

    case("full", {"state": "ok_unused", "certainty": "authoritative", "issuer_code": "0", "issuer_text": "50.00",
                  "actual_value": CAD, "requests": 1}, balance="50.00")
    case("more than promised", {"state": "ok_unused"}, balance="75.50")
    case("part of the money gone", {"state": "partially_used", "certainty": "derived",
                                    "actual_value": {"amount_minor": 1999, "currency": "CAD"}}, balance="19.99")
    case("nothing left", {"state": "used", "certainty": "derived"}, balance="0.00")
    case("nothing promised", {"state": "ok_unused"}, None, balance="10.00")
    case("its currency named", {"state": "partially_used"}, balance="10.00", more=["None", "0", "CAD"])
    case("another currency named", {"state": "ok_unused"}, balance="10.00", more=["None", "0", "USD"])
    case("unknown", {"state": "not_found", "issuer_text": "Cert not exist"})
    case("wrong security code", {"state": "not_found", "issuer_text": "Invalid security code"},
         question={"key": "11111111"}, balance="50.00")
    for text in ["Cert on hold", "Card is on hold", "Certificate on hold", "Certificate cancelled",
                 "Certificate cancelled for fraud"]:
        refused(text, "revoked")
    for text in ["Certificate expired", "Cert expired. Bal=$12.00"]:
        refused(text, "expired")
    refused("Certificate is not active", "not_activated")
    refused("Certificate can only be used after 2027-01-01", "temporarily_unusable")
    for text in ["ERR  bal=$0.00", "Certificate closed", "Cert invalid", "Validation wrong"]:
        refused(text, "indeterminate", "ambiguous_answer")
    for text in ["Invalid user ID/pswd", "Invalid terminal ID/pswd", "Terminal not registered", "Invalid operator",
                 "Operation not permitted", "Not permitted at this terminal", "System not set up correctly"]:
        refused(text, "indeterminate", "our_account")
    undecided = {"state": "indeterminate", "cause": "unmapped"}
    case("a reason nobody documented", undecided, refusal=("77", f"Cert {ECHO} is asleep"))
    case("a balance under a code of failure", undecided, refusal=("77", "50.00"))
    case("a balance that is no amount", undecided, balance="50,00")
    malformed = {"state": "indeterminate", "cause": "malformed_answer"}
    case("an answer to another question", malformed, raw=GivexServer.result("1", ["1", "0", "50.00"]))
    case("no result", malformed, raw=Answer.json(200, {"jsonrpc": "2.0", "id": "1"}))
    case("a short result", malformed, raw=lambda code: GivexServer.result(code, [code, "0"]))
    case("a balance that is a list", malformed, raw=lambda code: GivexServer.result(code, [code, "0", ["50.00"]]))
    for code in [-32700, -32600, -32601, -32602]:
        case(f"JSON-RPC error {code}", {"state": "indeterminate", "cause": "our_request", "issuer_code": str(code)},
             raw=GivexServer.fault("1", code, "Synthetic"))
    case("JSON-RPC error -32603", {"state": "indeterminate", "cause": "issuer_unavailable"},
         raw=GivexServer.fault("1", -32603, "Internal error"))
    case("a JSON-RPC error nobody documented", undecided, raw=GivexServer.fault("1", 12, "Synthetic"))
    return Recording(
        "givex", server, {"endpoint": "http://127.0.0.1:3000/", "currency": "CAD"}, cases,
        {"good": "full", "unmapped": "a reason nobody documented", "echo": "a reason nobody documented"},
        {"user": USER, "password": PASSWORD},
        {"format": "generic", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})


def ask(code: str, number: str, pin: str) -> Ask:
    call = {"jsonrpc": "2.0", "method": METHOD, "id": code, "params": ["en", code, USER, PASSWORD, number, pin]}
    return Ask("POST", PATH, {"Content-Type": JSON, "Accept": JSON}, json.dumps(call).encode())
