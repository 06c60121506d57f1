"""`cardproof sandbox` as a process, and what its `settings.yaml` says about its adapters."""

from __future__ import annotations

import json
import pathlib
import subprocess

import yaml

from .gateway import binary
from .wire import call

STOP_SECONDS = 20


class Sandbox:
    """Running from the start. `adapters` is what the gateway's configuration takes as it stands."""

    def __init__(self, folder: pathlib.Path, *arguments: str):
        self.folder = folder
        self.process = subprocess.Popen(
            [str(binary()), "sandbox", "--json", "--credentials-directory", str(folder),
             *arguments],
            stdout=subprocess.PIPE, text=True)
        self.addresses = json.loads(self.process.stdout.readline())
        self.adapters = yaml.safe_load((folder / "settings.yaml").read_text())["adapters"]

    def _control(self, method: str, path: str, body=None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        answer = call(self.addresses["control"], method, path,
                      {"content-type": "application/json"} if body is not None else {}, data)
        assert answer.status in (200, 204), f"{method} {path}: {answer.status} {answer.text}"
        return answer.json() if answer.body else {}

    def script(self, *codes: dict) -> None:
        self._control("POST", "/codes", {"codes": list(codes)})

    def faults(self, *faults) -> None:
        """These failures from now on, and no others."""
        self._control("POST", "/faults", {"faults": list(faults)})

    def calls(self) -> dict:
        return self._control("GET", "/calls")

    def asked(self, operation: str) -> int:
        return self.calls()["operations"].get(operation, {"total": 0})["total"]

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=STOP_SECONDS) == 0
