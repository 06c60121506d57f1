"""Marked keys go in everywhere; afterwards every place where anything was written is searched for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import pathlib
import sqlite3

import pytest

from harness import cards as made
from harness import webhook
from harness.buyer import selftest
from harness.hostile import HostileServer
from harness.leaks import LeakSearch, spellings
from harness.scale import count
from harness.wire import call


def everything_written(gateway) -> list[pathlib.Path]:
    """Logs, databases, WAL, exported logs, reports: every file below the gateway's folder but the
    files a tester put keys into, which are named `input-*`."""
    return [path for path in gateway.folder.rglob("*")
            if path.is_file() and not path.name.startswith("input-")]


class Marked:
    """A gateway that is fed marked keys in every way, and all that it ever answered."""

    def __init__(self, gateway, cards):
        self.gateway, self.cards = gateway, cards
        self.keys: list[str] = []
        self.answers: dict[str, bytes] = {}

    def licences(self, number: int) -> list[str]:
        return [self.mark(self.cards.licence()) for _ in range(number)]

    def mark(self, key: str) -> str:
        self.keys.append(key)
        return key

    def keep(self, name: str, answer) -> None:
        head = "\n".join(f"{key}: {value}" for key, value in answer.headers.items()).encode()
        self.answers[f"{name} {len(self.answers)}"] = head + b"\n\n" + answer.body

    def output(self, name: str, done, *codes: int) -> None:
        """Keeps what a command printed; its exit code shows that it did its work."""
        said = done.stdout + done.stderr
        assert done.returncode in (codes or (0,)), f"{name}: {done.returncode} {said!r}"
        assert said, f"{name} printed nothing"
        self.answers[f"{name} {len(self.answers)}"] = said

    def leaks(self):
        search = LeakSearch(self.keys)
        texts = self.answers | {
            f"output {number}": text for number, text in enumerate(self.gateway.printed)}
        return search.texts(texts) + search.files(everything_written(self.gateway))


def test_no_key_is_found_anywhere(new_gateway, cards, licences, vouchers, tmp_path):
    bad = HostileServer("echo_error")
    caught = HostileServer("html")
    gateway = new_gateway("marked", platform=("--events-url", caught.url))
    echoing = new_gateway("marked-echo", licence_url=bad.url, voucher_url=bad.url)
    total = count(500, 10_000)
    marked, echoed = Marked(gateway, cards), Marked(echoing, cards)
    gateway.start()
    echoing.start()
    tokens = webhook_keys(marked, licences, vouchers, total // 2)
    refused_keys(marked, total // 8)
    echoed_keys(echoed, bad, caught, total // 8)
    selftest_keys(marked, tokens, total // 8)
    audit_keys(marked, tmp_path, total // 8)
    for run in (marked, echoed):
        operators_outputs(run)
        run.gateway.process.kill()
        run.gateway.process.wait()
        run.gateway.process = None
        run.gateway.start()
        operators_outputs(run)
    for run in (marked, echoed):
        names = {path.name for path in everything_written(run.gateway)}
        assert {"cardproof.db", "cardproof.db-wal", "gateway.log"} <= names, names
        assert not any(name.startswith("core") for name in names), "a core file was written"
        assert run.leaks() == []
        run.gateway.stop()
        assert run.leaks() == [], "written while ending"
    assert len(marked.keys) + len(echoed.keys) >= total
    search = LeakSearch(marked.keys)
    assert search.texts({str(n): event for n, event in enumerate(caught.asked)}) == []
    assert caught.asked, "events were sent"
    bad.stop()
    caught.stop()


def webhook_keys(run: Marked, licences, vouchers, number: int) -> list[str]:
    """Through the webhook: good, bad, duplicated, with and without waiting."""
    tokens = []
    for at in range(number):
        if at % 5 == 0:
            serial, key = run.cards.voucher()
            vouchers.put(run.mark(key), serial=serial, state="stolen" if at % 2 else "available")
            item = made.item("voucher", key, serial)
        else:
            key = run.mark(run.cards.licence())
            licences.put(key, code=("VALID", "BANNED", "EXPIRED", "NOT_FOUND")[at % 4])
            item = made.item("licence" if at % 3 else "no-such-product", key)
        if at % 3 == 1:
            item["issuer_ref"] = run.mark(run.cards.licence())
        wait = 5 if at < 10 else None
        unknown = at % 7 == 3
        if unknown:
            item |= {f"x{key}": 1, key.lower(): {"key": key}}
        notice = made.delivery(run.cards.order(), [item])
        answer = webhook.send(run.gateway, notice, wait=wait)
        assert answer.status in (200, 202), answer.text
        assert len(answer.json()["ignored"]) == (2 if unknown else 0)
        run.keep("webhook", answer)
        tokens.append(answer.json()["order_token"])
        if at % 10 == 0:
            again = webhook.send(run.gateway, notice | {"order": {"id": run.cards.order()}})
            run.keep("duplicate", again)
        run.keep("read", run.gateway.get(f"/v1/deliveries/{answer.json()['delivery']}"))
    return tokens


def refused_keys(run: Marked, number: int) -> None:
    """In bodies that are refused, where error texts are made: as values, names and broken bytes."""
    for at, key in enumerate(run.licences(number)):
        good = made.delivery(run.cards.order(), [made.item("licence", key)])
        match at % 8:
            case 0:
                body = webhook.encode(good)[:-2]
            case 1:
                body = webhook.encode(good | {"merchant": {key: key}})
            case 2:
                good["items"][0]["line"] = key
                body = webhook.encode(good)
            case 3:
                good["items"][0][key] = key
                good["items"][0]["product"] = 7
                body = webhook.encode(good)
            case 4:
                body = webhook.encode(good).replace(b"m-77", b"\xff" + key.encode())
            case 5:
                body = webhook.encode(good)[:-1] + f',"{key}":1,"{key}":2}}'.encode()
            case 6:
                body = webhook.encode(good | {"delivered_at": key})
            case 7:
                body = key.encode()
        refused = webhook.send(run.gateway, body)
        assert refused.status in (400, 422), refused.text
        run.keep("refused", refused)
        if at % 8 == 7:
            headers = webhook.headers(webhook.new_secret(), webhook.new_id(), body)
            unsigned = call(run.gateway.url, "POST", webhook.path("shop"), headers, body)
            assert unsigned.status == 401
            run.keep("unsigned", unsigned)
            misplaced_key(run, key)


def misplaced_key(run: Marked, key: str) -> None:
    """Where no key belongs and some clients will put one: paths, queries, tokens, headers."""
    bearer = run.gateway.platform.bearer
    for path, headers in (
            (f"/v1/checks/{key}", bearer), (f"/v1/deliveries/{key}", bearer),
            (f"/v1/deliveries?webhook_id={key}&cursor={key}", bearer), (f"/{key}?key={key}", {}),
            (f"/v1/platforms/{key}/log/checkpoint", {}), (f"/claims/{key}", {}),
            (f"/v1/platforms/shop/inbox/dujiaoka/{key}", {}),
            ("/v1/deliveries", {"authorization": f"Bearer {key}"}),
            ("/livez", {"user-agent": key, "x-request-id": key, "accept-language": key,
                        "traceparent": key, "cookie": f"lang={key}"})):
        answer = call(run.gateway.url, "GET", path, headers)
        assert answer.status < 500, f"{path}: {answer.status}"
        run.keep("misplaced", answer)


def echoed_keys(run: Marked, bad: HostileServer, other: HostileServer, number: int) -> None:
    """An issuer that repeats the key in its error, in a header and in a redirect."""
    bad.redirect_to = other.url
    for at, key in enumerate(run.licences(number)):
        bad.behaviour = "echo_error" if at < number // 2 else "echo_redirect"
        bad.echo_marker = key.encode()
        notice = made.delivery(run.cards.order(), [made.item("licence", key)])
        answer = webhook.send(run.gateway, notice, wait=5 if at < 5 else None)
        assert answer.status in (200, 202), answer.text
        run.keep("echo", answer)
    for row in run.gateway.deliveries():
        found = run.gateway.checked(row["delivery"], 180)
        assert found["items"][0]["verdict"]["state"] == "indeterminate"
    assert bad.asked and not any(b"/?q=" in request for request in other.asked), (
        "a redirect was followed")


def selftest_keys(run: Marked, tokens: list[str], number: int) -> None:
    for token, key in zip(itertools.cycle(tokens), run.licences(number)):
        answer = selftest(run.gateway, token, [{"line": 1, "key": key}])
        assert answer.status == 200, answer.text
        assert answer.json()["items"][0]["matches_delivered"] is False
        run.keep("selftest", answer)
        run.keep("anonymous", selftest(run.gateway, None, [{"line": 1, "key": key}]))
    typed = run.gateway.folder / "input-typed"
    typed.write_text(run.keys[-1])
    token = run.gateway.folder / "input-token"
    token.write_text(tokens[0])
    run.output("selftest command", run.gateway.run(
        "selftest", "--gateway", run.gateway.url, "--token", str(token), "--code", str(typed)),
        0, 10, 11, 13)
    run.output("selftest --product", run.gateway.cli(
        "selftest", "--product", "licence", "--code", str(typed)), 0, 10)


def audit_keys(run: Marked, folder: pathlib.Path, number: int) -> None:
    keys = run.licences(number)
    stock = folder / "input-stock.txt"
    lines = [f"serial{at}----{key}" for at, key in enumerate(keys)]
    lines += [lines[0], lines[1], f"serial0----{keys[-1]}", "bad\x01line " + keys[2]]
    stock.write_text("\n".join(lines) + "\n")
    sold = folder / "input-sold.txt"
    sold.write_text(lines[3] + "\n")
    report = run.gateway.folder / "report"
    forms = ("tsv", "json", "csv", "html", "sarif", "junit")
    for form in forms:
        run.output("audit", run.gateway.run(
            "audit", "--stock", str(stock), "--history", str(sold), "--report", f"{report}.{form}",
            "--report-format", form), 10)
    run.output("audit to stdout", run.gateway.run("audit", "--stock", str(stock)), 10)
    run.output("audit --json", run.gateway.run("audit", "--stock", str(stock), "--json"), 10)
    assert {path.name for path in everything_written(run.gateway)} >= {
        f"report.{form}" for form in forms}


def operators_outputs(run: Marked) -> None:
    """Whatever an operator may look at."""
    gateway = run.gateway
    for arguments in (("doctor",), ("doctor", "--json"), ("config", "print"),
                      ("config", "print", "--origin"), ("config", "check"),
                      ("deliveries", "list", "--json"), ("claims", "list", "--json"),
                      ("evidence", "show", "0", "--platform", "shop", "--json"),
                      ("evidence", "show", "3", "--platform", "shop")):
        run.output(" ".join(arguments), gateway.cli(*arguments))
    run.keep("metrics", call(gateway.metrics_url, "GET", "/metrics"))
    for path in ("/livez", "/readyz?verbose", "/openapi.yaml", "/v1/claims", "/v1/deliveries"):
        answer = gateway.get(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        run.keep(path, answer)
    gateway.export(f"export-{len(run.answers)}")


def test_the_search_finds_a_key_that_was_leaked_on_purpose(tmp_path, cards):
    """Each spelling, inside a large file, is found and named."""
    keys = [cards.licence() for _ in range(1_000)]
    search = LeakSearch(keys)
    noise = hashlib.sha256(b"noise").digest() * 20_000
    for name, form in spellings(keys[500]).items():
        path = tmp_path / "leaked"
        path.write_bytes(noise + b"\n" + form + noise)
        found = search.files([path])
        assert found, f"the search does not find a key leaked as {name}"
        assert any("key 500" in leak.form for leak in found), found


@pytest.mark.parametrize("around", [b"", b"x", b"xy", b"xyz"])
def test_the_search_finds_a_key_inside_larger_base64(cards, around):
    key = cards.licence()
    text = base64.b64encode(b'{"a":"' + around + key.encode() + b'","b":1}')
    assert LeakSearch([key]).texts({"text": text})


def test_the_search_finds_a_key_in_a_database(tmp_path, cards):
    key = cards.licence()
    store = sqlite3.connect(tmp_path / "x.db")
    store.execute("create table t(a)")
    store.execute("insert into t values(?)", (json.dumps({"items": [{"key": key}]}),))
    store.commit()
    store.close()
    assert LeakSearch([key]).files([tmp_path / "x.db"])


# A short key must not be guessable from what lies on disk

def guesses(key: str, known: dict[str, str], body: bytes, scrubbed: list[bytes]) -> set[bytes]:
    """Every digest that somebody without the keys could compute for a guessed key: all common
    hashes, plain and under empty or public keys, of the key alone and joined with all he knows."""
    joined = {key, *known.values()}
    texts: set[bytes] = {key.encode()}
    for separator in ("", "|", ":", "\n", "\0", ",", "----", "/", "-", "\x1f"):
        for size in (1, 2, 3):
            for parts in itertools.permutations(known.values(), size):
                for placed in ((*parts, key), (key, *parts)):
                    texts.add(separator.join(placed).encode())
    for parts in itertools.chain.from_iterable(
            itertools.permutations(known.values(), size) for size in (0, 1, 2)):
        for width, order in itertools.product((1, 2, 4, 8), ("big", "little")):
            texts.add(b"".join(len(part.encode()).to_bytes(width, order) + part.encode()
                               for part in (*parts, key)))
    texts |= {json.dumps(key).encode(), json.dumps({"key": key}).encode(),
              json.dumps({"key": key}, separators=(",", ":")).encode(), body, *scrubbed}
    secrets = [b"", *[value.encode() for value in joined]]
    found = set()
    for text in texts:
        for algorithm in ("sha256", "sha1", "md5", "sha512", "sha384", "blake2b", "sha3_256"):
            found.add(hashlib.new(algorithm, text).digest())
        for secret in secrets:
            found.add(hmac.new(secret, text, hashlib.sha256).digest())
    return found


def forms(digest: bytes) -> list[bytes]:
    """How a digest, or its first eight bytes, may be written down."""
    return [digest[:8], digest[:8].hex().encode(), digest[:8].hex().upper().encode(),
            base64.b64encode(digest)[:10], base64.urlsafe_b64encode(digest)[:10]]


def found_in(data: bytes, digests: set[bytes]) -> list[str]:
    """Which of the digests' forms stand in the data, by a set of all windows of each length."""
    wanted: dict[int, set[bytes]] = {}
    for digest in digests:
        for form in forms(digest):
            wanted.setdefault(len(form), set()).add(form)
    hits = []
    for length, group in wanted.items():
        view = {data[at:at + length] for at in range(len(data) - length + 1)}
        hits += [form.hex() for form in group & view]
    return hits


