import CardModel

/// A signature that is verified is verified over everything that is read.
extension ConformanceCase {
    static let signatures: [ConformanceCase] = [
        ConformanceCase(
            "bad-signature",
            zh: "签名不符的应答不作结论",
            en: "an answer that was changed after it was signed decides nothing",
            for: .signatures
        ) { subject in
            let (signed, signature) = try signedAnswer(of: subject)
            var broken = await believed(subject, signed, signature) { signature.bent($0) }
            broken.formUnion(await misread(subject, signed, beside: signature))
            return broken.sorted()
        },
        ConformanceCase(
            "missing-signature",
            zh: "没有签名的应答不作结论",
            en: "an answer without its signature decides nothing",
            for: .signatures
        ) { subject in
            let (signed, signature) = try signedAnswer(of: subject)
            return await believed(subject, signed, signature) {
                [signature.removed(from: $0)]
            }.sorted()
        },
    ]

    private static func signedAnswer(
        of subject: ConformanceSubject
    ) throws -> (ConformanceFixture, AnswerSignature) {
        let attacks = subject.fixtures.attacks
        let signed = try subject.required(attacks.signed)
        return (signed, AnswerSignature(name: attacks.signature ?? ""))
    }

    /// What is believed although its signature is another one, or gone.
    private static func believed(
        _ subject: ConformanceSubject,
        _ signed: ConformanceFixture,
        _ signature: AnswerSignature,
        _ bending: (OutboundResponse) -> [OutboundResponse]
    ) async -> Set<String> {
        var broken: Set<String> = []
        for (step, answer) in signed.answers.enumerated() where signature.isIn(answer) {
            for bent in bending(answer) {
                var fixture = signed
                fixture.answers[step] = bent
                let outcome = await subject.answers(fixture)
                broken.formUnion(
                    ConformanceSubject.verdictOfNothing(outcome, [.badSignature])
                        + ConformanceSubject.claims(outcome)
                )
            }
        }
        return broken
    }

    /// What is read out of an answer that was changed. Where the protocol signs a part only, the
    /// rest may change, but not what follows from the answer.
    private static func misread(
        _ subject: ConformanceSubject,
        _ signed: ConformanceFixture,
        beside signature: AnswerSignature
    ) async -> Set<String> {
        let sound = await subject.answers(signed)
        var broken: Set<String> = []
        for (step, answer) in signed.answers.enumerated() where signature.isIn(answer) {
            for bent in alterations(of: answer) {
                var fixture = signed
                fixture.answers[step] = bent
                let outcome = await subject.answers(fixture)
                if outcome.agreesUpToText(with: sound) { continue }
                if outcome.state != .indeterminate {
                    broken.insert("gave `\(outcome.state.rawValue)`")
                }
                broken.formUnion(ConformanceSubject.claims(outcome))
            }
        }
        return broken
    }

    /// The body with one letter or digit changed, at places all over it.
    private static func alterations(of answer: OutboundResponse) -> [OutboundResponse] {
        let places = answer.body.indices.filter { AnswerSignature.isPlain(answer.body[$0]) }
        let stride = max(1, places.count / mostAlterations)
        return places.enumerated().filter { $0.offset.isMultiple(of: stride) }.map { _, index in
            answer.with { $0.body[index] = AnswerSignature.other($0.body[index]) }
        }
    }

    /// Altered copies of one answer.
    private static let mostAlterations = 64
}
