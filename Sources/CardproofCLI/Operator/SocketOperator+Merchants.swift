import AdapterKit
import EvidenceLog
import WireFormat

extension SocketOperator {
    func grades(
        of platform: String,
        merchant: String?,
        asOf: Instant?
    ) async throws -> JSONValue? {
        try checkName(platform)
        let path = merchant.map { "/v1/merchants/\(URLSyntax.percentEncoded($0))/grade" }
        return try await found(
            "\(path ?? "/v1/merchants")?platform=\(platform)" + Self.asOf(asOf)
        )?.json
    }

    func penalties(_ page: PageRequest, merchant: String?) async throws -> JSONValue {
        var path = "/v1/penalties" + (try query(page))
        if let merchant { path += "&merchant=\(URLSyntax.percentEncoded(merchant))" }
        return try await json(path)
    }

    func outcomes(
        of platform: String,
        log: Int?,
        asOf: Instant?,
        size: UInt64?
    ) async throws -> [UInt8]? {
        try checkName(platform)
        let part = log.map { "\($0)/" } ?? ""
        let query = (size.map { "&size=\($0)" } ?? "") + Self.asOf(asOf)
        return try await found(
            "/v1/platforms/\(platform)/log/\(part)outcomes.jsonl?" + query.dropFirst(),
            answerLimit: CanonicalArchive.largestByteCount
        )?.body
    }

    private static func asOf(_ instant: Instant?) -> String {
        instant.map { "&as_of=\(URLSyntax.percentEncoded($0.rfc3339))" } ?? ""
    }
}
