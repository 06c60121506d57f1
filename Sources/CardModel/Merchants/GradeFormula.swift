/// How a grade is made of metrics (评级公式, M2-32): data with a version, so that a grade names the
/// table it was made with and a change is a new version.
public struct GradeFormula: Sendable, Hashable {
    public let id: String
    public let version: Int
    public let limits: ServiceLimits
    /// Fewer answerable claims than this give no grade.
    public let leastClaims: Int
    public let components: [Component]
    public let deductions: [Deduction]
    /// The least marks of each letter, best first; below the last one it is ``Letter/e``.
    public let letters: [LetterMark]

    /// One measure and what it is worth. From `worst` to `best` the points grow in proportion;
    /// beyond either they stay. A measure without a value has all points: there is nothing
    /// against the subject.
    public struct Component: Sendable, Hashable {
        public let measure: Measure
        /// Whole points; those of all components are 100.
        public let weight: Int
        /// In parts per million, as the measure.
        public let best: Int
        public let worst: Int
    }

    public enum Measure: String, Sendable, Hashable, CaseIterable {
        case resolutionRate = "resolution_rate"
        /// The lower end of the interval: what chance alone does not explain.
        case deadRate = "dead_rate_lower"
        case complaintRate = "complaint_rate"
        case firstResponse = "first_response_in_time"
        case proposal = "proposal_in_time"
        case resolution = "resolution_in_time"
    }

    /// Points taken off for what is declared.
    public struct Deduction: Sendable, Hashable {
        public let cause: Cause
        public let points: Int

        public enum Cause: String, Sendable, Hashable, CaseIterable {
            case qualificationExpired = "qualification_expired"
            case qualificationMissing = "qualification_missing"
            /// M2-10.
            case noHumanChannel = "no_human_channel_7x24"
        }
    }

    public enum Letter: String, Sendable, Hashable, CaseIterable, Comparable {
        case a = "A"
        case b = "B"
        case c = "C"
        case d = "D"
        case e = "E"

        /// A worse letter is less.
        public static func < (left: Letter, right: Letter) -> Bool {
            left.rawValue > right.rawValue
        }
    }

    public struct LetterMark: Sendable, Hashable {
        public let letter: Letter
        /// Whole points; reaching them is enough.
        public let leastPoints: Int
    }

    /// Points are counted in thousandths.
    public static let pointScale = 1_000

    /// `merchant-grade@1`
    public var name: String { "\(id)@\(version)" }
}

extension GradeFormula {
    /// Described, with the reason for each number, in docs/merchant-grades.md.
    public static let standard = GradeFormula(
        id: "merchant-grade",
        version: 1,
        limits: ServiceLimits(
            periodDays: 180,
            firstResponseSeconds: 120,
            proposalSeconds: 7_200,
            resolutionSeconds: 86_400
        ),
        leastClaims: 10,
        components: [
            Component(measure: .resolutionRate, weight: 25, best: 1_000_000, worst: 700_000),
            Component(measure: .deadRate, weight: 20, best: 500, worst: 10_000),
            Component(measure: .complaintRate, weight: 20, best: 1_000, worst: 20_000),
            Component(measure: .firstResponse, weight: 10, best: 950_000, worst: 500_000),
            Component(measure: .proposal, weight: 10, best: 950_000, worst: 500_000),
            Component(measure: .resolution, weight: 15, best: 950_000, worst: 500_000),
        ],
        deductions: [
            Deduction(cause: .qualificationExpired, points: 10),
            Deduction(cause: .qualificationMissing, points: 20),
            Deduction(cause: .noHumanChannel, points: 5),
        ],
        letters: [
            LetterMark(letter: .a, leastPoints: 90),
            LetterMark(letter: .b, leastPoints: 80),
            LetterMark(letter: .c, leastPoints: 65),
            LetterMark(letter: .d, leastPoints: 50),
        ]
    )
}
