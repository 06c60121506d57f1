import Foundation

/// TLS servers with one fault each, and a certificate authority of their own, for one test run.
///
/// openssl makes the certificates, Python serves them: both are other implementations than the
/// ones under test. They end, and take their files along, when the test run does.
struct TLSServers: Sendable {
    enum Fault: String, CaseIterable, Sendable {
        case none
        case expired
        case notYetValid = "not_yet_valid"
        case otherHost = "other_host"
        case selfSigned = "self_signed"
        case weakKey = "weak_key"
        case oldProtocol = "old_protocol"
        case wantsClientCertificate = "wants_client_certificate"
    }

    /// Made once: the certificates take a second.
    static let shared = Result { try TLSServers() }

    static var areAvailable: Bool {
        // `make test` installs both: there a missing one is a failure, and nothing to skip.
        ProcessInfo.processInfo.environment["CARDPROOF_TEST_PYTHON"] != nil
            || ProgramResult.executable("openssl") != nil
                && ProgramResult.executable("python3") != nil
    }

    let directory: TemporaryDirectory
    private let ports: [Fault: Int]
    var authorityFile: String { directory.path + "/ca.pem" }

    init() throws {
        directory = try TemporaryDirectory()
        try Data(Self.certificateScript.utf8).write(
            to: URL(fileURLWithPath: directory.path + "/make.sh")
        )
        let made = try ProgramResult.run("bash", [directory.path + "/make.sh", directory.path])
        guard made?.status == 0 else { throw Failure(output: made?.output ?? "no bash") }
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: ProgramResult.executable("python3") ?? "/usr/bin/python3"
        )
        process.arguments = ["-c", Self.serverScript, directory.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        ports = try Self.readPorts(output.fileHandleForReading)
    }

    struct Failure: Error {
        let output: String
    }

    func url(_ fault: Fault, host: String = "localhost") -> String {
        "https://\(host):\(ports[fault] ?? 0)/"
    }

    /// SHA-256 of the certificate's DER in lower-case hexadecimal, by openssl.
    func fingerprint(_ fault: Fault) throws -> String {
        let result = try ProgramResult.run(
            "openssl",
            [
                "x509", "-in", "\(directory.path)/\(fault.rawValue).pem", "-noout",
                "-fingerprint", "-sha256",
            ]
        )
        let text = result?.output.split(separator: "=").last ?? ""
        return text.filter { $0.isHexDigit }.lowercased()
    }

    private static func readPorts(_ output: FileHandle) throws -> [Fault: Int] {
        var text = ""
        var ports: [Fault: Int] = [:]
        while ports.count < Fault.allCases.count {
            let part = output.availableData
            guard !part.isEmpty else { throw Failure(output: "the server ended: \(text)") }
            text += String(decoding: part, as: UTF8.self)
            ports = [:]
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 2, let fault = Fault(rawValue: String(words[0])) else {
                    continue
                }
                ports[fault] = Int(words[1])
            }
        }
        return ports
    }

    private static let certificateScript = """
        set -e
        cd "$1"
        ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        new="openssl req $ec"
        $new -x509 -keyout ca.key -out ca.pem -subj /CN=testca -days 3650
        printf '%s\\n' '[ca]' 'default_ca=c' '[c]' 'database=index' 'serial=serial' \\
            'new_certs_dir=.' 'default_md=sha256' 'policy=p' 'copy_extensions=copy' \\
            'unique_subject=no' '[p]' 'commonName=supplied' > ca.cnf
        touch index; echo 1000 > serial
        sign() { # name host key start end
            openssl req $3 -keyout $1.key -out $1.csr -subj /CN=$2 \\
                -addext subjectAltName=DNS:$2
            openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -in $1.csr \\
                -out $1.pem -notext -startdate $4 -enddate $5
        }
        sign none localhost "$ec" 20200101000000Z 20400101000000Z
        sign expired localhost "$ec" 20200101000000Z 20200201000000Z
        sign not_yet_valid localhost "$ec" 20390101000000Z 20400101000000Z
        sign other_host other.test "$ec" 20200101000000Z 20400101000000Z
        sign weak_key localhost "-newkey rsa:1024 -nodes" 20200101000000Z 20400101000000Z
        $new -x509 -keyout self_signed.key -out self_signed.pem -subj /CN=localhost -days 30 \\
            -addext subjectAltName=DNS:localhost
        for name in old_protocol wants_client_certificate; do
            cp none.pem $name.pem; cp none.key $name.key
        done
        """

    private static let serverScript = """
        import http.server, os, shutil, ssl, sys, threading, time
        os.chdir(sys.argv[1])
        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def do_GET(self):
                self.send_response(200)
                self.send_header('Content-Length', '2')
                self.end_headers()
                self.wfile.write(b'ok')
            def log_message(self, *arguments): pass
        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            def finish_request(self, request, address):
                try:
                    secured = self.context.wrap_socket(request, server_side=True)
                    super().finish_request(secured, address)
                except OSError: pass
            def handle_error(self, *arguments): pass
        for name in '\(Fault.allCases.map(\.rawValue).joined(separator: " "))'.split():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_ciphers('DEFAULT@SECLEVEL=0')
            context.load_cert_chain(name + '.pem', name + '.key')
            if name == 'old_protocol':
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            if name == 'wants_client_certificate':
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations('ca.pem')
            server = Server(('127.0.0.1', 0), Answer)
            server.context = context
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(name, server.server_port, flush=True)
        parent = os.getppid()
        while os.getppid() == parent: time.sleep(0.2)
        shutil.rmtree(sys.argv[1])
        """
}
