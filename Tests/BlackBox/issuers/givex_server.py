"""Givex's `dc_994` (balance of a card), strict: JSON-RPC 2.0 whose parameters and results go by their places."""

from __future__ import annotations

import dataclasses

from issuers.strict import Answer, Deviation, Question, StrictIssuer

PATH = "/"
METHOD = "dc_994"


@dataclasses.dataclass
class Card:
    pin: str
    balance: str = "50.00"
    # Code and reason in place of a balance.
    refusal: tuple[str, str] | None = None
    # Further places of the result: expiry, points, currency.
    more: list[str] = dataclasses.field(default_factory=list)
    # What comes in place of everything else; a callable gets the transaction code.
    raw: object = None


class GivexServer(StrictIssuer):
    def __init__(self, user: str, password: str, port: int = 0):
        super().__init__(port)
        self.user, self.password = user, password
        self.cards: dict[str, Card] = {}

    def put(self, number: str, **card) -> None:
        self.cards[number] = Card(**card)

    def answer(self, question: Question) -> Answer:
        question.require("POST", PATH)
        if question.query:
            raise Deviation("parameters where none belong")
        call = question.json_object({"jsonrpc": str, "method": str, "id": str, "params": list})
        if call["jsonrpc"] != "2.0":
            raise Deviation("another version of JSON-RPC")
        if call["method"] != METHOD:
            return self.fault(call["id"], -32601, "Method not found")
        parameters = call["params"]
        if len(parameters) != 6 or not all(isinstance(one, str) for one in parameters):
            raise Deviation("dc_994 takes six texts")
        language, code, user, password, number, pin = parameters
        if language != "en" or not code:
            raise Deviation("another language, or no transaction code")
        if (user, password) != (self.user, self.password):
            return self.result(call["id"], [code, "1", "Invalid user ID/pswd"])
        card = self.cards.get(number)
        if card is None:
            return self.result(call["id"], [code, "2", "Cert not exist"])
        if card.pin != pin:
            return self.result(call["id"], [code, "41", "Invalid security code"])
        if card.raw is not None:
            return card.raw(code) if callable(card.raw) else card.raw
        if card.refusal is not None:
            return self.result(call["id"], [code, *card.refusal])
        return self.result(call["id"], [code, "0", card.balance, *card.more])

    @staticmethod
    def result(number: str, places: list) -> Answer:
        return Answer.json(200, {"jsonrpc": "2.0", "id": number, "result": places})

    @staticmethod
    def fault(number: str, code: int, message: str) -> Answer:
        return Answer.json(200, {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}})
