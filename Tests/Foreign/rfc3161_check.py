"""Verifies a time stamp answer with PyPI rfc3161-client: ANSWER DATA ROOT.pem

Exit 0 and `ok` when it accepts, 1 and `refused: why` when not.
"""
import sys

from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError


def main() -> int:
    answer, data, roots = (open(path, "rb").read() for path in sys.argv[1:4])
    response = decode_timestamp_response(answer)
    builder = VerifierBuilder()
    for certificate in x509.load_pem_x509_certificates(roots):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, data)
    except VerificationError as error:
        print(f"refused: {error}")
        return 1
    print(f"ok: {response.tst_info.gen_time.isoformat()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
