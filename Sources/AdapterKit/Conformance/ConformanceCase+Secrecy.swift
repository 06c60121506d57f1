import CardModel

/// Nothing an adapter leaves behind shows a key, a password or a token.
extension ConformanceCase {
    static let secrecy: [ConformanceCase] = [
        ConformanceCase(
            "hidden-secrets",
            zh: "请求与记录中的卡密和凭据都被遮盖",
            en: "keys and credentials in requests are marked as such"
        ) { subject in
            let good = try subject.good()
            return subject.leaks(await subject.answers(good), good.question.inquiry)
        },
        ConformanceCase(
            "key-in-error-text",
            zh: "发行方在错误文字中回显的秘密被遮盖",
            en: "what an issuer repeats in an error text is scrubbed, in every spelling"
        ) { subject in
            await echoed(subject, try subject.good()) { spelling, good in
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
            zh: "发行方在报头与重定向中回显的秘密被遮盖",
            en: "what an issuer repeats in headers and redirects is scrubbed"
        ) { subject in
            await echoed(subject, try subject.good()) { spelling, good in
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
            zh: "发行方文字中回显的秘密被遮盖",
            en: "what an issuer repeats in the words we keep is scrubbed",
            for: .echoes
        ) { subject in
            let echo = try subject.required(subject.fixtures.attacks.echo)
            let broken = await echoed(subject, echo) { spelling, answer in
                [answer.replacingEcho(by: spelling)]
            }
            if broken.isEmpty { try await subject.needsKeptWords(echo) }
            return broken
        },
    ]

    /// Spellings side by side, few enough for a text that is kept to hold them all.
    private static func groups(_ spellings: [String]) -> [String] {
        stride(from: 0, to: spellings.count, by: spellingsAtOnce).map { start in
            spellings[start..<min(start + spellingsAtOnce, spellings.count)]
                .joined(separator: "; ")
        }
    }

    private static let spellingsAtOnce = 3

    /// Every secret in every spelling, wherever an issuer may repeat it: at each step of the
    /// fixture's own conversation.
    private static func echoed(
        _ subject: ConformanceSubject,
        _ fixture: ConformanceFixture,
        _ answers: (String, OutboundResponse) -> [OutboundResponse]
    ) async -> [String] {
        let inquiry = fixture.question.inquiry
        var broken: Set<String> = []
        var secrets = [inquiry.askedCode.key.withUnredacted { $0 }] + subject.fixtures.secretMarks
        if let reference = inquiry.issuerReference {
            secrets.append(reference.withUnredacted { $0 })
        }
        for spellings in secrets.flatMap({ groups(LeakSearch($0).spellings.map(\.text)) }) {
            for (step, answer) in fixture.answers.enumerated() {
                for echo in answers(spellings, answer) {
                    var bent = fixture
                    bent.answers[step] = echo
                    broken.formUnion(subject.leaks(await subject.answers(bent), inquiry))
                }
            }
        }
        return broken.sorted()
    }
}
