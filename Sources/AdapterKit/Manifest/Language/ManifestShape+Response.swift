import CardModel

/// How the answer is read.
extension ManifestShape {
    static let response = ManifestShape(
        "response",
        [
            .optional("format", .word(AnswerFormat.self), "How answers are written; `json`."),
            .optional("content_types", .oneOrMore(.text), "Media types of a readable answer."),
            .optional(
                "verify",
                .either(verifications.map { .mapping($0) }),
                "The signature every answer must have."
            ),
            .optional("issuer_code", .pointer, "The issuer's own code."),
            .optional("issuer_text", .pointer, "The issuer's own words."),
            .optional("echo", .mapping(echo), "What the issuer repeats of the question."),
            .optional("provenance", .mapping(provenance), "The code that the issuer gave out."),
            .optional("expires", .mapping(expiry), "Until when the code is good."),
            .optional("value", .mapping(value), "What the code is worth."),
            .optional("first_use", .mapping(time), "When the code was first used."),
            .optional("history", .mapping(history), "Changes the issuer tells of."),
            .optional("balance_until", .mapping(time), "Until when a charged balance is good."),
            .optional("term", .mapping(term), "From when to when a membership runs."),
            .optional("attributes", .named(.pointer), "By name: region, server, edition …"),
            .optional("used_by", .pointer, "Who used it; the last four symbols are kept."),
            .optional("login_anomaly", .pointer, "What was noticed of sign-ins: a text, or true."),
            .optional("scrub", .list(.pointer), "Personal data that is not kept."),
            .required("rules", .list(.mapping(rule)), "Tried in order; the first that fits."),
        ]
    )

    static let echo = ManifestShape(
        "echo",
        [
            .optional("serial", .pointer, "Another than the delivered one: `conflict`."),
            .optional("key", .pointer, "Another one: the answer is not about this code."),
            .optional("nonce", .pointer, "Another one, or none: the answer is not to us."),
        ]
    )

    static let provenance = ManifestShape(
        "provenance",
        [
            .optional("list", .pointer, "Where several issued codes stand."),
            .required("key", .pointer, "The issued key (in each element)."),
            .optional("serial", .pointer, "The issued serial (in each element)."),
        ]
    )

    private static let timeKeys: [Key] = [
        .required("path", .pointer, "Where it stands."),
        .required("as", .word(TimeExtraction.Notation.self), "How it is written."),
        .optional("offset", .text, "Of a `datetime`: `+08:00`, `Z` or `{settings.NAME}`."),
    ]

    static let time = ManifestShape("time", timeKeys)

    static let term = ManifestShape(
        "term",
        [
            .required("start", .mapping(time), "An instant, not a date."),
            .required("end", .mapping(time), "An instant, not a date."),
        ]
    )

    static let expiry = ManifestShape(
        "expires",
        timeKeys + [
            .optional("past_means_expired", .flag, "Only the date tells that a code is over."),
            .optional("never", .oneOrMore(.text), "What stands there for codes without end."),
        ]
    )

    private static let amountKeys: [Key] = [
        .required("amount", .pointer, "Where it stands."),
        .required("unit", .word(AmountExtraction.Unit.self), "Cents, or whole currency units."),
        .required("currency", .text, "A pointer, or an ISO 4217 code."),
    ]

    static let amount = ManifestShape("amount", amountKeys)

    static let value = ManifestShape(
        "value",
        amountKeys + [
            .optional("lower_means", .word(VerdictState.self), "`undervalued` when not said."),
            .optional("zero_means", .word(VerdictState.self), "Of a good code worth nothing."),
        ]
    )

    static let history = ManifestShape(
        "history",
        [
            .required("list", .pointer, "Where the events stand."),
            .required("kind", .pointer, "In each: the issuer's word."),
            .optional("time", .mapping(time), "In each: when."),
            .optional("actor", .pointer, "In each: who; the last four symbols are kept."),
            .optional("amount", .mapping(amount), "In each: how much."),
            .optional("newest_first", .flag, "The order, where times do not tell."),
            .optional(
                "uses",
                .list(.text),
                "Words for a use: the first of them tells `first_use`, where nothing else does."
            ),
        ]
    )

