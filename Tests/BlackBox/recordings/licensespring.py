"""LicenseSpring: every documented error, every count of seats, and what the signature must catch."""

from __future__ import annotations

import base64
import datetime
import email.utils
import hashlib
import hmac
import urllib.parse

from issuers import licensespring_server
from issuers.rsa import SigningKey
from issuers.strict import JSON
from recordings.plan import ASKED_AT, ECHO, Ask, Case, Recording

API_KEY, SHARED_KEY = "synthetic-api-key", "mark-Shared-Key-8Zr41Qq"
PRODUCT, HARDWARE = "SYN", "cardproof"
NOW = datetime.datetime.fromisoformat(ASKED_AT)

REFUSALS = {
    "license_not_active": "ok_unused", "license_activated_max_times": "used", "license_not_enabled": "revoked",
    "license_expired": "expired",
    "device_not_found": "ambiguous_answer", "trial_expired": "ambiguous_answer",
    "unknown_product": "our_request", "disabled_product": "our_request", "archived_product": "our_request",
    "validation_error": "our_request", "missing_headers": "our_request", "missing_parameters": "our_request",
    "missing_hardware_id": "our_request", "license_key_required": "our_request",
    "invalid_api_key": "our_account", "api_key_product_not_allowed": "our_account",
    "authorization_invalid_headers": "our_account", "authorization_missing_params": "our_account",
    "hmac_required": "our_account",
    "blacklisted": "unmapped", "active_license_required": "unmapped",
}
DECIDED = {"ok_unused", "used", "revoked", "expired"}


def recording() -> Recording:
    server = licensespring_server.LicenseSpringServer(API_KEY, SHARED_KEY, PRODUCT, int(NOW.timestamp()))
    cases: list[Case] = []

    def case(name: str, state: str, cause: str | None = None, known: bool = True, expect: dict | None = None,
             certainty: str = "authoritative", **licence) -> None:
        key = f"SYNT-HETI-C{len(cases):03d}-QK7R"
        if known:
            server.put(key, **licence)
        meaning = {"state": state, **({"cause": cause} if cause else {"certainty": certainty})}
        cases.append(Case(name, {"key": key}, [ask(key)], {**meaning, **(expect or {}), "requests": 1}))

    case("activated once of three times", "partially_used", expect={"issuer_code": "1/3", "expires_on": "2027-11-20"})
    case("activated without a limit", "partially_used", unlimited=True, expect={"issuer_code": "1/unlimited"})
    case("activated three times of three", "used", activated=3)
    case("not activated", "ok_unused", activated=0, validity=None)
    case("disabled", "revoked", enabled=False, expired=True)
    case("expired", "expired", expired=True)
    case("of another product", "wrong_product", product="OTHER")
    case("unknown", "not_found", known=False, certainty="derived", expect={"issuer_code": "license_not_found"})
    for code, meaning in REFUSALS.items():
        told = {"refusal": (400, code), "expect": {"issuer_code": code}}
        if meaning in DECIDED:
            case(code, meaning, certainty="derived", **told)
        else:
            case(code, "indeterminate", meaning, **told)
    case("an address that does not exist", "indeterminate", "our_request", refusal=(404, "not_found"))
    case("signature_mismatch", "indeterminate", "our_account", refusal=(401, "signature_mismatch"))
    case("license_not_enabled, signed", "revoked", refusal=(400, "license_not_enabled"), signed_refusal=True)
    case("license_not_active, signed", "ok_unused", certainty="derived", refusal=(400, "license_not_active"),
         signed_refusal=True)
    case("a code nobody documented", "indeterminate", "unmapped", refusal=(400, "license_resting"),
         message=f"The key {ECHO} is resting.", expect={"issuer_code": "license_resting"})
    case("without a signature", "indeterminate", "bad_signature", signature="")
    case("with a signature over something else", "indeterminate", "bad_signature",
         signature=signature(server.signing_key))
    case("with somebody else's signature", "indeterminate", "bad_signature",
         signature=signature(SigningKey("somebody else")))
    case("an error with a signature over something else", "indeterminate", "bad_signature",
         refusal=(400, "license_not_enabled"), signature=signature(server.signing_key))
    case("a count that is no number", "indeterminate", "unmapped", changes={"times_activated": "1"})
    case("about another key", "indeterminate", "malformed_answer", changes={"license_key": "SYNT-HETI-CFFF-QK7R"})
    return Recording(
        "licensespring", server,
        {"endpoint": "http://127.0.0.1:3000", "product": PRODUCT, "hardware_id": HARDWARE, "api_key": API_KEY,
         "public_key": base64.b64encode(server.signing_key.spki).decode()}, cases,
        {"good": "not activated", "unmapped": "a code nobody documented", "echo": "a code nobody documented",
         "signed": "not activated", "signature": "LicenseSignature"},
        secrets={"shared_key": SHARED_KEY})


def signature(key: SigningKey) -> str:
    return base64.b64encode(key.sign(b"{}")).decode()


def ask(key: str) -> Ask:
    date = email.utils.format_datetime(NOW.astimezone(datetime.timezone.utc), usegmt=True)
    code = hmac.digest(SHARED_KEY.encode(), f"licenseSpring\ndate: {date}".encode(), hashlib.sha256)
    query = urllib.parse.urlencode({"product": PRODUCT, "hardware_id": HARDWARE, "license_key": key})
    return Ask("GET", f"{licensespring_server.PATH}?{query}", {
        "Accept": JSON, "Date": date,
        "Authorization": f'algorithm="hmac-sha256",headers="date",signature="{base64.b64encode(code).decode()}",'
                         f'apiKey="{API_KEY}"'})
