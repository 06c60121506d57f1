import WireFormat

extension WarrantyPolicy {
    static func readArbitration(_ reader: ObjectReader) -> Arbitration? {
        guard let section = reader.object("arbitration") else { return nil }
        let quorum = section.amount("quorum_amount")
        let arbiters = section.integer("arbiters", in: 1...Arbitration.mostArbiters)
        section.refuseOthers()
        return Arbitration(
            quorumAmount: quorum,
            arbiters: arbiters ?? (quorum == nil ? 1 : Arbitration.fewestForQuorum)
        )
    }

    static func readDeposit(_ reader: ObjectReader) -> DepositTerms? {
        guard let section = reader.object("deposit") else { return nil }
        var deposit = DepositTerms()
        let perCase = section.amount("per_case")
        let perDay = section.amount("per_day")
        switch (perCase, perDay) {
        case (let perCase?, let perDay?):
            deposit.caps = PayoutCaps(perCase: perCase, perDay: perDay)
            if deposit.caps == nil {
                section.note(
                    "per_case",
                    .contradiction,
                    "at most `per_day`, and in the same currency"
                )
            }
        case (.some, nil) where section.member("per_day") == nil: section.noteMissing("per_day")
        case (nil, .some) where section.member("per_case") == nil: section.noteMissing("per_case")
        case (.some, nil), (nil, .some), (nil, nil): break
        }
        deposit.backstop = section.bool("backstop") ?? deposit.backstop
        section.refuseOthers()
        return deposit
    }

    static func readNoReasonReturn(_ reader: ObjectReader) -> PolicyDuration? {
        reader.elapsed("no_reason_return")
    }

    static func readMembership(_ reader: ObjectReader) -> MembershipTerms? {
        guard let section = reader.object("membership") else { return nil }
        let length = section.days("length", in: 1...WindowTerms.mostDays)
        if section.member("length") == nil { section.noteMissing("length") }
        let tolerance = section.read(
            "tolerance",
            expected: "whole hours, PT0H to PT\(MembershipTerms.mostToleranceHours)H"
        ) { value -> Int? in
            guard case .elapsed(let seconds) = value.stringValue.flatMap({ PolicyDuration($0) }),
                seconds % 3_600 == 0,
                seconds / 3_600 <= Int64(MembershipTerms.mostToleranceHours)
            else { return nil }
            return Int(seconds / 3_600)
        }
        section.refuseOthers()
        guard let length else { return nil }
        var terms = MembershipTerms(lengthDays: length)
        terms.toleranceHours = tolerance ?? terms.toleranceHours
        return terms
    }
}

extension ObjectReader {
    /// An amount of money that nothing stands for where it is absent.
    func amount(_ name: String) -> Money? {
        guard let section = object(name) else { return nil }
        let units = section.integer("amount_minor", in: 0...WarrantyPolicy.largestAmount)
        if section.member("amount_minor") == nil { section.noteMissing("amount_minor") }
        let currency = section.currency("currency")
        section.refuseOthers()
        guard let units, let currency else { return nil }
        return Money(minorUnits: Int64(units), currency: currency)
    }

    /// The code of a currency; required.
    func currency(_ name: String) -> String? {
        if member(name) == nil { noteMissing(name) }
        return read(name, expected: "three capital letters (ISO 4217)") {
            $0.stringValue.flatMap { Money(minorUnits: 0, currency: $0)?.currency }
        }
    }

    /// A duration that is longer than nothing and no number of working days.
    func elapsed(_ name: String) -> PolicyDuration? {
        guard let duration = duration(name) else { return nil }
        guard case .elapsed(let seconds) = duration, seconds > 0 else {
            note(name, .outOfRange, "expected a time such as PT12H or P7D, not working days")
            return nil
        }
        return duration
    }
}
