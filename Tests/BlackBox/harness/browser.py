"""Chromium, driven over its DevTools protocol (a pipe, so no port and no driver program)."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import time

START_SECONDS = 30
PATIENCE_SECONDS = 20
# The protocol's own ends: Chromium reads commands from 3 and writes answers to 4.
COMMANDS, ANSWERS = 3, 4


class Browser:
    def __init__(self, folder: pathlib.Path):
        program = shutil.which("chromium")
        assert program, "chromium is missing: scripts/setup.sh test"
        read, self._commands = self._pipe()
        self._answers, write = self._pipe()

        def wire() -> None:
            os.dup2(read, COMMANDS)
            os.dup2(write, ANSWERS)

        # Its own sandbox needs user namespaces, which root in a container does not have.
        self._process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={folder}",
             "--remote-debugging-pipe", "about:blank"],
            preexec_fn=wire, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(read)
        os.close(write)
        self._number, self._buffer, self.events = 0, b"", []

    @staticmethod
    def _pipe() -> tuple[int, int]:
        """Both ends well above the numbers that the protocol wants for its own."""
        ends = os.pipe()
        moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
        for end in ends:
            os.close(end)
        return moved

    def call(self, method: str, session: str | None = None, **parameters) -> dict:
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            message = self._message()
            if message.get("id") == self._number:
                assert "error" not in message, (method, message)
                return message["result"]
            self.events.append(message)
        raise AssertionError(f"no answer to {method}")

    def _message(self) -> dict:
        while b"\0" not in self._buffer:
            piece = os.read(self._answers, 1 << 16)
            assert piece, "the browser ended"
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(line)

    def open(self, url: str, before: str = "", language: str = "en") -> "Page":
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session, url, before, language)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=PATIENCE_SECONDS)
        os.close(self._commands)
        os.close(self._answers)


class Page:
    def __init__(self, browser: Browser, session: str, url: str, before: str, language: str):
        self._browser, self._session = browser, session
        for domain in ("Page", "Runtime", "Network", "DOM", "Log"):
            self._call(f"{domain}.enable")
        self._call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        if before:
            self._call("Page.addScriptToEvaluateOnNewDocument", source=before)
        self._call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def _call(self, method: str, **parameters) -> dict:
        return self._browser.call(method, self._session, **parameters)

    def value(self, expression: str):
        found = self._call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.value(expression):
            assert time.monotonic() < deadline, expression
            time.sleep(0.02)

    def resize(self, width: int) -> None:
        """As on a screen of so many pixels."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=800,
                   deviceScaleFactor=1, mobile=False)

    def choose(self, selector: str, path: pathlib.Path) -> None:
        """As a person does in the browser's own file dialogue."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        node = self._call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def _events(self, method: str) -> list[dict]:
        return [event["params"] for event in self._browser.events
                if event.get("method") == method and event.get("sessionId") == self._session]

    @property
    def requests(self) -> list[str]:
        return [event["request"]["url"] for event in self._events("Network.requestWillBeSent")]

    @property
    def complaints(self) -> list[str]:
        """What the browser itself found wrong: errors, refused scripts and styles."""
        errors = [event["exceptionDetails"] for event in self._events("Runtime.exceptionThrown")]
        logged = [event["entry"] for event in self._events("Log.entryAdded")]
        return [json.dumps(entry) for entry in errors + logged
                if "favicon" not in json.dumps(entry)]
