"""Verifiers that share no code with cardproof: Go's x/mod (note, tlog) and PyPI pymerkle."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

FOREIGN = pathlib.Path(__file__).resolve().parents[2] / "Foreign"


def built(scratch: pathlib.Path) -> pathlib.Path:
    """The Go verifier, built once a run with Debian's golang and golang-golang-x-mod-dev."""
    target = scratch / "logverify"
    if not target.exists():
        subprocess.run(
            ["go", "build", "-o", str(target), "."], cwd=FOREIGN / "logverify", check=True,
            env={"PATH": os.environ["PATH"], "HOME": str(scratch), "GO111MODULE": "off",
                 "GOPATH": "/usr/share/gocode", "GOCACHE": str(scratch / "gocache"),
                 "GOFLAGS": ""})
    return target


def verify_log(scratch, folder: pathlib.Path, vkey: str) -> subprocess.CompletedProcess:
    """The whole exported log: checkpoint signature, every entry, every tile, the root."""
    return subprocess.run([str(built(scratch)), "-key", vkey, str(folder)], capture_output=True,
                          text=True)


def verify_proof(scratch, proof: pathlib.Path, vkey: str,
                 *witnesses: str) -> subprocess.CompletedProcess:
    """A proof, which these witnesses must have cosigned."""
    flags = [word for witness in witnesses for word in ("-witness", witness)]
    return subprocess.run([str(built(scratch)), "-key", vkey, *flags, str(proof)],
                          capture_output=True, text=True)


def pymerkle_log(folder: pathlib.Path, *proofs: pathlib.Path) -> subprocess.CompletedProcess:
    """The root of the exported entries, and the path of each proof file, by pymerkle."""
    return subprocess.run(
        [sys.executable, str(FOREIGN / "pymerkle_check.py"), str(folder), *map(str, proofs)],
        capture_output=True, text=True)
