import AdapterKit
import CardModel

/// `r1_Code` of the reply to `ChargeCardDirect`.
enum YeePayReplyCode: String, CaseIterable {
    case accepted = "1"
    case badSignature = "-1"
    case handledOrTooFrequent = "2"
    case tooManyCards = "5"
    case invalidCard = "7"
    case duplicateOrder = "11"
    case retry = "21"
    case invalidCardToo = "61"
    case amount = "66"
    case notEnabled = "95"
    case cardTypeNotEnabled = "112"
    case faceValues = "8001"
    case cardCount = "8002"
    case other = "-100"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    var meaning: RedemptionMeaning {
        switch self {
        case .accepted: .accepted
        case .tooManyCards, .invalidCard, .invalidCardToo: .settled(.malformed)
        case .handledOrTooFrequent, .duplicateOrder: .unknown(.alreadySubmitted)
        case .retry: .notTaken(.issuerUnavailable)
        case .amount, .faceValues, .cardCount: .notTaken(.ourRequest)
        case .badSignature, .notEnabled, .cardTypeNotEnabled: .notTaken(.ourAccount)
        case .other: .unknown(.ambiguousAnswer)
        case .unknown: .unknown(.unmapped)
        }
    }
}

/// `p8_cardStatus` of a callback.
enum YeePayCardStatus: String, CaseIterable {
    case spent = "0"
    case spentButOrderFailed = "1"
    case cancelled = "2"
    case formatOrFaceValue = "7"
    case tooFrequent = "1002"
    case unsupportedType = "1003"
    case wrongPassword = "1004"
    case invalid = "1006"
    case insufficient = "1007"
    case balanceExpired = "1008"
    case cardInProgress = "1010"
    case used = "2005"
    case inProgress = "2006"
    case forged = "2007"
    case typeInMaintenance = "2008"
    case zhejiangMaintenance = "2009"
    case jiangsuMaintenance = "2010"
    case fujianMaintenance = "2011"
    case liaoningMaintenance = "2012"
    case locked = "2013"
    case busy = "2014"
    case doesNotExist = "3001"
    case usedAlready = "3002"
    case voided = "3003"
    case frozen = "3004"
    case notActivated = "3005"
    case passwordIncorrect = "3006"
    case processing = "3007"
    case systemError = "3101"
    case expired = "3102"
    case unknownError = "10000"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    /// - Parameter comparison: how the card's real value stands to the declared one; nil when the
    ///   gateway did not tell.
    func meaning(realValue comparison: Money.Comparison?) -> RedemptionMeaning {
        switch self {
        case .spent: .settled(.okActivatedByBuyer)
        case .spentButOrderFailed: .settled(.conflict)
        case .formatOrFaceValue: .settled(comparison == .less ? .undervalued : .wrongProduct)
        case .unsupportedType: .settled(.unsupported)
        case .wrongPassword, .invalid, .forged, .doesNotExist, .passwordIncorrect:
            .settled(.notFound)
        case .insufficient: .settled(.partiallyUsed)
        case .balanceExpired, .expired: .settled(.expired)
        case .used, .usedAlready: .settled(.used)
        case .locked: .settled(.locked)
        case .voided, .frozen: .settled(.revoked)
        case .notActivated: .settled(.notActivated)
        case .tooFrequent: .notTaken(.rateLimited)
        case .typeInMaintenance, .zhejiangMaintenance, .jiangsuMaintenance, .fujianMaintenance,
            .liaoningMaintenance, .busy:
            .notTaken(.issuerUnavailable)
        case .cardInProgress, .inProgress, .processing: .unknown(.reserved)
        case .systemError: .unknown(.issuerUnavailable)
        case .cancelled, .unknownError: .unknown(.ambiguousAnswer)
        case .unknown: .unknown(.unmapped)
        }
    }
}

/// The reply to `ChargeCardQuery`. It does not carry the card's status, so it never decides: a card
/// may have been debited although the order failed.
enum YeePayQueryMeaning {
    static func meaning(code: String, payStatus: String?) -> RedemptionMeaning {
        switch (code, payStatus) {
        case ("1", "INIT"), ("3", _): .accepted
        case ("1", "SUCCESS"), ("1", "CANCELED"): .unknown(.ambiguousAnswer)
        // Nothing arrived under this number.
        case ("50", _): .notTaken(.ourRequest)
        default: .unknown(.unmapped)
        }
    }
}
