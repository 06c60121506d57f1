"""A real gateway: the binary, a configuration file, a folder of its own, free ports."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import time

import yaml

from .ports import free_port
from .wire import Answer, call

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS = 20
STOP_SECONDS = 30


def binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARDPROOF_BIN") or ROOT / ".build/release/cardproof")


def environment(home: pathlib.Path) -> dict[str, str]:
    """As a service would have it: nothing of the tester's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"HOME": str(home), "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"}


@dataclasses.dataclass(frozen=True)
class Platform:
    """A platform as `tenant add` set it up; the secrets are read from the files it wrote."""
    name: str
    folder: pathlib.Path
    printed: dict

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text().strip()

    @property
    def secret(self) -> str:
        return self._read("webhook.secret")

    @property
    def token(self) -> str:
        return self._read("api.token")

    @property
    def events_secret(self) -> str:
        return self._read("events.secret")

    @property
    def events_key(self) -> str:
        return self._read("events.public")

    @property
    def vkey(self) -> str:
        return self.printed["vkey"]

    @property
    def origin(self) -> str:
        return self.printed["origin"]

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


class Gateway:
    """Set up once, then started, killed and started again at will. Keeps all it ever printed."""

    def __init__(self, folder: pathlib.Path, products: list[dict], adapters: dict,
                 settings: dict | None = None, private: bool = True):
        self.folder = folder
        self.data = folder / "data"
        self.config = folder / "cardproof.yaml"
        self.log_path = folder / "gateway.log"
        self.process: subprocess.Popen | None = None
        self.printed: list[bytes] = []
        self.platforms: dict[str, Platform] = {}
        self.metrics_url = f"http://127.0.0.1:{free_port()}"
        folder.mkdir(parents=True, exist_ok=True)
        self.cli("keys", "init", "--directory", str(folder / "keys"), configured=False, check=True)
        wanted = {
            "listen": "127.0.0.1:0",
            "metrics": {"listen": self.metrics_url.removeprefix("http://")},
            "data": str(self.data),
            "keys": {"master": str(folder / "keys" / "master.key")},
            "log": {"origin": "cardproof.example"},
            "adapters": adapters,
            "products": products,
            "checks": {"reask": ["1s", "2s"], "breaker": ["200ms", "500ms"],
                       "own_fault": ["200ms", "500ms"]},
        }
        if private:
            wanted["outbound"] = {"allow_private": ["127.0.0.0/8"]}
        self.config.write_text(yaml.safe_dump(wanted | (settings or {}), sort_keys=False))

    # The command line

    def run(self, *arguments: str, stdin: bytes | str = b"", timeout: float = 120,
            env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        """Runs `cardproof` to its end; what it printed is kept for the search for leaked keys."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run([str(binary()), *arguments], input=data, capture_output=True,
                              timeout=timeout, cwd=self.folder,
                              env=environment(self.folder) | (env or {}))
        self.printed += [done.stdout, done.stderr]
        return done

    def cli(self, *arguments: str, configured: bool = True, check: bool = False,
            **more) -> subprocess.CompletedProcess:
        """`run` with `--config` behind the arguments."""
        if configured:
            arguments += ("--config", str(self.config))
        done = self.run(*arguments, **more)
        if check:
            assert done.returncode == 0, (
                f"cardproof {' '.join(arguments)}: exit {done.returncode}\n"
                + done.stderr.decode(errors="replace"))
        return done

    def cli_json(self, *arguments: str, **more):
        return json.loads(self.cli(*arguments, "--json", check=True, **more).stdout)

    def add_platform(self, name: str, *arguments: str) -> Platform:
        folder = self.folder / "secrets" / name
        printed = self.cli_json("tenant", "add", name, "--secrets-directory", str(folder),
                                *arguments)
        made = Platform(name, folder, printed)
        self.platforms[name] = made
        return made

    @property
    def platform(self) -> Platform:
        """The first platform that was added."""
        return next(iter(self.platforms.values()))

    # The process

    @property
    def url(self) -> str:
        return "http://" + (self.data / "listen.address").read_text().strip()

    def start(self, ready: bool = True, env: dict[str, str] | None = None,
              under: tuple[str, ...] = ()) -> "Gateway":
        """`under` is the command that runs it, as strace."""
        assert self.process is None, "the gateway is already running"
        address = self.data / "listen.address"
        address.unlink(missing_ok=True)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*under, str(binary()), "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env=environment(self.folder) | (env or {}))
        if ready:
            self.await_ready()
        return self

    def await_ready(self, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"serve exited {self.process.returncode}:\n{self.log_tail()}")
            with contextlib.suppress(OSError, ValueError):
                if call(self.url, "GET", "/readyz", timeout=2).status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError(f"serve was not ready within {seconds} s:\n{self.log_tail()}")

    def stop(self) -> int:
        """Asks it to end and returns its exit code; a gateway that does not end is a failure."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"serve did not end {STOP_SECONDS} s after SIGTERM") from None

    def kill(self) -> None:
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log_tail(self, lines: int = 30) -> str:
        if not self.log_path.exists():
            return "(no log)"
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    # The API

    def get(self, path: str, platform: Platform | None = None) -> Answer:
        return call(self.url, "GET", path, (platform or self.platform).bearer)

    def get_json(self, path: str, platform: Platform | None = None):
        answer = self.get(path, platform)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.text}"
        return answer.json()

    def delivery(self, identifier: str) -> dict:
        return self.get_json(f"/v1/deliveries/{identifier}")

    def checked(self, identifier: str, seconds: float = 20) -> dict:
        """The delivery, once every item has its verdict."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.delivery(identifier)
            if answer["status"] == "checked":
                return answer
            if time.monotonic() > deadline:
                raise AssertionError(f"no verdict within {seconds} s: {answer}\n{self.log_tail()}")
            time.sleep(0.05)

    def all_rows(self, path: str, name: str) -> list[dict]:
        """Every row of a listing, page by page."""
        rows: list[dict] = []
        cursor = None
        while True:
            joined = "&" if "?" in path else "?"
            page = self.get_json(path if cursor is None else f"{path}{joined}cursor={cursor}")
            rows += page[name]
            cursor = page.get("next_cursor")
            if not cursor:
                return rows

    def claims(self) -> list[dict]:
        return self.all_rows("/v1/claims", "claims")

    def claims_of(self, delivery: str) -> list[dict]:
        return [claim for claim in self.claims() if claim["delivery"] == delivery]

    def deliveries(self) -> list[dict]:
        return self.all_rows("/v1/deliveries", "deliveries")

    def export(self, name: str, platform: Platform | None = None) -> pathlib.Path:
        folder = self.folder / name
        self.cli("log", "export", str(folder), "--platform", (platform or self.platform).name,
                 check=True)
        return folder
