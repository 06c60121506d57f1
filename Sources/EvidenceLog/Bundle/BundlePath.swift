import WireFormat

/// What a file of a bundle is, read from its path.
///
/// Source: docs/evidence-bundle.md, "Files".
public enum BundlePath: Sendable, Hashable {
    case manifest
    case manifestNote
    case checkpoint
    case policy
    case keysHistory
    /// The last leaf of a log that has ended, which names the next key; counted from 1, which is
    /// the log of the bundle.
    case succession(Int)
    case authorities
    /// A file of entry `index` of the log, in one of the two folders of entries.
    case entry(EntryFolder, index: UInt64, EntryFile)
    /// What was sent to the issuer in exchange `number` of an entry, and what came back.
    case request(index: UInt64, number: Int)
    case reply(index: UInt64, number: Int)
    case attachment(index: UInt64, fileExtension: String)
    /// A warranty policy by the hexadecimal SHA-256 of its text.
    case policyText(sha256: String)
    case stamped(size: UInt64, StampFile)
    /// What the gateway says for people and their forms.
    case statement(String)

    /// Folders in which every file is one of the format's.
    static let ownFolders = [
        "entries/", "duplicates/", "transcript/", "attachments/", "listing/", "time/", "trust/",
    ]
    /// Statements that stand in one of them all the same: keys as single files, for people.
    static let ownStatements: Set<String> = ["trust/log.vkey", "trust/witnesses.vkey"]

    public enum EntryFolder: String, Sendable, Hashable {
        case entries
        /// Entries of the other sale of a code.
        case duplicates
    }

    public enum EntryFile: Sendable, Hashable {
        case proof
        case disclosures
        case itemRecord(Int)
        case itemDisclosures(Int)
        case itemPath(Int)
    }

    public enum StampFile: Sendable, Hashable {
        case checkpoint
        case consistency
        case response(authority: String)
        /// What was stamped, where one stamp covers several logs, and the place of this one.
        case stampedText(authority: String)
        case place(authority: String)
        case certificates(authority: String)
        case revocationLists(authority: String)
    }

    public var path: String {
        switch self {
        case .manifest: BundleManifest.path
        case .manifestNote: BundleManifest.notePath
        case .checkpoint: "checkpoint"
        case .policy: "trust/policy.txt"
        case .keysHistory: "trust/keys-history.jsonl"
        case .succession(let number): "trust/succession-\(number).tlog-proof"
        case .authorities: "trust/tsa-ca.pem"
        case .entry(let folder, let index, let file):
            "\(folder.rawValue)/\(index).\(file.suffix)"
        case .request(let index, let number): "transcript/\(index).\(number).req"
        case .reply(let index, let number): "transcript/\(index).\(number).rep"
        case .attachment(let index, let word): "attachments/\(index).\(word)"
        case .policyText(let sha256): "listing/policy-\(sha256).json"
        case .stamped(let size, let file): "time/\(size).\(file.suffix)"
        case .statement(let path): path
        }
    }

    /// Every path is something; what is none of the others is a statement.
    public init(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let known: BundlePath? =
            switch (parts.count, parts[0]) {
            case (1, _): Self.fixed(path)
            case (2, "trust"): Self.fixed(path) ?? Self.succession(parts[1])
            case (2, "entries"): Self.entry(.entries, parts[1])
            case (2, "duplicates"): Self.entry(.duplicates, parts[1])
            case (2, "transcript"): Self.transcript(parts[1])
            case (2, "attachments"): Self.attachment(parts[1])
            case (2, "listing"): Self.policyText(parts[1])
            case (2, "time"): Self.stamped(parts[1])
            default: nil
            }
        // Only the one spelling that we print names the thing.
        self = known.flatMap { $0.path.hasSameBytes(as: path) ? $0 : nil } ?? .statement(path)
    }

    private static func fixed(_ path: String) -> BundlePath? {
        [.manifest, .manifestNote, .checkpoint, .policy, .keysHistory, .authorities]
            .first { $0.path.hasSameBytes(as: path) }
    }

    /// Numbers have at most 18 digits, which every language's integers hold.
    fileprivate static func number(_ digits: Substring) -> UInt64? {
        digits.utf8.count <= 18 ? StrictText.decimal(digits.utf8) : nil
    }

