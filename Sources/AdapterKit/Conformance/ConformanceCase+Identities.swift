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
            guard let good = subject.fixtures.attacks.good else { return [] }
            let key = good.question.inquiry.askedCode.key.withUnredacted { $0 }
            return await withOtherCode(key, subject, good, allowed: [.indeterminate, .conflict])
        },
        ConformanceCase(
            "other-serial-echoed",
            zh: "序列号不符即为冲突",
            en: "an answer about another serial is a conflict, or decides nothing"
        ) { subject in
            guard let good = subject.fixtures.attacks.good,
                let serial = good.question.inquiry.askedCode.serial?.text
            else { return [] }
            return await withOtherCode(serial, subject, good, allowed: [.indeterminate, .conflict])
        },
        ConformanceCase(
            "missing-members",
            zh: "缺少成员的应答不指控任何人",
            en: "an answer that lacks a member accuses nobody"
        ) { subject in
            await neverAccuses(subject) { value in value.withoutEachMember }
        },
        ConformanceCase(
            "null-members",
            zh: "成员为空的应答不指控任何人",
            en: "an answer whose member is null accuses nobody"
        ) { subject in
            await neverAccuses(subject) { value in value.withEachLeaf(replacedBy: .null) }
        },
        ConformanceCase(
            "mistyped-members",
            zh: "类型不符的应答不指控任何人",
            en: "an answer whose member has another type accuses nobody"
        ) { subject in
            await neverAccuses(subject) { value in
                value.withEachLeaf(replacedBy: .object(JSONObject()))
                    + value.withEachLeaf(replacedBy: .array([.string("used")]))
            }
        },
    ]

    /// The good answer with every occurrence of a code replaced by its neighbour.
    private static func withOtherCode(
        _ code: String,
        _ subject: ConformanceSubject,
        _ good: ConformanceFixture,
        allowed: Set<VerdictState>
    ) async -> [String] {
        let bare = code.filter { $0 != "-" && $0 != " " }
        var bent = good
        bent.answers = good.answers.map { answer in
            answer.with {
                let text = String(decoding: $0.body, as: UTF8.self)
                $0.body = Array(
                    text.replacingOccurrences(ofExactly: code, with: neighbour(of: code))
                        .replacingOccurrences(ofExactly: bare, with: neighbour(of: bare)).utf8
                )
            }
        }
        let changed = zip(bent.answers, good.answers).contains { $0.body != $1.body }
        // Issuers that repeat nothing have nothing to compare.
        guard changed, code.utf8.count >= shortestCode else { return [] }
        let state = await subject.answers(bent).state
        return allowed.contains(state) ? [] : ["gave `\(state.rawValue)`"]
    }

    /// Shorter codes may stand in an answer by chance.
    private static let shortestCode = 4

    /// Another code of the same shape.
    private static func neighbour(of code: String) -> String {
        guard let last = code.last else { return code }
        return String(code.dropLast()) + (last == "7" ? "3" : "7")
    }

    private static func neverAccuses(
        _ subject: ConformanceSubject,
        _ bending: @Sendable (JSONValue) -> [JSONValue]
    ) async -> [String] {
        guard let good = subject.fixtures.attacks.good else { return [] }
        var broken: Set<String> = []
        for (step, answer) in good.answers.enumerated() {
            guard let json = try? JSONValue.parse(answer.body) else { continue }
            for bent in bending(json) {
                var fixture = good
                fixture.answers[step].body = bent.serialized()
                let state = await subject.answers(fixture).state
                if state != good.expected.state, state.standing == .defective {
                    broken.insert("gave `\(state.rawValue)`")
                }
            }
        }
        return broken.sorted()
    }
}

extension JSONValue {
    /// Members of an answer that are bent one by one; longer answers are bent in their beginning.
    private static let mostBentMembers = 200

    /// This value with one leaf replaced, once for each leaf.
    func withEachLeaf(replacedBy other: JSONValue) -> [JSONValue] {
        bent { value in
            switch value {
            case .object, .array: nil
            case .null, .bool, .integer, .decimal, .string: other
            }
        }
    }

    /// This value with one member taken out, once for each member of each object.
    var withoutEachMember: [JSONValue] {
        var results: [JSONValue] = []
        func visit(_ value: JSONValue, _ rebuild: (JSONValue) -> JSONValue) {
            guard results.count < Self.mostBentMembers else { return }
            switch value {
            case .object(let object):
                for member in object.members {
                    var without = object
                    without[member.name] = nil
                    results.append(rebuild(.object(without)))
                    visit(member.value) { inner in
                        var changed = object
                        changed[member.name] = inner
                        return rebuild(.object(changed))
                    }
                }
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    visit(element) { inner in
                        var changed = elements
                        changed[index] = inner
                        return rebuild(.array(changed))
                    }
                }
            case .null, .bool, .integer, .decimal, .string: break
            }
        }
        visit(self) { $0 }
        return results
    }

    private func bent(_ replacement: (JSONValue) -> JSONValue?) -> [JSONValue] {
        var results: [JSONValue] = []
        func visit(_ value: JSONValue, _ rebuild: (JSONValue) -> JSONValue) {
            guard results.count < Self.mostBentMembers else { return }
            if let other = replacement(value) { results.append(rebuild(other)) }
            switch value {
            case .object(let object):
                for member in object.members {
                    visit(member.value) { inner in
                        var changed = object
                        changed[member.name] = inner
                        return rebuild(.object(changed))
                    }
                }
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    visit(element) { inner in
                        var changed = elements
                        changed[index] = inner
                        return rebuild(.array(changed))
                    }
                }
            case .null, .bool, .integer, .decimal, .string: break
            }
        }
        visit(self) { $0 }
        return results
    }
}
