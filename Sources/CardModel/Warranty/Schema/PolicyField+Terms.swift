import WireFormat

extension PolicyField {
    static let window: [PolicyField] = [
        PolicyField("mode", .words(of: WarrantyPolicy.Mode.self), "How the window ends."),
        PolicyField("length", .elapsed, "Whole days; required unless the mode is none."),
        PolicyField("basis", .words(of: WarrantyPolicy.Basis.self), "What starts the window."),
        PolicyField(
            "basis_fallback",
            .mapping([
                PolicyField("after", .elapsed, "Time after the hand-over.", isRequired: true),
                PolicyField(
                    "use",
                    .words([WarrantyPolicy.Basis.delivery.rawValue]),
                    "The event that is sure to come."
                ),
            ]),
            "What starts the window when the basis never comes."
        ),
        PolicyField(
            "counting",
            .words(of: WarrantyPolicy.Counting.self),
            "N times 24 hours, or to the end of local day N."
        ),
        PolicyField("time_zone", .text(pattern: nil), "A zone of the tz database."),
        PolicyField("report_within_window", .words(["filing"]), "The time of the report counts."),
        PolicyField("tolling", .list(.words(of: TollingKind.self)), "What stops the clock."),
        PolicyField(
            "replacement",
            .mapping([
                PolicyField("window", .words(["max_of_rest_or"]), "The rest, or the minimum."),
                PolicyField("min", .elapsed, "Whole days."),
            ]),
            "The window of a replacement code."
        ),
    ]

    static let serviceLevels: [PolicyField] =
        WarrantyPolicy.ServiceLevels.terms.map { PolicyField($0.name, .duration, $0.title.en) }
        + [
            PolicyField(
                "review_start",
                .mapping(
                    WarrantyPolicy.ServiceLevels.reviewStart.map {
                        PolicyField($0.name, .duration, $0.title.en)
                    }
                ),
                "start of the platform's review"
            )
        ]
        + WarrantyPolicy.ServiceLevels.agreedTerms.map {
            PolicyField($0.name, .duration, $0.title.en)
        }
        + WarrantyPolicy.ServiceLevels.counts.map {
            PolicyField($0.name, .integer($0.range), $0.title.en)
        }

    static let remedies: [PolicyField] = [
        PolicyField(
            "order",
            .list(.words(Remedy.allCases.filter { !$0.needsPerson }.map(\.rawValue))),
            "What is offered, the first one first; card keys offer reissue and refund_original."
        ),
        PolicyField(
            "choice",
            .words(of: WarrantyPolicy.RemedyChoice.self),
            "Who chooses between reissue and refund."
        ),
        PolicyField(
            "delay",
            .mapping([
                PolicyField("kind", .words(["percent"]), "Percent of the price."),
                PolicyField("value", .integer(0...100), "How many percent."),
            ]),
            "What a late delivery costs."
        ),
        PolicyField(
            "auto_limit",
            .mapping([
                PolicyField("amount_minor", .minorUnits, "Most for one item.", isRequired: true),
                PolicyField("per_day_minor", .minorUnits, "Most for one day.", isRequired: true),
                PolicyField("currency", .currency, "ISO 4217.", isRequired: true),
            ]),
            "Up to here money goes back without a person."
        ),
    ]

    static let arbitration: [PolicyField] = [
        PolicyField("quorum_amount", .amount, "From here on the arbiters decide together."),
        PolicyField(
            "arbiters",
            .integer(1...WarrantyPolicy.Arbitration.mostArbiters),
            "How many; with a quorum_amount two or more."
        ),
    ]

    static let deposit: [PolicyField] = [
        PolicyField("per_case", .amount, "Most for one case; above it a person decides."),
        PolicyField(
            "per_day", .amount, "Most for one merchant and day; above it a person decides."),
        PolicyField("backstop", .flag, "Whether the platform pays where the deposit is short."),
    ]
}
