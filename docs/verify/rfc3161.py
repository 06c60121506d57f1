"""Time stamps (RFC 3161), for cardproof_verify.py: its own reader of DER and CMS (RFC 5652); X.509
and signatures by `cryptography`."""
import dataclasses, datetime, hashlib, re
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from tlog import Wrong, require

DIGESTS = {"2.16.840.1.101.3.4.2.1": hashes.SHA256(), "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
           "2.16.840.1.101.3.4.2.3": hashes.SHA512()}
SIGNATURES = {  # with the digest; rsaEncryption leaves it to the signer's other field
    "1.2.840.113549.1.1.1": None, "1.2.840.113549.1.1.11": hashes.SHA256(),
    "1.2.840.113549.1.1.12": hashes.SHA384(), "1.2.840.113549.1.1.13": hashes.SHA512(),
    "1.2.840.10045.4.3.2": hashes.SHA256(), "1.2.840.10045.4.3.3": hashes.SHA384(),
    "1.2.840.10045.4.3.4": hashes.SHA512()}
SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
CERTIFICATE_V1, CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
SEQUENCE, SET, OID, OCTETS, INTEGER, TIME, FIRST = 0x30, 0x31, 6, 4, 2, 0x18, 0xA0
UNDERSTOOD = (  # other critical extensions refuse a certificate
    ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES)
LONGEST_CHAIN = 8
GRANTED = b"\x30\3\2\1\0"  # the one spelling of a PKIStatusInfo that a bundle holds


@dataclasses.dataclass
class Stamp:
    time: datetime.datetime
    accuracy: datetime.timedelta
    signer: str
    revocation_checked: bool


class Element:
    """One element of strict DER: its tag, its content, and all its bytes."""
    def __init__(self, tag, content, whole):
        self.tag, self.content, self.whole = tag, content, whole

    def __iter__(self):
        """The elements inside."""
        return iter(elements(self.content))

    def oid(self):
        """The dotted text of an object identifier, or of the one that an algorithm begins with."""
        if self.tag == SEQUENCE:
            return next(iter(self)).oid()
        require(self.tag == OID, "has no object identifier where one belongs")
        numbers, number = [], 0
        for byte in self.content:
            number = number << 7 | byte & 127
            if byte < 128:
                numbers, number = [*numbers, number], 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def elements(data):
    found, at = [], 0
    while at < len(data):
        start, length = at + 2, data[at + 1]
        if length > 127:
            start += length - 128
            length = int.from_bytes(data[at + 2:start])
            require(length > 127 and data[at + 2] and start < at + 7, "is not DER")
        end = start + length
        require(data[at] & 31 < 31 and end <= len(data), "is cut, or not DER")
        found.append(Element(data[at], data[start:end], data[at:end]))
        at = end
    return found


def digest_of(algorithm, data):
    return hashlib.new(algorithm.name, data).digest()


def verify(response, stamped, roots, more_certificates=b"", revocation_lists=b""):
    """The `Stamp` that a response is of the bytes `stamped`; raises `Wrong`. `roots` is a list of
    certificates, the last two arguments are PEM."""
    answer, = elements(response)
    status, token = answer
    require(status.whole == GRANTED, "is no granted answer, or says more than that")
    kind, wrapped = token
    signed_data, = wrapped
    _, _, encapsulated, *certificates, signers = signed_data
    content_type, inside = encapsulated
    require((kind.oid(), content_type.oid()) == (SIGNED_DATA, TST_INFO), "is no time stamp")
    (octets,), (signer,) = inside, signers  # exactly one SignerInfo
    require(octets.tag == OCTETS, "holds no time stamp")
    _, _, digest, attributes, algorithm, signature, *_ = signer
    require(attributes.tag == FIRST, "has no signed attributes")
    pairs = [tuple(attribute) for attribute in attributes]
    signed = {name.oid(): next(iter(values)) for name, values in pairs}
    require(len(signed) == len(pairs), "has a signed attribute twice")
    digest = DIGESTS.get(digest.oid())
    require(digest and algorithm.oid() in SIGNATURES, "is signed by an algorithm that is not taken")
    require(signed[CONTENT_TYPE].whole == content_type.whole, "is signed as another type")
    require(signed[MESSAGE_DIGEST].content == digest_of(digest, octets.content), "was changed")
    own = [x509.load_der_x509_certificate(c.whole) for group in certificates if group.tag == FIRST
           for c in group]
    others = own + certificates_of(more_certificates)
    certificate = signing_certificate(signed, others)
    message = bytes([SET]) + attributes.whole[1:]
    check_signature(certificate, signature.content, message, SIGNATURES[algorithm.oid()] or digest)
    time, accuracy = time_of(octets.content, stamped)
    chain = chain_of(certificate, others, roots, time)
    checked = check_revocation(chain, revocation_lists, time)
    return Stamp(time, accuracy, certificate.subject.rfc4514_string(), checked)


