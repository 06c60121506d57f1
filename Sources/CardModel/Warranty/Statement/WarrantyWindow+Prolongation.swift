import WireFormat

extension WarrantyWindow.Span {
    /// How much later it ends than without incidents (顺延).
    public var prolongation: Duration { end.duration(since: untolledEnd) }

    /// The prolongation and its causes as a sentence for the buyer; nil when there is none that
    /// can be told in seconds.
    public var prolongationText: LocalisedText? {
        let seconds = prolongation.components.seconds
        guard seconds > 0, !tolledBy.isEmpty else { return nil }
        let length = PolicyDuration.elapsed(seconds: seconds)
        let chinese = tolledBy.map { $0.name(in: .zhCN) }.joined(separator: "、")
        let english = tolledBy.map { $0.name(in: .en) }.joined(separator: ", ")
        return LocalisedText(
            zhCN: "质保期因\(chinese)顺延 \(length.text(in: .zhCN))。",
            en: "The warranty ends \(length.text(in: .en)) later because of \(english)."
        )
    }
}
