import CardModel

/// A signature that is verified is verified over everything.
extension ConformanceCase {
    static let signatures: [ConformanceCase] = [
        ConformanceCase(
            "bad-signature",
            zh: "签名不符的应答不作结论",
            en: "an answer that was changed after it was signed decides nothing",
            for: .signatures
        ) { subject in
            guard let signed = subject.fixtures.attacks.signed else { return [] }
            var broken: Set<String> = []
            for (step, answer) in signed.answers.enumerated() {
                for bent in alterations(of: answer) {
                    var fixture = signed
                    fixture.answers[step] = bent
                    let outcome = await subject.answers(fixture)
                    if outcome.state != .indeterminate {
                        broken.insert("gave `\(outcome.state.rawValue)`")
                    }
                }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "missing-signature",
            zh: "没有签名的应答不作结论",
            en: "an answer without its signature decides nothing",
            for: .signatures
        ) { subject in
            guard let signed = subject.fixtures.attacks.signed else { return [] }
            var fixture = signed
            fixture.answers = signed.answers.map { answer in
                answer.with {
                    $0.headers.removeAll { $0.name.lowercased().contains("signature") }
                    let text = String(decoding: $0.body, as: UTF8.self)
                    $0.body = Array(
                        text.replacingOccurrences(ofExactly: "\"signature\"", with: "\"unsigned\"")
                            .utf8
                    )
                }
            }
            let state = await subject.answers(fixture).state
            return state == .indeterminate ? [] : ["gave `\(state.rawValue)`"]
        },
    ]

    /// The body with one letter or digit changed, at places all over it.
    private static func alterations(of answer: OutboundResponse) -> [OutboundResponse] {
        let places = answer.body.indices.filter { index in
            let byte = answer.body[index]
            return (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let stride = max(1, places.count / mostAlterations)
        return places.enumerated().filter { $0.offset.isMultiple(of: stride) }.map { _, index in
            answer.with {
                let byte = $0.body[index]
                $0.body[index] =
                    byte == 0x37 || byte == 0x71 ? byte + 1 : (byte < 0x3A ? 0x37 : 0x71)
            }
        }
    }

    /// Altered copies of one answer.
    private static let mostAlterations = 64
}
