import CardModel
import WireFormat

/// Asks an issuer through a program of the operator's own, which knows the protocol; what it
/// concludes is held to the same rules as a manifest, and its failures decide nothing.
public struct ProcessAdapter: IssuerAdapter {
    /// Requests that a program may have sent for one question.
    public static let mostRequests = 8

    public let descriptor: AdapterDescriptor
    private let setup: AdapterSetup
    private let program: any AdapterProgram

    init(
        descriptor: AdapterDescriptor,
        command: ProgramCommand,
        folder: String,
        setup: AdapterSetup,
        transport: any ProcessTransport
    ) {
        self.descriptor = descriptor
        self.setup = setup
        program = transport.program(
            ProgramDescription(
                name: descriptor.id,
                folder: folder,
                command: command.words,
                limits: command.limits,
                concurrency: descriptor.limits.concurrency,
                timeout: descriptor.limits.timeout,
                greeting: .greeting(descriptor, setup),
                id: descriptor.id,
                version: descriptor.version,
                scrubber: setup.credentialScrubber
            )
        )
    }

    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let scrubber = setup.scrubber(for: inquiry)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: scrubber,
            transport: transport,
            rateLimitHeaders: descriptor.limits.rateLimitHeaders
        )
        let dialogue: any ProgramDialogue
        do throws(ProgramFailure) {
            dialogue = try await program.open(scrubber)
        } catch {
            throw failure(error.description, conversation, mayHaveAsked: false)
        }
        defer { dialogue.close() }
        var result = try await converse(inquiry, dialogue, scrubber, &conversation)
        result.allowance = conversation.allowance
        return result
    }

    private func converse(
        _ inquiry: Inquiry,
        _ dialogue: any ProgramDialogue,
        _ scrubber: Scrubber,
        _ conversation: inout IssuerConversation
    ) async throws(AdapterError) -> InquiryResult {
        var message = ProgramMessage.inquiry(inquiry, dialogue.number)
        var lastStatus: Int?
        do {
            for count in 0...Self.mostRequests {
                let reply = try await dialogue.exchange(message)
                if let result = reply["result"] {
                    return try ProgramStatement(result, scrubber: scrubber)
                        .result(of: inquiry, in: conversation, lastStatus: lastStatus)
                }
                guard count < Self.mostRequests else { break }
                let wanted = try ProgramRequest(
                    reply["http"] ?? .null,
                    addresses: addresses,
                    limits: descriptor.limits,
                    scrubber: scrubber
                )
                let response = try await conversation.exchange(
                    wanted.request,
                    label: wanted.label,
                    retrySafe: wanted.isRetrySafe
                ) { PersonalData.removed(from: $0, at: wanted.scrubbedPointers) }
                lastStatus = response.status
                switch Self.screened(response, wanted, askedAt: inquiry.askedAt) {
                case .objection(let objection): return conversation.undecided(objection)
                case .json(let json):
                    message = .answer(response, json: json, dialogue.number)
                }
            }
            throw ProgramFault("it asked its issuer more than \(Self.mostRequests) times")
        } catch let error as AdapterError {
            throw error
        } catch let error as ProgramFailure {
            throw failure(error.description, conversation, mayHaveAsked: true)
        } catch let error as ProgramFault {
            throw failure(error.message, conversation, mayHaveAsked: true)
        } catch {
            throw failure("it failed", conversation, mayHaveAsked: true)
        }
    }

    private enum Screened {
        case objection(AnswerScreening.Objection)
        case json(JSONValue?)
    }

    /// An issuer that is down, busy, moved or behind a portal says nothing about a code, so its
    /// program does not get to read such an answer.
    private static func screened(
        _ response: OutboundResponse,
        _ wanted: ProgramRequest,
        askedAt: Instant
    ) -> Screened {
        let screening = AnswerScreening(mediaTypes: wanted.mediaTypes)
        let isUnexpectedRefusal =
            ProgramRequest.refusals.contains(response.status)
            && !wanted.statuses.contains(response.status)
        if isUnexpectedRefusal {
            return .objection(
                AnswerScreening.unreadable(response, "our credentials were refused")
            )
        }
        if let objection = screening.objection(toStatusOf: response, askedAt: askedAt)
            ?? screening.objection(toMediaTypeOf: response)
        {
            return .objection(objection)
        }
        let isJSON = response.mediaType.map { $0.hasSuffix("json") } ?? true
        guard isJSON, wanted.mediaTypes.contains(where: { $0.hasSuffix("json") }) else {
            return .json(nil)
        }
        let limits = JSONLimits(
            depth: JSONLimits.default.depth,
            bytes: wanted.request.responseBytesLimit
        )
        guard let json = try? JSONValue.parse(response.body, limits: limits) else {
            return .objection(AnswerScreening.unreadable(response, "the body is not valid JSON"))
        }
        return .json(json)
    }

    /// Where the operator lets this adapter ask.
    private var addresses: [String] {
        descriptor.settings.filter { $0.kind == .url }.compactMap { setup.settings[$0.name] }
    }

    private func failure(
        _ message: String,
        _ conversation: IssuerConversation,
        mayHaveAsked: Bool
    ) -> AdapterError {
        AdapterError(
            code: .program,
            message: "the program of adapter `\(descriptor.id)`: \(message)",
            cause: .adapterFailed,
            transcripts: conversation.transcripts,
            mayHaveReachedIssuer: mayHaveAsked
        )
    }
}

extension AdapterError.Code {
    /// The adapter's own program failed.
    public static let program = AdapterError.Code(rawValue: "program")
}
