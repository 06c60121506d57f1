public import WireFormat

/// Why a witness does not cosign. Each is one answer of https://c2sp.org/tlog-witness.
public enum WitnessRefusal: Error, Sendable, Hashable {
    /// The request is not of its form.
    case malformed(EvidenceError)
    /// The old size is larger than the checkpoint's.
    case oldSizeBeyondCheckpoint
    /// No key that is trusted for the origin has signed, or one of its signatures does not verify.
    case notSigned(EvidenceError)
    case unknownOrigin
    /// The proof does not begin at the tree that was cosigned last, which has this size; the log
    /// makes another one that does.
    case otherSize(cosigned: UInt64)
    /// The checkpoint is not shown to continue the one that was cosigned last.
    case inconsistent(EvidenceError)
    /// The witness's clock stands before its last cosignature. Two cosignatures of one witness in
    /// the wrong order would say what cannot be true: that it had seen the larger tree first.
    case clockBehind(Instant)

    /// The HTTP status.
    public var status: Int {
        switch self {
        case .malformed, .oldSizeBeyondCheckpoint: 400
        case .notSigned: 403
        case .unknownOrigin: 404
        case .otherSize: 409
        case .inconsistent: 422
        case .clockBehind: 503
        }
    }

    /// The media type of ``body``.
    public var mediaType: String {
        switch self {
        case .otherSize: WitnessAnswer.sizeMediaType
        case .malformed, .oldSizeBeyondCheckpoint, .notSigned, .unknownOrigin, .inconsistent,
            .clockBehind:
            "text/plain; charset=utf-8"
        }
    }

    /// The size alone where the protocol asks for it, else one sentence for a person.
    public var body: String {
        switch self {
        case .malformed(let error): "the request cannot be read: \(error)\n"
        case .oldSizeBeyondCheckpoint: "the old size is larger than the checkpoint's\n"
        case .notSigned(let error): "no key known for this origin vouches for it: \(error)\n"
        case .unknownOrigin: "this witness does not know the origin\n"
        case .otherSize(let size): "\(size)\n"
        case .inconsistent(let error): "not shown to continue the last cosigned tree: \(error)\n"
        case .clockBehind(let last):
            "the clock stands before the last cosignature, of \(last.rfc3339Seconds)\n"
        }
    }
}
