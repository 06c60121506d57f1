public import WireFormat

extension CardFormat {
    /// Reads a format an operator wrote: `id`, `serial` and `key`, each with `characters` (a
    /// class), `length` (a number, or `{min, max}`), `check_digit` and `fold_case`; `serial` may
    /// be left out for cards that are a key alone. A check digit he names is binding.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once, each with its JSON pointer.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let id = reader.string("id")
        if reader.member("id") == nil { reader.noteMissing("id") }
        let title = reader.string("title")
        let serial = reader.object("serial").flatMap(Self.readRule)
        let key = reader.object("key").flatMap(Self.readRule)
        if reader.member("key") == nil { reader.noteMissing("key") }
        reader.refuseOthers()
        guard let id, let key, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self.init(
            id: id,
            title: LocalisedText(zhCN: title ?? id, en: title ?? id),
            serial: serial,
            key: key,
            mark: .operatorStated
        )
    }

    private static func readRule(_ reader: ObjectReader) -> CodeRule? {
        let characters = reader.read("characters", expected: "a class such as A-HJ-NP-Z2-9") {
            $0.stringValue.flatMap { SymbolSet(classText: $0) }
        }
        if reader.member("characters") == nil { reader.noteMissing("characters") }
        let lengths = readLengths(reader)
        let checkDigit = reader.choice("check_digit", of: CheckDigit.self)
        let foldsCase = reader.bool("fold_case") ?? false
        reader.refuseOthers()
        guard let characters, let lengths else { return nil }
        return CodeRule(
            characters: characters,
            lengths: lengths,
            letterCase: foldsCase ? .upper : .exact,
            grouping: .asDelivered,
            checkDigit: checkDigit.map { CodeRule.CheckDigitRule($0, isBinding: true) }
        )
    }

    private static func readLengths(_ reader: ObjectReader) -> CodeLengths? {
        guard let value = reader.member("length") else {
            reader.noteMissing("length")
            return nil
        }
        if value.objectValue == nil {
            return reader.integer("length", in: 1...CodeLengths.longest).map { .exactly($0) }
        }
        guard let bounds = reader.object("length") else { return nil }
        let least = bounds.integer("min", in: 1...CodeLengths.longest)
        let most = bounds.integer("max", in: 1...CodeLengths.longest)
        if bounds.member("min") == nil { bounds.noteMissing("min") }
        if bounds.member("max") == nil { bounds.noteMissing("max") }
        bounds.refuseOthers()
        guard let least, let most else { return nil }
        guard least <= most else {
            reader.note("length", .contradiction, "min is above max")
            return nil
        }
        return .between(least, most)
    }
}
