"""A card shop of the acg-faka kind, as far as an order can be asked for: strict, synthetic."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import urllib.parse


class AcgFakaShop:
    """`orders` maps a trade number to (status, secret text)."""

    def __init__(self, app_id: str, app_key: str, orders: dict[str, tuple[int, str]]):
        self.app_id, self.app_key, self.orders = app_id, app_key, orders
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("content-length", 0))
                answer = shop.answer(self.path, self.headers.get("content-type", ""),
                                     self.rfile.read(length))
                body = json.dumps(answer, ensure_ascii=False).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def sign(self, fields: dict[str, str]) -> str:
        kept = {name: value for name, value in fields.items() if name != "sign" and value != ""}
        query = urllib.parse.unquote_plus(urllib.parse.urlencode(sorted(kept.items())))
        return hashlib.md5(f"{query}&key={self.app_key}".encode()).hexdigest()

    def answer(self, path: str, content_type: str, body: bytes) -> dict:
        if path != "/shared/commodity/query":
            return {"code": 404, "msg": "no such method"}
        if content_type.split(";")[0] != "application/x-www-form-urlencoded":
            return {"code": 0, "msg": "form expected"}
        pairs = urllib.parse.parse_qsl(body.decode(), strict_parsing=True)
        fields = dict(pairs)
        if len(fields) != len(pairs) or set(fields) != {"app_id", "app_key", "tradeNo", "sign"}:
            return {"code": 0, "msg": "fields"}
        if fields["app_id"] != self.app_id or fields["app_key"] != self.app_key:
            return {"code": 0, "msg": "unknown merchant"}
        if fields["sign"] != self.sign(fields):
            return {"code": 0, "msg": "signature"}
        if fields["tradeNo"] not in self.orders:
            return {"code": 0, "msg": "order not found"}
        status, secret = self.orders[fields["tradeNo"]]
        return {"code": 200, "msg": "success",
                "data": {"secret": secret, "widget": None, "status": status}}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
