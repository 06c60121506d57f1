"""Keygen: every code, the seats, and everything that the signature and the nonce must catch."""

from __future__ import annotations

import datetime
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuers.keygen_server import MEDIA_TYPE, LicenceServer
from recordings.plan import ASKED_AT, ECHO, Ask, Case, Recording

ACCOUNT = "synthetic"
SEED = hashlib.sha256(b"cardproof keygen fixtures").digest()
OTHER_SEED = hashlib.sha256(b"cardproof keygen fixtures of somebody else").digest()
NONCE = 7731990146216433
NOW = datetime.datetime.fromisoformat(ASKED_AT)
NEXT_YEAR = datetime.datetime(2027, 11, 20, tzinfo=datetime.timezone.utc)
LAST_MONTH = datetime.datetime(2026, 10, 1, tzinfo=datetime.timezone.utc)

CODES = {
    "NO_MACHINE": "ok_unused", "NO_MACHINES": "ok_unused", "BANNED": "revoked", "SUSPENDED": "revoked",
    "EXPIRED": "expired", "OVERDUE": "temporarily_unusable",
    "ENTITLEMENTS_MISSING": "wrong_product", "PRODUCT_SCOPE_MISMATCH": "wrong_product",
    "POLICY_SCOPE_MISMATCH": "wrong_product",
    **dict.fromkeys([
        "TOO_MANY_MACHINES", "TOO_MANY_CORES", "TOO_MANY_PROCESSES", "TOO_MANY_USERS", "TOO_MANY_MEMORY",
        "TOO_MANY_DISK", "TOO_MUCH_MEMORY", "TOO_MUCH_DISK", "HEARTBEAT_NOT_STARTED", "HEARTBEAT_DEAD"], "used"),
}
SCOPES = ["PRODUCT", "POLICY", "USER", "MACHINE", "FINGERPRINT", "COMPONENTS", "CHECKSUM", "VERSION", "ENVIRONMENT"]
OF_OUR_REQUEST = [code for code in (f"{scope}_SCOPE_{fault}" for scope in SCOPES
                                    for fault in ("REQUIRED", "MISMATCH", "EMPTY")) if code not in CODES]


def recording() -> Recording:
    server = LicenceServer(ACCOUNT, seed=SEED, clock=lambda: NOW)
    cases: list[Case] = []

    def case(name: str, state: str, cause: str | None = None, known: bool = True, expect: dict | None = None,
             **licence) -> None:
        key = f"Q7RMZK-4XWD2P-9HTLVC-B3NY6F-E8S{len(cases):03d}-V3"
        if known:
            server.put(key, **{"expires": NEXT_YEAR, **licence})
        meaning = {"state": state, **({"cause": cause} if cause else {"certainty": "authoritative"})}
        cases.append(Case(name, {"key": key, "nonce": NONCE}, [ask(key)], {**meaning, **(expect or {}), "requests": 1}))

    case("VALID", "ok_unused",
         expect={"issuer_code": "VALID", "issuer_text": "is valid", "expires_on": "2027-11-20",
                 "term": {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2027-11-20T00:00:00Z"}})
    case("VALID, no machine yet", "ok_unused", most_machines=3)
    case("VALID, one of three machines", "partially_used", most_machines=3, machines=1)
    case("VALID, all machines", "used", most_machines=3, machines=3)
    case("VALID, machines without a limit", "partially_used", machines=2)
    case("VALID, but not valid", "indeterminate", "unmapped", valid=False)
    case("VALID, about nothing", "indeterminate", "unmapped", document={"data": None})
    case("VALID, about another key", "indeterminate", "malformed_answer",
         attributes={"key": "AAAAAA-BBBBBB-CCCCCC-DDDDDD-EEEEEE-V3"})
    case("VALID, without its machines", "ok_unused", machines=None)
    case("EXPIRED, though valid", "expired", code="EXPIRED", valid=True, expires=LAST_MONTH,
         expect={"expires_on": "2026-10-01"})
    case("NOT_FOUND", "not_found", known=False, expect={"issuer_code": "NOT_FOUND"})
    for code, state in CODES.items():
        case(code, state, code=code, expires=LAST_MONTH if code == "EXPIRED" else NEXT_YEAR,
             expect={"issuer_code": code})
    for code in [*OF_OUR_REQUEST, "ENTITLEMENTS_SCOPE_EMPTY"]:
        case(code, "indeterminate", "our_request", code=code, expect={"issuer_code": code})
    case("TOO_MANY_MACHINES, though valid", "used", code="TOO_MANY_MACHINES", valid=True, most_machines=3, machines=4)
    case("a code nobody documented", "indeterminate", "unmapped", code="SOMETHING_NEW", valid=True,
         expect={"issuer_code": "SOMETHING_NEW"})
    case("a code in another case", "indeterminate", "unmapped", code="valid", valid=True)
    case("a detail that repeats what was asked", "not_found", code="NOT_FOUND", detail=f"{ECHO} does not exist")
    case("unsigned", "indeterminate", "bad_signature", signing=lambda body: {"Date": server.signature(body)["Date"]})
    case("signed by another account", "indeterminate", "bad_signature",
         signing=lambda body: server.signature(body, seed=OTHER_SEED))
    case("the signature of another body", "indeterminate", "bad_signature",
         signing=lambda body: server.signature(b"{}"))
    case("signed long ago", "indeterminate", "bad_signature",
         signing=lambda body: server.signature(body, at=NOW - datetime.timedelta(minutes=6)))
    case("the answer to another question", "indeterminate", "bad_signature", meta={"nonce": NONCE + 1},
         expect={"issuer_code": "VALID"})
    return Recording(
        "keygen", server,
        {"endpoint": "http://127.0.0.1:3000", "account": ACCOUNT,
         "public_key": Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw().hex()}, cases,
        {"good": "VALID", "unmapped": "a code nobody documented", "echo": "a detail that repeats what was asked",
         "signed": "VALID", "signature": "Keygen-Signature"},
        kept=frozenset({"date"}))


def ask(key: str) -> Ask:
    return Ask("POST", f"/v1/accounts/{ACCOUNT}/licenses/actions/validate-key",
               {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE},
               json.dumps({"meta": {"key": key, "nonce": NONCE}}).encode())
