#!/usr/bin/env python3
"""The stock audit against DuckDB and Polars, in turn, in one run.

The generator (`gen.c`) writes a stock with known defects and a history of codes already sold, from one seed. Each
round runs `cardproof audit`, the C reference, DuckDB and Polars on the same files from the page cache; each report
is compared with the generator's truth. Prints each run, then medians of wall time and peak memory and the ratios.
`--extra` goes on with the limited runs: 10M lines in 256M, and 50M lines in 512M.

Exits 1 when a report of cardproof is not exact, or a median misses its target.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "Benchmarks" / ".work" / "a1"
AS_OF = "2026-11-20"
# The targets: against the faster peer, and of its memory.
FASTER, MEMORY_SHARE = 6.0, 0.25


@dataclasses.dataclass
class Run:
    seconds: float
    mebibytes: float
    exact: bool


@dataclasses.dataclass
class Files:
    stock: pathlib.Path
    history: pathlib.Path
    truth: pathlib.Path
    form: str


def compiled(source: str, *flags: str) -> pathlib.Path:
    target = WORK / source.removesuffix(".c")
    if not target.exists() or target.stat().st_mtime < (HERE / source).stat().st_mtime:
        subprocess.run(["cc", *flags, "-o", str(target), str(HERE / source)], check=True)
    return target


def generated(rows: int, history: int, form: str) -> Files:
    """The same bytes for the same counts: the seed is the count of rows."""
    name = f"{rows}.{form}"
    files = Files(WORK / f"stock.{name}", WORK / f"history.{history}.for.{name}",
                  WORK / f"truth.{name}.{history}", form)
    if not files.truth.exists():
        subprocess.run([str(compiled("gen.c", "-O2")), "--n", str(rows), "--seed", str(rows % 2**31), "--fmt", form,
                        "--out", str(files.stock), "--truth", str(files.truth), "--history", str(files.history),
                        "--hn", str(history)], check=True, stderr=subprocess.DEVNULL)
    return files


def measured(command: list[str], report: pathlib.Path, truth: pathlib.Path, environment=None) -> Run:
    report.unlink(missing_ok=True)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, **(environment or {})})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    check = subprocess.run([sys.executable, str(HERE / "check.py"), str(truth), str(report)],
                           stdout=subprocess.PIPE, text=True) if report.exists() else None
    exact = check is not None and check.returncode == 0
    return Run(seconds, usage.ru_maxrss / 1024, exact)


def commands(options, files: Files, report: pathlib.Path) -> dict[str, list[str]]:
    stock, history = str(files.stock), str(files.history)
    peer = [stock, files.form, history, AS_OF, str(report)]
    return {
        "cardproof": audit(options, files, report, "512M"),
        "reference": [str(compiled("ref_audit.c", "-O3")), *peer],
        "duckdb": [sys.executable, str(HERE / "peer_duckdb.py"), *peer],
        "polars": [sys.executable, str(HERE / "peer_polars.py"), *peer],
    }


def audit(options, files: Files, report: pathlib.Path, memory: str) -> list[str]:
    return [str(options.binary), "audit", "--stock", str(files.stock),
            "--format", "csv" if files.form == "csv" else "lines:----",
            "--history", str(files.history), "--card-format", str(HERE / "card-format.yaml"), "--as-of", AS_OF,
            "--memory", memory, "--report", str(report)]


def compare(options, rows: int, form: str) -> bool:
    files = generated(rows, options.history, form)
    report = WORK / "report.tsv"
    runs: dict[str, list[Run]] = {}
    # From the page cache, for all of them alike. By another process: what this one holds counts for the peak of each
    # that it starts.
    subprocess.run(["cat", str(files.stock), str(files.history)], check=True, stdout=subprocess.DEVNULL)
    for round_number in range(1, options.rounds + 1):
        for name, command in commands(options, files, report).items():
            if name in ("duckdb", "polars") and name not in options.peers:
                continue
            run = measured(command, report, files.truth, {"BENCH_HOME": str(WORK)})
            runs.setdefault(name, []).append(run)
            word = "EXACT" if run.exact else "NOT EXACT"
            print(f"{rows} {form} round {round_number} {name}: {run.seconds:.2f} s, {run.mebibytes:.0f} MiB, {word}",
                  flush=True)
    median = {name: (statistics.median(r.seconds for r in each), statistics.median(r.mebibytes for r in each))
              for name, each in runs.items()}
    exact = all(run.exact for run in runs["cardproof"])
    if not options.peers:
        return exact
    peer = min(options.peers, key=lambda name: median[name][0])
    faster, share = median[peer][0] / median["cardproof"][0], median["cardproof"][1] / median[peer][1]
    print(f"{rows} {form} medians: " + ", ".join(f"{n} {s:.2f} s {m:.0f} MiB" for n, (s, m) in median.items()))
    print(f"{rows} {form}: {faster:.1f} times faster than {peer}, {share:.2f} of its memory")
    return exact and (rows < options.judged_from or (faster >= FASTER and share <= MEMORY_SHARE))


def limited(options, rows: int, memory: str) -> bool:
    files = generated(rows, options.history, "csv")
    report = WORK / "report.tsv"
    run = measured(audit(options, files, report, memory), report, files.truth)
    most = int(memory.removesuffix("M"))
    print(f"{rows} csv with --memory {memory}: {run.seconds:.2f} s, {run.mebibytes:.0f} MiB, "
          f"{'EXACT' if run.exact else 'NOT EXACT'}", flush=True)
    return run.exact and run.mebibytes <= most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/cardproof")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--forms", nargs="*", default=["csv", "txt"])
    parser.add_argument("--peers", nargs="*", choices=["duckdb", "polars"], default=["duckdb", "polars"])
    parser.add_argument("--history", type=int, default=10_000_000)
    parser.add_argument("--judged-from", type=int, default=10_000_000, help="rows from which the targets hold")
    parser.add_argument("--extra", action="store_true", help="also 10M lines in 256M and 50M lines in 512M")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    results = [compare(options, rows, form) for rows in options.rows for form in options.forms]
    if options.extra:
        results += [limited(options, 10_000_000, "256M"), limited(options, 50_000_000, "512M")]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
