public import WireFormat

/// What an identifier names; carries the prefix that outside surfaces show.
public protocol IdentifierKind: Sendable {
    static var prefix: String { get }
}

/// An identifier that carries its kind and sorts by time: `dlv_` and 26 symbols of Crockford's
/// base32 in lower case, 48 bits of milliseconds and 80 random ones (the layout of ULID,
/// https://github.com/ulid/spec).
public struct Identifier<Kind: IdentifierKind>: Sendable, Hashable, Comparable {
    /// Bytes of an identifier in the store.
    public static var byteCount: Int { 16 }

    private let high: UInt64
    private let low: UInt64

    /// A new identifier of `instant`, distinguished by 10 or more random bytes.
    public init(at instant: Instant, random: [UInt8]) {
        precondition(random.count >= 10, "an identifier takes ten random bytes")
        let milliseconds = UInt64(max(0, instant.millisecondsSinceEpoch)) & 0xFFFF_FFFF_FFFF
        high = milliseconds << 16 | UInt64(random[0]) << 8 | UInt64(random[1])
        low = random[2..<10].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Nil unless there are exactly ``byteCount`` bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Nil unless `text` is the one spelling of an identifier of this kind.
    public init?(_ text: some StringProtocol) {
        let symbols = Array(text.utf8)
        let prefix = Array(Kind.prefix.utf8) + [UInt8(ascii: "_")]
        guard symbols.count == prefix.count + 26, symbols.starts(with: prefix),
            symbols[prefix.count] <= UInt8(ascii: "7")
        else { return nil }
        var value: UInt128 = 0
        for symbol in symbols[prefix.count...] {
            guard let digit = CrockfordBase32.value(of: symbol) else { return nil }
            value = value << 5 | UInt128(digit)
        }
        high = UInt64(truncatingIfNeeded: value >> 64)
        low = UInt64(truncatingIfNeeded: value)
    }

    /// `prefix_` and 26 symbols.
    public var text: String {
        var symbols = Array(Kind.prefix.utf8)
        symbols.reserveCapacity(symbols.count + 1 + Self.symbolCount)
        symbols.append(UInt8(ascii: "_"))
        let value = UInt128(high) << 64 | UInt128(low)
        for place in (0..<Self.symbolCount).reversed() {
            symbols.append(
                CrockfordBase32.symbol(UInt8(truncatingIfNeeded: value >> (5 * place)) & 31))
        }
        return String(decoding: symbols, as: UTF8.self)
    }

    /// 26 symbols of 5 bits hold 128.
    private static var symbolCount: Int { 26 }

    /// The time it was made of, to the millisecond.
    public var instant: Instant { Instant(millisecondsSinceEpoch: Int64(high >> 16)) }

    /// Big-endian, so that byte order is time order.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String { text }
}

enum CrockfordBase32 {
    private static let symbols = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, symbol) in symbols.enumerated() { table[Int(symbol)] = UInt8(value) }
        return table
    }()

    static func symbol(_ value: UInt8) -> UInt8 { symbols[Int(value)] }

    static func value(of symbol: UInt8) -> UInt8? {
        let value = values[Int(symbol)]
        return value == 0xFF ? nil : value
    }
}

public enum DeliveryKind: IdentifierKind { public static let prefix = "dlv" }
public enum CheckKind: IdentifierKind { public static let prefix = "chk" }
public enum ClaimKind: IdentifierKind { public static let prefix = "clm" }
public enum EventKind: IdentifierKind { public static let prefix = "evt" }
public enum BatchKind: IdentifierKind { public static let prefix = "bat" }
public enum RemedyKind: IdentifierKind { public static let prefix = "rem" }
public enum ConsentKind: IdentifierKind { public static let prefix = "cns" }
public enum IncidentKind: IdentifierKind { public static let prefix = "inc" }
public enum PenaltyKind: IdentifierKind { public static let prefix = "pen" }

/// All that was handed over under one order of a platform.
public typealias DeliveryID = Identifier<DeliveryKind>
/// One question to an issuer about one item, with all its attempts.
public typealias CheckID = Identifier<CheckKind>
public typealias ClaimID = Identifier<ClaimKind>
/// Stock that was audited and registered together.
public typealias BatchID = Identifier<BatchKind>
/// One attempt to carry a remedy out.
public typealias RemedyID = Identifier<RemedyKind>
/// An outage that somebody declared.
public typealias IncidentID = Identifier<IncidentKind>
/// One row of the ladder that a merchant reached in one period.
public typealias PenaltyID = Identifier<PenaltyKind>
public typealias EventID = Identifier<EventKind>
/// The recorded word of a code's owner that something may be done with it.
public typealias ConsentID = Identifier<ConsentKind>
