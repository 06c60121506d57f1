import CardModel
import WireFormat

/// What an adapter says of itself.
extension ConformanceCase {
    static let description: [ConformanceCase] = [
        ConformanceCase(
            "self-description",
            zh: "查询不得消耗卡密，只有兑换才消耗",
            en: "an inquiry spends nothing, and redeeming is declared as what it is",
            for: .everybody
        ) { subject in operationFaults(subject.descriptor) },
        ConformanceCase(
            "declared-operations",
            zh: "声明的操作与代码实现一致",
            en: "the operations that are declared are the ones that are there",
            for: .everybody
        ) { subject in verbFaults(subject.fresh, subject.descriptor) },
        ConformanceCase(
            "attackable",
            zh: "样例给出攻击的起点",
            en: "the fixtures name answers for the attacks to start from",
            for: .everybody
        ) { subject in
            let asking = await silentPoints(subject)
            let echo = await missingEcho(subject)
            return strangeFixtures(subject) + missingAttackPoints(subject) + echo
                + uselessAttackPoints(subject) + asking
        },
        ConformanceCase(
            "described-answers",
            zh: "样例中发行方的每个代码都在说明中",
            en: "every issuer's code of the fixtures stands in the description with its state",
            for: .everybody
        ) { subject in try undescribedAnswers(subject) },
    ]

    private static func operationFaults(_ descriptor: AdapterDescriptor) -> [String] {
        var faults: [String] = []
        switch descriptor.operations[.inquire] {
        case .readOnly, .leavesTrace: break
        case .consumes: faults.append("an inquiry must not consume the code")
        case nil where descriptor.operations[.redeem] == nil:
            faults.append("neither `inquire` nor `redeem` is declared")
        case nil: break
        }
        if let effect = descriptor.operations[.redeem], effect != .consumes {
            faults.append("`redeem` is declared as \(effect.rawValue): it consumes")
        }
        return faults
    }

    private static func verbFaults(
        _ adapter: any IssuerAdapter,
        _ descriptor: AdapterDescriptor
    ) -> [String] {
        let pairs: [(String, declared: Bool, present: Bool)] = [
            (
                "redeem", descriptor.operations[.redeem] != nil,
                adapter is any RedeemingAdapter
            ),
            (
                "settlement by query", descriptor.settlement.byQuery,
                adapter is any OrderQueryingAdapter
            ),
            (
                "settlement by callback", descriptor.settlement.byCallback,
                adapter is any CallbackReadingAdapter
            ),
        ]
        return pairs.compactMap { name, declared, present in
            switch (declared, present) {
            case (true, true), (false, false): nil
            case (true, false): "\(name) is declared, and the adapter cannot do it"
            case (false, true): "the adapter can do \(name), and it is not declared"
            }
        }
    }

    private static func strangeFixtures(_ subject: ConformanceSubject) -> [String] {
        subject.fixtures.adapters.subtracting([subject.descriptor.id]).sorted().map {
            "the fixtures are those of `\($0)`, and this is `\(subject.descriptor.id)`"
        }
    }

    /// Whose issuer is quoted in a result may be told a secret in the same place.
    private static func missingEcho(_ subject: ConformanceSubject) async -> [String] {
        guard subject.descriptor.kind != .local, subject.fixtures.attacks.echo == nil
        else { return [] }
        for fixture in subject.fixtures.cases where !fixture.question.isCallback {
            let text = await subject.answers(fixture).result?.issuer.text ?? ""
            if !text.isEmpty, fixture.answers.contains(where: { $0.says(text) }) {
                return ["`attacks` names no `echo`, and \(fixture.name) keeps the issuer's text"]
            }
        }
        return []
    }

    private static func missingAttackPoints(_ subject: ConformanceSubject) -> [String] {
        let attacks = subject.fixtures.attacks
        let descriptor = subject.descriptor
        let asks = descriptor.kind != .local
        let verifies = descriptor.verifiesAnswers
        let needed: [(String, needed: Bool, isThere: Bool)] = [
            ("good", asks && descriptor.operations[.inquire] != nil, attacks.good != nil),
            ("unmapped", asks, attacks.unmapped != nil),
            ("redeemed", descriptor.operations[.redeem] != nil, attacks.redeemed != nil),
            ("callback", descriptor.settlement.byCallback, attacks.callback != nil),
            ("signed", verifies, attacks.signed != nil),
            ("signature", verifies, attacks.signature != nil),
        ]
        let surplus = !verifies && attacks.signed != nil
        return needed.filter { $0.needed && !$0.isThere }.map { "`attacks` names no `\($0.0)`" }
            + (surplus ? ["`signed` is named, and no verification is declared"] : [])
    }

