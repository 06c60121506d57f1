extension LiabilityTable {
    /// The table the gateway ships with; `Config/rules/liability.yaml` says the same.
    public static let standard = LiabilityTable(
        id: "cn-standard",
        version: 1,
        rows: codeRows + useRows + expiryRows + deliveryRows + serviceRows + undecidedRows,
        exclusions: standardExclusions
    )

    /// What holds where no row before it does.
    private static func rest(
        _ state: VerdictState,
        _ party: LiableParty,
        _ ground: Ground = .defaultOfState
    ) -> Row {
        Row(
            id: "liability.\(state.rawValue)",
            state: state,
            condition: .rest,
            party: party,
            ground: ground
        )
    }

    private static func row(
        _ state: VerdictState,
        _ name: String,
        when condition: LiabilityCondition,
        _ party: LiableParty,
        _ ground: Ground
    ) -> Row {
        Row(
            id: "liability.\(state.rawValue).\(name)",
            state: state,
            condition: condition,
            party: party,
            ground: ground
        )
    }

    private static func circumstance(
        _ state: VerdictState,
        _ name: Circumstance.Name,
        _ party: LiableParty
    ) -> Row {
        row(
            state,
            name.rawValue,
            when: LiabilityCondition(circumstance: name),
            party,
            .circumstance
        )
    }

    private static let codeRows: [Row] =
        [
            rest(.okUnused, .none, .noDefect),
            rest(.okActivatedByBuyer, .none, .noDefect),
            circumstance(.notActivated, .activationPending, .thirdParty),
            rest(.notActivated, .merchant),
            circumstance(.duplicateDelivery, .platformDispensedTwice, .platform),
            rest(.duplicateDelivery, .merchant),
        ]
        + [
            .malformed, .notFound, .wrongProduct, .wrongRegion, .wrongVersion, .undervalued,
            .shortShelfLife, .revoked, .duplicateStock, .accountMismatch, .accountCompromised,
        ].map { (state: VerdictState) in rest(state, .merchant) }

    /// The custody rule (D-1), the same for a code used up and one used in part.
    private static let useRows: [Row] = [.partiallyUsed, .used].flatMap {
        (state: VerdictState) -> [Row] in
        [
            row(
                state,
                "dead_at_dispense",
                when: LiabilityCondition(isDeadAtDispense: true),
                .merchant,
                .deadAtDispense
            ),
            row(
                state,
                "merchant_held",
                when: LiabilityCondition(holder: .merchant),
                .merchant,
                .merchantHeld
            ),
            row(
                state,
                "platform_held",
                when: LiabilityCondition(holder: .platform),
                .platform,
                .platformHeld
            ),
            row(
                state,
                "presumption_rebutted",
                when: LiabilityCondition(holder: .buyer, circumstance: .presumptionRebutted),
                .merchant,
                .presumptionRebutted
            ),
            row(
                state,
                "presumed_buyer",
                when: LiabilityCondition(holder: .buyer),
                .buyer,
                .presumedBuyer
            ),
        ]
            + Custody.Doubt.allCases.map { doubt in
                row(
                    state,
                    doubt.rawValue,
                    when: LiabilityCondition(holder: .undecided(doubt)),
                    .undetermined,
                    .doubt
                )
            }
    }

    /// Expiry is judged at the hand-over, whatever today's date (M1-06).
    private static let expiryRows: [Row] = [
        row(
            .expired,
            "dead_at_dispense",
            when: LiabilityCondition(isDeadAtDispense: true),
            .merchant,
            .deadAtDispense
        ),
        row(
            .expired,
            "not_handed_over",
            when: LiabilityCondition(isHandedOver: false),
            .merchant,
            .beforeDelivery
        ),
        row(
            .expired,
            "shelf_life_short",
            when: LiabilityCondition(isShelfLifeShort: true),
            .merchant,
            .shelfLifeShort
        ),
        row(
            .expired,
            "before_delivery",
            when: LiabilityCondition(timing: .beforeDelivery),
            .merchant,
            .beforeDelivery
        ),
        row(
            .expired,
            "after_delivery",
            when: LiabilityCondition(timing: .afterDelivery),
            .buyer,
            .afterDelivery
        ),
        row(
            .expired,
            "unknown",
            when: LiabilityCondition(timing: .unknown),
            .undetermined,
            .doubt
        ),
    ]

    private static let deliveryRows: [Row] =
        [.oversold, .notDelivered, .shortDelivery].flatMap { (state: VerdictState) in
            [
                circumstance(state, .platformAtFault, .platform),
                rest(state, .merchant),
            ]
        } + [
            circumstance(.lateDelivery, .platformAtFault, .platform),
            circumstance(.lateDelivery, .thirdPartyFault, .thirdParty),
            rest(.lateDelivery, .merchant),
            rest(.extractionFailed, .platform),
            rest(.doubleCharged, .platform),
        ]

    private static let serviceRows: [Row] = [
        circumstance(.termShortened, .publisherChangedRule, .thirdParty),
        rest(.termShortened, .merchant),
        circumstance(.serviceInterrupted, .publisherChangedRule, .thirdParty),
        rest(.serviceInterrupted, .merchant),
        rest(.temporarilyUnusable, .thirdParty),
        rest(.issuerDelay, .thirdParty),
    ]

    private static let undecidedRows: [Row] = [
        rest(.locked, .undetermined, .unproven),
        rest(.indeterminate, .none, .noDefect),
        rest(.unsupported, .none, .noDefect),
        rest(.conflict, .undetermined, .unproven),
    ]

    private static let standardExclusions: [ExclusionRow] = Exclusion.Kind.allCases.map { kind in
        ExclusionRow(
            id: "exclusion.\(kind.rawValue)",
            kind: kind,
            states: kind.explainableStates,
            party: kind.standardParty
        )
    }
}

extension Exclusion.Kind {
    fileprivate var standardParty: LiableParty {
        switch self {
        case .userLostKey, .userLeak, .userWrongTarget: .buyer
        case .forceMajeure: .thirdParty
        case .disclosedLimit: .none
        }
    }
}
