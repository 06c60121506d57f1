"""RFC 6962 and C2SP tlog-tiles, written from the specifications for these tests alone."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import pathlib
import struct

TILE = 256


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: one hash for every full subtree."""

    def __init__(self):
        self.size = 0
        self.peaks: list[tuple[int, bytes]] = []

    def append(self, entry: bytes) -> None:
        height, value = 0, leaf_hash(entry)
        while self.peaks and self.peaks[-1][0] == height:
            value = node_hash(self.peaks.pop()[1], value)
            height += 1
        self.peaks.append((height, value))
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        value = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            value = node_hash(left, value)
        return value


def roots(entries: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root at each of the named sizes."""
    frontier, found = Frontier(), {}
    if 0 in sizes:
        found[0] = frontier.root()
    for entry in entries:
        frontier.append(entry)
        if frontier.size in sizes:
            found[frontier.size] = frontier.root()
    return found


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    text: str

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        body, _, signatures = text.rpartition("\n\n")
        assert signatures.startswith("— "), "a checkpoint has a signature line"
        origin, size, root, *_ = body.split("\n")
        return cls(origin, int(size), base64.b64decode(root, validate=True), text)


@dataclasses.dataclass(frozen=True)
class Proof:
    """A `.tlog-proof` file (c2sp.org/tlog-proof@v1)."""
    index: int
    extra: bytes | None
    path: list[bytes]
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, text: str) -> "Proof":
        head, _, rest = text.partition("\n\n")
        lines = head.split("\n")
        assert lines.pop(0) == "c2sp.org/tlog-proof@v1", "the first line names the format"
        extra = None
        if lines[0].startswith("extra "):
            extra = base64.b64decode(lines.pop(0).removeprefix("extra "), validate=True)
        index = int(lines.pop(0).removeprefix("index "))
        hashes = [base64.b64decode(line, validate=True) for line in lines]
        return cls(index, extra, hashes, Checkpoint.parse(rest))

    def root_from(self, leaf: bytes) -> bytes:
        """The root that this path leads to from the leaf hash (RFC 9162 2.1.3.2)."""
        node, last, value = self.index, self.checkpoint.size - 1, leaf
        assert 0 <= node <= last, "the index lies inside the tree"
        for sibling in self.path:
            assert last > 0, "the path is no longer than the tree is high"
            if node & 1 or node == last:
                value = node_hash(sibling, value)
                while not node & 1 and node:
                    node, last = node >> 1, last >> 1
            else:
                value = node_hash(value, sibling)
            node, last = node >> 1, last >> 1
        assert last == 0, "the path is no shorter than the tree is high"
        return value


def tile_name(number: int) -> str:
    text = f"{number % 1000:03d}"
    while number >= 1000:
        number //= 1000
        text = f"x{number % 1000:03d}/{text}"
    return text


def exported_entries(folder: pathlib.Path) -> list[bytes]:
    """Every entry of an exported log, in order."""
    size = exported_checkpoint(folder).size
    entries: list[bytes] = []
    for number in range((size + TILE - 1) // TILE):
        width = min(TILE, size - number * TILE)
        name = tile_name(number) + ("" if width == TILE else f".p/{width}")
        data = (folder / "tile" / "entries" / name).read_bytes()
        while data:
            (length,) = struct.unpack(">H", data[:2])
            entries.append(data[2:2 + length])
            data = data[2 + length:]
    assert len(entries) == size, f"{len(entries)} entries in a log of size {size}"
    return entries


def exported_checkpoint(folder: pathlib.Path) -> Checkpoint:
    return Checkpoint.parse((folder / "checkpoint").read_text())
