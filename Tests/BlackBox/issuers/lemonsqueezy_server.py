"""Lemon Squeezy's `POST /v1/licenses/validate`, strict: no instance may be named, because a seat would be looked at."""

from __future__ import annotations

import dataclasses

from issuers.strict import Answer, Deviation, Question, StrictIssuer

UNKNOWN = "license_key not found."


@dataclasses.dataclass
class Licence:
    status: str = "inactive"
    usage: int = 0
    limit: int | None = 3
    expires_at: str | None = "2027-11-20T00:00:00.000000Z"
    test_mode: bool = False
    store_id: int = 1
    product_id: int = 11
    variant_id: int = 111
    # The status code of an expired or disabled key; both were seen.
    refusal: int = 400
    # Members of the answer that differ from what follows from the rest.
    changes: dict = dataclasses.field(default_factory=dict)
    raw: Answer | None = None


class LemonSqueezyServer(StrictIssuer):
    def __init__(self, port: int = 0):
        super().__init__(port)
        self.licences: dict[str, Licence] = {}

    def put(self, key: str, **licence) -> None:
        self.licences[key] = Licence(**licence)

    def answer(self, question: Question) -> Answer:
        question.require("POST", "/v1/licenses/validate")
        if question.query:
            raise Deviation("parameters belong into the form")
        if question.header("Accept") != "application/json":
            raise Deviation("Accept must be application/json")
        key = question.form({"license_key"})["license_key"]
        licence = self.licences.get(key)
        if licence is None:
            return Answer.json(404, {"valid": False, "error": UNKNOWN, "license_key": None, "meta": None})
        if licence.raw is not None:
            return licence.raw
        refused = {"expired": "This license key is expired.", "disabled": "This license key is disabled."}
        error = refused.get(licence.status)
        return Answer.json(licence.refusal if error else 200, {
            "valid": error is None, "error": error,
            "license_key": {
                "id": 1, "status": licence.status, "key": key, "activation_limit": licence.limit,
                "activation_usage": licence.usage, "created_at": "2026-11-19T21:28:40.000000Z",
                "expires_at": licence.expires_at, "test_mode": licence.test_mode},
            "instance": None,
            "meta": {
                "store_id": licence.store_id, "order_id": 2, "order_item_id": 3,
                "product_id": licence.product_id, "product_name": "Synthetic product",
                "variant_id": licence.variant_id, "variant_name": "Default", "customer_id": 6,
                "customer_name": "Synthetic Buyer", "customer_email": "buyer@example.org"},
            **licence.changes})
