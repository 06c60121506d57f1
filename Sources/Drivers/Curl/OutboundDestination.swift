import CCurl

/// The host, port and scheme a request goes to: what connections are shared and capped by.
struct OutboundDestination: Sendable, Hashable {
    enum Scheme: String, Sendable {
        case http
        case https
    }

    enum Defect: Error {
        case malformed
        case unsupportedScheme
        case holdsCredentials
    }

    let scheme: Scheme
    let host: String
    let port: String
    let unixSocketPath: String?

    /// Reads `url` with libcurl's own parser, so that what is judged is what is connected to.
    init(url: String, unixSocketPath: String?) throws(Defect) {
        // libcurl reads to the first zero and would never see what stands behind it.
        guard !url.utf8.contains(0), let parser = curl_url() else { throw .malformed }
        defer { curl_url_cleanup(parser) }
        guard curl_url_set(parser, CURLUPART_URL, url, ccurl_url_accept_any_scheme) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: parser)
        else { throw .malformed }
        guard let known = Scheme(rawValue: scheme.lowercased()) else { throw .unsupportedScheme }
        guard Self.part(CURLUPART_USER, of: parser) == nil,
            Self.part(CURLUPART_PASSWORD, of: parser) == nil
        else { throw .holdsCredentials }
        guard let host = Self.part(CURLUPART_HOST, of: parser), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: parser)
        else { throw .malformed }
        self.scheme = known
        self.host = host.lowercased()
        self.port = port
        self.unixSocketPath = unixSocketPath
    }

    private static func part(_ what: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, what, &text, ccurl_url_show_default_port) == CURLUE_OK,
            let text
        else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
