import EvidenceLog
import WireFormat

/// A verification for programs; words are stable and never translated.
enum VerificationJSON {
    static func value(of verdict: EvidenceVerdict, path: String) -> JSONValue {
        switch verdict {
        case .unreadable(let error):
            return [
                "path": .string(path), "holds": false, "authenticated": false,
                "witnesses": [], "findings": [finding(part: "file", error)], "checks": [],
                "not_checked": [],
            ]
        case .report(let report):
            return [
                "path": .string(path), "subject": .string(report.subject.rawValue),
                "holds": .bool(report.holds), "authenticated": .bool(report.isAuthenticated),
                "checkpoint": report.checkpoint.map {
                    [
                        "origin": .string($0.origin), "size": .integer(Int64($0.size)),
                        "root": .string($0.root.base64),
                    ]
                } ?? .null,
                "key": report.logKey.map { .string($0.vkey) } ?? .null,
                "key_source": report.keySource.map { .string($0.rawValue) } ?? .null,
                "policy_source": report.policySource.map { .string($0.rawValue) } ?? .null,
                "entries": .array(report.entries.map { entry($0) }),
                "witnesses": .array(report.witnesses.map { value(of: $0) }),
                "checks": .array(report.checks.map { .string(word($0)) }),
                "findings": .array(
                    report.findings.map { finding(part: "\($0.part)", $0.error) }
                ),
                "not_checked": .array(report.omissions.map { .string(word($0)) }),
            ]
        }
    }

    /// An entry of a bundle, with the bracket that time stamps give it.
    private static func entry(_ entry: BundledEntry) -> JSONValue {
        [
            "index": .integer(Int64(entry.index)), "folder": .string(entry.folder.rawValue),
            "type": entry.type.map { .string($0) } ?? .null,
            "time": .string(entry.leaf.time.rfc3339Seconds),
            "not_before": entry.bracket.notBefore.map { .string($0.rfc3339) } ?? .null,
            "not_after": entry.bracket.notAfter.map { .string($0.rfc3339) } ?? .null,
        ]
    }

    private static func finding(part: String, _ error: EvidenceError) -> JSONValue {
        [
            "part": .string(part), "reason": .string(error.code.rawValue),
            "location": .string(error.location), "detail": .string(error.detail),
        ]
    }

    private static func value(of witness: WitnessStanding) -> JSONValue {
        [
            "name": .string(witness.name), "vkey": .string(witness.key.vkey),
            "cosigned_at": witness.cosignedAt.map { .string($0.rfc3339Seconds) } ?? .null,
        ]
    }

    private static func word(_ check: VerificationCheck) -> String {
        switch check {
        case .logSignature: "log_signature"
        case .witnessQuorum: "witness_quorum"
        case .inclusion: "inclusion"
        case .leafFormat: "leaf_format"
        case .entries: "entries"
        case .tiles: "tiles"
        case .completeness: "completeness"
        case .root: "root"
        case .consistency: "consistency"
        case .files: "files"
        case .manifestSignature: "manifest_signature"
        case .succession: "succession"
        case .disclosures: "disclosures"
        case .contents: "contents"
        case .timeline: "timeline"
        case .timeStamps: "time_stamps"
        }
    }

    private static func word(_ omission: VerificationOmission) -> String {
        switch omission {
        case .logSignature: "log_signature"
        case .witnesses, .witnessesNotAsked: "witnesses"
        case .olderCheckpoints: "older_checkpoints"
        case .consistency: "consistency"
        case .trustedTime: "trusted_time"
        case .timeStamp(let path): "time_stamp:\(path)"
        case .statedAccuracy(let path): "stated_accuracy:\(path)"
        case .leafFormat: "leaf_format"
        case .beneath(let path): "beneath:\(path)"
        case .file(let path): "file:\(path)"
        case .furtherEntries: "further_entries"
        case .content: "content"
        }
    }
}
