public import WireFormat

/// What a code's use left behind, as far as its issuer tells (使用痕迹, M1-18): by it people decide
/// who used a card and when. Nothing follows from it by itself.
public struct UsageTrace: Sendable, Hashable {
    public var firstUsedAt: Instant?

    /// What is left of a card that was partly used.
    public var remainingValue: Money?

    /// Who used it last, in a form that names nobody: the last four digits of a number, say.
    public var usedByHint: String?

    /// What the issuer noticed of sign-ins to an account, in its own words.
    public var loginAnomaly: String?

    /// `nil` where the issuer tells nothing of it.
    public init?(
        firstUsedAt: Instant? = nil,
        remainingValue: Money? = nil,
        usedByHint: String? = nil,
        loginAnomaly: String? = nil
    ) {
        self.firstUsedAt = firstUsedAt
        self.remainingValue = remainingValue
        self.usedByHint = usedByHint
        self.loginAnomaly = loginAnomaly
        let isEmpty =
            firstUsedAt == nil && remainingValue == nil && usedByHint == nil && loginAnomaly == nil
        if isEmpty { return nil }
    }
}

extension UsageTrace {
    public var jsonValue: JSONValue {
        [
            "first_used_at": .optional(firstUsedAt?.rfc3339),
            "remaining_value": remainingValue?.jsonValue ?? .null,
            "used_by_hint": .optional(usedByHint), "login_anomaly": .optional(loginAnomaly),
        ]
    }

    /// Reads what ``jsonValue`` writes; `nil` for a value of the wrong type.
    public init?(jsonValue: JSONValue) {
        var (firstUsedAt, remainingValue): (Instant?, Money?)
        var (usedByHint, loginAnomaly): (String?, String?)
        let fields = NullableFields(jsonValue)
        guard
            fields.read(
                "first_used_at",
                into: &firstUsedAt,
                { $0.stringValue.flatMap { Instant(rfc3339: $0) } }
            ),
            fields.read("remaining_value", into: &remainingValue, { Money(jsonValue: $0) }),
            fields.read("used_by_hint", into: &usedByHint, { $0.stringValue }),
            fields.read("login_anomaly", into: &loginAnomaly, { $0.stringValue })
        else { return nil }
        self.init(
            firstUsedAt: firstUsedAt,
            remainingValue: remainingValue,
            usedByHint: usedByHint,
            loginAnomaly: loginAnomaly
        )
    }
}
