public import WireFormat

/// The published file of outcomes (处理结果公示文件, D-17): JSON lines, a header and then one line
/// for each outcome whose leaf is in one log.
///
/// Each line shows the disclosure that opens the field `outcome` of a leaf, so whoever has the log
/// checks every line, sees which numbers are missing, and computes the grades again.
public enum OutcomeFile {
    public static let format = "cardproof.dev/claim-outcomes@1"

    /// The name of the disclosure in the closing leaf of a claim.
    public static let disclosureName = "outcome"

    /// The member of a public `health` leaf that states how many outcomes there were by then.
    public static let totalMember = "outcomes"

    /// The first line.
    public struct Header: Sendable, Hashable {
        /// The platform's name.
        public var platform: String
        /// The origin of the log that has the leaves. A log that ended and the one after it have a
        /// file each; numbers run on.
        public var origin: String
        /// `id@version` of the formula that the grades were made with.
        public var formula: String
        /// The number that the first line should have: 1 in the first log of a platform.
        public var fromNumber: Int
        /// The end of the period that is graded; an outcome of this very instant lies after it.
        public var asOf: Instant
        /// What the platform declares of itself; its deliveries are the sum of its merchants'.
        public var platformDeclaration: GradeDeclaration
        public var merchants: [String: GradeDeclaration]

        public init(
            platform: String,
            origin: String,
            formula: String,
            fromNumber: Int = 1,
            asOf: Instant,
            platformDeclaration: GradeDeclaration,
            merchants: [String: GradeDeclaration]
        ) {
            self.platform = platform
            self.origin = origin
            self.formula = formula
            self.fromNumber = fromNumber
            self.asOf = asOf
            self.platformDeclaration = platformDeclaration
            self.merchants = merchants
        }

        public var jsonValue: JSONValue {
            let merchants = self.merchants.sorted { $0.key < $1.key }.map {
                JSONObject.Member(name: $0.key, value: $0.value.jsonValue)
            }
            return [
                "as_of": .string(asOf.rfc3339Seconds),
                "format": .string(OutcomeFile.format),
                "formula": .string(formula),
                "from_number": .integer(Int64(fromNumber)),
                "merchants": .object(JSONObject(merchants)),
                "origin": .string(origin),
                "platform": .string(platform),
                "platform_declared": platformDeclaration.jsonValue,
            ]
        }
    }

    /// A line after the first.
    public struct Line: Sendable, Hashable {
        public var outcome: ClaimOutcome
        /// The index of the closing leaf in the log.
        public var leaf: Int
        /// The disclosure in its written form, base64url (RFC 9901).
        public var disclosure: String

        public init(outcome: ClaimOutcome, leaf: Int, disclosure: String) {
            self.outcome = outcome
            self.leaf = leaf
            self.disclosure = disclosure
        }

        public var jsonValue: JSONValue {
            [
                "disclosure": .string(disclosure), "leaf": .integer(Int64(leaf)),
                "outcome": outcome.jsonValue,
            ]
        }
    }

    /// A line's bytes: canonical JSON and a line feed.
    /// - Throws: `JSONError` for a number that JSON cannot hold exactly.
    public static func bytes(of line: JSONValue) throws(JSONError) -> [UInt8] {
        try line.canonical() + [UInt8(ascii: "\n")]
    }
}

/// What a grade takes from the platform's word and no log proves: the header of the file states
/// it, so that everybody computes with the same.
public struct GradeDeclaration: Sendable, Hashable {
    /// Orders handed over in the period.
    public var deliveries: Int
    public var qualification: QualificationStanding
    /// Whether people answer at every hour (M2-10).
    public var hasHumanChannelAllHours: Bool

    /// The most deliveries of a period; more is a mistake.
    public static let mostDeliveries = 1_000_000_000_000

    /// Negative deliveries are none.
    public init(
        deliveries: Int,
        qualification: QualificationStanding,
        hasHumanChannelAllHours: Bool
    ) {
        self.deliveries = min(max(0, deliveries), Self.mostDeliveries)
        self.qualification = qualification
        self.hasHumanChannelAllHours = hasHumanChannelAllHours
    }

    public var jsonValue: JSONValue {
        [
            "deliveries": .integer(Int64(deliveries)),
            "human_channel_7x24": .bool(hasHumanChannelAllHours),
            "qualification": .string(qualification.rawValue),
        ]
    }
}
