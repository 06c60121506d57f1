import CardModel
import WireFormat

/// What a program concluded, held to the rules that manifests are held to.
struct ProgramStatement {
    let fields: ProgramFields
    let scrubber: Scrubber

    private static let members: Set<String> = [
        "state", "cause", "certainty", "issuer_code", "issuer_text", "issuer_at", "echo",
        "expires_on", "value", "retry_after", "continuation", "history", "messages",
        "balance_until", "term", "attributes", "used_by_hint", "login_anomaly",
    ]
    /// Exchanges of its own that a program may report for one question.
    private static let mostMessages = 16

    init(_ value: JSONValue, scrubber: Scrubber) throws(ProgramFault) {
        fields = try ProgramFields(value, "result", known: Self.members)
        self.scrubber = scrubber
    }

    /// The result, with the issuer's words scrubbed and bounded.
    ///
    /// - Parameter lastStatus: of the last answer that came through the gateway.
    func result(
        of inquiry: Inquiry,
        in conversation: IssuerConversation,
        lastStatus: Int?
    ) throws(ProgramFault) -> InquiryResult {
        let state = try state()
        let words = conversation.statement(
            code: try scalar("issuer_code"),
            text: try scalar("issuer_text"),
            at: try instant("issuer_at")
        )
        let transcripts = conversation.transcripts + (try messages(inquiry))
        guard state != .indeterminate else {
            var result = InquiryResult.indeterminate(
                try cause(lastStatus),
                issuer: words,
                retryAfter: try retryAfter(),
                transcripts: transcripts
            )
            result.continuation = try continuation()
            return result
        }
        guard fields["cause"] == nil else {
            throw ProgramFault("only `indeterminate` has a `cause`")
        }
        guard !transcripts.isEmpty else {
            throw ProgramFault("it decided without having asked anybody: no exchange was written")
        }
        var result = InquiryResult(
            state: state,
            certainty: try certainty(state),
            issuer: words,
            expiresOn: try date("expires_on"),
            actualValue: try money("value"),
            transcripts: transcripts
        )
        result.history = try history()
        try addPromised(to: &result)
        result.retryAfter = try retryAfter()
        try compareEcho(inquiry, &result)
        return result
    }

    private func state() throws(ProgramFault) -> VerdictState {
        guard let word = try fields.text("state") else {
            throw ProgramFault("`result.state` is missing")
        }
        guard let state = VerdictState(rawValue: word), state.isSpokenByIssuers else {
            throw ProgramFault("`result.state` is no state that an issuer can speak of")
        }
        return state
    }

    private func cause(_ lastStatus: Int?) throws(ProgramFault) -> IndeterminateCause {
        guard let word = try fields.text("cause") else {
            throw ProgramFault("`indeterminate` needs a `cause`")
        }
        let cause = IndeterminateCause(rawValue: word)
        guard IndeterminateCause.known.contains(cause) else {
            throw ProgramFault("`result.cause` is no known cause")
        }
        // Our own refusal reads differently from a word that the program does not know.
        let isRefusal = lastStatus.map(ProgramRequest.refusals.contains) ?? false
        return cause == .unmapped && isRefusal ? .ourAccount : cause
    }

    private func certainty(_ state: VerdictState) throws(ProgramFault) -> Certainty {
        if state == .conflict { return .conflict }
        switch try fields.text("certainty") {
        case nil, "authoritative": return .authoritative
        case "derived": return .derived
        default: throw ProgramFault("`result.certainty` is `authoritative` or `derived`")
        }
    }

    /// An answer about another key says nothing; another serial contradicts what was delivered.
    private func compareEcho(
        _ inquiry: Inquiry,
        _ result: inout InquiryResult
    ) throws(ProgramFault) {
        guard let value = fields["echo"] else { return }
        let echo = try ProgramFields(value, "result.echo", known: ["key", "serial"])
        if let key = try echo.text("key"), !inquiry.keyAgrees(with: key) {
            result = .indeterminate(
                .malformedAnswer,
                issuer: result.issuer,
                transcripts: result.transcripts
            )
        } else if let serial = try echo.text("serial"), !inquiry.serialAgrees(with: serial) {
            result.state = .conflict
            result.certainty = .conflict
        }
    }

    private func retryAfter() throws(ProgramFault) -> Duration? {
        let longest = AdapterLimits.longestRetryAfter.components.seconds
        return try fields.integer("retry_after", in: 0...longest).map { .seconds($0) }
    }

