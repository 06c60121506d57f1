import AdapterKit
import CardModel
import WireFormat

extension DeliveryNotice {
    /// What the order promised of an item beside value and label (M3-50, M2-15).
    static func promised(
        _ fields: inout FieldReader,
        _ ignored: inout [String]
    ) -> PromisedTerms {
        PromisedTerms(
            balanceUntil: fields.date("balance_until"),
            attributes: attributes(&fields),
            promises: promises(&fields, &ignored)
        )
    }

    /// Errors name the member and not the attribute: it may be anything.
    private static func attributes(_ fields: inout FieldReader) -> CodeAttributes {
        guard let object = fields.object("attributes")?.object else { return .none }
        guard object.members.count <= CodeAttributes.most else {
            fields.fail("attributes", .tooMany, "more than \(CodeAttributes.most) attributes")
            return .none
        }
        guard object.members.allSatisfy({ CodeAttributes.isName($0.name) }) else {
            fields.fail(
                "attributes", .malformed,
                "a name is a lower-case letter, then up to \(CodeAttributes.longestName - 1) "
                    + "lower-case letters, digits and _")
            return .none
        }
        let told = object.members.filter { !$0.value.isNull }
        let texts = told.compactMap { member in
            member.value.stringValue.map { (member.name, $0) }
        }
        guard texts.count == told.count else {
            fields.fail("attributes", .wrongType, "an attribute must be a string")
            return .none
        }
        let attributes = CodeAttributes(Dictionary(texts) { first, _ in first })
        if attributes == nil {
            fields.fail(
                "attributes", .malformed,
                "a value is 1 to \(CodeAttributes.longestValue) characters and holds no control "
                    + "character")
        }
        return attributes ?? .none
    }

    private static func promises(
        _ fields: inout FieldReader,
        _ ignored: inout [String]
    ) -> [ListingPromise] {
        guard let value = fields.value("promises", required: false) else { return [] }
        guard let elements = value.arrayValue else {
            fields.fail("promises", .wrongType, "promises must be an array")
            return []
        }
        guard elements.count <= ListingPromise.most else {
            fields.fail("promises", .tooMany, "more than \(ListingPromise.most) promises")
            return []
        }
        var promises: [ListingPromise] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.objectValue else {
                fields.fail(element: index, of: "promises", "a promise must be an object")
                continue
            }
            var reader = FieldReader(object, at: "\(fields.place("promises"))/\(index)")
            if let promise = promise(&reader) { promises.append(promise) }
            fields.adopt(reader)
            ignored += reader.ignored
        }
        return promises
    }

    private static func promise(_ fields: inout FieldReader) -> ListingPromise? {
        let text = fields.string("text", longest: ListingPromise.longestText)
        let digest = fields.string("source_sha256", required: true, longest: 64)
        let word = fields.string("kind")
        var kind: ListingPromise.Kind?
        if let word { kind = self.kind(word, &fields) }
        // What was told wrongly is named already.
        guard let digest, fields.errors.isEmpty else { return nil }
        guard kind != nil || text != nil else {
            fields.fail("text", .missing, "a promise has a kind, words, or both")
            return nil
        }
        let promise = ListingPromise(kind: kind, text: text, sourceSHA256: digest)
        if promise == nil {
            fields.fail("source_sha256", .malformed, "source_sha256 must be 64 hexadecimal digits")
        }
        return promise
    }

    private static func kind(
        _ word: String,
        _ fields: inout FieldReader
    ) -> ListingPromise.Kind? {
        guard let name = ListingPromise.KindName(rawValue: word) else {
            let known = ListingPromise.KindName.allCases.map(\.rawValue).joined(separator: ", ")
            fields.fail("kind", .malformed, "kind is one of \(known)")
            return nil
        }
        guard let value = fields.value("value", required: true) else { return nil }
        let kind = ListingPromise.Kind(name, value)
        if kind == nil { fields.fail("value", .malformed, "value is none of this kind") }
        return kind
    }

    /// Promises are shown to people: a code has no place in one.
    static func refuseCodes(inPromisesOf items: [Item], _ reader: inout FieldReader) {
        let texts = items.map(\.promised.texts)
        guard let longest = texts.joined().map(\.utf8.count).max() else { return }
        let runs = KeyRuns(of: items.map(\.code.key), longestName: longest)
        for (index, texts) in texts.enumerated() where texts.contains(where: runs.holdLongKey) {
            reader.fail(
                "items", .malformed,
                "attributes or promises of element \(index) repeat a code of the notice")
        }
    }
}

extension PromisedTerms {
    /// Everything in them that is free text.
    fileprivate var texts: [String] {
        attributes.sorted.flatMap { [$0.name, $0.value] }
            + promises.flatMap { promise -> [String] in
                guard case .region(let region) = promise.kind else {
                    return [promise.text].compactMap { $0 }
                }
                return [region] + [promise.text].compactMap { $0 }
            }
    }
}
