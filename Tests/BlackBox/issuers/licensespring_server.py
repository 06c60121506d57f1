"""LicenseSpring's `GET /api/v4/check_license`, strict: the request's HMAC is checked, answers are signed by a key of its own."""

from __future__ import annotations

import base64
import dataclasses
import email.utils
import hashlib
import hmac
import json
import re
import time

from issuers.rsa import SigningKey
from issuers.strict import Answer, Deviation, Question, StrictIssuer

PATH = "/api/v4/check_license"
REQUIRED = {"hardware_id", "product", "license_key"}
OPTIONAL = {"license_id", "include_expired_features", "env", "os_ver", "hostname", "os_hostname", "ip", "ip_local",
            "app_ver", "sdk_ver", "mac_address", "is_vm", "vm_info", "bundle_code"}
AUTHORIZATION = re.compile(
    r'algorithm="hmac-sha256", ?headers="date", ?signature="([A-Za-z0-9+/=]+)", ?api[kK]ey="([^"]+)"')
TOLERANCE_SECONDS = 15 * 60


@dataclasses.dataclass
class Licence:
    activated: int = 1
    limit: int = 3
    unlimited: bool = False
    enabled: bool = True
    expired: bool = False
    validity: str | None = "2027-11-20T00:00:00.000Z"
    product: str | None = None
    # What comes in place of the licence: status and code.
    refusal: tuple[int, str] | None = None
    message: str = "Synthetic message."
    signed_refusal: bool = False
    # The header in place of the right one; an empty one leaves it out.
    signature: str | None = None
    changes: dict = dataclasses.field(default_factory=dict)


class LicenseSpringServer(StrictIssuer):
    def __init__(self, api_key: str, shared_key: str, product: str, now: int | None = None, port: int = 0):
        super().__init__(port)
        self.api_key, self.shared_key, self.product, self.now = api_key, shared_key, product, now
        self.signing_key = SigningKey("licensespring")
        self.licences: dict[str, Licence] = {}

    def put(self, key: str, **licence) -> None:
        self.licences[key] = Licence(**licence)

    def answer(self, question: Question) -> Answer:
        question.require("GET", PATH)
        question.require_no_body()
        asked = question.parameters(REQUIRED, OPTIONAL)
        if refusal := self.unauthorised(question):
            return self.error(*refusal)
        if asked["product"] != self.product:
            return self.error(400, "unknown_product")
        licence = self.licences.get(asked["license_key"])
        if licence is None:
            return self.error(400, "license_not_found")
        if licence.refusal is not None:
            return self.error(*licence.refusal, message=licence.message, signed=licence.signed_refusal,
                              signature=licence.signature)
        return self.said(200, self.licence(asked["license_key"], licence), True, licence.signature)

    def unauthorised(self, question: Question) -> tuple[int, str] | None:
        date = question.header("Date")
        written = question.header("Authorization")
        if date is None or written is None:
            return 400, "missing_headers"
        fields = AUTHORIZATION.fullmatch(written)
        if fields is None:
            return 400, "authorization_invalid_headers"
        if email.utils.format_datetime(email.utils.parsedate_to_datetime(date), usegmt=True) != date:
            raise Deviation("the date is not written as RFC 7231 wants it")
        now = time.time() if self.now is None else self.now
        if abs(email.utils.parsedate_to_datetime(date).timestamp() - now) > TOLERANCE_SECONDS:
            return 401, "signature_mismatch"
        wanted = hmac.digest(self.shared_key.encode(), f"licenseSpring\ndate: {date}".encode(), hashlib.sha256)
        if not hmac.compare_digest(base64.b64decode(fields[1]), wanted):
            return 401, "signature_mismatch"
        return None if fields[2] == self.api_key else (400, "invalid_api_key")

    def error(self, status: int, code: str, message: str = "Synthetic message.", signed: bool = False,
              signature: str | None = None) -> Answer:
        return self.said(status, {"status": status, "code": code, "message": message}, signed, signature)

    def said(self, status: int, value: dict, signed: bool, signature: str | None) -> Answer:
        body = json.dumps(value, separators=(",", ":"))
        right = base64.b64encode(self.signing_key.sign(body.encode())).decode() if signed else ""
        header = right if signature is None else signature
        return Answer(status, body.encode(), (
            ("Content-Type", "application/json"), *([("LicenseSignature", header)] if header else [])))

    def licence(self, key: str, licence: Licence) -> dict:
        return {
            "id": 1_673_449_189_923_780, "license_key": key, "license_type": "perpetual",
            "license_signature": "c3ludGhldGlj", "validity_period": licence.validity, "is_trial": False,
            "license_active": True, "license_enabled": licence.enabled, "is_expired": licence.expired,
            "max_activations": licence.limit, "times_activated": licence.activated,
            "allow_unlimited_activations": licence.unlimited, "transfer_count": 0, "max_transfers": 0,
            "is_floating": False, "is_floating_cloud": False, "prevent_vm": False, "start_date": None,
            "maintenance_period": None, "product_features": [], "custom_fields": [
                {"name": "seat", "data_type": None, "value": "Synthetic Buyer"}], "metadata": {},
            "customer": {"email": "buyer@example.org", "first_name": "Synthetic", "last_name": "Buyer",
                         "company_name": "", "reference": "", "phone": ""},
            "product_details": {
                "product_id": 1_586_066_454_419_254, "product_name": "Synthetic product",
                "short_code": licence.product or self.product, "authorization_method": "license-key", "metadata": {}},
            **licence.changes}
