import WireFormat

/// What an issuer is given to work with.
struct IssuerDesk: Sendable {
    let books: IssuerBooks
    let credentials: SandboxCredentials
    let keys: SandboxKeys

    var configuration: SandboxConfiguration { books.configuration }
    var now: Instant { books.now }

    /// An answer to a question that named no code, counted as such.
    func refused(_ question: SandboxQuestion, _ reply: IssuerReply) -> IssuerOutcome {
        books.countRefusal(question)
        return .refused(reply)
    }

    /// When a code's last day ends, on the issuer's clock.
    func expiry(_ found: IssuerBooks.Finding) -> Instant {
        found.record.expiry(
            utcOffsetSeconds: configuration.utcOffsetSeconds,
            now: found.askedAt
        )
    }

    /// The issuer's clock for one answer.
    func now(_ faults: [SandboxFault]) -> Instant {
        now - .seconds(faults.contains(.clockSkew) ? 3600 : 0)
    }
}

extension IssuerRecord {
    /// A number of the issuer's own for the card, made of the order of first asks.
    func identifier(from base: Int) -> Int { base + ordinal }

    /// The same as a UUID.
    var uuid: String {
        let text = String(ordinal)
        return "00000000-0000-4000-8000-"
            + String(repeating: "0", count: max(0, 12 - text.utf8.count)) + text
    }

    /// In major units with two decimal places.
    static func major(_ minorUnits: Int64) -> String {
        let cents = minorUnits % 100
        return "\(minorUnits / 100)." + (cents < 10 ? "0\(cents)" : "\(cents)")
    }
}

/// Amounts as requests write them.
enum DecimalAmount {
    /// `50.00` as 5000; nil unless it has exactly two decimal places.
    static func minorUnits(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 2, (1...9).contains(parts[0].utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39) ~= $0 } }),
            let whole = Int64(parts[0]), let cents = Int64(parts[1])
        else { return nil }
        return whole * 100 + cents
    }

    /// Digits only, at most nine.
    static func whole(_ text: String) -> Int64? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39) ~= $0 })
        else { return nil }
        return Int64(text)
    }
}
