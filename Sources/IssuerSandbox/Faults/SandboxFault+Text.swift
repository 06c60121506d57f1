extension SandboxFault: LosslessStringConvertible {
    /// Reads the text form: a word, and numbers after colons where the fault takes them.
    ///
    /// `latency:MS` (1…600000) · `status:CODE[:RETRY_AFTER_SECONDS]` (400…599) ·
    /// `drip[:BYTES_PER_SECOND]` (1 unless told) · and the bare words of ``SandboxFault/words``.
    /// Nil for anything else.
    public init?(_ description: String) {
        guard description.utf8.count <= SandboxLimits.wordSymbols else { return nil }
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
            .map(String.init)
        if parts.count == 1, let bare = Self.bareWords[parts[0]] {
            self = bare
            return
        }
        let numbers = parts.dropFirst().map(Self.number)
        guard let word = parts.first, !numbers.contains(nil) else { return nil }
        switch (word, numbers.compactMap { $0 }) {
        case ("latency", let values) where values.count == 1 && (1...600_000).contains(values[0]):
            self = .latency(milliseconds: values[0])
        case ("status", let values) where Self.isStatus(values):
            self = .status(code: values[0], retryAfterSeconds: values.dropFirst().first)
        case ("drip", let values) where values.count == 1 && (1...1_000_000).contains(values[0]):
            self = .drip(bytesPerSecond: values[0])
        default:
            return nil
        }
    }

    public var description: String {
        switch self {
        case .latency(let milliseconds): "latency:\(milliseconds)"
        case .status(let code, nil): "status:\(code)"
        case .status(let code, let seconds?): "status:\(code):\(seconds)"
        case .html: "html"
        case .truncated: "truncated"
        case .garbage: "garbage"
        case .reset: "reset"
        case .drip(let bytesPerSecond): "drip:\(bytesPerSecond)"
        case .silence: "silence"
        case .empty: "empty"
        case .wrongContentType: "wrong_content_type"
        case .oversized: "oversized"
        case .wrongShape: "wrong_shape"
        case .duplicateMembers: "duplicate_members"
        case .invalidText: "invalid_text"
        case .codeInError: "code_in_error"
        case .redirectToLoopback: "redirect_loopback"
        case .redirectToMetadata: "redirect_metadata"
        case .flip: "flip"
        case .requestLost: "request_lost"
        case .noCallback: "no_callback"
        case .callbackTwice: "callback_twice"
        case .callbackBeforeAnswer: "callback_before_answer"
        case .callbackBadSignature: "callback_bad_signature"
        case .callbackOtherOrder: "callback_other_order"
        case .failureThenSuccess: "failure_then_success"
        case .badSignature: "bad_signature"
        case .clockSkew: "clock_skew"
        }
    }

    /// Every form there is, for help pages and error texts.
    public static let words: [String] =
        ["latency:MS", "status:CODE[:RETRY_AFTER]", "drip[:BYTES_PER_SECOND]"]
        + bareWords.keys.filter { $0 != "drip" }.sorted()

    private static let bareWords: [String: SandboxFault] = {
        let faults: [SandboxFault] = [
            .html, .truncated, .garbage, .reset, .silence, .empty, .wrongContentType, .oversized,
            .wrongShape, .duplicateMembers, .invalidText, .codeInError, .redirectToLoopback,
            .redirectToMetadata, .flip, .requestLost, .noCallback, .callbackTwice,
            .callbackBeforeAnswer, .callbackBadSignature, .callbackOtherOrder,
            .failureThenSuccess, .badSignature, .clockSkew,
        ]
        var words = Dictionary(uniqueKeysWithValues: faults.map { ($0.description, $0) })
        words["drip"] = .drip(bytesPerSecond: 1)
        return words
    }()

    private static func isStatus(_ values: [Int]) -> Bool {
        switch values.count {
        case 1: (400...599).contains(values[0])
        case 2: (400...599).contains(values[0]) && (0...86_400).contains(values[1])
        default: false
        }
    }

    /// ASCII digits only: `Int("+5")` would be a second spelling of the same fault.
    private static func number(_ text: String) -> Int? {
        guard (1...7).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39) ~= $0 })
        else { return nil }
        return Int(text)
    }
}
