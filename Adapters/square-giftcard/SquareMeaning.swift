import AdapterKit
import CardModel

/// `gift_card.state`.
enum SquareCardState: String, CaseIterable {
    /// The balance decides what it is worth.
    case active = "ACTIVE"
    case pending = "PENDING"
    case blocked = "BLOCKED"
    case deactivated = "DEACTIVATED"
    case unknown = ""

    init(word: String) {
        self = Self(rawValue: word) ?? .unknown
    }

    var meaning: WordMeaning {
        switch self {
        case .active: .decided(.okUnused)
        case .pending: .decided(.notActivated)
        case .blocked, .deactivated: .decided(.revoked)
        case .unknown: .undecided(.unmapped)
        }
    }
}

/// `errors[0].code`. Only an unknown card speaks of the card; the rest is about us or the service.
enum SquareErrorCode: String, CaseIterable {
    case notFound = "NOT_FOUND"
    case unauthorized = "UNAUTHORIZED"
    case accessTokenExpired = "ACCESS_TOKEN_EXPIRED"
    case accessTokenRevoked = "ACCESS_TOKEN_REVOKED"
    case clientDisabled = "CLIENT_DISABLED"
    case forbidden = "FORBIDDEN"
    case insufficientScopes = "INSUFFICIENT_SCOPES"
    case badRequest = "BAD_REQUEST"
    case invalidValue = "INVALID_VALUE"
    case missingParameter = "MISSING_REQUIRED_PARAMETER"
    case valueTooLong = "VALUE_TOO_LONG"
    case valueTooShort = "VALUE_TOO_SHORT"
    case invalidVersion = "INVALID_SQUARE_VERSION_FORMAT"
    case rateLimited = "RATE_LIMITED"
    case internalError = "INTERNAL_SERVER_ERROR"
    case serviceUnavailable = "SERVICE_UNAVAILABLE"
    case gatewayTimeout = "GATEWAY_TIMEOUT"
    case unknown = ""

    init(code: String) {
        self = Self(rawValue: code) ?? .unknown
    }

    func meaning(status: Int, detail: String?) -> WordMeaning {
        switch self {
        case .notFound:
            // A wrong address answers with the same code, and says so in its text.
            if detail?.lowercased().contains("api endpoint") == true {
                .undecided(.ourRequest)
            } else if status == 404 {
                .decided(.notFound)
            } else {
                .undecided(.ambiguousAnswer)
            }
        case .unauthorized, .accessTokenExpired, .accessTokenRevoked, .clientDisabled, .forbidden,
            .insufficientScopes:
            .undecided(.ourAccount)
        case .badRequest, .invalidValue, .missingParameter, .valueTooLong, .valueTooShort,
            .invalidVersion:
            .undecided(.ourRequest)
        case .rateLimited: .undecided(.rateLimited)
        case .internalError, .serviceUnavailable, .gatewayTimeout: .undecided(.issuerUnavailable)
        case .unknown: .undecided(.unmapped)
        }
    }
}

/// `type` of an activity, as far as it moves a card's state.
enum SquareActivityType {
    /// Money went.
    case spent
    /// The card was put out of use.
    case withdrawn
    case other

    init(word: String) {
        switch word {
        case "REDEEM", "ADJUST_DECREMENT", "CLEAR_BALANCE", "TRANSFER_BALANCE_FROM": self = .spent
        case "BLOCK", "DEACTIVATE": self = .withdrawn
        default: self = .other
        }
    }
}
