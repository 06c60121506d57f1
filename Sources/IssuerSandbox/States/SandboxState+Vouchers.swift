extension SandboxState {
    /// Good codes whose particulars may still breach what was sold.
    static let particulars: [SandboxState] = [
        good,
        variant(1, "good_short_shelf_life", "good, expires in three days", .expiresInThreeDays),
        variant(2, "good_expires_today", "good, today is its last day", .expiresToday),
        SandboxState(
            3,
            "expired_unflagged",
            "expired yesterday, but still called good",
            voucher: .voucher(state: "available"),
            license: LicenseAnswer("EXPIRED", "is expired", isValid: true),
            condition: .good,
            trait: .expiredUnflagged
        ),
        variant(4, "good_half_value", "good, but worth half of the usual value", .halfValue),
        variant(5, "good_double_value", "good, and worth twice the usual value", .doubleValue),
        variant(6, "good_other_currency", "good, in another currency", .otherCurrency),
        variant(
            7,
            "other_code_echoed",
            "good, but the answer names another serial number or key",
            .otherSerial
        ),
        SandboxState(
            8,
            "other_product",
            "good, but for another product",
            voucher: .voucher(state: "available"),
            license: LicenseAnswer("PRODUCT_SCOPE_MISMATCH", "product scope does not match"),
            condition: .good,
            trait: .otherProduct
        ),
        variant(
            9,
            "good_code_in_answer",
            "good, and the answer repeats the activation code",
            .codeInAnswer
        ),
    ]

    /// Every response code of VSIP 2.4 under its own number.
    static let voucherCodes: [SandboxState] = [
        SandboxState(
            10,
            "not_found",
            "no such code",
            voucher: .responseCode(10),
            license: .notFound,
            condition: .notFound
        ),
        SandboxState(
            11,
            "used_by_another",
            "used by another subscriber",
            voucher: .responseCode(11),
            license: .seatsTaken,
            condition: .used
        ),
        SandboxState(
            12,
            "missing_or_stolen",
            "missing, stolen or banned",
            voucher: .responseCode(12),
            license: LicenseAnswer("BANNED", "is banned"),
            condition: .revoked
        ),
        vsip(13, "not_activated", "never activated", .responseCode(13), .notActivated),
        vsip(
            99, "unknown_response", "a response code that nobody documents", .responseCode(99),
            .unknownWord),
        SandboxState(
            100,
            "used_by_same",
            "used by the same subscriber",
            voucher: .responseCode(100),
            license: .seatsTaken,
            condition: .usedBySame
        ),
        vsip(
            101, "reserved_by_same", "reserved by the same subscriber", .responseCode(101),
            .reserved),
        SandboxState(
            102,
            "expired",
            "expired",
            voucher: .responseCode(102),
            license: .expired,
            condition: .expired
        ),
        vsip(104, "subscriber_mismatch", "another subscriber reserved it", .responseCode(104)),
        vsip(105, "not_reserved", "not reserved", .responseCode(105)),
        vsip(106, "transaction_mismatch", "another transaction", .responseCode(106)),
        SandboxState(
            107,
            "damaged",
            "damaged or suspended",
            voucher: .responseCode(107),
            license: LicenseAnswer("SUSPENDED", "is suspended"),
            condition: .revoked
        ),
        vsip(
            108, "reserved_by_another", "reserved by another subscriber", .responseCode(108),
            .reserved),
        vsip(109, "database_error", "the issuer's database failed", .responseCode(109), .busy),
        vsip(110, "bad_transition", "a change of state that is not allowed", .responseCode(110)),
        vsip(111, "change_limit", "too many changes of state", .responseCode(111)),
        vsip(200, "task_error", "a task error", .responseCode(200)),
        vsip(201, "task_error_other", "another task error", .responseCode(201)),
    ]

    /// Every voucher state by word, and by the number that older servers send for it.
    static let voucherWords: [SandboxState] = [
        vsip(300, "word_available", "good and unused", .voucher(state: "available"), .good),
        used,
        vsip(302, "word_damaged", "damaged", .voucher(state: "damaged"), .revoked),
        vsip(303, "word_stolen", "stolen", .voucher(state: "stolen"), .revoked),
        vsip(
            304, "word_pending", "reserved and never ended", .voucher(state: "pending"), .reserved),
        vsip(
            305, "word_unavailable", "never activated", .voucher(state: "unavailable"),
            .notActivated),
        vsip(306, "word_reserved", "reserved", .voucher(state: "reserved"), .reserved),
        vsip(310, "number_available", "good and unused, as a number", .voucher(state: "0"), .good),
        vsip(311, "number_used", "used, as a number", .voucher(state: "1"), .used),
        vsip(312, "number_damaged", "damaged, as a number", .voucher(state: "2"), .revoked),
        vsip(313, "number_stolen", "stolen, as a number", .voucher(state: "3"), .revoked),
        vsip(
            314, "number_pending", "reserved and never ended, as a number", .voucher(state: "4"),
            .reserved),
        vsip(
            315, "number_unavailable", "never activated, as a number", .voucher(state: "5"),
            .notActivated),
        vsip(316, "number_reserved", "reserved, as a number", .voucher(state: "6"), .reserved),
        vsip(
            320, "unknown_word", "a state that nobody documents", .voucher(state: "frozen"),
            .unknownWord),
        SandboxState(
            321,
            "expired_flagged",
            "expired yesterday, flagged so",
            voucher: .voucher(state: "available"),
            license: .expired,
            condition: .expired,
            trait: .expiredFlagged
        ),
    ]

    private static func variant(
        _ selector: Int,
        _ name: String,
        _ meaning: String,
        _ trait: Trait
    ) -> SandboxState {
        SandboxState(
            selector,
            name,
            meaning,
            voucher: .voucher(state: "available"),
            license: .valid,
            condition: .good,
            trait: trait
        )
    }

    private static func vsip(
        _ selector: Int,
        _ name: String,
        _ meaning: String,
        _ answer: VoucherAnswer,
        _ condition: CardCondition? = nil
    ) -> SandboxState {
        SandboxState(selector, name, meaning, voucher: answer, condition: condition)
    }
}
