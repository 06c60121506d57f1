"""Town library vouchers: JSON, a header with our key, five result codes."""
import json
import sys

STATES = {"00": "ok_unused", "07": "used", "12": "expired", "40": "not_found", "51": "revoked"}


def say(message):
    print(json.dumps(message), flush=True)


def hear():
    line = sys.stdin.readline()
    return json.loads(line) if line else sys.exit(0)


def inquire(number, asked, settings, secrets):
    say({"id": number, "http": {
        "method": "POST", "url": settings["endpoint"] + "/check",
        "headers": {"X-Api-Key": secrets["api_key"]},
        "json": {"serial": asked.get("serial"), "pin": asked["key"]},
        "retry_safe": True,
    }})
    http = hear()["http"]
    answer = http.get("json")
    if http.get("status") not in (200, 404) or not isinstance(answer, dict):
        return {"state": "indeterminate", "cause": "malformed_answer"}
    words = {"issuer_code": answer.get("code"), "issuer_text": answer.get("message")}
    state = STATES.get(answer.get("code"))
    if state is None:
        return {"state": "indeterminate", "cause": "unmapped", **words}
    return {"state": state, "issuer_at": answer.get("used_at"), **words}


def main():
    hello = hear()
    say({"cardproof": 1, "adapter": "town-library", "version": 1})
    while True:
        message = hear()
        if "inquire" not in message:
            continue
        try:
            result = inquire(message["id"], message["inquire"], hello["settings"], hello["secrets"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            print("cannot read the answer:", type(error).__name__, file=sys.stderr)
            result = {"state": "indeterminate", "cause": "malformed_answer"}
        say({"id": message["id"], "result": result})


main()
