"""RSA signatures (PKCS #1 v1.5 over SHA-256, RFC 8017) by a key that follows from a word, so that recordings are the
same every time and no private key stands in a file. Never for anything but tests."""

from __future__ import annotations

import base64
import functools
import hashlib
import random

BITS = 2048
E = 65537
# DigestInfo of SHA-256, RFC 8017 §9.2.
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
# AlgorithmIdentifier of rsaEncryption, RFC 3279 §2.3.1.
ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
SMALL = [number for number in range(3, 2000, 2) if all(number % other for other in range(3, number, 2))]


class SigningKey:
    def __init__(self, word: str):
        self.n, self.d = numbers(word)

    def sign(self, message: bytes) -> bytes:
        size = BITS // 8
        tail = PREFIX + hashlib.sha256(message).digest()
        block = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
        return pow(int.from_bytes(block), self.d, self.n).to_bytes(size)

    @property
    def xml(self) -> str:
        """As .NET writes a public key."""
        modulus, exponent = (base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode()
                             for number in (self.n, E))
        return f"<RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent></RSAKeyValue>"

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo, RFC 5280 §4.1.2.7."""
        key = der(0x30, der_integer(self.n) + der_integer(E))
        return der(0x30, ALGORITHM + der(0x03, b"\x00" + key))


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def der_integer(number: int) -> bytes:
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1))


@functools.cache
def numbers(word: str) -> tuple[int, int]:
    randomness = random.Random(word)
    while True:
        p, q = prime(randomness), prime(randomness)
        n, phi = p * q, (p - 1) * (q - 1)
        if p != q and n.bit_length() == BITS and phi % E:
            return n, pow(E, -1, phi)


def prime(randomness: random.Random) -> int:
    half = BITS // 2
    while True:
        candidate = randomness.getrandbits(half) | (0b11 << (half - 2)) | 1
        if all(candidate % small for small in SMALL) and is_prime(candidate, randomness):
            return candidate


def is_prime(candidate: int, randomness: random.Random) -> bool:
    """Miller and Rabin."""
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(24):
        power = pow(randomness.randrange(2, candidate - 1), odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % candidate
            if power == candidate - 1:
                break
        else:
            return False
    return True
