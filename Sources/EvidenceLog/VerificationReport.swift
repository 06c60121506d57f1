public import WireFormat

/// What a verification did, what it found, and what it left unchecked.
///
/// A piece of evidence that does not hold is an answer, so it comes back as a value with every
/// finding; the first one is the first in the order of checking.
public struct VerificationReport: Sendable, Equatable {
    /// What was verified.
    public enum Subject: String, Sendable {
        case logFolder = "log_folder"
        case proof
        case checkpoint
        case bundle
    }

    /// Where the key came from that the log's signature was checked with.
    public enum KeySource: String, Sendable {
        /// Given by whoever verifies.
        case pinned
        /// A `log` line of the policy given.
        case policy
        /// A key that came with the evidence: shows that nothing was damaged, not who signed.
        case evidence
    }

    /// Where the policy came from that the witnesses were judged by.
    public enum PolicySource: String, Sendable {
        /// Given by whoever verifies.
        case pinned
        /// Came with the evidence, whose maker chose the witnesses and how many must have signed.
        case evidence
    }

    /// Findings after which the rest is not looked at: one bad file need not print a million lines.
    public static let largestFindingCount = 100

    public let subject: Subject
    /// The head that everything was checked against; nil when it could not be read.
    public internal(set) var checkpoint: Checkpoint?
    public internal(set) var logKey: NoteVerifierKey?
    public internal(set) var keySource: KeySource?
    public internal(set) var policySource: PolicySource?
    /// Verified cosignatures of the policy's witnesses.
    public internal(set) var cosignatures: [VerifiedSignature] = []
    /// The policy's witnesses in its order, those that have not cosigned too.
    public internal(set) var witnesses: [WitnessStanding] = []
    /// Of a proof: the leaf that it proves.
    public internal(set) var leaf: EvidenceLeaf?
    /// Of a bundle: the entries that hold, by index.
    public internal(set) var entries: [BundledEntry] = []
    public internal(set) var checks: [VerificationCheck] = []
    public internal(set) var findings: [VerificationFinding] = []
    public internal(set) var omissions: [VerificationOmission] = []

    init(subject: Subject) {
        self.subject = subject
    }

    /// Nothing that was checked is wrong. Look at ``isAuthenticated`` too: without a key only
    /// damage can be found, not forgery.
    public var holds: Bool { findings.isEmpty }

    /// The log's signature was verified with a key that did not come with the evidence.
    public var isAuthenticated: Bool {
        guard keySource == .pinned || keySource == .policy else { return false }
        return checks.contains {
            if case .logSignature = $0 { true } else { false }
        }
    }

    mutating func add(_ part: EvidencePart, _ error: EvidenceError) {
        guard findings.count < Self.largestFindingCount else { return }
        findings.append(VerificationFinding(part: part, error: error))
    }

    mutating func omit(_ omission: VerificationOmission) {
        guard omissions.count < Self.largestFindingCount else { return }
        omissions.append(omission)
    }
}

/// A witness of the policy, and whether it has cosigned the checkpoint.
public struct WitnessStanding: Sendable, Hashable {
    /// What the policy calls it.
    public let name: String
    public let key: NoteVerifierKey
    /// When it says it cosigned; nil when it has not.
    public let cosignedAt: Instant?
}

/// A part of the evidence that can be bad by itself.
public enum EvidencePart: Sendable, Hashable, CustomStringConvertible {
    case entry(index: UInt64)
    case entryBundle(path: String)
    case tile(path: String)
    case checkpoint
    /// An older checkpoint, by the name it was given under.
    case oldCheckpoint(name: String)
    case proof
    case leaf
    case key
    case policy
    case file(path: String)

    public var description: String {
        switch self {
        case .entry(let index): "entry \(index)"
        case .entryBundle(let path): "entry bundle \(path)"
        case .tile(let path): "tile \(path)"
        case .checkpoint: "checkpoint"
        case .oldCheckpoint(let name): "older checkpoint \(name)"
        case .proof: "proof"
        case .leaf: "leaf"
        case .key: "key"
        case .policy: "policy"
        case .file(let path): "file \(path)"
        }
    }
}

/// Something that does not hold, and in which part.
public struct VerificationFinding: Sendable, Hashable, CustomStringConvertible {
    public let part: EvidencePart
    public let error: EvidenceError

    public var description: String { "\(part): \(error)" }
}

/// A check that was made and passed.
public enum VerificationCheck: Sendable, Hashable {
    case logSignature(key: NoteVerifierKey, source: VerificationReport.KeySource)
    /// Cosignatures of the policy's witnesses, and that they reach its quorum.
    case witnessQuorum(cosignatures: Int)
    case inclusion(index: UInt64, size: UInt64)
    /// The leaf has the one canonical form.
    case leafFormat
    case entries(count: UInt64)
    case tiles(count: UInt64)
    /// No file of the tile tree is missing and none is too many.
    case completeness
    case root(size: UInt64)
    case consistency(name: String, oldSize: UInt64, newSize: UInt64)
    /// Of a bundle: each listed file has its SHA-256, and no other file is there.
    case files(count: Int)
    /// The list of files is signed by the log's key.
    case manifestSignature
    /// The log has ended: its last leaf leads to the key that signs the list of files.
    case succession(key: NoteVerifierKey)
    /// Opened fields are those that the entries commit to.
    case disclosures(count: Int)
    /// Transcripts, attachments and policies are those that the entries name.
    case contents(count: Int)
    case timeline
    /// Stamps of outside authorities; pinned ones when whoever verifies gave their roots.
    case timeStamps(count: Int, isPinned: Bool)
}

/// Something that was not checked: said plainly, so that nobody believes it was.
public enum VerificationOmission: Sendable, Hashable {
    /// No key was given for the log, so anybody may have signed.
    case logSignature
    /// No policy was given, so no witness was asked for.
    case witnesses
    /// The policy asks for no witness.
    case witnessesNotAsked
    /// No older checkpoint was given: a log rewritten as a whole and signed again passes.
    case olderCheckpoints
    /// An older checkpoint of another size cannot be compared without the log's tiles.
    case consistency(name: String)
    /// No time stamp of an outside authority was looked at; times are the log's own words.
    case trustedTime
    /// A stamp by an authority that whoever verifies does not know.
    case timeStamp(path: String)
    /// How exact a stamp is: its authority does not say, and a fixed accuracy was taken.
    case statedAccuracy(path: String)
    /// The entries were hashed, not read.
    case leafFormat
    /// Beneath a tile that is bad nothing can be judged.
    case beneath(path: String)
    /// A file that is not part of a log.
    case file(path: String)
    /// Of a bundle: whether the log has more entries about the delivery than lie in it.
    case furtherEntries
    /// Whether what the entries say is true.
    case content
}
