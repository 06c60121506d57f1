#!/usr/bin/env python3
"""Intake of deliveries: cardproof against FastAPI+SQLite, in turn, in one run.

cardproof runs twice a round: with a product whose cards are read at once (`offline`), and with one whose
issuer is asked, a sandbox, at the rate that its adapter allows. Every run starts from an empty store, with
fresh ids and signatures. Prints each run, then the medians and their ratios. Exits 1 when a request was
refused, an id was sent twice, or a server failed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "Tests" / "BlackBox")]
import signed_requests as signed  # noqa: E402  (needs the path above)
from harness.ports import free_port  # noqa: E402

PEER_PATH = "/v1/deliveries"
GATEWAY_PATH = "/v1/platforms/bench/deliveries"
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
PORTS = {"nginx": 18099, "fastapi_sqlite": 18101}


def await_port(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"the server ended with {process.returncode} before it listened")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            time.sleep(0.5)
            return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port} after 20 s")


@contextlib.contextmanager
def running(command: list[str], port: int, folder: pathlib.Path, **env: str):
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log,
                                   env=os.environ | env)
    try:
        await_port(port, process)
        yield
    finally:
        process.terminate()
        process.wait(60)


def load(name: str, port: int, path: str, options, folder: pathlib.Path) -> dict:
    file = folder / "requests.bin"
    signed.write(file, options.requests, path)
    threads = min(2, options.connections)
    done = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{options.connections}", f"-d{options.seconds}s", "--latency",
         "-s", str(HERE / "load.lua"), f"http://127.0.0.1:{port}{path}", "--", str(file),
         str(threads)], capture_output=True, text=True, check=True)
    file.unlink()
    result = json.loads(done.stdout.strip().splitlines()[-1])
    result["load"] = os.getloadavg()[0]
    print(f"  {name:18} {result['rps']:9.0f} req/s   p50 {result['p50_ms']:7.2f} ms"
          f"   p99 {result['p99_ms']:7.2f} ms   others {result['others']}"
          f"   twice {result['wrapped']}   errors {result['errors']}", flush=True)
    return result


def run_nginx(options, folder: pathlib.Path) -> dict:
    with running([NGINX, "-c", str(HERE / "nginx.conf"), "-p", str(folder)], PORTS["nginx"],
                 folder):
        return load("nginx (floor)", PORTS["nginx"], PEER_PATH, options, folder)


def run_fastapi(options, folder: pathlib.Path) -> dict:
    with fastapi(folder) as port:
        return load("FastAPI+SQLite", port, PEER_PATH, options, folder)


@contextlib.contextmanager
def fastapi(folder: pathlib.Path):
    """The peer, serving; its port."""
    port = PORTS["fastapi_sqlite"]
    command = [str(pathlib.Path(sys.executable).parent / "uvicorn"), "fastapi_sqlite:app",
               "--app-dir", str(HERE / "peers"), "--loop", "uvloop", "--http", "httptools",
               "--no-access-log", "--log-level", "warning", "--host", "127.0.0.1",
               "--port", str(port)]
    with running(command, port, folder, WH_SECRET=signed.SECRET, WH_DB=str(folder / "peer.db")):
        yield port


@contextlib.contextmanager
def issuer(binary: str, folder: pathlib.Path, latency: int = 0):
    """A sandbox that answers as a Keygen licence server after `latency` ms; its address."""
    port = free_port()
    command = [binary, "sandbox", "--port", str(port)]
    command += ["--latency", str(latency)] if latency else []
    with running(command, port, folder):
        yield f"http://127.0.0.1:{port}"


def run_cardproof_asking(options, folder: pathlib.Path) -> dict:
    home = folder / "issuer"
    home.mkdir()
    with issuer(str(options.binary), home) as endpoint:
        return run_gateway("cardproof, issuer", options, folder, "keygen", {
            "outbound": {"allow_private": ["127.0.0.0/8"]},
            "adapters": {"keygen": {"settings": {"endpoint": endpoint, "account": "bench"}}},
        })


def run_cardproof(options, folder: pathlib.Path) -> dict:
    return run_gateway("cardproof", options, folder, "offline", {})


def run_gateway(name: str, options, folder: pathlib.Path, adapter: str, settings: dict) -> dict:
    with gateway(options.binary, folder, adapter, settings) as (port, config):
        result = load(name, port, GATEWAY_PATH, options, folder)
        stored = stored_count(options.binary, config)
    if stored < result["accepted"]:
        sys.exit(f"{result['accepted']} were acknowledged and {stored} are stored")
    return result


@contextlib.contextmanager
def gateway(program: pathlib.Path, folder: pathlib.Path, adapter: str, settings: dict):
    """cardproof serving the platform and the product `bench`; its port and its configuration."""
    binary, port = str(program), free_port()
    config, secret = folder / "cardproof.yaml", folder / "webhook.secret"
    secret.write_text(signed.SECRET)
    secret.chmod(0o600)
    subprocess.run([binary, "keys", "init", "--directory", str(folder / "keys")], check=True,
                   stdout=subprocess.DEVNULL)
    config.write_text(yaml.safe_dump({
        "listen": f"127.0.0.1:{port}",
        "metrics": {"listen": f"127.0.0.1:{free_port()}"},
        "data": str(folder / "data"),
        "keys": {"master": str(folder / "keys" / "master.key")},
        "log": {"origin": "bench.example"},
        "products": [{"id": "bench", "issuer": "bench", "adapter": adapter, "policy": "w7",
                      "face_value": {"amount_minor": 10000, "currency": "CNY"}}],
    } | settings))
    subprocess.run([binary, "tenant", "add", "bench", "--secrets-directory",
                    str(folder / "secrets"), "--webhook-secret-file", str(secret),
                    "--config", str(config)], check=True, stdout=subprocess.DEVNULL)
    with running([binary, "serve", "--config", str(config)], port, folder):
        yield port, config


def stored_count(program: pathlib.Path, config: pathlib.Path) -> int:
    """Deliveries that a running gateway has written down."""
    listed = subprocess.run(
        [str(program), "deliveries", "list", "--json", "--config", str(config)],
        capture_output=True, check=True).stdout
    return len(json.loads(listed)["deliveries"])


def median(results: list[dict], name: str) -> float:
    return statistics.median(result[name] for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/cardproof")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--requests", type=int, default=150_000, help="signed for each run")
    options = parser.parse_args()
    work = ROOT / "Benchmarks" / ".work" / "a2"
    runners = {"cardproof": run_cardproof, "cardproof, issuer": run_cardproof_asking,
               "FastAPI+SQLite": run_fastapi}
    results: dict[str, list[dict]] = {name: [] for name in runners}

    def fresh() -> pathlib.Path:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        return work

    print(f"{options.connections} connections, {options.seconds} s a run, {os.cpu_count()} cores")
    if NGINX:
        run_nginx(options, fresh())
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}")
        # Whoever goes first in one round goes second in the next.
        for name in sorted(runners, reverse=bool(number % 2)):
            results[name].append(runners[name](options, fresh()))
    shutil.rmtree(work, ignore_errors=True)
    summary(results)
    faults = sum(r["others"] + r["wrapped"] + r["errors"] for rs in results.values() for r in rs)
    sys.exit(1 if faults else 0)


def summary(results: dict[str, list[dict]]) -> None:
    print("\nmedians")
    for name, runs in results.items():
        print(f"  {name:18} {median(runs, 'rps'):9.0f} req/s   p50 {median(runs, 'p50_ms'):7.2f} ms"
              f"   p99 {median(runs, 'p99_ms'):7.2f} ms")
    peer = results["FastAPI+SQLite"]
    for name in ("cardproof", "cardproof, issuer"):
        ours = results[name]
        print(f"  {name} / FastAPI+SQLite: {median(ours, 'rps') / median(peer, 'rps'):.2f} times"
              f" the requests, {median(ours, 'p99_ms') / median(peer, 'p99_ms'):.2f} times the p99")


if __name__ == "__main__":
    main()
