import AdapterKit
import CardModel
import Testing
import WireFormat

/// A sound adapter with one fault put in.
struct BrokenAdapter: IssuerAdapter {
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case mapsTheUnknownToUsed
        case blamesServerErrors
        case believesRedirects
        case believesPages
        case readsHalfAnswers
        case decidesWithoutLogin
        case dropsRetryAfter
        case countsCodesAsNumbers
        case keepsRawAnswers
        case quotesTheKeyInErrors
        case keepsEveryWord
        case retriesForever
        case changesItsMind
        case spendsTheCode
        case acceptsAnotherSerial
        case accusesWhenSomethingIsMissing
        case remembersVerdicts
        case followsRedirects
        case letsCodesIntoHeaders
        case waitsForEver
        case changesTheCase
        case putsRawCodesIntoAddresses
        case asksWhereAnAnswerPoints
        case asksNobody

        /// The case that must catch it.
        var caughtBy: String {
            switch self {
            case .mapsTheUnknownToUsed: "unmapped-answer"
            case .blamesServerErrors: "server-error"
            case .believesRedirects: "redirect"
            case .believesPages: "html-under-the-right-type"
            case .readsHalfAnswers: "truncated-body"
            case .decidesWithoutLogin: "refused-credentials"
            case .dropsRetryAfter: "rate-limited-with-wait"
            case .countsCodesAsNumbers: "recorded-answer"
            case .keepsRawAnswers: "key-in-error-text"
            case .quotesTheKeyInErrors: "no-answer-timed-out"
            case .keepsEveryWord: "bounded-words"
            case .retriesForever: "bounded-retries"
            case .changesItsMind: "steadiness"
            case .spendsTheCode: "self-description"
            case .acceptsAnotherSerial: "other-serial-echoed"
            case .accusesWhenSomethingIsMissing: "missing-members"
            case .remembersVerdicts: "server-error-after-success"
            case .followsRedirects: "redirect-to-private-address"
            case .letsCodesIntoHeaders: "hostile-code"
            case .waitsForEver: "limits-on-requests"
            case .changesTheCase: "verbatim-code"
            case .putsRawCodesIntoAddresses: "hostile-code"
            case .asksWhereAnAnswerPoints: "configured-hosts"
            case .asksNobody: "attackable"
            }
        }

        var testDescription: String { rawValue }
    }

    let sound: any IssuerAdapter
    let fault: Fault
    let mood = Mood()

    /// Counts questions, so that answers can flip.
    actor Mood {
        private var count = 0
        private var good: InquiryResult?
        func next() -> Int {
            count += 1
            return count
        }

        /// The first good result, again and again.
        func remembered(_ result: InquiryResult) -> InquiryResult {
            if result.state == .okUnused { good = good ?? result }
            return good ?? result
        }
    }

    var descriptor: AdapterDescriptor {
        var descriptor = sound.descriptor
        if fault == .spendsTheCode { descriptor.operations[.inquire] = .consumes }
        return descriptor
    }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        if fault == .asksNobody { return InquiryResult(state: .okUnused) }
        let tap = Tap(transport: transport, fault: fault, inquiry: inquiry)
        do throws(AdapterError) {
            let result = try await sound.inquire(inquiry, using: tap)
            return await bent(result, await tap.last)
        } catch {
            guard fault == .quotesTheKeyInErrors else { throw error }
            var error = error
            error.message += inquiry.code.key.withUnredacted { " for \($0.lowercased())" }
            throw error
        }
    }

    private func bent(_ result: InquiryResult, _ last: OutboundResponse?) async -> InquiryResult {
        var result = result
        let body = String(decoding: last?.body ?? [], as: UTF8.self)
        switch fault {
        case .mapsTheUnknownToUsed where result.cause == .unmapped: result = used(result)
        case .blamesServerErrors where result.cause == .issuerUnavailable: result = used(result)
        case .believesPages where result.state == .indeterminate && body.contains("used"):
            result = used(result)
        case .readsHalfAnswers
        where result.cause == .malformedAnswer && body.hasPrefix("{\"code\": \"0001\"")
            && !body.hasSuffix("}"):
            result = used(result)
        case .dropsRetryAfter: result.retryAfter = nil
        case .countsCodesAsNumbers:
            result.issuer.code = result.issuer.code.flatMap { Int($0) }.map(String.init)
        case .keepsRawAnswers where !result.transcripts.isEmpty:
            result.transcripts[0].responseBytes = last?.body ?? []
        case .keepsEveryWord where result.state == .notFound: result.issuer.text = body
        case .acceptsAnotherSerial where result.state == .conflict: result.state = .okUnused
        case .accusesWhenSomethingIsMissing
        where result.cause == .unmapped && !body.contains("\"code\""):
            result = used(result)
        case .remembersVerdicts: result = await mood.remembered(result)
        case .changesItsMind where await mood.next().isMultiple(of: 2): result = used(result)
        default: break
        }
        return result
    }

    private func used(_ result: InquiryResult) -> InquiryResult {
        InquiryResult(state: .used, issuer: result.issuer, transcripts: result.transcripts)
    }
}

/// Between adapter and issuer, where some faults live.
private actor Tap: HTTPTransport {
    let transport: any HTTPTransport
    let fault: BrokenAdapter.Fault
    let inquiry: Inquiry
    private(set) var last: OutboundResponse?

    init(transport: any HTTPTransport, fault: BrokenAdapter.Fault, inquiry: Inquiry) {
        self.transport = transport
        self.fault = fault
        self.inquiry = inquiry
    }

    func send(
        _ request: OutboundRequest
    ) async throws(TransportError) -> OutboundResponse {
        do throws(TransportError) {
            var response = try await transport.send(bent(request))
            if fault == .followsRedirects, let target = response.header("location") {
                var second = request
                second.url = SecretURL(target)
                response = try await transport.send(second)
            }
            if fault == .asksWhereAnAnswerPoints, let target = Self.address(in: response) {
                var second = request
                second.url = SecretURL(target)
                _ = try await transport.send(second)
            }
            let isRedirect = (300..<400).contains(response.status)
            let isRefusal = [401, 403].contains(response.status)
            if fault == .believesRedirects && isRedirect { response.status = 200 }
            if fault == .decidesWithoutLogin && isRefusal { response.status = 200 }
            last = response
            return response
        } catch {
            guard fault == .retriesForever, error.code == .timedOut else { throw error }
            return try await send(request)
        }
    }

    private static func address(in response: OutboundResponse) -> String? {
        (try? JSONValue.parse(response.body))?["more"]?.stringValue
    }

    private func bent(_ request: OutboundRequest) -> OutboundRequest {
        var request = request
        let key = inquiry.code.key.withUnredacted { $0 }
        if fault == .changesTheCase {
            let body = String(decoding: request.body, as: UTF8.self)
            request.body = Array(body.replacing(key, with: key.lowercased()).utf8)
        }
        if fault == .putsRawCodesIntoAddresses {
            let address = request.url.withUnredacted { $0 }
            request.url = SecretURL("\(address)&pin=\(key)", secretParts: [key])
        }
        if fault == .waitsForEver { request.timeout = .seconds(3600) }
        if fault == .letsCodesIntoHeaders {
            request.headers.append(OutboundHeader(name: "X-Pin", value: key, isSecret: true))
        }
        return request
    }
}
