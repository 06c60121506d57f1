"""The formats of others that an evidence bundle is made of: canonical JSON (RFC 8785), Merkle trees
(RFC 6962), signed notes and policies (c2sp.org), disclosures (RFC 9901), time stamps (RFC 3161).

Each reader refuses every spelling but one, by raising an exception: Wrong, which says why, or any
other, since hostile bytes may upset any reader."""
import base64, collections, datetime, hashlib, json, re
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509 import verification

NUMBER = "(0|[1-9][0-9]{0,17})"
SECOND = datetime.timedelta(seconds=1)
UNSTATED_ACCURACY = 60 * SECOND  # of a stamp that does not say how exact it is

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

# Time stamps (RFC 3161): DER and CMS (RFC 5652) are read here; certificates and signatures are left
# to `cryptography`.

DIGESTS = {bytes.fromhex(f"60864801650304020{number}"): digest for number, digest in (
    (1, hashes.SHA256()), (2, hashes.SHA384()), (3, hashes.SHA512()))}
FINGERPRINTS = [hashes.SHA1(), *DIGESTS.values()]
SIGNED_DATA, CONTENT_TYPE, MESSAGE_DIGEST, TST_INFO, CERTIFICATE_V1, CERTIFICATE_V2 = (
    bytes.fromhex("2a864886f70d01" + text)
    for text in ("0702", "0903", "0904", "09100104", "0910020c", "0910022f"))

PEM = re.compile(rb"(-----BEGIN (CERTIFICATE|X509 CRL)-----\n([A-Za-z0-9+/]{64}\n)*"
                 rb"[A-Za-z0-9+/]{1,63}={0,2}\n-----END \2-----\n)*")

class Constructed(list):
    """An element of DER that holds others; it knows its `tag` and all of its bytes, `whole`."""

class Primitive(bytes):
    """One that holds bytes alone."""

def der(data):
    """The elements, as lists in lists, so that they can be taken apart by their places."""
    found, at = [], 0
    while at < len(data):
        start, length = at + 2, data[at + 1]
        if length > 127:
            start += length - 128
            length = int.from_bytes(data[at + 2:start])
            require(length > 127 and data[at + 2], "is not DER")
        end = start + length
        require(end <= len(data), "is cut, or not DER")
        element = Constructed(der(data[start:end])) if data[at] & 32 else Primitive(data[start:end])
        element.tag, element.whole = data[at], data[at:end]
        found.append(element)
        at = end
    return found

def hash_of(data, algorithm):
    return hashlib.new(DIGESTS[algorithm].name, data).digest()

def time_stamp(response, stamped, certificates, lists, roots):
    """The earliest and the latest time that a response over `stamped` leaves open, and whether the
    authority says how exact it is. `certificates` and `lists` (PEM) were kept with it."""
    [[status, token]] = der(response)
    require(status.whole == b"\x30\3\2\1\0", "is no granted answer, or says more than that")
    kind, [[_, _, [content_type, [content]], *sets, [signer]]] = token  # exactly one signer
    _, _, [algorithm, *_], attributes, _, signature, *_ = signer
    signed = {name: values[0] for name, values in attributes}
    types = (kind, content_type, signed[CONTENT_TYPE], attributes.tag, len(signed))
    require(types == (SIGNED_DATA, TST_INFO, TST_INFO, 0xA0, len(attributes)), "is no time stamp")
    require(signed[MESSAGE_DIGEST] == hash_of(content, algorithm), "was changed")
    time, accuracy = time_of(content, stamped)
    certificates = certificates_of(certificates) + [x509.load_der_x509_certificate(
        one.whole) for group in sets if group.tag == 0xA0 for one in group]
    (named, *_), *_ = signed.get(CERTIFICATE_V2) or signed[CERTIFICATE_V1]  # RFC 5035: the signer
    certificate = next(one for one in certificates
                       if any(one.fingerprint(digest) in named for digest in FINGERPRINTS))
    key, digest = certificate.public_key(), DIGESTS[algorithm]
    is_elliptic = isinstance(key, ec.EllipticCurvePublicKey)
    scheme = [ec.ECDSA(digest)] if is_elliptic else [padding.PKCS1v15(), digest]
    key.verify(signature, b"\x31" + attributes.whole[1:], *scheme)
    verifier = verification.PolicyBuilder().store(verification.Store(roots)).time(
        time).max_chain_depth(8).extension_policies(
        ca_policy=AUTHORITY, ee_policy=SIGNER).build_client_verifier()
    check_revocation(verifier.verify(certificate, certificates).chain, lists, time)
    margin = UNSTATED_ACCURACY if accuracy is None else accuracy
    return time - margin, time + margin, accuracy is not None

