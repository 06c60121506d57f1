import AdapterKit
import CardModel

/// `card_code1` of a notification.
enum NineteenPayCode: String, CaseIterable {
    case spent = "00000"
    case spentAboveOrder = "00001"
    case faceValueTooSmall = "00002"
    case spentBelowSelected = "00003"
    case busyAmount = "10014"
    case paidAlready = "10016"
    case channelMaintenance = "10029"
    case faceValueMaintenance = "10030"
    case failedAlready = "10076"
    case usedOrLocked = "10082"
    case lockedAfterFailures = "10083"
    case cardInProgress = "10091"
    case timedOut = "10110"
    case wrongFaceValue = "10119"
    case orderInProgress = "10120"
    case busyParameters = "10123"
    case provinceMaintenance = "10124"
    case invalidated = "81000"
    case carrierFailed = "81001"
    case invalidCardOrPassword = "81007"
    case decryptionFailed = "82009"
    case giftCard = "82019"
    case unknown = ""

    init(code: String) { self = Self(rawValue: code) ?? .unknown }

    /// Codes of a spent card.
    var isSuccess: Bool {
        switch self {
        case .spent, .spentAboveOrder, .spentBelowSelected: true
        default: false
        }
    }

    var meaning: RedemptionMeaning {
        switch self {
        case .spent, .spentAboveOrder: .settled(.okActivatedByBuyer)
        case .spentBelowSelected, .faceValueTooSmall: .settled(.undervalued)
        case .wrongFaceValue: .settled(.wrongProduct)
        case .lockedAfterFailures: .settled(.locked)
        case .invalidated: .settled(.revoked)
        case .invalidCardOrPassword: .settled(.notFound)
        case .giftCard: .settled(.unsupported)
        // Never "not taken": a failure may be taken back, and then a further order would hand a
        // spent card in again.
        case .busyAmount, .busyParameters, .channelMaintenance, .faceValueMaintenance,
            .provinceMaintenance, .carrierFailed, .timedOut:
            .unknown(.issuerUnavailable)
        case .decryptionFailed: .notTaken(.ourAccount)
        case .cardInProgress, .orderInProgress: .accepted
        case .paidAlready, .failedAlready: .unknown(.alreadySubmitted)
        // "Used" in one sentence, "invalid and locked" in the next.
        case .usedOrLocked: .unknown(.ambiguousAnswer)
        case .unknown: .unknown(.unmapped)
        }
    }
}

/// The reply to a submission: GBK, fields separated by bars.
enum NineteenPayReply {
    /// Where the result and its text stand.
    private static let resultIndex = 11
    private static let textIndex = 12
    /// Fields of a reply at most.
    private static let mostFields = 64
    private static let accepted = "P"

    struct Reading {
        var code: String
        var text: String?
        var meaning: RedemptionMeaning
    }

    /// Nil when the body has another shape.
    static func reading(_ body: [UInt8]) -> Reading? {
        guard let text = GBKText.decode(body) else { return nil }
        let fields = text.split(separator: "|", omittingEmptySubsequences: false)
        guard (resultIndex + 1...mostFields).contains(fields.count) else { return nil }
        let code = fields[resultIndex].filter { !$0.isWhitespace }
        guard !code.isEmpty, code.utf8.count <= 8 else { return nil }
        return Reading(
            code: code,
            text: fields.count > textIndex ? String(fields[textIndex]) : nil,
            // Only P is documented; whatever else stands there is not understood.
            meaning: code == accepted ? .accepted : .unknown(.unmapped)
        )
    }
}
