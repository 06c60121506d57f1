#!/usr/bin/env python3
"""A healthy issuer's checks with two sick issuers beside it and without, in turn, in one run.

One sick issuer is stopped by SIGSTOP, one answers garbage; both have hundreds of codes waiting, which
are asked again all the while. Every delivery to the healthy issuer waits for its verdict (`Prefer: wait`),
so a request's time is intake, queue, inquiry and record together. Prints each run, then the medians and
their ratios. Exits 1 when a verdict was not the issuer's, or when the ratios miss their targets.

`--binary` (or CARDPROOF_BIN) takes another build: a debug build shows that it runs, its figures nothing.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "BlackBox"))
LEAST_THROUGHPUT = 0.85
MOST_P99 = 1.5
LIMITS = {"concurrency": 32, "requests_per_second": 1000, "burst": 1000, "timeout": "2s"}


def adapter(url: str) -> dict:
    return {"adapter": "keygen", "settings": {"endpoint": url, "account": "bench"},
            "limits": LIMITS}


@contextlib.contextmanager
def sandbox(binary: str, folder: pathlib.Path):
    """An issuer that speaks Keygen, in a process of its own."""
    from harness.ports import free_port
    from harness.wire import call
    port = free_port()
    folder.mkdir(parents=True)
    with open(folder / "sandbox.log", "wb") as log:
        process = subprocess.Popen([binary, "sandbox", "--port", str(port)], cwd=folder,
                                   stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                call(f"http://127.0.0.1:{port}", "GET", "/", timeout=1)
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(20)


def send(gateway, product: str, number: int, **more) -> tuple[float, str | None]:
    """One delivery; the seconds it took and the state that was answered."""
    from harness import cards, webhook
    body = cards.delivery(f"{product}-{number}", [
        cards.item(product, f"SYNTHETIC-{product}-{number:08d}")])
    begun = time.perf_counter()
    answer = webhook.send(gateway, body, **more).json()
    verdict = answer["items"][0].get("verdict")
    return time.perf_counter() - begun, verdict and verdict["state"]


def run(name: str, options, folder: pathlib.Path, sick: bool) -> dict:
    from harness.gateway import Gateway
    from harness.hostile import HostileServer
    hostile = HostileServer("garbage")
    binary = str(options.binary)
    with sandbox(binary, folder / "healthy") as (healthy, _), \
            sandbox(binary, folder / "stopped") as (stopped, process):
        products = [{"id": issuer, "issuer": issuer, "adapter": issuer, "policy": "w7"}
                    for issuer in ("healthy", "stopped", "garbage")]
        gateway = Gateway(folder / "gateway", products, {
            "healthy": adapter(healthy), "stopped": adapter(stopped),
            "garbage": adapter(hostile.url)},
            {"checks": {"reask": ["1s", "2s"], "breaker": ["500ms", "1s"]}})
        gateway.add_platform("bench")
        gateway.start()
        try:
            with concurrent.futures.ThreadPoolExecutor(options.connections) as pool:
                if sick:
                    process.send_signal(signal.SIGSTOP)
                    list(pool.map(lambda n: send(gateway, ("stopped", "garbage")[n % 2], n),
                                  range(2 * options.waiting)))
                begun = time.perf_counter()
                results = list(pool.map(lambda n: send(gateway, "healthy", n, wait=20),
                                        range(options.requests)))
                seconds = time.perf_counter() - begun
        finally:
            gateway.stop()
            hostile.stop()
    times = sorted(taken for taken, _ in results)
    result = {"rps": len(times) / seconds, "p50": statistics.median(times) * 1000,
              "p99": times[int(len(times) * 0.99)] * 1000,
              "wrong": sum(found != "ok_unused" for _, found in results)}
    print(f"  {name:16} {result['rps']:8.0f} checks/s   p50 {result['p50']:7.1f} ms"
          f"   p99 {result['p99']:7.1f} ms   missing or wrong {result['wrong']}", flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path(
        os.environ.get("CARDPROOF_BIN") or ROOT / ".build/release/cardproof"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--requests", type=int, default=1500, help="to the healthy issuer, each run")
    parser.add_argument("--waiting", type=int, default=300, help="codes of each sick issuer")
    options = parser.parse_args()
    os.environ["CARDPROOF_BIN"] = str(options.binary)
    work = ROOT / "Benchmarks" / ".work" / "b1"
    results: dict[str, list[dict]] = {"alone": [], "beside two sick": []}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}")
        # Whoever goes first in one round goes second in the next.
        for name in sorted(results, reverse=bool(number % 2)):
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            results[name].append(run(name, options, work, sick=name != "alone"))
    shutil.rmtree(work, ignore_errors=True)

    def ratio(what: str) -> float:
        alone, beside = (statistics.median(r[what] for r in runs) for runs in results.values())
        return beside / alone

    throughput, p99 = ratio("rps"), ratio("p99")
    print(f"\nbeside two sick / alone: {throughput:.2f} of the throughput"
          f" (at least {LEAST_THROUGHPUT}), {p99:.2f} times the p99 (at most {MOST_P99})")
    wrong = sum(r["wrong"] for runs in results.values() for r in runs)
    sys.exit(0 if throughput >= LEAST_THROUGHPUT and p99 <= MOST_P99 and not wrong else 1)


if __name__ == "__main__":
    main()
