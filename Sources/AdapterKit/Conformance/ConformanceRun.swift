import CardModel

/// One adapter under the cases.
struct ConformanceRun {
    let adapter: any IssuerAdapter
    let fixtures: ConformanceFixtures
    private let credentials: [LeakSearch]

    init(adapter: any IssuerAdapter, fixtures: ConformanceFixtures) {
        self.adapter = adapter
        self.fixtures = fixtures
        credentials = fixtures.secretMarks.map { LeakSearch($0) }
    }

    private func finding(_ name: String, _ message: String) -> ConformanceFinding {
        ConformanceFinding(caseName: name, message: message)
    }

    /// Every adapter answers inquiries, and an inquiry spends nothing.
    func selfDescription() -> [ConformanceFinding] {
        switch adapter.descriptor.operations[.inquire] {
        case .readOnly, .leavesTrace: []
        case .consumes: [finding("self-description", "an inquiry must not consume the code")]
        case nil:
            adapter.descriptor.operations[.redeem] != nil
                ? [] : [finding("self-description", "the operation `inquire` is not declared")]
        }
    }

    /// Whoever asks somebody must be attackable.
    func missingAttackFixtures() -> [ConformanceFinding] {
        adapter.descriptor.kind == .local
            ? [] : [finding("self-description", "the fixtures name no good answer to attack")]
    }

    func recordedAnswers() async -> [ConformanceFinding] {
        var findings: [ConformanceFinding] = []
        for fixture in fixtures.cases {
            let outcome = await answers(fixture)
            findings += differences(outcome, fixture.expected).map {
                finding("recorded-answer", "\(fixture.name): \($0)")
            }
            findings += leaks(outcome, fixture.inquiry, "recorded-answer")
        }
        return findings
    }

    func undecided(
        _ attack: ConformanceAttack,
        _ good: ConformanceFixture
    ) async -> [ConformanceFinding] {
        guard let answer = good.answers.first else { return [] }
        let outcome = await ConformanceOutcome.ask(adapter, good.inquiry) {
            (_, _) throws(TransportError) in try attack.reply(answer)
        }
        return verdictOfNothing(outcome, attack.name, attack.causes)
            + (attack.retryAfter == outcome.retryAfter
                ? []
                : [
                    finding(
                        attack.name,
                        "the issuer's Retry-After is not passed on as it came"
                    )
                ])
            + leaks(outcome, good.inquiry, attack.name)
    }

    func unmappedAnswer() async -> [ConformanceFinding] {
        guard let unmapped = fixtures.unmapped else {
            return [finding("unmapped-answer", "the fixtures name no unmapped answer")]
        }
        return verdictOfNothing(await answers(unmapped), "unmapped-answer", [.unmapped])
    }

    /// Where nothing answers, asking ends by itself.
    func boundedRetries(_ good: ConformanceFixture) async -> [ConformanceFinding] {
        let limit = IssuerConversation.longestAttempts
        let outcome = await ConformanceOutcome.ask(adapter, good.inquiry) {
            (_, index) throws(TransportError) in
            guard index < limit * 10 else { return OutboundResponse(status: 500) }
            throw TransportError(
                code: .timedOut,
                message: "scripted",
                requestWasSent: true
            )
        }
        guard outcome.requests.count > limit else { return [] }
        return [finding("bounded-retries", "\(outcome.requests.count) requests for one question")]
    }

    /// The same answer means the same thing.
    func steadiness(_ good: ConformanceFixture) async -> [ConformanceFinding] {
        let first = await answers(good)
        let second = await answers(good)
        let isSame =
            first.state == second.state && first.result?.issuer == second.result?.issuer
            && first.transcripts == second.transcripts
        return isSame ? [] : [finding("steadiness", "two equal answers gave two results")]
    }

    /// Credentials and keys in requests are marked as such.
    func hiddenSecrets(_ good: ConformanceFixture) async -> [ConformanceFinding] {
        let outcome = await answers(good)
        return leaks(outcome, good.inquiry, "hidden-secrets")
    }

