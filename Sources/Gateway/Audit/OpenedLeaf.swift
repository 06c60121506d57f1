import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// A leaf whose sealed record was opened and found to be what the leaf commits to.
struct OpenedLeaf {
    let index: UInt64
    let hash: TreeHash
    /// When the leaf was made, to the second.
    let time: Instant
    let notice: NoticeNumber
    let fields: JSONObject
    /// The records of a delivery of many items.
    let items: [JSONObject]
    /// Read once: of an answer, a duplicate or a claim.
    let verdict: Verdict?

    var type: EvidenceType? {
        fields["typ"]?.stringValue.flatMap { EvidenceType(rawValue: $0) }
    }

    func text(_ name: String) -> String? { fields[name]?.stringValue }

    /// Whether `instant` is when the leaf was made, as far as the leaf tells.
    func isOf(_ instant: Instant) -> Bool { instant.rfc3339Seconds == time.rfc3339Seconds }

    /// The fields of each delivered item: of a single one they stand in the leaf itself.
    var deliveredItems: [JSONObject] { items.isEmpty ? [fields] : items }
}

/// Opening the private side of a leaf without believing it.
enum RecordAudit {
    /// Why a record is not what its leaf commits to.
    struct Mismatch: Error {
        let kind: AuditReport.Kind
        let detail: String
    }

    /// Opens a record and holds it against its leaf: every disclosure's digest must stand in the
    /// leaf, whose other digests are decoys; the items must hash to the root that a field names;
    /// the transcripts and what somebody said must have the digests that a field holds.
    static func open(
        _ entry: InspectedEntry,
        notice: NoticeNumber,
        dataKey: SymmetricKey
    ) throws(Mismatch) -> OpenedLeaf {
        guard
            let record = try? EvidenceRecord(
                sealed: entry.record.sealedRecord,
                hash: entry.record.hash,
                dataKey: dataKey
            )
        else { throw Mismatch(kind: .record, detail: "does not open under its notice's data key") }
        let leaf: EvidenceLeaf
        do {
            leaf = try EvidenceLeaf(bytes: entry.record.leaf)
            _ = try leaf.open(try record.disclosures())
            try checkItems(record)
        } catch let error as EvidenceError {
            throw Mismatch(kind: .record, detail: "the leaf commits to something else: \(error)")
        } catch let mismatch as Mismatch {
            throw mismatch
        } catch {
            throw Mismatch(kind: .record, detail: "cannot be read")
        }
        try checkTranscripts(record)
        try checkStatement(record)
        return OpenedLeaf(
            index: entry.index,
            hash: entry.record.hash,
            time: leaf.time,
            notice: notice,
            fields: record.fields,
            items: record.items,
            verdict: record.fields["verdict"].flatMap { Verdict(jsonValue: $0) }
        )
    }

    private static func checkItems(_ record: EvidenceRecord) throws {
        let named = record.fields[ItemsRoot.fieldName]
        guard !record.items.isEmpty else {
            guard named == nil else {
                throw Mismatch(kind: .record, detail: "the items that its leaf names are gone")
            }
            return
        }
        guard let secret = RecordSecret(bytes: record.secret) else {
            throw Mismatch(kind: .record, detail: "has no secret")
        }
        let tree = try ItemTree(
            items: record.items.map { try LeafFields($0.members) },
            secret: secret
        )
        guard named == tree.root.fieldValue else {
            throw Mismatch(
                kind: .record, detail: "its items are not those of \(ItemsRoot.fieldName)")
        }
    }

    /// What was said stands nowhere else: an edit of it would be shown as somebody's words.
    private static func checkStatement(_ record: EvidenceRecord) throws(Mismatch) {
        let step = record.fields["step"]?["detail"].map { StepWords($0) }
        // A consent's digest is of a text that the platform keeps.
        let named =
            record.fields["typ"]?.stringValue == EvidenceType.claim.rawValue
            ? record.fields[ClaimOrigin.statementDigestName]?.stringValue
                ?? step?.text(ClaimOrigin.statementDigestName)
                ?? step?.text(ClaimDrafting.reasonDigestName)
            : nil
        let found = record.statement.map {
            Hexadecimal.encode(Array(SHA256.hash(data: Array($0.utf8))))
        }
        guard found == named else {
            throw Mismatch(
                kind: .record,
                detail: found == nil
                    ? "what was said, which its leaf names, is gone"
                    : "what was said has another digest"
            )
        }
    }

    private static func checkTranscripts(_ record: EvidenceRecord) throws(Mismatch) {
        let digests = record.fields["transcripts"]?.arrayValue ?? []
        let texts = record.attachments.arrayValue ?? []
        guard digests.count == texts.count else {
            throw Mismatch(
                kind: .transcript,
                detail: "\(texts.count) transcripts, the leaf names \(digests.count)"
            )
        }
        for (number, (digest, text)) in zip(digests, texts).enumerated() {
            for part in ["request", "reply"] {
                let bytes = text[part]?.stringValue.flatMap { Base64.decode($0) }
                let found = bytes.map { Hexadecimal.encode(Array(SHA256.hash(data: $0))) }
                guard let found, found == digest["\(part)_sha256"]?.stringValue else {
                    throw Mismatch(
                        kind: .transcript,
                        detail: "the \(part) of call \(number + 1) has another digest"
                    )
                }
            }
        }
    }
}
