"""The container of a bundle, for cardproof_verify.py: a zip in one canonical form, so that no byte
of it is unchecked (docs/evidence-bundle.md, "Container"), and the paths in it ("Files")."""
import re, struct, zlib
from tlog import NUMBER, require

MOST_FILES, MOST_BYTES, LONGEST_PATH = 10_000, 512 << 20, 255
PATH = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*", re.ASCII)
CHINESE_PATHS = ("00-说明.html", "00-说明.pdf")
PROVEN = re.compile("(entries|duplicates|transcript|attachments|listing|time|trust)/.*")
KNOWN = re.compile(
    r"(entries|duplicates)/#\.(tlog-proof|disclosures|item-#\.(json|disclosures|path))"
    r"|transcript/#\.#\.(req|rep)|attachments/#\.[A-Za-z0-9]+|listing/policy-[0-9a-f]{64}\.json"
    r"|time/#\.(checkpoint|consistency|[A-Za-z0-9_-]+\.(tsr|stamped|place|chain\.pem|crl\.pem))"
    r"|trust/(policy\.txt|(log|witnesses)\.vkey|keys-history\.jsonl|tsa-ca\.pem)".replace("#", NUMBER))


def belongs(path):
    """Whether a file may be called so. What lies in the folders of proofs is checked, all of it."""
    return not PROVEN.fullmatch(path) or KNOWN.fullmatch(path)


def read_container(data):
    """The files. Every byte is compared with what would be written for these paths and contents."""
    require(len(data) <= MOST_BYTES, f"is longer than {MOST_BYTES} bytes")
    files, directory, at, last = {}, b"", 0, b""
    while data[at:at + 4] == b"PK\3\4":
        size, length = struct.unpack_from("<IH", data, at + 22)
        start = at + 30 + length
        name, content = data[at + 30:start], data[start:start + size]
        path = name.decode()
        allowed = length <= LONGEST_PATH and PATH.fullmatch(path) or path in CHINESE_PATHS
        require(allowed and last < name,
                f"has the path {path!r}, or has it in a wrong place")
        fields = struct.pack("<5H3I2H", 10, 0x800, 0, 0, 0x21, zlib.crc32(content), len(content),
                             len(content), length, 0)
        require(data[at:start] == b"PK\3\4" + fields + name, f"has another header for {path}")
        directory += b"PK\1\2\x14\3" + fields
        directory += struct.pack("<3H2I", 0, 0, 0, 0x81A40000, at) + name
        files[path], last, at = content, name, start + size
    require(0 < len(files) <= MOST_FILES, "holds no file, or too many")
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(files), len(files), len(directory), at, 0)
    require(data[at:] == directory + end, "has a directory that is not as it was written")
    return files
