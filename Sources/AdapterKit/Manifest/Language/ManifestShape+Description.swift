import CardModel

/// What an adapter says about itself.
extension ManifestShape {
    static let manifest = ManifestShape(
        "manifest",
        [
            .optional(
                "manifest",
                .integer(ManifestParser.languageVersion...ManifestParser.languageVersion),
                "Version of this language."
            ),
            .required("id", .text, "Lower-case letters, digits and single dashes."),
            .required(
                "version",
                .integer(1...1_000_000),
                "Rises whenever the meaning of an answer changes."
            ),
            .required("name", .mapping(localised), "What people call it."),
            .optional("kind", .word(AdapterKind.self), "How the adapter is written."),
            .optional("not_tested_live", .flag, "The real issuer was never asked."),
            .optional(
                "verifies_answers",
                .flag,
                "The adapter verifies the signature of the answers; only of Swift and of programs."
            ),
            .optional("formats", .oneOrMore(.text), "Card formats this issuer uses."),
            .required("operations", .mapping(operations), "What can be asked, and its effect."),
            .optional("settlement", .mapping(settlement), "How an open redemption is settled."),
            .optional("discloses_to", .mapping(localised), "Who else sees a usable code."),
            .optional(
                "canaries",
                .list(.mapping(canary)),
                "Codes that were never issued, asked on a schedule."
            ),
            .optional("settings", .named(.mapping(setting)), "What an operator gives."),
            .optional("limits", .mapping(limits), "How hard the issuer may be asked."),
            .optional("retry_safe", .flag, "Asking twice is the same as asking once."),
            .optional("request", .mapping(request), "How the question is put."),
            .optional(
                "auth",
                .either(authentications.map { .mapping($0) }),
                "How we show who is asking."
            ),
            .optional("response", .mapping(response), "How the answer is read."),
            .optional(
                "command", .oneOrMore(.text), "Of kind `process`: the program and its words."),
            .optional("process", .mapping(program), "Of kind `process`: what it may use up."),
            .optional(
                "answers",
                .named(.either([.word(VerdictState.self), .mapping(meaning)])),
                "What an adapter in code makes of the issuer's words."
            ),
        ]
    )

    static let program = ManifestShape(
        "process",
        [
            .optional("memory_mib", .integer(ProgramLimits.memoryRange), "Address space."),
            .optional(
                "cpu_seconds",
                .integer(ProgramLimits.processorRange),
                "Processor time of one life."
            ),
            .optional("open_files", .integer(ProgramLimits.openFilesRange), "Open files."),
            .optional("processes", .integer(ProgramLimits.processesRange), "Processes."),
        ]
    )

    static let localised = ManifestShape(
        "localised",
        [
            .required("en", .text, "English."),
            .required("zh", .text, "Chinese."),
        ]
    )

    static let operations = ManifestShape(
        "operations",
        AdapterOperation.allCases.map {
            .optional($0.rawValue, .mapping(operation), "The operation `\($0.rawValue)`.")
        }
    )

    static let operation = ManifestShape(
        "operation",
        [
            .required("effect", .word(OperationEffect.self), "What it does to the code."),
            .optional("note", .mapping(localised), "A sentence about the effect."),
        ]
    )

    static let settlement = ManifestShape(
        "settlement",
        [
            .optional("query", .flag, "The issuer can be asked about an order."),
            .optional("callback", .flag, "The issuer reports by itself."),
            .optional("adapter", .text, "An adapter whose inquiry tells."),
            .optional(
                "note",
                .mapping(localised),
                "Told in place of these ways, where they promise too much."
            ),
        ]
    )

    static let canary = ManifestShape(
        "canary",
        [
            .required("name", .text, "Stands in events and metrics."),
            .required("key", .text, "A key that was never issued."),
            .optional("serial", .text, "Its serial, where the issuer wants one."),
            .required(
                "expect",
                .words(ManifestParser.canaryStates.map(\.rawValue)),
                "What the issuer says of it."
            ),
        ]
    )

    static let setting = ManifestShape(
        "setting",
        [
            .optional("kind", .word(SettingDeclaration.Kind.self), "What a value looks like."),
            .optional("secret", .flag, "Given as a file, shown nowhere."),
            .optional("required", .flag, "Nothing works without it."),
            .optional("default", .text, "Used when nothing is configured."),
            .optional("summary", .mapping(localised), "What it is, in a sentence."),
        ]
    )

    static let limits = ManifestShape(
        "limits",
        [
            .optional(
                "concurrency",
                .integer(AdapterLimits.concurrencyRange),
                "Requests in flight at one time."
            ),
            .optional(
                "requests_per_second",
                .number(ManifestParser.leastRate...AdapterLimits.highestRequestsPerSecond),
                "Sustained rate over all workers."
            ),
            .optional(
                "burst",
                .integer(AdapterLimits.concurrencyRange),
                "Requests at once after a pause."
            ),
            .optional(
                "timeout_seconds",
                .integer(1...AdapterLimits.longestTimeoutSeconds),
                "Deadline of one request."
            ),
            .optional(
                "response_bytes",
                .integer(AdapterLimits.responseBytesRange),
                "Bytes of an answer that are read."
            ),
            .optional(
                "skew_margin_seconds",
                .integer(AdapterLimits.skewMarginRange),
                "Difference of clocks that decides nothing."
            ),
            .optional(
                "rate_limit_headers",
                .mapping(rateLimitHeaders),
                "Where the issuer says what it still takes."
            ),
        ]
    )

    static let rateLimitHeaders = ManifestShape(
        "rate_limit_headers",
        [
            .required("remaining", .text, "Header with the requests that are left."),
            .required("reset", .text, "Header with the time of the reset."),
            .required("reset_as", .word(RateLimitHeaders.Reset.self), "How that is written."),
        ]
    )
}
