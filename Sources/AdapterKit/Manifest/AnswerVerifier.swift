import Crypto
import WireFormat

/// Verifies the answer to one request.
struct AnswerVerifier {
    /// Why an answer is not believed; stands in the record.
    enum Fault: String {
        case absent = "the answer is not signed"
        case wrong = "the answer's signature is wrong"
        case old = "the answer's signed time is not now"
    }

    var verification: AnswerVerification
    var key: VerifyingKey
    var request: OutboundRequest
    var values: TextTemplate.Values

    /// Nil when the answer is the issuer's, to this request, and of now.
    func fault(in answer: ReadableAnswer) -> Fault? {
        switch verification.scheme {
        case .text(let string, let place, let notation):
            guard let written = answer.text(at: place), !written.isEmpty else { return .absent }
            guard let signature = notation.bytes(written),
                let text = signedText(string, answer), key.accepts(signature, over: text)
            else { return .wrong }
            return age(of: verification.signedAt?.instant(in: answer))
        case .httpSignature(let header, let host):
            guard let written = answer.response.header(header) else { return .absent }
            guard let signature = HTTPSignature(written),
                signature.algorithm.map({ $0 == verification.algorithm.httpName }) ?? true,
                let text = signature.signedText(
                    of: answer.response, target: target, host: name(host)),
                key.accepts(signature.bytes, over: Array(text.utf8))
            else { return .wrong }
            let date = signature.covers("date") ? answer.response.header("date") : nil
            return age(of: date.flatMap(HTTPDate.instant))
        }
    }

    private func age(of signedAt: Instant?) -> Fault? {
        guard let longest = verification.longestAge else { return nil }
        guard let signedAt, let now = values.inquiry?.askedAt else { return .old }
        let difference = signedAt.duration(since: now)
        return difference > longest || difference < .zero - longest ? .old : nil
    }

    private func signedText(_ string: TextTemplate, _ answer: ReadableAnswer) -> [UInt8]? {
        let response = answer.response
        var values = values
        values.message = [
            .method: request.method, .path: request.url.withUnredacted(URLSyntax.target).path,
            .responseStatus: String(response.status),
            .responseBody: String(decoding: response.body, as: UTF8.self),
            .responseBodyMD5: Hexadecimal.encode(Array(Insecure.MD5.hash(data: response.body))),
            .responseBodySHA256: Hexadecimal.encode(Array(SHA256.hash(data: response.body))),
        ]
        for (name, value) in response.headers.reversed() {
            values.message[.responseHeader(name.lowercased())] = value
        }
        return (try? string.filled(with: values)).flatMap { $0 }.map { Array($0.text.utf8) }
    }

    /// The request's target, as `(request-target)` has it.
    private var target: String {
        let (path, query) = request.url.withUnredacted(URLSyntax.target)
        return "\(request.method.lowercased()) \(path)\(query.isEmpty ? "" : "?" + query)"
    }

    private func name(_ host: TextTemplate?) -> String {
        let declared = (try? host?.filled(with: values)).flatMap { $0 }?.text
        return declared ?? request.url.withUnredacted(URLSyntax.authority)
    }
}

/// The parameters of a signature after draft-cavage-http-signatures:
/// `keyid="…", algorithm="ed25519", signature="…", headers="(request-target) host date digest"`.
struct HTTPSignature {
    let algorithm: String?
    let bytes: [UInt8]
    /// Lower case, in the order signed.
    let headers: [String]

    /// Longest header value that is looked at, in bytes.
    static let longestValue = 4096
    /// Without these a signature could be moved to another answer.
    static let neededHeaders = ["(request-target)", "digest"]

    /// Nil for what is not written so, or does not cover what it must.
    init?(_ value: String) {
        guard value.utf8.count <= Self.longestValue, let fields = Self.parameters(value),
            let bytes = fields["signature"].flatMap({ Base64.decode($0) })
        else { return nil }
        let headers = (fields["headers"] ?? "").lowercased().split(separator: " ").map(String.init)
        guard Self.neededHeaders.allSatisfy(headers.contains) else { return nil }
        self.bytes = bytes
        self.headers = headers
        algorithm = fields["algorithm"]?.lowercased()
    }

    func covers(_ header: String) -> Bool { headers.contains(header) }

    /// What the signature is over; nil when the answer lacks a header, or its digest is not that
    /// of its body.
    func signedText(of response: OutboundResponse, target: String, host: String) -> String? {
        let digest = Base64.encode(Array(SHA256.hash(data: response.body)))
        guard let shown = response.header("digest"),
            shown.lowercased().hasPrefix(Self.digestPrefix),
            shown.dropFirst(Self.digestPrefix.count) == digest
        else { return nil }
        return text(of: response, target: target, host: host)
    }

    func text(of response: OutboundResponse, target: String, host: String) -> String? {
        var lines: [String] = []
        for name in headers {
            let value: String? =
                switch name {
                case "(request-target)": target
                case "host": host
                default: response.header(name)
                }
            guard let value else { return nil }
            lines.append("\(name): \(value)")
        }
        return lines.joined(separator: "\n")
    }

    private static let digestPrefix = "sha-256="

    /// `name="value"` pairs between commas; nil when it is anything else, or one stands twice.
    private static func parameters(_ text: String) -> [String: String]? {
        var fields: [String: String] = [:]
        var rest = Substring(text)
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.hasPrefix("=\"") else { return nil }
            rest = rest.dropFirst(2)
            let value = rest.prefix { $0 != "\"" }
            rest = rest.dropFirst(value.count)
            guard rest.popFirst() == "\"",
                fields.updateValue(String(value), forKey: name.lowercased()) == nil
            else { return nil }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            if rest.isEmpty { return fields }
            guard rest.popFirst() == "," else { return nil }
        }
    }
}
