"""Adyen stored value: balances, and every refusal reason that the vendor documents."""

from __future__ import annotations

import json

from issuers import adyen_server
from issuers.strict import JSON, Answer
from recordings.plan import ASKED_AT, DELIVERED_AT, ECHO, Ask, Case, Recording

API_KEY, MERCHANT, BRAND = "mark-Adyen-Api-Key-6604", "SyntheticMerchantECOM", "svs"
EUR = {"amount_minor": 5000, "currency": "EUR"}
AMBIGUOUS = ["Not enough balance", "Restricted Card", "Refused", "Referral", "Declined Non Generic",
             "Transaction Not Permitted", "Issuer Suspected Fraud", "FRAUD", "FRAUD-CANCELLED", "Acquirer Fraud"]
UNMAPPED = ["3D Not Authenticated", "Cancelled", "Shopper Cancelled", "Revocation Of Auth", "AVS Declined",
            "Withdrawal amount exceeded", "Withdrawal count exceeded", "Card requires online pin",
            "No checking account available on Card", "No savings account available on Card", "Mobile PIN required",
            "Contactless fallback", "Authentication required"]


def recording() -> Recording:
    server = adyen_server.AdyenServer(API_KEY, MERCHANT, BRAND)
    cases: list[Case] = []

    def case(name: str, expect: dict, face: dict | None = EUR, key: str = "73906251", **card) -> None:
        number, nonce = f"60364373{len(cases):08}", 40_000_000 + len(cases)
        if card:
            server.put(number, security_code="73906251", **card)
        question = {"serial": number, "key": key, "nonce": nonce, **({"face_value": face} if face else {})}
        cases.append(Case(name, question, [ask(nonce, number, key)], expect))

    def refused(reason: str, state: str, cause: str | None = None) -> None:
        case(reason, {"state": state, **({"cause": cause} if cause else {}), "issuer_code": "Refused",
                      "issuer_text": reason}, result="Refused", refusal=reason)

    case("full", {"state": "ok_unused", "certainty": "authoritative", "issuer_code": "Success", "actual_value": EUR,
                  "requests": 1}, balance=(5000, "EUR"))
    case("more than promised", {"state": "ok_unused"}, balance=(9000, "EUR"))
    case("part of the money gone", {"state": "partially_used", "certainty": "derived"}, balance=(4999, "EUR"))
    case("nothing left", {"state": "used", "certainty": "derived"}, balance=(0, "EUR"))
    case("another currency", {"state": "ok_unused"}, balance=(100, "USD"))
    case("unknown", {"state": "not_found", "issuer_code": "Refused", "issuer_text": "Invalid Card Number"})
    case("wrong security code", {"state": "not_found", "issuer_text": "CVC Declined"}, key="11111111", balance=(5000, "EUR"))
    refused("Invalid Pin", "not_found")
    refused("Pin tries exceeded", "locked")
    refused("Blocked Card", "revoked")
    refused("Expired Card", "expired")
    refused("Not supported", "unsupported")
    for reason in AMBIGUOUS:
        refused(reason, "indeterminate", "ambiguous_answer")
    for reason in ["Pin validation not possible", "Acquirer Error", "Issuer Unavailable"]:
        refused(reason, "indeterminate", "issuer_unavailable")
    for reason in ["Not Submitted", "Invalid Amount"]:
        refused(reason, "indeterminate", "our_request")
    for reason in UNMAPPED:
        refused(reason, "indeterminate", "unmapped")
    refused(f"Card {ECHO} is asleep", "indeterminate", "unmapped")
    case("refused without a reason", {"state": "indeterminate", "cause": "unmapped"}, result="Refused", balance=None)
    case("an error", {"state": "indeterminate", "cause": "issuer_unavailable"}, result="Error", refusal="Acquirer Error")
    case("an error that names the card", {"state": "indeterminate", "cause": "issuer_unavailable"},
         result="Error", refusal="Expired Card")
    case("not enough, and nothing left", {"state": "used"}, result="NotEnoughBalance", balance=(0, "EUR"))
    case("not enough of what nobody asked for", {"state": "indeterminate", "cause": "ambiguous_answer"},
         result="NotEnoughBalance", balance=(100, "EUR"))
    undecided = {"state": "indeterminate", "cause": "unmapped"}
    case("a result nobody documented", undecided, result="Asleep")
    case("success without a balance", undecided, balance=None)
    case("a balance that is no number", undecided, raw=Answer.json(
        200, {"resultCode": "Success", "currentBalance": {"value": "5000", "currency": "EUR"}}))
    case("a debt", undecided, balance=(-100, "EUR"))
    for status, code, kind in [(400, "702", "validation"), (422, "167", "validation")]:
        case(f"HTTP {status}", {"state": "indeterminate", "cause": "our_request"},
             raw=adyen_server.error(status, code, "Synthetic", kind))
    for status in [401, 403]:
        case(f"HTTP {status}", {"state": "indeterminate", "cause": "our_account"},
             raw=adyen_server.error(status, "010", "Not allowed", "security"))
    case("HTTP 500", {"state": "indeterminate", "cause": "issuer_unavailable"},
         raw=adyen_server.error(500, "905", "Payment details are not supported", "configuration"))
    return Recording(
        "adyen-giftcard", server,
        {"endpoint": "http://127.0.0.1:3000/pal/servlet/StoredValue/v46", "merchant_account": MERCHANT, "brand": BRAND},
        cases, {"good": "full", "unmapped": "a result nobody documented", "echo": f"Card {ECHO} is asleep"},
        {"api_key": API_KEY}, {"format": "generic", "asked_at": ASKED_AT, "delivered_at": DELIVERED_AT})


def ask(nonce: int, number: str, key: str) -> Ask:
    call = {"merchantAccount": MERCHANT, "reference": f"cardproof-{nonce}",
            "paymentMethod": {"type": BRAND, "number": number, "securityCode": key}}
    return Ask("POST", adyen_server.PATH, {"Content-Type": JSON, "Accept": JSON, "X-API-Key": API_KEY}, json.dumps(call).encode())
