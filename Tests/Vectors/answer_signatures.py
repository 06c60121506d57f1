"""Writes answer-signatures.json: answers signed by PyCA cryptography and by Python's hmac and hashlib.

    python Tests/Vectors/answer_signatures.py > Tests/Vectors/answer-signatures.json

The RSA key is a new one each time; the Ed25519 key follows from its seed.
"""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BODY = '{"code":"00","message":"gut – 好","signed_at":1795161600}'
DATE = "Fri, 20 Nov 2026 08:00:00 GMT"
STRING = f"200\n{DATE}\n{hashlib.sha256(BODY.encode()).hexdigest()}"
SHARED = "mark-Shared-Key-4410"
DER, PEM, SPKI, RAW = Encoding.DER, Encoding.PEM, PublicFormat.SubjectPublicKeyInfo, PublicFormat.Raw


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main() -> None:
    ed = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"cardproof answer vectors").digest())
    public = ed.public_key()
    big = rsa.generate_private_key(65537, 2048)
    rows = [
        {"algorithm": "ed25519", "signature": text(ed.sign(STRING.encode())), "keys": [
            public.public_bytes(Encoding.Raw, RAW).hex(), text(public.public_bytes(Encoding.Raw, RAW)),
            text(public.public_bytes(DER, SPKI)), public.public_bytes(PEM, SPKI).decode()]},
        {"algorithm": "rsa_sha256",
         "signature": text(big.sign(STRING.encode(), padding.PKCS1v15(), hashes.SHA256())),
         "keys": [text(big.public_key().public_bytes(DER, SPKI)), big.public_key().public_bytes(PEM, SPKI).decode()]},
    ]
    for name in ["md5", "sha1", "sha256", "sha512"]:
        rows.append({"algorithm": f"hmac_{name}", "keys": [SHARED],
                     "signature": text(hmac.digest(SHARED.encode(), STRING.encode(), name))})
    target = "post /v1/check?trace=1"
    digest = "sha-256=" + text(hashlib.sha256(BODY.encode()).digest())
    signed = f"(request-target): {target}\nhost: issuer.example\ndate: {DATE}\ndigest: {digest}"
    http = {"target": target, "host": "issuer.example", "digest": digest, "keys": rows[0]["keys"][:1],
            "header": f'keyid="k", algorithm="ed25519", signature="{text(ed.sign(signed.encode()))}", '
                      'headers="(request-target) host date digest"'}
    print(json.dumps({"body": BODY, "date": DATE, "string": STRING, "rows": rows, "http_signature": http},
                     indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
