"""Time stamps (RFC 3161): DER and CMS (RFC 5652) are read here; certificates and signatures are
left to `cryptography`. Refuses as standards.py does."""
import datetime, hashlib, re
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import verification
from standards import SECOND, require

UNSTATED_ACCURACY = 60 * SECOND  # of a stamp that does not say how exact it is
DIGESTS = {bytes.fromhex(f"60864801650304020{number}"): digest for number, digest in (
    (1, hashes.SHA256()), (2, hashes.SHA384()), (3, hashes.SHA512()))}
FINGERPRINTS = [hashes.SHA1(), *DIGESTS.values()]
SIGNED_DATA, CONTENT_TYPE, MESSAGE_DIGEST, TST_INFO, CERTIFICATE_V1, CERTIFICATE_V2 = (
    bytes.fromhex("2a864886f70d01" + text)
    for text in ("0702", "0903", "0904", "09100104", "0910020c", "0910022f"))

PEM = re.compile(rb"(-----BEGIN (CERTIFICATE|X509 CRL)-----\n([A-Za-z0-9+/]{64}\n)*"
                 rb"([A-Za-z0-9+/]{1,63}={0,2}\n)?-----END \2-----\n)*")

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
    kind, [[_, listed, [content_type, [content]], *sets, [signer]]] = token  # exactly one signer
    _, _, [algorithm, *_], attributes, _, signature, *_ = signer
    require([one[0] for one in listed] == [algorithm], "lists other digests than its signer's")
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
    own = [one for one in roots if one.issuer == one.subject]  # the others only link to one of them
    verifier = verification.PolicyBuilder().store(verification.Store(own)).time(
        time).max_chain_depth(8).extension_policies(
        ca_policy=AUTHORITY, ee_policy=SIGNER).build_client_verifier()
    check_revocation(verifier.verify(certificate, certificates + roots).chain, lists, time)
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
