#!/usr/bin/env python3
"""Checks an exported log with pymerkle: a Merkle tree that nobody of this project wrote.

Usage: pymerkle_check.py FOLDER [PROOF.tlog-proof ...]

Needs PyPI pymerkle 7.0.0 (pip install pymerkle==7.0.0). Reads every entry out of the entry
bundles, builds pymerkle's tree and compares its root with the checkpoint's; then compares its
inclusion path with the one of each proof file, hash by hash, and lets pymerkle verify it.
Signatures are not checked here (logverify does that). Exit status: 0 all equal, 1 something
differs (standard error names it), 2 usage.
"""

import base64
import pathlib
import sys

from pymerkle import InmemoryTree, InvalidProof, verify_inclusion

FULL_WIDTH = 256


class Differs(Exception):
    """Something is not as pymerkle has it; the text names what."""


def tile_path(level, index, width):
    """The path of c2sp.org/tlog-tiles."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    suffix = "" if width == FULL_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{suffix}"


def read_checkpoint(text):
    """Size and root of a checkpoint's text."""
    lines = text.split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def read_entries(folder, size):
    """Every entry of the log, in order."""
    for first in range(0, size, FULL_WIDTH):
        width = min(FULL_WIDTH, size - first)
        path = tile_path("entries", first // FULL_WIDTH, width)
        data = (folder / path).read_bytes()
        for number in range(first, first + width):
            length = int.from_bytes(data[:2], "big")
            if len(data) < 2 + length:
                raise Differs(f"entry {number}: {path} breaks off")
            yield data[2 : 2 + length]
            data = data[2 + length :]
        if data:
            raise Differs(f"entry bundle {path}: {len(data)} bytes too many")


def check_proof(tree, path, size, root):
    """Compares one proof file with pymerkle's own path for that entry."""
    head, _, checkpoint = path.read_text("utf-8").partition("\n\n")
    lines = head.split("\n")
    entry = base64.b64decode(lines[1].removeprefix("extra "), validate=True)
    index = int(lines[2].removeprefix("index "))
    hashes = [base64.b64decode(line, validate=True) for line in lines[3:]]
    proof_size, proof_root = read_checkpoint(checkpoint)
    if not index < proof_size <= size:
        raise Differs(f"{path}: entry {index} of {proof_size}, the log has {size}")
    leaf = tree.get_leaf(index + 1)  # pymerkle counts from 1
    if tree.hash_buff(entry) != leaf:
        raise Differs(f"{path}: the entry is not entry {index} of the log")
    proof = tree.prove_inclusion(index + 1, proof_size)
    expected = [bytes.fromhex(text) for text in proof.serialize()["path"]][1:]
    if hashes != expected:
        raise Differs(f"{path}: pymerkle has another path for entry {index} of {proof_size}")
    verify_inclusion(leaf, proof_root, proof)
    if proof_size == size and proof_root != root:
        raise Differs(f"{path}: another root for the same size")


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    try:
        size, root = read_checkpoint((folder / "checkpoint").read_text("utf-8"))
        tree = InmemoryTree(algorithm="sha256")
        for entry in read_entries(folder, size):
            tree.append_entry(entry)
        if tree.get_size() != size or tree.get_root() != root:
            raise Differs("checkpoint: pymerkle has another root for the entries")
        for name in arguments[1:]:
            check_proof(tree, pathlib.Path(name), size, root)
    except (Differs, InvalidProof, OSError, ValueError, IndexError) as error:
        print(f"pymerkle_check: {error}", file=sys.stderr)
        return 1
    print(f"ok: {size} entries, {len(arguments) - 1} proofs, root {base64.b64encode(root).decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
