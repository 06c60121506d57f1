import EvidenceLog
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

/// Files that buyer, merchant and platform add to a delivery's evidence, and reading them back.
///
/// The SHA-256 comes first, in `Content-Digest` (RFC 9530); the content is streamed to disk and
/// never looked into.
struct AttachmentRoutes: Sendable {
    let gateway: DeliveryGateway
    private let uploads = UploadLimit()
    /// A file is opened as a whole, in memory.
    private let downloads = WorkLimit<EvidenceParty>(mostAtOnce: 4, mostWaiting: 64, mostOfOne: 8)
    private let memory: AnswerMemory

    init(gateway: DeliveryGateway, memory: AnswerMemory) {
        self.gateway = gateway
        self.memory = memory
    }

    private static let path = "/v1/deliveries/{id}/attachments"

    /// Whether a request sends a file, and so may be longer than any other.
    static func isUpload(_ head: HTTPRequest) -> Bool {
        guard head.method == .post, let path = head.path else { return false }
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        return parts.count == 4 && parts[0] == "v1" && parts[1] == "deliveries"
            && DeliveryID(String(parts[2])) != nil && parts[3] == "attachments"
    }

    func add(to table: inout RouteTable) {
        add(to: &table) { call, delivery in
            let reader = try EvidenceReader(of: call, delivery, in: gateway)
            try await reader.requireShown(delivery, in: gateway)
            return reader
        }
    }

    /// On the admin socket, where nobody is asked for a token.
    func addOperators(to table: inout RouteTable) {
        add(to: &table) { _, delivery in
            guard let platform = try await gateway.platform(ofDelivery: delivery) else {
                throw Problem(.notFound)
            }
            return .operator(platform)
        }
    }

    private typealias Authorise = @Sendable (Call, DeliveryID) async throws -> EvidenceReader

    private func add(to table: inout RouteTable, authorising authorise: @escaping Authorise) {
        table.on(.post, Self.path) { call in
            let delivery = try delivery(call)
            let reader = try await authorise(call, delivery)
            return try await uploads.run(by: reader.party(of: delivery)) {
                try await offLoop { try await attach(call, delivery, reader) }
            }
        }
        table.on(.get, Self.path) { call in
            let delivery = try delivery(call)
            let reader = try await authorise(call, delivery)
            guard
                let list = try await gateway.attachments(of: delivery, platform: reader.platform)
            else { throw Problem(.notFound) }
            return .json(list)
        }
        table.on(.get, Self.path + "/{attachment}") { call in
            let delivery = try delivery(call)
            let reader = try await authorise(call, delivery)
            guard let id = AttachmentID(call.parameters[1]) else { throw Problem(.notFound) }
            let attachment = try await downloads.run(for: reader.party(of: delivery)) {
                // Once more after waiting: it may have been erased or restricted meanwhile.
                _ = try await authorise(call, delivery)
                return try await offLoop {
                    try await gateway.attachment(id, of: delivery, platform: reader.platform)
                }
            }
            guard let file = attachment else { throw Problem(.notFound) }
            var response = try Response.large(
                file.bytes,
                type: file.mediaType.rawValue,
                to: reader.party(of: delivery),
                within: memory
            )
            // Somebody else's file: it is saved, never shown in our origin.
            response.headers[.contentDisposition] = "attachment"
            return response
        }
    }

    private func delivery(_ call: Call) throws(Problem) -> DeliveryID {
        guard let id = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
        return id
    }

