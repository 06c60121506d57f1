"""`GET /wp-json/lmfwc/v2/licenses/{key}` of License Manager for WooCommerce, strict."""

from __future__ import annotations

import dataclasses
import re

from issuers.strict import Answer, Deviation, Question, StrictIssuer

PREFIX = "/wp-json/lmfwc/v2/licenses/"
# As WordPress writes it.
MEDIA_TYPE = "application/json; charset=UTF-8"


def error(status: int, code: str, message: str) -> Answer:
    return Answer.json(status, {"code": code, "message": message, "data": {"status": status}},
                       content_type=MEDIA_TYPE)


@dataclasses.dataclass
class Licence:
    status: int = 2
    activated: int | None = None
    limit: int | None = 3
    expires_at: str | None = "2027-11-20 00:00:00"
    product: int | None = 7
    # Members of `data` that differ from what follows from the rest.
    changes: dict = dataclasses.field(default_factory=dict)
    raw: Answer | None = None


class LMFWCServer(StrictIssuer):
    def __init__(self, user: str, password: str, port: int = 0):
        super().__init__(port)
        self.credentials = (user, password)
        self.licences: dict[str, Licence] = {}

    def put(self, key: str, **licence) -> None:
        self.licences[key] = Licence(**licence)

    def answer(self, question: Question) -> Answer:
        question.require("GET")
        question.require_no_body()
        if question.query:
            raise Deviation("credentials do not belong into the query")
        key = question.path.removeprefix(PREFIX)
        if key == question.path or not re.fullmatch(r"[A-Za-z0-9_-]+", key):
            raise Deviation("another path")
        if question.basic_credentials() != self.credentials:
            return error(401, "lmfwc_rest_authentication_error", "Consumer secret is invalid.")
        licence = self.licences.get(key)
        if licence is None:
            return error(404, "lmfwc_rest_data_error", f"License Key: {key} could not be found.")
        if licence.raw is not None:
            return licence.raw
        return Answer.json(200, {"success": True, "data": {
            "id": 23, "orderId": 17, "productId": licence.product, "userId": 5, "licenseKey": key,
            "expiresAt": licence.expires_at, "validFor": None, "source": 1, "status": licence.status,
            "timesActivated": licence.activated, "timesActivatedMax": licence.limit,
            "createdAt": "2026-11-19 21:28:40", "createdBy": 1, "updatedAt": "2026-11-19 21:28:40",
            "updatedBy": 1, **licence.changes}}, content_type=MEDIA_TYPE)
