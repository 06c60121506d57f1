"""Cryptolens: blocked, expired and activated keys, and everything that the signature must catch."""

from __future__ import annotations

import base64
import datetime
import urllib.parse

from issuers import cryptolens_server
from issuers.rsa import SigningKey
from issuers.strict import FORM, JSON
from recordings.plan import ASKED_AT, ECHO, Ask, Case, Recording

PRODUCT = "3646"
TOKEN = "WyIyNTU1IiwibWFyay1DcnlwdG9sZW5zLTc3eFE0MSJd"
NOW = int(datetime.datetime.fromisoformat(ASKED_AT).timestamp())
DAY = 86_400


def recording() -> Recording:
    server = cryptolens_server.CryptolensServer(TOKEN, PRODUCT, NOW)
    stranger = SigningKey("somebody else")
    cases: list[Case] = []

    def case(name: str, state: str, cause: str | None = None, known: bool = True, expect: dict | None = None,
             certainty: str = "authoritative", **licence) -> None:
        key = f"SYNTH-ETIC{chr(65 + len(cases) // 26)}-{chr(65 + len(cases) % 26) * 5}-QK7RM"
        if known:
            server.put(key, **licence)
        meaning = {"state": state, **({"cause": cause} if cause else {"certainty": certainty})}
        cases.append(Case(name, {"key": key}, [ask(key)], {**meaning, **(expect or {}), "requests": 1}))

    case("never activated", "ok_unused", expect={"issuer_code": "0/3"})
    case("without machines", "ok_unused", changes={"ActivatedMachines": None})
    case("machines are not counted", "ok_unused", certainty="derived", limit=0)
    case("activated on one of three", "partially_used", machines=(NOW - 2 * DAY,),
         expect={"issuer_code": "1/3", "issuer_at": "2026-11-18T08:05:00Z"})
    case("activated on three of three", "used", machines=(NOW - DAY, NOW - 2 * DAY, NOW),
         expect={"issuer_code": "3/3", "issuer_at": "2026-11-18T08:05:00Z"})
    case("activated, and no limit", "partially_used", machines=(NOW,), limit=0)
    case("blocked", "revoked", blocked=True, expect={"issuer_code": "Block"})
    case("blocked, expired and activated", "revoked", blocked=True, expires=NOW - DAY, machines=(NOW,), features=(2,))
    case("past its date, without a time limit", "ok_unused", expires=NOW - DAY)
    case("past its date, with a time limit", "expired", certainty="derived", expires=NOW - DAY, features=(2,),
         expect={"issuer_code": "Expires", "expires_on": "2026-11-19"})
    case("before its date, with a time limit", "ok_unused", features=(2,), expect={"expires_on": "2027-11-20"})
    case("past its date, but its time starts when it is activated", "ok_unused", expires=NOW - DAY, features=(2,),
         trial=True)
    case("past its date, and its time started", "expired", certainty="derived", expires=NOW - DAY, features=(2,),
         trial=True, machines=(NOW - DAY,))
    case("unknown", "not_found", certainty="derived", known=False,
         expect={"issuer_code": "1", "issuer_text": "Could not find the key."})
    case("our token is not accepted", "indeterminate", "our_account",
         raw=cryptolens_server.refusal("Unable to authenticate."))
    case("our token is not accepted, with 401", "indeterminate", "our_account",
         raw=cryptolens_server.refusal("Unable to authenticate.", 401))
    case("a refusal nobody documented", "indeterminate", "unmapped",
         raw=cryptolens_server.refusal(f"The key {ECHO} is resting."))
    case("without a signature", "indeterminate", "bad_signature", answer={"signature": None})
    case("with a signature over something else", "indeterminate", "bad_signature",
         answer={"signature": signature(server.signing_key, b"{}")})
    case("with somebody else's signature", "indeterminate", "bad_signature",
         answer={"signature": signature(stranger, b"{}")})
    case("signed an hour ago", "indeterminate", "bad_signature", signed_after=-3600)
    case("signed tomorrow", "indeterminate", "bad_signature", signed_after=DAY)
    case("about another key", "indeterminate", "malformed_answer", changes={"Key": "SYNTH-ETICZ-ZZZZZ-QK7RM"})
    case("about another product", "indeterminate", "malformed_answer", changes={"ProductId": 1})
    case("a licence without a block", "indeterminate", "unmapped", changes={"Block": None})
    return Recording(
        "cryptolens", server,
        {"endpoint": "http://127.0.0.1:3000", "product_id": PRODUCT, "public_key": server.signing_key.xml,
         "time_limited": "F2"}, cases,
        {"good": "never activated", "unmapped": "a refusal nobody documented", "echo": "a refusal nobody documented",
         "signed": "never activated", "signature": "signature"},
        secrets={"access_token": TOKEN})


def signature(key: SigningKey, message: bytes) -> str:
    return base64.b64encode(key.sign(message)).decode()


def ask(key: str) -> Ask:
    form = {"token": TOKEN, "ProductId": PRODUCT, "Key": key, "Sign": "True", "SignMethod": "1", "ModelVersion": "3"}
    return Ask("POST", "/api/key/getkey", {"Content-Type": FORM, "Accept": JSON},
               urllib.parse.urlencode(form).encode())
