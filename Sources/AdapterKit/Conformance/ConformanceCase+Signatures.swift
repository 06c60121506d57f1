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
            var broken = await believed(subject, signed) { signature.bent($0) }
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
            return await believed(subject, signed) { [signature.removed(from: $0)] }.sorted()
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
        _ bending: (OutboundResponse) -> [OutboundResponse]
    ) async -> Set<String> {
        var broken: Set<String> = []
        for (step, answer) in signed.answers.enumerated() {
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

/// Where the signature of a recorded answer stands.
struct AnswerSignature {
    /// The header, or the field of the body, that bears it.
    let name: String

    /// Altered copies of one signature.
    private static let mostAlterations = 16
    /// The last symbols of a base64 text may mean nothing.
    private static let unsureSymbols = 2

    func isIn(_ answer: OutboundResponse) -> Bool { !bent(answer).isEmpty }

    /// Copies of the answer with one symbol of the signature changed; none when it bears none.
    func bent(_ answer: OutboundResponse) -> [OutboundResponse] {
        if let header = header(of: answer) {
            let value = Array(answer.headers[header].value.utf8)
            return places(in: longestRun(of: value)).map { index in
                var bent = value
                bent[index] = Self.other(bent[index])
                let text = String(decoding: bent, as: UTF8.self)
                return answer.with { $0.headers[header].value = text }
            }
        }
        guard let field = field(of: answer),
            let start = answer.body[field.upperBound...].firstIndex(where: Self.isSymbol)
        else { return [] }
        let end = answer.body[start...].firstIndex { !Self.isSymbol($0) } ?? answer.body.endIndex
        return places(in: start..<end).map { index in
            answer.with { $0.body[index] = Self.other($0.body[index]) }
        }
    }

    /// The answer without its signature.
    func removed(from answer: OutboundResponse) -> OutboundResponse {
        answer.with {
            $0.headers.removeAll { $0.name.lowercased() == name.lowercased() }
            $0.body = $0.body.replacing(Array(name.utf8), with: Array("unsigned".utf8))
        }
    }

    private func header(of answer: OutboundResponse) -> Int? {
        answer.headers.firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    private func field(of answer: OutboundResponse) -> Range<Int>? {
        name.isEmpty ? nil : answer.body.firstRange(of: Array(name.utf8))
    }

    /// A header may hold more than the signature, which is the longest word of it.
    private func longestRun(of value: [UInt8]) -> Range<Int> {
        value.split { !Self.isSymbol($0) }.max { $0.count < $1.count }
            .map { $0.startIndex..<$0.endIndex } ?? 0..<0
    }

    private func places(in run: Range<Int>) -> [Int] {
        let sure = run.dropLast(Self.unsureSymbols)
        let stride = max(1, sure.count / Self.mostAlterations)
        return sure.filter { ($0 - run.lowerBound).isMultiple(of: stride) }
    }

    /// Base64 and hexadecimal.
    private static func isSymbol(_ byte: UInt8) -> Bool {
        isPlain(byte) || (0x41...0x5A).contains(byte)
            || [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_")]
                .contains(byte)
    }

    /// A digit or a small letter.
    static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Another digit for a digit, another letter for anything else.
    static func other(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x37, 0x71: byte + 1
        case 0x30...0x39: 0x37
        default: 0x71
        }
    }
}
