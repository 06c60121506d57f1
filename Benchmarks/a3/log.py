#!/usr/bin/env python3
"""The evidence log itself, without HTTP: appending, and verifying an exported log; in turn, in one run.

Appending: `cardproof-bench` commits leaves through the SQLite store in batches, each batch one durable
transaction with one signed checkpoint, against Go's tlog program (`tlog.go`). After each measured run the
program goes on appending and is ended by SIGKILL; then every leaf that it had acknowledged is read back and
compared, and the tree is built again under the signed checkpoint. Verifying: a log made by the same commits,
written by `cardproof log export`, verified by `cardproof verify` and by the tests' Go verifier, on tlog too
(`Tests/Foreign/logverify`, one goroutine). Prints each run, then the medians and their ratios. Exits 1 when a
leaf is lost, a log does not verify, damage is not found, or a median misses its target.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "a2"))
import signed_requests as signed  # noqa: E402  (needs the path above)

LEAST_APPENDED = 40_000
MOST_SECONDS = 1.0
# The peer's entries, and the gateway's own sealed leaves.
SHORT, LONG = 404, 798
WORK = ROOT / "Benchmarks" / ".work" / "a3"
PEERS = ROOT / "Benchmarks" / ".work"
SOURCES = {"tlog": HERE / "tlog.go", "logverify": ROOT / "Tests/Foreign/logverify/main.go"}


class Store:
    """A store with the platform `bench`, set up by `cardproof`, filled by `cardproof-bench`."""

    def __init__(self, options, leaf_bytes: int):
        self.options, self.leaf_bytes = options, leaf_bytes
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        self.config, secret = WORK / "cardproof.yaml", WORK / "webhook.secret"
        self.key = WORK / "keys" / "master.key"
        secret.write_text(signed.SECRET)
        secret.chmod(0o600)
        self.cardproof("keys", "init", "--directory", str(self.key.parent))
        self.config.write_text(yaml.safe_dump({
            "data": str(WORK / "data"), "keys": {"master": str(self.key)},
            "log": {"origin": "bench.example"}}))
        added = self.cardproof(
            "tenant", "add", "bench", "--secrets-directory", str(WORK / "secrets"),
            "--webhook-secret-file", str(secret), "--config", str(self.config), "--json")
        self.vkey = json.loads(added)["vkey"]

    def cardproof(self, *arguments: str) -> bytes:
        return subprocess.run([str(self.options.binary), *arguments], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def command(self, verb: str, entries: int, *more: str) -> list[str]:
        return [str(self.options.bench), verb, str(WORK / "data" / "cardproof.db"), str(self.key),
                "bench", str(self.leaf_bytes), str(entries), *more]

    def append(self, entries: int) -> dict:
        done = subprocess.run(self.command("append", entries, str(self.options.batch)), check=True,
                              stdout=subprocess.PIPE)
        return rated(done.stdout)

    def append_until_killed(self) -> int:
        """The entries that were acknowledged when SIGKILL came, at a time that nobody chose."""
        command = self.command("append", 100_000_000, str(self.options.batch))
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(random.uniform(0.1, 0.6))
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.wait(60)
        # What follows the last line break was not said to its end.
        lines = rest.split(b"\n")[:-1]
        return int(lines[-1])

    def check(self, acknowledged: int) -> int:
        """The entries that are there: all that were acknowledged, each the one appended."""
        done = subprocess.run(self.command("check", acknowledged), stdout=subprocess.PIPE)
        if done.returncode:
            sys.exit("the log does not hold what was acknowledged")
        return json.loads(done.stdout)["entries"]


def rated(output: bytes) -> dict:
    result = json.loads(output.strip().splitlines()[-1])
    result["rate"] = result["entries"] / result["seconds"]
    return result


def append_ours(options) -> dict:
    store = Store(options, SHORT)
    result = store.append(options.entries)
    acknowledged = store.append_until_killed()
    kept = store.check(acknowledged)
    print(f"  cardproof {result['rate']:9.0f} leaves/s of {result['leaf_bytes']} bytes   commit p50"
          f" {result['p50_ms']:5.1f} ms, p99 {result['p99_ms']:5.1f} ms   SIGKILL:"
          f" {acknowledged} acknowledged, {kept} there", flush=True)
    return result


def append_peer(options) -> dict:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    done = subprocess.run(
        [str(PEERS / "tlog"), "-n", str(options.entries), "-batch", str(options.batch),
         "-file", str(WORK / "tlog.dat")], check=True, stdout=subprocess.PIPE)
    result = rated(done.stdout)
    print(f"  Go tlog   {result['rate']:9.0f} leaves/s of {result['leaf_bytes']} bytes", flush=True)
    return result


def compare_appending(options) -> bool:
    runners = {"cardproof": append_ours, "Go tlog": append_peer}
    rates: dict[str, list[float]] = {name: [] for name in runners}
    print(f"appending {options.entries} leaves, {options.batch} a commit, {os.cpu_count()} cores")
    for number in range(options.rounds):
        # Whoever goes first in one round goes second in the next.
        for name in sorted(runners, reverse=bool(number % 2)):
            rates[name].append(runners[name](options)["rate"])
    ours, peer = (statistics.median(rates[name]) for name in runners)
    print(f"  medians: cardproof {ours:.0f} leaves/s (at least {LEAST_APPENDED}), Go tlog"
          f" {peer:.0f}: {ours / peer:.2f} times", flush=True)
    return options.untimed or ours >= LEAST_APPENDED


def timed(name: str, command: list[str]) -> float:
    # The clock of os.times ticks at 100 Hz, and the peer may be done within one tick.
    begun, before = time.monotonic(), os.times()
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    seconds, after = time.monotonic() - begun, os.times()
    if done.returncode:
        sys.exit(f"{name}: the log does not verify")
    busy = after.children_user + after.children_system - (
        before.children_user + before.children_system)
    print(f"  {name:9} {seconds:6.2f} s, {busy:5.2f} s of CPU", flush=True)
    return seconds


def compare_verifying(options, leaf_bytes: int) -> bool:
    store = Store(options, leaf_bytes)
    made = store.append(options.log_entries)
    folder = WORK / "export"
    begun = time.monotonic()
    store.cardproof("log", "export", str(folder), "--platform", "bench",
                    "--config", str(store.config))
    print(f"verifying {made['entries']} entries of {made['leaf_bytes']} bytes (appended at"
          f" {made['rate']:.0f} leaves/s, exported in {time.monotonic() - begun:.1f} s)")
    # What the export wrote would else be flushed to disk beside the first verifications.
    os.sync()
    commands = {
        "cardproof": [str(options.binary), "verify", str(folder), "--key", store.vkey],
        "Go tlog": [str(PEERS / "logverify"), "-key", store.vkey, str(folder)],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(options.rounds):
        for name in sorted(commands, reverse=bool(number % 2)):
            taken[name].append(timed(name, commands[name]))
    ours, peer = (statistics.median(taken[name]) for name in commands)
    print(f"  medians: cardproof {ours:.2f} s (under {MOST_SECONDS} s), Go tlog {peer:.2f} s:"
          f" {ours / peer:.2f} times", flush=True)
    finds = finds_damage(commands["cardproof"], folder)
    return finds and (options.untimed or ours < MOST_SECONDS)


def finds_damage(command: list[str], folder: pathlib.Path) -> bool:
    """Whether one flipped bit in one entry is found: what is fast must still look."""
    bundles = sorted((folder / "tile" / "entries").rglob("[0-9][0-9][0-9]"))
    damaged = random.choice(bundles)
    content = bytearray(damaged.read_bytes())
    content[random.randrange(2, len(content))] ^= 1
    damaged.write_bytes(content)
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    if done.returncode != 12:
        print(f"  a flipped bit in {damaged} was not found")
    return done.returncode == 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    release = ROOT / ".build" / "release"
    parser.add_argument("--binary", type=pathlib.Path, default=release / "cardproof")
    parser.add_argument("--bench", type=pathlib.Path, default=release / "cardproof-bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--entries", type=int, default=200_000, help="appended in each run")
    parser.add_argument("--batch", type=int, default=1_000, help="leaves of one commit")
    parser.add_argument("--untimed", action="store_true",
                        help="no target is missed: for small counts, or a debug build")
    parser.add_argument("--log-entries", type=int, default=1_000_000, help="of the verified logs")
    options = parser.parse_args()
    PEERS.mkdir(parents=True, exist_ok=True)
    for name, source in SOURCES.items():
        subprocess.run(["go", "build", "-o", str(PEERS / name), str(source)], check=True,
                       env=os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"})
    good = [compare_appending(options)]
    good += [compare_verifying(options, length) for length in (SHORT, LONG)]
    shutil.rmtree(WORK, ignore_errors=True)
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
