import WireFormat

/// An order that an issuer has taken in, and what it came to. What an order comes to is decided
/// when it is taken in; it is told once the order is settled.
struct IssuerOrder: Sendable {
    let issuer: SandboxProtocol
    /// The merchant's number of the order.
    let id: String
    /// Which order this is, from 1: what the issuer's own numbers are made of.
    let ordinal: Int
    let code: String
    /// What the books said about the code when the order came.
    let record: IssuerRecord
    /// Whether the card's value was taken.
    let isRedeemed: Bool
    let succeeds: Bool
    let placedAt: Instant
    let settlesAt: Instant
    /// Fields of the request that answers repeat.
    let fields: [String: String]
    /// How often its result was asked for.
    var polls = 0

    /// Whether it is ever decided.
    var settles: Bool { record.condition != .pending }

    func stage(at now: Instant) -> OrderStage {
        guard settles, now >= settlesAt else { return .processing }
        return succeeds ? .succeeded : .failed
    }

    func field(_ name: String) -> String { fields[name] ?? "" }
}

enum OrderStage: String, Sendable, CaseIterable {
    case processing, succeeded, failed
}

/// A card whose value is to be taken.
struct RedemptionRequest: Sendable {
    let code: String
    let question: SandboxQuestion
    /// The merchant's number of the order; nil where the protocol remembers none.
    let orderID: String?
    /// Who redeems, where the protocol tells by whom a card was used.
    let subscriber: String
    /// The face value that the request declares.
    let declaredMinorUnits: Int64?
    /// Scripted words that mean success.
    let successWords: Set<String>
    /// Fields that answers about the order repeat.
    var fields: [String: String] = [:]
    /// Inquiries by way of an order take nothing.
    var isInquiry = false
}

/// What a redemption comes to.
enum RedemptionAnswer: Sendable {
    /// Decided and, where the protocol has orders, booked as one.
    case decided(IssuerBooks.Finding, IssuerOrder)
    /// The order's number was used before; nothing was booked.
    case repeatedOrder(IssuerBooks.Finding, IssuerOrder)
    /// The card was handed in before under another number; nothing was booked.
    case repeatedCard(IssuerBooks.Finding, IssuerOrder)
    /// Nothing was booked: the request did not arrive, or was turned away.
    case unbooked(IssuerBooks.Finding)
    case full
}