    private func attach(
        _ call: Call,
        _ delivery: DeliveryID,
        _ reader: EvidenceReader
    ) async throws -> Response {
        let offer = try offer(call, delivery, reader)
        guard offer.byteCount ?? 0 <= AttachmentRecord.largestByteCount else {
            throw Problem(.bodyTooLarge)
        }
        let content = call.request.body.map { Array($0.readableBytesView) }
        switch await gateway.attach(offer, content: content, platform: reader.platform) {
        case .added(let value): return .json(value, status: .created)
        case .repeated(let value): return .json(value)
        case .unknown: throw Problem(.notFound)
        // Nobody is there to read it.
        case .cutOff: throw Problem(.malformedRequest)
        case .tooLarge: throw Problem(.bodyTooLarge)
        case .otherDigest: throw Problem(.digestMismatch)
        case .notAllowed(let reason):
            throw Problem(ProblemReason(rawValue: reason) ?? .wrongState)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    private func offer(
        _ call: Call,
        _ delivery: DeliveryID,
        _ reader: EvidenceReader
    ) throws(Problem) -> AttachmentOffer {
        let query = try QueryParameters(
            call.request.uri.query,
            known: reader.isBuyer ? ["slot", "name"] : ["by", "slot", "name"]
        )
        guard let slot = query["slot"].flatMap({ EvidenceSlot(rawValue: $0) }) else {
            throw QueryParameters.problem("slot", query["slot"] == nil ? .missing : .unknown)
        }
        let giver = query["by"].map { AttachmentGiver(rawValue: $0) } ?? reader.standardGiver
        guard let giver else { throw QueryParameters.problem("by", .unknown) }
        let name = query["name"]
        guard (name?.count ?? 0) <= AttachmentRecord.longestName else {
            throw QueryParameters.problem("name", .tooLong)
        }
        let type = (call.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard let mediaType = AttachmentMediaType(rawValue: String(type)) else {
            throw Problem(.mediaTypeRefused)
        }
        guard let sha256 = ContentDigest.sha256(call.headers) else { throw Problem(.missingDigest) }
        return AttachmentOffer(
            delivery: delivery,
            giver: giver,
            source: reader.source,
            slot: slot,
            mediaType: mediaType,
            name: name,
            sha256: sha256,
            byteCount: call.headers[.contentLength].flatMap { Int($0) }
        )
    }
}

/// One side of a delivery, by its token: what is bounded is bounded for each, so that none keeps
/// another from its evidence.
struct EvidenceParty: Hashable {
    let delivery: DeliveryID
    let source: AttachmentSource
}

/// Whose token opens a delivery's evidence.
enum EvidenceReader: Sendable {
    case buyer(Platform)
    case platform(Platform)
    /// At the admin socket, where nobody is asked for a token.
    case `operator`(Platform)

    /// - Throws: ``Problem``: 401 for a token that is missing or nobody's, 404 for one of another
    ///   order. A delivery of another platform is found to be none by whoever looks for it.
    init(
        of call: Call,
        _ delivery: DeliveryID,
        in gateway: DeliveryGateway
    ) throws(Problem) {
        guard let header = call.headers[.authorization] else { throw Problem(.missingToken) }
        guard let token = BearerToken(header) else { throw Problem(.wrongToken) }
        if let owner = gateway.directory.platform(withAPIToken: token.text) {
            self = .platform(owner)
        } else if let order = gateway.delivery(ofToken: token.text) {
            guard order.delivery == delivery else { throw Problem(.notFound) }
            self = .buyer(order.platform)
        } else {
            throw Problem(.wrongToken)
        }
    }

    /// Neither platform nor buyer sees what was erased, or is kept for a legal hold alone.
    func requireShown(_ delivery: DeliveryID, in gateway: DeliveryGateway) async throws {
        if let withheld = try await gateway.withheld(delivery, from: platform) {
            throw Problem(withheld: withheld)
        }
    }

    var platform: Platform {
        switch self {
        case .buyer(let platform), .platform(let platform), .operator(let platform): platform
        }
    }

    var isBuyer: Bool {
        if case .buyer = self { true } else { false }
    }

    /// Whose share of what is bounded a request takes.
    func party(of delivery: DeliveryID) -> EvidenceParty {
        EvidenceParty(delivery: delivery, source: source)
    }

    /// As whom a file is handed in.
    var source: AttachmentSource {
        switch self {
        case .buyer: .buyer
        case .platform: .platform
        case .operator: .operator
        }
    }

    /// Who adds a file, unless it is said.
    var standardGiver: AttachmentGiver? { isBuyer ? .buyer : .merchant }
}

/// The `Content-Digest` field (RFC 9530 §2): a dictionary of digests, of which we take SHA-256.
enum ContentDigest {
    static func sha256(_ headers: HTTPFields) -> [UInt8]? {
        guard let field = HTTPField.Name("content-digest") else { return nil }
        for member in (headers[field] ?? "").split(separator: ",") {
            let text = member.drop { $0 == " " }
            guard text.hasPrefix("sha-256=:"), text.hasSuffix(":") else { continue }
            let digest = Base64.decode(text.dropFirst(9).dropLast())
            if let digest, digest.count == 32 { return digest }
        }
        return nil
    }
}
