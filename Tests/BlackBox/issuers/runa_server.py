"""Runa's redemption API (`GET {payout.url}?format=json`), strict. Everything comes with HTTP 200."""

from __future__ import annotations

import dataclasses

from issuers.strict import Answer, Deviation, Question, StrictIssuer

TEXTS = {
    "RE001": "The e-code has not been found. Please check the link.",
    "RE002": "This account has not been activated or is no longer active. Please contact Runa.",
    "RE003": "The e-code has been invalidated. Please contact Runa.",
    "RE004": "The e-code has expired. You may need to place a new order.",
    "RE005": "The e-code has been cancelled.",
    "RE006": "The e-code could not be redeemed at this time as there was no product stock available.",
    "RE007": "The e-code could not be redeemed at this time as the product is not active.",
    "RE008": "A processing error occurred. Please check the status page and try again later.",
    "RE009": "The request was placed too soon after a processing error.",
    "RE010": "Your account is out of funds.",
    "RE011": "The token was not found. Please check if your token is correct.",
    "RE012": "The order item is invalid. The order item may have been cancelled or refunded.",
    "RE013": "Feature not enabled.",
    "RE999": "An unexpected error occurred. Please contact Runa or try again later.",
}


@dataclasses.dataclass
class Payout:
    code: str | None = None
    pin: str | None = None
    barcode: str | None = None
    kind: str = "code"
    amount: str = "50.00"
    expires: str = "3000-01-01"
    error: tuple[str, str] | None = None
    # What comes in place of everything else.
    raw: Answer | None = None

    def describe(self, url: str) -> dict:
        return {
            "status": "SUCCESS", "order_id": "O-QRXNZBJV",
            "e_code": {
                "type": self.kind, "status": "SUCCESS", "amount": self.amount, "code": self.code, "pin": self.pin,
                "barcode_format": self.barcode and "code-128", "barcode_string": self.barcode,
                "expiry_date": self.expires, "url": url, "error_code": None, "error_string": None},
            "error_code": None, "error_string": None, "error_details": None}


class RunaServer(StrictIssuer):
    def __init__(self, api_key: str | None = None, port: int = 0):
        super().__init__(port)
        self.api_key = api_key
        self.payouts: dict[str, Payout] = {}

    def put(self, token: str, **payout) -> None:
        self.payouts[token] = Payout(**payout)

    def answer(self, question: Question) -> Answer:
        question.require("GET")
        question.require_no_body()
        if question.query != "format=json":
            raise Deviation("format=json is missing, or not alone")
        if question.header("X-Api-Key") != self.api_key:
            raise Deviation("another X-Api-Key")
        if not question.path.startswith("/-/"):
            raise Deviation("another path")
        payout = self.payouts.get(question.path.removeprefix("/-/"))
        if payout is None:
            return refusal("RE011", TEXTS["RE011"])
        if payout.raw is not None:
            return payout.raw
        if payout.error is not None:
            return refusal(*payout.error)
        return Answer.json(200, payout.describe(f"https://spend.runa.io{question.path}"))


def refusal(code: str, text: str) -> Answer:
    return Answer.json(200, {
        "status": "ERROR", "order_id": "O-QRXNZBJV", "error_code": code, "error_string": text, "error_details": None})
