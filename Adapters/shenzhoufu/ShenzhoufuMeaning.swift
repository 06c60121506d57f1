import AdapterKit
import CardModel

/// The bare number that answers a submission. It is not signed and decides nothing about a card.
enum ShenzhoufuReplyCode: String, CaseIterable {
    case network = "0"
    case md5Failed = "101"
    case duplicateOrder = "102"
    case userBlocked = "103"
    case checkFailedOrSubmittedBefore = "104"
    case inProgress = "105"
    case busy = "106"
    case insufficient = "107"
    case desFailed = "109"
    case accepted = "200"
    case certificateFailed = "201"
    case databaseFailed = "501"
    case databaseFailedToo = "502"
    case missingParameter = "902"
    case noSuchMerchant = "903"
    case merchantInactive = "904"
    case noPermission = "905"
    case noPrivateKey = "906"
    case noDESKey = "907"
    case orderFinal = "908"
    case mayNotRepeat = "909"
    case returnURL = "910"
    case orderID = "911"
    case illegalOrder = "912"
    case localCardUnsupported = "913"
    case amount = "914"
    case faceValue = "915"
    case cardTypeNotAllowed = "916"
    case parameterFormat = "917"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    var meaning: RedemptionMeaning {
        switch self {
        case .accepted: .accepted
        case .md5Failed, .userBlocked, .desFailed, .certificateFailed, .noSuchMerchant,
            .merchantInactive, .noPermission, .noPrivateKey, .noDESKey, .cardTypeNotAllowed:
            .notTaken(.ourAccount)
        case .missingParameter, .returnURL, .orderID, .illegalOrder, .amount, .faceValue,
            .parameterFormat:
            .notTaken(.ourRequest)
        case .localCardUnsupported: .notTaken(.notSupportedByIssuer)
        case .busy: .notTaken(.issuerUnavailable)
        case .network, .databaseFailed, .databaseFailedToo: .unknown(.issuerUnavailable)
        case .duplicateOrder, .checkFailedOrSubmittedBefore, .inProgress, .orderFinal,
            .mayNotRepeat:
            .unknown(.alreadySubmitted)
        case .insufficient: .unknown(.ambiguousAnswer)
        case .unknown: .unknown(.unmapped)
        }
    }
}

/// `errcode` of a notification.
enum ShenzhoufuErrorCode: String, CaseIterable {
    case spent = "200"
    case wrongPasswordOrInsufficient = "201"
    case used = "202"
    case illegalPassword = "203"
    case tooManyTries = "204"
    case formatOrForbidden = "205"
    case submittedBefore = "206"
    case unsupported = "207"
    case wrongSerial = "208"
    case notActivated = "209"
    case voided = "210"
    case expired = "211"
    case faceValue = "212"
    case specialLocalCard = "213"
    case valueAddedCard = "214"
    case newTypeCard = "215"
    case maintenance = "216"
    case interfaceMaintenance = "217"
    case carrierMaintenance = "218"
    case busy = "219"
    case unknownOrInsufficient = "220"
    case handledBefore = "221"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    /// What a failed order means by this code.
    ///
    /// - Parameter comparison: how `cardMoney` stands to the declared value; nil without it.
    func meaning(realValue comparison: Money.Comparison?) -> RedemptionMeaning {
        switch self {
        // A failed order whose code says that all went well.
        case .spent: .unknown(.ambiguousAnswer)
        case .used: .settled(.used)
        case .illegalPassword, .wrongSerial: .settled(.notFound)
        case .tooManyTries: .settled(.locked)
        case .formatOrForbidden, .unsupported, .specialLocalCard, .valueAddedCard, .newTypeCard:
            .settled(.unsupported)
        case .notActivated: .settled(.notActivated)
        case .voided: .settled(.revoked)
        case .expired: .settled(.expired)
        case .faceValue: .settled(comparison == .less ? .undervalued : .wrongProduct)
        case .maintenance, .interfaceMaintenance, .carrierMaintenance, .busy:
            .notTaken(.issuerUnavailable)
        case .submittedBefore, .handledBefore: .unknown(.alreadySubmitted)
        case .wrongPasswordOrInsufficient, .unknownOrInsufficient: .unknown(.ambiguousAnswer)
        case .unknown: .unknown(.unmapped)
        }
    }
}

/// `queryResult` when it is not `S`.
enum ShenzhoufuQueryFailure: String, CaseIterable {
    case missingParameter = "F001"
    case noSuchMerchant = "F002"
    case noSuchOrder = "F003"
    case md5Failed = "F004"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    var meaning: RedemptionMeaning {
        switch self {
        case .missingParameter: .unknown(.ourRequest)
        case .noSuchMerchant, .md5Failed: .unknown(.ourAccount)
        // Nothing arrived under this number.
        case .noSuchOrder: .notTaken(.ourRequest)
        case .unknown: .unknown(.unmapped)
        }
    }
}
