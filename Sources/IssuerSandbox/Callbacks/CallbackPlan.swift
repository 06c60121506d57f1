/// What an issuer tells by itself after it has accepted an order.
struct CallbackPlan: Sendable {
    let address: CallbackAddress
    /// The calls in their order.
    let calls: [CallbackCall]
    /// Whether they come before the answer to the order.
    let precedesAnswer: Bool

    /// Nil when nothing is to be told: the order never ends, or a fault says so.
    init?(
        _ address: CallbackAddress?,
        order: IssuerOrder,
        faults: [SandboxFault],
        call: (CallbackVariant) -> CallbackCall
    ) {
        guard let address, order.settles else { return nil }
        let variants = CallbackVariant.sequence(faults)
        guard !variants.isEmpty else { return nil }
        self.address = address
        calls = variants.map(call)
        precedesAnswer = faults.contains(.callbackBeforeAnswer)
    }
}

/// One HTTP request that the sandbox sends.
struct CallbackCall: Sendable {
    let method: String
    /// Path and query.
    let target: String
    /// Nil without a body.
    let contentType: String?
    let body: [UInt8]
    /// Whether the answer is the one that ends the repetitions.
    let isAcknowledged: @Sendable (String) -> Bool
}

/// How far a callback tells the truth.
enum CallbackVariant: Sendable, Hashable {
    case truthful
    /// The truth under a signature that does not verify.
    case badlySigned
    /// Rightly signed, about an order that is not the one it is sent for.
    case otherOrder
    /// The order failed, says a callback that is taken back later.
    case premature

    static func sequence(_ faults: [SandboxFault]) -> [CallbackVariant] {
        if faults.contains(.noCallback) { return [] }
        if faults.contains(.callbackBadSignature) { return [.badlySigned] }
        if faults.contains(.callbackOtherOrder) { return [.otherOrder] }
        if faults.contains(.failureThenSuccess) { return [.premature, .truthful] }
        return faults.contains(.callbackTwice) ? [.truthful, .truthful] : [.truthful]
    }
}
