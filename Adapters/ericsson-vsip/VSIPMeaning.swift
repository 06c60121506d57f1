import AdapterKit
import CardModel

/// `responseCode` of `GetVoucherDetails` and `GetVoucherHistory`.
enum VSIPResponseCode: String, CaseIterable {
    case success = "0"
    case doesNotExist = "10"
    case usedByAnotherSubscriber = "11"
    case missingOrStolen = "12"
    case unavailable = "13"
    case usedBySameSubscriber = "100"
    case reservedBySameSubscriber = "101"
    case expired = "102"
    case subscriberMismatch = "104"
    case notReserved = "105"
    case transactionMismatch = "106"
    case damaged = "107"
    case reservedByAnotherSubscriber = "108"
    case databaseError = "109"
    case badStateTransition = "110"
    case stateChangeLimitExceeded = "111"
    case taskError = "200"
    case taskNotFound = "201"
    case unknown = ""

    init(code: String) {
        self = Self(rawValue: code) ?? .unknown
    }

    func meaning(state: String?) -> WordMeaning {
        switch self {
        case .success: VSIPVoucherState(name: state ?? "").meaning
        case .doesNotExist: .decided(.notFound)
        case .usedByAnotherSubscriber, .usedBySameSubscriber: .decided(.used)
        case .missingOrStolen, .damaged: .decided(.revoked)
        case .unavailable: .decided(.notActivated)
        case .expired: .decided(.expired)
        case .reservedBySameSubscriber, .reservedByAnotherSubscriber: .undecided(.reserved)
        case .databaseError: .undecided(.issuerUnavailable)
        case .subscriberMismatch, .notReserved, .transactionMismatch, .badStateTransition,
            .stateChangeLimitExceeded, .taskError, .taskNotFound:
            // Answers to questions we did not ask: they say nothing of the voucher.
            .undecided(.ambiguousAnswer)
        case .unknown: .undecided(.unmapped)
        }
    }
}

/// `state` of a voucher, by name or, from older servers, by number.
enum VSIPVoucherState: String, CaseIterable {
    case available
    case used
    case unavailable
    case damaged
    case stolen
    case pending
    case reserved
    case unknown = ""

    init(name: String) {
        switch name.lowercased() {
        case "0": self = .available
        case "1": self = .used
        case "2": self = .damaged
        case "3": self = .stolen
        case "4": self = .pending
        case "5": self = .unavailable
        case "6": self = .reserved
        case let word: self = Self(rawValue: word) ?? .unknown
        }
    }

    /// Recorded histories support the numbers 0, 1 and 5; the others are read, not seen, and what
    /// follows from them is `derived`.
    static let unseenNumbers: Set<String> = ["2", "3", "4", "6"]

    var meaning: WordMeaning {
        switch self {
        case .available: .decided(.okUnused)
        case .used: .decided(.used)
        case .unavailable: .decided(.notActivated)
        case .damaged, .stolen: .decided(.revoked)
        case .pending, .reserved: .undecided(.reserved)
        case .unknown: .undecided(.unmapped)
        }
    }
}

extension EricssonFault {
    /// What a fault in place of a voucher's state means.
    var inquiryMeaning: WordMeaning {
        switch self {
        case .illegalMessage, .mandatoryMemberMissing, .illegalType, .outOfBounds:
            .undecided(.ourRequest)
        case .unknownOperation: .decided(.unsupported)
        case .internalError, .overload: .undecided(.issuerUnavailable)
        case .unknown: .undecided(.unmapped)
        }
    }
}
