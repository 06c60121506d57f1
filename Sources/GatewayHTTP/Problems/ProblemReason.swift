import Gateway
import HTTPTypes
import WireFormat

/// Why a request is not answered as asked: the stable `reason` of a problem document, never
/// translated, and the last part of its `type`.
///
/// The reasons that Gateway gives (signatures, JSON, claims, the committer) keep its words.
enum ProblemReason: String, Sendable, CaseIterable {
    // 400
    case malformedRequest = "malformed_request"
    case badWebhookID = "bad_webhook_id"
    case badIdempotencyKey = "bad_idempotency_key"
    case notJSON = "not_json"
    case invalidUTF8 = "invalid_utf8"
    case duplicateKey = "duplicate_key"
    case tooDeep = "too_deep"
    case callbackRefused = "callback_refused"
    case missingIdempotencyKey = "missing_idempotency_key"
    // 401
    case missingTimestamp = "missing_timestamp"
    case malformedTimestamp = "malformed_timestamp"
    case timestampTooOld = "timestamp_too_old"
    case timestampInFuture = "timestamp_in_future"
    case missingSignature = "missing_signature"
    case tooManySignatures = "too_many_signatures"
    case noMatchingSignature = "no_matching_signature"
    case missingToken = "missing_token"
    case wrongToken = "wrong_token"
    // 403
    case restricted
    case needsAccount = "needs_account"
    // 404, 405, 410
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case erased
    // 409
    case webhookIDReused = "webhook_id_reused"
    case idempotencyKeyReused = "idempotency_key_reused"
    case claimIsClosed = "claim_is_closed"
    case notCovered = "not_covered"
    case wrongState = "wrong_state"
    case wrongActor = "wrong_actor"
    case otherFamily = "other_family"
    case alreadyHeard = "already_heard"
    case tooLate = "too_late"
    case samePerson = "same_person"
    case tierNotReached = "tier_not_reached"
    case otherRemedy = "other_remedy"
    case wrongAmount = "wrong_amount"
    case noMoreExtensions = "no_more_extensions"
    case noMoreOffers = "no_more_offers"
    case needsIncident = "needs_incident"
    case insufficientFunds = "insufficient_funds"
    case withdrawalHeld = "withdrawal_held"
    case accountNotAdded = "account_not_added"
    case platformNotAdded = "platform_not_added"
    case ambiguousLine = "ambiguous_line"
    case operationNotOffered = "operation_not_offered"
    case notTheOwner = "not_the_owner"
    case tooManyConsents = "too_many_consents"
    case heldByAnother = "held_by_another"
    case codeIsDefective = "code_is_defective"
    case alreadyOrdered = "already_ordered"
    case batchNotSealed = "batch_not_sealed"
    case batchAlreadySealed = "batch_already_sealed"
    case batchRecalled = "batch_recalled"
    case batchWithdrawn = "batch_withdrawn"
    case batchReleased = "batch_released"
    case stageNotVerified = "stage_not_verified"
    case noSuchStage = "no_such_stage"
    case wrongOffset = "wrong_offset"
    case tooManyLines = "too_many_lines"
    case linesMissing = "lines_missing"
    case linesNotAscending = "lines_not_ascending"
    case incidentAlreadyOpen = "incident_already_open"
    case incidentAlreadyEnded = "incident_already_ended"
    case tooManyIncidents = "too_many_incidents"
    // 413, 415, 422, 431
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case mediaTypeRefused = "media_type_refused"
    case missingDigest = "missing_digest"
    case digestMismatch = "digest_mismatch"
    case tooManyAttachments = "too_many_attachments"
    case bundleTooLarge = "bundle_too_large"
    case invalidFields = "invalid_fields"
    case batchNotReleased = "batch_not_released"
    case batchQuarantined = "batch_quarantined"
    case codeFailedAudit = "code_failed_audit"
    case codeNotRegistered = "code_not_registered"
    case invalidParameters = "invalid_parameters"
    case headersTooLarge = "headers_too_large"
    // 429
    case orderBudgetSpent = "order_budget_spent"
    case addressBudgetSpent = "address_budget_spent"
    case claimBudgetSpent = "claim_budget_spent"
    // 500, 503
    case `internal` = "internal"
    case overloaded
    case closing
    case storeUnavailable = "store_unavailable"
    case unavailable

