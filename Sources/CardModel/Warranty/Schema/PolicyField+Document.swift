import WireFormat

extension PolicyField {
    /// The whole document, in the order of a policy file.
    static let document: [PolicyField] = [
        PolicyField(
            "policy",
            .text(pattern: "^[a-z0-9-]{1,\(WarrantyPolicy.longestIdentifier)}$"),
            "The id that products name.",
            isRequired: true
        ),
        PolicyField(
            "version",
            .integer(1...WarrantyPolicy.mostVersions),
            "Rises with every change; an order keeps the version it was placed under.",
            isRequired: true
        ),
        PolicyField("applies_to", .mapping(scope), "What the policy is for."),
        PolicyField(
            "window",
            .mapping(window),
            "How long the warranty runs, and from when.",
            isRequired: true
        ),
        PolicyField("one_time", .mapping(oneTime), "The terms of a one-time verification."),
        PolicyField(
            "membership",
            .mapping(membership),
            "What a membership lasts; only with applies_to.kind membership."
        ),
        PolicyField("promise", .mapping(promise), "What the listing promises beyond a good code."),
        PolicyField("coverage", .mapping(coverage), "What is covered, and what takes it out."),
        PolicyField("sla", .mapping(serviceLevels), "Who must act by when."),
        PolicyField("remedies", .mapping(remedies), "What the buyer gets."),
        PolicyField(
            "no_reason_return",
            .elapsed,
            "An unused code may be returned within this, without a reason."
        ),
        PolicyField("arbitration", .mapping(arbitration), "How many people decide a dispute."),
        PolicyField("deposit", .mapping(deposit), "What is paid without a person."),
        PolicyField("calendar", .text(pattern: nil), "Id of the calendar of working days."),
        PolicyField("disclosure", .mapping(disclosure), "The text shown before the order."),
        PolicyField("legal_minimum", .text(pattern: nil), "id@version of the platform's minimum."),
        PolicyField(
            "no_refund_clause",
            .text(pattern: nil),
            "The words of a no-refund clause; no decision reads them."
        ),
    ]

    private static let scope: [PolicyField] = [
        PolicyField("kind", .words(of: WarrantyPolicy.GoodsKind.self), "The kind of goods."),
        PolicyField("products", .list(.text(pattern: nil)), "Product ids; * means every product."),
    ]

    private static let oneTime: [PolicyField] = [
        PolicyField(
            "ends_on",
            .list(.words(VerdictState.allCases.filter(\.isGood).map(\.rawValue))),
            "The good state that ends the window on the issuer's evidence; [] for none."
        ),
        PolicyField(
            "disclosure_required",
            .flag,
            "Without disclosure before the order the period holds alone."
        ),
    ]

    private static let membership: [PolicyField] = [
        PolicyField("length", .elapsed, "Whole days.", isRequired: true),
        PolicyField("tolerance", .elapsed, "Whole hours by which a term may end too early."),
    ]

    private static let promise: [PolicyField] = [
        PolicyField("deliver_within", .duration, "A later hand-over is a late delivery."),
        PolicyField("face_value", .words(["exact", "any"]), "Whether the value must be exact."),
        PolicyField("region", .text(pattern: nil), "The region that the code is good in."),
        PolicyField(
            "min_shelf_life",
            .elapsed,
            "The fewest whole days to the card's use-by date at the hand-over."
        ),
        PolicyField(
            "min_balance_validity",
            .elapsed,
            "The fewest whole days for which the balance is valid once the card is charged."
        ),
    ]

    private static let coverage: [PolicyField] = [
        PolicyField(
            "states",
            .list(.words(VerdictState.allCases.filter(\.isCoverable).map(\.rawValue))),
            "The states covered; left out, every one that a warranty can cover."
        ),
        PolicyField(
            "exclusions",
            .list(.words(of: Exclusion.Kind.self)),
            "The facts that may take a defect out; each counts with evidence only."
        ),
    ]

    private static let disclosure: [PolicyField] = [
        PolicyField("text_zh", .text(pattern: nil), "The text in Chinese."),
        PolicyField("text_en", .text(pattern: nil), "The text in English."),
        PolicyField("text_sha256", .text(pattern: "^[0-9a-f]{64}$"), "The SHA-256 of the text."),
    ]
}
