public import WireFormat

/// A published grade (服务评级, M2-32): a letter, or the reason why there is none, with everything
/// that it was made of.
public struct MerchantGrade: Sendable, Hashable {
    public enum Rating: Sendable, Hashable {
        /// - Parameter thousandths: Of a point, 0 to 100,000.
        case rated(GradeFormula.Letter, thousandths: Int)
        case unrated(Unrated)
    }

    /// Why there is no letter.
    public enum Unrated: Sendable, Hashable {
        case tooFewClaims(Int, least: Int)
        /// The rates have nothing to be a share of.
        case noDeliveries
    }

    /// What one component gave.
    public struct Marks: Sendable, Hashable {
        public let component: GradeFormula.Component
        /// In parts per million; `nil` where nothing was measured.
        public let value: Int?
        public let thousandths: Int
    }

    /// `id@version` of the formula.
    public let formula: String
    public let metrics: ServiceMetrics
    public let marks: [Marks]
    public let deductions: [GradeFormula.Deduction]
    public let rating: Rating

    /// The grade of a subject at an instant.
    public init(
        of subject: ServiceSubject,
        outcomes: some Sequence<ClaimOutcome>,
        declared: GradeDeclaration,
        asOf: Instant,
        formula: GradeFormula = .standard
    ) {
        let metrics = ServiceMetrics(
            of: outcomes,
            subject: subject,
            deliveries: declared.deliveries,
            limits: formula.limits,
            asOf: asOf
        )
        self.formula = formula.name
        self.metrics = metrics
        marks = formula.components.map { Marks($0, value: $0.measure.value(in: metrics)) }
        deductions = formula.deductions.filter { $0.cause.applies(to: declared) }
        if metrics.answerable < formula.leastClaims {
            rating = .unrated(.tooFewClaims(metrics.answerable, least: formula.leastClaims))
        } else if metrics.deliveries == 0 {
            rating = .unrated(.noDeliveries)
        } else {
            let taken = deductions.reduce(0) { $0 + $1.points } * GradeFormula.pointScale
            let points = max(0, marks.reduce(0) { $0 + $1.thousandths } - taken)
            rating = .rated(formula.letter(thousandths: points), thousandths: points)
        }
    }
}

extension GradeFormula {
    func letter(thousandths: Int) -> Letter {
        letters.first { thousandths >= $0.leastPoints * Self.pointScale }?.letter ?? .e
    }
}

extension MerchantGrade.Marks {
    init(_ component: GradeFormula.Component, value: Int?) {
        let most = component.weight * GradeFormula.pointScale
        self.component = component
        self.value = value
        guard let value else {
            thousandths = most
            return
        }
        let isRising = component.best > component.worst
        let way = isRising ? value - component.worst : component.worst - value
        thousandths = min(max(0, way), component.span) * most / component.span
    }
}

extension GradeFormula.Component {
    /// Above 0: a component whose ends are the same would measure nothing.
    fileprivate var span: Int { max(1, abs(best - worst)) }
}

extension GradeFormula.Measure {
    fileprivate func value(in metrics: ServiceMetrics) -> Int? {
        switch self {
        case .resolutionRate: metrics.resolutionRate?.value
        case .deadRate: metrics.deadRateInterval?.lower.value
        case .complaintRate: metrics.complaintRate?.value
        case .firstResponse: metrics.firstResponse.inTime?.value
        case .proposal: metrics.proposal.inTime?.value
        case .resolution: metrics.resolution.inTime?.value
        }
    }
}

extension GradeFormula.Deduction.Cause {
    fileprivate func applies(to declared: GradeDeclaration) -> Bool {
        switch self {
        case .qualificationExpired: declared.qualification == .expired
        case .qualificationMissing: declared.qualification == .missing
        case .noHumanChannel: !declared.hasHumanChannelAllHours
        }
    }
}

extension MerchantGrade {
    /// One sentence for the page of a merchant.
    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        switch rating {
        case .rated(let letter, let thousandths):
            let points = "\(thousandths / GradeFormula.pointScale)"
            return LocalisedText(
                zhCN: "评级 \(letter.rawValue)，\(points) 分（满分 100，公式 \(formula)）。",
                en: "Grade \(letter.rawValue), \(points) of 100 points (formula \(formula))."
            )
        case .unrated(.tooFewClaims(let count, let least)):
            return LocalisedText(
                zhCN: "暂无评级：期内需答复的申诉 \(count) 件，少于 \(least) 件。",
                en: "No grade: \(count) claims to answer in the period, fewer than \(least)."
            )
        case .unrated(.noDeliveries):
            return LocalisedText(
                zhCN: "暂无评级：期内没有公布交付数量。",
                en: "No grade: no deliveries were published for the period."
            )
        }
    }

    public var jsonValue: JSONValue {
        let marks: [JSONValue] = self.marks.map { marks in
            [
                "measure": .string(marks.component.measure.rawValue),
                "thousandths": .integer(Int64(marks.thousandths)),
                "value_ppm": ServiceMetrics.json(marks.value),
            ]
        }
        return [
            "deductions": .array(deductions.map { .string($0.cause.rawValue) }),
            "formula": .string(formula),
            "grade": .string(letterText),
            "marks": .array(marks),
            "metrics": metrics.jsonValue,
            "points_thousandths": ServiceMetrics.json(thousandths),
        ]
    }

    /// `A` to `E`, or `unrated`.
    private var letterText: String {
        switch rating {
        case .rated(let letter, _): letter.rawValue
        case .unrated: "unrated"
        }
    }

    private var thousandths: Int? {
        switch rating {
        case .rated(_, let thousandths): thousandths
        case .unrated: nil
        }
    }
}
