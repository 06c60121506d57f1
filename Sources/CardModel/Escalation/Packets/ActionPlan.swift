/// The buyer's plan in three steps (M2-14): 证据留存, 多渠道施压, 升级维权; for him, not for a body.
public struct ActionPlan: Sendable, Hashable {
    public struct Step: Sendable, Hashable {
        public let title: LocalisedText
        /// Never empty.
        public let items: [Item]
    }

    public struct Item: Sendable, Hashable {
        public let text: LocalisedText
        public let isDone: Bool
    }

    public let steps: [Step]

    /// Every box is ticked by a record, never by a promise.
    public init(facts: PacketFacts, advice: TierAdvice) {
        steps = [
            Step(
                title: LocalisedText(zhCN: "证据留存", en: "Keep the evidence"),
                items: Self.slots.map { slot in
                    Self.item(facts.evidence.contains { $0.slot == slot }) { slot.name(in: $0) }
                }
            ),
            Step(
                title: LocalisedText(zhCN: "多渠道施压", en: "Try every way to reach them"),
                items: ContactAttempt.Way.personal.map { way in
                    Self.item(facts.contacts.contains { $0.way == way }) { way.name(in: $0) }
                }
            ),
            Step(
                title: LocalisedText(zhCN: "升级维权", en: "Escalate"),
                items: Self.channels(advice).map { channel in
                    Self.item(facts.filings.contains { $0.channel == channel && $0.isFiled }) {
                        channel.name(in: $0)
                    }
                }
            ),
        ]
    }

    /// What every case keeps (M0-14 to M0-17, M2-15).
    private static let slots: [PacketSlot] = [
        .order, .payment, .delivery, .listing, .issuerAnswer, .communication,
    ]

    private static func channels(_ advice: TierAdvice) -> [EscalationChannel] {
        var channels = advice.channels
        for channel in advice.proposal?.channels ?? [] where !channels.contains(channel) {
            channels.append(channel)
        }
        return channels
    }

    private static func item(_ isDone: Bool, _ name: (Language) -> String) -> Item {
        Item(text: LocalisedText(zhCN: name(.zhCN), en: name(.en)), isDone: isDone)
    }

    public func markdown(in language: Language) -> String {
        var lines: [String] = []
        for (index, step) in steps.enumerated() {
            if index > 0 { lines.append("") }
            lines += ["## \(index + 1). \(step.title[language])", ""]
            lines += step.items.map { "- [\($0.isDone ? "x" : " ")] \($0.text[language])" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
