"""Gumroad's licence verification (`POST /v2/licenses/verify`), strict.

Beyond the real service it refuses a question that would count a use, because nobody here may ask one.
"""

from __future__ import annotations

import dataclasses

from issuers.strict import Answer, Deviation, Question, StrictIssuer

UNKNOWN = "That license does not exist for the provided product."
DISABLED = "This license key has been disabled."
ENDED = "Access to the purchase associated with this license has expired."


@dataclasses.dataclass
class Licence:
    product_id: str
    uses: int = 0
    # Fields of the purchase that differ from a plain sale.
    purchase: dict = dataclasses.field(default_factory=dict)
    # The text of a 404 in place of an answer about a purchase.
    refusal: str | None = None
    # The customer came with a list from elsewhere and bought nothing here.
    imported: bool = False
    # What comes in place of everything else.
    raw: Answer | None = None


class GumroadServer(StrictIssuer):
    def __init__(self, port: int = 0):
        super().__init__(port)
        self.licences: dict[str, Licence] = {}

    def put(self, key: str, product_id: str, **licence) -> None:
        self.licences[key] = Licence(product_id, **licence)

    def answer(self, question: Question) -> Answer:
        question.require("POST", "/v2/licenses/verify")
        if question.query:
            raise Deviation("parameters belong into the form")
        form = question.form({"product_id", "license_key", "increment_uses_count"})
        if form["increment_uses_count"] != "false":
            raise Deviation("the question counts a use")
        licence = self.licences.get(form["license_key"])
        if licence is not None and licence.raw is not None:
            return licence.raw
        if licence is None or licence.product_id != form["product_id"]:
            return Answer.json(404, {"success": False, "message": UNKNOWN})
        if licence.refusal is not None:
            return Answer.json(404, {"success": False, "message": licence.refusal})
        if licence.imported:
            return Answer.json(200, {
                "success": True, "uses": licence.uses,
                "imported_customer": self.imported_customer()})
        return Answer.json(200, {
            "success": True, "uses": licence.uses,
            "purchase": self.purchase(form["license_key"], licence)})

    @staticmethod
    def purchase(key: str, licence: Licence) -> dict:
        return {
            "seller_id": "kL0psVL2admJSYRNs-OCMg==", "product_id": licence.product_id,
            "product_name": "Synthetic product", "permalink": "synthetic",
            "product_permalink": "https://seller.example/l/synthetic", "email": "buyer@example.org",
            "price": 1900, "gumroad_fee": 190, "currency": "usd", "quantity": 1,
            "discover_fee_charged": False, "can_contact": True, "referrer": "direct",
            "order_number": 524459995, "sale_id": "FO8TXN-dvxYabdavG97Y-Q==",
            "sale_timestamp": "2026-11-19T21:28:40Z", "purchaser_id": "5550321502811",
            "license_key": key, "is_multiseat_license": False, "ip_country": "Germany",
            "is_gift_receiver_purchase": False, "refunded": False, "disputed": False,
            "dispute_won": False, "id": "FO8TXN-dvxYabdavG97Y-Q==",
            "created_at": "2026-11-19T21:28:40Z", "custom_fields": [], "chargebacked": False,
            "subscription_ended_at": None, "subscription_cancelled_at": None,
            "subscription_failed_at": None, **licence.purchase}

    @staticmethod
    def imported_customer() -> dict:
        return {
            "email": "buyer@example.org", "created_at": "2026-11-19T21:28:40Z",
            "timestamp": "1 day ago", "link_name": "Synthetic product",
            "product_name": "Synthetic product", "price": None, "is_imported_customer": True,
            "purchase_email": "buyer@example.org", "id": "FO8TXN-dvxYabdavG97Y-Q==",
            "can_update": None}
