public import WireFormat

/// A threshold that a merchant reached. Of a ``Penalty`` only a person makes more than this event,
/// but for being shown lower.
public struct PenaltyEvent: Sendable, Hashable {
    public let merchant: String
    public let row: PenaltyLadder.Row
    /// In the measure's unit.
    public let value: Int
    public let since: Instant

    public init(merchant: String, row: PenaltyLadder.Row, value: Int, since: Instant) {
        self.merchant = merchant
        self.row = row
        self.value = value
        self.since = since
    }

    /// Whether it takes effect without a person.
    public var isAutomatic: Bool { row.step.execution == .automatic }

    public func text(in language: Language) -> String { texts[language] }

    private var texts: LocalisedText {
        let reached = "\(row.measure.rawValue) = \(value) ≥ \(row.threshold)"
        switch row.step {
        case .intervention:
            return LocalisedText(
                zhCN: "平台介入该商家的未结申诉（\(reached)）。",
                en: "The platform takes part in the merchant's open claims (\(reached))."
            )
        case .penalty(let penalty):
            let zhCN = penalty.name(in: .zhCN)
            let en = penalty.name(in: .en)
            return LocalisedText(
                zhCN: "达到处罚条件：\(zhCN)（\(reached)）；\(penalty.execution.textZhCN)。",
                en: "A penalty is due: \(en) (\(reached)); \(penalty.execution.textEn)."
            )
        }
    }
}

extension Penalty.Execution {
    fileprivate var textZhCN: String {
        switch self {
        case .automatic: "自动执行，可撤销"
        case .preparedForPerson: "须由人工确认后执行"
        case .personOnly: "须由人工决定"
        }
    }

    fileprivate var textEn: String {
        switch self {
        case .automatic: "automatic, can be taken back"
        case .preparedForPerson: "carried out once a person confirms it"
        case .personOnly: "decided by a person"
        }
    }
}
