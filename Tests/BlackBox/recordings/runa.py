"""Runa: codes of every shape against delivered ones, and every error code."""

from __future__ import annotations

from issuers.runa_server import RunaServer, TEXTS
from issuers.strict import JSON, Answer
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

API_KEY = "mark-Runa-Api-Key-2207"
NUMBER, PIN = "6338021100004471", "90817263"
OTHER, OTHER_PIN = "6338021100009999", "55554444"
GBP = {"amount_minor": 5000, "currency": "GBP"}
SAME = {"state": "unsupported", "certainty": "authoritative", "issuer_code": "SUCCESS",
        "issuer_text": "The code is the one that was issued; its state cannot be asked."}
DIFFERS = {"state": "conflict", "certainty": "conflict", "issuer_code": "SUCCESS",
           "issuer_text": "The code is not the one that was issued."}


def recording() -> Recording:
    server = RunaServer(API_KEY)
    cases: list[Case] = []

    def case(name: str, expect: dict, delivered: dict | None = None, **payout) -> None:
        token = f"synthetic-{len(cases):04}-q7RmZk4XwD2p9hTlVcB3nY6f"
        if payout:
            server.put(token, **payout)
        question = delivered or {"serial": NUMBER, "key": PIN}
        cases.append(Case(
            name, {**question, "face_value": GBP, "issuer_reference": f"/-/{token}"},
            [Ask("GET", f"/-/{token}?format=json", {"Accept": JSON, "X-Api-Key": API_KEY})], {**expect, "requests": 1}))

    def refused(code: str, state: str, cause: str | None = None) -> None:
        case(code, {"state": state, **({"cause": cause} if cause else {}), "issuer_code": code, "issuer_text": TEXTS[code]},
             error=(code, TEXTS[code]))

    bare = {"key": NUMBER}
    case("issued", {**SAME, "actual_value": GBP}, code=NUMBER, pin=PIN, barcode=NUMBER)
    case("issued, with an expiry", {**SAME, "expires_on": "2027-04-30"}, code=NUMBER, pin=PIN, expires="2027-04-30")
    case("issued without a PIN", SAME, bare, code=NUMBER)
    case("issued with a PIN, delivered without", SAME, bare, code=NUMBER, pin=PIN)
    case("the PIN alone delivered", SAME, {"key": PIN}, code=NUMBER, pin=PIN)
    case("issued and delivered crosswise", SAME, {"serial": PIN, "key": NUMBER}, code=NUMBER, pin=PIN)
    case("a barcode and nothing else", SAME, bare, barcode=NUMBER)
    case("a link in place of a code", SAME, {"key": "https://brand.example/redeem/9hTlVcB3nY6f"},
         kind="url", code="https://brand.example/redeem/9hTlVcB3nY6f")
    case("another code", DIFFERS, code=OTHER, pin=OTHER_PIN)
    case("another PIN", DIFFERS, code=NUMBER, pin=OTHER_PIN)
    case("another number", DIFFERS, code=OTHER, pin=PIN)
    case("another code than the bare one", DIFFERS, bare, code=OTHER)
    case("issued, and expired by its date", {"state": "expired", "certainty": "derived"}, code=NUMBER, pin=PIN,
         expires="2026-11-19")
    case("issued, good on its last day", SAME, code=NUMBER, pin=PIN, expires="2026-11-20")
    case("issued for less than promised", {"state": "undervalued", "certainty": "derived",
                                           "actual_value": {"amount_minor": 2500, "currency": "GBP"}},
         code=NUMBER, pin=PIN, amount="25.00")
    case("an unknown address", {"state": "indeterminate", "cause": "our_request", "issuer_code": "RE011"})
    refused("RE001", "indeterminate", "our_request")
    refused("RE002", "indeterminate", "our_account")
    refused("RE003", "revoked")
    refused("RE004", "expired")
    refused("RE005", "revoked")
    refused("RE006", "indeterminate", "issuer_unavailable")
    refused("RE007", "indeterminate", "issuer_unavailable")
    refused("RE008", "indeterminate", "issuer_unavailable")
    refused("RE009", "indeterminate", "rate_limited")
    refused("RE010", "indeterminate", "our_account")
    refused("RE012", "indeterminate", "ambiguous_answer")
    refused("RE013", "indeterminate", "our_account")
    refused("RE999", "indeterminate", "issuer_unavailable")
    case("an error nobody documented", {"state": "indeterminate", "cause": "unmapped", "issuer_code": "RE777"},
         error=("RE777", f"The e-code {ECHO} is asleep."))
    case("a status nobody documented", {"state": "indeterminate", "cause": "unmapped"},
         raw=Answer.json(200, {"status": "ASLEEP"}))
    malformed = {"state": "indeterminate", "cause": "malformed_answer"}
    case("no status", malformed, raw=Answer.json(200, {"order_id": "O-1"}))
    case("no code at all", malformed, raw=Answer.json(200, {"status": "SUCCESS", "e_code": {"type": "code", "code": None}}))
    case("the page for people", malformed, raw=Answer.text(200, "<!DOCTYPE html><h1>Your gift</h1>", "text/html"))
    return Recording(
        "runa", server, {"endpoint": "http://127.0.0.1:3000", "currency": "GBP"}, cases,
        {"good": "issued", "unmapped": "an error nobody documented", "echo": "an error nobody documented"},
        {"api_key": API_KEY}, {"format": "generic", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})
