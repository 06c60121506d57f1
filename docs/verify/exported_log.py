"""An exported log (c2sp.org/tlog-tiles): every entry, and that they lead to the root (RFC 6962).
Who signed the checkpoint is for others to check. Needs Python 3.11 alone."""
import base64, hashlib, json, re

TILE = 256

def require(condition, sentence):
    if not condition:
        raise ValueError(sentence)

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def root_of(hashes):
    half = 1 << (len(hashes) - 1).bit_length() >> 1
    is_leaf = len(hashes) == 1
    return hashes[0] if is_leaf else sha256(b"\1", root_of(hashes[:half]), root_of(hashes[half:]))

def leaves_of(folder):
    """Origin and leaves of a log (c2sp.org/tlog-tiles), which lead to its root (RFC 6962)."""
    origin, size, root = (folder / "checkpoint").read_text().split("\n")[:3]
    entries = []
    for start in range(0, int(size), TILE):
        width, digits = min(TILE, int(size) - start), str(start // TILE)
        name = re.sub(r"(\d{3})(?=\d)", r"x\1/", digits.zfill(-(-len(digits) // 3) * 3))
        data = (folder / "tile/entries" / (name + f".p/{width}" * (width < TILE))).read_bytes()
        while data:
            entries.append(data[2:2 + int.from_bytes(data[:2])])
            data = data[2 + len(entries[-1]):]
    top = base64.b64encode(root_of([sha256(b"\0", entry) for entry in entries])).decode()
    require((len(entries), top) == (int(size), root), "the entries do not lead to the root")
    return origin, [json.loads(entry) for entry in entries]

def opened(leaf, disclosure):
    """The name and the value that a disclosure opens in a leaf (RFC 9901)."""
    digest = base64.urlsafe_b64encode(sha256(disclosure.encode())).decode().rstrip("=")
    require(digest in leaf.get("_sd", []), "has a disclosure that its leaf does not commit to")
    _, name, value = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    return name, value
