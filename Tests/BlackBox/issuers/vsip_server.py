"""A voucher server (VSIP 2.4) on Python's own xmlrpc.server, with vouchers that a test puts into it.

    python vsip_server.py PORT USERNAME PASSWORD_FILE VOUCHERS.json

The file is a list of the arguments of `VoucherServer.put`.
"""

from __future__ import annotations

import base64
import collections
import dataclasses
import datetime
import hmac
import json
import pathlib
import socketserver
import ssl
import sys
import threading
import time
import xmlrpc.client
import xmlrpc.server

RESPONSE_OK = 0
RESPONSE_UNKNOWN_VOUCHER = 10
FAULT_MANDATORY_MEMBER_MISSING = 1001
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
            if state == "used":
                record["subscriberId"] = "13800000000"
            records.append(record)
        return records


class _Server(socketserver.ThreadingMixIn, xmlrpc.server.SimpleXMLRPCServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that is killed breaks its connections; that is no news in a test."""

    def _dispatch(self, method, params):
        if method not in self.funcs:
            raise xmlrpc.client.Fault(FAULT_UNKNOWN_OPERATION, "Unknown operation")
        return self.funcs[method](*params)


class VoucherServer:
    """Listens on 127.0.0.1 from the start; `port` 0 takes any free one. With `tls` it is HTTPS."""

    def __init__(self, username: str, password: str, port: int = 0,
                 tls: ssl.SSLContext | None = None):
        self.username, self.password = username, password
        self.scheme = "http" if tls is None else "https"
        self.vouchers: dict[str, Voucher] = {}
        self.asked: collections.Counter[str] = collections.Counter()
        self.lock = threading.Lock()
        expected = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()

        class Handler(xmlrpc.server.SimpleXMLRPCRequestHandler):
            rpc_paths = ("/RPC2",)
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                if hmac.compare_digest(self.headers.get("Authorization", ""), expected):
                    return super().do_POST()
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="VS"')
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = _Server(("127.0.0.1", port), Handler, logRequests=False, allow_none=False)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.register_function(self._details, "GetVoucherDetails")
        self.server.register_function(self._history, "GetVoucherHistory")
        self.server.register_function(self._load_check, "LoadVoucherCheck")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def put(self, key: str, **voucher) -> None:
        """Puts a voucher under its activation code, or replaces it."""
        self.vouchers[key] = Voucher(**voucher)

    def calls(self, key: str) -> int:
        """How often GetVoucherDetails was asked about this activation code."""
        return self.asked[key]

    @property
    def total(self) -> int:
        return sum(self.asked.values())

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _find(self, members: dict) -> Voucher | None:
        wanted = [name for name in ("serialNumber", "activationCode") if name in members]
        if len(wanted) != 1:
            raise xmlrpc.client.Fault(FAULT_MANDATORY_MEMBER_MISSING, "Mandatory member missing")
        if wanted == ["activationCode"]:
            found = self.vouchers.get(members["activationCode"])
        else:
            serial = members["serialNumber"]
            found = next((v for v in self.vouchers.values() if v.serial == serial), None)
        if found is not None:
            time.sleep(found.delay)
            if found.fault is not None:
                raise xmlrpc.client.Fault(*found.fault)
        return found

    def _details(self, members: dict) -> dict:
        with self.lock:
            self.asked[members.get("activationCode", "")] += 1
        found = self._find(members)
        return {"responseCode": RESPONSE_UNKNOWN_VOUCHER} if found is None else found.details()

    def _history(self, members: dict) -> dict:
        found = self._find(members)
        if found is None:
            return {"responseCode": RESPONSE_UNKNOWN_VOUCHER}
        answer = found.details()
        if answer["responseCode"] == RESPONSE_OK:
            answer["transactionRecords"] = found.records()
        return answer

    def _load_check(self, members: dict) -> dict:
        if set(members) - {"networkOperatorId"} != {"serialNumberFirst", "serialNumberLast"}:
            raise xmlrpc.client.Fault(FAULT_MANDATORY_MEMBER_MISSING, "Mandatory member missing")
        first, last = members["serialNumberFirst"], members["serialNumberLast"]
        loaded = [v for v in self.vouchers.values() if len(v.serial) == len(first) and first <= v.serial <= last]
        return {"responseCode": RESPONSE_OK, "numberOfVouchers": len(loaded)}


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
