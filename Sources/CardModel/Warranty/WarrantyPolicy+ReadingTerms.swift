import WireFormat

extension WarrantyPolicy {
    static func readPromise(_ reader: ObjectReader) -> Promise? {
        guard let section = reader.object("promise") else { return nil }
        let promise = Promise(
            deliverWithin: section.duration("deliver_within"),
            isFaceValueExact: section.read("face_value", expected: "exact or any") { value in
                switch value.stringValue {
                case "exact": true
                case "any": false
                default: nil
                }
            } ?? true,
            region: section.string("region"),
            minimumShelfLifeDays: section.days("min_shelf_life", in: 1...WindowTerms.mostDays),
            minimumBalanceValidityDays: section.days(
                "min_balance_validity",
                in: 1...WindowTerms.mostDays
            )
        )
        section.refuseOthers()
        return promise
    }

    static func readCoverage(_ reader: ObjectReader) -> Coverage? {
        guard let section = reader.object("coverage") else { return nil }
        let states = section.choices("states", of: VerdictState.self)
        for state in states ?? [] where !state.isCoverable {
            section.note("states", .contradiction, "`\(state.rawValue)` is nothing to cover")
        }
        let exclusions = section.choices("exclusions", of: Exclusion.Kind.self)
        section.refuseOthers()
        let everything = Coverage()
        return Coverage(
            states: states.map(Set.init) ?? everything.states,
            exclusions: exclusions.map(Set.init) ?? everything.exclusions
        )
    }

    static func readServiceLevels(_ reader: ObjectReader) -> ServiceLevels? {
        guard let section = reader.object("sla") else { return nil }
        var levels = ServiceLevels()
        for term in ServiceLevels.terms {
            levels[keyPath: term.path] = section.duration(term.name) ?? levels[keyPath: term.path]
        }
        if let start = section.object("review_start") {
            for term in ServiceLevels.reviewStart {
                levels[keyPath: term.path] = start.duration(term.name) ?? levels[keyPath: term.path]
            }
            start.refuseOthers()
        }
        for term in ServiceLevels.agreedTerms {
            levels[keyPath: term.path] = section.duration(term.name)
        }
        for count in ServiceLevels.counts {
            levels[keyPath: count.path] =
                section.integer(count.name, in: count.range) ?? levels[keyPath: count.path]
        }
        section.refuseOthers()
        return levels
    }

    static func readRemedies(_ reader: ObjectReader) -> RemedyTerms? {
        guard let section = reader.object("remedies") else { return nil }
        var remedies = RemedyTerms()
        remedies.order = section.choices("order", of: Remedy.self) ?? remedies.order
        remedies.choice = section.choice("choice", of: RemedyChoice.self) ?? remedies.choice
        if let delay = section.object("delay") {
            _ = delay.read("kind", expected: "percent") { $0.stringValue == "percent" ? true : nil }
            remedies.delayPercent = delay.integer("value", in: 0...100)
            delay.refuseOthers()
        }
        remedies.automaticLimit = readAutomaticLimit(section)
        section.refuseOthers()
        return remedies
    }

    /// The largest amount of a policy: what JCS writes exactly.
    static let largestAmount = Int(JSONValue.largestCanonicalInteger)

    private static func readAutomaticLimit(_ section: ObjectReader) -> AutomaticLimit? {
        guard let limit = section.object("auto_limit") else { return nil }
        let amounts = ["amount_minor", "per_day_minor"].map { name in
            let amount = limit.integer(name, in: 0...largestAmount)
            if limit.member(name) == nil { limit.noteMissing(name) }
            return amount
        }
        let currency = limit.currency("currency")
        limit.refuseOthers()
        guard let perItem = amounts[0], let perDay = amounts[1], let currency,
            let itemMoney = Money(minorUnits: Int64(perItem), currency: currency),
            let dayMoney = Money(minorUnits: Int64(perDay), currency: currency)
        else { return nil }
        return AutomaticLimit(perItem: itemMoney, perDay: dayMoney)
    }
}
