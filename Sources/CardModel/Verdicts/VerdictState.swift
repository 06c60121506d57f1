/// What is known about a delivered code, or about its delivery.
///
/// The complete list; the raw values are part of the HTTP interface. There is no word for a code
/// that is merely bad: a state says what is wrong.
public enum VerdictState: String, Sendable, Hashable, CaseIterable {
    case okUnused = "ok_unused"
    case okActivatedByBuyer = "ok_activated_by_buyer"
    case malformed
    case notFound = "not_found"
    case notActivated = "not_activated"
    case wrongProduct = "wrong_product"
    case wrongRegion = "wrong_region"
    case wrongVersion = "wrong_version"
    case undervalued
    case partiallyUsed = "partially_used"
    case used
    case expired
    case shortShelfLife = "short_shelf_life"
    case revoked
    case locked
    case duplicateDelivery = "duplicate_delivery"
    case duplicateStock = "duplicate_stock"
    case oversold
    case notDelivered = "not_delivered"
    case shortDelivery = "short_delivery"
    case lateDelivery = "late_delivery"
    case extractionFailed = "extraction_failed"
    case doubleCharged = "double_charged"
    case termShortened = "term_shortened"
    case serviceInterrupted = "service_interrupted"
    case accountMismatch = "account_mismatch"
    case accountCompromised = "account_compromised"
    case temporarilyUnusable = "temporarily_unusable"
    case issuerDelay = "issuer_delay"
    case indeterminate
    case unsupported
    case conflict
}
