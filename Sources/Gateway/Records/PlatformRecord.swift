public import WireFormat

/// A platform's place in this store; small and stable, unlike its name.
public struct PlatformNumber: Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    var bytes: [UInt8] {
        stride(from: 56, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: UInt64(bitPattern: rawValue) >> $0)
        }
    }
}

/// A marketplace that tells us of its deliveries; one tenant, one evidence log.
public struct PlatformRecord: Sendable {
    /// Lower-case letters, digits and inner dashes: it stands in paths and in the log's origin.
    public static let nameLengths = 1...40

    public var number: PlatformNumber
    public var name: String
    /// Origin of the platform's open log: a scheme-less URL prefix (C2SP tlog-checkpoint).
    public var origin: String
    /// Which of its logs is open, counted from 1.
    public var logOrdinal: Int
    /// Where signed events go; nil when nobody listens.
    public var eventsURL: String?
    public var sealedSecrets: [UInt8]
    public var createdAt: Instant

    public init(
        number: PlatformNumber,
        name: String,
        origin: String,
        logOrdinal: Int = 1,
        eventsURL: String?,
        sealedSecrets: [UInt8],
        createdAt: Instant
    ) {
        self.number = number
        self.name = name
        self.origin = origin
        self.logOrdinal = logOrdinal
        self.eventsURL = eventsURL
        self.sealedSecrets = sealedSecrets
        self.createdAt = createdAt
    }

    /// Whether `name` can name a platform.
    public static func isWellFormed(name: String) -> Bool {
        nameLengths.contains(name.utf8.count) && name.first != "-" && name.last != "-"
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }
}
