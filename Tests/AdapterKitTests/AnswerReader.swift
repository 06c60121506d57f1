import AdapterKit
import CardModel
import Crypto
import WireFormat

/// An adapter of one request, whose reading of an answer a test writes.
struct AnswerReader: IssuerAdapter {
    typealias Reading = @Sendable (OutboundResponse, Inquiry) -> InquiryResult

    var descriptor = AdapterDescriptor(
        id: "reader",
        version: 1,
        name: LocalisedText(zhCN: "读者", en: "Reader"),
        kind: .swift,
        operations: [.inquire: .readOnly]
    )
    /// Whether the code goes out as it stands, and not as its digest.
    var sendsCode = true
    let reading: Reading

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let key = inquiry.askedCode.key.withUnredacted { $0 }
        let digest = Hexadecimal.encode(Array(SHA256.hash(data: Array(key.utf8))))
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: Scrubber(secrets: []).adding(inquiry.code, format: inquiry.format),
            transport: transport
        )
        let answer = try await conversation.exchange(
            OutboundRequest(
                method: "POST",
                url: SecretURL("https://reader.example/check"),
                body: Array(FormEncoding.text([("pin", sendsCode ? key : digest)]).utf8),
                timeout: descriptor.limits.timeout,
                responseBytesLimit: descriptor.limits.responseBytes
            ),
            label: "check",
            retrySafe: true
        )
        var result = reading(answer, inquiry)
        result.transcripts = conversation.transcripts
        return result
    }

    /// The result of one case, with the answer that shows a good code.
    func result(
        of name: String,
        good body: String,
        attacks: String = "good: good",
        serial: String = "1000"
    ) async throws -> ConformanceResult? {
        let fixtures = """
            adapter: reader
            attacks: {\(attacks)}
            cases:
              - name: good
                serial: "\(serial)"
                key: Zq7K-m4Xw-9TrB-2LcV
                asked_at: 2026-11-20T08:00:00Z
                answers: [{status: 200, body: '\(body)'}]
                expect: {state: ok_unused}
            """
        let descriptor = descriptor
        return await AdapterConformance.results(
            of: AdapterFactory(descriptor: descriptor) { _, _ in self },
            try ConformanceFixtures(yaml: fixtures, file: "answers.yaml"),
            cases: AdapterConformance.cases.filter { $0.name == name }
        ).first
    }
}
