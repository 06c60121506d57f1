#!/usr/bin/env python3
"""Verifies a cardproof evidence bundle offline, as docs/evidence-bundle.md says; shares no code with the gateway.

    python3 cardproof_verify.py BUNDLE.zip [--key VKEY] [--policy FILE] [--tsa-ca PEM] [--old FILE]... [--json]

`--old` is a checkpoint or bundle kept from earlier. Needs Python 3.11 and `cryptography` 45. Exit 0: all that was
checked holds. 12: something does not, and its file is named. 64: wrong usage, or a file that cannot be read."""
import argparse, base64, collections, contextlib, datetime, hashlib, json, re, struct, types, zlib
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.x509 import verification

MOST_FILES, MOST_BYTES, LONGEST_PATH, LONGEST_LEAF, LONGEST_CHAIN = 10_000, 512 << 20, 255, 65_535, 8
CLOCK_TOLERANCE = datetime.timedelta(seconds=5)  # of the gateway's clock against the authorities'
NUMBER = "(0|[1-9][0-9]{0,17})"
PATH = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*|00-说明\.(html|pdf)", re.ASCII)
PROVEN = re.compile("(entries|duplicates|transcript|attachments|listing|time|trust)/.*")

class Wrong(Exception):
    """What does not hold, said in a sentence about the file."""

def require(condition, sentence):
    if not condition:
        raise Wrong(sentence)

# Texts, each value in its one spelling.

def lines_of(data):
    require(data[-1:] in (b"", b"\n"), "has a last line that does not end")
    return data.decode().split("\n")[:-1]

def base64_of(text, url=False):
    """Standard with padding, or URL-safe without."""
    alphabet, text = (b"-_", text + "=" * (-len(text) % 4)) if url else (b"+/", text)
    data = base64.b64decode(text, alphabet)
    require(base64.b64encode(data, alphabet).decode() == text, "holds what is not base64")
    return data

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

def container_files(data):
    """The files of the zip, of which every byte must be what would be written for these paths and contents."""
    files, directory, at, last = {}, b"", 0, b""
    while data[at:at + 4] == b"PK\3\4":
        size, length = struct.unpack_from("<IH", data, at + 22)
        start = at + 30 + length
        name, content = data[at + 30:start], data[start:start + size]
        path, size = name.decode(), len(content)
        require(PATH.fullmatch(path) and length <= LONGEST_PATH and last < name, f"may not have {path!r} here")
        fields = struct.pack("<5H3I2H", 10, 0x800, 0, 0, 0x21, zlib.crc32(content), size, size, length, 0)
        require(data[at:start] == b"PK\3\4" + fields + name, f"has another header for {path}")
        directory += b"PK\1\2\x14\3" + fields + struct.pack("<3H2I", 0, 0, 0, 0x81A40000, at) + name
        files[path], last, at = content, name, start + size
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(files), len(files), len(directory), at, 0)
    require(0 < len(files) <= MOST_FILES and len(data) <= MOST_BYTES, "holds no file, or is too large")
    require(data[at:] == directory + end, "has a directory that is not as it was written")
    return files

# The Merkle tree (RFC 6962). A sibling stands to the left where the index has a bit, and along the tree's right edge.

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def root_above(leaf, index, size, path):
    """The root that an inclusion path leads to."""
    node, inner = sha256(b"\0", leaf), (index ^ size - 1).bit_length()
    require(0 <= index < size and len(path) == inner + (index >> inner).bit_count(), "has a path of a wrong length")
    for level, sibling in enumerate(path):
        is_right = level >= inner or index >> level & 1
        node = sha256(b"\1", sibling, node) if is_right else sha256(b"\1", node, sibling)
    return node

def check_consistency(old_size, old_root, size, root, path):
    """That a tree continues an older one. The path begins at the last whole subtree of that."""
    require(0 < old_size <= size, "is empty, or larger than the head")
    start = (old_size & -old_size).bit_length() - 1  # its height
    path = [old_root, *path] if old_size in (1 << start, size) else path
    index, last = (old_size - 1 >> start, size - 1 >> start) if old_size < size else (0, 0)
    inner = (index ^ last).bit_length()
    require(len(path) == 1 + inner + (index >> inner).bit_count(), "has a path of a wrong length")
    old = new = path[0]
    for level, sibling in enumerate(path[1:]):
        is_right = level >= inner or index >> level & 1
        old = sha256(b"\1", sibling, old) if is_right else old
        new = sha256(b"\1", sibling, new) if is_right else sha256(b"\1", new, sibling)
    require((old, new) == (old_root, root), "is not an earlier state of this log")