def test_a_short_key_cannot_be_guessed_from_a_copy_of_database_and_log(new_gateway, cards):
    """An attacker has database, WAL and exported log, knows everything but eight digits, and has
    no key file. No digest that he could compute for a guess is written anywhere."""
    gateway = new_gateway("guess").start()
    serial, key, order = cards.voucher()[0], cards.short(), cards.order()
    notice = made.delivery(order, [made.item("short-card", key, serial)])
    message_id = webhook.new_id()
    answer = webhook.send(gateway, notice, message_id)
    assert answer.status == 202
    gateway.checked(answer.json()["delivery"])
    selftest(gateway, answer.json()["order_token"], [{"line": 1, "key": key}])
    gateway.export("copied")
    gateway.kill()
    known = {"serial": serial, "issuer": "short", "order": order, "product": "short-card",
             "platform": "shop", "merchant": "m-77", "message": message_id}
    digests = guesses(key, known, webhook.encode(notice), [])
    control = made.delivery(order, [made.item("short-card", "0" * 8, serial)])
    assert webhook.encode(control) != webhook.encode(notice)
    copied = [path for path in (gateway.folder / "data", gateway.folder / "copied")
              for path in path.rglob("*") if path.is_file()]
    assert any(path.name.startswith("cardproof.db") for path in copied)
    for path in copied:
        data = path.read_bytes()
        assert found_in(data, digests) == [], f"{path.name} holds a digest that can be guessed"
        assert key.encode() not in data


