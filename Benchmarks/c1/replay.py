#!/usr/bin/env python3
"""A change of policy replayed over a million decisions: `cardproof policy replay`.

The decisions are synthetic, from one seed, as `cardproof policy cases` writes them: each with the policy that its
order pinned (`w15`) and what was decided. What fifteen and seven days of warranty make of each is worked out here,
in Python, from the dates alone. Each round replays them under `w7` twice; every changed case must be one that was
worked out, with those very reasons, none may be missing, and both runs must give the same bytes. Under `w15` itself
no case may change. Prints each run, then the median. Exits 1 when an answer is not exact, or the median misses its
target.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "Benchmarks" / ".work" / "c1"
MOST_SECONDS = 60.0
SEED = 20261129
DAY = 86_400
OLD, NEW = ("w15", 15), ("w7", 7)
# Seconds since the epoch: the first hand-over, and the days over which hand-overs are spread.
FIRST, SPREAD = 1_793_491_200, 30
# What an issuer said, and how many of a thousand codes have it.
SHARES = {"ok_unused": 700, "not_found": 90, "revoked": 60, "used_before": 50, "used_after": 60, "indeterminate": 40}
CLOCK = [f"T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z" for second in range(DAY)]
DATES = [(datetime.date(1970, 1, 1) + datetime.timedelta(FIRST // DAY - 2 + day)).isoformat() for day in range(90)]


def stamp(seconds: int) -> str:
    return DATES[seconds // DAY - FIRST // DAY + 2] + CLOCK[seconds % DAY]


def decided(state: str, is_over: bool) -> str:
    """What becomes of a claim about a code in this state, found before or after the window's end."""
    return {
        "ok_unused": ("no_defect", "no_defect"),
        "not_found": ("open", "window_over"), "revoked": ("open", "window_over"),
        "used_before": ("open", "window_over"), "used_after": ("used_after_delivery", "window_over"),
        "indeterminate": ("awaits_recheck", "undecided_at_window_end"),
    }[state][is_over]


def liable(state: str) -> str:
    return {"ok_unused": "none", "indeterminate": "none", "used_after": "buyer"}.get(state, "merchant")


def verdict(state: str, delivered: int, found: int, rnd: random.Random) -> str:
    if state == "used_before":
        return ('{"state":"used","timing":"before_delivery","certainty":"authoritative","issuer":{"code":"11","at":"'
                + stamp(delivered - rnd.randrange(600, DAY)) + '"},"adapter":"issuer@1"}')
    if state == "used_after":
        return ('{"state":"used","timing":"after_delivery","certainty":"authoritative","issuer":{"code":"11","at":"'
                + stamp(rnd.randrange(delivered + 600, found)) + '"},"adapter":"issuer@1"}')
    if state == "indeterminate":
        return '{"state":"indeterminate","certainty":"derived","cause":"timed_out","adapter":"issuer@1"}'
    return f'{{"state":"{state}","certainty":"authoritative","issuer":{{"code":"0"}},"adapter":"issuer@1"}}'


def generated(path: pathlib.Path, count: int, pin: str) -> dict[str, tuple]:
    """Writes the cases; gives those that the new policy changes, each as its line should have it."""
    rnd = random.Random(SEED)
    states, weights = list(SHARES), list(SHARES.values())
    expected: dict[str, tuple] = {}
    with path.open("w") as file:
        for number in range(count):
            [state] = rnd.choices(states, weights)
            delivered = FIRST + rnd.randrange(SPREAD * DAY)
            found = delivered + rnd.randrange(1_200, 22 * DAY)
            lost, incidents = 0, ""
            if rnd.random() < 0.1:
                # Nobody could decide for a while: the clock stood, in the first days and before the answer.
                lost = rnd.randrange(60, 43_200)
                began = delivered + rnd.randrange(0, 5 * DAY)
                if began + lost < found:
                    incidents = (f',"incidents":[{{"kind":"indeterminate","started_at":"{stamp(began)}",'
                                 f'"ended_at":"{stamp(began + lost)}"}}]')
                else:
                    lost = 0
            ends = {days: delivered + days * DAY + lost for _, days in (OLD, NEW)}
            before, after = (decided(state, found >= ends[days]) for _, days in (OLD, NEW))
            name = f"chk_{number:026d}"
            file.write(
                f'{{"case":"{name}","product":"game-50","verdict":{verdict(state, delivered, found, rnd)},'
                f'"decided_at":"{stamp(found)}","price":{{"amount_minor":5000,"currency":"CNY"}},"same_answers":1,'
                f'"placed_at":"{stamp(delivered - 60)}","terms_disclosed_at":"{stamp(delivered - 90)}",'
                f'"delivered_at":"{stamp(delivered)}","skew_margin_s":120{incidents},'
                f'"decided":{{"policy":{pin},"claim":"{before}","liable":"{liable(state)}"}}}}\n')
            if before != after:
                expected[name] = (before, after, stamp(ends[OLD[1]]), stamp(ends[NEW[1]]))
    return expected


