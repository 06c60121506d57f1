"""A voucher server (VSIP 2.4), strict, on Python's own xmlrpc.server, with vouchers that a test puts into it.

    python vsip_server.py PORT USERNAME PASSWORD_FILE VOUCHERS.json

The file is a list of the arguments of `VoucherServer.put`.
"""

from __future__ import annotations

import base64
import collections
import dataclasses
import datetime
import json
import pathlib
import re
import ssl
import sys
import threading
import time
import xmlrpc.client
import xmlrpc.server

# Run as a script, it is found beside its package.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from issuers.strict import Answer, Deviation, Question, StrictIssuer, check_names  # noqa: E402

PATH = "/RPC2"
SERIAL, CODE = r"[0-9A-Za-z]{8,20}", r"[0-9]{8,20}"
# How a member is written.
MEMBERS = {"serialNumber": SERIAL, "serialNumberFirst": SERIAL, "serialNumberLast": SERIAL, "activationCode": CODE,
           "networkOperatorId": r".+"}
RESPONSE_OK = 0
RESPONSE_UNKNOWN_VOUCHER = 10
FAULT_UNKNOWN_OPERATION = 1004


def stamp(instant: datetime.datetime) -> xmlrpc.client.DateTime:
    """`yyyyMMddTHH:mm:ss+ZZZZ`, as the voucher server writes it."""
    return xmlrpc.client.DateTime(instant.strftime("%Y%m%dT%H:%M:%S%z"))


@dataclasses.dataclass
class Voucher:
    serial: str
    state: str = "available"
    response_code: int = RESPONSE_OK
    value: str = "5000"
    currency: str = "CNY"
    expires: datetime.datetime = datetime.datetime(2035, 12, 31, tzinfo=datetime.timezone.utc)
    expired: bool = False
    history: list[tuple[str, datetime.datetime]] = dataclasses.field(default_factory=list)
    fault: tuple[int, str] | None = None
    # What GetVoucherHistory alone is refused with.
    history_fault: tuple[int, str] | None = None
    # What comes in place of everything else.
    raw: Answer | None = None
    delay: float = 0

    def details(self) -> dict:
        if self.response_code != RESPONSE_OK:
            return {"responseCode": self.response_code}
        answer = {
            "responseCode": RESPONSE_OK, "state": self.state, "value": self.value,
            "currency": self.currency, "expiryDate": stamp(self.expires), "voucherGroup": "A1",
            "batchId": "1001", "agent": "7", "serialNumber": self.serial,
        }
        if self.expired:
            answer["voucherExpired"] = True
        if self.history:
            answer["timestamp"] = stamp(self.history[-1][1])
        return answer

    def records(self) -> list[dict]:
        records = []
        for state, at in self.history:
            record = {"newState": state, "timestamp": stamp(at), "operatorId": "op1"}
            # The number stands for the word with older servers.
            if state in {"used", "1"}:
                record |= {"subscriberId": "13800000000", "transactionId": "77"}
            records.append(record)
        return records


