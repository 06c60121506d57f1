extension CoverageTable {
    /// The table the gateway ships with; `Config/rules/coverage.yaml` says the same.
    public static let standard = CoverageTable(
        id: "cn-standard",
        version: 1,
        rows: codeRows + timedRows + stockRows + deliveryRows + serviceRows + undecidedRows
    )

    private static func row(
        _ state: VerdictState,
        _ covered: Covered,
        _ claim: AutomaticClaim,
        _ remedies: [Remedy],
        _ evidence: [MinimumEvidence]
    ) -> Row {
        Row(
            id: "coverage.\(state.rawValue)",
            state: state,
            covered: covered,
            claim: claim,
            remedies: remedies,
            evidence: evidence
        )
    }

    private static let again: [Remedy] = [.reissue, .refundOriginal]

    private static let codeRows: [Row] =
        [
            row(.okUnused, .none, .never, [], [.issuerAnswer]),
            row(.okActivatedByBuyer, .none, .never, [], [.firstUseTime, .orderMatch]),
            row(
                .malformed,
                .always,
                .afterBuyerConfirms,
                [.reissue],
                [.localCheck, .deliveredText]
            ),
            row(.notFound, .always, .atOnce, again, [.issuerAnswer]),
            row(
                .notActivated,
                .always,
                .afterRecheck,
                [.repair, .reissue],
                [.issuerAnswer, .secondIssuerAnswer]
            ),
        ]
        + [.wrongProduct, .wrongRegion, .wrongVersion].map { (state: VerdictState) in
            row(state, .ifPromised, .ifStated, again, [.orderSnapshot, .issuerAnswer])
        }
        + [row(.undervalued, .always, .atOnce, [.payDifference] + again, [.valueComparison])]

    private static let timedRows: [Row] = [
        row(
            .partiallyUsed,
            .beforeDelivery,
            .atOnce,
            [.payDifference] + again,
            [.balance, .useTime]
        ),
        row(.used, .beforeDelivery, .atOnce, again, [.firstUseTime, .custody]),
        row(.expired, .beforeDelivery, .atOnce, again, [.expiryDate, .deliveryTime]),
        row(
            .shortShelfLife,
            .ifPromised,
            .ifStated,
            [.reissue, .partialRefund],
            [.orderSnapshot, .expiryDate]
        ),
        // Covered after the hand-over too, inside the window: the source was bad.
        row(.revoked, .always, .atOnce, [.refundOriginal], [.issuerAnswer]),
        row(.locked, .person, .person, [.wait, .repair], [.issuerAnswer, .attemptLog]),
    ]

    private static let stockRows: [Row] = [
        row(.duplicateDelivery, .always, .atOnce, again, [.bothCustodyTrails]),
        row(.duplicateStock, .preSale, .never, [], [.auditReport]),
    ]

    private static let deliveryRows: [Row] =
        [.oversold, .notDelivered, .shortDelivery].map { (state: VerdictState) in
            row(state, .always, .atOnce, again + [.coupon], [.order, .payment, .counts])
        } + [
            row(
                .lateDelivery,
                .always,
                .proposed,
                [.compensateDelay],
                [.promisedTime, .deliveryTime]
            ),
            row(.extractionFailed, .always, .atOnce, [.repair, .reissue], [.platformErrorLog]),
            row(.doubleCharged, .always, .person, [.refundOriginal], [.bothPaymentIDs]),
        ]

    private static let serviceRows: [Row] =
        [.termShortened, .serviceInterrupted].map { (state: VerdictState) in
            row(
                state,
                .always,
                .afterRecheck,
                [.reissue, .partialRefund],
                [.activationRecord, .endTime]
            )
        }
        + [.accountMismatch, .accountCompromised].map { (state: VerdictState) in
            row(state, .always, .proposed, [.refundOriginal, .reissue], [.attributeChecklist])
        }
        + [.temporarilyUnusable, .issuerDelay].map { (state: VerdictState) in
            row(state, .tolled, .tracked, [.wait, .reissue], [.incident, .transcripts])
        }

    private static let undecidedRows: [Row] = [
        row(.indeterminate, .tolled, .never, [], [.eachAttempt]),
        row(.unsupported, .buyerEvidence, .never, [], [.buyerScreenshots]),
        row(.conflict, .none, .never, [], [.bothSources]),
    ]
}
