import AdapterKit
import CardModel
import WireFormat

/// Asks Cryptolens about a licence key, and believes nothing that its account's key did not sign.
struct CryptolensAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let reading = try CryptolensReading(
            inquiry: inquiry,
            settings: setup.settings,
            limits: descriptor.limits
        )
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        return try await conversation.ask(
            request(inquiry),
            label: "GetKey",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            keptBody: CryptolensPersonalData.removed,
            reading: reading.result
        )
    }

    private func request(_ inquiry: Inquiry) -> OutboundRequest {
        let form = FormEncoding.text([
            ("token", setup.secrets["access_token"]?.withUnredacted { $0 } ?? ""),
            ("ProductId", setup.settings["product_id"] ?? ""),
            ("Key", inquiry.askedCode.key.withUnredacted { $0 }),
            ("Sign", "True"),
            // Base64 of JSON, signed as it is; times in seconds.
            ("SignMethod", "1"),
            ("ModelVersion", "3"),
        ])
        return OutboundRequest(
            method: "POST",
            url: SecretURL((setup.settings["endpoint"] ?? "") + "/api/key/getkey"),
            headers: [
                OutboundHeader(name: "Content-Type", value: FormEncoding.mediaType),
                OutboundHeader(name: "Accept", value: "application/json"),
            ],
            body: Array(form.utf8),
            limits: descriptor.limits
        )
    }
}

/// Turns an answer into a result.
struct CryptolensReading {
    private let inquiry: Inquiry
    private let product: String?
    private let signingKey: AnswerSigningKey
    private let timeLimit: CryptolensTimeLimit?
    /// Times that a fresh signature can bear.
    private let signingTimes: ClosedRange<Instant>

    init(
        inquiry: Inquiry,
        settings: [String: String],
        limits: AdapterLimits
    ) throws(AdapterError) {
        guard let key = settings["public_key"].flatMap(CryptolensPublicKey.key) else {
            throw Self.unusable("public_key", "an <RSAKeyValue> of 2048 bits or more on one line")
        }
        signingKey = key
        timeLimit = settings["time_limited"].flatMap(CryptolensTimeLimit.init)
        if settings["time_limited"] != nil, timeLimit == nil {
            throw Self.unusable("time_limited", "always, never, or one of F1 to F8")
        }
        self.inquiry = inquiry
        product = settings["product_id"]
        // The clocks differ by the margin, and a question may take every attempt's whole time.
        let margin = Duration.seconds(limits.skewMarginSeconds)
        let latest = limits.timeout * IssuerConversation.longestAttempts + margin
        signingTimes = (inquiry.askedAt - margin)...(inquiry.askedAt + latest)
    }

    private static func unusable(_ setting: String, _ wanted: String) -> AdapterError {
        AdapterError(
            code: .settings,
            message: "the setting `\(setting)` must be \(wanted)",
            cause: .ourAccount
        )
    }

    func result(of answer: JSONAnswer, _ conversation: IssuerConversation) -> InquiryResult {
        let words = conversation.statement(
            code: answer["/result"]?.lexeme,
            text: answer["/message"]?.stringValue
        )
        if answer["/result"]?.integerValue == 1 { return refusal(answer, words) }
        guard answer.status == 200, answer["/result"]?.integerValue == 0 else {
            return .indeterminate(answer.unmappedCause, issuer: words)
        }
        guard let bytes = signedBytes(of: answer) else {
            return .indeterminate(.badSignature, issuer: words)
        }
        guard let licence = JSONAnswer.parsed(bytes).flatMap(CryptolensLicence.init) else {
            return .indeterminate(.unmapped, issuer: words)
        }
        // An old answer, though signed, says nothing about now.
        guard signingTimes.contains(licence.signedAt) else {
            return .indeterminate(.badSignature, issuer: words)
        }
        guard inquiry.keyAgrees(with: licence.key), String(licence.product) == product else {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        return result(of: licence, words)
    }

    /// What the signature covers; nil without a good one.
    private func signedBytes(of answer: JSONAnswer) -> [UInt8]? {
        guard let bytes = answer["/licenseKey"]?.stringValue.flatMap({ Base64.decode($0) }),
            let signature = answer["/signature"]?.stringValue.flatMap({ Base64.decode($0) }),
            signingKey.verifies(signature, of: bytes)
        else { return nil }
        return bytes
    }

    /// Refusals are not signed: what they say is derived.
    private func refusal(_ answer: JSONAnswer, _ words: IssuerStatement) -> InquiryResult {
        let message = answer["/message"]?.stringValue ?? ""
        if message.hasPrefix("Could not find the key") {
            return InquiryResult(state: .notFound, certainty: .derived, issuer: words)
        }
        let isAboutUs = message.hasPrefix("Unable to authenticate")
        return .indeterminate(isAboutUs ? .ourAccount : answer.unmappedCause, issuer: words)
    }

    private func result(of licence: CryptolensLicence, _ words: IssuerStatement) -> InquiryResult {
        let meaning = licence.meaning(askedAt: inquiry.askedAt, timeLimit: timeLimit)
        var words = words
        words.code = meaning.word
        if let cause = meaning.cause { return .indeterminate(cause, issuer: words) }
        words.at = meaning.at
        var result = InquiryResult(
            state: meaning.state,
            certainty: meaning.certainty,
            issuer: words
        )
        if timeLimit.map(licence.isTimeLimited) == true {
            result.expiresOn = inquiry.zone.day(of: licence.expires)
        }
        result.history = licence.activations.suffix(InquiryResult.mostUsageEvents).map {
            UsageEvent(at: $0, kind: "activated")
        }
        return result
    }
}