@pytest.mark.parametrize("leak", [
    lambda key: hashlib.sha256(key.encode()).digest(),
    lambda key: hashlib.sha256(f"s|{key}".encode()).hexdigest().encode(),
    lambda key: base64.b64encode(hmac.new(b"", key.encode(), hashlib.sha256).digest()),
])
def test_the_guess_finds_a_plain_digest_that_was_leaked_on_purpose(cards, leak):
    key = cards.short()
    digests = guesses(key, {"serial": "s"}, b"", [])
    assert found_in(b"noise" * 100 + leak(key) + b"noise" * 100, digests)


def test_secrets_are_files_that_only_their_owner_reads(gateway):
    for path in (gateway.folder / "keys/master.key", gateway.platform.folder / "webhook.secret",
                 gateway.platform.folder / "api.token", gateway.data / "admin.sock"):
        assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"


def test_neither_setup_nor_argv_shows_a_secret(gateway):
    platform = gateway.platform
    wanted = [platform.secret, platform.secret.removeprefix("whsec_"), platform.token]
    text = b"".join(gateway.printed) + pathlib.Path(
        f"/proc/{gateway.process.pid}/cmdline").read_bytes() + pathlib.Path(
        f"/proc/{gateway.process.pid}/environ").read_bytes() + gateway.log_path.read_bytes()
    for secret in wanted:
        assert secret.encode() not in text
