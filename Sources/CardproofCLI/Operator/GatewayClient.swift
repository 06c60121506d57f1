import AdapterKit
import Drivers
import EvidenceLog
import Gateway
import WireFormat

/// HTTP to a gateway: by its URL, or through its admin socket.
struct GatewayClient: Sendable {
    /// A delivery waits at most 30 s for its verdicts, a self-test 20 s.
    static let timeout = Duration.seconds(60)
    /// Files and bundles over a slow line.
    static let transferTimeout = Duration.seconds(900)
    /// A page of a thousand deliveries is far below it.
    static let mostAnswerBytes = 16 << 20

    /// A file that is added to the evidence goes there, and a bundle comes back.
    private static let exchangeLimits = CurlConfiguration.ExchangeLimits(
        requestBytes: AttachmentRecord.largestByteCount,
        responseBytes: CanonicalArchive.largestByteCount,
        timeout: .seconds(3_600)
    )

    private let base: String
    private let socketPath: String?
    private let transport: CurlTransport

    /// - Parameter url: `http://` or `https://`, host and port; whoever types it may name any
    ///   address.
    /// - Throws: ``CommandFailure`` with 64 when it is no such URL.
    init(url: String, socketPath: String? = nil) throws {
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains("@"),
            !url.contains("?"), !url.contains("#"), !url.contains(where: \.isWhitespace)
        else {
            throw CommandFailure.usage(
                "--gateway \(url): a URL such as https://gateway.example is expected"
            )
        }
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.socketPath = socketPath
        let everywhere = ["0.0.0.0/0", "::/0"].compactMap { AddressBlock($0) }
        do throws(CurlStartError) {
            transport = try CurlTransport(
                CurlConfiguration(
                    addressPolicy: OutboundAddressPolicy(allowed: everywhere),
                    exchangeLimits: Self.exchangeLimits
                )
            )
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }

    /// Sends one request.
    /// - Throws: ``CommandFailure`` with 20 when nobody answers.
    func send(
        _ method: String,
        _ path: String,
        headers: [(String, String)] = [],
        secretHeaders: [(String, String)] = [],
        body: [UInt8] = [],
        answerLimit: Int = GatewayClient.mostAnswerBytes,
        timeout: Duration = GatewayClient.timeout
    ) async throws -> GatewayAnswer {
        let request = OutboundRequest(
            method: method,
            url: SecretURL(base + path),
            headers: headers.map { OutboundHeader(name: $0.0, value: $0.1) }
                + secretHeaders.map { OutboundHeader(name: $0.0, value: $0.1, isSecret: true) },
            body: body,
            timeout: timeout,
            responseBytesLimit: answerLimit,
            unixSocketPath: socketPath
        )
        do throws(TransportError) {
            let response = try await transport.send(request)
            return GatewayAnswer(status: response.status, body: response.body)
        } catch {
            throw CommandFailure.unreachable(
                "the gateway \(socketPath ?? base) cannot be reached: \(error.message)"
            )
        }
    }

    func close() async { await transport.shutdown(grace: .zero) }
}

/// What a gateway answered.
struct GatewayAnswer: Sendable {
    let status: Int
    let body: [UInt8]

    var isSuccess: Bool { (200..<300).contains(status) }

    /// - Throws: ``CommandFailure`` when the answer is not JSON: it is no gateway.
    var json: JSONValue {
        get throws {
            do throws(JSONError) {
                return try JSONValue.parse(
                    body,
                    limits: JSONLimits(
                        depth: JSONLimits.default.depth,
                        bytes: GatewayClient.mostAnswerBytes
                    )
                )
            } catch {
                throw CommandFailure.failed(
                    "the answer (\(status)) is not JSON: is this the address of a gateway?"
                )
            }
        }
    }

    /// Why a request was refused: the problem document's own words, a line a field.
    var failure: CommandFailure {
        let problem = try? json
        let title = problem?["title"]?.stringValue ?? "refused"
        let detail = problem?["detail"]?.stringValue.map { ": \($0)" } ?? ""
        let reason = problem?["reason"]?.stringValue.map { " (\($0))" } ?? ""
        let fields = (problem?["errors"]?.arrayValue ?? []).map { error in
            let place = error["pointer"]?.stringValue ?? error["parameter"]?.stringValue ?? ""
            let text = error["detail"]?.stringValue ?? error["reason"]?.stringValue ?? ""
            return "\n  \(place): \(text)"
        }
        let exit: CardproofExit = (400..<500).contains(status) ? .usage : .internalFailure
        return CommandFailure(
            exit: exit,
            message: "the gateway answered \(status) \(title)\(reason)\(detail)"
                + fields.joined()
        )
    }
}
