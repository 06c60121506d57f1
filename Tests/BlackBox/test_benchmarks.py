"""The benchmarks at small counts: what they check besides the time."""

from __future__ import annotations

import re
import subprocess
import sys

from harness.gateway import ROOT, binary


def test_the_log_keeps_what_was_acknowledged():
    """Batches through the store's own commits, SIGKILL in the middle, every acknowledged leaf read
    back; then an exported log that `verify` and Go's tlog accept, until one bit of it is flipped."""
    program = ROOT / ".build" / "debug" / "cardproof-bench"
    done = subprocess.run(
        [sys.executable, str(ROOT / "Benchmarks" / "a3" / "log.py"), "--binary", str(binary()),
         "--bench", str(program), "--untimed", "--rounds", "1", "--entries", "2000", "--batch",
         "100", "--log-entries", "1000"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    acknowledged, kept = re.search(r"(\d+) acknowledged, (\d+) there", done.stdout).groups()
    assert int(kept) >= int(acknowledged) > 2000


def test_the_audit_is_exact_on_the_workload_it_is_measured_by():
    """The audit benchmark without its peers: both forms of the stock, each report equal to the truth of the
    generator and so is the C reference's."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "Benchmarks" / "a1" / "audit.py"), "--binary", str(binary()), "--peers",
         "--rounds", "1", "--rows", "20000", "--history", "20000"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(", EXACT") == 4


def test_a_replayed_policy_changes_what_the_dates_say():
    """The replay benchmark: every change and every reason worked out in Python from the dates, the same bytes twice."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "Benchmarks" / "c1" / "replay.py"), "--binary", str(binary()), "--untimed",
         "--rounds", "1", "--cases", "20000"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    changed = re.search(r"([1-9]\d*) changed cases EXACT, 2 runs the same bytes", done.stdout)
    assert changed, done.stdout
