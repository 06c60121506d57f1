import WireFormat

/// The parts of a case whose faults people ask about: read once, and a second time only to say what
/// is wrong, because a million cases are read one after the other.
extension WarrantyCase {
    static func verdict(_ reader: ObjectReader) -> Verdict? {
        guard let value = reader.member("verdict") else {
            reader.noteMissing("verdict")
            return nil
        }
        if let verdict = Verdict(jsonValue: value) { return verdict }
        noteFaults(ofVerdict: value, reader)
        return nil
    }

    /// Each member that is wrong, with the words that are known where the words are few.
    private static func noteFaults(ofVerdict value: JSONValue, _ reader: ObjectReader) {
        guard let object = value.objectValue, let members = reader.object("verdict") else {
            reader.note("verdict", .wrongType, "expected a mapping with state and certainty")
            return
        }
        let state = members.required("state", expected: words(of: VerdictState.self)) {
            $0.stringValue.flatMap { VerdictState(rawValue: $0) }
        }
        let certainty = members.required("certainty", expected: words(of: Certainty.self)) {
            $0.stringValue.flatMap { Certainty(rawValue: $0) }
        }
        _ = members.read("timing", expected: words(of: Timing.self)) {
            $0.stringValue.flatMap { Timing(rawValue: $0) }
        }
        let sound = Verdict(state: state ?? .used, certainty: certainty ?? .authoritative)
        for member in object.members
        where !["state", "certainty", "timing"].contains(member.name) {
            var trial = JSONObject([member])
            trial["state"] = .string(sound.state.rawValue)
            trial["certainty"] = .string(sound.certainty.rawValue)
            if Verdict(jsonValue: .object(trial)) == nil {
                members.note(member.name, .wrongType, "is not what a verdict has there")
            }
        }
    }

    /// What was paid for the item; nobody pays less than nothing.
    static func price(_ reader: ObjectReader) -> Money? {
        let price = reader.read("price", expected: "amount_minor and currency") {
            Money(jsonValue: $0)
        }
        guard let price, price.minorUnits < 0 else { return price }
        reader.note("price", .outOfRange, "expected an amount_minor of 0 or more")
        return nil
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(
        of type: Word.Type
    ) -> String {
        "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))"
    }
}