# Keys, signed notes, checkpoints, policies (c2sp.org).

class Key:
    """A verifier key `name+id+base64(type || key)`. Type 1 signs, type 4 cosigns with a time."""
    def __init__(self, vkey):
        self.vkey, (self.name, self.id, encoded) = vkey, vkey.split("+", 2)
        typed = base64_of(encoded)
        self.type, self.bytes = typed[0], typed[1:]
        is_own = self.type not in (1, 4, 6) or self.id == sha256(self.name.encode(), b"\n", typed)[:4].hex()
        require(is_own and re.fullmatch(r"\S+\+[0-9a-f]{8}\+\S+", vkey), f"{vkey} is no verifier key")

    def signatures(self, note):
        """How many of a note's signatures are by this key. One that is wrong condemns the note."""
        text, lines = note_of(note)
        own = [payload[4:] for name, payload in lines if (name, payload[:4].hex()) == (self.name, self.id)]
        for payload in own if self.type in (1, 4) else []:
            time, signature = payload[:-64], payload[-64:]
            require(len(time) == {1: 0, 4: 8}[self.type], "has a signature of a wrong length")
            prefix = b"cosignature/v1\ntime %d\n" % int.from_bytes(time) if time else b""
            ed25519.Ed25519PublicKey.from_public_bytes(self.bytes).verify(signature, prefix + text)
        return len(own)

def note_of(note):
    """The signed text, and name and payload of each signature."""
    text, _, below = note.rpartition(b"\n\n")
    lines = [re.fullmatch(r"— ([^\s+]+) (\S+)", line) for line in lines_of(below)]
    require(lines and all(lines) and not re.search(rb"[\0-\x09\x0b-\x1f]", note), "is no signed note")
    return text + b"\n", [(line[1], base64_of(line[2])) for line in lines]

def checkpoint_of(note):
    """Origin, size and root."""
    origin, size, root, *extensions = lines_of(note_of(note)[0])
    require(all([origin, *extensions]) and re.fullmatch(NUMBER, size), "is malformed")
    return origin, int(size), *hashes_of([root])

def read_policy(policy, cosigned):
    """The keys of logs that a tlog-policy names, and whether the witnesses that cosigned satisfy it."""
    logs, held, used, quorums = [], {"none": True}, {"none"}, []
    for words in (line.split() for line in lines_of(policy)):
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                logs.append(Key(vkey))
            case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in held:
                key = Key(vkey)
                require(key.type in (4, 6) and key.bytes not in used, f"{vkey} is no cosigner's key, or used twice")
                held[name] = key.type == 4 and cosigned(key)
                used.add(key.bytes)
            case ["group", name, count, *of] if name not in held:
                count = int({"any": 1, "all": len(of)}.get(count, count))
                require(0 < count <= len(set(of) - used) == len(of), f"has a group {name} of too few, or used twice")
                held[name] = sum(held[member] for member in of) >= count
                used.update(of)
            case ["quorum", name]:
                quorums.append(held[name])
            case [word, *_]:
                require(word[0] == "#", f"has the line {' '.join(words)!r}")
    require(len(quorums) == 1, "does not name one quorum")
    return logs, quorums[0]

# Leaves and disclosures (RFC 9901).

def digests_of(record):
    digests = record["_sd"]
    in_order = record["_sd_alg"] == "sha-256" and digests == sorted(set(digests)) and len(digests) <= 16
    require(in_order and all(len(base64_of(text, url=True)) == 32 for text in digests), "has no digests in order")
    return digests

def leaf_of(data):
    """Members, digests and time of a leaf: sealed with 16 digests, or readable and of a type about the log."""
    leaf = json_of(data)
    digests = digests_of(leaf) if "_sd" in leaf else []
    is_public = not digests and leaf.get("typ") in ("anchor", "health", "erasure", "key_change")
    is_sealed = set(leaf) == {"_sd", "_sd_alg", "t", "v"} and len(digests) == 16
    time = datetime.datetime.fromisoformat(leaf["t"])
    is_known = (is_sealed or is_public) and repr(leaf["v"]) == "1" and f"{time:%Y-%m-%dT%H:%M:%S}Z" == leaf["t"]
    require(is_known and len(data) <= LONGEST_LEAF, "has no leaf of a known form")
    return leaf, digests, time