    /// An issuer that repeats what it was told, in every spelling, in text, headers and errors.
    func echoedSecrets(_ good: ConformanceFixture) async -> [ConformanceFinding] {
        var findings: [ConformanceFinding] = []
        for secret in [good.inquiry.askedCode.key.withUnredacted { $0 }] + fixtures.secretMarks {
            for spelling in LeakSearch(secret).spellings {
                for answer in echoes(of: spelling.text, good) {
                    let outcome = await ConformanceOutcome.ask(adapter, good.inquiry) { _, _ in
                        answer
                    }
                    findings += leaks(outcome, good.inquiry, "echoed-secrets")
                }
            }
        }
        return Array(Set(findings)).sorted { $0.message < $1.message }
    }

    /// What an issuer says is kept, but not without bounds.
    func boundedWords() async -> [ConformanceFinding] {
        guard let echo = fixtures.echo else { return [] }
        let long = String(repeating: "长", count: 20_000)
        let answers = echo.answers.map { Self.replacing($0, by: long) }
        let outcome = await ConformanceOutcome.ask(adapter, echo.inquiry) { _, index in
            answers[min(index, answers.count - 1)]
        }
        let words = outcome.result?.issuer
        let isBounded =
            (words?.text?.count ?? 0) <= InquiryResult.longestIssuerText
            && (words?.code?.count ?? 0) <= InquiryResult.longestIssuerCode
        return isBounded ? [] : [finding("bounded-words", "the issuer's words are kept unbounded")]
    }

    private func echoes(
        of spelling: String,
        _ good: ConformanceFixture
    ) -> [OutboundResponse] {
        guard var refused = good.answers.first else { return [] }
        refused.status = 400
        refused.headers.append((name: "X-Echo", value: spelling))
        refused.body = Array("the code \(spelling) is not known".utf8)
        var page = refused
        page.status = 200
        var moved = refused
        moved.status = 302
        moved.headers.append((name: "Location", value: "http://127.0.0.1/?k=\(spelling)"))
        let worded = fixtures.echo?.answers.first.map { Self.replacing($0, by: spelling) }
        return [refused, page, moved] + [worded].compactMap { $0 }
    }

    private static func replacing(
        _ answer: OutboundResponse,
        by text: String
    ) -> OutboundResponse {
        var answer = answer
        answer.body = Array(
            String(decoding: answer.body, as: UTF8.self)
                .replacingOccurrences(ofExactly: ConformanceFixtures.echoMark, with: text).utf8
        )
        return answer
    }

    private func answers(_ fixture: ConformanceFixture) async -> ConformanceOutcome {
        let answers = fixture.answers
        return await ConformanceOutcome.ask(adapter, fixture.inquiry) {
            (_, index) throws(TransportError) in
            guard let last = answers.last else {
                throw TransportError(
                    code: .connectFailed,
                    message: "nobody listens",
                    requestWasSent: false
                )
            }
            return index < answers.count ? answers[index] : last
        }
    }

    private func verdictOfNothing(
        _ outcome: ConformanceOutcome,
        _ name: String,
        _ causes: Set<IndeterminateCause>
    ) -> [ConformanceFinding] {
        guard outcome.state == .indeterminate else {
            return [finding(name, "gave `\(outcome.state.rawValue)`, not `indeterminate`")]
        }
        guard let cause = outcome.cause, causes.contains(cause) else {
            let expected = causes.map(\.rawValue).sorted().joined(separator: " or ")
            return [
                finding(
                    name,
                    "names the cause `\(outcome.cause?.rawValue ?? "none")`, not \(expected)"
                )
            ]
        }
        return []
    }

    private func leaks(
        _ outcome: ConformanceOutcome,
        _ inquiry: Inquiry,
        _ name: String
    ) -> [ConformanceFinding] {
        let key = inquiry.askedCode.key.withUnredacted { LeakSearch($0) }
        let searches = [("the key", key)] + credentials.map { ("a credential", $0) }
        return searches.flatMap { kind, search in
            outcome.words.compactMap { search.firstLeak(in: $0) }.prefix(1).map {
                finding(name, "\(kind) can be read (\($0))")
            }
        }
    }
}