    static let rule = ManifestShape(
        "rule",
        [
            .optional("when", .mapping(condition), "What must hold; HTTP 200 when not said."),
            .optional("state", .word(VerdictState.self), "What the answer means."),
            .optional("cause", causes, "Why it is `indeterminate`."),
            .optional("table", .mapping(table), "Or: what each code means."),
            .optional("en", .text, "The conditions, told to people in English."),
            .optional("zh", .text, "The conditions, told to people in Chinese."),
        ]
    )

    static let condition = ManifestShape(
        "when",
        [
            .optional("status", .oneOrMore(.integer(200...499)), "HTTP status."),
            .optional("json", .named(matcherValue), "By pointer into a JSON body."),
            .optional("xml", .named(matcherValue), "By pointer into an XML body."),
            .optional("headers", .named(matcherValue), "By name, in any case."),
        ]
    )

    private static let matcherValue: ManifestValue = .either([
        .oneOrMore(.text), .mapping(matcher),
    ])

    static let matcher = ManifestShape(
        "matcher",
        [
            .optional("is", .oneOrMore(.text), "Is one of the texts, as written."),
            .optional("is_not", .oneOrMore(.text), "Is there, and none of the texts."),
            .optional("exists", .flag, "Is there, and not null."),
            .optional("empty", .flag, "Is null, empty text, list or object."),
            .optional("contains", .text, "Contains the text, in any case."),
            .optional("begins_with", .text, "Begins with the text."),
            .optional("at_least", operand, "Is a number, and not smaller."),
            .optional("below", operand, "Is a number, and smaller."),
            .optional("type", .word(ValueMatcher.JSONType.self), "Is of the type."),
        ]
    )

    private static let operand: ManifestValue = .either([
        .number(-1e15...1e15), .mapping(otherValue),
    ])

    static let otherValue = ManifestShape(
        "other_value",
        [.required("path", .pointer, "Another value of the same answer.")]
    )

    static let table = ManifestShape(
        "table",
        [
            .required("path", .pointer, "Where the issuer's code stands."),
            .required(
                "codes",
                .named(.either([.word(VerdictState.self), .mapping(meaning)])),
                "What each code means, verbatim."
            ),
        ]
    )

    static let meaning = ManifestShape(
        "meaning",
        [
            .required("state", .word(VerdictState.self), "What the answer means."),
            .optional("cause", causes, "Why it is `indeterminate`."),
            .optional("en", .text, "The answer, told to people in English."),
            .optional("zh", .text, "The answer, told to people in Chinese."),
        ]
    )

    private static let causes: ManifestValue = .words(IndeterminateCause.known.map(\.rawValue))

    static let verifications: [ManifestShape] = AnswerVerification.Word.allCases.map(verification)

    static func verification(_ scheme: AnswerVerification.Word) -> ManifestShape {
        let common: [Key] = [
            .required("scheme", .constant(scheme.rawValue), "Which scheme."),
            .required("algorithm", .word(VerifyingAlgorithm.self), "How answers are signed."),
            .optional(
                "key", .template, "Settings and secrets; without a value nothing is verified."),
            .optional("key_as", .word(KeyNotation.self), "How an HMAC's key is written; `text`."),
            .optional(
                "max_age_seconds",
                .integer(AnswerVerification.maximumAgeRange),
                "How far the signed time may be from ours."
            ),
        ]
        let own: [Key] =
            switch scheme {
            case .text:
                [
                    .required("string", .template, "What is signed."),
                    .optional("as", .word(SignatureNotation.self), "`base64` when not said."),
                    .optional("header", .text, "The header that holds the signature."),
                    .optional("path", .pointer, "Or: where it stands in the body."),
                    .optional("signed_at", .mapping(signedTime), "The signed time."),
                ]
            case .httpSignature:
                [
                    .required("header", .text, "The header that holds the signature."),
                    .optional("host", .template, "The signed host; that of the address."),
                ]
            }
        return ManifestShape("verify_\(scheme.rawValue)", common + own)
    }

    static let signedTime = ManifestShape(
        "signed_at",
        [
            .optional("header", .text, "The header that holds the time."),
            .optional("path", .pointer, "Or: where it stands in the body."),
            .required("as", .word(SignedTime.Notation.self), "How it is written."),
        ]
    )
}
