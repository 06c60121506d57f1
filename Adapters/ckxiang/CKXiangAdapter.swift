import AdapterKit
import CardModel
import WireFormat

/// Has CK象 test a card: `checkCard` submits it once and is paid for, `checkCardResult` is polled.
///
/// A third party sees the usable code, so nothing is asked without its owner's consent, and what it
/// says is `derived`, never an issuer's word.
struct CKXiangAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    /// The continuation of a question whose card was, or may have been, submitted: from then on it
    /// is only polled.
    static let submitted = "submitted"
    /// Statuses of a request that was turned away at the door.
    private static let refusals: Set<Int> = [401, 403, 407, 429]
    /// The service wants to be polled every 5 to 10 seconds.
    private static let pollPause: Duration = .seconds(8)

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let account = try CKXiangAccount(setup)
        let card = try CKXiangCard(inquiry, setup)
        let isPoll = inquiry.continuation != nil
        let body = try account.body(
            isPoll ? card.poll(at: inquiry.askedAt) : card.submission(at: inquiry.askedAt)
        )
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: scrubber(inquiry, body),
            transport: transport
        )
        let response: OutboundResponse
        do {
            response = try await conversation.exchange(
                request(isPoll ? "checkCardResult" : "checkCard", account, body),
                label: isPoll ? "checkCardResult" : "checkCard",
                retrySafe: isPoll,
                keptBody: CKXiangReading.withoutData
            )
        } catch {
            return try lost(error, isPoll)
        }
        do throws(AnswerScreening.Objection) {
            let json = try CKXiangReading.json(of: response, askedAt: inquiry.askedAt)
            var result =
                isPoll
                ? polled(json, card, account, conversation) : receipt(json, conversation)
            result.transcripts = conversation.transcripts
            return result
        } catch {
            var result = conversation.undecided(error)
            // It may have been taken all the same, and a second submission is a second fee.
            if isPoll || !Self.refusals.contains(response.status) {
                result.continuation = Self.submitted
            }
            return result
        }
    }

    /// No answer came: an error as long as nothing can have been submitted, and from then on a
    /// result that keeps the next ask from submitting again.
    private func lost(
        _ error: AdapterError,
        _ isPoll: Bool
    ) throws(AdapterError) -> InquiryResult {
        guard isPoll || error.mayHaveReachedIssuer else { throw error }
        var result = InquiryResult.indeterminate(
            error.cause,
            issuer: IssuerStatement(),
            retryAfter: error.retryAfter,
            transcripts: error.transcripts
        )
        result.continuation = Self.submitted
        return result
    }

    private func receipt(
        _ json: JSONValue,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let code = json["code"]?.lexeme ?? ""
        let words = conversation.statement(code: code, text: json["msg"]?.lexeme)
        if code == "200", json["data"]?.boolValue == true { return inProgress(words) }
        var result = InquiryResult.indeterminate(
            code == "200" ? .malformedAnswer : CKXiangReading.refusal(json),
            issuer: words
        )
        // Only 500 says that the card was not taken.
        if code != "500" { result.continuation = Self.submitted }
        return result
    }

    private func polled(
        _ json: JSONValue,
        _ card: CKXiangCard,
        _ account: CKXiangAccount,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let code = json["code"]?.lexeme ?? ""
        var result = InquiryResult.indeterminate(
            CKXiangReading.refusal(json),
            issuer: conversation.statement(code: code, text: json["msg"]?.lexeme)
        )
        result.continuation = Self.submitted
        guard code == "200" else { return result }
        guard let test = json["data"]?.stringValue.flatMap(account.opened),
            test["cardNo"]?.lexeme == card.number, (test["pinCode"]?.lexeme ?? "") == card.pin,
            let status = test["status"]?.lexeme
        else {
            result.cause = .malformedAnswer
            return result
        }
        let meaning = CKXiangStatus(code: status).meaning
        let words = conversation.statement(code: status, text: test["message"]?.lexeme)
        switch meaning.cause {
        case .inProgress?: return inProgress(words)
        case let cause?:
            result.cause = cause
            result.issuer = words
            // Tested and undecided: polling again would only hear the same.
            return result
        case nil:
            return InquiryResult(state: meaning.state, certainty: .derived, issuer: words)
        }
    }

    private func inProgress(_ words: IssuerStatement) -> InquiryResult {
        var result = InquiryResult.indeterminate(.inProgress, issuer: words)
        result.retryAfter = Self.pollPause
        result.continuation = Self.submitted
        return result
    }

    private func request(
        _ operation: String,
        _ account: CKXiangAccount,
        _ body: CKXiangBody
    ) throws(AdapterError) -> OutboundRequest {
        OutboundRequest(
            method: "POST",
            url: SecretURL(try setup.setting("endpoint") + "/api/userApiManage/\(operation)"),
            headers: [
                OutboundHeader(name: "Content-Type", value: "application/json"),
                OutboundHeader(name: "appId", value: account.appID),
            ],
            body: body.bytes,
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    /// The card encrypted is as good as the card to whoever has the secret.
    private func scrubber(_ inquiry: Inquiry, _ body: CKXiangBody) -> Scrubber {
        let serial = inquiry.askedCode.serial.map { [SecretValue($0.text)] } ?? []
        return setup.scrubber(for: inquiry).adding([SecretValue(body.data)] + serial)
    }
}
