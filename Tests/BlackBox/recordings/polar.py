"""Polar: every refusal that the server's source gives, and usage and activations at every count."""

from __future__ import annotations

import json
import uuid

from issuers import polar_server
from issuers.strict import JSON, Answer
from recordings.plan import ECHO, Ask, Case, Recording

ORGANIZATION = "1dbfc517-0000-4000-8000-000000000001"
BENEFIT = "397a17aa-0000-4000-8000-000000000002"
OTHER_BENEFIT = "397a17aa-0000-4000-8000-000000000003"
TOKEN = "mark-Polar-Token-77xQ41"


def recording() -> Recording:
    server = polar_server.PolarServer(ORGANIZATION, BENEFIT, TOKEN)
    cases: list[Case] = []

    def case(name: str, state: str, cause: str | None = None, known: bool = True, counted: bool = False,
             expect: dict | None = None, **licence) -> None:
        key = f"SYNTHETIC-{str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()}"
        if known:
            server.put(key, **licence)
        asks = [validate(key)] + ([read(server.licences[key].id)] if counted else [])
        meaning = {"state": state, **({"cause": cause} if cause else {"certainty": "authoritative"})}
        cases.append(Case(name, {"key": key}, asks, {**meaning, **(expect or {}), "requests": len(asks)}))

    fresh = {"issuer_code": "granted", "issuer_text": "validations=1", "expires_on": "2027-11-20"}
    case("granted", "ok_unused", expect=fresh)
    case("granted, looked at before", "ok_unused", validations=4, expect={"issuer_text": "validations=5"})
    case("granted, without expiry", "ok_unused", expires_at=None)
    case("used without a limit", "partially_used", usage=12)
    case("used below the limit", "partially_used", usage=1, limit_usage=3)
    case("used up", "used", usage=3, limit_usage=3)
    case("used up, and activations to count", "used", usage=3, limit_usage=3, limit_activations=5)
    case("not activated", "ok_unused", counted=True, limit_activations=2)
    case("activated once", "partially_used", counted=True, limit_activations=2, activations=1)
    case("activated on every device", "used", counted=True, limit_activations=2, activations=2)
    case("activated and used", "partially_used", counted=True, limit_activations=2, activations=1, usage=1)
    case("shown as revoked", "revoked", status="revoked", shown=True)
    case("shown as disabled", "revoked", status="disabled", shown=True)
    refused = {"issuer_code": "ResourceNotFound"}
    case("unknown", "not_found", known=False, expect={**refused, "issuer_text": "Not found"})
    case("revoked", "revoked", status="revoked", expect={**refused, "issuer_text": polar_server.GONE})
    case("disabled", "revoked", status="disabled", expect={**refused, "issuer_text": polar_server.GONE})
    case("expired", "expired", expired=True, expect={**refused, "issuer_text": polar_server.EXPIRED})
    case("of another benefit", "wrong_product", benefit_id=OTHER_BENEFIT,
         expect={**refused, "issuer_text": polar_server.OTHER_BENEFIT})
    case("a refusal with another detail", "not_found", raw=polar_server.refusal("License key is somewhere else."))
    case("a wrong address", "indeterminate", "unmapped", raw=Answer.json(404, {"detail": "Not Found"}))
    case("a page in its place", "indeterminate", "malformed_answer", raw=Answer.text(404, "<p>lost</p>", "text/html"))
    case("a request that is not understood", "indeterminate", "our_request",
         raw=Answer.json(422, {"error": "RequestValidationError", "detail": [{"msg": "Input should be a valid UUID"}]}))
    case("a usage limit that nobody asked about", "indeterminate", "unmapped",
         raw=Answer.json(400, {"error": "BadRequest", "detail": "License key only has 0 more usages."}))
    case("a status nobody documented", "indeterminate", "unmapped", status="resting", shown=True,
         changes={"detail": f"The key {ECHO} is resting."}, expect={"issuer_code": "resting"})
    case("a usage that is no number", "indeterminate", "unmapped", changes={"usage": "0"})
    case("about another key", "indeterminate", "malformed_answer", changes={"key": "SYNTHETIC-FFFFFFFF"})
    return Recording(
        "polar", server,
        {"endpoint": "http://127.0.0.1:3000", "organization_id": ORGANIZATION, "benefit_id": BENEFIT}, cases,
        {"good": "granted", "unmapped": "a status nobody documented", "echo": "a status nobody documented"},
        secrets={"access_token": TOKEN})


def validate(key: str) -> Ask:
    body = {"key": key, "organization_id": ORGANIZATION, "benefit_id": BENEFIT}
    return Ask("POST", polar_server.VALIDATE, {"Content-Type": JSON, "Accept": JSON}, json.dumps(body).encode())


def read(identity: str) -> Ask:
    return Ask("GET", polar_server.READ + identity, {"Authorization": f"Bearer {TOKEN}", "Accept": JSON})
