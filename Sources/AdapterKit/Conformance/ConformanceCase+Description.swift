import CardModel

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
        ) { subject in missingAttackPoints(subject) },
        ConformanceCase(
            "described-answers",
            zh: "样例中发卡方的每个代码都在说明中",
            en: "every issuer's code of the fixtures stands in the description with its state",
            for: .everybody
        ) { subject in undescribedAnswers(subject) },
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

    private static func missingAttackPoints(_ subject: ConformanceSubject) -> [String] {
        let attacks = subject.fixtures.attacks
        let asks = subject.descriptor.kind != .local
        let needed: [(String, needed: Bool, isThere: Bool)] = [
            (
                "good", asks && subject.descriptor.operations[.inquire] != nil,
                attacks.good != nil
            ),
            (
                "unmapped", asks && subject.descriptor.operations[.inquire] != nil,
                attacks.unmapped != nil
            ),
            (
                "redeemed", subject.descriptor.operations[.redeem] != nil,
                attacks.redeemed != nil
            ),
            ("callback", subject.descriptor.settlement.byCallback, attacks.callback != nil),
        ]
        return needed.filter { $0.needed && !$0.isThere }.map {
            "`attacks` names no `\($0.0)`"
        }
    }

    /// The description is what a merchant reads: it must not say less, or otherwise, than what the
    /// adapter does.
    private static func undescribedAnswers(_ subject: ConformanceSubject) -> [String] {
        let described = Dictionary(grouping: subject.descriptor.answers, by: \.answer)
        guard subject.descriptor.kind == .swift, !described.isEmpty else { return [] }
        let faults = subject.fixtures.cases.compactMap { fixture -> String? in
            guard let code = fixture.expected.issuerCode, let state = fixture.expected.state,
                state != .indeterminate, state != .conflict, let rows = described[code],
                !rows.contains(where: { $0.state == state })
            else { return nil }
            let words = rows.map(\.state.rawValue).joined(separator: ", ")
            return "\(fixture.name): `\(code)` is described as \(words), not \(state.rawValue)"
        }
        return faults
    }
}
