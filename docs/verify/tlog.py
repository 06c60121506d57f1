"""The log, for cardproof_verify.py: strict texts and JSON, the Merkle tree of RFC 6962, C2SP's
signed notes, checkpoints, cosignatures and policies (https://c2sp.org), entries and opened fields."""
import base64, datetime, hashlib, json, re
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    """What does not hold, said in a sentence about the file."""


def require(condition, sentence):
    if not condition:
        raise Wrong(sentence)


LONGEST_LEAF, DIGESTS_IN_LEAF, LEAST_SALT = 65_535, 16, 16
NUMBER = "(0|[1-9][0-9]{0,17})"
PUBLIC_TYPES = ("anchor", "health", "erasure", "key_change")


def lines_of(data):
    require(data[-1:] in (b"", b"\n"), "its last line does not end in a newline")
    return data.decode().split("\n")[:-1]


def base64_of(text, url=False):
    """Strict: every value has one spelling. The URL-safe form has no padding."""
    alphabet = b"-_" if url else None
    data = base64.b64decode(text + "=" * (-len(text) % 4 if url else 0), alphabet)
    spelling = base64.b64encode(data, alphabet).decode()
    require(text == (spelling.rstrip("=") if url else spelling), "holds what is not base64")
    return data


def hashes_of(texts):
    found = [base64_of(text) for text in texts]
    require(len(found) < 64 and all(len(h) == 32 for h in found), "does not hold up to 63 hashes")
    return found


def json_of(data):
    """Canonical JSON (RFC 8785), of ASCII names, each once, and integers below 2^53 alone."""
    def members(pairs):
        names = {name for name, _ in pairs if name.isascii()}
        require(len(names) == len(pairs), "has a name twice, or not in ASCII")
        return dict(pairs)

    def no_number(text):
        raise Wrong(f"has the number {text}")

    def integer(text):
        return int(text) if abs(int(text)) < 2**53 else no_number(text)

    value = json.loads(data, object_pairs_hook=members, parse_int=integer, parse_float=no_number,
                       parse_constant=no_number)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    require(text.encode() == data, "has JSON that is not in its canonical form (RFC 8785)")
    return value


# The tree.

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\0" + data)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def half_of(size):
    """The largest power of two below it: where a tree of that size is split."""
    return 1 << (size - 1).bit_length() - 1


def root_above(leaf, index, size, path):
    """The root that an inclusion path leads to (RFC 6962, 2.1.1), the leaf's sibling first."""
    require(0 <= index < size, f"has no place {index} in a tree of {size}")
    require(bool(path) == (size > 1), "has an inclusion path of a wrong length")
    if size == 1:
        return leaf
    *below, sibling = path
    half = half_of(size)
    if index < half:
        return node_hash(root_above(leaf, index, half, below), sibling)
    return node_hash(sibling, root_above(leaf, index - half, size - half, below))


def check_consistency(old_size, old_root, size, root, path):
    """That a tree of `size` continues the one of `old_size`."""
    if old_size == 0:
        old, new = (sha256(b""), root) if not path else (None, None)
    else:
        old, new = roots_above(old_root, old_size, size, path, True)
    require((old, new) == (old_root, root), "is not an earlier state of this log")


def roots_above(old_root, old_size, size, path, is_whole):
    """Both roots by a consistency path (RFC 6962, 2.1.2: SUBPROOF). `is_whole` while the older part
    is the whole older tree, whose root the path leaves out."""
    require(0 < old_size <= size, "is of more entries than the head")
    if old_size == size:
        require(len(path) == (not is_whole), "has a consistency path of a wrong length")
        known = old_root if is_whole else path[0]
        return known, known
    require(path, "has a consistency path that is too short")
    *below, sibling = path
    half = half_of(size)
    if old_size <= half:
        old, new = roots_above(old_root, old_size, half, below, is_whole)
        return old, node_hash(new, sibling)
    old, new = roots_above(old_root, old_size - half, size - half, below, False)
    return node_hash(sibling, old), node_hash(sibling, new)


# Notes.

class Key:
    """A verifier key `name+id+base64(type || key)`. Type 1 signs, type 4 cosigns with a time."""
    def __init__(self, vkey):
        self.vkey = vkey
        self.name, self.id, encoded = vkey.split("+", 2)
        typed = base64_of(encoded)
        self.type, self.bytes = typed[0], typed[1:]
        own = sha256(f"{self.name}\n".encode() + typed)[:4].hex()
        require(re.fullmatch(r"\S+", self.name) and re.fullmatch("[0-9a-f]{8}", self.id) and
                (self.type not in (1, 4, 6) or self.id == own), f"{vkey} is no verifier key")


