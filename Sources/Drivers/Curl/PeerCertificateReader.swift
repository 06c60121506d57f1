import CCurl
import Crypto

/// Reads the leaf certificate a server has shown from the TLS session of its connection.
struct PeerCertificateReader: Sendable {
    private let functions: ccurl_tls_functions

    /// - Throws: `unsuitableLibrary` when libcurl's TLS is not OpenSSL: an exchange without the
    ///   peer's certificate would be weaker evidence than its record says.
    init() throws(CurlStartError) {
        var functions = ccurl_tls_functions()
        guard ccurl_find_tls_functions(&functions) == 1 else {
            throw .unsuitableLibrary("its TLS library is not OpenSSL")
        }
        self.functions = functions
    }

    /// SHA-256 of the certificate's DER; nil without TLS. Only valid in the callback before a
    /// request, when the connection belongs to `easy`.
    func digest(_ easy: UnsafeMutableRawPointer) -> [UInt8]? {
        withUnsafeTemporaryAllocation(
            of: UInt8.self,
            capacity: CurlConfiguration.certificateBytesCeiling
        ) { buffer in
            withUnsafePointer(to: functions) { functions in
                let length = ccurl_copy_peer_certificate(
                    functions,
                    easy,
                    buffer.baseAddress,
                    buffer.count
                )
                guard length > 0 else { return nil }
                return Array(
                    SHA256.hash(
                        data: UnsafeRawBufferPointer(
                            rebasing:
                                UnsafeRawBufferPointer(buffer)[..<length]
                        )
                    )
                )
            }
        }
    }
}
