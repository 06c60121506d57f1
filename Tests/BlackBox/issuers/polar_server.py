"""Polar's licence keys, strict: `validate` of the customer portal and the reading of one licence with a token.

A question that would count a usage is refused, because nobody here may ask one.
"""

from __future__ import annotations

import dataclasses
import uuid

from issuers.strict import Answer, Deviation, Question, StrictIssuer

GONE = "License key is no longer active."
EXPIRED = "License key has expired."
OTHER_BENEFIT = "License key does not match given benefit."
VALIDATE = "/v1/customer-portal/license-keys/validate"
READ = "/v1/license-keys/"
AT = "2026-11-20T08:05:00.000000Z"


@dataclasses.dataclass
class Licence:
    id: str
    status: str = "granted"
    usage: int = 0
    limit_usage: int | None = None
    activations: int = 0
    limit_activations: int | None = None
    expires_at: str | None = "2027-11-20T00:00:00Z"
    expired: bool = False
    validations: int = 0
    benefit_id: str = ""
    # The server shows a licence that it would refuse; read in the documents, never in the source.
    shown: bool = False
    changes: dict = dataclasses.field(default_factory=dict)
    raw: Answer | None = None


def refusal(detail: str = "Not found") -> Answer:
    return Answer.json(404, {"error": "ResourceNotFound", "detail": detail})


class PolarServer(StrictIssuer):
    def __init__(self, organization: str, benefit: str, token: str, port: int = 0):
        super().__init__(port)
        self.organization, self.benefit, self.token = organization, benefit, token
        self.licences: dict[str, Licence] = {}

    def put(self, key: str, **licence) -> None:
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
        self.licences[key] = Licence(identity, **{"benefit_id": self.benefit, **licence})

    def answer(self, question: Question) -> Answer:
        if question.query:
            raise Deviation("parameters belong into the body")
        if question.path == VALIDATE:
            question.require("POST")
            return self.validated(question)
        question.require("GET")
        if not question.path.startswith(READ):
            raise Deviation("another path")
        return self.read(question)

    def validated(self, question: Question) -> Answer:
        if question.header("Authorization") is not None:
            raise Deviation("the customer portal wants no credentials")
        asked = question.json_object({"key": str, "organization_id": str}, {"benefit_id": str})
        for name in ["organization_id", "benefit_id"]:
            try:
                uuid.UUID(asked.get(name, self.benefit))
            except ValueError:
                return Answer.json(422, {"error": "RequestValidationError", "detail": [
                    {"loc": ["body", name], "msg": "Input should be a valid UUID", "type": "uuid_parsing"}]})
        licence = self.licences.get(asked["key"])
        if licence is None or asked["organization_id"] != self.organization:
            return refusal()
        if licence.raw is not None:
            return licence.raw
        if licence.status != "granted" and not licence.shown:
            return refusal(GONE)
        if licence.expired:
            return refusal(EXPIRED)
        if asked.get("benefit_id", licence.benefit_id) != licence.benefit_id:
            return refusal(OTHER_BENEFIT)
        licence.validations += 1
        return Answer.json(200, {**self.shown(asked["key"], licence), "activation": None, **licence.changes})

    def read(self, question: Question) -> Answer:
        question.require_no_body()
        if question.bearer_token() != self.token:
            return Answer.json(401, {"error": "Unauthorized", "detail": "Unauthorized"})
        identity = question.path.removeprefix(READ)
        for key, licence in self.licences.items():
            if licence.id == identity:
                return Answer.json(200, {**self.shown(key, licence), "activations": [
                    {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{number}")), "license_key_id": identity,
                     "label": "Synthetic laptop", "meta": {"owner": "Synthetic Buyer"}, "created_at": AT,
                     "modified_at": None} for number in range(licence.activations)]})
        return refusal()

    def shown(self, key: str, licence: Licence) -> dict:
        customer = {"id": "b5a1c8de-0000-4000-8000-000000000006", "email": "buyer@example.org",
                    "name": "Synthetic Buyer"}
        return {
            "id": licence.id, "created_at": "2026-11-19T21:28:40.000000Z", "modified_at": None,
            "organization_id": self.organization, "user_id": customer["id"], "customer_id": customer["id"],
            "user": {"id": customer["id"], "email": customer["email"], "public_name": "S"},
            "customer": customer, "benefit_id": licence.benefit_id, "key": key,
            "display_key": f"****-{key[-6:]}", "status": licence.status,
            "limit_activations": licence.limit_activations, "usage": licence.usage,
            "limit_usage": licence.limit_usage, "validations": licence.validations,
            "last_validated_at": AT, "expires_at": licence.expires_at}
