"""An AIR node's Refill (UCIP 5.0), strict, on Python's own xmlrpc. A voucher is spent once, whoever asks."""

from __future__ import annotations

import base64
import dataclasses
import email.utils
import re
import xmlrpc.client

from issuers.strict import Answer, Deviation, Question, StrictIssuer

PATH = "/Air"
MEMBERS = {"originNodeType", "originHostName", "originTransactionID", "originTimeStamp", "subscriberNumberNAI",
           "subscriberNumber", "voucherActivationCode"}
VERSIONS = {"5.0", "4.3"}
INVALID_ACTIVATION_CODE = 119
USED_BY_SAME, USED_BY_OTHER = 107, 108


@dataclasses.dataclass
class Voucher:
    serial: str
    value: str = "5000"
    currency: str = "CNY"
    # What a good voucher is answered with: 0, or a success with notice.
    code: int = 0
    fault: tuple[int, str] | None = None
    # What comes in place of everything else.
    raw: Answer | None = None
    used_by: str | None = None


class AirServer(StrictIssuer):
    def __init__(self, username: str, password: str, port: int = 0):
        super().__init__(port)
        self.credentials = (username, password)
        self.vouchers: dict[str, Voucher] = {}
        # Transaction numbers that were seen: none may come twice.
        self.transactions: set[str] = set()

    def put(self, key: str, **voucher) -> None:
        self.vouchers[key] = Voucher(**voucher)

    def answer(self, question: Question) -> Answer:
        question.require("POST", PATH)
        if question.header("Content-Length") != str(len(question.body)):
            raise Deviation("no exact Content-Length")
        if question.header("Transfer-Encoding") or question.header("Expect"):
            raise Deviation("chunks, or a pause before the body")
        if email.utils.parsedate_to_datetime(question.header("Date") or "") is None:
            raise Deviation("Date is no date")
        if question.basic_credentials() != self.credentials:
            return Answer(401, b"", (("WWW-Authenticate", 'Basic realm="/Air"'),))
        agent = re.fullmatch(r"[^/]+/([^/]+)/[^/]+", question.header("User-Agent") or "")
        if agent is None or agent.group(1) not in VERSIONS:
            return Answer(403, b"")
        return self.refill(*question.struct_call())

    def refill(self, method: str, members: dict) -> Answer:
        if method != "Refill":
            return fault(1004, "Unknown operation")
        if set(members) != MEMBERS:
            raise Deviation("other members than Refill's")
        number, subscriber = members["originTransactionID"], members["subscriberNumber"]
        texts = {
            "originNodeType": r"EXT|ADM|UGW|IVR", "originHostName": r"[!-~]{1,255}", "originTransactionID": r"\d{1,20}",
            "subscriberNumber": r"\d{1,28}", "voucherActivationCode": r"\d{8,20}"}
        for name, pattern in texts.items():
            if not isinstance(members[name], str) or not re.fullmatch(pattern, members[name]):
                raise Deviation(f"{name} is not written as documented")
        stamp = members["originTimeStamp"]
        if not isinstance(stamp, xmlrpc.client.DateTime) or not re.fullmatch(r"\d{8}T\d\d:\d\d:\d\d[+-]\d{4}", stamp.value):
            raise Deviation("originTimeStamp is not written as documented")
        if type(members["subscriberNumberNAI"]) is not int or members["subscriberNumberNAI"] not in {0, 1, 2}:
            raise Deviation("subscriberNumberNAI is none that is documented")
        with self.lock:
            if number in self.transactions:
                raise Deviation("a transaction number comes twice")
            self.transactions.add(number)
            return self.spend(number, subscriber, self.vouchers.get(members["voucherActivationCode"]))

    @staticmethod
    def spend(number: str, subscriber: str, voucher: Voucher | None) -> Answer:
        if voucher is None:
            return response(number, INVALID_ACTIVATION_CODE)
        if voucher.raw is not None:
            return voucher.raw
        if voucher.fault is not None:
            return fault(*voucher.fault)
        if voucher.used_by is not None:
            return response(number, USED_BY_SAME if voucher.used_by == subscriber else USED_BY_OTHER)
        if voucher.code > 2:
            return response(number, voucher.code)
        voucher.used_by = subscriber
        return response(
            number, voucher.code, voucherSerialNumber=voucher.serial, voucherGroup="A1", voucherAgent="7",
            transactionAmount=voucher.value, transactionCurrency=voucher.currency,
            refillInformation={"refillValueTotal": {"refillAmount1": voucher.value}},
            accountAfterRefill={"accountValue1": voucher.value, "serviceClassCurrent": 1})


def response(number: str, code: int, **members) -> Answer:
    said = {"originTransactionID": number, "responseCode": code, **members}
    return Answer.xml(xmlrpc.client.dumps((said,), methodresponse=True))


def fault(code: int, text: str) -> Answer:
    return Answer.xml(xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)))


def call(user: str, password: str, agent: str, members: dict) -> tuple[dict[str, str], bytes]:
    """Headers and body of a Refill, for whoever records."""
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    headers = {"Content-Type": "text/xml", "User-Agent": agent, "Date": email.utils.formatdate(1_795_161_900, usegmt=True),
               "Authorization": f"Basic {credentials}"}
    return headers, xmlrpc.client.dumps((members,), "Refill").encode()
