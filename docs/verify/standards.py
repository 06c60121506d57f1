"""The formats that an evidence bundle is made of: zip, canonical JSON (RFC 8785), Merkle trees
(RFC 6962), signed notes, proofs and policies (c2sp.org), disclosures (RFC 9901).

Each reader refuses every spelling but one, by raising an exception: Wrong, which says why, or any
other, since hostile bytes may upset any reader."""
import base64, collections, datetime, hashlib, json, re, struct, zlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NUMBER = "(0|[1-9][0-9]{0,17})"
SECOND = datetime.timedelta(seconds=1)

MOST_FILES, MOST_BYTES, LONGEST_PATH = 65_000, 512 << 20, 255
PATH = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*|00-说明\.(html|pdf)", re.ASCII)

class Wrong(Exception):
    """What does not hold, said in a sentence about the file."""

def require(condition, sentence):
    if not condition:
        raise Wrong(sentence)

# The container: a zip of one form (docs/evidence-bundle.md).

def files_of(data):
    """The files of the zip, of which every byte is what would be written of them."""
    files, at = {}, 0
    while data[at:at + 4] == b"PK\3\4" and len(files) <= MOST_FILES:
        size, length = struct.unpack_from("<IH", data, at + 22)
        start = at + 30 + length
        files[data[at + 30:start].decode()] = data[start:start + size]
        at = start + size
    require(0 < len(files) <= MOST_FILES and len(data) <= MOST_BYTES, "is empty, or too large")
    body, directory = bytearray(), bytearray()
    for path, content in sorted(files.items(), key=lambda file: file[0].encode()):
        name, size = path.encode(), len(content)
        require(PATH.fullmatch(path) and len(name) <= LONGEST_PATH, f"may not have {path!r}")
        fields = struct.pack(
            "<5H3I2H", 10, 0x800, 0, 0, 0x21, zlib.crc32(content), size, size, len(name), 0)
        offset = struct.pack("<3H2I", 0, 0, 0, 0x81A40000, len(body))
        directory += b"PK\1\2\x14\3" + fields + offset + name
        body += b"PK\3\4" + fields + name + content
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *2 * [len(files)], len(directory), len(body), 0)
    require(data == body + directory + end, "is not the one zip of its files")
    return files

# Texts, each value in its one spelling.

def lines_of(data, errors="strict"):
    require(data[-1:] in (b"", b"\n"), "has a last line that does not end")
    return data.decode(errors=errors).split("\n")[:-1]

def base64_of(text, url=False):
    """Standard with padding, or URL-safe without."""
    alphabet, text = (b"-_", text + "=" * (-len(text) % 4)) if url else (b"+/", text)
    data = base64.b64decode(text, alphabet)
    require(base64.b64encode(data, alphabet).decode() == text, "holds what is not base64")
    return data

def text_of(data):
    return base64.b64encode(data).decode()

def hashes_of(texts):
    found = [base64_of(text) for text in texts]
    require(all(len(value) == 32 for value in found), "holds what is no hash")
    return found

def json_of(data):
    """Canonical JSON (RFC 8785), whose only numbers are integers below 2^53."""
    def integer(text):
        require(abs(int(text)) < 2**53, f"has the number {text}")
        return int(text)
    value = json.loads(data, parse_int=integer, parse_float=integer, parse_constant=integer)
    spelling = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    require(spelling.encode() == data, "has JSON that is not in its canonical form (RFC 8785)")
    return value

def member(value, name):
    return value.get(name) if isinstance(value, dict) else None

# The Merkle tree (RFC 6962).

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def siblings(index, last, path):
    """Each hash of a path, and whether it stands to the left of the way up: where the index has a
    bit, and along the tree's right edge."""
    inner = (index ^ last).bit_length()
    is_whole = 0 <= index <= last and len(path) == inner + (index >> inner).bit_count()
    require(is_whole, "has a path of a wrong length")
    return [(level >= inner or index >> level & 1, value) for level, value in enumerate(path)]

def root_above(leaf, index, size, path):
    node = sha256(b"\0", leaf)
    for is_left, value in siblings(index, size - 1, path):
        node = sha256(b"\1", value, node) if is_left else sha256(b"\1", node, value)
    return node

def check_consistency(old_size, old_root, size, root, path):
    """That a tree continues an older one. The path begins at the last whole subtree of that."""
    require(0 < old_size <= size, "is empty, or larger than the head")
    height = (old_size & -old_size).bit_length() - 1
    start, *path = [old_root, *path] if old_size in (1 << height, size) else path
    index, last = (old_size - 1 >> height, size - 1 >> height) if old_size < size else (0, 0)
    old = new = start
    for is_left, value in siblings(index, last, path):
        old = sha256(b"\1", value, old) if is_left else old
        new = sha256(b"\1", value, new) if is_left else sha256(b"\1", new, value)
    require((old, new) == (old_root, root), "is not an earlier state of this log")

# Keys, signed notes, checkpoints, policies (c2sp.org).

