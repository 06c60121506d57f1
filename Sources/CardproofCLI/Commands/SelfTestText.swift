import CardModel
import WireFormat

/// What a buyer reads: one plain sentence a code, until when the warranty runs, where the proof is.
struct SelfTestText {
    let language: Language
    /// Paths of the proofs by line.
    let saved: [String: String]
    /// Where the bundle was saved; nil when none was wanted.
    let bundle: String?
    /// The log's entry that commits to the screenshot; nil when none was added.
    var screenshotEntry: String?

    func value(of answer: JSONValue) -> JSONValue {
        guard var object = answer.objectValue else { return answer }
        object["saved_proofs"] = .object(
            JSONObject(
                saved.sorted { $0.key < $1.key }.map {
                    JSONObject.Member(name: $0.key, value: .string($0.value))
                }
            )
        )
        object["saved_bundle"] = bundle.map { .string($0) } ?? .null
        object["screenshot_entry"] =
            screenshotEntry.flatMap { Int64($0) }.map { .integer($0) } ?? .null
        return .object(object)
    }

    func text(of answer: JSONValue) -> String {
        let items = (answer["items"]?.arrayValue ?? []).map { lines(of: $0) }
        let saved = bundle.map {
            language(
                "证据包已保存：\($0)；核对：cardproof verify \($0)",
                "The evidence bundle is in \($0); to check it: cardproof verify \($0)"
            )
        }
        let rest = (answer["not_asked"]?.arrayValue ?? []).compactMap(\.lexeme).map { line in
            language(
                "第 \(line) 行：没有检测，因为前面的卡密没有确认可用。",
                "Line \(line): not tested, because the code before it was not seen to be "
                    + "good."
            )
        }
        let picture = screenshotEntry.map {
            language("截图已加入证据，日志第 \($0) 条。", "The screenshot is entry \($0) of the log.")
        }
        return (items.flatMap { $0 } + rest + [picture, saved].compactMap { $0 })
            .joined(separator: "\n")
    }

    private func lines(of item: JSONValue) -> [String] {
        let line = item["line"]?.lexeme ?? "-"
        let message = item["message"]?[language.rawValue]?.stringValue ?? ""
        var lines = [language("第 \(line) 行：", "Line \(line): ") + message]
        if let matches = item["matches_delivered"]?.boolValue {
            lines.append(
                matches
                    ? language("  与交付的卡密一致。", "  It is the code that was delivered.")
                    : language("  与交付的卡密不一致。", "  It is not the code that was delivered.")
            )
        }
        if let claim = item["claim"]?.stringValue {
            lines.append(language("  已自动开出质保工单 \(claim)。", "  Claim \(claim) is open."))
        }
        if let end = item["warranty"]?["ends_at"]?.stringValue {
            lines.append(language("  质保到 \(end)。", "  The warranty runs until \(end)."))
        }
        if let text = item["warranty"]?["prolonged"]?["text"]?[language.rawValue]?.stringValue {
            lines.append("  " + text)
        }
        if let path = saved[line] {
            lines.append(language("  证明已保存：\(path)", "  The proof is saved in \(path)"))
        }
        return lines
    }
}
