import Gateway
import WireFormat

extension LocalOperator {
    func grades(
        of name: String,
        merchant: String?,
        asOf: Instant?
    ) async throws -> JSONValue? {
        guard let platform = try platform(name) else { return nil }
        guard let merchant else { return try await gateway.grades(of: platform, asOf: asOf) }
        return try await gateway.grade(of: merchant, platform: platform, asOf: asOf)
    }

    func penalties(_ page: PageRequest, merchant: String?) async throws -> JSONValue {
        let found = try await gateway.penalties(
            platform: try platform(page.platform), merchant: merchant,
            cursor: page.cursor.flatMap { PenaltyID($0) }, limit: page.limit)
        return found.named("penalties")
    }

    func outcomes(
        of name: String,
        log ordinal: Int?,
        asOf: Instant?,
        size: UInt64?
    ) async throws -> [UInt8]? {
        guard let platform = try platform(name) else { return nil }
        let logs = try await gateway.log.logs(of: platform.number)
        let wanted = ordinal.map { wanted in logs.first { $0.ordinal == wanted } } ?? logs.last
        guard let log = wanted else { return nil }
        return try await gateway.outcomePublication(
            of: log, platform: platform, asOf: asOf, size: size
        ).bytes
    }
}
