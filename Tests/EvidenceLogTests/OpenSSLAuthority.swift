import EvidenceLog
import Foundation
import Testing
import WireFormat

/// A certificate authority and its stamping service, made and run by openssl in a folder.
///
/// A stamp is what `openssl ts -reply` writes; where it refuses to stamp (a certificate that may
/// not), `openssl cms` signs the same content, so that our own check is what says no.
final class OpenSSLAuthority {
    /// A pair of keys for the root and the signers.
    enum Keys: String, CaseIterable, CustomTestStringConvertible {
        case rsa2048 = "rsa:2048"
        case p256 = "P-256"
        case p384 = "P-384"
        case p521 = "P-521"

        var arguments: [String] {
            switch self {
            case .rsa2048: ["-newkey", rawValue]
            case .p256, .p384, .p521:
                ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:\(rawValue)"]
            }
        }

        var testDescription: String { rawValue }
    }

    static let policy = "1.2.3.4.1"
    static let otherPolicy = "1.2.3.4.2"
    static let listAddress = "http://ca.example/stamping.crl"

    let folder: URL
    private let keys: Keys

    init(_ keys: Keys = .p256) throws {
        self.keys = keys
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in [
            ("openssl.cnf", Self.configuration), ("index", ""), ("number", "1000\n"),
            ("crlnumber", "01\n"), ("stamps", "01\n"),
        ] { try Data(text.utf8).write(to: file(name)) }
        try openssl(
            ["req", "-x509", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "3650"]
                + ["-subj", "/CN=Test Root", "-config", "openssl.cnf", "-extensions", "root"]
                + keys.arguments
        )
        try certify("signer")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func file(_ name: String) -> URL { folder.appending(path: name) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: file(name))) }

    var roots: String {
        get throws { String(decoding: try bytes("root.pem"), as: UTF8.self) }
    }

    /// Issues a certificate with the extensions of that section of the configuration.
    func certify(
        _ name: String,
        extensions: String = "stamper",
        from start: String = "20200101000000Z",
        to end: String = "20991231235959Z",
        issuer: String = "root"
    ) throws {
        try openssl(
            ["req", "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr"]
                + ["-subj", "/CN=Test \(name)", "-config", "openssl.cnf"] + keys.arguments
        )
        try openssl(
            ["ca", "-batch", "-notext", "-config", "openssl.cnf", "-extensions", extensions]
                + ["-in", "\(name).csr", "-out", "\(name).pem", "-startdate", start]
                + ["-enddate", end, "-cert", "\(issuer).pem", "-keyfile", "\(issuer).key"]
        )
    }

    /// The answer of `openssl ts` to a request.
    func answer(
        _ request: TimeStampRequest,
        signer: String = "signer",
        section: String = "service"
    ) throws -> [UInt8] {
        try Data(request.der).write(to: file("request.tsq"))
        try openssl(
            ["ts", "-reply", "-config", "openssl.cnf", "-section", section]
                + ["-queryfile", "request.tsq", "-signer", "\(signer).pem"]
                + ["-inkey", "\(signer).key", "-out", "answer.tsr"]
        )
        return try bytes("answer.tsr")
    }

    func token(
        over bytes: [UInt8],
        signer: String = "signer",
        section: String = "service",
        algorithm: ImprintAlgorithm = .sha256
    ) throws -> TimeStampToken {
        let request = try TimeStampRequest(over: bytes, algorithm: algorithm, nonce: 0x0102_0304)
        return try TimeStampResponse(der: answer(request, signer: signer, section: section)).token
    }

    /// A token over the content of another one, signed by any certificate at all.
    func forge(_ genuine: TimeStampToken, signer: String) throws -> TimeStampToken {
        try Data(genuine.der).write(to: file("genuine.tst"))
        try openssl(
            ["cms", "-verify", "-noverify", "-nosigs", "-inform", "DER", "-in", "genuine.tst"]
                + ["-out", "info.der", "-binary"]
        )
        try openssl(
            ["cms", "-sign", "-cades", "-binary", "-nodetach", "-nosmimecap", "-in", "info.der"]
                + ["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", "\(signer).pem"]
                + ["-inkey", "\(signer).key", "-outform", "DER", "-out", "forged.tst"]
        )
        return try TimeStampToken(der: bytes("forged.tst"))
    }

    func revoke(_ name: String, reason: String?) throws {
        try openssl(
            ["ca", "-config", "openssl.cnf", "-revoke", "\(name).pem", "-cert", "root.pem"]
                + ["-keyfile", "root.key"] + (reason.map { ["-crl_reason", $0] } ?? [])
        )
    }

    /// DER of the root's revocation list.
    func revocationList(
        issuer: String = "root",
        from start: String? = nil,
        to end: String = "20991231235959Z"
    ) throws -> [UInt8] {
        try openssl(
            ["ca", "-config", "openssl.cnf", "-gencrl", "-out", "list.pem", "-crlexts", "list"]
                + ["-cert", "\(issuer).pem", "-keyfile", "\(issuer).key", "-crl_nextupdate", end]
                + (start.map { ["-crl_lastupdate", $0] } ?? [])
        )
        let text = String(decoding: try bytes("list.pem"), as: UTF8.self)
        return try #require(try PEMText.blocks(PEMText.revocationList, in: text).first)
    }

    /// Whether `openssl ts -verify` accepts a token over `bytes` at the token's own time.
    func accepts(_ token: TimeStampToken, over bytes: [UInt8]) throws -> Bool {
        try Data(token.der).write(to: file("check.tst"))
        try Data(bytes).write(to: file("check.data"))
        let time = token.info.genTime.secondsAndMilliseconds.seconds
        return try ForeignTools.run(
            "/usr/bin/openssl",
            ["ts", "-verify", "-token_in", "-in", "check.tst", "-data", "check.data"]
                + ["-CAfile", "root.pem", "-attime", "\(time)"],
            in: folder
        ).status == 0
    }

    /// Whether PyPI `rfc3161-client` accepts it.
    func pythonAccepts(_ token: TimeStampToken, over bytes: [UInt8]) throws -> Bool {
        try Data(token.response).write(to: file("check.tsr"))
        try Data(bytes).write(to: file("check.data"))
        let script = ForeignTools.folder.appending(path: "rfc3161_check.py").path
        let result = try ForeignTools.run(
            ForeignTools.python,
            [script, "check.tsr", "check.data", "root.pem"],
            in: folder
        )
        try #require(
            result.output.hasPrefix(result.status == 0 ? "ok" : "refused"),
            "\(result.output)"
        )
        return result.status == 0
    }

    func openssl(_ arguments: [String]) throws {
        let result = try ForeignTools.run("/usr/bin/openssl", arguments, in: folder)
        try #require(result.status == 0, "openssl \(arguments[0]): \(result.output)")
    }
}

