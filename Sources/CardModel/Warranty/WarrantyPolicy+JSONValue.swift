public import WireFormat

extension WarrantyPolicy {
    /// The whole policy in the names a policy file uses; reading it gives the same policy.
    public var jsonValue: JSONValue {
        [
            "policy": .string(id),
            "version": .integer(Int64(version)),
            "applies_to": [
                "kind": .string(appliesTo.kind.rawValue),
                "products": .array(appliesTo.products.map(JSONValue.string)),
            ],
            "window": window.jsonValue,
            "one_time": [
                "ends_on": oneTime.endsOnActivation
                    ? [.string(VerdictState.okActivatedByBuyer.rawValue)] : [],
                "disclosure_required": .bool(oneTime.isDisclosureRequired),
            ],
            "promise": promise.jsonValue,
            "coverage": [
                "states": .sorted(coverage.states),
                "exclusions": .sorted(coverage.exclusions),
            ],
            "sla": serviceLevels.jsonValue,
            "remedies": remedies.jsonValue,
            "arbitration": arbitration.jsonValue,
            "deposit": deposit.jsonValue,
            "no_reason_return": .optional(noReasonReturn?.description),
            "membership": membership?.jsonValue ?? .null,
            "calendar": .optional(calendar),
            "disclosure": [
                "text_zh": .optional(disclosure.textZhCN),
                "text_en": .optional(disclosure.textEn),
                "text_sha256": .optional(disclosure.textSHA256),
            ],
            "legal_minimum": .optional(legalMinimum),
            "no_refund_clause": .optional(noRefundClause),
        ]
    }
}

extension WarrantyPolicy.WindowTerms {
    var jsonValue: JSONValue {
        [
            "mode": .string(mode.rawValue),
            "length": mode == .none ? .null : .string("P\(days)D"),
            "basis": .string(basis.rawValue),
            "basis_fallback": fallback.map {
                ["after": .string($0.after.description), "use": .string($0.use.rawValue)]
            } ?? .null,
            "counting": .string(counting.rawValue),
            "time_zone": .string(zone.identifier),
            "report_within_window": "filing",
            "tolling": .sorted(tolling),
            "replacement": [
                "window": "max_of_rest_or", "min": .string("P\(replacement.leastDays)D"),
            ],
        ]
    }
}

extension WarrantyPolicy.Promise {
    var jsonValue: JSONValue {
        [
            "deliver_within": .optional(deliverWithin?.description),
            "face_value": .string(isFaceValueExact ? "exact" : "any"),
            "region": .optional(region),
            "min_shelf_life": .optional(minimumShelfLifeDays.map { "P\($0)D" }),
            "min_balance_validity": .optional(minimumBalanceValidityDays.map { "P\($0)D" }),
        ]
    }
}

extension WarrantyPolicy.ServiceLevels {
    var jsonValue: JSONValue {
        var section = JSONObject()
        for term in Self.terms {
            section[term.name] = .string(self[keyPath: term.path].description)
        }
        section["review_start"] = .object(
            JSONObject(
                Self.reviewStart.map { term in
                    .init(name: term.name, value: .string(self[keyPath: term.path].description))
                }
            )
        )
        for term in Self.agreedTerms {
            section[term.name] = .optional(self[keyPath: term.path]?.description)
        }
        for count in Self.counts {
            section[count.name] = .integer(Int64(self[keyPath: count.path]))
        }
        return .object(section)
    }
}

extension WarrantyPolicy.RemedyTerms {
    var jsonValue: JSONValue {
        [
            "order": .array(order.map { .string($0.rawValue) }),
            "choice": .string(choice.rawValue),
            "delay": delayPercent.map {
                ["kind": "percent", "value": .integer(Int64($0))]
            } ?? .null,
            "auto_limit": automaticLimit.map {
                [
                    "amount_minor": .integer($0.perItem.minorUnits),
                    "per_day_minor": .integer($0.perDay.minorUnits),
                    "currency": .string($0.perItem.currency),
                ]
            } ?? .null,
        ]
    }
}

extension WarrantyPolicy.Arbitration {
    var jsonValue: JSONValue {
        [
            "quorum_amount": quorumAmount?.policyValue ?? .null,
            "arbiters": .integer(Int64(arbiters)),
        ]
    }
}

extension WarrantyPolicy.DepositTerms {
    var jsonValue: JSONValue {
        [
            "per_case": perCase?.policyValue ?? .null,
            "per_day": perDay?.policyValue ?? .null,
            "backstop": .bool(backstop),
        ]
    }
}

extension WarrantyPolicy.MembershipTerms {
    var jsonValue: JSONValue {
        ["length": .string("P\(lengthDays)D"), "tolerance": .string("PT\(toleranceHours)H")]
    }
}

extension Money {
    /// As a policy file writes an amount.
    var policyValue: JSONValue {
        ["amount_minor": .integer(minorUnits), "currency": .string(currency)]
    }
}

extension JSONValue {
    /// The raw values in ascending order: a set has one spelling.
    static func sorted(_ set: Set<some RawRepresentable<String>>) -> JSONValue {
        .array(set.map(\.rawValue).sorted().map(JSONValue.string))
    }
}
