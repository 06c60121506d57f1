public import WireFormat

/// Everything that somebody needs to check alone what was recorded about a delivery: proofs,
/// opened fields, transcripts, time stamps and keys in one signed archive (证据包).
///
/// The same contents under the same key always give the same bytes.
/// Source: docs/evidence-bundle.md.
public struct EvidenceBundle: Sendable {
    public let archive: CanonicalArchive
    /// All files by what they are, in the order of the archive.
    let paths: [BundlePath]
    private let places: [String: Int]

    /// Reads a bundle's container; nothing in it is verified yet.
    /// - Throws: ``EvidenceError`` with code `malformedBundle` or `limitExceeded`.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        self.init(try CanonicalArchive(bytes: bytes))
    }

    /// Puts files together and signs the list of them.
    ///
    /// - Parameters:
    ///   - files: Without the manifest and its note.
    ///   - origin: Of the bundle's checkpoint; nil when it is the signer's name.
    ///   - signer: The log's key; of a log that has ended, the one that the files of
    ///     ``BundlePath/succession(_:)`` lead to.
    /// - Throws: ``EvidenceError``: `malformedBundle` or `limitExceeded` for the files,
    ///   `invalidSignature` when the library cannot sign.
    public init(
        sealing files: [CanonicalArchive.File],
        origin: String? = nil,
        signer: NoteSigner
    ) throws(EvidenceError) {
        let contents = try CanonicalArchive(files)
        let manifest = BundleManifest(of: contents.files).serialized
        let text = BundleManifest.signedText(
            origin: origin ?? signer.name, manifest: manifest)
        let note = try SignedNote(text: text, signatures: [signer.sign(text)])
        self.init(
            try CanonicalArchive(
                contents.files + [
                    .init(path: BundleManifest.path, bytes: manifest),
                    .init(path: BundleManifest.notePath, bytes: note.serialized),
                ]
            )
        )
    }

    private init(_ archive: CanonicalArchive) {
        self.archive = archive
        paths = archive.files.map { BundlePath(path: $0.path) }
        places = Dictionary(
            archive.files.enumerated().map { ($0.element.path, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The bytes of the zip.
    public var serialized: [UInt8] { archive.serialized }

    /// The content of a file; nil when there is no such file.
    public subscript(_ path: BundlePath) -> [UInt8]? {
        places[path.path].map { archive.files[$0].bytes }
    }
}

/// One entry of the log as a bundle opens it.
public struct BundledEntry: Sendable, Equatable {
    public let index: UInt64
    public let folder: BundlePath.EntryFolder
    public let leaf: EvidenceLeaf
    /// The opened fields, in the order of the bundle.
    public let fields: [JSONObject.Member]
    /// The opened fields of the items of a delivery of many, by item.
    public let items: [Int: [JSONObject.Member]]
    /// What time stamps say of the entry; nil where there is none.
    public internal(set) var bracket = TimeBracket()

    /// The type of event: a field like any other of a sealed leaf, in clear on a public one.
    public var type: String? {
        switch leaf.content {
        case .sealed: fields.first { $0.name == "typ" }?.value.stringValue
        case .disclosed(let type, _): type.rawValue
        }
    }
}

/// Between which times an entry was made, by outside time stamps.
public struct TimeBracket: Sendable, Equatable {
    /// The time of the newest stamp that the entry comes after, less its accuracy.
    public var notBefore: Instant?
    /// The time of the oldest stamp over a log that holds the entry, plus its accuracy.
    public var notAfter: Instant?

    public init(notBefore: Instant? = nil, notAfter: Instant? = nil) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// How far the gateway's clock may be from the authorities': its word on an entry may lie
    /// that far outside. It writes whole seconds, and a stamp takes a while to fetch.
    public static let clockTolerance = Duration.seconds(5)

    /// Whether the gateway's own time agrees.
    func allows(_ time: Instant) -> Bool {
        if let notBefore, time + Self.clockTolerance < notBefore { return false }
        if let notAfter, notAfter + Self.clockTolerance < time { return false }
        return true
    }
}
