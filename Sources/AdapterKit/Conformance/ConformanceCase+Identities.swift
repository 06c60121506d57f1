import CardModel
import WireFormat

/// An answer must be about the code that was asked, and about nothing less than it says.
extension ConformanceCase {
    static let identities: [ConformanceCase] = [
        ConformanceCase(
            "other-key-echoed",
            zh: "关于另一个卡密的应答不作结论",
            en: "an answer about another key decides nothing about this one"
        ) { subject in
            let good = try subject.good()
            let key = good.question.inquiry.askedCode.key.withUnredacted { $0 }
            return try await withOtherCode(key, subject, good)
        },
        ConformanceCase(
            "other-serial-echoed",
            zh: "序列号不符即为冲突",
            en: "an answer about another serial is a conflict, or decides nothing"
        ) { subject in
            let good = try subject.good()
            guard let serial = good.question.inquiry.askedCode.serial?.text else {
                throw NotApplicable(zh: "卡没有序列号", en: "the card has no serial")
            }
            return try await withOtherCode(serial, subject, good)
        },
        ConformanceCase(
            "missing-members",
            zh: "缺少成员的应答不指控任何人",
            en: "an answer that lacks a member accuses nobody"
        ) { subject in try await neverAccuses(subject, .missing) },
        ConformanceCase(
            "null-members",
            zh: "成员为空的应答不指控任何人",
            en: "an answer whose member is null accuses nobody"
        ) { subject in try await neverAccuses(subject, .null) },
        ConformanceCase(
            "mistyped-members",
            zh: "类型不符的应答不指控任何人",
            en: "an answer whose member has another type accuses nobody"
        ) { subject in try await neverAccuses(subject, .mistyped) },
    ]

    /// The good answers with a code replaced by its neighbour wherever it is a value: at each step
    /// alone, then at all of them.
    private static func withOtherCode(
        _ code: String,
        _ subject: ConformanceSubject,
        _ good: ConformanceFixture
    ) async throws -> [String] {
        let bent = good.answers.map { $0.naming(neighbour(of: code), insteadOf: code) }
        let steps = bent.indices.filter { bent[$0].body != good.answers[$0].body }
        guard !steps.isEmpty, code.utf8.count >= shortestCode else {
            throw NotApplicable(
                zh: "应答中没有可以比对的卡密",
                en: "the answers repeat nothing that could be compared"
            )
        }
        var broken: Set<String> = []
        var causes: Set<IndeterminateCause?> = []
        for changed in steps.map({ [$0] }) + [steps] {
            var fixture = good
            for step in changed { fixture.answers[step] = bent[step] }
            let outcome = await subject.answers(fixture)
            causes.insert(outcome.cause)
            if outcome.state != .indeterminate, outcome.state != .conflict {
                broken.insert("gave `\(outcome.state.rawValue)`")
            }
        }
        if broken.isEmpty, causes == [.badSignature] { throw NotApplicable.signed }
        return broken.sorted()
    }

    /// Shorter codes may stand in an answer by chance.
    private static let shortestCode = 4

    /// Another code of the same shape.
    static func neighbour(of code: String) -> String {
        guard let last = code.last else { return code }
        return String(code.dropLast()) + (last == "7" ? "3" : "7")
    }

    private static func neverAccuses(
        _ subject: ConformanceSubject,
        _ bending: MemberBending
    ) async throws -> [String] {
        let good = try subject.good()
        var broken: Set<String> = []
        var causes: Set<IndeterminateCause?> = []
        for (step, answer) in good.answers.enumerated() {
            for body in bending.bodies(of: answer.body) {
                var fixture = good
                fixture.answers[step].body = body
                let outcome = await subject.answers(fixture)
                causes.insert(outcome.cause)
                if outcome.state != good.expected.state, outcome.state.standing == .defective {
                    broken.insert("gave `\(outcome.state.rawValue)`")
                }
            }
        }
        if causes.isEmpty {
            throw NotApplicable(
                zh: "应答不是带有成员的 JSON 或 XML",
                en: "the answers are no JSON or XML that has members"
            )
        }
        if causes == [.badSignature] { throw NotApplicable.signed }
        return broken.sorted()
    }
}

/// What happens to the members of an answer, one after the other.
enum MemberBending {
    case missing, null, mistyped

    /// The bent copies of a body; none when it is neither JSON nor XML, or a bare value.
    func bodies(of body: [UInt8]) -> [[UInt8]] {
        if let json = try? JSONValue.parse(body) {
            guard json.objectValue != nil || json.arrayValue != nil else { return [] }
            return values(json).filter { $0 != json }.map { $0.serialized() }
        }
        return (try? XMLElementReader.read(body)).map { elements($0).map(\.serialized) } ?? []
    }

    private func values(_ json: JSONValue) -> [JSONValue] {
        switch self {
        case .missing: json.withoutEachMember
        case .null: json.withEachLeaf(replacedBy: .null)
        case .mistyped:
            json.withEachLeaf(replacedBy: .object(JSONObject()))
                + json.withEachLeaf(replacedBy: .array([.string("used")]))
        }
    }

    private func elements(_ xml: XMLElement) -> [XMLElement] {
        switch self {
        case .missing: xml.withoutEachElement
        case .null: xml.withEachLeaf { $0.text = "" }
        case .mistyped:
            xml.withEachLeaf { leaf in
                leaf.text = ""
                leaf.children = [XMLElement(name: "used", text: "1", children: [])]
            }
        }
    }
}

extension OutboundResponse {
    /// The answer with a code replaced, with or without its dashes, where it is a whole value: a
    /// short one may stand inside a number or a sentence by chance.
    fileprivate func naming(_ other: String, insteadOf code: String) -> OutboundResponse {
        let bare = code.filter { $0 != "-" && $0 != " " }
        return with { answer in
            for written in Set([code, bare]) {
                let value = Array(written.utf8)
                for place in answer.body.ranges(of: value).reversed()
                where Self.isWhole(place, of: answer.body) {
                    answer.body.replaceSubrange(place, with: Array(other.utf8))
                }
            }
        }
    }

    /// A JSON string or an attribute, the text of an element, or the value of a form's field.
    private static func isWhole(_ place: Range<Int>, of body: [UInt8]) -> Bool {
        let before = body[..<place.lowerBound].last.map { UnicodeScalar($0) }
        let after = body[place.upperBound...].first.map { UnicodeScalar($0) }
        switch before {
        case "\"", "'": return before == after
        case ">", "[": return after == "<" || after == "]"
        case "=": return after.map { "&\r\n".unicodeScalars.contains($0) } ?? true
        default: return false
        }
    }
}
