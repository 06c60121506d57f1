"""A stamping authority (RFC 3161) on a local port: openssl makes its certificates and its stamps."""

from __future__ import annotations

import http.server
import pathlib
import subprocess
import threading

POLICY = "1.2.3.4.1"

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[ca]
default_ca = authority
[authority]
database = index
serial = number
crlnumber = crlnumber
new_certs_dir = .
default_md = sha256
unique_subject = no
policy = anything
[anything]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://127.0.0.1:{port}/ca.crl
[service]
serial = stamps
signer_digest = sha256
default_policy = {policy}
digests = sha256,sha384,sha512
{accuracy}
ess_cert_id_alg = sha256
"""


class StampingAuthority:
    """Answers `POST /` with stamps and `GET /ca.crl` with its root's revocation list."""

    def __init__(self, folder: pathlib.Path, accuracy: str = "accuracy = secs:1"):
        """`accuracy` is the line of openssl's configuration; without one stamps do not say."""
        self.folder, self.accuracy = folder, accuracy
        folder.mkdir(parents=True)
        self.is_up = True
        self.requests: list[bytes] = []
        self.lists_given = 0
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                if not authority.is_up:
                    self.send_error(503)
                    return
                authority.requests.append(body)
                self._give("application/timestamp-reply", authority.stamp(body))

            def do_GET(self):
                authority.lists_given += 1
                self._give("application/pkix-crl", (folder / "ca.crl").read_bytes())

            def _give(self, kind: str, body: bytes):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self._certify(self.server.server_port)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def root(self) -> pathlib.Path:
        return self.folder / "root.pem"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def stamp(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "openssl.cnf", "-section", "service", "-queryfile",
                     "query.tsq", "-signer", "signer.pem", "-inkey", "signer.key", "-out",
                     "answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()

    def revoke(self, reason: str) -> None:
        self.openssl("ca", "-config", "openssl.cnf", "-revoke", "signer.pem", "-crl_reason", reason,
                     "-cert", "root.pem", "-keyfile", "root.key")
        self._write_list()

    def openssl(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()

    def _certify(self, port: int) -> None:
        for name, text in (("openssl.cnf", CONFIGURATION.format(
                port=port, policy=POLICY, accuracy=self.accuracy)), ("index", ""), ("number", "1000\n"), ("crlnumber", "01\n"),
                           ("stamps", "01\n")):
            (self.folder / name).write_text(text)
        keys = ("-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-config",
                "openssl.cnf")
        self.openssl("req", "-x509", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
                     "-subj", "/CN=Test Root", "-extensions", "root", *keys)
        self.openssl("req", "-keyout", "signer.key", "-out", "signer.csr", "-subj",
                     "/CN=Test Stamper", *keys)
        self.openssl("ca", "-batch", "-notext", "-config", "openssl.cnf", "-extensions", "stamper",
                     "-days", "20", "-in", "signer.csr", "-out", "signer.pem", "-cert", "root.pem",
                     "-keyfile", "root.key")
        self._write_list()

    def _write_list(self) -> None:
        self.openssl("ca", "-config", "openssl.cnf", "-gencrl", "-crldays", "2", "-out", "list.pem",
                     "-cert", "root.pem", "-keyfile", "root.key")
        self.openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", "ca.crl")
