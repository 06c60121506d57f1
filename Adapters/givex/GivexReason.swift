import AdapterKit
import CardModel

/// Why Givex refused, as it says it: in words. Codes differ between its gateways.
enum GivexReason: CaseIterable {
    case unknownCard
    case wrongSecurityCode
    case onHold
    case cancelled
    case expired
    case notActive
    case notYetUsable
    /// Closed, invalid, or a balance in a refusal: fits several states.
    case ambiguous
    case ourAccount
    case unknown

    init(text: String) {
        let words = text.lowercased().split(separator: " ").joined(separator: " ")
        self =
            Self.exact[words]
            ?? Self.beginnings.first { words.hasPrefix($0.text) }?.reason
            ?? .unknown
    }

    var meaning: WordMeaning {
        switch self {
        case .unknownCard, .wrongSecurityCode: .decided(.notFound)
        case .onHold, .cancelled: .decided(.revoked)
        case .expired: .decided(.expired)
        case .notActive: .decided(.notActivated)
        case .notYetUsable: .decided(.temporarilyUnusable)
        case .ambiguous: .undecided(.ambiguousAnswer)
        case .ourAccount: .undecided(.ourAccount)
        case .unknown: .undecided(.unmapped)
        }
    }

    private static let exact: [String: GivexReason] = [
        "cert not exist": .unknownCard,
        "invalid security code": .wrongSecurityCode,
        "cert on hold": .onHold,
        "card is on hold": .onHold,
        "certificate on hold": .onHold,
        "certificate cancelled": .cancelled,
        "certificate cancelled for fraud": .cancelled,
        "certificate expired": .expired,
        "certificate is not active": .notActive,
        "certificate closed": .ambiguous,
        "cert invalid": .ambiguous,
        "validation wrong": .ambiguous,
        "invalid user id/pswd": .ourAccount,
        "invalid terminal id/pswd": .ourAccount,
        "terminal not registered": .ourAccount,
        "invalid operator": .ourAccount,
        "operation not permitted": .ourAccount,
        "not permitted at this terminal": .ourAccount,
        "system not set up correctly": .ourAccount,
    ]

    /// Reasons that go on with a date or an amount.
    private static let beginnings: [(text: String, reason: GivexReason)] = [
        ("cert expired. bal=", .expired),
        ("certificate can only be used after", .notYetUsable),
        ("err bal=", .ambiguous),
    ]
}
