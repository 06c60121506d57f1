extension SandboxState {
    /// Good codes about which no good answer arrives.
    static let failures: [SandboxState] =
        httpFailures + transportFailures + contentFailures + orderFailures + voucherFaults

    /// HTTP statuses under their own numbers.
    private static let httpFailures: [SandboxState] = [
        failing(400, "http_400", .status(code: 400, retryAfterSeconds: nil)),
        failing(401, "http_401", .status(code: 401, retryAfterSeconds: nil)),
        failing(403, "http_403", .status(code: 403, retryAfterSeconds: nil)),
        failing(404, "http_404", .status(code: 404, retryAfterSeconds: nil)),
        failing(428, "http_429_bare", .status(code: 429, retryAfterSeconds: nil)),
        failing(429, "http_429", .status(code: 429, retryAfterSeconds: 30)),
        failing(500, "http_500", .status(code: 500, retryAfterSeconds: nil)),
        failing(502, "http_502", .status(code: 502, retryAfterSeconds: nil)),
        failing(503, "http_503", .status(code: 503, retryAfterSeconds: 30)),
        failing(504, "http_504", .status(code: 504, retryAfterSeconds: nil)),
    ]

    private static let transportFailures: [SandboxState] = [
        failing(800, "latency_1s", .latency(milliseconds: 1000)),
        failing(801, "latency_10s", .latency(milliseconds: 10_000)),
        failing(802, "latency_60s", .latency(milliseconds: 60_000)),
        failing(803, "silence", .silence),
        failing(804, "drip", .drip(bytesPerSecond: 1)),
        failing(805, "reset", .reset),
        failing(806, "truncated", .truncated),
        failing(807, "oversized", .oversized),
    ]

    private static let contentFailures: [SandboxState] = [
        failing(820, "garbage", .garbage),
        failing(821, "html", .html),
        failing(822, "empty", .empty),
        failing(823, "wrong_content_type", .wrongContentType),
        failing(824, "wrong_shape", .wrongShape),
        failing(825, "duplicate_members", .duplicateMembers),
        failing(826, "invalid_text", .invalidText),
        failing(840, "code_in_error", .codeInError),
        failing(841, "code_in_redirect", .redirectToLoopback),
        failing(842, "code_in_redirect_metadata", .redirectToMetadata),
    ]

    /// Failures around an order that takes a card's value, and around signatures.
    private static let orderFailures: [SandboxState] = [
        failing(850, "request_lost", .requestLost),
        failing(851, "no_callback", .noCallback),
        failing(852, "callback_twice", .callbackTwice),
        failing(853, "callback_before_answer", .callbackBeforeAnswer),
        failing(854, "callback_bad_signature", .callbackBadSignature),
        failing(855, "callback_other_order", .callbackOtherOrder),
        failing(856, "failure_then_success", .failureThenSuccess),
        failing(860, "bad_signature", .badSignature),
        failing(861, "clock_skew", .clockSkew),
    ]

    /// The faults of VSIP, 1000 being 900 here.
    private static let voucherFaults: [SandboxState] =
        [1000, 1001, 1002, 1003, 1004, 1005, 1007]
        .map { code in
            SandboxState(
                code - 100,
                "fault_\(code)",
                VoucherFault.text(of: code),
                voucher: .fault(code)
            )
        } + [
            SandboxState(
                999,
                "fault_unknown",
                "a fault that nobody documents",
                voucher: .fault(1999)
            )
        ]

    private static func failing(
        _ selector: Int,
        _ name: String,
        _ fault: SandboxFault
    ) -> SandboxState {
        SandboxState(
            selector,
            name,
            "the failure `\(fault)`",
            voucher: good.voucher,
            license: good.license,
            condition: good.condition,
            conduct: fault
        )
    }
}

/// The XML-RPC faults of VSIP 2.4.
enum VoucherFault {
    static func text(of code: Int) -> String {
        switch code {
        case 1000: "Illegal message"
        case 1001: "Mandatory member missing"
        case 1002: "Illegal type"
        case 1003: "Member out of bounds"
        case 1004: "Unknown operation"
        case 1005: "Internal error"
        case 1007: "Server overloaded"
        default: "Fault \(code)"
        }
    }
}
