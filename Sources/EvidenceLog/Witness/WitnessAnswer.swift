public import WireFormat

/// What a witness answered to a log, checked.
///
/// Source: https://c2sp.org/tlog-witness, "add-checkpoint".
public enum WitnessAnswer: Sendable, Hashable {
    /// A cosignature by the key that was asked, verified over the checkpoint that was sent.
    case cosigned(NoteSignature, at: Instant)
    /// 409: the witness cosigned a tree of this size last.
    case otherSize(UInt64)
    /// 422: the checkpoint does not continue what the witness cosigned last. After a true proof it
    /// says that the log has forked.
    case inconsistent
    /// 400, 403 or 404: the witness does not know this log by this key, or not this form.
    case refused(status: Int)
    /// Any other status: busy, broken, or no witness.
    case failed(status: Int)
    /// A 200 or 409 whose body is not what it has to be.
    case unreadable(EvidenceError)

    /// The media type of the size in an answer of 409.
    public static let sizeMediaType = "text/x.tlog.size"
    /// Bytes of an answer that are read: a hundred post-quantum signatures would not fit, the
    /// dozen that a witness may have do.
    public static let largestByteCount = 64 << 10

    /// - Parameters:
    ///   - mediaType: of the body, in lower case and without parameters.
    ///   - checkpoint: what was sent.
    ///   - key: the witness's; lines by other keys are ignored.
    public init(
        status: Int,
        mediaType: String?,
        body: [UInt8],
        to checkpoint: SignedCheckpoint,
        by key: NoteVerifierKey
    ) {
        switch status {
        case 200: self = Self.cosignature(body, over: checkpoint.note.text, by: key)
        case 409: self = Self.size(body, mediaType)
        case 422: self = .inconsistent
        case 400, 403, 404: self = .refused(status: status)
        default: self = .failed(status: status)
        }
    }

    private static func size(_ body: [UInt8], _ mediaType: String?) -> WitnessAnswer {
        guard mediaType == sizeMediaType, let lines = StrictText.lines(body[...]),
            lines.count == 1, let size = StrictText.decimal(lines[0])
        else {
            return .unreadable(
                EvidenceError(.malformedCosignature, "an answer of 409 that names no tree size")
            )
        }
        return .otherSize(size)
    }

    private static func cosignature(
        _ body: [UInt8],
        over text: [UInt8],
        by key: NoteVerifierKey
    ) -> WitnessAnswer {
        do throws(EvidenceError) {
            guard let lines = StrictText.lines(body[...]),
                lines.count <= SignedNote.largestSignatureCount
            else { throw EvidenceError(.malformedCosignature, "no list of signature lines") }
            var found: WitnessAnswer?
            for (index, line) in lines.enumerated() {
                let signature = try NoteSignature(line: line, location: "signature \(index + 1)")
                guard key.isNamed(by: signature) else { continue }
                let time = try verifiedTime(of: signature, over: text, by: key)
                found = found ?? .cosigned(signature, at: time)
            }
            guard let found else {
                throw EvidenceError(.noKnownSignature, "no line is by \(key.name)")
            }
            return found
        } catch {
            return .unreadable(error)
        }
    }

    private static func verifiedTime(
        of signature: NoteSignature,
        over text: [UInt8],
        by key: NoteVerifierKey
    ) throws(EvidenceError) -> Instant {
        let cosignature = try Cosignature(signature)
        guard cosignature.timestamp > 0 else {
            throw EvidenceError(.malformedCosignature, at: key.name, "has no time")
        }
        guard cosignature.isValid(for: text, by: key) else {
            throw EvidenceError(
                .invalidSignature,
                at: key.name,
                "the cosignature is not by this key over this checkpoint"
            )
        }
        return cosignature.time
    }
}
