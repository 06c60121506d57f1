import EvidenceLog
import Gateway
import WireFormat

extension VerificationText {
    /// What a proof of a line of registered stock says of it; nothing for other entries.
    func stockLines(of entry: BundledEntry) -> [String] {
        guard entry.type == EvidenceType.audit.rawValue else { return [] }
        let batch = Self.word("event_id", in: entry.fields) ?? "-"
        let name = Self.word("name", in: entry.fields) ?? "-"
        return entry.items.sorted { $0.key < $1.key }.map { _, fields in
            let line = fields.first { $0.name == "line" }?.value.lexeme ?? "-"
            let head = language(
                "证明的是：批次 \(batch)（\(name)）第 \(line) 行：",
                "proves line \(line) of \(name), batch \(batch): "
            )
            return head + facts(fields).joined(separator: language("，", ", "))
        }
    }

    private func facts(_ fields: [JSONObject.Member]) -> [String] {
        let classes = fields.first { $0.name == "classes" }?.value.arrayValue ?? []
        let words = classes.compactMap(\.stringValue)
        var facts = [
            words.isEmpty
                ? language("审核时无问题", "no defect at its audit") : words.joined(separator: " ")
        ]
        let names = [
            ("serial", language("卡号 ", "serial ")),
            ("key_last4", language("卡密末四位 ", "key ending in ")),
            ("expires_on", language("有效期 ", "expires ")),
            ("issuer_state", language("发行方 ", "its issuer: ")),
        ]
        for (name, title) in names {
            if let word = Self.word(name, in: fields) { facts.append(title + word) }
        }
        return facts
    }

    private static func word(_ name: String, in fields: [JSONObject.Member]) -> String? {
        fields.first { $0.name == name }?.value.stringValue.map { Terminal.safeWord($0) }
    }
}