    var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest, .badWebhookID, .badIdempotencyKey, .notJSON, .invalidUTF8,
            .duplicateKey, .tooDeep, .callbackRefused, .missingDigest, .missingIdempotencyKey:
            .badRequest
        case .missingTimestamp, .malformedTimestamp, .timestampTooOld, .timestampInFuture,
            .missingSignature, .tooManySignatures, .noMatchingSignature, .missingToken,
            .wrongToken:
            .unauthorized
        case .restricted, .needsAccount: .forbidden
        case .notFound: .notFound
        case .erased: .gone
        case .methodNotAllowed: .methodNotAllowed
        case .webhookIDReused, .idempotencyKeyReused, .claimIsClosed, .notCovered, .wrongState,
            .wrongActor, .otherFamily, .alreadyHeard, .tooLate, .samePerson, .tierNotReached,
            .otherRemedy,
            .wrongAmount, .noMoreExtensions, .noMoreOffers, .needsIncident, .insufficientFunds,
            .withdrawalHeld, .accountNotAdded, .platformNotAdded, .ambiguousLine,
            .operationNotOffered, .notTheOwner,
            .tooManyConsents, .heldByAnother, .codeIsDefective, .alreadyOrdered,
            .tooManyAttachments, .bundleTooLarge, .batchNotSealed, .batchAlreadySealed,
            .batchRecalled, .batchWithdrawn, .batchReleased, .stageNotVerified, .noSuchStage,
            .wrongOffset, .tooManyLines, .linesMissing, .linesNotAscending, .incidentAlreadyOpen,
            .incidentAlreadyEnded, .tooManyIncidents:
            .conflict
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType, .mediaTypeRefused: .unsupportedMediaType
        case .invalidFields, .invalidParameters, .digestMismatch, .batchNotReleased,
            .batchQuarantined, .codeFailedAudit, .codeNotRegistered:
            .unprocessableContent
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .orderBudgetSpent, .addressBudgetSpent, .claimBudgetSpent: .tooManyRequests
        case .internal: .internalServerError
        case .overloaded, .closing, .storeUnavailable, .unavailable: .serviceUnavailable
        }
    }

    /// What a 401 asks for (RFC 9110 §11.6.1); nil for every other reason.
    var challenge: String? {
        switch self {
        case .missingToken, .wrongToken: "Bearer"
        case .missingTimestamp, .malformedTimestamp, .timestampTooOld, .timestampInFuture,
            .missingSignature, .tooManySignatures, .noMatchingSignature:
            "Webhook-Signature"
        case .malformedRequest, .badWebhookID, .badIdempotencyKey, .notJSON, .invalidUTF8,
            .duplicateKey, .tooDeep, .restricted, .notFound, .methodNotAllowed, .erased,
            .webhookIDReused,
            .idempotencyKeyReused, .claimIsClosed, .notCovered, .wrongState, .wrongActor,
            .otherFamily, .platformNotAdded, .callbackRefused, .ambiguousLine, .operationNotOffered,
            .notTheOwner, .tooManyConsents, .heldByAnother, .codeIsDefective, .alreadyOrdered,
            .bodyTooLarge, .unsupportedMediaType, .invalidFields, .invalidParameters,
            .mediaTypeRefused, .missingDigest, .digestMismatch, .tooManyAttachments,
            .bundleTooLarge, .headersTooLarge, .orderBudgetSpent, .addressBudgetSpent, .internal,
            .overloaded, .closing, .storeUnavailable, .unavailable, .batchNotSealed,
            .batchAlreadySealed, .batchRecalled, .batchWithdrawn, .batchReleased,
            .stageNotVerified, .noSuchStage, .wrongOffset, .tooManyLines, .linesMissing,
            .linesNotAscending, .batchNotReleased,
            .batchQuarantined, .codeFailedAudit, .codeNotRegistered, .alreadyHeard, .tooLate,
            .samePerson, .tierNotReached, .otherRemedy, .wrongAmount, .noMoreExtensions,
            .noMoreOffers, .needsIncident, .insufficientFunds, .accountNotAdded, .needsAccount,
            .missingIdempotencyKey, .incidentAlreadyOpen, .incidentAlreadyEnded,
            .tooManyIncidents, .withdrawalHeld, .claimBudgetSpent:
            nil
        }
    }

    /// Whether nothing more of this connection can be understood, or should be read.
    var closesConnection: Bool {
        self == .bodyTooLarge || self == .malformedRequest || self == .headersTooLarge
    }

    /// The path that explains the reason in both languages; the `type` of the problem.
    var path: String { "/problems/\(rawValue)" }

    init(_ error: JSONError) {
        switch error.reason {
        case .invalidUTF8: self = .invalidUTF8
        case .duplicateKey: self = .duplicateKey
        case .tooDeep: self = .tooDeep
        case .tooLarge: self = .bodyTooLarge
        case .syntax, .notCanonicalisable: self = .notJSON
        }
    }

    init(_ refusal: WebhookSignature.Refusal) {
        switch refusal {
        case .missingTimestamp: self = .missingTimestamp
        case .malformedTimestamp: self = .malformedTimestamp
        case .timestampTooOld: self = .timestampTooOld
        case .timestampInFuture: self = .timestampInFuture
        case .missingSignature: self = .missingSignature
        case .tooManySignatures: self = .tooManySignatures
        case .noMatchingSignature: self = .noMatchingSignature
        }
    }
}
