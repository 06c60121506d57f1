extension VerdictState {
    /// What the state means.
    var meaningEn: String {
        switch self {
        case .okUnused: "The code is good and has not been used."
        case .okActivatedByBuyer: "The code was activated by you after delivery."
        case .malformed: "The text does not look like a code of this kind."
        case .notFound: "The issuer does not know this code."
        case .notActivated: "The issuer has not activated this card yet."
        case .wrongProduct: "The code belongs to another product."
        case .wrongRegion: "The code belongs to another region."
        case .wrongVersion: "The code belongs to another version."
        case .undervalued: "The card holds less than the face value you bought."
        case .partiallyUsed: "Part of the card's value has been spent."
        case .used: "The code has been used."
        case .expired: "The code has expired."
        case .shortShelfLife: "Less time was left at delivery than promised."
        case .revoked: "The issuer has revoked the code."
        case .locked: "The code is locked after too many attempts."
        case .duplicateDelivery: "The same code was delivered to another order."
        case .duplicateStock: "The same code is twice in stock."
        case .oversold: "The shop was paid but had no code left."
        case .notDelivered: "The order was paid and nothing was delivered."
        case .shortDelivery: "Fewer codes were delivered than bought."
        case .lateDelivery: "The delivery came later than promised."
        case .extractionFailed: "A fault of the platform keeps the code from being shown."
        case .doubleCharged: "The order was charged twice."
        case .termShortened: "The service ends earlier than promised."
        case .serviceInterrupted: "The service was interrupted during its term."
        case .accountMismatch: "The account is not as described."
        case .accountCompromised: "The account is at risk of being taken over."
        case .temporarilyUnusable: "The code cannot be used for now because of maintenance."
        case .issuerDelay: "The issuer or carrier is late."
        case .indeterminate: "The state of the code cannot be decided yet."
        case .unsupported: "No issuer can be asked about this kind of code."
        case .conflict: "The sources contradict each other."
        }
    }

    /// What follows, leaving window and policy aside.
    var nextStepEn: String {
        switch self {
        case .okUnused: "You can use it; keep the proof."
        case .okActivatedByBuyer: "Nothing is to be done; keep the proof."
        case .malformed: "Please check and confirm the text you received."
        case .notFound, .wrongProduct, .wrongRegion, .wrongVersion, .duplicateDelivery:
            "Within the warranty you can ask for a new code or a refund."
        case .notActivated: "It is asked again shortly; if it stays inactive the warranty applies."
        case .undervalued:
            "Within the warranty you can ask for the difference, a new code or a refund."
        case .partiallyUsed:
            "Spent before delivery, the warranty applies; if the time is unknown a person decides."
        case .used:
            "Used before delivery, the warranty applies; if the time is unknown a person decides."
        case .expired: "If it had expired at delivery the warranty applies."
        case .shortShelfLife: "Within the warranty you can ask for a new code or a partial refund."
        case .revoked:
            "Within the warranty you can ask for a refund; a person looks into the source."
        case .locked: "Please do not try again; a person finds out whose attempts they were."
        case .duplicateStock: "Remove the second one before it is sold."
        case .oversold, .notDelivered: "Within the warranty you can ask for delivery or a refund."
        case .shortDelivery: "Within the warranty you can ask for the missing codes or a refund."
        case .lateDelivery: "Compensation for the delay is proposed; a person confirms it."
        case .extractionFailed: "The platform has to repair it or to reissue the code."
        case .doubleCharged:
            "A person compares both payments; the second goes back the way it came."
        case .termShortened, .serviceInterrupted:
            "Once confirmed, you can ask for the missing time or a refund in proportion."
        case .accountMismatch, .accountCompromised:
            "A refund or a replacement is proposed; a person confirms it."
        case .temporarilyUnusable:
            "The warranty is on hold meanwhile, and the code is checked again afterwards."
        case .issuerDelay: "The warranty is on hold meanwhile, and the code is checked again."
        case .indeterminate:
            "It is asked again while the warranty is on hold; in the end a person decides."
        case .unsupported: "You can send screenshots or other evidence; a person takes care of it."
        case .conflict: "A person compares the records and decides."
        }
    }
}