def time_of(content, stamped):
    """Time and accuracy of a TSTInfo, once it is found to be of the bytes `stamped`."""
    info, = elements(content)
    version, _, imprint, _, time, *rest = info
    algorithm, value = imprint
    digest = DIGESTS.get(algorithm.oid())
    require(version.whole == b"\2\1\1" and digest, "is of a version or digest that is not taken")
    require(value.content == digest_of(digest, stamped), "is over other bytes")
    match = re.fullmatch(rb"(\d{14})(?:\.(\d{0,5}[1-9]))?Z", time.content)
    require(time.tag == TIME and match, "has a malformed time")
    moment = datetime.datetime.strptime(match[1].decode() + "+0000", "%Y%m%d%H%M%S%z")
    moment += datetime.timedelta(microseconds=int((match[2] or b"0").ljust(6, b"0")))
    accuracy = rest[0] if rest and rest[0].tag == SEQUENCE else ()
    parts = {part.tag: int.from_bytes(part.content) for part in accuracy}
    require(parts, "does not say how accurate it is")
    return moment, datetime.timedelta(
        seconds=parts.get(INTEGER, 0), milliseconds=parts.get(0x80, 0),
        microseconds=parts.get(0x81, 0))


def signing_certificate(signed, certificates):
    """The certificate that the signed attribute ESSCertID or ESSCertIDv2 names (RFC 5035)."""
    attribute = signed.get(CERTIFICATE_V2) or signed.get(CERTIFICATE_V1)
    require(attribute, "does not say by whose certificate it is signed")
    first, *_ = next(iter(attribute))
    fields = list(first)
    digest = hashes.SHA256() if CERTIFICATE_V2 in signed else hashes.SHA1()
    if fields[0].tag == SEQUENCE:
        digest = DIGESTS[fields.pop(0).oid()]
    found = [c for c in certificates if c.fingerprint(digest) == fields[0].content]
    require(found, "does not come with the signer's certificate")
    usage = found[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    require(usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING],
            "is signed by a certificate that is not for time stamping alone")
    return found[0]


def check_signature(certificate, signature, message, digest):
    key = certificate.public_key()
    scheme = (ec.ECDSA(digest),) if isinstance(key, ec.EllipticCurvePublicKey) else (
        padding.PKCS1v15(), digest)
    try:
        key.verify(signature, message, *scheme)
    except InvalidSignature:
        raise Wrong("has a signature that is wrong") from None


def certificates_of(pem):
    return x509.load_pem_x509_certificates(pem) if pem.strip() else []


def chain_of(signer, others, roots, time):
    """From the signer to a root, each valid at that time and allowed to issue the one before."""
    chain = [signer]
    while chain[-1] not in roots:
        issuers = (c for c in [*roots, *others] if may_issue(c, chain[-1], len(chain) - 1))
        chain.append(next(issuers, None))
        require(chain[-1] and len(chain) < LONGEST_CHAIN, "leads to none of the roots")
    for certificate in chain:
        name = certificate.subject.rfc4514_string()
        require(certificate.not_valid_before_utc <= time <= certificate.not_valid_after_utc,
                f"is of a time when the certificate {name} was not valid")
        require(all(e.oid in UNDERSTOOD or not e.critical for e in certificate.extensions),
                f"depends on {name} with a critical extension that this program does not know")
    return chain


def may_issue(issuer, certificate, authorities_below):
    try:
        certificate.verify_directly_issued_by(issuer)
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = [e.value for e in issuer.extensions if e.oid == ExtensionOID.KEY_USAGE]
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return (basic.ca and all(value.key_cert_sign for value in usage)
            and (basic.path_length is None or authorities_below <= basic.path_length))


def check_revocation(chain, pem, time):
    """Whether lists of that time cover all but the root; none may say it was revoked before."""
    blocks = re.findall(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\s", pem, re.DOTALL)
    lists = [x509.load_pem_x509_crl(block) for block in blocks]
    covered = 0
    for certificate, issuer in zip(chain, chain[1:]):
        current = False
        for crl in (c for c in lists if c.issuer == issuer.subject):
            require(crl.is_signature_valid(issuer.public_key()), "has a revocation list not signed")
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            require(entry is None or entry.revocation_date_utc > time,
                    f"is by {certificate.subject.rfc4514_string()}, which was revoked before")
            current |= crl.next_update_utc is None or crl.next_update_utc >= time
        covered += current
    return covered == len(chain) - 1
