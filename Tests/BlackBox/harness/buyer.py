"""What a buyer does: a self-test with the order token."""

from __future__ import annotations

import json
import time

from .wire import Answer, call


def selftest(gateway, token: str | None, codes: list[dict] | None = None,
             wait: int | None = None) -> Answer:
    headers = {"content-type": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    if wait is not None:
        headers["prefer"] = f"wait={wait}"
    body = {} if codes is None else {"codes": codes}
    return call(gateway.url, "POST", "/v1/selftests", headers, json.dumps(body).encode())


def awaited_selftest(gateway, token: str) -> dict:
    """The answer of one self-test, waited for; asked once more should it have been too slow."""
    for _ in range(2):
        answer = selftest(gateway, token, wait=20)
        assert answer.status == 200, f"{answer.status} {answer.text}"
        body = answer.json()
        if all(item["verdict"] is not None for item in body["items"]):
            return body
        time.sleep(2)
    raise AssertionError(f"no verdict: {body}")


def shape(body: dict) -> str:
    """An answer without what tells one asking from the next: the check, its time and its leaf.
    What is left must not depend on the code that was typed."""
    passing = ("check", "decided_at", "index", "leaf_hash", "proof_url")

    def masked(value):
        if isinstance(value, dict):
            return {name: "#" if name in passing and inner is not None else masked(inner)
                    for name, inner in value.items()}
        if isinstance(value, list):
            return [masked(inner) for inner in value]
        return value

    copied = masked(json.loads(json.dumps(body)))
    for item in copied["items"]:
        item.pop("matches_delivered", None)
    return json.dumps(copied, sort_keys=True, ensure_ascii=False)
