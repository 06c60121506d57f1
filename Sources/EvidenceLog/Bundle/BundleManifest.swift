import Crypto
import WireFormat

/// The list of a bundle's files with their SHA-256, in the form that `sha256sum -c` reads, and
/// what the log signs of it.
///
/// Source: docs/evidence-bundle.md, "Files".
public struct BundleManifest: Sendable, Equatable {
    public static let path = "manifest.sha256"
    public static let notePath = "manifest.sha256.note"
    /// The first line of the signed text. It is no origin of a log, and no tree size follows it,
    /// so the signature can never pass for one of a checkpoint.
    static let header = "cardproof.bundle/v1"

    public struct Line: Sendable, Equatable {
        public let path: String
        public let sha256: TreeHash
    }

    public let lines: [Line]

    /// The manifest of all files but itself and its note.
    init(of files: [CanonicalArchive.File]) {
        lines = files.filter { !Self.isOwn($0.path) }
            .map { Line(path: $0.path, sha256: .plain($0.bytes)) }
    }

    /// - Throws: ``EvidenceError`` with code `malformedBundle`, naming the line.
    init(bytes: [UInt8]) throws(EvidenceError) {
        guard let rows = StrictText.lines(bytes[...]) else {
            throw Self.malformed("the last line", "does not end in a newline")
        }
        var lines: [Line] = []
        for (index, row) in rows.enumerated() {
            guard row.count > Self.digestSymbols + 2,
                row.dropFirst(Self.digestSymbols).prefix(2).elementsEqual("  ".utf8),
                let hex = StrictText.text(row.prefix(Self.digestSymbols)),
                hex == hex.lowercased(), let digest = Hexadecimal.decode(hex),
                let sha256 = TreeHash(bytes: digest),
                let path = StrictText.text(row.dropFirst(Self.digestSymbols + 2))
            else { throw Self.malformed("line \(index + 1)", "is not <sha256>  <path>") }
            lines.append(Line(path: path, sha256: sha256))
        }
        self.lines = lines
    }

    var serialized: [UInt8] {
        lines.flatMap {
            Array("\(Hexadecimal.encode($0.sha256.bytes))  \($0.path)\n".utf8)
        }
    }

    /// The text of the note.
    static func signedText(origin: String, manifest: [UInt8]) -> [UInt8] {
        let digest = Hexadecimal.encode(TreeHash.plain(manifest).bytes)
        return Array("\(header)\n\(origin)\n\(digest)\n".utf8)
    }

    static func isOwn(_ path: String) -> Bool { path == Self.path || path == notePath }

    private static let digestSymbols = 64

    private static func malformed(_ location: String, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedBundle, at: "\(path), \(location)", detail)
    }
}
