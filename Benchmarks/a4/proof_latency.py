#!/usr/bin/env python3
"""Time from a delivery to the offline proof in its answer, at a fixed rate; in turn, in one run.

cardproof runs three times a round. `cardproof`: the cards are read at once (`offline`), the 202 carries the
proof. `cardproof, issuer`: the same of cards whose issuer is asked meanwhile, a sandbox (`keygen`) that
takes a few milliseconds. `cardproof, verdict`: the request waits for the issuer's verdict (`Prefer: wait`),
at a lower rate, and the 200 carries verdict and proof. FastAPI+SQLite stands beside them: its 202 carries
nothing. The load is open (`open_loop.go`): latency counts from when a request was due. Every proof is then
checked by Go's sumdb/tlog under the log's key. Prints each run, then the medians. Exits 1 when a request was
refused, a proof did not hold, or the first p99 misses its target.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "a2"))
import compare  # noqa: E402  (needs the path above)
import signed_requests as signed  # noqa: E402

MOST_P99 = 25.0
WORK = ROOT / "Benchmarks" / ".work" / "a4"
GENERATOR = ROOT / "Benchmarks" / ".work" / "open_loop"
LIMITS = {"concurrency": 64, "requests_per_second": 1000, "burst": 1000, "timeout": "5s"}


def load(name: str, port: int, path: str, options, **more: str) -> dict:
    file, waits = WORK / "requests.bin", "verdict" in more
    rate = options.waiting_rate if waits else options.rate
    signed.write(file, rate * options.seconds, path, "Prefer: wait=10\r\n" if waits else "")
    command = [str(GENERATOR), "-address", f"127.0.0.1:{port}", "-file", str(file),
               "-rate", str(rate), "-seconds", str(options.seconds)]
    for flag, value in more.items():
        command += [f"-{flag}", value]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    result = json.loads(done.stdout)
    result["wrong"] = result["refused"] + (
        result["sent"] - result["refused"] - result["proved"] if "vkey" in more else 0)
    print(f"  {name:18} {result['rps']:6.0f} req/s   p50 {result['p50_ms']:6.2f} ms   p99"
          f" {result['p99_ms']:6.2f} ms   max {result['max_ms']:6.1f} ms   proofs"
          f" {result['proved']}   wrong {result['wrong']}", flush=True)
    return result


def run_gateway(name: str, options, adapter: str, settings: dict, **more: str) -> dict:
    with compare.gateway(options.binary, WORK, adapter, settings) as (port, config):
        address = f"http://127.0.0.1:{port}/v1/platforms/bench/log/vkey"
        with urllib.request.urlopen(address, timeout=10) as answer:
            vkey = answer.read().decode().strip()
        result = load(name, port, compare.GATEWAY_PATH, options, vkey=vkey, **more)
        if compare.stored_count(options.binary, config) < result["sent"] - result["refused"]:
            sys.exit("fewer are stored than were acknowledged")
        return result


def run_cardproof(options) -> dict:
    return run_gateway("cardproof", options, "offline", {})


def run_asking(name: str, options, **more: str) -> dict:
    home = WORK / "issuer"
    home.mkdir()
    with compare.issuer(str(options.binary), home, options.latency) as endpoint:
        return run_gateway(name, options, "keygen", {
            "outbound": {"allow_private": ["127.0.0.0/8"]},
            "adapters": {"keygen": {"settings": {"endpoint": endpoint, "account": "bench"},
                                    "limits": LIMITS}},
        }, **more)


def run_cardproof_asking(options) -> dict:
    return run_asking("cardproof, issuer", options)


def run_cardproof_waiting(options) -> dict:
    return run_asking("cardproof, verdict", options, verdict="ok_unused")


def run_fastapi(options) -> dict:
    with compare.fastapi(WORK) as port:
        return load("FastAPI+SQLite", port, compare.PEER_PATH, options)


def build_generator() -> None:
    GENERATOR.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", str(GENERATOR), str(HERE / "open_loop.go")], check=True,
                   env=os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/cardproof")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--waiting-rate", type=int, default=200, help="of those for a verdict")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--latency", type=int, default=5, help="ms that the issuer takes")
    options = parser.parse_args()
    runners = {"cardproof": run_cardproof, "cardproof, issuer": run_cardproof_asking,
               "cardproof, verdict": run_cardproof_waiting, "FastAPI+SQLite": run_fastapi}
    results: dict[str, list[dict]] = {name: [] for name in runners}
    build_generator()
    print(f"{options.rate} requests/s, {options.waiting_rate} where they wait, {options.seconds} s a"
          f" run, {os.cpu_count()} cores, an issuer of {options.latency} ms")
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}")
        # Whoever goes first in one round goes second in the next.
        for name in sorted(runners, reverse=bool(number % 2)):
            shutil.rmtree(WORK, ignore_errors=True)
            WORK.mkdir(parents=True)
            results[name].append(runners[name](options))
    shutil.rmtree(WORK, ignore_errors=True)
    sys.exit(summary(results))


def summary(results: dict[str, list[dict]]) -> int:
    def median(name: str, what: str) -> float:
        return statistics.median(run[what] for run in results[name])

    print("\nmedians")
    for name in results:
        print(f"  {name:18} p50 {median(name, 'p50_ms'):6.2f} ms   p99"
              f" {median(name, 'p99_ms'):6.2f} ms   max {median(name, 'max_ms'):6.1f} ms")
    p99 = median("cardproof", "p99_ms")
    print(f"  cardproof: the proof after {p99:.2f} ms at p99 (under {MOST_P99:.0f}),"
          f" {p99 / median('FastAPI+SQLite', 'p99_ms'):.2f} times FastAPI+SQLite, which gives none")
    wrong = sum(run["wrong"] for runs in results.values() for run in runs)
    return 0 if p99 < MOST_P99 and not wrong else 1


if __name__ == "__main__":
    main()
