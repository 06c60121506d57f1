import EvidenceLog
public import WireFormat

extension DeliveryGateway {
    /// A platform's logs for everybody: where each begins and ends, and where its files are.
    public func logs(of platform: Platform) async throws -> JSONValue {
        var rows: [JSONValue] = []
        for record in try await log.logs(of: platform.number) {
            rows.append(row(record, size: try await log.size(of: record), platform))
        }
        return ["logs": .array(rows)]
    }

    private func row(_ record: LogRecord, size: UInt64, _ platform: Platform) -> JSONValue {
        [
            "log": .integer(Int64(record.ordinal)),
            "state": record.end == nil ? "open" : "ended",
            "origin": .string(record.origin), "vkey": .string(record.vkey),
            "first_index": .integer(Int64(clamping: record.firstIndex)),
            "size": .integer(Int64(clamping: size)),
            "begun_at": .string(record.begunAt.rfc3339),
            "url": .string("/v1/platforms/\(platform.name)/log/\(record.ordinal)"),
        ]
    }

    /// Gives a platform another log key (``PlatformDirectory/rotateLog(of:to:isFurther:in:)``), and
    /// removes what the store's files still hold of the old one.
    ///
    /// - Parameters:
    ///   - origin: Of the new log; nil adds its ordinal to the first log's.
    ///   - isFurther: Also when the open log was begun a moment ago.
    /// - Returns: The log that ended and the one that is open, and whether this call made it so;
    ///   nil when there is no such platform.
    /// - Throws: `PlatformDirectory.Failure` for an origin that is taken, `EvidenceError` for one
    ///   that cannot name a log.
    public func rotateLog(
        of name: String,
        to origin: String?,
        isFurther: Bool
    ) async throws -> JSONValue? {
        guard let platform = directory.platform(named: name) else { return nil }
        let result = try await directory.rotateLog(
            of: name, to: origin, isFurther: isFurther, in: parts.store)
        // The rotation stands whatever becomes of this: it can be done again.
        let traces = try? await parts.store.removeTraces(rewriting: false)
        return [
            "traces": JSONValue(text: traces?.rawValue),
            "platform": .string(name), "status": result.isNew ? "rotated" : "already_rotated",
            "ended": row(result.ended, size: result.ended.finalSize ?? 0, platform),
            "open": row(result.open, size: try await log.size(of: result.open), platform),
        ]
    }
}
