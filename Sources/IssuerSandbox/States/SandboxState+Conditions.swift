extension SandboxState {
    /// Conditions for which neither VSIP nor Keygen has a word, so that the code is good there.
    static let conditions: [SandboxState] = [
        worded(340, .partiallyUsed, "good, and half of it is used"),
        worded(341, .locked, "locked after too many wrong tries"),
        worded(342, .busy, "the issuer is busy"),
        worded(343, .rateLimited, "the issuer is asked too often"),
        worded(344, .wrongSecret, "the number is known, the password is not its"),
        worded(345, .unsupported, "real, but of a kind that is not taken here"),
        worded(346, .faceMismatch, "another face value than the declared one"),
        worded(347, .pending, "accepted and never decided"),
        worded(348, .disputed, "the value was taken, while the order failed"),
    ]

    private static func worded(
        _ selector: Int,
        _ condition: CardCondition,
        _ meaning: String
    ) -> SandboxState {
        SandboxState(selector, condition.rawValue, meaning, condition: condition)
    }
}