    /// Letters, digits, and none of these symbols of paths.
    fileprivate static func isName(_ name: Substring, without symbols: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                CanonicalArchive.isPathSymbol($0) && !symbols.utf8.contains($0)
            }
    }

    /// The number before the first dot, and what follows it.
    private static func numbered(_ name: Substring) -> (UInt64, Substring)? {
        guard let dot = name.firstIndex(of: "."), let number = number(name[..<dot])
        else { return nil }
        return (number, name[name.index(after: dot)...])
    }

    private static func entry(_ folder: EntryFolder, _ name: Substring) -> BundlePath? {
        guard let (index, suffix) = numbered(name), let file = EntryFile(suffix: suffix) else {
            return nil
        }
        return .entry(folder, index: index, file)
    }

    private static func succession(_ name: Substring) -> BundlePath? {
        guard name.hasPrefix("succession-"),
            let (number, _) = numbered(name.dropFirst("succession-".count)), number > 0,
            let number = Int(exactly: number)
        else { return nil }
        return .succession(number)
    }

    private static func transcript(_ name: Substring) -> BundlePath? {
        guard let (index, rest) = numbered(name), let (number, suffix) = numbered(rest),
            let number = Int(exactly: number)
        else { return nil }
        switch suffix {
        case "req": return .request(index: index, number: number)
        case "rep": return .reply(index: index, number: number)
        default: return nil
        }
    }

    private static func attachment(_ name: Substring) -> BundlePath? {
        guard let (index, word) = numbered(name), isName(word, without: "._-") else { return nil }
        return .attachment(index: index, fileExtension: String(word))
    }

    private static func policyText(_ name: Substring) -> BundlePath? {
        guard name.hasPrefix("policy-"), name.hasSuffix(".json") else { return nil }
        let hash = name.dropFirst(7).dropLast(5)
        guard hash.utf8.count == 64, hash == hash.lowercased(),
            Hexadecimal.decode(String(hash)) != nil
        else { return nil }
        return .policyText(sha256: String(hash))
    }

    private static func stamped(_ name: Substring) -> BundlePath? {
        guard let (size, suffix) = numbered(name), let file = StampFile(suffix: suffix) else {
            return nil
        }
        return .stamped(size: size, file)
    }
}

extension BundlePath.EntryFile {
    var suffix: String {
        switch self {
        case .proof: "tlog-proof"
        case .disclosures: "disclosures"
        case .itemRecord(let item): "item-\(item).json"
        case .itemDisclosures(let item): "item-\(item).disclosures"
        case .itemPath(let item): "item-\(item).path"
        }
    }

    init?(suffix: Substring) {
        switch suffix {
        case "tlog-proof": self = .proof
        case "disclosures": self = .disclosures
        default:
            guard suffix.hasPrefix("item-"), let dot = suffix.firstIndex(of: "."),
                let number = BundlePath.number(suffix[..<dot].dropFirst(5)),
                let item = Int(exactly: number)
            else { return nil }
            switch suffix[dot...] {
            case ".json": self = .itemRecord(item)
            case ".disclosures": self = .itemDisclosures(item)
            case ".path": self = .itemPath(item)
            default: return nil
            }
        }
    }
}

extension BundlePath.StampFile {
    var suffix: String {
        switch self {
        case .checkpoint: "checkpoint"
        case .consistency: "consistency"
        case .response(let authority): "\(authority).tsr"
        case .stampedText(let authority): "\(authority).stamped"
        case .place(let authority): "\(authority).place"
        case .certificates(let authority): "\(authority).chain.pem"
        case .revocationLists(let authority): "\(authority).crl.pem"
        }
    }

    init?(suffix: Substring) {
        switch suffix {
        case "checkpoint": self = .checkpoint
        case "consistency": self = .consistency
        default:
            let kinds: [(end: String, file: (String) -> Self)] = [
                (".tsr", { .response(authority: $0) }),
                (".stamped", { .stampedText(authority: $0) }),
                (".place", { .place(authority: $0) }),
                (".chain.pem", { .certificates(authority: $0) }),
                (".crl.pem", { .revocationLists(authority: $0) }),
            ]
            guard let kind = kinds.first(where: { suffix.hasSuffix($0.end) }) else { return nil }
            let authority = suffix.dropLast(kind.end.count)
            guard BundlePath.isName(authority, without: ".") else { return nil }
            self = kind.file(String(authority))
        }
    }
}