    /// Attack points that try nothing: what is bent must have decided before, by the verb that the
    /// point is for.
    private static func uselessAttackPoints(_ subject: ConformanceSubject) -> [String] {
        let attacks = subject.fixtures.attacks
        let signature = AnswerSignature(name: attacks.signature ?? "")
        let mark = Array(ConformanceFixtures.echoMark.utf8)
        let rules: [(String, ConformanceFixture?, isUseful: (ConformanceFixture) -> Bool)] = [
            ("good", attacks.good, { $0.question.isInquiry && $0.isDecided }),
            ("redeemed", attacks.redeemed, { $0.question.isOrder && $0.isDecided }),
            ("callback", attacks.callback, { $0.question.isCallback && $0.isDecided }),
            (
                "unmapped", attacks.unmapped,
                { !$0.question.isCallback && $0.expected.state == .indeterminate }
            ),
            (
                "echo", attacks.echo,
                { $0.answers.contains { $0.body.firstRange(of: mark) != nil } }
            ),
            (
                "signed", attacks.signed,
                { $0.isDecided && $0.answers.contains(where: signature.isIn) }
            ),
        ]
        return rules.compactMap { name, fixture, isUseful in
            guard let fixture, !isUseful(fixture) else { return nil }
            return "`\(name)` is \(fixture.name), which gives that attack nothing to bend"
        }
    }

    /// Attack points where nobody is asked.
    private static func silentPoints(_ subject: ConformanceSubject) async -> [String] {
        var silent: [String] = []
        for (name, path) in ConformanceFixtures.Attacks.points {
            guard let fixture = subject.fixtures.attacks[keyPath: path],
                !fixture.question.isCallback
            else { continue }
            if await subject.answers(fixture).requests.isEmpty {
                silent.append("`\(name)` asks nobody")
            }
        }
        return silent
    }

    /// The description is what a merchant reads: it must not say less, or otherwise, than what the
    /// adapter does.
    private static func undescribedAnswers(_ subject: ConformanceSubject) throws -> [String] {
        let rows = subject.descriptor.answers
        let kind = subject.descriptor.kind
        guard kind != .manifest, !rows.isEmpty else {
            throw NotApplicable(
                zh: "没有手写的应答说明",
                en: "no table of answers is written by hand"
            )
        }
        let states = Dictionary(grouping: subject.fixtures.cases, by: \.expected.issuerCode)
            .mapValues { Set($0.map(\.expected.state)) }
        return subject.fixtures.cases.compactMap { fixture -> String? in
            guard let code = fixture.expected.issuerCode, let state = fixture.expected.state,
                state != .indeterminate, state != .conflict
            else { return nil }
            if kind == .local {
                // Nobody is asked: the code is a word of ours, and the table says it in others.
                let isDescribed = rows.contains { $0.state == state }
                return isDescribed ? nil : "\(fixture.name): no row is \(state.rawValue)"
            }
            let text = fixture.expected.issuerText
            let naming = rows.filter { $0.names(code) || text.map($0.names) == true }
            // A word that stands with several states does not decide alone.
            let decisive = states[code]?.count == 1 ? naming : rows
            if decisive.contains(where: { $0.state == state }) { return nil }
            if naming.isEmpty {
                return isCount(code) ? nil : "\(fixture.name): no row describes `\(code)`"
            }
            let words = naming.map(\.state.rawValue).joined(separator: ", ")
            return "\(fixture.name): `\(code)` is described as \(words), not \(state.rawValue)"
        }
    }

    /// `0/3`, `1/unlimited`, `3`: seats and uses stand in the place of a code where the protocol
    /// has none. What they mean is described in words.
    private static func isCount(_ code: String) -> Bool {
        code.contains("/") || code.utf8.count == 1 && code.utf8.allSatisfy { $0 < 0x3A }
    }
}

extension AnswerMeaning {
    /// Whether the row names a code or a text: alone, in a list (`81, 82`), or in a span of
    /// numbers (`903 to 907`).
    func names(_ word: String) -> Bool {
        if answer == word { return true }
        if word.contains(" ") { return answer.contains(word) }
        let words = answer.split { " ,;()".contains($0) }.map(String.init)
        if words.contains(word) { return true }
        guard let number = Int(word) else { return false }
        return zip(words, words.dropFirst(2)).enumerated().contains { index, ends in
            guard words[index + 1] == "to", let first = Int(ends.0), let last = Int(ends.1),
                first <= last
            else { return false }
            return (first...last).contains(number)
        }
    }
}

extension ConformanceFixture {
    /// Whether there is something that a bent answer must not say as well.
    fileprivate var isDecided: Bool {
        guard expected.refusal == nil else { return false }
        return expected.state != .indeterminate || expected.disposition == .accepted
    }
}

extension OutboundResponse {
    /// Whether a text is the issuer's and not one that the adapter made up.
    fileprivate func says(_ text: String) -> Bool {
        if body.firstRange(of: Array(text.utf8)) != nil { return true }
        let leaves = (try? JSONValue.parse(body))?.places.compactMap(\.value.stringValue)
        return leaves?.contains { $0.contains(text) } ?? false
    }
}

extension ConformanceFixture.Question {
    fileprivate var isInquiry: Bool { if case .inquire = self { true } else { false } }
    fileprivate var isOrder: Bool { if case .redeem = self { true } else { false } }
    fileprivate var isCallback: Bool { if case .callback = self { true } else { false } }
}
