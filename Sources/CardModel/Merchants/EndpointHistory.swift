public import WireFormat

/// Where a merchant could be found, and since when (域名历史, M1-08). Entries are added and never
/// changed: a merchant that moves leaves its old names behind.
public struct EndpointHistory: Sendable, Hashable {
    /// A name or an address that was in use from `since` until the next entry of its kind.
    public struct Entry: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case domain
            /// Where the platform sends the merchant's messages.
            case webhook
            /// A page on somebody else's platform.
            case storefront
        }

        public let kind: Kind
        public let name: String
        public let since: Instant

        public init(kind: Kind, name: String, since: Instant) {
            self.kind = kind
            self.name = name
            self.since = since
        }
    }

    /// In the order of their instants.
    public private(set) var entries: [Entry] = []

    /// The most entries: a merchant that moves daily for two years.
    public static let mostEntries = 1_000

    /// A merchant that was never found anywhere.
    public init() {}

    /// The history with one entry more; itself where `entry` names what is in use already. `nil`
    /// where the entry is older than the newest one, or one too many.
    public func appending(_ entry: Entry) -> EndpointHistory? {
        if current(entry.kind)?.name == entry.name { return self }
        guard entries.count < Self.mostEntries,
            entries.last.map({ $0.since <= entry.since }) ?? true
        else { return nil }
        var history = self
        history.entries.append(entry)
        return history
    }

    /// What is in use of a kind.
    public func current(_ kind: Entry.Kind) -> Entry? {
        entries.last { $0.kind == kind }
    }

    /// Whether it begins with all that `older` has: nothing was taken out or rewritten.
    public func continues(_ older: EndpointHistory) -> Bool {
        entries.starts(with: older.entries)
    }

    /// Moves of one kind after `instant`: the first place is no move.
    public func moves(of kind: Entry.Kind, after instant: Instant) -> Int {
        entries.filter { $0.kind == kind }.dropFirst().count { $0.since > instant }
    }
}

extension EndpointHistory {
    public var jsonValue: JSONValue {
        .array(
            entries.map { entry in
                [
                    "kind": .string(entry.kind.rawValue), "name": .string(entry.name),
                    "since": .string(entry.since.rfc3339),
                ]
            }
        )
    }
}
