extension SandboxState {
    /// Every code of Keygen's licence validation, numbered from 600 in this order; new ones go to
    /// the end. Codes and texts as in the server's `license_validation_service.rb`.
    static let licenseCodes: [SandboxState] = validations.enumerated().map { place, answer in
        SandboxState(
            600 + place,
            licenseName(answer),
            meaning(answer),
            license: answer
        )
    }

    private static func licenseName(_ answer: LicenseAnswer) -> String {
        let name = "license_" + answer.code.lowercased()
        return answer.isValid && answer.code != "VALID" ? name + "_but_valid" : name
    }

    private static func meaning(_ answer: LicenseAnswer) -> String {
        answer.isValid && answer.code != "VALID"
            ? answer.detail + ", let through by an overage policy" : answer.detail
    }

    private static let validations: [LicenseAnswer] = [
        .valid,
        .notFound,
        LicenseAnswer("BANNED", "is banned"),
        LicenseAnswer("SUSPENDED", "is suspended"),
        .expired,
        LicenseAnswer("EXPIRED", "is expired", isValid: true),
        LicenseAnswer("OVERDUE", "is overdue for check in"),
        LicenseAnswer("NO_MACHINE", "must have exactly 1 associated machine"),
        LicenseAnswer("NO_MACHINES", "must have at least 1 associated machine"),
        .seatsTaken,
        LicenseAnswer("TOO_MANY_MACHINES", "has too many associated machines", isValid: true),
        LicenseAnswer("TOO_MANY_CORES", "has too many associated machine cores"),
        LicenseAnswer("TOO_MUCH_MEMORY", "has too much associated machine memory"),
        LicenseAnswer("TOO_MUCH_DISK", "has too much associated machine disk"),
        LicenseAnswer("TOO_MANY_PROCESSES", "has too many associated processes"),
        LicenseAnswer("TOO_MANY_USERS", "has too many associated users"),
        LicenseAnswer("ENVIRONMENT_SCOPE_REQUIRED", "environment scope is required"),
        LicenseAnswer("ENVIRONMENT_SCOPE_MISMATCH", "environment scope does not match"),
        LicenseAnswer("PRODUCT_SCOPE_REQUIRED", "product scope is required"),
        LicenseAnswer("PRODUCT_SCOPE_MISMATCH", "product scope does not match"),
        LicenseAnswer("POLICY_SCOPE_REQUIRED", "policy scope is required"),
        LicenseAnswer("POLICY_SCOPE_MISMATCH", "policy scope does not match"),
        LicenseAnswer("USER_SCOPE_REQUIRED", "user scope is required"),
        LicenseAnswer("USER_SCOPE_MISMATCH", "user scope does not match"),
        LicenseAnswer("MACHINE_SCOPE_REQUIRED", "machine scope is required"),
        LicenseAnswer(
            "MACHINE_SCOPE_MISMATCH",
            "machine is not activated (does not match any associated machines)"
        ),
        LicenseAnswer("FINGERPRINT_SCOPE_REQUIRED", "fingerprint scope is required"),
        LicenseAnswer(
            "FINGERPRINT_SCOPE_MISMATCH",
            "fingerprint is not activated (does not match any associated machines)"
        ),
        LicenseAnswer("FINGERPRINT_SCOPE_EMPTY", "fingerprint scope is empty"),
        LicenseAnswer("COMPONENTS_SCOPE_REQUIRED", "components scope is required"),
        LicenseAnswer(
            "COMPONENTS_SCOPE_MISMATCH",
            "one or more component is not activated (does not match any associated components)"
        ),
        LicenseAnswer("COMPONENTS_SCOPE_EMPTY", "components scope is empty"),
        LicenseAnswer("CHECKSUM_SCOPE_REQUIRED", "checksum scope is required"),
        LicenseAnswer(
            "CHECKSUM_SCOPE_MISMATCH",
            "checksum scope is not valid (does not match any accessible artifacts)"
        ),
        LicenseAnswer("VERSION_SCOPE_REQUIRED", "version scope is required"),
        LicenseAnswer(
            "VERSION_SCOPE_MISMATCH",
            "version scope is not valid (does not match any accessible releases)"
        ),
        LicenseAnswer("ENTITLEMENTS_SCOPE_EMPTY", "entitlements scope is empty"),
        LicenseAnswer(
            "ENTITLEMENTS_MISSING",
            "is missing one or more required entitlements"
        ),
        LicenseAnswer("HEARTBEAT_NOT_STARTED", "machine heartbeat is required"),
        LicenseAnswer("HEARTBEAT_DEAD", "machine heartbeat is dead"),
        LicenseAnswer("QUARANTINED", "a code that nobody documents"),
    ]
}
