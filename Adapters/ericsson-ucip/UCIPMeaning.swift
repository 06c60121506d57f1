import AdapterKit
import CardModel

/// `responseCode` of `Refill`.
enum UCIPResponseCode: String, CaseIterable {
    case success = "0"
    case successWithNotice = "1"
    case successWithOtherNotice = "2"
    case otherError = "100"
    case subscriberNotFound = "102"
    case barredFromRefill = "103"
    case temporarilyBlocked = "104"
    case usedBySameSubscriber = "107"
    case usedByOtherSubscriber = "108"
    case unavailable = "109"
    case expired = "110"
    case stolenOrMissing = "111"
    case damaged = "112"
    case pending = "113"
    case typeNotAccepted = "114"
    case refillNotAccepted = "115"
    case invalidActivationCode = "119"
    case invalidRefillProfile = "120"
    case accountNotActive = "126"
    case otherErrorNoRetry = "999"
    case unknown = ""

    init(code: String) {
        self = Self(rawValue: code) ?? .unknown
    }

    /// Failed refills bar a subscriber; a barred one is left alone this long.
    private static let barredPause: Duration = .seconds(86_400)

    /// How long this subscriber is left alone.
    var pause: Duration? { self == .temporarilyBlocked ? Self.barredPause : nil }

    var meaning: RedemptionMeaning {
        switch self {
        case .success, .successWithNotice, .successWithOtherNotice: .settled(.okActivatedByBuyer)
        // Before this order, for it is placed once: no time is told.
        case .usedBySameSubscriber, .usedByOtherSubscriber: .settled(.used)
        case .unavailable: .settled(.notActivated)
        case .expired: .settled(.expired)
        case .stolenOrMissing, .damaged: .settled(.revoked)
        case .typeNotAccepted: .settled(.unsupported)
        case .invalidActivationCode: .settled(.notFound)
        case .pending: .notTaken(.reserved)
        // These speak of the subscriber that was named, not of the voucher.
        case .subscriberNotFound, .barredFromRefill, .refillNotAccepted, .invalidRefillProfile,
            .accountNotActive, .temporarilyBlocked:
            .notTaken(.ourRequest)
        case .otherError, .otherErrorNoRetry: .unknown(.issuerUnavailable)
        case .unknown: .unknown(.unmapped)
        }
    }
}

extension EricssonFault {
    /// What a fault in answer to `Refill` means.
    var refillMeaning: RedemptionMeaning {
        switch self {
        case .illegalMessage, .mandatoryMemberMissing, .illegalType, .outOfBounds:
            .notTaken(.ourRequest)
        case .unknownOperation: .notTaken(.notSupportedByIssuer)
        // Turned away at the door.
        case .overload: .notTaken(.issuerUnavailable)
        case .internalError: .unknown(.issuerUnavailable)
        case .unknown: .unknown(.unmapped)
        }
    }
}
