extension SandboxState {
    /// Codes whose answer depends on when they are asked, or how often.
    static let timelines: [SandboxState] = [
        usedFrom(701, "used_two_days_ago", .sinceStart(.seconds(-2 * 86_400)), "two days before"),
        usedFrom(702, "used_an_hour_ago", .sinceStart(.seconds(-3600)), "an hour before"),
        usedFrom(703, "used_a_minute_ago", .sinceStart(.seconds(-60)), "a minute before"),
        SandboxState(
            704,
            "used_two_seconds_after_first_ask",
            "good when first asked, used 2 s later",
            voucher: .voucher(state: "used"),
            license: .seatsTaken,
            condition: .used,
            use: .afterFirstAsk(.seconds(2))
        ),
        SandboxState(
            705,
            "used_a_minute_after_first_ask",
            "good when first asked, used 1 min later",
            voucher: .voucher(state: "used"),
            license: .seatsTaken,
            condition: .used,
            use: .afterFirstAsk(.seconds(60))
        ),
        SandboxState(
            706,
            "used_five_minutes_after_first_ask",
            "good when first asked, used 5 min later",
            voucher: .voucher(state: "used"),
            license: .seatsTaken,
            condition: .used,
            use: .afterFirstAsk(.seconds(300))
        ),
        SandboxState(
            707,
            "used_tomorrow",
            "used, says an issuer whose clock runs a day ahead",
            voucher: .voucher(state: "used"),
            license: .seatsTaken,
            condition: .used,
            use: .sinceStart(.zero),
            trait: .clockAhead
        ),
        flip(710, "flip_used_then_good", "used when first asked, good afterwards", used, good),
        flip(711, "flip_good_then_used", "good when first asked, used afterwards", good, used),
        SandboxState(
            712,
            "flip_missing_then_good",
            "not found when first asked, good afterwards",
            voucher: good.voucher,
            license: good.license,
            condition: .good,
            first: .state(
                voucher: .responseCode(10),
                license: .notFound,
                named: "not_found"
            )
        ),
        SandboxState(
            713,
            "flip_error_then_good",
            "HTTP 503 when first asked, good afterwards",
            voucher: good.voucher,
            license: good.license,
            condition: .good,
            first: .fault(.status(code: 503, retryAfterSeconds: 1))
        ),
        SandboxState(
            714,
            "flip_error_then_used",
            "HTTP 503 when first asked, used afterwards",
            voucher: used.voucher,
            license: used.license,
            condition: .used,
            use: .sinceStart(.zero),
            first: .fault(.status(code: 503, retryAfterSeconds: 1))
        ),
        SandboxState(
            715,
            "flip_reset_then_good",
            "connection reset when first asked, good afterwards",
            voucher: good.voucher,
            license: good.license,
            condition: .good,
            first: .fault(.reset)
        ),
    ]

    private static func usedFrom(
        _ selector: Int,
        _ name: String,
        _ moment: SandboxMoment,
        _ distance: String
    ) -> SandboxState {
        SandboxState(
            selector,
            name,
            "used \(distance) the sandbox started",
            voucher: .voucher(state: "used"),
            license: .seatsTaken,
            condition: .used,
            use: moment
        )
    }

    private static func flip(
        _ selector: Int,
        _ name: String,
        _ meaning: String,
        _ first: SandboxState,
        _ later: SandboxState
    ) -> SandboxState {
        SandboxState(
            selector,
            name,
            meaning,
            voucher: later.voucher,
            license: later.license,
            condition: later.condition,
            first: .state(
                voucher: first.voucher ?? .voucher(state: "available"),
                license: first.license ?? .valid,
                named: first.name
            )
        )
    }
}
