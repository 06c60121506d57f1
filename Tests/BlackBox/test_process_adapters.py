"""A gateway whose adapter is a program: killed, stopped, compared with its successor, and cleaned up."""

from __future__ import annotations

import collections
import http.server
import json
import os
import pathlib
import shutil
import signal
import threading
import time

import pytest

from harness import cards as made
from harness import webhook
from harness.gateway import ROOT, Gateway

SECRET = "synthetic-Library-Secret-9917"
EXAMPLE = ROOT / "Examples" / "town-library"


class Library:
    """The invented issuer, strict about what it is asked."""

    def __init__(self):
        self.codes: dict[str, str] = {}
        self.asked: collections.Counter[str] = collections.Counter()
        library = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                asked = json.loads(body)
                if (self.path, self.headers["x-api-key"]) != ("/api/check", SECRET):
                    return self.answer(403, {"code": "?"})
                library.asked[asked["pin"]] += 1
                code = library.codes.get(asked["pin"], "40")
                return self.answer(404 if code == "40" else 200, {"code": code, "message": "said"})

            def answer(self, status: int, value: dict):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def library():
    made_library = Library()
    yield made_library
    made_library.server.shutdown()


@pytest.fixture(scope="module")
def world(scratch, library):
    """The example as it stands, and its successor, which reads one word differently."""
    folder = scratch / "process-adapters"
    own = folder / "own"
    shutil.copytree(EXAMPLE, own / "town-library")
    shutil.copytree(EXAMPLE, own / "library-2")
    (own / "library-2" / "town-library.yaml").rename(own / "library-2" / "library-2.yaml")
    for name in ("library-2.yaml", "town_library.py"):
        path = own / "library-2" / name
        path.write_text(path.read_text().replace("town-library", "library-2")
                        .replace('"51": "revoked"', '"51": "locked"'))
    (folder / "secret").write_text(SECRET)
    adapter = {"settings": {"endpoint": library.url},
               "secret_files": {"api_key": str(folder / "secret")},
               "limits": {"timeout": "2s", "requests_per_second": 200, "burst": 50}}
    gateway = Gateway(
        folder,
        [{"id": "book", "issuer": "library", "adapter": "town-library", "policy": "w7"}],
        {"town-library": adapter | {"shadow": {"adapter": "library-2"}}, "library-2": adapter},
        {"adapters_directory": str(own)})
    gateway.add_platform("shop")
    yield gateway.start()
    gateway.close()


def programs(folder: pathlib.Path) -> set[int]:
    """Processes that run in the folder of an adapter."""
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if pathlib.Path(os.readlink(f"/proc/{name}/cwd")) == folder.resolve():
                    found.add(int(name))
            except OSError:
                pass
    return found


def until(condition, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def check(gateway, cards, library, code: str) -> dict:
    key = cards.licence()
    library.codes[key] = code
    sent = webhook.send(gateway, made.delivery(cards.order(), [made.item("book", key, "0071")]))
    assert sent.status == 202, sent.text
    return gateway.checked(sent.json()["delivery"], 60)["items"][0]["verdict"]


@pytest.mark.parametrize("code, state", [("00", "ok_unused"), ("07", "used"), ("12", "expired"),
                                         ("40", "not_found"), ("99", "indeterminate")])
def test_every_word_has_its_state(world, cards, library, code, state):
    """C-04: a delivery asks the issuer by itself, through an adapter that an operator put into his folder."""
    verdict = check(world, cards, library, code)
    assert verdict["state"] == state and verdict["adapter"] == "town-library@1"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_program_that_is_ended_or_stopped_is_started_again(world, cards, library, number):
    assert check(world, cards, library, "00")["state"] == "ok_unused"
    folder = world.folder / "own" / "town-library"
    before = programs(folder)
    assert before
    for process in before:
        os.kill(process, number)
    # Asked again on the schedule where the first ask fell into the gap.
    key = cards.licence()
    library.codes[key] = "00"
    sent = webhook.send(world, made.delivery(cards.order(), [made.item("book", key, "0071")]))
    identifier = sent.json()["delivery"]
    until(lambda: world.delivery(identifier)["items"][0]["verdict"]["state"] == "ok_unused"
          if world.delivery(identifier)["items"][0].get("verdict") else False, 60)
    assert not before & programs(folder)
    assert world.claims_of(identifier) == []


def test_the_successor_is_compared_and_never_acted_upon(world, cards, library):
    key = cards.licence()
    assert check(world, cards, library, "51")["state"] == "revoked"

    def differs() -> bool:
        done = world.cli("adapter", "shadow", "--json")
        rows = json.loads(done.stdout)["comparisons"]
        return done.returncode == 10 and any(
            (row["state"], row["shadow_state"], row["outcome"]) == ("revoked", "locked", "different")
            for row in rows)

    until(differs)
    log = world.log_path.read_text()
    assert "the shadow adapter would have said something else" in log
    assert key not in log and SECRET not in log


def test_no_program_outlives_its_gateway(world, cards, library):
    folder = world.folder / "own" / "town-library"
    assert check(world, cards, library, "00")["state"] == "ok_unused"
    assert programs(folder)
    world.kill()
    until(lambda: not programs(folder))
    world.start()
    assert check(world, cards, library, "00")["state"] == "ok_unused"
    assert world.stop() == 0
    assert not programs(folder) and not programs(world.folder / "own" / "library-2")
    log = world.log_path.read_text()
    assert SECRET not in log and not any(key in log for key in library.codes)
    world.start()
