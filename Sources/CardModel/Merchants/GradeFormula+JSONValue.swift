public import WireFormat

extension GradeFormula {
    /// The table as `docs/verify/merchant-grade-1.json` has it: a component is measure, weight,
    /// best and worst; a deduction is a member of ``GradeDeclaration/jsonValue``, its value, and
    /// points.
    public var jsonValue: JSONValue {
        [
            "name": .string(name),
            "period_days": .integer(Int64(limits.periodDays)),
            "least_claims": .integer(Int64(leastClaims)),
            "limits_seconds": [
                "first_response": .integer(Int64(limits.firstResponseSeconds)),
                "proposal": .integer(Int64(limits.proposalSeconds)),
                "resolution": .integer(Int64(limits.resolutionSeconds)),
            ],
            "components": .array(components.map(\.jsonValue)),
            "deductions": .array(deductions.map(\.jsonValue)),
            "letters": .array(
                letters.map { [.string($0.letter.rawValue), .integer(Int64($0.leastPoints))] }
                    + [[.string(Letter.e.rawValue), 0]]
            ),
        ]
    }
}

extension GradeFormula.Component {
    fileprivate var jsonValue: JSONValue {
        [
            .string(measure.rawValue), .integer(Int64(weight)), .integer(Int64(best)),
            .integer(Int64(worst)),
        ]
    }
}

extension GradeFormula.Deduction {
    fileprivate var jsonValue: JSONValue {
        let points = JSONValue.integer(Int64(self.points))
        return switch cause {
        case .qualificationExpired:
            ["qualification", .string(QualificationStanding.expired.rawValue), points]
        case .qualificationMissing:
            ["qualification", .string(QualificationStanding.missing.rawValue), points]
        case .noHumanChannel: ["human_channel_7x24", false, points]
        }
    }
}
