import CardModel

/// Nothing an adapter leaves behind shows a key, a password or a token.
extension ConformanceCase {
    static let secrecy: [ConformanceCase] = [
        ConformanceCase(
            "hidden-secrets",
            zh: "请求与记录中的卡密和凭据都被遮盖",
            en: "keys and credentials in requests are marked as such"
        ) { subject in
            guard let good = subject.fixtures.attacks.good else { return [] }
            return subject.leaks(await subject.answers(good), good.question.inquiry)
        },
        ConformanceCase(
            "key-in-error-text",
            zh: "发卡方在错误文字中回显的秘密被遮盖",
            en: "what an issuer repeats in an error text is scrubbed, in every spelling"
        ) { subject in
            await echoed(subject) { spelling, good in
                [
                    good.with {
                        $0.status = 400
                        $0.body = Array("the code \(spelling) is not known".utf8)
                    },
                    good.with { $0.body = Array("the code \(spelling) is not known".utf8) },
                ]
            }
        },
        ConformanceCase(
            "key-in-header",
            zh: "发卡方在报头与重定向中回显的秘密被遮盖",
            en: "what an issuer repeats in headers and redirects is scrubbed"
        ) { subject in
            await echoed(subject) { spelling, good in
                [
                    good.with { $0.headers.append((name: "X-Echo", value: spelling)) },
                    good.with {
                        $0.status = 302
                        $0.headers.append(
                            (name: "Location", value: "http://127.0.0.1/?k=\(spelling)")
                        )
                    },
                ]
            }
        },
        ConformanceCase(
            "key-in-issuer-words",
            zh: "发卡方文字中回显的秘密被遮盖",
            en: "what an issuer repeats in the words we keep is scrubbed",
            for: .echoes
        ) { subject in
            guard let echo = subject.fixtures.attacks.echo?.answers.first else { return [] }
            return await echoed(subject) { spelling, _ in [echo.replacingEcho(by: spelling)] }
        },
    ]

    /// Every secret in every spelling, wherever an issuer may repeat it.
    private static func echoed(
        _ subject: ConformanceSubject,
        _ answers: (String, OutboundResponse) -> [OutboundResponse]
    ) async -> [String] {
        guard let good = subject.fixtures.attacks.good, let answer = good.answers.first
        else { return [] }
        let inquiry = good.question.inquiry
        var broken: Set<String> = []
        var secrets = [inquiry.askedCode.key.withUnredacted { $0 }] + subject.fixtures.secretMarks
        if let reference = inquiry.issuerReference {
            secrets.append(reference.withUnredacted { $0 })
        }
        for spelling in secrets.flatMap({ LeakSearch($0).spellings }) {
            for echo in answers(spelling.text, answer) {
                let outcome = await ConformanceOutcome.of(good.question, subject.fresh) { _, _ in
                    echo
                }
                broken.formUnion(subject.leaks(outcome, inquiry))
            }
        }
        return broken.sorted()
    }
}
