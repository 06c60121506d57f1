"""CK象's checkCard and checkCardResult, as strict as its document.

    python ckxiang_server.py PORT CONFIG.json

CONFIG: app_id, app_secret, signed_fields (all, or non_empty), cards: {card: {…}}, a card being what is submitted (`number` or
`number-pin`). A card's script: `statuses` (one for each poll, the last one again), `message`, `code` and `msg` (of the answer
to checkCard), `silent` (taken, never answered), `other_card` (the result names another card).
"""

from __future__ import annotations

import collections
import json

import aggregator

PRODUCTS = {"sephora", "Razer", "iTunes", "amazon", "xBox", "nike", "nd"}
WITH_PIN = {"sephora", "nike", "nd"}
SUBMISSION = ["cards", "productMark", "regionId", "regionName", "autoType", "timestamp", "sign"]
POLL = ["cardNo", "pinCode", "productMark", "timestamp", "sign"]


class CKXiangServer(aggregator.AggregatorServer):
    def __init__(self, config: dict, port: int = 0):
        self.polls: collections.Counter[str] = collections.Counter()
        super().__init__(config, port)

    def sign(self, fields: dict) -> str:
        text = ""
        for name in sorted(fields):
            value = fields[name]
            if self.config.get("signed_fields") == "non_empty" and value in ("", 0, None, []):
                continue
            if isinstance(value, list):
                value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            text += f"{name}{value}"
        return aggregator.md5(self.config["app_secret"] + text + self.config["app_secret"])

    @property
    def des_key(self) -> bytes:
        return self.config["app_secret"].encode()[:8]

    def state(self) -> dict:
        return super().state() | {"polls": dict(self.polls)}

    @staticmethod
    def answer(code: int, msg: str, data=None, status: int = 200) -> tuple:
        body = json.dumps({"code": code, "msg": msg, "data": data}, ensure_ascii=False).encode()
        return status, "application/json;charset=UTF-8", body

    def handle(self, method, path, headers, body):
        operation = path.removeprefix("/api/userApiManage/")
        if method != "POST" or operation not in ("checkCard", "checkCardResult"):
            return self.answer(404, "not found", status=404)
        if headers.get("Content-Type") != "application/json" or headers.get("appId") != self.config["app_id"]:
            self.refuse("headers")
            return self.answer(500, "appId错误")
        try:
            outer = json.loads(body)
            inner = json.loads(aggregator.des(bytes.fromhex(outer["data"]), self.des_key, decrypt=True).decode())
        except (ValueError, KeyError, TypeError):
            self.refuse("data")
            return self.answer(500, "解密失败")
        signature = inner.get("sign")
        if list(outer) != ["data"] or signature != self.sign({n: v for n, v in inner.items() if n != "sign"}):
            self.refuse("sign")
            return self.answer(500, "验签失败")
        names = SUBMISSION if operation == "checkCard" else POLL
        if not isinstance(inner.get("timestamp"), int) or inner.get("productMark") not in PRODUCTS \
                or [n for n in names if n in inner] != list(inner):
            self.refuse("fields")
            return self.answer(500, "参数错误")
        return self.submit(inner) if operation == "checkCard" else self.poll(inner)

    def submit(self, fields: dict) -> tuple | None:
        cards = fields["cards"]
        if not isinstance(cards, list) or len(cards) != 1 or ("-" in cards[0]) != (fields["productMark"] in WITH_PIN):
            self.refuse("cards")
            return self.answer(500, "卡号格式错误")
        script = self.cards.get(cards[0], {})
        code = script.get("code", 200)
        with self.lock:
            if code == 200:
                self.submissions[cards[0]] += 1
        if script.get("silent"):
            return None
        return self.answer(code, script.get("msg", "操作成功"), True if code == 200 else None)

    def poll(self, fields: dict) -> tuple:
        card = fields["cardNo"] + ("-" + fields["pinCode"] if fields["pinCode"] else "")
        with self.lock:
            if card not in self.submissions:
                return self.answer(500, "卡号不存在")
            count = self.polls[card]
            self.polls[card] += 1
        script = self.cards.get(card, {})
        statuses = script.get("statuses", [0, 1, 3])
        result = {
            "cardNo": "OTHER" if script.get("other_card") else fields["cardNo"], "pinCode": fields["pinCode"],
            "status": statuses[min(count, len(statuses) - 1)], "message": script.get("message", ""),
            "checkTime": "2026-11-20 16:00:08", "regionName": "美国", "regionId": 2,
        }
        data = aggregator.des(json.dumps(result, ensure_ascii=False).encode(), self.des_key).hex()
        return self.answer(200, "操作成功", data)


if __name__ == "__main__":
    aggregator.run(CKXiangServer)
