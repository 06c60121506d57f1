"""Time stamping authorities that tests run themselves: a root, an intermediate, and signers that
are right, or wrong in one way each. Stamps are made by `openssl ts`, or, for any other time than now, by
`openssl cms` around a TSTInfo that is written here."""

from __future__ import annotations

import datetime
import hashlib
import pathlib
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

UTC = datetime.timezone.utc
YEAR = datetime.timedelta(days=365)
POLICY = "1.3.6.1.4.1.99999.1"
CONFIGURATION = """[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def pem(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def tlv(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    size = len(content)
    length = bytes([size]) if size < 128 else (
        lambda raw: bytes([128 + len(raw)]) + raw)(size.to_bytes((size.bit_length() + 7) // 8))
    return bytes([tag]) + length + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for number in (40 * first + second, *rest):
        digits = [number & 127]
        while number := number >> 7:
            digits.append(128 | number & 127)
        content += bytes(reversed(digits))
    return tlv(6, content)


class Root:
    """A root and an intermediate below it, valid for years."""

    def __init__(self, folder: pathlib.Path, name: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.middle_key = ec.generate_private_key(ec.SECP256R1())
        self.root_name = x509.Name.from_rfc4514_string(f"CN={name} root")
        self.middle_name = x509.Name.from_rfc4514_string(f"CN={name} intermediate")
        self.root = self._authority(self.root_name, self.key, 1)
        self.middle = self._authority(self.middle_name, self.middle_key, 0)

    def _authority(self, subject, key, length: int) -> x509.Certificate:
        start = datetime.datetime(2020, 1, 1, tzinfo=UTC)
        return _builder(subject, self.root_name, key, start, start + 30 * YEAR).add_extension(
            x509.BasicConstraints(ca=True, path_length=length), critical=True).add_extension(
            _key_usage(authority=True), critical=True).sign(self.key, hashes.SHA256())

    def signer(self, name: str, algorithm: str = "ec", usages=(Usage.TIME_STAMPING,),
               critical: bool = True, lives=(datetime.datetime(2021, 1, 1, tzinfo=UTC), 20 * YEAR)
               ) -> "Signer":
        key = (rsa.generate_private_key(65537, 2048) if algorithm == "rsa"
               else ec.generate_private_key(ec.SECP256R1()))
        subject = x509.Name.from_rfc4514_string(f"CN={name}")
        start, length = lives
        made = _builder(subject, self.middle_name, key, start, start + length).add_extension(
            _key_usage(authority=False), critical=True).add_extension(
            x509.ExtendedKeyUsage(usages), critical=critical)
        return Signer(self, name, key, made.sign(self.middle_key, hashes.SHA256()))

    def revocation_lists(self, at: datetime.datetime,
                         revoked: dict[int, datetime.datetime],
                         reason: x509.ReasonFlags | None = x509.ReasonFlags.superseded) -> bytes:
        """One list of each authority, current for a week around `at`."""
        found = b""
        for name, key in ((self.root_name, self.key), (self.middle_name, self.middle_key)):
            made = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(
                at - datetime.timedelta(days=1)).next_update(at + datetime.timedelta(days=7))
            for serial, moment in revoked.items() if key is self.middle_key else ():
                entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
                if reason is not None:
                    entry = entry.add_extension(x509.CRLReason(reason), critical=False)
                made = made.add_revoked_certificate(entry.build())
            found += pem(made.sign(key, hashes.SHA256()))
        return found


class Signer:
    """One that stamps."""

    def __init__(self, root: Root, name: str, key, certificate: x509.Certificate):
        self.root, self.name, self.certificate = root, name, certificate
        self.chain = pem(root.middle)
        self.folder = root.folder / name
        self.folder.mkdir(exist_ok=True)
        (self.folder / "signer.pem").write_bytes(pem(certificate))
        (self.folder / "signer.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        (self.folder / "serial").write_text("01")
        (self.folder / "tsa.cnf").write_text(
            CONFIGURATION.format(folder=self.folder, policy=POLICY))

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def stamp_now(self, data: bytes) -> bytes:
        """By `openssl ts`, in the spelling of a bundle: granted, and nothing said beside the token."""
        (self.folder / "data").write_bytes(data)
        self._openssl("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "own", "-queryfile",
                      "query", "-out", "reply")
        self._openssl("ts", "-reply", "-in", "reply", "-token_out", "-out", "token")
        return sequence(sequence(tlv(2, b"\0")), (self.folder / "token").read_bytes())

    def stamp(self, data: bytes, at: datetime.datetime, accuracy: float | None = 1.5,
              status: int = 0, digest: str = "sha256", fraction: str = "") -> bytes:
        """By `openssl cms`, at any time; `accuracy` in seconds."""
        number = {"sha256": 1, "sha384": 2, "sha512": 3}[digest]
        imprint = sequence(sequence(oid(f"2.16.840.1.101.3.4.2.{number}"), tlv(5, b"")),
                           tlv(4, hashlib.new(digest, data).digest()))
        parts = [tlv(2, b"\1"), oid(POLICY), imprint, tlv(2, b"\x2a"),
                 tlv(0x18, f"{at:%Y%m%d%H%M%S}{fraction}Z".encode())]
        if accuracy is not None:
            milliseconds = round(accuracy % 1 * 1000)
            whole = int(accuracy).to_bytes(int(accuracy).bit_length() // 8 + 1)
            parts.append(sequence(tlv(2, whole), *(
                [tlv(0x80, milliseconds.to_bytes(2))] if milliseconds else [])))
        (self.folder / "info").write_bytes(sequence(*parts))
        self._openssl("cms", "-sign", "-cades", "-nodetach", "-binary", "-nosmimecap", "-outform",
                      "DER", "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-md", digest, "-in",
                      "info", "-signer", "signer.pem", "-inkey", "signer.key", "-out", "token")
        token = (self.folder / "token").read_bytes()
        return sequence(sequence(tlv(2, bytes([status]))), token)


def _key_usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False)


def _builder(subject, issuer, key, start, end) -> x509.CertificateBuilder:
    return x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(
        key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(
        start).not_valid_after(end)
