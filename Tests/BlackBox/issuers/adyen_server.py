"""Adyen's Stored Value API, `checkBalance` of version 46, strict."""

from __future__ import annotations

import dataclasses

from issuers.strict import Answer, Question, StrictIssuer, check_members

PATH = "/pal/servlet/StoredValue/v46/checkBalance"


@dataclasses.dataclass
class Card:
    security_code: str
    result: str = "Success"
    balance: tuple[int, str] | None = (5000, "EUR")
    refusal: str | None = None
    # What comes in place of everything else.
    raw: Answer | None = None


class AdyenServer(StrictIssuer):
    def __init__(self, api_key: str, merchant: str, brand: str, port: int = 0):
        super().__init__(port)
        self.api_key, self.merchant, self.brand = api_key, merchant, brand
        self.cards: dict[str, Card] = {}

    def put(self, number: str, **card) -> None:
        self.cards[number] = Card(**card)

    def answer(self, question: Question) -> Answer:
        question.require("POST", PATH)
        call = question.json_object({"merchantAccount": str, "reference": str, "paymentMethod": dict})
        method = call["paymentMethod"]
        check_members(method, {"type": str, "number": str, "securityCode": str}, {})
        if question.header("X-API-Key") != self.api_key:
            return error(401, "000", "HTTP Status Response - Unauthorized", "security")
        if call["merchantAccount"] != self.merchant:
            return error(403, "901", "Invalid Merchant Account", "security")
        if method["type"] != self.brand or not call["reference"]:
            return error(422, "161", "Invalid payment method", "validation")
        card = self.cards.get(method["number"])
        if card is None:
            return result("Refused", "Invalid Card Number")
        if card.raw is not None:
            return card.raw
        if card.security_code != method["securityCode"]:
            return result("Refused", "CVC Declined")
        return result(card.result, card.refusal, card.balance)


def result(code: str, refusal: str | None = None, balance: tuple[int, str] | None = None) -> Answer:
    answer: dict = {"pspReference": "NC6HT9CRT65ZGN82", "resultCode": code}
    if balance is not None and refusal is None:
        answer["currentBalance"] = {"value": balance[0], "currency": balance[1]}
    if refusal is not None:
        answer["refusalReason"] = refusal
    return Answer.json(200, answer, content_type="application/json;charset=utf-8")


def error(status: int, code: str, message: str, kind: str) -> Answer:
    return Answer.json(status, {"status": status, "errorCode": code, "message": message, "errorType": kind})