extension OpenSSLAuthority {
    private static let configuration = """
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
        default_crl_days = 30
        unique_subject = no
        policy = anything
        [anything]
        commonName = supplied
        [list]
        authorityKeyIdentifier = keyid
        [root]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        [signerless]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,digitalSignature
        [stamper]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = critical,timeStamping
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        crlDistributionPoints = URI:\(listAddress)
        [uncritical]
        extendedKeyUsage = timeStamping
        [codesigner]
        extendedKeyUsage = critical,codeSigning
        [both]
        extendedKeyUsage = critical,timeStamping,codeSigning
        [encrypter]
        keyUsage = critical,keyEncipherment
        extendedKeyUsage = critical,timeStamping
        [service]
        serial = stamps
        signer_digest = sha256
        default_policy = \(policy)
        other_policies = \(otherPolicy)
        digests = sha256,sha384,sha512
        accuracy = secs:1
        tsa_name = yes
        ess_cert_id_alg = sha256
        clock_precision_digits = 3
        [olderhash]
        serial = stamps
        signer_digest = sha512
        default_policy = \(policy)
        digests = sha256
        accuracy = secs:1, millisecs:500, microsecs:100
        ess_cert_id_alg = sha1
        ordering = yes
        [silent]
        serial = stamps
        signer_digest = sha256
        default_policy = \(policy)
        digests = sha256
        [vague]
        serial = stamps
        signer_digest = sha256
        default_policy = \(policy)
        digests = sha256
        accuracy = secs:60
        [chain]
        serial = stamps
        signer_digest = sha256
        default_policy = \(policy)
        digests = sha256
        accuracy = secs:1
        certs = chain.pem
        """
}
