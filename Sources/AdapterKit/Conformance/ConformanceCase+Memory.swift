import CardModel

/// What an adapter may carry over from one question to the next: a session, never a verdict.
extension ConformanceCase {
    static let memory: [ConformanceCase] = [
        ConformanceCase(
            "steadiness",
            zh: "同样的应答得出同样的结论",
            en: "the same answer means the same thing"
        ) { subject in
            let good = try subject.good()
            let first = await subject.answers(good)
            let second = await subject.answers(good)
            let isSame = first.agrees(with: second) && first.transcripts == second.transcripts
            return isSame ? [] : ["two equal answers gave two results"]
        },
        ConformanceCase(
            "answers-that-flip",
            zh: "每次应答单独判断，前一次不影响后一次",
            en: "each answer is judged by itself, whatever was answered before"
        ) { subject in
            let good = try subject.good()
            let other = try subject.required(subject.fixtures.attacks.unmapped)
            let adapter = subject.fresh
            let alone = await (first: subject.answers(good), other: subject.answers(other))
            _ = await subject.answers(good, by: adapter)
            let after = await subject.answers(other, by: adapter)
            let again = await subject.answers(good, by: adapter)
            var broken: [String] = []
            if !after.agrees(with: alone.other) {
                broken.append("a good answer before makes `\(after.state.rawValue)`")
            }
            if !again.agrees(with: alone.first) {
                broken.append("an undecided answer before makes `\(again.state.rawValue)`")
            }
            return broken
        },
        ConformanceCase(
            "server-error-after-success",
            zh: "先前的好结果不掩盖后来的故障",
            en: "a failure after a good answer is a failure: no verdict is kept for later"
        ) { subject in
            let good = try subject.good()
            let adapter = subject.fresh
            _ = await subject.answers(good, by: adapter)
            let later = await ConformanceOutcome.of(good.question, adapter) { _, _ in
                OutboundResponse(status: 500)
            }
            return ConformanceSubject.verdictOfNothing(later, [.issuerUnavailable])
        },
        ConformanceCase(
            "clock-skew",
            zh: "发行方的时钟偏差不改变状态",
            en: "an issuer whose clock is wrong does not change what a code is"
        ) { subject in
            let good = try subject.good()
            let dates = ["Thu, 19 Nov 2026 08:00:00 GMT", "Sun, 21 Nov 2049 08:00:00 GMT", "now"]
            var broken: Set<String> = []
            for date in dates {
                var bent = good
                bent.answers = good.answers.map { answer in
                    answer.with {
                        $0.headers.removeAll { $0.name.lowercased() == "date" }
                        $0.headers.append((name: "Date", value: date))
                    }
                }
                let state = await subject.answers(bent).state
                if state != .indeterminate, state != good.expected.state {
                    broken.insert("gave `\(state.rawValue)`")
                }
            }
            return broken.sorted()
        },
        ConformanceCase(
            "bounded-retries",
            zh: "没有应答时重试有上限",
            en: "where nothing answers, asking ends by itself"
        ) { subject in
            let good = try subject.good()
            let steps = max(1, good.answers.count)
            let limit = IssuerConversation.longestAttempts * steps
            let outcome = await ConformanceOutcome.of(good.question, subject.fresh) {
                (_, index) throws(TransportError) in
                guard index < limit * 10 else { return OutboundResponse(status: 500) }
                throw TransportError(code: .timedOut, message: "scripted", requestWasSent: true)
            }
            guard outcome.requests.count > limit else { return [] }
            return ["\(outcome.requests.count) requests for one question"]
        },
    ]
}
