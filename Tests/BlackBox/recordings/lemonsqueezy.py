"""Lemon Squeezy: every status at every count, and keys of other stores, products and variants."""

from __future__ import annotations

import urllib.parse

from issuers import lemonsqueezy_server
from issuers.strict import FORM, Answer
from recordings.plan import ECHO, Ask, Case, Recording


def recording() -> Recording:
    server = lemonsqueezy_server.LemonSqueezyServer()
    cases: list[Case] = []

    def case(name: str, state: str, cause: str | None = None, known: bool = True, expect: dict | None = None,
             **licence) -> None:
        key = f"5E9C7A30-{len(cases):04X}-4D2B-9F61-SYNTHETIC000"
        if known:
            server.put(key, **licence)
        meaning = {"state": state, **({"cause": cause} if cause else {"certainty": "authoritative"})}
        cases.append(Case(name, {"key": key}, [ask(key)], {**meaning, **(expect or {}), "requests": 1}))

    case("inactive", "ok_unused", expect={
        "issuer_code": "inactive", "expires_on": "2027-11-20",
        "term": {"starts_at": "2026-11-19T21:28:40Z", "ends_at": "2027-11-20T00:00:00Z"}})
    case("inactive, without limit and expiry", "ok_unused", limit=None, expires_at=None)
    case("active, one of three", "partially_used", status="active", usage=1)
    case("active, without limit", "partially_used", status="active", usage=40, limit=None)
    case("active, all three", "used", status="active", usage=3)
    case("active, more than three", "used", status="active", usage=4)
    for status, state in [("expired", "expired"), ("disabled", "revoked")]:
        for code in [200, 400]:
            case(f"{status}, answered with {code}", state, status=status, refusal=code,
                 expect={"issuer_text": f"This license key is {status}."})
    case("of another store", "wrong_product", store_id=2)
    case("of another store, and disabled", "wrong_product", store_id=2, status="disabled")
    case("of another product", "wrong_product", product_id=12)
    case("of another variant", "wrong_product", variant_id=112)
    case("of the test mode", "wrong_product", test_mode=True)
    case("unknown", "not_found", known=False, expect={"issuer_text": lemonsqueezy_server.UNKNOWN})
    case("a wrong address", "indeterminate", "malformed_answer", raw=Answer.text(404, "<p>nginx</p>", "text/html"))
    case("a 404 of another program", "indeterminate", "unmapped",
         raw=Answer.json(404, {"message": "The route could not be found."}))
    case("a field that is missing", "indeterminate", "our_request",
         raw=Answer.json(422, {"message": "The license key field is required.", "errors": {}}))
    case("a status nobody documented", "indeterminate", "unmapped", status="resting",
         changes={"error": f"The key {ECHO} is resting."}, expect={"issuer_code": "resting"})
    case("inactive with seats", "indeterminate", "unmapped", usage=1)
    case("active without seats", "indeterminate", "unmapped", status="active")
    case("valid, but disabled", "indeterminate", "unmapped", status="disabled", changes={"valid": True})
    case("without a store", "indeterminate", "unmapped", changes={"meta": {"product_id": 11, "variant_id": 111}})
    case("about another key", "indeterminate", "malformed_answer", changes={"license_key": {
        "id": 1, "status": "disabled", "key": "00000000-0000-4000-8000-SYNTHETICFFF", "activation_usage": 0},
        "valid": False})
    return Recording(
        "lemonsqueezy", server,
        {"endpoint": "http://127.0.0.1:3000", "store_id": "1", "product_id": "11", "variant_id": "111"}, cases,
        {"good": "inactive", "unmapped": "a status nobody documented", "echo": "a status nobody documented"})


def ask(key: str) -> Ask:
    return Ask("POST", "/v1/licenses/validate", {"Content-Type": FORM, "Accept": "application/json"},
               urllib.parse.urlencode({"license_key": key}).encode())
