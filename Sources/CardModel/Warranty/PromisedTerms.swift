public import WireFormat

/// What an order promised of one of its items beside value and label (约定内容, M3-50): held
/// against what the issuer tells.
public struct PromisedTerms: Sendable, Hashable {
    /// The last day until which a balance charged at the hand-over was to be good.
    public var balanceUntil: CalendarDate?

    /// In the issuer's own words: they are compared as texts.
    public var attributes: CodeAttributes

    /// At most ``ListingPromise/most``.
    public var promises: [ListingPromise]

    public static let none = PromisedTerms()

    public init(
        balanceUntil: CalendarDate? = nil,
        attributes: CodeAttributes = .none,
        promises: [ListingPromise] = []
    ) {
        self.balanceUntil = balanceUntil
        self.attributes = attributes
        self.promises = Array(promises.prefix(ListingPromise.most))
    }

    public var isEmpty: Bool { self == .none }

    /// What was said first stands; what was left open then is taken from `later`, attribute by
    /// attribute and promise by promise, as far as the limits go.
    public func completed(by later: PromisedTerms) -> PromisedTerms {
        var terms = self
        terms.balanceUntil = balanceUntil ?? later.balanceUntil
        terms.attributes = attributes.completed(by: later.attributes)
        for promise in later.promises
        where !terms.promises.contains(promise) && terms.promises.count < ListingPromise.most {
            terms.promises.append(promise)
        }
        return terms
    }

    /// The first promise of a kind that was broken; `nil` where every one was kept, or nobody
    /// knows.
    public func firstBroken(
        _ kind: ListingPromise.KindName,
        by facts: ListingPromise.Facts
    ) -> ListingPromise? {
        promises.first { $0.isBroken(kind, by: facts) }
    }

    /// The checklist of an answer: what the order states, and the region that its listing or its
    /// policy promises where the issuer tells one.
    public func checks(
        against told: CodeAttributes,
        promise: WarrantyPolicy.Promise
    ) -> [AttributeCheck] {
        var checks = attributes.checked(against: told)
        if attributes[Self.region] == nil, let expected = listedRegion ?? promise.region,
            let actual = told[Self.region]
        {
            checks.append(
                AttributeCheck(name: Self.region, expected: expected, actual: actual))
        }
        return checks
    }

    private var listedRegion: String? {
        promises.lazy.compactMap { promise in
            if case .region(let region) = promise.kind { region } else { nil }
        }.first
    }

    private static let region = "region"
}

extension PromisedTerms {
    public var jsonValue: JSONValue {
        [
            "balance_until": .optional(balanceUntil?.iso8601),
            "attributes": attributes.isEmpty ? .null : attributes.jsonValue,
            "promises": promises.isEmpty ? .null : .array(promises.map(\.jsonValue)),
        ]
    }

    /// Reads what ``jsonValue`` writes; `nil` for anything else.
    public init?(jsonValue: JSONValue) {
        guard jsonValue.objectValue != nil else { return nil }
        self.init()
        var (told, list): (CodeAttributes?, [ListingPromise]?)
        let fields = NullableFields(jsonValue)
        guard
            fields.read(
                "balance_until",
                into: &balanceUntil,
                { $0.stringValue.flatMap { CalendarDate(iso8601: $0) } }
            ),
            fields.read("attributes", into: &told, { CodeAttributes(jsonValue: $0) }),
            fields.read("promises", into: &list, { Self.promises($0) })
        else { return nil }
        attributes = told ?? .none
        promises = list ?? []
    }

    private static func promises(_ value: JSONValue) -> [ListingPromise]? {
        guard let elements = value.arrayValue, elements.count <= ListingPromise.most else {
            return nil
        }
        let promises = elements.compactMap { ListingPromise(jsonValue: $0) }
        return promises.count == elements.count ? promises : nil
    }
}