    /// It stands in the store in clear.
    private func continuation() throws(ProgramFault) -> String? {
        guard let text = try fields.text("continuation") else { return nil }
        guard text.utf8.count <= Inquiry.longestContinuationBytes, scrubber.scrub(text) == text
        else {
            throw ProgramFault(
                "`result.continuation` is longer than \(Inquiry.longestContinuationBytes) bytes, "
                    + "or holds a key"
            )
        }
        return text
    }

    private func history() throws(ProgramFault) -> [UsageEvent] {
        let most = InquiryResult.mostUsageEvents
        let values = try fields.read("history", "a list") { $0.arrayValue } ?? []
        var events: [UsageEvent] = []
        for value in values.suffix(most) {
            let event = try ProgramFields(
                value,
                "result.history",
                known: ["at", "kind", "actor_hint", "amount"]
            )
            events.append(
                UsageEvent(
                    at: try Self.instant(event, "at"),
                    kind: scrubber.visible(
                        try event.text("kind") ?? "", InquiryResult.longestIssuerCode),
                    actorHint: try event.text("actor_hint").map {
                        scrubber.visible($0, InquiryResult.longestIssuerCode)
                    },
                    amount: try Self.money(event, "amount")
                )
            )
        }
        return events
    }

    /// What a program that speaks to its issuer by itself says it said and heard.
    private func messages(_ inquiry: Inquiry) throws(ProgramFault) -> [Transcript] {
        let values = try fields.read("messages", "a list") { $0.arrayValue } ?? []
        guard values.count <= Self.mostMessages else {
            throw ProgramFault("`result.messages` has more than \(Self.mostMessages) elements")
        }
        var transcripts: [Transcript] = []
        for value in values {
            let message = try ProgramFields(
                value,
                "result.messages",
                known: ["label", "request", "response"]
            )
            transcripts.append(
                Transcript(
                    // Whoever reads the record sees that these are the program's own words.
                    label: "program: "
                        + scrubber.visible(try message.text("label") ?? "inquire", 64),
                    scrubbedRequest: Array(
                        scrubber.scrub(try message.text("request") ?? "").utf8
                    ),
                    scrubbedResponse: Array(
                        scrubber.scrub(try message.text("response") ?? "").utf8
                    ),
                    sentAt: inquiry.askedAt
                )
            )
        }
        return transcripts
    }

    /// The issuer's word as it was written: numbers keep their zeros where they are texts.
    private func scalar(_ name: String) throws(ProgramFault) -> String? {
        try fields.read(name, "a text or a number") { $0.lexeme }
    }

    private func instant(_ name: String) throws(ProgramFault) -> Instant? {
        try Self.instant(fields, name)
    }

    static func instant(
        _ fields: ProgramFields,
        _ name: String
    ) throws(ProgramFault) -> Instant? {
        try fields.read(name, "an RFC 3339 time") {
            $0.stringValue.flatMap { Instant(rfc3339: $0) }
        }
    }

    func date(_ name: String) throws(ProgramFault) -> CalendarDate? {
        try fields.read(name, "a date, YYYY-MM-DD") {
            $0.stringValue.flatMap { CalendarDate(iso8601: $0) }
        }
    }

    private func money(_ name: String) throws(ProgramFault) -> Money? {
        try Self.money(fields, name)
    }

    private static func money(
        _ fields: ProgramFields,
        _ name: String
    ) throws(ProgramFault) -> Money? {
        try fields.read(name, "`amount_minor` and an ISO 4217 `currency`") { Money(jsonValue: $0) }
    }
}

extension VerdictState {
    /// False for what only a platform can know; no issuer's answer means that.
    var isSpokenByIssuers: Bool {
        switch self {
        case .shortShelfLife, .duplicateDelivery, .duplicateStock, .oversold, .notDelivered,
            .shortDelivery, .lateDelivery, .extractionFailed, .doubleCharged:
            false
        case .okUnused, .okActivatedByBuyer, .malformed, .notFound, .notActivated, .wrongProduct,
            .wrongRegion, .wrongVersion, .undervalued, .partiallyUsed, .used, .expired, .revoked,
            .locked, .termShortened, .serviceInterrupted, .accountMismatch, .accountCompromised,
            .temporarilyUnusable, .issuerDelay, .indeterminate, .unsupported, .conflict:
            true
        }
    }
}