def opened(data, digests):
    """The fields of disclosures, one a line: base64url of `["salt","name",value]`."""
    fields = {}
    for line in lines_of(data):
        salt, name, value = json_of(base64_of(line, url=True))
        digest = base64.urlsafe_b64encode(sha256(line.encode())).decode().rstrip("=")
        is_formed = re.fullmatch("[a-z][a-z0-9_]{0,63}", name) and len(base64_of(salt, url=True)) >= 16
        require(digest in digests and is_formed and name not in fields, f"may not open {name!r}, or not twice")
        fields[name] = value
    require(fields, "opens nothing")
    return fields

# Time stamps (RFC 3161): DER and CMS (RFC 5652) are read here; certificates and signatures are left to `cryptography`.

DIGESTS = {bytes.fromhex(f"60864801650304020{number}"): digest for number, digest in (
    (1, hashes.SHA256()), (2, hashes.SHA384()), (3, hashes.SHA512()))}
FINGERPRINTS = [hashes.SHA1(), *DIGESTS.values()]
SIGNED_DATA, CONTENT_TYPE, MESSAGE_DIGEST, TST_INFO, CERTIFICATE_V1, CERTIFICATE_V2 = (
    bytes.fromhex("2a864886f70d01" + text) for text in ("0702", "0903", "0904", "09100104", "0910020c", "0910022f"))
Element = collections.namedtuple("Element", "tag content whole")

def parts(data):
    """The elements of DER."""
    found, at = [], 0
    while at < len(data):
        start, length = at + 2, data[at + 1]
        if length > 127:
            start += length - 128
            length = int.from_bytes(data[at + 2:start])
            require(length > 127 and data[at + 2], "is not DER")
        require(start + length <= len(data), "is cut, or not DER")
        found.append(Element(data[at], data[start:start + length], data[at:start + length]))
        at = start + length
    return found

def digest_named(algorithm):
    return DIGESTS[parts(algorithm.content)[0].content]

def time_stamp(response, stamped, roots, certificates, lists):
    """The earliest and the latest time that a response over `stamped` leaves open."""
    (answer,) = parts(response)
    status, token = parts(answer.content)
    require(status.whole == b"\x30\3\2\1\0", "is no granted answer, or says more than that")
    kind, wrapped = parts(token.content)
    _, _, encapsulated, *groups, signers = parts(parts(wrapped.content)[0].content)
    content_type, inside = parts(encapsulated.content)
    (octets,), (signer,) = parts(inside.content), parts(signers.content)  # exactly one signer
    _, _, algorithm, attributes, _, signature, *_ = parts(signer.content)
    pairs = [parts(attribute.content) for attribute in parts(attributes.content)]
    signed, digest = {name.content: parts(values.content)[0] for name, values in pairs}, digest_named(algorithm)
    types_named = kind.content, content_type.content, signed[CONTENT_TYPE].content, attributes.tag, len(signed)
    require(types_named == (SIGNED_DATA, TST_INFO, TST_INFO, 0xA0, len(pairs)), "is no time stamp")
    hashed = hashlib.new(digest.name, octets.content).digest()
    require(signed[MESSAGE_DIGEST].content == hashed, "was changed")
    own = [part.whole for group in groups if group.tag == 0xA0 for part in parts(group.content)]
    certificates = [*map(x509.load_der_x509_certificate, own), *certificates]
    identifiers = (signed.get(CERTIFICATE_V2) or signed[CERTIFICATE_V1]).content
    named = parts(parts(identifiers)[0].content)[0].content  # the first is the signer's (RFC 5035)
    certificate = next(one for one in certificates if any(one.fingerprint(digest) in named for digest in FINGERPRINTS))
    time, accuracy = stamp_time(octets.content, stamped)
    key, message = certificate.public_key(), b"\x31" + attributes.whole[1:]
    scheme = [ec.ECDSA(digest)] if isinstance(key, ec.EllipticCurvePublicKey) else [padding.PKCS1v15(), digest]
    key.verify(signature.content, message, *scheme)
    builder = verification.PolicyBuilder().store(verification.Store(roots)).time(time).max_chain_depth(LONGEST_CHAIN)
    verifier = builder.extension_policies(ca_policy=AUTHORITY, ee_policy=SIGNER).build_client_verifier()
    check_revocation(verifier.verify(certificate, certificates).chain, lists, time)
    return time - accuracy, time + accuracy

