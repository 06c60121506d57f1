import WireFormat

extension WarrantyPolicy {
    static func readWindow(_ reader: ObjectReader) -> WindowTerms {
        guard let section = reader.object("window") else {
            if reader.member("window") == nil { reader.noteMissing("window") }
            return WindowTerms(days: 0)
        }
        let mode = section.choice("mode", of: Mode.self) ?? .period
        let days = section.days("length", in: 1...WindowTerms.mostDays)
        if days == nil, mode != .none, section.member("length") == nil {
            section.noteMissing("length")
        }
        if days != nil, mode == .none {
            section.note(
                "length", .contradiction, "`mode: none` has no length; leave out one of them")
        }
        var window = WindowTerms(mode: mode, days: mode == .none ? 0 : days ?? 0)
        let basis = section.choice("basis", of: Basis.self)
        window.basis = basis ?? .delivery
        window.fallback = readFallback(section)
        window.counting = section.choice("counting", of: Counting.self) ?? .exact
        window.zone = readZone(section) ?? .shanghai
        window.tolling =
            section.choices("tolling", of: TollingKind.self).map(Set.init)
            ?? window.tolling
        window.replacement = readReplacement(section) ?? window.replacement
        _ = section.read("report_within_window", expected: "filing: the filing time counts") {
            $0.stringValue == "filing" ? true : nil
        }
        if basis == .delivery || section.member("basis") == nil, window.fallback != nil {
            section.note("basis_fallback", .contradiction, "delivery itself needs no fallback")
        }
        section.refuseOthers()
        return window
    }

    private static func readZone(_ section: ObjectReader) -> LocalZone? {
        section.read("time_zone", expected: "a zone of the tz database such as Asia/Shanghai") {
            $0.stringValue.flatMap { LocalZone(identifier: $0) }
        }
    }

    private static func readFallback(_ section: ObjectReader) -> BasisFallback? {
        guard let fallback = section.object("basis_fallback") else { return nil }
        let after = fallback.duration("after")
        if fallback.member("after") == nil { fallback.noteMissing("after") }
        if case .workingDays = after {
            fallback.note("after", .unknownValue, "working days cannot start a window")
        }
        let use = fallback.choice("use", of: Basis.self) ?? .delivery
        if use != .delivery {
            fallback.note("use", .unknownValue, "only `delivery` is sure to come")
        }
        fallback.refuseOthers()
        return after.map { BasisFallback(after: $0, use: use) }
    }

    private static func readReplacement(_ section: ObjectReader) -> ReplacementWindow? {
        guard let replacement = section.object("replacement") else { return nil }
        _ = replacement.read("window", expected: "max_of_rest_or") {
            $0.stringValue == "max_of_rest_or" ? true : nil
        }
        let least = replacement.days("min", in: 0...WindowTerms.mostDays)
        replacement.refuseOthers()
        return least.map { ReplacementWindow(leastDays: $0) }
    }
}