def signers_of(note, keys):
    """The signed text, who of `keys` signed it (with the time of a cosignature), and how many
    signatures there are. Those of others are ignored; a wrong one of theirs condemns the note."""
    text, blank, below = note.rpartition(b"\n\n")
    require(blank and not re.search(rb"[\0-\x09\x0b-\x1f]", note), "is no signed note")
    text, signed, lines = text + b"\n", {}, lines_of(below)
    require(0 < len(lines) <= 100, "is no signed note")
    for line in lines:
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        require(match, "has a line that is no signature")
        name, payload = match[1], base64_of(match[2])
        require(len(payload) > 4, "has a line that is no signature")
        for key in keys:
            if (key.name, key.id) == (name, payload[:4].hex()) and key.type in (1, 4):
                signed[key] = check_signature(key, text, payload[4:])
    return text, signed, len(lines)


def check_signature(key, text, signature):
    """The POSIX time of a cosignature; None for a plain signature."""
    seconds = None
    if key.type == 4:
        seconds, signature = int.from_bytes(signature[:8]), signature[8:]
        text = f"cosignature/v1\ntime {seconds}\n".encode() + text
    try:
        Ed25519PublicKey.from_public_bytes(key.bytes).verify(signature, text)
    except InvalidSignature:
        raise Wrong(f"has a signature of {key.name} that is wrong") from None
    return seconds


def checkpoint_of(text):
    """Origin, size and root."""
    origin, size, root, *extensions = lines_of(text)
    require(all([origin, *extensions]) and re.fullmatch(NUMBER, size), "is malformed")
    return origin, int(size), hashes_of([root])[0]


class Policy:
    """Whose logs to believe, and which witnesses must have cosigned (c2sp.org/tlog-policy)."""
    def __init__(self, data):
        self.logs, self.witnesses, self.groups = [], {}, {}
        quorums, members = [], []
        for words in (re.findall(r"[^ \t]+", line) for line in lines_of(data)):
            defined = {*self.witnesses, *self.groups}
            match words:
                case []:
                    pass
                case ["log", vkey] | ["log", vkey, _]:
                    self.logs.append(Key(vkey))
                case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in defined:
                    self.witnesses[name] = Key(vkey)
                    require(self.witnesses[name].type in (4, 6), f"{vkey} is no cosigner's key")
                case ["group", name, count, *of] if name not in defined and defined.issuperset(of):
                    count = {"any": "1", "all": str(len(of))}.get(count, count)
                    require(re.fullmatch("[1-9][0-9]{0,3}", count) and int(count) <= len(of),
                            f"group {name} asks for none, or for more than there are")
                    self.groups[name] = int(count), of
                    members += of
                case ["quorum", name] if name in defined or name == "none":
                    quorums.append(name)
                case [word, *_]:
                    require(word[0] == "#", f"has the line {' '.join(words)!r}")
        require(len(quorums) == 1, "does not name one quorum")
        self.quorum, = quorums
        names = [*self.witnesses, *self.groups]
        witnesses = [key.bytes for key in self.witnesses.values()]
        for keys in ([key.bytes for key in self.logs], witnesses, members):
            require("none" not in names and len(set(keys)) == len(keys), "names something twice")

    def is_satisfied_by(self, keys):
        done = {name for name, key in self.witnesses.items() if key in keys} | {"none"}
        for name, (count, of) in self.groups.items():
            if len(done.intersection(of)) >= count:
                done.add(name)
        return self.quorum in done


# Entries.

def digests_of(record):
    """The list `_sd` of a leaf or of an item's record (RFC 9901)."""
    digests = record["_sd"]
    require(record["_sd_alg"] == "sha-256" and digests == sorted(set(digests)) and
            all(len(base64_of(digest, url=True)) == 32 for digest in digests),
            "has no list of digests in order")
    return digests


def leaf_of(data):
    """Members, digests and time of a leaf: sealed, or readable and of a type about the log."""
    leaf = json_of(data)
    sealed = "_sd" in leaf
    digests = digests_of(leaf) if sealed else []
    known = (set(leaf) == {"_sd", "_sd_alg", "t", "v"} and len(digests) == DIGESTS_IN_LEAF if sealed
             else leaf["typ"] in PUBLIC_TYPES)
    require(known and repr(leaf["v"]) == "1" and len(data) <= LONGEST_LEAF,
            "has no leaf of a known form")
    time = datetime.datetime.fromisoformat(leaf["t"])
    require(f"{time:%Y-%m-%dT%H:%M:%S}Z" == leaf["t"], "has a leaf with a malformed time")
    return leaf, digests, time


def opened(data, digests):
    """The fields of disclosures, one a line: base64url of `["salt","name",value]` (RFC 9901)."""
    fields = {}
    for line in lines_of(data):
        salt, name, value = json_of(base64_of(line, url=True))
        digest = base64.urlsafe_b64encode(sha256(line.encode())).decode().rstrip("=")
        require(digest in digests, f"opens {name!r}, which the log does not commit to")
        require(re.fullmatch("[a-z][a-z0-9_]{0,63}", name) and name not in fields and
                len(base64_of(salt, url=True)) >= LEAST_SALT, f"opens {name!r} twice, or malformed")
        fields[name] = value
    require(fields, "opens nothing")
    return fields
