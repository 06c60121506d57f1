import AdapterKit
import CardModel
import WireFormat

/// Asks an Ericsson Voucher Server (VSIP 2.4): XML-RPC over HTTP POST with Basic authentication.
///
/// `GetVoucherDetails` by activation code gives the state; asking by serial would not prove the
/// key. When the voucher is used or withdrawn, `GetVoucherHistory` tells since when and by whom;
/// without it the state stands and the instant stays unknown. `LoadVoucherCheck` counts the
/// vouchers of a range of serial numbers.
struct VSIPAdapter: IssuerAdapter {
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
        let details = try request(.getVoucherDetails, members(inquiry))
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        let response = try await conversation.exchange(
            details,
            label: VSIPMethod.getVoucherDetails.rawValue,
            retrySafe: true,
            keptBody: VSIPPersonalData.removed
        )
        var result = VSIPReading(inquiry: inquiry, conversation: conversation).result(of: response)
        if let meant = Self.datedStates[result.state],
            let history = await history(inquiry, &conversation)
        {
            result.issuer.at = history.began(meant.contains)
            result.history = history.events(in: conversation)
        }
        result.transcripts = conversation.transcripts
        return result
    }

    /// States that came about at an instant of their own, which the history tells.
    private static let datedStates: [VerdictState: Set<VSIPVoucherState>] = [
        .used: [.used], .revoked: [.damaged, .stolen],
    ]

    /// Nothing here can take the state back: a history that is refused, broken or late leaves the
    /// instant unknown.
    private func history(
        _ inquiry: Inquiry,
        _ conversation: inout IssuerConversation
    ) async -> VSIPHistory? {
        guard let request = try? request(.getVoucherHistory, members(inquiry)),
            let response = try? await conversation.exchange(
                request,
                label: VSIPMethod.getVoucherHistory.rawValue,
                retrySafe: true,
                keptBody: VSIPPersonalData.removed
            ),
            let value = VSIPReading.value(in: response, askedAt: inquiry.askedAt)
        else { return nil }
        return VSIPHistory(value, defaultOffset: setup.settings["utc_offset"])
    }

    private func request(
        _ method: VSIPMethod,
        _ members: [XMLRPCValue.Member]
    ) throws(AdapterError) -> OutboundRequest {
        guard let endpoint = setup.settings["endpoint"], let user = setup.settings["username"],
            let password = setup.secrets["password"]
        else {
            throw AdapterError(
                code: .settings,
                message: "endpoint, username and password are needed",
                cause: .ourAccount
            )
        }
        let authorization = password.withUnredacted {
            BasicCredentials.headerValue(user: user, $0)
        }
        return OutboundRequest(
            method: "POST",
            url: SecretURL(endpoint),
            headers: [
                OutboundHeader(name: "Content-Type", value: "text/xml; charset=utf-8"),
                OutboundHeader(name: "Authorization", value: authorization, isSecret: true),
            ],
            body: try body(method, members),
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    private func members(_ inquiry: Inquiry) -> [XMLRPCValue.Member] {
        [
            XMLRPCValue.Member(
                "activationCode",
                .string(inquiry.askedCode.key.withUnredacted { $0 })
            )
        ] + network
    }

    private var network: [XMLRPCValue.Member] {
        setup.settings["network_operator_id"].map {
            [XMLRPCValue.Member("networkOperatorId", .string($0))]
        } ?? []
    }

    private func body(
        _ method: VSIPMethod,
        _ members: [XMLRPCValue.Member]
    ) throws(AdapterError) -> [UInt8] {
        do throws(XMLRPCError) {
            return try XMLRPCWriter.call(method.rawValue, [.structure(members)])
        } catch {
            throw AdapterError(
                code: .inquiry,
                message: "the code holds symbols that XML cannot carry",
                cause: .ourRequest
            )
        }
    }
}

extension VSIPAdapter: StockCountingAdapter {
    func countStock(
        _ range: SerialRange,
        askedAt: Instant,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> StockCount {
        let bounds = [
            XMLRPCValue.Member("serialNumberFirst", .string(range.first.text)),
            XMLRPCValue.Member("serialNumberLast", .string(range.last.text)),
        ]
        let request = try request(.loadVoucherCheck, bounds + network)
        var conversation = IssuerConversation(
            startingAt: askedAt,
            scrubber: setup.credentialScrubber,
            transport: transport
        )
        let response = try await conversation.exchange(
            request,
            label: VSIPMethod.loadVoucherCheck.rawValue,
            retrySafe: true
        )
        var count = VSIPStockReading(conversation: conversation, askedAt: askedAt)
            .count(in: response)
        count.transcripts = conversation.transcripts
        return count
    }
}

/// The questions we put. The server's other methods reserve, change or load vouchers.
enum VSIPMethod: String {
    case getVoucherDetails = "GetVoucherDetails"
    case getVoucherHistory = "GetVoucherHistory"
    case loadVoucherCheck = "LoadVoucherCheck"
}
