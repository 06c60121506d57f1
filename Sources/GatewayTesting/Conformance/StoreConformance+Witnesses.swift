import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let witnesses: [Case] = [
        quorum, positions, otherQuorum, otherPlatform,
        Case("a cosignature of a checkpoint that was never published is not kept") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let witness = try BenchWitness("a")
            var record = try await witness.cosignature(of: bench.platform, size: 1, in: bench)
            record.size = 2
            do {
                try await bench.store.keepCosignature(record, quorum: try witness.alone)
                bench.note("kept")
            } catch StoreError.unavailable {
            }
            bench.expect(try await bench.store.witnessPositions().isEmpty, "a position")
        },
    ]

    private static let quorum = Case(
        "a checkpoint counts as cosigned from the moment its quorum is reached, and verifies"
    ) { bench in
        let all = try ["a", "b", "c"].map { try BenchWitness($0) }
        let quorum = try bench.require(
            WitnessQuorum(threshold: 2, of: Set(all.map(\.vkey))),
            "the quorum"
        )
        for number in 1...4 {
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
        }
        let platform = bench.platform.number
        try await bench.keep(all[0], sizes: [2, 3], quorum)
        let early = try await bench.store.cosignedCheckpoint(of: platform, atLeast: 1, by: quorum)
        bench.expect(early == nil, "one of two is a quorum")
        try await bench.keep(all[2], sizes: [4, 3], quorum)
        let found = try bench.require(
            try await bench.store.cosignedCheckpoint(of: platform, atLeast: 1, by: quorum),
            "the cosigned checkpoint"
        )
        bench.expect(found.size, is: 3, "size")
        let policy = try LogPolicy(
            logs: [bench.platform.logVerifierKey],
            witnesses: all.map { ($0.name, $0.signer.verifierKey) },
            threshold: 2
        )
        let report = try SignedCheckpoint(bytes: found.note).verify(logKey: nil, policy: policy)
        bench.expect(report.holds && report.isAuthenticated, "\(report.findings)")
        let past = try await bench.store.cosignedCheckpoint(of: platform, atLeast: 4, by: quorum)
        bench.expect(past == nil, "one cosignature of 4 is a quorum")
        try await bench.keep(all[1], sizes: [4], quorum)
        let last = try await bench.store.cosignedCheckpoint(of: platform, atLeast: 4, by: quorum)
        bench.expect(last?.size, is: 4, "size later")
        let kept = try await bench.store.cosignatures(of: platform, size: 3)
        bench.expect(kept.map(\.witness), is: [all[0].vkey, all[2].vkey].sorted(), "witnesses")
    }

    private static let positions = Case(
        "a witness's position only grows, its first word stands, and both outlive the process"
    ) { bench in
        let witness = try BenchWitness("a")
        for number in 1...3 {
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
        }
        try await bench.keep(witness, sizes: [1, 3, 2], try witness.alone)
        let first = try await bench.store.cosignatures(of: bench.platform.number, size: 3)
        bench.time.advance(by: .seconds(60))
        try await bench.keep(witness, sizes: [3], try witness.alone)
        for isLast in [false, true] {
            let again = try await bench.store.cosignatures(of: bench.platform.number, size: 3)
            bench.expect(again, is: first, "the cosignature")
            let positions = try await bench.store.witnessPositions()
            bench.expect(positions.map(\.size), is: [3], "positions")
            bench.expect(positions.map(\.witness), is: [witness.vkey], "witness")
            let cosigned = try await bench.store.cosignedCheckpoint(
                of: bench.platform.number,
                atLeast: 2,
                by: witness.alone
            )
            bench.expect(cosigned?.size, is: 2, "cosigned")
            guard !isLast, try bench.reopen() else { return }
        }
    }

    private static let otherQuorum = Case(
        "what one quorum has cosigned says nothing of another, until its cosignatures come again"
    ) { bench in
        let (first, second) = (try BenchWitness("a"), try BenchWitness("b"))
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        try await bench.keep(first, sizes: [1], try first.alone)
        let platform = bench.platform.number
        let both = try bench.require(
            WitnessQuorum(threshold: 2, of: [first.vkey, second.vkey]),
            "the quorum"
        )
        for quorum in [try second.alone, both] {
            let found = try await bench.store.cosignedCheckpoint(
                of: platform, atLeast: 1, by: quorum)
            bench.expect(found == nil, "found under another quorum")
        }
        let any = try bench.require(
            WitnessQuorum(threshold: 1, of: [first.vkey, second.vkey]),
            "the quorum"
        )
        try await bench.keep(first, sizes: [1], any)
        let found = try await bench.store.cosignedCheckpoint(of: platform, atLeast: 1, by: any)
        bench.expect(found?.size, is: 1, "the same cosignature under the new quorum")
    }

    private static let otherPlatform = Case("cosignatures belong to the log they were made for") {
        bench in
        let witness = try BenchWitness("a")
        let other = try await bench.addPlatform("other")
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        try await bench.keep(witness, sizes: [1], try witness.alone)
        let found = try await bench.store.cosignedCheckpoint(
            of: other.number, atLeast: 0, by: witness.alone)
        bench.expect(found == nil, "of another log")
        bench.expect(
            try await bench.store.cosignatures(of: other.number, size: 1).isEmpty,
            "a cosignature of another log"
        )
    }
}

/// A witness that cosigns whatever it is shown.
struct BenchWitness {
    let name: String
    let signer: CosignatureSigner

    init(_ name: String) throws {
        self.name = name
        signer = try CosignatureSigner(
            name: "witness.example/\(name)",
            seed: [UInt8](repeating: name.utf8.first ?? 0, count: 32)
        )
    }

    var vkey: String { signer.verifierKey.vkey }

    var alone: WitnessQuorum {
        get throws {
            guard let quorum = WitnessQuorum(threshold: 1, of: [vkey]) else {
                throw StoreBench.Missing(description: "the quorum is missing")
            }
            return quorum
        }
    }

    func cosignature(
        of platform: Platform,
        size: UInt64,
        in bench: StoreBench
    ) async throws -> CosignatureRecord {
        let found = try bench.require(
            try await bench.store.checkpoint(of: platform.number, atLeast: size),
            "the checkpoint"
        )
        let note = try SignedCheckpoint(bytes: found.note)
        var line: [UInt8] = []
        try signer.cosign(note.note.text, at: bench.time.now()).append(to: &line)
        return CosignatureRecord(
            platform: platform.number,
            size: found.size,
            witness: vkey,
            line: line,
            cosignedAt: bench.time.now()
        )
    }
}

extension StoreBench {
    func keep(
        _ witness: BenchWitness,
        sizes: [UInt64],
        _ quorum: WitnessQuorum
    ) async throws {
        for size in sizes {
            try await store.keepCosignature(
                witness.cosignature(of: platform, size: size, in: self),
                quorum: quorum
            )
        }
    }
}