def stamp_time(info, stamped):
    """Time and accuracy of a TSTInfo."""
    version, _, imprint, _, time, *rest = parts(parts(info)[0].content)
    algorithm, value = parts(imprint.content)
    hashed = hashlib.new(digest_named(algorithm).name, stamped).digest()
    require(version.content == b"\1" and value.content == hashed, "is over other bytes")
    match = re.fullmatch(rb"(\d{14})(\.\d{0,5}[1-9])?Z", time.content)
    moment = datetime.datetime.strptime(match[1].decode() + "+0000", "%Y%m%d%H%M%S%z")
    require(rest and rest[0].tag == 0x30, "does not say how accurate it is")
    seconds = {2: 1, 0x80: 1e-3, 0x81: 1e-6}  # the units of its parts
    accuracy = sum(seconds[part.tag] * int.from_bytes(part.content) for part in parts(rest[0].content))
    return moment + datetime.timedelta(seconds=float(match[2] or 0)), datetime.timedelta(seconds=accuracy)

def certificates_of(pem):
    return x509.load_pem_x509_certificates(pem) if pem.strip() else []

def check_revocation(chain, pem, time):
    """By the lists that there are: nothing of the chain was revoked before."""
    blocks = re.findall(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\s", pem, re.DOTALL)
    lists = [x509.load_pem_x509_crl(block) for block in blocks]
    for certificate, issuer in zip(chain, chain[1:]):
        for crl in (one for one in lists if one.issuer == issuer.subject):
            require(crl.is_signature_valid(issuer.public_key()), "has a revocation list that is not signed")
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            require(entry is None or spares(entry, time), "is by a certificate that was revoked")

def spares(entry, time):
    """RFC 3161, 4: without a reason, or with one that the key was lost, no stamp by it counts."""
    reasons = [one.value.reason for one in entry.extensions if isinstance(one.value, x509.CRLReason)]
    kinds = x509.ReasonFlags
    harmless = (kinds.unspecified, kinds.affiliation_changed, kinds.superseded, kinds.cessation_of_operation)
    return entry.revocation_date_utc > time and bool(reasons) and reasons[0] in harmless

def check_usage(_policy, _certificate, usage):
    require(list(usage) == [x509.ExtendedKeyUsageOID.TIME_STAMPING], "is for more than time stamping")

SIGNER = verification.ExtensionPolicy.permit_all().require_present(
    x509.ExtendedKeyUsage, verification.Criticality.CRITICAL, check_usage)
AUTHORITY = verification.ExtensionPolicy.webpki_defaults_ca()
for extension in (x509.ExtendedKeyUsage, x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier):
    AUTHORITY = AUTHORITY.may_be_present(extension, verification.Criticality.AGNOSTIC, None)

# The steps.

class Verification:
    """What does not hold is kept in `findings`, with the name of the file that was read last."""
    def __init__(self, key, policy, roots):
        self.pinned_key, self.pinned_policy, self.roots = key, policy, roots
        self.files, self.entries, self.findings, self.unread, self.head, self.at = {}, {}, [], set(), None, ""
        self.unchecked = ["that the issuer told the truth, or who used the card", "that the log shows all the same",
                          "fields that are not opened", "entries that were left out of the bundle", "revocations that no list in the bundle tells"]
        self.unchecked += [] if roots else ["who the time stamping authorities are: their roots came with the bundle"]

    @contextlib.contextmanager
    def checking(self, path):
        try:
            self.at = path
            yield
        except Exception as error:  # Hostile bytes may upset any reader: then they do not hold.
            kind = "" if isinstance(error, Wrong) else f"is malformed or wrong: {type(error).__name__} "
            self.findings.append((self.at, f"{kind}{error}"))

    def read(self, path, otherwise=None):
        """A file's content. In the folders of proofs nothing may be left unread in the end."""
        self.unread.discard(path)
        self.at = path if path in self.files or otherwise is None else self.at
        require(path in self.files or otherwise is not None, "is missing")
        return self.files.get(path, otherwise)

    def matching(self, pattern):
        """(path, groups...) of each file whose path matches."""
        found = [re.fullmatch(pattern.replace("#", NUMBER), path) for path in self.files]
        return [(match[0], *match.groups()) for match in found if match]

    def run(self, data):
        with self.checking("container"):
            self.files = container_files(data)
            self.unread = set(filter(PROVEN.fullmatch, self.files))
        with self.checking("manifest.sha256"):
            self.check_manifest()
            self.check_head()
        if self.head:
            self.check_entries()
            self.check_contents()
            self.check_time()
            self.check_timeline()
            self.findings += [(path, "does not belong there: nothing leads to it") for path in sorted(self.unread)]
        return self

    def check_manifest(self):
        listed = [f"{sha256(content).hex()}  {path}" for path, content in self.files.items()
                  if path not in ("manifest.sha256", "manifest.sha256.note")]
        lines = lines_of(self.read("manifest.sha256"))
        self.findings += [(line[66:], "is not what the manifest lists") for line in set(listed).difference(lines)]
        require(lines == listed, "lists other files, or in another order")

    def check_head(self):
        """The policy, the checkpoint, the manifest's note."""
        for path in ("log.vkey", "witnesses.vkey", "keys-history.jsonl", "tsa-ca.pem"):
            self.read(f"trust/{path}", b"")
        note, policy = self.read("checkpoint"), self.read("trust/policy.txt")
        def cosigned(key):
            self.at = "checkpoint"
            count = key.signatures(note)
            self.at = "trust/policy.txt"
            return count > 0
        logs, is_reached = read_policy(self.pinned_policy or policy, cosigned)
        self.at = "checkpoint"
        self.origin, *head = checkpoint_of(note)
        keys = [key for key in logs or [self.pinned_key] if key and key.name == self.origin and key.type == 1]
        self.key = next((key for key in keys if not self.pinned_key or key.vkey == self.pinned_key.vkey), None)
        require(self.key, f"is of {self.origin}, and no key of that log is known, or another is pinned")
        require(self.key.signatures(note) and is_reached, "is not signed by the log's key, or by too few witnesses")
        self.head = head
        note = self.read("manifest.sha256.note")
        text = f"cardproof.bundle/v1\n{self.origin}\n{sha256(self.files['manifest.sha256']).hex()}\n"
        require(note_of(note)[0] == text.encode(), "is over another list of files")
        key = self.signing_key()
        self.at = "manifest.sha256.note"
        require(len(note_of(note)[1]) == key.signatures(note) == 1, "does not have the log's one signature")

    def signing_key(self):
        """The log's key. Of a log that has ended, the one that its last leaf leads to: the private key is destroyed."""
        key, numbers = self.key, sorted(int(number) for _, number in self.matching(r"trust/succession-#\.tlog-proof"))
        for place, number in enumerate(numbers, 1):
            path = f"trust/succession-{number}.tlog-proof"
            require(number == place, f"lacks the one before {path}")
            note = self.read(path).partition(b"\n\n")[2]
            require(number > 1 or note == self.files["checkpoint"], "does not end in the bundle's checkpoint")
            origin, size, root = checkpoint_of(note)
            require(origin == key.name and key.signatures(note), "is not signed by the key before")
            leaf = leaf_of(self.proven(path, size - 1, size, root))[0]
            key = Key(leaf["next_vkey"])
            is_next = leaf["typ"] == "key_change" and key.name == leaf["next_origin"] and key.type == 1
            require(is_next, "does not name the next key")
        return key

    def proven(self, path, index, size, root):
        """The leaf of a `.tlog-proof`, which leads to the root."""
        version, extra, line, *siblings = self.read(path).partition(b"\n\n")[0].decode().split("\n")
        wanted = "c2sp.org/tlog-proof@v1", "extra ", f"index {index}"
        require((version, extra[:6], line) == wanted, "is malformed")
        data = base64_of(extra[6:])
        require(root_above(data, index, size, hashes_of(siblings)) == root, "does not lead to the root")
        return data

    def check_entries(self):
        for path, stem, _, index in self.matching(r"((entries|duplicates)/#)\.tlog-proof"):
            with self.checking(path):
                note = self.read(path).partition(b"\n\n")[2]
                require(note == self.files["checkpoint"], "does not end in the bundle's checkpoint")
                index = int(index)
                data = self.proven(path, index, *self.head)
                leaf, digests, time = leaf_of(data)
                require(index not in self.entries, "is of an entry that is here already")
                entry = self.entries[index] = types.SimpleNamespace(
                    path=path, leaf=leaf, time=time, data=data, fields={}, items=[], earliest=None, latest=None)
                entry.fields = self.fields(stem, digests)
                for record, item, number in self.matching(rf"({stem}\.item-#)\.json"):
                    entry.items.append(self.item(self.read(record), item, int(number), entry.fields["items_root"]))
        with self.checking("entries"):
            require(self.entries, "proves no entry")

    def fields(self, stem, digests):
        """What is opened beside an entry or an item."""
        path = f"{stem}.disclosures"
        return opened(self.read(path), digests) if path in self.files else {}

    def item(self, data, stem, number, tree):
        """The opened fields of an item, whose record leads to the `items_root` of its entry."""
        record = json_of(data)
        siblings = hashes_of(lines_of(self.read(f"{stem}.path", b"")))
        top = base64.b64encode(root_above(data, number, tree["count"], siblings)).decode()
        require({**tree, "root": top} == tree and set(record) == {"_sd", "_sd_alg"}, "does not lead to the items' root")
        return self.fields(stem, digests_of(record))

    def check_contents(self):
        """Files whose SHA-256 an opened field names."""
        for index, entry in self.entries.items():
            named = []
            with self.checking(entry.path):
                for number, exchange in enumerate(entry.fields.get("transcripts") or []):
                    named.append((f"transcript/{index}.{number}.req", exchange["request_sha256"]))
                    named.append((f"transcript/{index}.{number}.rep", exchange["reply_sha256"]))
                for path, in self.matching(rf"attachments/{index}\.[A-Za-z0-9]+"):
                    named.append((path, (entry.fields.get("attachment") or {}).get("sha256")))
                for policy in [(fields.get("policy") or {}).get("hash") for fields in (entry.fields, *entry.items)]:
                    named.append((f"listing/policy-{policy}.json", policy))
            for path, digest in [(path, digest) for path, digest in named if path in self.files]:
                with self.checking(path):
                    require(sha256(self.read(path)).hex() == digest, "is not what an opened field names")

    def check_time(self):
        """Stamps, the anchors of their responses, and the times of entries between them."""
        earliest, latest = {}, []
        for path, size in self.matching(r"time/#\.checkpoint"):
            with self.checking(path):
                self.check_older(self.read(path), int(size))
        for path, stem, size in self.matching(r"(time/#\.[A-Za-z0-9_-]+)\.tsr"):
            with self.checking(path):
                roots = self.roots or certificates_of(self.read("trust/tsa-ca.pem"))
                chain, lists = certificates_of(self.read(f"{stem}.chain.pem", b"")), self.read(f"{stem}.crl.pem", b"")
                stamped = self.stamped(stem, self.read(f"time/{size}.checkpoint"))
                low, high = time_stamp(self.read(path), stamped, roots, chain, lists)
                latest.append((int(size), high))
                anchor = {"typ": "anchor", "size": int(size), "tsr_sha256": sha256(self.files[path]).hex()}
                earliest |= {index: low for index, entry in self.entries.items() if entry.leaf | anchor == entry.leaf}
        for index, entry in self.entries.items():
            with self.checking(entry.path):
                is_anchored = entry.leaf.get("typ") != "anchor" or index in earliest
                require(is_anchored, "anchors a stamp that is not here, or does not hold")
                entry.earliest = max((low for anchor, low in earliest.items() if anchor < index), default=None)
                entry.latest = min((high for size, high in latest if size > index), default=None)
                is_late = not entry.earliest or entry.time >= entry.earliest - CLOCK_TOLERANCE
                is_early = not entry.latest or entry.time <= entry.latest + CLOCK_TOLERANCE
                require(is_late and is_early, f"says {entry.time}, outside {entry.earliest} to {entry.latest}")

    def stamped(self, stem, checkpoint):
        """What was stamped: the checkpoint, or a text over several logs' in which it has its place."""
        if f"{stem}.stamped" not in self.files:
            return checkpoint
        text, place = self.read(f"{stem}.stamped"), self.read(f"{stem}.place")
        index, count, *siblings = lines_of(place)
        require(re.fullmatch(NUMBER, index), "is malformed")
        top = base64.b64encode(root_above(checkpoint, int(index), int(count), hashes_of(siblings))).decode()
        require(lines_of(text) == ["cardproof.stamp/v1", count, top], "does not lead to what was stamped")
        return text

    def check_older(self, note, wanted_size=None):
        """That a checkpoint is of an earlier state of the log."""
        origin, size, root = checkpoint_of(note)
        require(origin == self.origin and self.key.signatures(note), "is no checkpoint of this log's key")
        require(wanted_size in (None, size), "is of another size")
        proof = self.read(f"time/{size}.consistency", b"")
        check_consistency(size, root, *self.head, hashes_of(lines_of(proof)))

    def check_timeline(self):
        with self.checking("timeline.csv"):
            header, *rows = [line.split(",")[:3] for line in lines_of(self.read("timeline.csv"))]
            known = [[str(index), base64.b64encode(sha256(b"\0", entry.data)).decode(), entry.leaf["t"]]
                     for index, entry in sorted(self.entries.items())]
            is_whole = header == ["index", "leaf_hash", "time"] and sorted(rows, key=lambda row: int(row[0])) == known
            require(is_whole, "does not have a row for each entry, with its hash and time")

    def compare(self, name, data):
        """With a checkpoint or a bundle that was kept from earlier."""
        with self.checking(name):
            if data.startswith(b"PK"):
                old = Verification(self.key, None, self.roots).run(data)
                require(not old.findings, f"does not hold itself: {old.findings[:1]}")
                both = old.entries.keys() & self.entries
                require(all(old.entries[index].data == self.entries[index].data for index in both), "has other entries")
                data = old.files["checkpoint"]
            size = checkpoint_of(data)[1]
            if f"time/{size}.consistency" in self.files or size >= self.head[0]:
                self.check_older(data)
            else:
                self.unchecked.append(f"whether {name} is an earlier state: the bundle has no path from it")

    def report(self, bundle):
        trust = "pinned by you" if self.pinned_key or self.pinned_policy else (
            "NOT PINNED: the key came with the bundle, which shows no damage, but not who signed")
        entries = [{"index": index, "type": entry.leaf.get("typ") or entry.fields.get("typ"), "time": entry.leaf["t"],
                    "not_before": str(entry.earliest), "not_after": str(entry.latest), "opened": [*entry.fields]}
                   for index, entry in sorted(self.entries.items())]
        return {"bundle": bundle, "holds": not self.findings, "key": self.head and self.key.vkey, "trust": trust,
                "size": self.head and self.head[0], "root": self.head and self.head[1].hex(), "entries": entries,
                "not_checked": self.unchecked,
                "findings": [{"file": path, "detail": detail} for path, detail in self.findings]}

def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}{message}\n")
    parser.add_argument("bundle")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--old", action="append", default=[])
    for option in ("--key", "--policy", "--tsa-ca"):
        parser.add_argument(option)
    wanted = parser.parse_args()
    try:
        paths = filter(None, (wanted.bundle, wanted.policy, wanted.tsa_ca, *wanted.old))
        files = {path: open(path, "rb").read(MOST_BYTES + 1) for path in paths}
        key, roots = wanted.key and Key(wanted.key), wanted.tsa_ca and certificates_of(files[wanted.tsa_ca])
    except (OSError, ValueError, Wrong) as error:
        parser.error(str(error))
    verification = Verification(key, files.get(wanted.policy), roots).run(files[wanted.bundle])
    for path in wanted.old if verification.head else []:
        verification.compare(path, files[path])
    result = verification.report(wanted.bundle)
    if wanted.json:
        print(json.dumps(result))
    for name, value in result.items() if not wanted.json else []:
        for line in value if isinstance(value, list) else [value]:
            print(f"{name}: {line!r}")
    parser.exit(0 if result["holds"] else 12)

if __name__ == "__main__":
    main()