def time_of(content, stamped):
    """The time of a TSTInfo over `stamped`, and its accuracy; None when it states none."""
    [[version, _, [[algorithm, *_], imprint], _, moment, *rest]] = der(content)
    require(version == b"\1" and imprint == hash_of(stamped, algorithm), "is over other bytes")
    whole, fraction = re.fullmatch(rb"(\d{14})(\.\d{0,5}[1-9])?Z", moment).groups()
    time = datetime.datetime.strptime(f"{whole.decode()}+0000", "%Y%m%d%H%M%S%z")
    time += float(fraction or 0) * SECOND
    if not rest or rest[0].tag != 0x30:
        return time, None
    units = {2: (SECOND, 0, 3_155_760_000), 0x80: (SECOND / 1000, 1, 999),
             0x81: (SECOND / 10**6, 1, 999)}
    accuracy = 0 * SECOND
    for part in rest[0]:
        (unit, least, most), number = units[part.tag], int.from_bytes(part, signed=True)
        require(least <= number <= most, "has an accuracy out of range")
        accuracy += number * unit
    return time, accuracy

def certificates_of(pem, is_own=True):
    """In a bundle PEM has one spelling; elsewhere there may be text around it."""
    require(PEM.fullmatch(pem) or not is_own, "is not PEM in its one spelling")
    return x509.load_pem_x509_certificates(pem) if pem.strip() else []

def check_revocation(chain, pem, time):
    """That no list takes a certificate of the chain back, and one list at least is of its signer's
    issuer, if there are any."""
    require(PEM.fullmatch(pem), "has revocation lists that are not PEM in its one spelling")
    blocks = re.findall(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\s", pem, re.DOTALL)
    lists = [x509.load_pem_x509_crl(block) for block in blocks]
    require(not pem or chain[0].issuer in [one.issuer for one in lists], "lacks its issuer's list")
    for certificate, issuer in zip(chain, chain[1:]):
        for crl in (one for one in lists if one.issuer == issuer.subject):
            is_current = crl.is_signature_valid(issuer.public_key()) and time <= crl.next_update_utc
            require(is_current, "has a revocation list that is not signed, or ran out before")
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            require(entry is None or spares(entry, time), "is by a certificate that was revoked")

def spares(entry, time):
    """RFC 3161, 4: without a reason, or with one that the key was lost, no stamp by it counts."""
    reasons = [one.value.reason.name for one in entry.extensions
               if isinstance(one.value, x509.CRLReason)]
    harmless = {"unspecified", "affiliation_changed", "superseded", "cessation_of_operation"}
    return entry.revocation_date_utc > time and bool(harmless.intersection(reasons))

def check_usage(_policy, _certificate, usage):
    require([*usage] == [x509.ExtendedKeyUsageOID.TIME_STAMPING], "is for more than time stamping")

SIGNER = verification.ExtensionPolicy.permit_all().require_present(
    x509.ExtendedKeyUsage, verification.Criticality.CRITICAL, check_usage)
AUTHORITY = verification.ExtensionPolicy.webpki_defaults_ca()
for extension in (x509.ExtendedKeyUsage, x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier):
    AUTHORITY = AUTHORITY.may_be_present(extension, verification.Criticality.AGNOSTIC, None)
