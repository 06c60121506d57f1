import CardModel
import Drivers
import Gateway
import WireFormat

/// How commands reach the gateway's data: through the admin socket of a running gateway, or by
/// opening the store. Both give the same JSON.
protocol Operator: Sendable {
    func deliveries(_ page: PageRequest) async throws -> JSONValue
    func claims(_ page: PageRequest) async throws -> JSONValue
    /// Orders to spend codes, in one state or in all.
    func redemptions(_ page: PageRequest) async throws -> JSONValue
    /// Nil when there is none of that id.
    func claim(_ id: String) async throws -> JSONValue?
    /// Where a claim can go beyond the platform; nil when there is no such claim.
    func escalation(of id: String, _ language: Language) async throws -> JSONValue?
    /// A leaf with its opened fields; nil past the end of the log.
    func evidence(_ index: UInt64, platform: String) async throws -> JSONValue?
    /// A delivery's evidence bundle; nil when there is no such delivery.
    func bundle(_ request: BundleRequest) async throws -> [UInt8]?
    /// Adds a file to a delivery's evidence; nil when there is no such delivery.
    func attach(_ offer: AttachmentOffer, content: [UInt8]) async throws -> JSONValue?
    func platforms() async throws -> JSONValue
    /// The platform, with the secrets that were made for it.
    func addPlatform(_ platform: PlatformOrder) async throws -> JSONValue
    /// The accounts of a platform that act on claims; nil when there is no such platform.
    func accounts(of platform: String) async throws -> JSONValue?
    /// An account with its token, which nobody sees again; nil when there is no such platform.
    func addAccount(_ order: AccountOrder) async throws -> JSONValue?
    /// False when there is none of that name, or it was revoked.
    func revokeAccount(_ name: String, of platform: String) async throws -> Bool
    /// Open claims whose owner must act before an instant.
    func claimsDue(_ page: PageRequest, before: Instant?) async throws -> JSONValue
    /// Claims that the platform's people look into, in the order in which they should.
    func claimsQueue(_ page: PageRequest) async throws -> JSONValue
    /// The grade of one merchant, or of all; nil when there is none of that name, or no platform.
    func grades(of platform: String, merchant: String?, asOf: Instant?) async throws -> JSONValue?
    /// The published file of outcomes of one log; nil when there is no such log.
    /// - Parameter log: its ordinal; nil for the open one.
    func outcomes(
        of platform: String,
        log: Int?,
        asOf: Instant?,
        size: UInt64?
    ) async throws -> [UInt8]?
    /// Rows of the penalty ladder that merchants reached, of one or of all.
    func penalties(_ page: PageRequest, merchant: String?) async throws -> JSONValue
    /// Attempts to carry remedies out.
    func remedies(_ page: PageRequest, state: String?) async throws -> JSONValue
    /// `checkpoint`, `vkey`, `policy`, or a path under `tile/`, of one of the platform's logs; nil
    /// when there is no such file.
    /// - Parameter log: its ordinal; nil for the open one.
    func logFile(_ path: String, platform: String, log: Int?) async throws -> [UInt8]?
    /// The platform's logs; nil when there is no such platform.
    func logs(of platform: String) async throws -> JSONValue?
    /// Shops' messages that wait for the operator.
    func quarantined(_ page: PageRequest) async throws -> JSONValue
    /// Reads one of them again; nil when there is none of that number.
    func readAgain(quarantined number: Int64) async throws -> JSONValue?
    /// Forgets one of them; false when there is none of that number.
    func discard(quarantined number: Int64) async throws -> Bool
    /// Wraps the store under another master key.
    func rotateMasterKey(to key: MasterKeyFile) async throws
    /// Ends a platform's log and begins the next; nil when there is no such platform.
    func rotateLog(_ order: LogRotationOrder) async throws -> JSONValue?
    /// Erases a delivery, or restricts it; nil when there is none of that id.
    func erase(_ request: ErasureRequest) async throws -> JSONValue?
    /// Erases what waited for the end of a legal hold.
    func eraseDue() async throws -> JSONValue
    /// Rewrites the store's files, so that nothing erased is left in them.
    func compact() async throws -> JSONValue
    /// How the gateway is; for `doctor`.
    func status() async throws -> JSONValue
    func close() async
}

/// One page of a list.
struct PageRequest: Sendable {
    /// Nil for all platforms.
    var platform: String?
    var since: Instant?
    /// Of orders to spend codes; nil for all.
    var state: RedemptionRecord.State?
    var cursor: String?
    var limit = Page.largestLimit
}

/// A platform whose log is to end.
struct LogRotationOrder: Sendable {
    let platform: String
    /// Of the log that begins; nil for the usual one.
    let origin: String?
    /// Also when the open log was begun a moment ago.
    let isFurther: Bool
}

/// A delivery to be erased.
struct ErasureRequest: Sendable {
    let delivery: DeliveryID
    let requestSHA256: [UInt8]?
    let overrideReason: String?
}

/// An account to be added.
struct AccountOrder: Sendable {
    let platform: String
    let name: String
    let role: ClaimActor
    /// Whose claims a merchant's account sees.
    let merchant: String?
}

/// A platform to be added.
struct PlatformOrder: Sendable {
    let name: String
    let origin: String
    let eventsURL: String?
    /// Written keys (`whsec_…`, `whpk_…`); a secret is made when there is none.
    let webhookKeys: [String]
}

extension PageRequest {
    /// All rows of a list from this page on, page by page, under the name the API gives it, with
    /// the cursor of what `limit` left out.
    func allRows(
        named name: String,
        limit: Int?,
        _ page: (PageRequest) async throws -> JSONValue
    ) async throws -> JSONValue {
        var rows: [JSONValue] = []
        var request = self
        var next: String?
        repeat {
            if let limit { request.limit = min(Page.largestLimit, limit - rows.count) }
            let answer = try await page(request)
            rows += answer[name]?.arrayValue ?? []
            next = answer["next_cursor"]?.stringValue
            request.cursor = next
        } while next != nil && (limit.map { rows.count < $0 } ?? true)
        return .object(
            JSONObject([
                .init(name: name, value: .array(rows)),
                .init(name: "next_cursor", value: next.map { .string($0) } ?? .null),
            ])
        )
    }
}