class Key:
    """A verifier key `name+id+base64(type || key)`. Type 1 signs, type 4 cosigns with a time."""
    def __init__(self, vkey):
        form = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", vkey)
        require(form, f"{vkey} is no verifier key")
        self.vkey, (self.name, self.id, encoded) = vkey, form.groups()
        typed = base64_of(encoded)
        self.type, self.bytes = typed[0], typed[1:]
        own = sha256(self.name.encode(), b"\n", typed)[:4].hex()
        is_sized = len(self.bytes) == 32 or self.type not in (1, 4)
        require(is_sized and (self.id == own or self.type not in (1, 4, 6)), f"{vkey} is no key")

    def signatures(self, note):
        """How many of a note's signatures are by this key. One that is wrong condemns the note."""
        text, lines = note_of(note)
        own = [data for name, data in lines if (name, data[:4].hex()) == (self.name, self.id)]
        if self.type not in (1, 4):  # nobody can check it here, so it counts for nothing
            return 0
        for data in own:
            require(len(data) == {1: 68, 4: 76}[self.type], "has a signature cut or too long")
            prefix = b"cosignature/v1\ntime %d\n" % int.from_bytes(data[4:-64])
            message = (prefix if self.type == 4 else b"") + text
            Ed25519PublicKey.from_public_bytes(self.bytes).verify(data[-64:], message)
        return len(own)

def note_of(note):
    """The signed text, and name and payload of each signature."""
    text, _, below = note.rpartition(b"\n\n")
    lines = [re.fullmatch(r"— ([^\s+]+) (\S{6}[^\s=]\S+)", line) for line in lines_of(below)]
    is_clean = not re.search(rb"[\0-\x09\x0b-\x1f]", note)
    require(0 < len(lines) <= 100 and all(lines) and is_clean, "is no signed note")
    return text + b"\n", [(line[1], base64_of(line[2])) for line in lines]

def checkpoint_of(note):
    """Origin, size and root."""
    origin, size, root, *extensions = lines_of(note_of(note)[0])
    require(all([origin, *extensions]) and re.fullmatch(NUMBER, size), "is malformed")
    return origin, int(size), *hashes_of([root])

def proven_leaf(proof, index, size, root):
    """The leaf of a tlog-proof that leads to the root."""
    version, extra, line, *path = proof.partition(b"\n\n")[0].decode().split("\n")
    is_formed = (version, extra[:6], line) == ("c2sp.org/tlog-proof@v1", "extra ", f"index {index}")
    require(is_formed, "is no tlog-proof of this entry")
    leaf = base64_of(extra[6:])
    require(root_above(leaf, index, size, hashes_of(path)) == root, "does not lead to the root")
    return leaf

Policy = collections.namedtuple("Policy", "logs witnesses groups quorum")

def policy_of(data):
    """The logs' keys, the witnesses' keys by name, groups as (name, count, members), the quorum."""
    logs, witnesses, groups, quorums, taken, free = [], {}, [], [], {"none"}, set()
    require(not re.search(rb"[\0-\x08\x0b-\x1f\x7f]", data), "holds a control character")
    for line in lines_of(data):
        match re.findall(r"[^ \t]+", line):
            case ["log", vkey] | ["log", vkey, _]:
                logs.append(Key(vkey))
            case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in taken:
                witnesses[name] = Key(vkey)
                require(witnesses[name].type in (4, 6), f"{vkey} is no cosigner's key")
                taken.add(name), free.add(name)
            case ["group", name, count, *of] if name not in taken and free.issuperset(of):
                count = {"any": "1", "all": str(len(of))}.get(count, count)
                is_number = re.fullmatch(NUMBER, count) and len(set(of)) == len(of)
                require(is_number and 0 < int(count) <= len(of), f"has a group {name} of too few")
                groups.append((name, int(count), of))
                free.difference_update(of)
                taken.add(name), free.add(name)
            case ["quorum", name] if name in taken:
                quorums.append(name)
            case words:
                require(not words or words[0][0] == "#", f"has the line {line!r}")
    for keys in (logs, witnesses.values()):
        require(len({key.bytes for key in keys}) == len(keys), "names a key twice")
    require(len(quorums) == 1, "does not name one quorum")
    return Policy(logs, witnesses, groups, quorums[0])

# Disclosures (RFC 9901).

def digests_of(record):
    digests = record["_sd"]
    is_ordered = digests == sorted(set(digests)) and len(digests) <= 16
    require(record["_sd_alg"] == "sha-256" and is_ordered, "has no digests in order")
    require(all(len(base64_of(text, url=True)) == 32 for text in digests), "has no digests")
    return digests

def opened(data, digests):
    """The fields of disclosures, one a line: base64url of `["salt","name",value]`."""
    fields = {}
    for line in lines_of(data):
        salt, name, value = json_of(base64_of(line, url=True))
        digest = base64.urlsafe_b64encode(sha256(line.encode())).decode().rstrip("=")
        is_formed = re.fullmatch("[a-z][a-z0-9_]{0,63}", name) and len(base64_of(salt, True)) >= 16
        require(is_formed and digest in digests and name not in fields, f"may not open {name!r}")
        fields[name] = value
    require(fields, "opens nothing")
    return fields