class VoucherServer(StrictIssuer):
    def __init__(self, username: str, password: str, port: int = 0, tls: ssl.SSLContext | None = None):
        self.username, self.password = username, password
        self.vouchers: dict[str, Voucher] = {}
        self.asked: collections.Counter[str] = collections.Counter()
        # When each GetVoucherDetails came, on the monotonic clock.
        self.arrivals: list[float] = []
        self.dispatcher = xmlrpc.server.SimpleXMLRPCDispatcher()
        self.dispatcher.register_function(self._details, "GetVoucherDetails")
        self.dispatcher.register_function(self._history, "GetVoucherHistory")
        self.dispatcher.register_function(self._load_check, "LoadVoucherCheck")
        super().__init__(port, tls)

    def put(self, key: str, **voucher) -> None:
        """Puts a voucher under its activation code, or replaces it."""
        self.vouchers[key] = Voucher(**voucher)

    def calls(self, key: str) -> int:
        """How often GetVoucherDetails was asked about this activation code."""
        return self.asked[key]

    @property
    def total(self) -> int:
        return sum(self.asked.values())

    def answer(self, question: Question) -> Answer:
        question.require("POST", PATH)
        if question.query:
            raise Deviation("parameters belong into the call")
        if question.basic_credentials() != (self.username, self.password):
            return Answer(401, b"", (("WWW-Authenticate", 'Basic realm="VS"'),))
        method, members = question.struct_call()
        if method not in self.dispatcher.funcs:
            fault = xmlrpc.client.Fault(FAULT_UNKNOWN_OPERATION, "Unknown operation")
            return Answer.xml(xmlrpc.client.dumps(fault))
        check(method, members)
        voucher = self._find(members)
        if voucher is not None and voucher.raw is not None:
            return voucher.raw
        return Answer.xml(self.dispatcher._marshaled_dispatch(question.body).decode("utf-8"))

    def _find(self, members: dict) -> Voucher | None:
        if "activationCode" in members:
            return self.vouchers.get(members["activationCode"])
        serial = members.get("serialNumber")
        return next((voucher for voucher in self.vouchers.values() if voucher.serial == serial), None)

    def _asked(self, members: dict) -> Voucher | None:
        """The voucher that is asked about, once its time is over, or its fault."""
        found = self._find(members)
        if found is not None:
            time.sleep(found.delay)
            if found.fault is not None:
                raise xmlrpc.client.Fault(*found.fault)
        return found

    def _details(self, members: dict) -> dict:
        with self.lock:
            self.asked[members.get("activationCode", "")] += 1
            self.arrivals.append(time.monotonic())
        found = self._asked(members)
        return {"responseCode": RESPONSE_UNKNOWN_VOUCHER} if found is None else found.details()

    def _history(self, members: dict) -> dict:
        found = self._asked(members)
        if found is None:
            return {"responseCode": RESPONSE_UNKNOWN_VOUCHER}
        if found.history_fault is not None:
            raise xmlrpc.client.Fault(*found.history_fault)
        answer = found.details()
        if answer["responseCode"] == RESPONSE_OK:
            answer["transactionRecords"] = found.records()
        return answer

    def _load_check(self, members: dict) -> dict:
        first, last = members["serialNumberFirst"], members["serialNumberLast"]
        loaded = [v for v in self.vouchers.values() if len(v.serial) == len(first) and first <= v.serial <= last]
        return {"responseCode": RESPONSE_OK, "numberOfVouchers": len(loaded)}


def check(method: str, members: dict) -> None:
    if method == "LoadVoucherCheck":
        required = {"serialNumberFirst", "serialNumberLast"}
    else:
        required = {"activationCode"} if "activationCode" in members else {"serialNumber"}
    check_names(set(members), required, {"networkOperatorId"})
    for name, value in members.items():
        if not isinstance(value, str) or not re.fullmatch(MEMBERS[name], value):
            raise Deviation(f"{name} is not written as documented")


def ask(username: str, password: str, method: str, members: dict) -> tuple[dict[str, str], bytes]:
    """Headers and body of a call, for whoever records."""
    credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
    return ({"Content-Type": "text/xml", "Authorization": f"Basic {credentials}"},
            xmlrpc.client.dumps((members,), method).encode())


def main() -> None:
    port, username, password_file, vouchers = sys.argv[1:]
    server = VoucherServer(username, pathlib.Path(password_file).read_text().strip(), int(port))
    for entry in json.loads(pathlib.Path(vouchers).read_text()):
        if "expires" in entry:
            entry["expires"] = datetime.datetime.fromisoformat(entry["expires"])
        entry["history"] = [(state, datetime.datetime.fromisoformat(at))
                            for state, at in entry.get("history", [])]
        server.put(**entry)
    print(server.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
