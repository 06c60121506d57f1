public import WireFormat

extension ServiceMetrics {
    /// The public page of a merchant as JSON (M2-12, M2-24); what has no value is null.
    public var jsonValue: JSONValue {
        [
            "answerable": .integer(Int64(answerable)),
            "claims": .integer(Int64(numbers.count)),
            "complaints_ppm": Self.json(complaintRate?.value),
            "dead": .integer(Int64(dead)),
            "dead_ppm": Self.json(deadRate?.value),
            "dead_ppm_lower": Self.json(deadRateInterval?.lower.value),
            "dead_ppm_upper": Self.json(deadRateInterval?.upper.value),
            "deliveries": .integer(Int64(deliveries)),
            "first_response": firstResponse.jsonValue,
            "numbers": .array(numbers.map { .integer(Int64($0)) }),
            "proposal": proposal.jsonValue,
            "resolution": resolution.jsonValue,
            "resolution_ppm": Self.json(resolutionRate?.value),
            "settled": .integer(Int64(settled)),
            "upheld": .integer(Int64(upheld)),
        ]
    }

    static func json(_ number: Int?) -> JSONValue {
        number.map { .integer(Int64($0)) } ?? .null
    }
}

extension ServiceDelay {
    public var jsonValue: JSONValue {
        [
            "in_time_ppm": ServiceMetrics.json(inTime?.value),
            "p50_seconds": ServiceMetrics.json(p50Seconds),
            "p95_seconds": ServiceMetrics.json(p95Seconds),
        ]
    }
}
