"""Cryptolens' GetKey, strict, with answers that a key of its own signs."""

from __future__ import annotations

import base64
import dataclasses
import json

from issuers.rsa import SigningKey
from issuers.strict import Answer, Deviation, Question, StrictIssuer

FEATURES = 8


@dataclasses.dataclass
class Licence:
    blocked: bool = False
    # Seconds since 1970.
    expires: int = 1_826_668_800
    trial: bool = False
    features: tuple[int, ...] = ()
    machines: tuple[int, ...] = ()
    limit: int = 3
    signed_after: int = 0
    # Members of the licence, before it is signed, and of the answer, after it.
    changes: dict = dataclasses.field(default_factory=dict)
    answer: dict = dataclasses.field(default_factory=dict)
    raw: Answer | None = None


def refusal(message: str, status: int = 200) -> Answer:
    return Answer.json(status, {"licenseKey": None, "signature": None, "result": 1, "message": message})


class CryptolensServer(StrictIssuer):
    def __init__(self, token: str, product: str, now: int, port: int = 0):
        super().__init__(port)
        self.token, self.product, self.now = token, product, now
        self.signing_key = SigningKey("cryptolens")
        self.licences: dict[str, Licence] = {}

    def put(self, key: str, **licence) -> None:
        self.licences[key] = Licence(**licence)

    def answer(self, question: Question) -> Answer:
        question.require("POST", "/api/key/getkey")
        if question.query:
            raise Deviation("parameters belong into the form")
        form = question.form({"token", "ProductId", "Key", "Sign", "SignMethod", "ModelVersion"})
        wanted = {"Sign": "True", "SignMethod": "1", "ModelVersion": "3"}
        if any(form[name] != value for name, value in wanted.items()):
            raise Deviation("the answer would not be signed as its bytes are")
        if form["token"] != self.token:
            return refusal("Unable to authenticate.")
        licence = self.licences.get(form["Key"])
        if licence is None or form["ProductId"] != self.product:
            return refusal("Could not find the key.")
        if licence.raw is not None:
            return licence.raw
        signed = json.dumps(self.licence(form["Key"], licence)).encode()
        return Answer.json(200, {
            "licenseKey": base64.b64encode(signed).decode(),
            "signature": base64.b64encode(self.signing_key.sign(signed)).decode(),
            "result": 0, "message": "", **licence.answer})

    def licence(self, key: str, licence: Licence) -> dict:
        return {
            "ProductId": int(self.product), "ID": 5, "Key": key, "Created": 1_763_500_000,
            "Expires": licence.expires, "Period": 365,
            **{f"F{number}": number in licence.features for number in range(1, FEATURES + 1)},
            "Notes": "for Synthetic Buyer", "Block": licence.blocked, "GlobalId": 98_765,
            "Customer": {"Id": 1, "Name": "Synthetic Buyer", "Email": "buyer@example.org",
                         "CompanyName": "", "Created": 1_763_500_000},
            "ActivatedMachines": [
                {"Mid": f"synthetic-machine-{number}", "IP": "192.0.2.7", "Time": time,
                 "FriendlyName": "Synthetic laptop", "FloatingExpires": ""}
                for number, time in enumerate(licence.machines)],
            "TrialActivation": licence.trial, "MaxNoOfMachines": licence.limit, "AllowedMachines": "",
            "DataObjects": [], "SignDate": self.now + licence.signed_after, "Reseller": None,
            **licence.changes}