def pinned(options, name: str) -> str:
    """What an order keeps of a policy: its hash is over the JCS form, which for this text is sorted and compact."""
    shown = subprocess.run([str(options.binary), "policy", "show", name, "--json"], check=True, stdout=subprocess.PIPE)
    policy = json.loads(shown.stdout)
    text = json.dumps(policy, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps({"id": policy["policy"], "version": policy["version"], "hash": digest}, separators=(",", ":"))


def replayed(options, cases: pathlib.Path, policy: str) -> tuple[float, pathlib.Path]:
    """The answer's file, and how long it took; from the page cache."""
    answer = WORK / f"answer-{policy}.jsonl"
    command = [str(options.binary), "policy", "replay", "--policy", policy, "--cases", str(cases), "--json",
               "--data", str(WORK / "no-store")]
    begun, before = time.monotonic(), os.times()
    with answer.open("wb") as file:
        subprocess.run(command, check=True, stdout=file)
    seconds, after = time.monotonic() - begun, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"  {policy}: {seconds:6.2f} s, {busy:6.2f} s of CPU", flush=True)
    return seconds, answer


def faults(answer: pathlib.Path, expected: dict[str, tuple], count: int) -> list[str]:
    """What differs from what was worked out."""
    found: list[str] = []
    seen, last = 0, ""
    with answer.open() as lines:
        for line in lines:
            row = json.loads(line)
            if "case" not in row:
                if (row["cases"], row["changed"]) != (count, len(expected)):
                    found.append(f"the summary says {row}")
                continue
            seen += 1
            if row["case"] <= last:
                found.append(f"{row['case']} stands behind {last}")
            last = row["case"]
            changes = {change["what"]: (change["before"], change["after"]) for change in row["changes"]}
            wanted = expected.get(row["case"])
            if wanted is None:
                found.append(f"{row['case']} changed: {changes}")
                continue
            remedy = {"remedy": ("reissue", "none")} if wanted[0] == "open" else {}
            if changes != {"claim": wanted[:2], "window_ends_at": wanted[2:]} | remedy or not all(row["rules"].values()):
                found.append(f"{row['case']}: {row}, wanted {wanted}")
    if seen != len(expected):
        found.append(f"{seen} cases changed, {len(expected)} should")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build" / "release" / "cardproof")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--untimed", action="store_true",
                        help="no target is missed: for small counts, or a debug build")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    cases = WORK / "cases.jsonl"
    expected = generated(cases, options.cases, pinned(options, OLD[0]))
    print(f"{options.cases} decisions under {OLD[0]}, {cases.stat().st_size / 2**20:.0f} MiB; under {NEW[0]}"
          f" {len(expected)} change, {os.cpu_count()} cores")
    _, same = replayed(options, cases, OLD[0])
    wrong = faults(same, {}, options.cases)
    taken: list[float] = []
    digests: set[str] = set()
    for _ in range(2 * options.rounds):
        seconds, answer = replayed(options, cases, NEW[0])
        taken.append(seconds)
        digests.add(hashlib.sha256(answer.read_bytes()).hexdigest())
    wrong += faults(answer, expected, options.cases)
    for fault in wrong[:20]:
        print(f"  NOT EXACT: {fault}")
    median = statistics.median(taken)
    print(f"  median {median:.2f} s (under {MOST_SECONDS:.0f} s), {options.cases / median:,.0f} decisions/s,"
          f" {len(expected)} changed cases {'NOT ' if wrong else ''}EXACT,"
          f" {len(taken)} runs {'the same bytes' if len(digests) == 1 else 'DIFFERENT BYTES'}")
    is_good = not wrong and expected and len(digests) == 1 and (options.untimed or median < MOST_SECONDS)
    for path in (cases, same, answer):
        path.unlink()
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
